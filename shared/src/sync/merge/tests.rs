//! Tables of cases for merging, and its laws.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::record::mutation::{Edit, Mutation};
use crate::sync::fixtures::{customer, mutation, path, write};

/// Folds two writers' concurrent changes of one field that was `base` into it, the first at second 10, the second at
/// `second_at`; gives the value that stands and the ones kept aside.
fn meet(base: &Value, first: &Value, second: &Value, second_at: i64) -> (Value, Vec<Value>) {
    let start = customer(&[("remark", base.clone())]);
    let one = mutation(1, 10, 1, write(&[("remark", base.clone(), first.clone())]));
    let two = mutation(2, second_at, 1, write(&[("remark", base.clone(), second.clone())]));
    let after_one = merge(Some(&start), &one, Version(2));
    let after_two = merge(Some(&after_one.record), &two, Version(3));
    let aside = after_two
        .conflicts
        .iter()
        .map(|conflict| conflict.aside.0.clone())
        .collect();
    (after_two.record.get("remark").cloned().unwrap_or(Value::Null), aside)
}

#[test]
fn concurrent_writes_of_one_field() {
    let check = |base: Value, first: Value, second: Value, second_at: i64, stands: Value, aside: &[Value]| {
        assert_eq!(
            meet(&base, &first, &second, second_at),
            (stands, aside.to_vec()),
            "{base} {first} {second}"
        );
    };
    // The later one stands, whichever arrives first; the other is kept.
    check(json!("a"), json!("b"), json!("c"), 20, json!("c"), &[json!("b")]);
    check(json!("a"), json!("b"), json!("c"), 5, json!("b"), &[json!("c")]);
    // Emptying is a value like any other.
    check(json!("a"), json!("b"), Value::Null, 20, Value::Null, &[json!("b")]);
    check(json!("a"), Value::Null, json!("c"), 5, Value::Null, &[json!("c")]);
    // The same wish twice is no conflict.
    check(json!("a"), json!("b"), json!("b"), 20, json!("b"), &[]);
    // Paragraphs merge.
    check(
        json!("a\n\nb\n\nc"),
        json!("A\n\nb\n\nc"),
        json!("a\n\nb\n\nC"),
        20,
        json!("A\n\nb\n\nC"),
        &[],
    );
    check(
        json!("a\n\nb"),
        json!("a\n\nb\n\nc"),
        json!("z\n\na\n\nb"),
        20,
        json!("z\n\na\n\nb\n\nc"),
        &[],
    );
    // Overlapping paragraphs do not.
    check(
        json!("a\n\nb"),
        json!("x\n\nb"),
        json!("y\n\nb"),
        20,
        json!("y\n\nb"),
        &[json!("x\n\nb")],
    );
}

#[test]
fn different_fields_and_map_entries_merge() {
    let start = customer(&[("phone", json!("1")), ("wechat", json!("w")), ("tags.old", json!(true))]);
    let one = mutation(
        1,
        10,
        1,
        write(&[("phone", json!("1"), json!("2")), ("tags.a", Value::Null, json!(true))]),
    );
    let two = mutation(
        2,
        5,
        1,
        write(&[("wechat", json!("w"), json!("v")), ("tags.b", Value::Null, json!(true))]),
    );
    let merged = merge(Some(&merge(Some(&start), &one, Version(2)).record), &two, Version(3));
    assert_eq!(merged.record.text("phone"), Some("2"));
    assert_eq!(merged.record.text("wechat"), Some("v"));
    assert_eq!(
        merged.record.entries("tags").map(|(key, _)| key).collect::<Vec<_>>(),
        ["a", "b", "old"]
    );
    assert_eq!(merged.conflicts, []);
}

#[test]
fn a_device_does_not_conflict_with_its_own_unsent_work() {
    let start = customer(&[("phone", json!("1"))]);
    let one = mutation(1, 10, 1, write(&[("phone", json!("1"), json!("2"))]));
    // Written before the first was acknowledged, with a clock that was set back meanwhile.
    let two = mutation(1, 4, 1, write(&[("phone", json!("2"), json!("3"))]));
    let merged = merge(Some(&merge(Some(&start), &one, Version(2)).record), &two, Version(3));
    assert_eq!((merged.record.text("phone"), merged.conflicts.len()), (Some("3"), 0));
}

#[test]
fn deletions_and_edits() {
    let start = customer(&[("phone", json!("1"))]);
    let edit = mutation(1, 10, 1, write(&[("phone", json!("1"), json!("2"))]));
    let delete = mutation(2, 20, 1, Operation::Delete);
    let edited = merge(Some(&start), &edit, Version(2)).record;
    let deleted = merge(Some(&start), &delete, Version(2)).record;

    // An edit beats a concurrent deletion, whichever arrives first.
    let beaten = merge(Some(&edited), &delete, Version(3));
    assert!(!beaten.record.is_deleted());
    assert_eq!(beaten.conflicts.len(), 1);
    let revived = merge(Some(&deleted), &edit, Version(3));
    assert!(!revived.record.is_deleted());
    assert_eq!(revived.record.text("phone"), Some("2"));
    // Either way both learn of it.
    assert_eq!(revived.conflicts.len(), 1);
    for conflict in [&beaten.conflicts[0], &revived.conflicts[0]] {
        assert_eq!((&conflict.path, &conflict.aside.0), (&None, &json!(true)));
        assert_eq!(
            (conflict.stands.1.device, conflict.aside.1.device),
            (edit.device, delete.device)
        );
    }

    // Undoing a deletion brings everything back and writes nothing anew.
    let undo = Edit::revive(&start, FieldPath::known("phone")).operation;
    let undone = merge(Some(&deleted), &mutation(2, 30, 2, undo), Version(3));
    assert!(!undone.record.is_deleted());
    assert_eq!(undone.record.fields, start.fields);
    assert!(undone.history.iter().all(|entry| entry.path.is_none()) && undone.conflicts.is_empty());

    // A deletion by somebody who has seen the edit stands, and keeps what was there.
    let seen = merge(Some(&edited), &mutation(2, 20, 2, Operation::Delete), Version(3));
    assert!(seen.record.is_deleted());
    assert_eq!(seen.record.text("phone"), Some("2"));
    assert_eq!(seen.history.len(), 1);
}

#[test]
fn history_says_who_when_from_what_to_what() {
    let start = customer(&[("phone", json!("1"))]);
    let merged = merge(
        Some(&start),
        &mutation(1, 10, 1, write(&[("phone", json!("1"), json!("2"))])),
        Version(2),
    );
    let entry = merged.history.first().unwrap_or_else(|| unreachable!("one entry"));
    assert_eq!(
        (entry.path.clone(), entry.from.clone(), entry.to.clone()),
        (Some(path("phone")), json!("1"), json!("2"))
    );
    assert_eq!(
        (entry.stamp.version, entry.stamp.at.milliseconds(), entry.stands),
        (Version(2), 10_000, true)
    );
    assert_eq!(merged.record.stamp("phone"), &entry.stamp);
}

fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        "[a-c]{1,2}".prop_map(Value::from),
        "([a-d]\n){0,4}[a-d]".prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
    ]
}

fn any_mutation() -> impl Strategy<Value = Mutation> {
    let changes = prop::collection::btree_map("phone|remark|tags\\.[ab]", (any_value(), any_value()), 1..4);
    let operation = prop_oneof![
        8 => changes.prop_map(|changes| {
            let changes: Vec<_> = changes.iter().map(|(name, (from, to))| (name.as_str(), from.clone(), to.clone())).collect();
            write(&changes)
        }),
        1 => Just(Operation::Delete),
    ];
    (1_u128..4, 0_i64..50, 1_u64..8, operation)
        .prop_map(|(who, at, base, operation)| mutation(who, at, base, operation))
}

proptest! {
    /// Law: whatever comes, no value that was written or overwritten is lost, and folding a mutation a second time
    /// at its own base changes nothing it wrote.
    #[test]
    fn nothing_is_discarded(mutations in prop::collection::vec(any_mutation(), 1..12)) {
        let mut record = customer(&[("phone", json!("0")), ("remark", json!("a\nb\nc"))]);
        let mut kept: Vec<Value> = record.fields.values().cloned().collect();
        for (index, mutation) in mutations.iter().enumerate() {
            let before = record.clone();
            let merged = merge(Some(&record), mutation, Version(index as u64 + 2));
            kept.extend(merged.history.iter().flat_map(|entry| [entry.from.clone(), entry.to.clone()]));
            kept.extend(merged.conflicts.iter().flat_map(|conflict| [conflict.stands.0.clone(), conflict.aside.0.clone()]));
            record = merged.record;
            for value in before.fields.values() {
                prop_assert!(kept.contains(value) || record.fields.values().any(|present| present == value));
            }
            if let Operation::Write(changes) = &mutation.operation {
                for (path, change) in changes.iter().filter(|(_, change)| !change.to.is_string()) {
                    let stands = record.fields.get(path).unwrap_or(&Value::Null);
                    prop_assert!(stands == &change.to || kept.contains(&change.to), "{path}");
                }
            }
            prop_assert!(!record.fields.values().any(Value::is_null));
            prop_assert_eq!(merged.changed, record != before);
        }
    }
}
