//! Many changes made in one go, as the log has them: what they have in common stands there once, and what is empty not
//! at all. That is a sixth less to be written, sealed and stored than the changes one by one. It loses nothing of a change
//! and judges none.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

use super::Op;
use crate::ids::{DeviceId, MutationId, RecordId, UserId};
use crate::record::mutation::{Change, Mutation, Operation};
use crate::record::{FieldPath, Kind, Scope, Version};
use crate::time::Timestamp;

/// The fewest changes for which it is worth it.
const FEWEST: usize = 2;

/// An entry with changes made in one go.
#[derive(Serialize)]
pub(super) struct Written<'a> {
    common: Common,
    before: &'a [Op],
    changes: Vec<WrittenChange<'a>>,
    after: &'a [Op],
}

/// Such an entry, read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Read {
    common: Common,
    before: Vec<Op>,
    changes: Vec<ReadChange>,
    after: Vec<Op>,
}

#[derive(Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Common {
    device: DeviceId,
    author: UserId,
    at: Timestamp,
}

#[derive(Serialize)]
struct WrittenChange<'a>(MutationId, RecordId, &'a Kind, Scope, Version, WrittenOperation<'a>);

#[derive(Deserialize)]
struct ReadChange(MutationId, RecordId, Kind, Scope, Version, ReadOperation);

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum WrittenOperation<'a> {
    /// Of fields that had no value.
    #[serde(serialize_with = "values")]
    Set(&'a BTreeMap<FieldPath, Change>),
    Write(&'a BTreeMap<FieldPath, Change>),
    Delete,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum ReadOperation {
    Set(BTreeMap<FieldPath, Value>),
    Write(BTreeMap<FieldPath, Change>),
    Delete,
}

impl<'a> Written<'a> {
    /// The steps with the changes in them; `None` where there are too few, or they have too little in common.
    pub(super) fn of(ops: &'a [Op]) -> Option<Self> {
        let begin = ops.iter().position(|op| change(op).is_some())?;
        let (before, rest) = ops.split_at(begin);
        let common = rest.first().and_then(change).map(Common::of)?;
        let is_like = |op: &&Op| change(op).is_some_and(|it| Common::of(it) == common);
        let (changes, after) = rest.split_at(rest.iter().take_while(is_like).count());
        let is_worth_it = changes.len() >= FEWEST;
        is_worth_it.then(|| Self {
            common,
            before,
            changes: changes.iter().filter_map(change).map(WrittenChange::of).collect(),
            after,
        })
    }
}

impl Read {
    pub(super) fn into_ops(self) -> Vec<Op> {
        let common = self.common;
        let changes = self
            .changes
            .into_iter()
            .map(|change| Op::Enqueue(change.mutation(common)));
        self.before.into_iter().chain(changes).chain(self.after).collect()
    }
}

/// The change that a step adds, if nothing of it would be lost.
fn change(op: &Op) -> Option<&Mutation> {
    match op {
        Op::Enqueue(mutation) if mutation.device_seq == 0 && mutation.unknown.is_empty() => Some(mutation),
        _ => None,
    }
}

impl Common {
    const fn of(mutation: &Mutation) -> Self {
        Self {
            device: mutation.device,
            author: mutation.author,
            at: mutation.at,
        }
    }
}

impl<'a> WrittenChange<'a> {
    fn of(mutation: &'a Mutation) -> Self {
        let operation = match &mutation.operation {
            Operation::Write(changes) if changes.values().all(|change| change.from.is_null()) => {
                WrittenOperation::Set(changes)
            }
            Operation::Write(changes) => WrittenOperation::Write(changes),
            Operation::Delete => WrittenOperation::Delete,
        };
        let Mutation {
            id,
            record,
            kind,
            scope,
            base,
            ..
        } = mutation;
        Self(*id, *record, kind, *scope, *base, operation)
    }
}

impl ReadChange {
    fn mutation(self, common: Common) -> Mutation {
        let Self(id, record, kind, scope, base, operation) = self;
        let set = |(path, to)| (path, Change { from: Value::Null, to });
        Mutation {
            id,
            device: common.device,
            device_seq: 0,
            author: common.author,
            at: common.at,
            record,
            kind,
            scope,
            base,
            operation: match operation {
                ReadOperation::Set(values) => Operation::Write(values.into_iter().map(set).collect()),
                ReadOperation::Write(changes) => Operation::Write(changes),
                ReadOperation::Delete => Operation::Delete,
            },
            unknown: BTreeMap::new(),
        }
    }
}

fn values<S: Serializer>(changes: &BTreeMap<FieldPath, Change>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(changes.iter().map(|(path, change)| (path, &change.to)))
}
