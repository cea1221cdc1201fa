//! Stand-in with the queries of the shared replica, until that lands.

use rapport_shared::ids::{RecordId, UserId};
use rapport_shared::sync::mutation::Mutation;
use rapport_shared::sync::record::{Kind, Record};
use rapport_shared::sync::wire::{HistoryEntry, Refusal};

/// The book in memory.
#[derive(Debug, Default)]
pub struct Replica {
    records: Vec<Record>,
    pending: Vec<Mutation>,
    refused: Vec<(Mutation, Refusal)>,
}

impl Replica {
    /// The record as the user sees it.
    pub fn get(&self, id: RecordId) -> Option<&Record> {
        self.records.iter().find(|record| record.id == id)
    }

    /// Records of a kind that are not deleted.
    pub fn iter(&self, kind: &Kind) -> impl Iterator<Item = &Record> {
        self.records.iter().filter(move |record| record.kind == *kind)
    }

    /// Records in the scope of a customer.
    pub fn of_customer(&self, customer: RecordId) -> impl Iterator<Item = &Record> {
        self.records
            .iter()
            .filter(move |record| record.customer() == Some(customer))
    }

    /// Changes of the fields of a record, newest first.
    pub fn history(&self, _record: RecordId) -> Vec<HistoryEntry> {
        Vec::new()
    }

    /// Unsent mutations.
    pub fn pending(&self) -> &[Mutation] {
        &self.pending
    }

    /// Refused mutations.
    pub fn refused(&self) -> &[(Mutation, Refusal)] {
        &self.refused
    }

    /// The name of a colleague.
    pub fn person_name(&self, _user: UserId) -> Option<&str> {
        None
    }
}
