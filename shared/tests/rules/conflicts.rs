//! Conflicts: what waits and in which order, whose values they hold, what a decision writes and what takes it back.

use rapport_shared::conflicts::{
    Choice, ConflictView, Piece, Standing, before_by, combine, differences, groups, met_edits, settle, sides, standing,
    unsettle, written_on,
};
use rapport_shared::ids::{DeviceId, MutationId};
use rapport_shared::record::mutation::{Change, Edit, Mutation, Operation};
use rapport_shared::record::profile::Role;
use rapport_shared::record::{Kind, Record, Stamp, Version};
use rapport_shared::sync::authority::{Petition, Present, decide};
use rapport_shared::sync::merge::merge;
use rapport_shared::sync::wire::{HistoryEntry, Outcome};
use serde_json::{Value, json};

use crate::make::{customer, id, noon, path, profile, record, text, user, write};

/// A conflict about the telephone of customer 1: user 1 wrote "A", which stands, user 2 wrote "B".
fn conflict(number: u128, fields: &[(&str, Value)]) -> Record {
    let usual = [
        ("record", text(1)),
        ("record_kind", json!("customer")),
        ("path", json!("phone")),
        ("before", json!("0")),
        ("stands", json!("A")),
        ("stands_by", text(1)),
        ("stands_at", json!(noon("2026-03-02").milliseconds())),
        ("aside", json!("B")),
        ("aside_by", text(2)),
        ("aside_at", json!(noon("2026-03-01").milliseconds())),
    ];
    let mut conflict = record(number, Kind::Conflict, 1, &usual);
    for (name, value) in fields {
        if value.is_null() {
            conflict.fields.remove(&path(name));
        } else {
            conflict.fields.insert(path(name), value.clone());
        }
    }
    conflict
}

/// A conflict about the removal of contact 5, which user 2 removed and user 1 edited.
fn removal() -> Record {
    let about = [
        ("record", text(5)),
        ("record_kind", json!("contact")),
        ("path", Value::Null),
        ("before", Value::Null),
        ("stands", Value::Null),
        ("aside", json!(true)),
    ];
    conflict(90, &about)
}

fn stamp(version: u64, day: &str, by: u128) -> Stamp {
    Stamp {
        version: Version(version),
        at: noon(day),
        by: user(by),
        device: DeviceId::from_u128(by),
    }
}

/// The record after this device's edits of it, as the server would fold them in.
fn carried_out(record: &Record, edits: &[Edit], at_version: u64) -> Record {
    let edits = edits.iter().filter(|edit| edit.record == record.id);
    edits.fold(record.clone(), |record, edit| {
        let mutation = Mutation {
            id: MutationId::from_u128(u128::from(at_version)),
            device: DeviceId::from_u128(1),
            device_seq: 1,
            author: user(1),
            at: noon("2026-04-01"),
            record: edit.record,
            kind: edit.kind.clone(),
            scope: edit.scope,
            base: edit.base,
            operation: edit.operation.clone(),
            unknown: Default::default(),
        };
        merge(Some(&record), &mutation, Version(at_version)).record
    })
}

#[test]
fn the_newest_leads_its_customer_and_what_is_settled_is_gone() {
    let at = |number: u128, customer: u128, day: &str, resolved: bool| {
        let mut record = conflict(number, &[("resolved", json!(resolved))]);
        record.scope = rapport_shared::record::Scope::Under(id(customer));
        record.created.at = noon(day);
        record
    };
    let check = |records: &[Record], expected: &[(u128, &[u128])]| {
        let groups = groups(records);
        let found: Vec<_> = groups
            .iter()
            .map(|group| (group.customer, group.conflicts.iter().map(|record| record.id).collect()))
            .collect();
        let expected: Vec<(_, Vec<_>)> = expected
            .iter()
            .map(|(customer, ids)| (Some(id(*customer)), ids.iter().map(|number| id(*number)).collect()))
            .collect();
        assert_eq!(found, expected);
    };
    check(&[], &[]);
    check(
        &[
            at(1, 10, "2026-03-01", false),
            at(2, 20, "2026-03-02", false),
            at(3, 10, "2026-03-03", false),
            at(4, 20, "2026-03-04", true),
        ],
        &[(10, &[3, 1]), (20, &[2])],
    );
    // Of one moment: the later id first, so that the order never wavers.
    check(
        &[at(1, 10, "2026-03-01", false), at(2, 10, "2026-03-01", false)],
        &[(10, &[2, 1])],
    );
    check(&[customer(1, &[])], &[]);
}

#[test]
fn tells_on_which_device_a_side_was_written() {
    let about_one = conflict(9, &[("aside_by", text(1))]);
    let about_one = ConflictView(&about_one);
    let entry = |field: &str, day: &str, device: u128, stands: bool| HistoryEntry {
        record: id(1),
        path: Some(path(field)),
        from: Value::Null,
        to: Value::Null,
        stamp: Stamp {
            device: DeviceId::from_u128(device),
            ..stamp(3, day, 1)
        },
        mutation: MutationId::from_u128(3),
        stands,
        unknown: Default::default(),
    };
    let history = [
        entry("remark", "2026-03-02", 9, true),
        entry("phone", "2026-03-02", 7, true),
        entry("phone", "2026-03-01", 8, false),
    ];
    let found = sides(about_one, Some(user(1))).map(|side| written_on(about_one, side, &history));
    assert_eq!(found, [7, 8].map(|device| Some(DeviceId::from_u128(device))));
    assert_eq!(
        sides(about_one, None).map(|side| written_on(about_one, side, &[])),
        [None, None]
    );
}

#[test]
fn the_own_value_comes_first() {
    let check = |reader: u128, expected: [(&str, bool, bool); 2]| {
        let record = conflict(9, &[]);
        let found =
            sides(ConflictView(&record), Some(user(reader))).map(|side| (side.value.clone(), side.mine, side.stands));
        assert_eq!(
            found,
            expected.map(|(value, mine, stands)| (json!(value), mine, stands)),
            "{reader}"
        );
    };
    check(1, [("A", true, true), ("B", false, false)]);
    check(2, [("B", true, false), ("A", false, true)]);
    check(3, [("A", false, true), ("B", false, false)]);
}

#[test]
fn says_honestly_how_it_stands() {
    let check = |conflict: &Record, subject: Option<&Record>, expected: Standing| {
        assert_eq!(standing(ConflictView(conflict), subject), expected, "{subject:?}");
    };
    let phone = |number: &str| customer(1, &[("phone", json!(number))]);
    check(&conflict(9, &[]), Some(&phone("A")), Standing::Undecided);
    check(&conflict(9, &[]), Some(&phone("B")), Standing::Swapped);
    check(&conflict(9, &[]), Some(&phone("C")), Standing::Overtaken);
    check(&conflict(9, &[]), Some(&customer(1, &[])), Standing::Overtaken);
    check(
        &conflict(9, &[("aside", Value::Null)]),
        Some(&customer(1, &[])),
        Standing::Swapped,
    );
    check(&conflict(9, &[]), None, Standing::Gone);
    check(&removal(), Some(&record(5, Kind::Contact, 1, &[])), Standing::Undecided);
    check(&removal(), None, Standing::Gone);
}

#[test]
fn knows_who_wrote_what_both_had_seen() {
    let entry = |version: u64, day: &str, by: u128, from: Value, to: Value| HistoryEntry {
        record: id(1),
        path: Some(path("phone")),
        from,
        to,
        stamp: stamp(version, day, by),
        mutation: MutationId::from_u128(u128::from(version)),
        stands: true,
        unknown: Default::default(),
    };
    let check = |before: Value, history: &[HistoryEntry], expected: Option<(u128, &str)>| {
        let conflict = conflict(9, &[("before", before)]);
        let found = before_by(ConflictView(&conflict), &customer(1, &[]), history);
        assert_eq!(found, expected.map(|(by, day)| (user(by), noon(day))));
    };
    let both = [
        entry(7, "2026-03-01", 2, json!("0"), json!("B")),
        entry(8, "2026-03-02", 1, json!("B"), json!("A")),
    ];
    // It came with the record.
    check(json!("0"), &both, Some((1, "2026-01-01")));
    let earlier = entry(4, "2026-02-01", 3, json!("x"), json!("0"));
    check(json!("0"), &[&both[..], &[earlier]].concat(), Some((3, "2026-02-01")));
    check(Value::Null, &[entry(7, "2026-03-01", 2, Value::Null, json!("B"))], None);
    check(json!("0"), &[], None);
}

#[test]
fn names_the_edit_that_met_the_removal() {
    let entry = |field: Option<&str>, day: &str, by: u128| HistoryEntry {
        record: id(5),
        path: field.map(path),
        from: Value::Null,
        to: json!(true),
        stamp: stamp(7, day, by),
        mutation: MutationId::from_u128(1),
        stands: true,
        unknown: Default::default(),
    };
    let history = [
        entry(Some("role"), "2026-03-02", 1),
        entry(Some("email"), "2026-02-02", 1),
        entry(None, "2026-03-02", 1),
        entry(Some("phone"), "2026-03-02", 2),
    ];
    let conflict = removal();
    let found: Vec<_> = met_edits(ConflictView(&conflict), &history)
        .iter()
        .map(|entry| entry.path.clone())
        .collect();
    assert_eq!(found, [Some(path("role"))]);
}

#[test]
fn a_decision_writes_the_value_and_closes_and_undo_takes_back_both() {
    let check = |conflict: &Record, subject: &Record, choice: Choice, decided: Option<&str>| {
        let edits = settle(conflict, Some(subject), &choice);
        let (closed, after) = (carried_out(conflict, &edits, 20), carried_out(subject, &edits, 20));
        assert!(ConflictView(&closed).is_resolved(), "{choice:?}");
        let value = (!after.is_deleted()).then(|| after.text("phone").unwrap_or_default());
        assert_eq!(value, decided, "{choice:?}");
        let now = (!after.is_deleted()).then_some(&after);
        let edits = unsettle(&closed, Some(subject), now, &choice);
        let (open, back) = (carried_out(&closed, &edits, 21), carried_out(&after, &edits, 21));
        assert!(!ConflictView(&open).is_resolved(), "{choice:?}");
        assert_eq!(
            (back.fields, back.deleted),
            (subject.fields.clone(), None),
            "{choice:?}"
        );
    };
    let about = |phone: &str| customer(1, &[("phone", json!(phone))]);
    check(&conflict(9, &[]), &about("A"), Choice::Keep, Some("A"));
    check(&conflict(9, &[]), &about("A"), Choice::Write(json!("B")), Some("B"));
    check(
        &conflict(9, &[]),
        &about("A"),
        Choice::Write(json!("A；B")),
        Some("A；B"),
    );
    check(&conflict(9, &[]), &about("A"), Choice::Write(Value::Null), Some(""));
    // Overtaken: what stands now comes back, not what stood when the two met.
    check(&conflict(9, &[]), &about("C"), Choice::Write(json!("B")), Some("B"));
    let contact = record(5, Kind::Contact, 1, &[("phone", json!("1"))]);
    check(&removal(), &contact, Choice::Keep, Some("1"));
    check(&removal(), &contact, Choice::Remove, None);
}

#[test]
fn undo_leaves_alone_what_somebody_has_written_since() {
    let (conflict, then) = (conflict(9, &[]), customer(1, &[("phone", json!("A"))]));
    let now = customer(1, &[("phone", json!("C"))]);
    let edits = unsettle(&conflict, Some(&then), Some(&now), &Choice::Write(json!("B")));
    assert!(edits.iter().all(|edit| edit.record == conflict.id), "{edits:?}");
}

#[test]
fn a_conflict_about_what_is_gone_can_only_be_closed() {
    for choice in [Choice::Keep, Choice::Write(json!("B")), Choice::Remove] {
        let edits = settle(&conflict(9, &[]), None, &choice);
        assert_eq!(edits.len(), 1);
        assert_eq!(edits[0].record, id(9));
        assert!(matches!(edits[0].operation, Operation::Write(_)));
    }
}

#[test]
fn settling_one_twice_makes_no_conflict_about_it() {
    let check = |first: Value, second: Value| {
        let mut settled = conflict(9, &[("resolved", first.clone())]);
        settled.version = Version(5);
        settled.stamps.insert(path("resolved"), stamp(5, "2026-04-01", 2));
        let change = Change {
            from: json!("as it was"),
            to: second.clone(),
        };
        let mut mutation = write(9, Kind::Conflict, settled.scope, &[]);
        mutation.base = Version(1);
        mutation.operation = Operation::Write([(path("resolved"), change)].into());
        let profile = profile(Role::RelationshipManager);
        let petition = Petition {
            profile: &profile,
            device: mutation.device,
            now: noon("2026-05-01"),
            forked: false,
        };
        let owner = customer(1, &[("owner", text(1))]);
        let present = Present {
            record: Some(&settled),
            root: Some(&owner),
            people: &[],
            known_to_device: false,
        };
        let decision = decide(petition, &mutation, present, Version(6), || id(99));
        assert_eq!(decision.conflicts, [], "{first} {second}");
        assert!(
            !matches!(decision.outcome, Outcome::Refused(_)),
            "{:?}",
            decision.outcome
        );
    };
    check(json!(true), json!(true));
    check(json!(true), Value::Null);
    check(json!(false), json!(true));
}

#[test]
fn combining_drops_nothing() {
    let check = |field: &str, before: Value, one: Value, two: Value, expected: Option<Value>| {
        let found = combine(&Kind::Customer, &path(field), &before, &one, &two);
        assert_eq!(found, expected, "{one} and {two}");
    };
    // Short texts stand beside each other; one that holds the other says it all.
    check("phone", json!("1"), json!("2"), json!("3"), Some(json!("2; 3")));
    check(
        "products",
        json!(""),
        json!("钢材"),
        json!("木材"),
        Some(json!("钢材；木材")),
    );
    check("products", json!(""), json!("钢材、木材"), json!("木材"), None);
    // Sentences that only one changed are taken over; one that both changed stands twice.
    check(
        "remark",
        json!("甲。乙。丙。"),
        json!("甲一。乙。丙。"),
        json!("甲。乙。丙三。"),
        Some(json!("甲一。乙。丙三。")),
    );
    check(
        "remark",
        json!("甲。乙。丙。丁。"),
        json!("甲。乙一。丙。丁。"),
        json!("甲。乙二。丙。丁四。"),
        Some(json!("甲。乙一。乙二。丙。丁四。")),
    );
    check(
        "remark",
        json!("甲。乙。丙。"),
        json!("甲。乙一。丙。"),
        json!("甲。乙。丙二。"),
        Some(json!("甲。乙一。丙二。")),
    );
    check(
        "remark",
        json!("a\n\nb\n\nc"),
        json!("a\n\nb1\n\nc"),
        json!("a\n\nb2\n\nc"),
        Some(json!("a\n\nb1\nb2\n\nc")),
    );
    // What looks like a mark of the merge is somebody's text.
    check(
        "remark",
        json!("a"),
        json!("<<<<<<<\nb"),
        json!("=======\nc"),
        Some(json!("<<<<<<<\nb\n=======\nc")),
    );
    check("remark", Value::Null, json!("一"), json!("二"), Some(json!("一\n二")));
    // A day, a choice, nothing: there is nothing to combine.
    check(
        "birthday",
        json!("1980-01-01"),
        json!("1980-01-02"),
        json!("1980-01-03"),
        None,
    );
    check("tier", json!("A"), json!("B"), json!("C"), None);
    check("remark", json!("a"), json!("b"), Value::Null, None);
    // Fields of a newer version: lists and maps give their union.
    check(
        "new_list",
        json!([1]),
        json!([1, 2]),
        json!([3, 1]),
        Some(json!([1, 2, 3])),
    );
    check(
        "new_map",
        json!({}),
        json!({"a": 1}),
        json!({"a": 2, "b": 3}),
        Some(json!({"a": 1, "b": 3})),
    );
}

#[test]
fn differences_are_marked_where_they_help() {
    let check = |before: &str, after: &str, expected: Option<&[(char, &str)]>| {
        let expected = expected.map(|pieces| {
            let piece = |(tag, text): &(char, &str)| match tag {
                '=' => Piece::Same((*text).to_owned()),
                '-' => Piece::Gone((*text).to_owned()),
                _ => Piece::New((*text).to_owned()),
            };
            pieces.iter().map(piece).collect::<Vec<_>>()
        });
        assert_eq!(differences(before, after), expected, "{before} → {after}");
    };
    check(
        "客户计划明年续贷",
        "客户计划后年续贷",
        Some(&[('=', "客户计划"), ('-', "明"), ('+', "后"), ('=', "年续贷")]),
    );
    check(
        "the loan ends in May",
        "the loan ended in May",
        Some(&[('=', "the loan "), ('-', "ends"), ('+', "ended"), ('=', " in May")]),
    );
    check("a\nb\n", "a\nb\nc\n", Some(&[('=', "a\nb\n"), ('+', "c\n")]));
    // A character that happens to be the same does not tear a change apart.
    check(
        "开头一样甲的乙结尾一样",
        "开头一样丙的丁结尾一样",
        Some(&[('=', "开头一样"), ('-', "甲的乙"), ('+', "丙的丁"), ('=', "结尾一样")]),
    );
    check("一二三四五六", "甲乙丙丁戊己", None);
    check("same", "same", None);
    check("", "new", None);
}
