//! What the log has of an entry is the entry, however it is written.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::ids::UserId;
use crate::record::mutation::Operation;
use crate::sync::fixtures::{mutation, write};

fn step() -> impl Strategy<Value = Op> {
    let operation = prop_oneof![
        Just(Operation::Delete),
        Just(write(&[
            ("text", Value::Null, json!("谈了\n贷款")),
            ("tags.vip", Value::Null, json!(true))
        ])),
        Just(write(&[
            ("phone", json!("1"), json!("2")),
            ("remark", Value::Null, json!(7))
        ])),
        Just(write(&[("phone", json!("1"), Value::Null)])),
        Just(write(&[("phone", Value::Null, Value::Null)])),
        Just(write(&[])),
    ];
    let rarely = || prop::bool::weighted(0.1);
    let change = (1..3_u128, 5..7_u128, 1..3_i64, 0..2_u64, operation, rarely(), rarely());
    let change = change.prop_map(|(device, author, at, base, operation, numbered, newer)| {
        let mut mutation = mutation(device, at, base, operation);
        mutation.author = UserId::from_u128(author);
        mutation.device_seq = u64::from(numbered);
        if newer {
            mutation.unknown.insert("newer".to_owned(), json!(1));
        }
        Op::Enqueue(mutation)
    });
    let other = prop_oneof![
        Just(Op::Reoffer),
        Just(Op::RemoveDraft("note".to_owned())),
        (1..4_u128).prop_map(|id| Op::Discard(MutationId::from_u128(id))),
    ];
    prop_oneof![4 => change, 1 => other]
}

proptest! {
    #[test]
    fn an_entry_is_read_as_it_was_written(steps in prop::collection::vec(step(), 0..12)) {
        let entry = LogEntry(steps);
        let bytes = entry.to_bytes().map_err(|error| TestCaseError::fail(error.to_string()))?;
        let again = LogEntry::read(&bytes).map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(again, entry);
    }
}

#[test]
fn what_changes_made_in_one_go_have_in_common_is_written_once() {
    let check = |count: i64, is_brief: bool| {
        let change = |number: i64| Mutation {
            at: Timestamp::from_milliseconds(7),
            device_seq: 0,
            author: UserId::from_u128(78),
            ..mutation(77, number, 0, write(&[("mood", Value::Null, json!(3))]))
        };
        let entry = LogEntry((0..count).map(|number| Op::Enqueue(change(number))).collect());
        let bytes = entry.to_bytes().unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes);
        let times = |id: String| text.matches(&id).count();
        let change = change(0);
        let found = (
            text.starts_with('{'),
            times(change.device.to_string()),
            times(change.author.to_string()),
        );
        assert_eq!(found, (is_brief, 1, 1), "{count}");
    };
    check(1, false);
    check(2, true);
    check(100, true);
}
