//! Small builders for the tests of this folder.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::ids::{DeviceId, IdEntropy, MutationId, RecordId, UserId};
use crate::record::mutation::{Change, Mutation, Operation};
use crate::record::{FieldPath, Kind, Record, Scope, Version};
use crate::sync::engine::Entropy;
use crate::sync::merge::merge;
use crate::time::Timestamp;

/// The customer all tests write to.
pub(super) const CUSTOMER: RecordId = RecordId::from_u128(1);

/// A path known to be one.
pub(crate) fn path(text: &str) -> FieldPath {
    FieldPath::parse(text).unwrap_or_else(|error| unreachable!("{error}"))
}

/// A mutation of [`CUSTOMER`] by the user and device of number `who`, written at second `at`.
pub(crate) fn mutation(who: u128, at: i64, base: u64, operation: Operation) -> Mutation {
    Mutation {
        id: MutationId::from_u128(who * 1_000_000 + u128::try_from(at).unwrap_or(0)),
        device: DeviceId::from_u128(who),
        device_seq: 1,
        author: UserId::from_u128(who),
        at: Timestamp::from_milliseconds(at * 1_000),
        record: CUSTOMER,
        kind: Kind::Customer,
        scope: Scope::Under(CUSTOMER),
        base: Version(base),
        operation,
        unknown: BTreeMap::new(),
    }
}

/// A write of `(path, from, to)`.
pub(crate) fn write(changes: &[(&str, Value, Value)]) -> Operation {
    let change = |(name, from, to): &(&str, Value, Value)| {
        (
            path(name),
            Change {
                from: from.clone(),
                to: to.clone(),
            },
        )
    };
    Operation::Write(changes.iter().map(change).collect())
}

/// A customer as created at version 1 by user 9.
pub(crate) fn customer(fields: &[(&str, Value)]) -> Record {
    let changes: Vec<_> = fields
        .iter()
        .map(|(name, value)| (*name, Value::Null, value.clone()))
        .collect();
    merge(None, &mutation(9, 0, 0, write(&changes)), Version(1)).record
}

/// Bytes that count up, so that ids differ and tests repeat.
#[derive(Default)]
pub(super) struct Counter(u8);

impl Entropy for Counter {
    fn draw(&mut self) -> IdEntropy {
        self.0 += 1;
        [self.0; 10]
    }
}
