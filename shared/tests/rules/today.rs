//! What is due on a day.

use rapport_shared::record::{Kind, Record, Scope};
use rapport_shared::settings::Settings;
use rapport_shared::today::{Due, Reason, TodayParameters, Urgency, Viewpoint, by_stop, due, in_order};
use serde_json::{Value, json};

use crate::make::{self, customer, noon, record, text, user};

const TODAY: &str = "2026-03-10";

fn viewpoint() -> Viewpoint {
    Viewpoint {
        user: Some(user(1)),
        today: TODAY.parse().unwrap(),
        utc_offset_minutes: 480,
    }
}

/// Customer 7, of user 1.
fn own() -> Record {
    customer(7, &[("name", json!("平安")), ("owner", text(1))])
}

fn list(records: &[Record]) -> Vec<Due> {
    due(records, viewpoint(), &TodayParameters::of(&Settings::default()))
}

/// Reason and days of the one thing that is due because of `record`, a record of user 1's customer 7.
#[track_caller]
fn check(record: Record, expected: Option<(Reason, i32)>) {
    let found = list(&[own(), record.clone()]);
    let found: Vec<(Reason, i32)> = found.iter().map(|due| (due.reason, due.days)).collect();
    assert_eq!(found, expected.into_iter().collect::<Vec<_>>(), "{:?}", record.fields);
}

#[test]
fn tasks() {
    let task = |due: &str, more: &[(&str, Value)]| {
        let mut fields = vec![("title", json!("回电")), ("due", json!(due))];
        fields.extend_from_slice(more);
        record(9, Kind::Task, 7, &fields)
    };
    check(task("2026-03-10", &[]), Some((Reason::Task, 0)));
    check(task("2025-03-10", &[]), Some((Reason::Task, -365)));
    check(task("2026-03-17", &[]), Some((Reason::Task, 7)));
    check(task("2026-03-18", &[]), None);
    check(task("2026-03-10", &[("done", json!(true))]), None);
    check(task("2026-03-10", &[("assignee", text(2))]), None);
    check(task("2026-03-10", &[("assignee", text(1))]), Some((Reason::Task, 0)));
    check(record(9, Kind::Task, 7, &[("title", json!("x"))]), None);
    let mut personal = task("2026-03-11", &[]);
    personal.scope = Scope::User(user(1));
    assert_eq!(list(&[personal])[0].customer, None);
    let mut deleted = task("2026-03-10", &[]);
    deleted.deleted = Some(deleted.created);
    check(deleted, None);
}

#[test]
fn a_task_given_to_a_colleague_at_anothers_customer_is_theirs() {
    let other = customer(8, &[("owner", text(2))]);
    let fields = [("title", json!("x")), ("due", json!(TODAY)), ("assignee", text(1))];
    assert_eq!(list(&[other, record(9, Kind::Task, 8, &fields)]).len(), 1);
}

#[test]
fn visits() {
    let visit = |day: &str, status: &str| {
        let fields = [
            ("planned_at", json!(noon(day).milliseconds())),
            ("status", json!(status)),
        ];
        record(9, Kind::Visit, 7, &fields)
    };
    check(visit("2026-03-10", "planned"), Some((Reason::Visit, 0)));
    check(visit("2026-03-08", "planned"), Some((Reason::Visit, -2)));
    check(visit("2026-03-18", "planned"), None);
    check(visit("2026-03-10", "held"), None);
    check(visit("2026-03-10", "cancelled"), None);
    // Half past midnight in China is still the day before in UTC.
    let early = noon("2026-03-11").plus(-(11 * 60 + 30) * 60_000);
    check(
        record(9, Kind::Visit, 7, &[("planned_at", json!(early.milliseconds()))]),
        Some((Reason::Visit, 1)),
    );
}

#[test]
fn maturities() {
    let holding = |day: &str, status: &str| {
        record(
            9,
            Kind::Holding,
            7,
            &[("maturity", json!(day)), ("status", json!(status))],
        )
    };
    let expect = |notice, days| Some((Reason::Maturity { notice }, days));
    check(holding("2026-04-10", "active"), None);
    check(holding("2026-04-09", "active"), expect(30, 30));
    check(holding("2026-03-18", "active"), expect(30, 8));
    check(holding("2026-03-17", "active"), expect(7, 7));
    check(holding("2026-03-12", "active"), expect(7, 2));
    check(holding("2026-03-11", "active"), expect(1, 1));
    check(holding("2026-03-10", "active"), expect(1, 0));
    check(holding("2026-03-09", "active"), expect(0, -1));
    check(holding("2026-02-08", "active"), expect(0, -30));
    check(holding("2026-02-07", "active"), None);
    check(holding("2026-03-11", "closed"), None);
    check(
        record(9, Kind::Holding, 7, &[("maturity", json!("2026-03-11"))]),
        expect(1, 1),
    );
}

#[test]
fn birthdays() {
    let contact = |day: &str| {
        record(
            9,
            Kind::Contact,
            7,
            &[("name", json!("王芳")), ("birthday", json!(day))],
        )
    };
    let expect = |turns, days| Some((Reason::Birthday { turns }, days));
    check(contact("1980-03-10"), expect(46, 0));
    check(contact("1980-03-17"), expect(46, 7));
    check(contact("1980-03-18"), None);
    check(contact("1980-03-09"), None);
    check(contact("2026-03-10"), None);
    check(contact("2030-03-10"), None);
    let person = |born: &str| customer(7, &[("owner", text(1)), ("birthday", json!(born))]);
    let on = |today: &str, born: &str| {
        let viewpoint = Viewpoint {
            today: today.parse().unwrap(),
            ..viewpoint()
        };
        let found = due(&[person(born)], viewpoint, &TodayParameters::of(&Settings::default()));
        found.first().map(|due| (due.day.to_string(), due.reason))
    };
    let expect = |day: &str, turns| Some((day.to_owned(), Reason::Birthday { turns }));
    assert_eq!(on("2026-12-28", "1990-01-02"), expect("2027-01-02", 37));
    assert_eq!(on("2026-02-25", "2000-02-29"), expect("2026-02-28", 26));
    assert_eq!(on("2028-02-25", "2000-02-29"), expect("2028-02-29", 28));
    assert_eq!(on("9999-12-31", "1990-01-02"), None);
}

#[test]
fn agreed_next_contacts() {
    #[track_caller]
    fn check(records: &[Record], expected: &[i32]) {
        let mut all = vec![own()];
        all.extend_from_slice(records);
        let found: Vec<i32> = list(&all)
            .iter()
            .filter(|due| due.reason == Reason::NextContact)
            .map(|due| due.days)
            .collect();
        assert_eq!(found, expected);
    }
    let note = |number: u128, day: &str, more: &[(&str, Value)]| {
        let mut fields = vec![("text", json!("x")), ("visited_at", json!(noon(day).milliseconds()))];
        fields.extend_from_slice(more);
        record(number, Kind::Note, 7, &fields)
    };
    let next = |day: &str| [("next_contact", json!(day))];
    let touch = |day: &str, answered: bool| {
        let fields = [("at", json!(noon(day).milliseconds())), ("answered", json!(answered))];
        record(20, Kind::Touch, 7, &fields)
    };
    check(&[note(10, "2026-03-01", &next("2026-03-08"))], &[-2]);
    check(&[note(10, "2026-03-01", &next("2026-03-18"))], &[]);
    // A later note without a day settles it, an earlier one does not.
    check(
        &[note(10, "2026-03-01", &next("2026-03-08")), note(11, "2026-03-02", &[])],
        &[],
    );
    check(
        &[note(10, "2026-03-01", &next("2026-03-08")), note(11, "2026-02-02", &[])],
        &[-2],
    );
    // So does an answered call, but not an attempt, and no call before it.
    check(
        &[note(10, "2026-03-01", &next("2026-03-08")), touch("2026-03-05", true)],
        &[],
    );
    check(
        &[note(10, "2026-03-01", &next("2026-03-08")), touch("2026-03-05", false)],
        &[-2],
    );
    check(
        &[note(10, "2026-03-01", &next("2026-03-08")), touch("2026-02-05", true)],
        &[-2],
    );
    // The visit the note tells about may have been marked as held later.
    let told = [("next_contact", json!("2026-03-08")), ("visit", text(30))];
    let held = [
        ("status", json!("held")),
        ("held_at", json!(noon("2026-03-02").milliseconds())),
    ];
    check(
        &[note(10, "2026-03-01", &told), record(30, Kind::Visit, 7, &held)],
        &[-2],
    );
    // A correction stands for what it corrects.
    let correction = [("next_contact", json!("2026-03-12")), ("revises", text(10))];
    let mut correction = note(11, "2026-03-01", &correction);
    correction.created.at = noon("2026-03-05");
    check(&[note(10, "2026-03-01", &next("2026-03-08")), correction], &[2]);
}

#[test]
fn whose_list_it_is() {
    let holding = |number: u128, of: u128| record(number, Kind::Holding, of, &[("maturity", json!(TODAY))]);
    let shared = customer(
        9,
        &[("owner", text(2)), (&format!("co_managers.{}", user(1)), json!(true))],
    );
    let others = customer(8, &[("owner", text(2))]);
    let records = [own(), shared, others, holding(17, 7), holding(18, 8), holding(19, 9)];
    let customers = |user: Option<_>| {
        let viewpoint = Viewpoint { user, ..viewpoint() };
        let found = due(&records, viewpoint, &TodayParameters::of(&Settings::default()));
        found.iter().filter_map(|due| due.customer).collect::<Vec<_>>()
    };
    assert_eq!(customers(Some(user(1))), [make::id(7), make::id(9)]);
    assert_eq!(customers(Some(user(2))), [make::id(8), make::id(9)]);
    assert_eq!(customers(None), [make::id(7), make::id(8), make::id(9)]);
}

#[test]
fn the_most_overdue_comes_first_and_stops_stay_together() {
    let task = |number: u128, of: u128, day: &str| {
        record(number, Kind::Task, of, &[("title", json!("x")), ("due", json!(day))])
    };
    let other = customer(8, &[("owner", text(1))]);
    let records = [
        own(),
        other,
        task(11, 7, "2026-03-12"),
        task(12, 8, "2026-03-10"),
        task(13, 7, "2026-03-01"),
        task(14, 8, "2026-03-09"),
    ];
    let list = list(&records);
    let of_each = [7, 8].map(|customer| {
        let theirs = records
            .iter()
            .filter(|record| record.root() == Some(make::id(customer)));
        due(theirs, viewpoint(), &TodayParameters::of(&Settings::default()))
    });
    assert_eq!(
        in_order(of_each.into_iter().flatten()),
        list,
        "gathered customer by customer"
    );
    let urgencies: Vec<Urgency> = list.iter().map(Due::urgency).collect();
    assert_eq!(
        urgencies,
        [Urgency::Overdue, Urgency::Overdue, Urgency::Today, Urgency::Upcoming]
    );
    let stops = by_stop(&list);
    let days: Vec<Vec<i32>> = stops
        .iter()
        .map(|stop| stop.due.iter().map(|due| due.days).collect())
        .collect();
    assert_eq!(days, [[-9, 2], [-1, 0]]);
    assert_eq!(stops[0].customer, Some(make::id(7)));
}
