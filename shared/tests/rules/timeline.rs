//! What happened with a customer, in order.

use rapport_shared::record::{Kind, Record, Stamp};
use rapport_shared::timeline::{last_real_contact, timeline};
use serde_json::{Value, json};

use crate::make::{self, noon, record, text};

fn at(day: &str) -> Value {
    json!(noon(day).milliseconds())
}

fn note(number: u128, day: &str, more: &[(&str, Value)]) -> Record {
    let mut fields = vec![("text", json!("x")), ("visited_at", at(day))];
    fields.extend_from_slice(more);
    record(number, Kind::Note, 7, &fields)
}

/// Written on another day than the tests' usual one.
fn written(mut record: Record, day: &str) -> Record {
    record.created = Stamp {
        at: noon(day),
        ..record.created
    };
    record
}

fn deleted(mut record: Record) -> Record {
    record.deleted = Some(record.created);
    record
}

/// Numbers of the entries' records, each followed by those of its earlier states.
#[track_caller]
fn check(records: &[Record], expected: &[&[u128]]) {
    let number = |record: &Record| u128::from_be_bytes(*record.id.as_bytes());
    let entries = timeline(records);
    let found: Vec<Vec<u128>> = entries
        .iter()
        .map(|entry| {
            std::iter::once(entry.record)
                .chain(entry.earlier.iter().copied())
                .map(number)
                .collect()
        })
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn newest_first_and_only_events() {
    check(
        &[
            note(1, "2026-03-01", &[]),
            record(2, Kind::Touch, 7, &[("at", at("2026-03-03"))]),
            record(
                3,
                Kind::Visit,
                7,
                &[("planned_at", at("2026-03-09")), ("held_at", at("2026-03-02"))],
            ),
            record(4, Kind::Task, 7, &[]),
            record(5, Kind::Touch, 7, &[]),
            deleted(record(6, Kind::Touch, 7, &[("at", at("2026-03-03"))])),
            make::customer(7, &[]),
        ],
        &[&[2], &[3], &[1], &[5]],
    );
}

#[test]
fn equal_times_are_ordered_by_id_on_every_device() {
    let (a, b) = (note(1, "2026-03-01", &[]), note(2, "2026-03-01", &[]));
    check(&[a.clone(), b.clone()], &[&[2], &[1]]);
    check(&[b, a], &[&[2], &[1]]);
}

#[test]
fn a_visit_with_a_note_is_told_once() {
    let visit = || record(3, Kind::Visit, 7, &[("planned_at", at("2026-03-02"))]);
    check(&[visit(), note(1, "2026-03-02", &[("visit", text(3))])], &[&[1]]);
    check(
        &[visit(), deleted(note(1, "2026-03-02", &[("visit", text(3))]))],
        &[&[3]],
    );
}

#[test]
fn corrections_stay_with_their_note() {
    let first = || written(note(1, "2026-03-01", &[]), "2026-03-01");
    let second = || written(note(2, "2026-03-01", &[("revises", text(1))]), "2026-03-02");
    let third = || written(note(3, "2026-03-01", &[("revises", text(2))]), "2026-03-03");
    check(&[third(), first(), second()], &[&[3, 2, 1]]);
    // Two people corrected the same note; the later written comes first.
    let other = || written(note(4, "2026-03-01", &[("revises", text(1))]), "2026-03-04");
    check(&[first(), second(), other()], &[&[4, 2, 1]]);
    // The note corrected is not on this device.
    check(&[third()], &[&[3]]);
    // A ring, as no program should write it, still shows every note once.
    let ring = written(note(1, "2026-03-01", &[("revises", text(3))]), "2026-03-01");
    check(&[ring, second(), third()], &[&[3, 2, 1]]);
    let own = note(5, "2026-03-01", &[("revises", text(5))]);
    check(&[own], &[&[5]]);
}

#[test]
fn only_real_contacts_count() {
    #[track_caller]
    fn check(record: Record, expected: Option<&str>) {
        assert_eq!(last_real_contact([&record]), expected.map(noon), "{record:?}");
    }
    let touch = |more: &[(&str, Value)]| {
        let mut fields = vec![("channel", json!("call")), ("at", at("2026-03-03"))];
        fields.extend_from_slice(more);
        record(2, Kind::Touch, 7, &fields)
    };
    let visit = |status: &str| {
        let fields = [("status", json!(status)), ("planned_at", at("2026-03-03"))];
        record(3, Kind::Visit, 7, &fields)
    };
    check(note(1, "2026-03-01", &[]), Some("2026-03-01"));
    check(deleted(note(1, "2026-03-01", &[])), None);
    check(touch(&[("answered", json!(true))]), Some("2026-03-03"));
    check(touch(&[("answered", json!(false))]), None);
    check(touch(&[]), None);
    check(visit("held"), Some("2026-03-03"));
    check(visit("planned"), None);
    check(visit("cancelled"), None);
    check(record(4, Kind::Task, 7, &[]), None);
}
