//! How long a mutation is as JSON, for values of any form.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::sync::fixtures::{customer, mutation, write};

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "[\\x00-\\x1f\"\\\\客访]{0,400}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(any::<String>(), inner, 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn no_mutation_is_longer_than_it_is_said_to_be(from in value(), to in value(), unknown in value()) {
        let mut mutation = mutation(9, 1_700_000_000, u64::MAX, write(&[("remark", from, to)]));
        mutation.device_seq = u64::MAX;
        mutation.unknown.insert("newer".to_owned(), unknown);
        let bytes = serde_json::to_vec(&mutation).map_err(|error| TestCaseError::fail(error.to_string()))?;
        let most = mutation.json_bytes_at_most();
        prop_assert!(bytes.len() <= most);
        prop_assert!(mutation.is_longer_than(most - 1) && !mutation.is_longer_than(most));
    }
}

#[test]
fn a_text_that_is_all_signs_is_not_taken_for_shorter() {
    let signs = mutation(
        1,
        1,
        1,
        write(&[("remark", Value::Null, json!("\u{1}".repeat(10_000)))]),
    );
    assert!(signs.is_longer_than(60_000));
    assert!(!signs.is_longer_than(60_600));
}

#[test]
fn a_long_text_is_counted_to_within_half_a_kilobyte() {
    let check = |text: &str| {
        let mutation = mutation(1, 1, 1, write(&[("remark", Value::Null, json!(text.repeat(10_000)))]));
        let bytes = serde_json::to_vec(&mutation).map(|bytes| bytes.len());
        let over = bytes.map(|bytes| mutation.json_bytes_at_most() - bytes);
        assert!(over.is_ok_and(|over| over < 512), "{text}");
    };
    check("a");
    check("客户经理");
    check("\u{1}");
    check("第一段\n\t\"第二段\"\\");
}

#[test]
fn taking_back_leaves_alone_what_was_written_since() {
    let path = FieldPath::known;
    let before = customer(&[("name", json!("恒远")), ("phone", json!("5550"))]);
    let edit = Edit::of(&before)
        .change(&before, path("phone"), "5559")
        .change(&before, path("email"), "a@example.com")
        .change(&before, path("name"), "");
    let mut now = before.clone();
    now.fields.insert(path("phone"), json!("5559"));
    now.fields.insert(path("email"), json!("b@example.com"));
    now.fields.remove("name");
    let expected = Edit::of(&now)
        .change(&now, path("phone"), "5550")
        .change(&now, path("name"), "恒远");
    assert_eq!(edit.taken_back(&before, &now), expected);
}
