//! The states a transaction is working on: what was read, what was decided on top of it, and the batch that will be
//! written. It gives out versions and keeps the channels of roots in step. It stores nothing itself.

use std::collections::{BTreeSet, HashMap};

use rapport_shared::access;
use rapport_shared::ids::{DeviceId, MutationId, RecordId, UserId};
use rapport_shared::record::mutation::{Edit, Mutation};
use rapport_shared::record::{Record, Scope, Version};
use rapport_shared::sync::merge::merge;
use rapport_shared::sync::wire::HistoryEntry;
use rapport_shared::time::Timestamp;

use crate::clock;
use crate::store::{AuditEntry, Batch, Head, ScopeEvent, Settled};

/// The device under which the server itself writes.
pub const SERVER_DEVICE: DeviceId = DeviceId::from_u128(0);

/// See the module.
pub struct Ledger {
    records: HashMap<RecordId, Record>,
    written: BTreeSet<RecordId>,
    batch: Batch,
}

impl Ledger {
    /// A ledger on top of a store that stands at `head`, with the records that will be needed.
    pub fn new(head: &Head, records: HashMap<RecordId, Record>) -> Self {
        let batch = Batch {
            sequence: head.sequence,
            ..Batch::default()
        };
        Self {
            records,
            written: BTreeSet::new(),
            batch,
        }
    }

    /// The present state of a record.
    pub fn get(&self, id: RecordId) -> Option<&Record> {
        self.records.get(&id)
    }

    /// All present states.
    pub fn records(&self) -> impl Iterator<Item = &Record> {
        self.records.values()
    }

    /// The version the next change will have.
    pub fn next(&self) -> Version {
        Version(self.batch.sequence.0 + 1)
    }

    /// Takes `count` versions from the organisation's sequence.
    pub fn advance(&mut self, count: u64) {
        self.batch.sequence.0 += count;
    }

    /// Takes over a new state. Its version must have been taken.
    pub fn put(&mut self, record: Record) {
        if record.root() == Some(record.id) {
            self.follow_channels(&record);
        }
        self.written.insert(record.id);
        self.records.insert(record.id, record);
    }

    fn follow_channels(&mut self, record: &Record) {
        let now = access::root_channels(record);
        let Some(before) = self.records.get(&record.id).map(access::root_channels) else {
            self.batch
                .channels
                .extend(now.into_iter().map(|channel| (record.id, channel)));
            return;
        };
        let event = |channel, gained| ScopeEvent {
            version: record.version,
            root: record.id,
            channel,
            gained,
        };
        let gained = now.difference(&before).map(|channel| event(*channel, true));
        let lost = before.difference(&now).map(|channel| event(*channel, false));
        self.batch.scope_events.extend(gained.chain(lost));
    }

    /// Carries an edit of somebody at the server itself out, on what was read in this very transaction: it cannot
    /// meet another's.
    pub fn carry_out(&mut self, edit: Edit, by: UserId, at: Timestamp) {
        let mutation = Mutation {
            id: MutationId::new(at, clock::entropy()),
            device: SERVER_DEVICE,
            device_seq: 0,
            author: by,
            at,
            record: edit.record,
            kind: edit.kind,
            scope: edit.scope,
            base: edit.base,
            operation: edit.operation,
            unknown: std::collections::BTreeMap::new(),
        };
        let merged = merge(self.get(mutation.record), &mutation, self.next());
        if merged.changed {
            self.advance(1);
            self.add_history(merged.record.scope, merged.history);
            self.put(merged.record);
        }
    }

    /// Adds to the history of a record in `scope`.
    pub fn add_history(&mut self, scope: Scope, entries: Vec<HistoryEntry>) {
        let user: Option<UserId> = match scope {
            Scope::User(user) => Some(user),
            Scope::Under(_) | Scope::Organisation => None,
        };
        self.batch
            .history
            .extend(entries.into_iter().map(|entry| (entry, scope.root(), user)));
    }

    /// Remembers what became of a mutation.
    pub fn settle(&mut self, settled: Settled) {
        self.batch.settled.push(settled);
    }

    /// Writes an event to the audit.
    pub fn audit(&mut self, entry: AuditEntry) {
        self.batch.audit.push(entry);
    }

    /// What is to be written.
    pub fn finish(mut self) -> Batch {
        for id in &self.written {
            self.batch.records.extend(self.records.remove(id));
        }
        self.batch.records.sort_by_key(|record| record.version);
        self.batch
    }
}
