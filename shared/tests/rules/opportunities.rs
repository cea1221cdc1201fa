//! Opportunities: the contact clock, and the missing next step.

use jiff::civil::{Date, date};
use rapport_shared::due::ContactIntervals;
use rapport_shared::opportunities::contact_clock::{interval, next_contact};
use rapport_shared::opportunities::{OpportunityView, Stage};
use rapport_shared::record::{Kind, Record};
use serde_json::{Value, json};

use crate::make::record;

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
