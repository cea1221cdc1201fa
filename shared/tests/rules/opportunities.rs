//! Opportunities: the contact clock, and the missing next step.

use jiff::civil::{Date, date};
use rapport_shared::due::ContactIntervals;
use rapport_shared::opportunities::board::{Alarm, Lane, Move, Way, alarm, lanes, move_to, neighbour};
use rapport_shared::opportunities::contact_clock::{interval, next_contact};
use rapport_shared::opportunities::{OpportunityView, Stage};
use rapport_shared::record::mutation::Operation;
use rapport_shared::record::{Kind, Record};
use serde_json::{Value, json};

use crate::make::{id, record};

const TODAY: Date = date(2026, 11, 30);

/// The numbers of R6.
const INTERVALS: ContactIntervals = ContactIntervals {
    agreed: 7,
    within_week: 1,
    within_month: 7,
    within_quarter: 15,
    later: 30,
};

#[test]
fn the_nearer_the_close_the_oftener_the_contact() {
    let check = |stage: Stage, expected: Option<Date>, days: Option<i32>| {
        assert_eq!(
            interval(stage, expected, TODAY, &INTERVALS),
            days,
            "{stage:?} {expected:?}"
        );
    };
    let open = Stage::Proposed;
    check(open, Some(date(2026, 11, 30)), Some(1));
    check(open, Some(date(2026, 12, 7)), Some(1));
    check(open, Some(date(2026, 12, 8)), Some(7));
    check(open, Some(date(2026, 12, 30)), Some(7));
    check(open, Some(date(2026, 12, 31)), Some(15));
    // Three months from 30 November is the last day of February.
    check(open, Some(date(2027, 2, 28)), Some(15));
    check(open, Some(date(2027, 3, 1)), Some(30));
    check(open, Some(date(2099, 1, 1)), Some(30));
    check(open, None, Some(30));
    // Overdue: somebody has to hear about it.
    check(open, Some(date(2026, 1, 1)), Some(1));
    check(Stage::Agreed, Some(date(2026, 12, 1)), Some(7));
    check(Stage::Agreed, None, Some(7));
    check(Stage::Won, Some(date(2026, 12, 1)), None);
    check(Stage::Lost, None, None);
}

#[test]
fn the_clock_runs_from_the_last_real_contact() {
    let check = |opportunities: &[(&str, Option<&str>)], reached: Option<Date>, expected: Option<(Date, u128)>| {
        let records: Vec<Record> = (1..)
            .zip(opportunities)
            .map(|(number, (stage, close))| {
                let close = close.map_or(Value::Null, Value::from);
                record(
                    number,
                    Kind::Opportunity,
                    7,
                    &[("stage", json!(stage)), ("expected_close", close)],
                )
            })
            .collect();
        let next = next_contact(&records, reached, TODAY, |_| date(2026, 11, 1), &INTERVALS);
        let found = next.map(|next| (next.day, u128::from_be_bytes(*next.opportunity.id.as_bytes())));
        assert_eq!(found, expected, "{opportunities:?} {reached:?}");
    };
    let reached = Some(date(2026, 11, 20));
    let (near, far) = (("proposed", Some("2026-12-02")), ("proposed", Some("2027-06-01")));
    check(&[], reached, None);
    check(&[("won", None), ("lost", Some("2026-12-01"))], reached, None);
    check(&[far], reached, Some((date(2026, 12, 20), 1)));
    check(&[far, near], reached, Some((date(2026, 11, 21), 2)));
    check(&[("agreed", None), far], reached, Some((date(2026, 11, 27), 1)));
    // Nobody was reached yet: since it was written down.
    check(&[far], None, Some((date(2026, 12, 1), 1)));
    // Of equal ones the same on every device.
    check(&[near, near], reached, Some((date(2026, 11, 21), 1)));
}

#[test]
fn an_open_one_without_a_dated_next_step_raises_an_alarm() {
    let check = |fields: &[(&str, Value)], expected: bool| {
        let record = record(1, Kind::Opportunity, 7, fields);
        assert_eq!(OpportunityView(&record).is_stepless(), expected, "{fields:?}");
    };
    let (step, day) = (("next_step", json!("送方案")), ("next_step_on", json!("2026-12-01")));
    check(&[], true);
    check(std::slice::from_ref(&step), true);
    check(std::slice::from_ref(&day), true);
    check(&[("next_step", json!("  ")), day.clone()], true);
    check(&[step.clone(), day.clone()], false);
    check(&[("stage", json!("won"))], false);
    check(&[("stage", json!("from_a_newer_version"))], true);
}

#[test]
fn an_alarm_says_what_is_wrong_with_the_next_step() {
    let check = |fields: &[(&str, Value)], expected: Option<Alarm>| {
        let record = record(1, Kind::Opportunity, 7, fields);
        assert_eq!(alarm(OpportunityView(&record), TODAY), expected, "{fields:?}");
    };
    let step = ("next_step", json!("送方案"));
    let on = |day: &str| ("next_step_on", json!(day));
    check(std::slice::from_ref(&step), Some(Alarm::Missing));
    check(&[step.clone(), on("2026-11-29")], Some(Alarm::Past));
    check(&[step.clone(), on("2026-11-30")], None);
    check(&[step, on("2026-11-01"), ("stage", json!("won"))], None);
}

#[test]
fn a_lane_counts_and_adds_up_by_currency() {
    let deal = |number, stage: &str, amount: Option<&str>, currency: Option<&str>| {
        let value = |text: Option<&str>| text.map_or(Value::Null, Value::from);
        let fields = [
            ("stage", json!(stage)),
            ("amount", value(amount)),
            ("currency", value(currency)),
        ];
        record(number, Kind::Opportunity, 7, &fields)
    };
    let deals = [
        deal(4, "won", Some("2000000.50"), Some("CNY")),
        deal(1, "won", Some("0.5"), None),
        deal(2, "won", Some("10"), Some("USD")),
        deal(3, "won", None, None),
        deal(5, "of_tomorrow", Some("79228162514264337593543950335"), None),
        deal(6, "identified", Some("1"), None),
        deal(7, "identified", Some("no number"), None),
        record(8, Kind::Task, 7, &[("stage", json!("won"))]),
    ];
    let lanes = lanes(&deals);
    let stages: Vec<Stage> = lanes.iter().map(|lane| lane.stage).collect();
    assert_eq!(stages, Stage::ALL);
    let told = |stage: Stage| {
        let lane = lanes.iter().find(|lane| lane.stage == stage).unwrap();
        let cards: Vec<u128> = lane
            .cards
            .iter()
            .map(|id| u128::from_be_bytes(*id.as_bytes()))
            .collect();
        let sums: Vec<String> = lane
            .sums
            .iter()
            .map(|(currency, sum)| format!("{currency} {sum}"))
            .collect();
        (cards, sums.join(", "))
    };
    assert_eq!(
        told(Stage::Won),
        (vec![4, 1, 2, 3], "CNY 2000001.00, USD 10".to_owned())
    );
    // A stage of a newer version counts as just seen; no sum breaks anything.
    assert_eq!(told(Stage::Identified).0, [5, 6, 7]);
    assert_eq!(told(Stage::Lost), (vec![], String::new()));
}

#[test]
fn a_move_writes_the_stage_and_a_decision_is_asked_for() {
    let check = |fields: &[(&str, Value)], to: Stage, expected: Option<&[(&str, Value)]>| {
        let record = record(1, Kind::Opportunity, 7, fields);
        let made = match move_to(&record, to) {
            Move::Write(edit) => edit,
            other => {
                return assert_eq!(
                    (other == Move::Ask, expected),
                    (!to.is_open(), None),
                    "{fields:?} {to:?}"
                );
            }
        };
        let changes = match made.operation {
            Operation::Write(changes) => changes,
            Operation::Delete => return assert_eq!(expected, None, "it deletes"),
        };
        let changes: Vec<_> = changes
            .iter()
            .map(|(path, change)| (path.as_str(), change.to.clone()))
            .collect();
        assert_eq!(Some(&changes[..]), expected, "{fields:?} {to:?}");
    };
    let stage = |name: &str| ("stage", json!(name));
    check(&[stage("identified")], Stage::Proposed, Some(&[stage("proposed")]));
    check(&[stage("proposed")], Stage::Proposed, None);
    check(&[stage("proposed")], Stage::Won, None);
    check(&[stage("proposed")], Stage::Lost, None);
    check(&[stage("of_tomorrow")], Stage::Identified, Some(&[stage("identified")]));
    let lost = [
        stage("lost"),
        ("closed_on", json!("2026-11-01")),
        ("lost_reason", json!("利率")),
    ];
    let open = [
        ("closed_on", Value::Null),
        ("lost_reason", Value::Null),
        stage("contacted"),
    ];
    check(&lost, Stage::Contacted, Some(&open));
}

#[test]
fn arrows_lead_from_card_to_card() {
    let lane = |stage, cards: &[u128]| Lane {
        stage,
        cards: cards.iter().map(|number| id(*number)).collect(),
        sums: Default::default(),
    };
    let lanes = [
        lane(Stage::Identified, &[1, 2, 3]),
        lane(Stage::Contacted, &[]),
        lane(Stage::Proposed, &[4]),
    ];
    let check = |from: u128, way: Way, expected: Option<u128>| {
        assert_eq!(neighbour(&lanes, id(from), way), expected.map(id), "{from} {way:?}");
    };
    check(1, Way::Up, None);
    check(1, Way::Down, Some(2));
    check(3, Way::Down, None);
    check(1, Way::Before, None);
    check(3, Way::Behind, Some(4));
    check(4, Way::Before, Some(1));
    check(4, Way::Behind, None);
    check(9, Way::Down, None);
}
