//! Tasks that repeat, and tasks that are given to a colleague.

use jiff::civil::Date;
use rapport_shared::due::{Reason, TodayParameters, Viewpoint};
use rapport_shared::handover::take_back;
use rapport_shared::record::mutation::{Edit, Operation};
use rapport_shared::record::{Kind, Record, Scope};
use rapport_shared::settings::Settings;
use rapport_shared::tasks::{Acceptance, TaskView, answer, at_customer, can_be_given, complete, delegate, put_on};
use rapport_shared::today;
use serde_json::{Value, json};

use crate::make::{self, id, noon, record, text, user};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn task(fields: &[(&str, Value)]) -> Record {
    let mut all = vec![("title", json!("对账"))];
    all.extend_from_slice(fields);
    record(20, Kind::Task, 7, &all)
}

/// The record as it is once the edit is carried out.
fn with(before: Option<&Record>, edit: &Edit) -> Record {
    let mut record = before.cloned().unwrap_or_else(|| Record {
        id: edit.record,
        fields: Default::default(),
        ..task(&[])
    });
    if let Operation::Write(changes) = &edit.operation {
        for (path, change) in changes {
            if change.to.is_null() {
                record.fields.remove(path);
            } else {
                record.fields.insert(path.clone(), change.to.clone());
            }
        }
    }
    record
}

#[test]
fn the_days_of_a_series_are_counted_from_its_first() {
    let check = |repeat: &str, from: Option<&str>, due: &str, done: &str, expected: Option<&str>| {
        let mut fields = vec![("repeat", json!(repeat)), ("due", json!(due))];
        fields.extend(from.map(|day| ("repeat_from", json!(day))));
        let next = TaskView(&task(&fields)).next_due(day(done));
        assert_eq!(next, expected.map(day), "{repeat} {from:?} {due} {done}");
    };
    check("daily", None, "2026-11-30", "2026-11-30", Some("2026-12-01"));
    check("weekly", None, "2026-11-30", "2026-11-30", Some("2026-12-07"));
    // Early: the series stays where it is. Late: what was missed is not made up for.
    check("weekly", None, "2026-11-30", "2026-11-26", Some("2026-12-07"));
    check("weekly", None, "2026-11-02", "2026-11-30", Some("2026-12-07"));
    check("fortnightly", None, "2026-11-30", "2026-12-01", Some("2026-12-14"));
    check("monthly", None, "2026-01-31", "2026-01-31", Some("2026-02-28"));
    check(
        "monthly",
        Some("2026-01-31"),
        "2026-02-28",
        "2026-02-28",
        Some("2026-03-31"),
    );
    check(
        "monthly",
        Some("2026-01-31"),
        "2026-04-30",
        "2026-05-31",
        Some("2026-06-30"),
    );
    check("quarterly", None, "2026-11-30", "2026-11-30", Some("2027-02-28"));
    check(
        "yearly",
        Some("2024-02-29"),
        "2027-02-28",
        "2027-02-28",
        Some("2028-02-29"),
    );
    check("yearly", None, "9999-12-31", "9999-12-31", None);
    check("hourly", None, "2026-11-30", "2026-11-30", None);
}

#[test]
fn what_has_no_day_or_is_at_its_end_does_not_come_back() {
    let check = |fields: &[(&str, Value)], expected: Option<&str>| {
        assert_eq!(
            TaskView(&task(fields)).next_due(day("2026-11-30")),
            expected.map(day),
            "{fields:?}"
        );
    };
    let (due, weekly) = (("due", json!("2026-11-30")), ("repeat", json!("weekly")));
    check(std::slice::from_ref(&due), None);
    check(std::slice::from_ref(&weekly), None);
    check(
        &[due.clone(), weekly.clone(), ("repeat_until", json!("2026-12-06"))],
        None,
    );
    check(
        &[due, weekly, ("repeat_until", json!("2026-12-07"))],
        Some("2026-12-07"),
    );
}

#[test]
fn two_devices_make_the_same_next_occurrence_and_undo_takes_it_back() {
    let before = task(&[
        ("due", json!("2026-01-31")),
        ("repeat", json!("monthly")),
        ("assignee", text(3)),
        ("note", text(9)),
    ]);
    let make = |known: bool| complete(&before, noon("2026-01-31"), day("2026-01-31"), |_| known);
    assert_eq!(make(false), make(false));
    let edits = make(false);
    let [done, again]: &[Edit; 2] = edits.as_slice().try_into().unwrap();
    let done_record = with(Some(&before), done);
    let again_record = with(None, again);
    assert!(TaskView(&done_record).is_done());
    assert_eq!(again.record, before.id.successor());
    let next = TaskView(&again_record);
    assert_eq!(
        (next.due(), next.is_done(), next.assignee(), next.note()),
        (Some(day("2026-02-28")), false, user(3), None)
    );
    assert_eq!(next.next_due(day("2026-02-28")), Some(day("2026-03-31")));
    // Known from before it was taken back: it is not made again.
    assert_eq!(make(true).len(), 1);
    let now = [done_record, again_record];
    let back = take_back(&edits, |id| now.iter().find(|record| record.id == id));
    assert!(
        matches!(
            back.as_slice(),
            [
                Edit {
                    operation: Operation::Delete,
                    ..
                },
                _
            ]
        ),
        "{back:?}"
    );
    assert!(!TaskView(&with(now.first(), &back[1])).is_done());
}

#[test]
fn a_task_given_away_waits_for_an_answer() {
    let mine = task(&[("due", json!("2026-12-20"))]);
    let given = with(Some(&mine), &delegate(Edit::of(&mine), Some(&mine), user(2), user(1)));
    let accepted = with(Some(&given), &answer(&given, Acceptance::Accepted, ""));
    let declined = with(Some(&given), &answer(&given, Acceptance::Declined, " 休假 "));
    let back = with(
        Some(&declined),
        &delegate(Edit::of(&declined), Some(&declined), user(1), user(1)),
    );
    assert_eq!(declined.text("declined_reason"), Some("休假"));
    let due = |task: &Record, viewer: u128| {
        let viewpoint = Viewpoint {
            user: Some(user(viewer)),
            today: day("2026-11-30"),
            utc_offset_minutes: 480,
        };
        let customer = make::customer(
            7,
            &[("owner", text(1)), (&format!("co_managers.{}", id(2)), json!(true))],
        );
        let due = today::due([&customer, task], viewpoint, &TodayParameters::of(&Settings::default()));
        due.first().map(|due| (due.reason, due.days))
    };
    let check = |task: &Record, giver: Option<(Reason, i32)>, taker: Option<(Reason, i32)>| {
        assert_eq!((due(task, 1), due(task, 2)), (giver, taker), "{:?}", task.fields);
    };
    // It is too far ahead for the list, but the answer is not.
    check(&mine, None, None);
    check(&given, None, Some((Reason::TaskAsked, 0)));
    check(&accepted, None, None);
    check(&declined, Some((Reason::TaskDeclined, 0)), None);
    check(&back, None, None);
    assert_eq!(back.get("acceptance"), None);
    let soon = with(
        Some(&accepted),
        &Edit::of(&accepted).change(&accepted, make::path("due"), "2026-12-01"),
    );
    check(&soon, None, Some((Reason::Task, 1)));
}

#[test]
fn what_is_done_with_many_tasks_is_done_with_each() {
    let moved = with(None, &put_on(&task(&[("due", json!("2026-12-01"))]), day("2026-12-24")));
    assert_eq!(moved.text("due"), Some("2026-12-24"));
    assert!(put_on(&moved, day("2026-12-24")).is_empty());

    assert!(can_be_given(&task(&[])));
    assert!(!can_be_given(&task(&[("done", json!(true))])));
    let own = Record {
        scope: Scope::User(user(1)),
        ..task(&[])
    };
    assert!(!can_be_given(&own), "nobody else sees it");

    let check = |title: &str, due: Option<&str>, expected: &[(&str, &str)]| {
        let made = at_customer(id(30), id(7), title, due.map(day));
        assert_eq!(made.scope, Scope::Under(id(7)));
        let made = with(None, &made);
        let fields: Vec<_> = made
            .fields
            .iter()
            .map(|(path, value)| (path.as_str(), value.as_str().unwrap()))
            .collect();
        assert_eq!(fields, expected);
    };
    check(" 回访\u{202e} ", None, &[("title", "回访")]);
    check("回访", Some("2026-12-01"), &[("due", "2026-12-01"), ("title", "回访")]);
}
