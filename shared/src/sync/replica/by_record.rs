//! What is gathered from each record of a kind, kept from one state of a replica to the next: only what a change concerned
//! is gathered anew. It looks at the record and at the customer it is about, and knows no screen.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Replica;
use crate::ids::RecordId;
use crate::order::InOrder as _;
use crate::record::{Kind, Record};

/// A value for each record that has one, in the order of ids.
pub type RecordValues<T> = BTreeMap<RecordId, Arc<T>>;

/// The values as of one revision of a replica.
#[derive(Clone, Debug)]
pub struct ByRecord<T> {
    revision: u64,
    values: Arc<RecordValues<T>>,
}

impl<T> ByRecord<T> {
    /// The values, by record.
    pub fn values(&self) -> Arc<RecordValues<T>> {
        self.values.clone()
    }
}

impl Replica {
    /// What `gather` gives of each record of `kind` as the user sees it now. It may look at the record and at the
    /// customer's own record, and at nothing else that changes. `before`: the same, of this very replica at an earlier
    /// moment.
    pub fn gather_kind<T: PartialEq>(
        &self,
        kind: &Kind,
        before: Option<&ByRecord<T>>,
        gather: impl Fn(&Record) -> Option<T>,
    ) -> ByRecord<T> {
        let value = |record: &Record| Some((record.id, Arc::new(gather(record)?)));
        let revision = self.revision;
        let changed = before.and_then(|before| Some((before.values(), self.concerned(kind, before.revision)?)));
        let Some((mut values, changed)) = changed else {
            let records = self.peek_kind(kind);
            let values = records.filter_map(|record| value(&record)).into_map();
            return ByRecord {
                revision,
                values: Arc::new(values),
            };
        };
        for id in changed {
            let record = self.peek(id).filter(|record| record.kind == *kind);
            let now = record.and_then(|record| gather(&record));
            if now.as_ref() != values.get(&id).map(|value| &**value) {
                let values = Arc::make_mut(&mut values);
                match now {
                    Some(value) => values.insert(id, Arc::new(value)),
                    None => values.remove(&id),
                };
            }
        }
        ByRecord { revision, values }
    }

    /// The records that changed since, and those of the kind whose customer did; `None` when too many changed to tell.
    fn concerned(&self, kind: &Kind, revision: u64) -> Option<BTreeSet<RecordId>> {
        let mut concerned = BTreeSet::new();
        for changed in self.changes.since(revision)? {
            concerned.insert(changed.record);
            if changed.customer == Some(changed.record) {
                concerned.extend(self.index.under(changed.record, |other| other == kind));
            }
        }
        Some(concerned)
    }
}
