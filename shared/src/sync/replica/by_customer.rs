//! What is gathered from each customer's records, kept from one state of a replica to the next: only customers that a
//! change concerned are gathered anew. It never looks beyond one customer's scope, and knows no screen.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::Replica;
use crate::ids::RecordId;
use crate::record::{Kind, Record};

/// A value for each customer that has one.
pub type CustomerValues<T> = HashMap<RecordId, Arc<T>>;

/// The values as of one revision of a replica.
#[derive(Clone, Debug)]
pub struct ByCustomer<T> {
    revision: u64,
    values: Arc<CustomerValues<T>>,
}

impl<T> ByCustomer<T> {
    /// The values, by customer.
    pub fn values(&self) -> Arc<CustomerValues<T>> {
        self.values.clone()
    }
}

impl Replica {
    /// What `gather` gives of each customer as the user sees it now. It may look at the customer's record and at those in
    /// the customer's scope, and at nothing else that changes. `before`: the same, of this very replica at an earlier
    /// moment.
    pub fn gather<T: PartialEq>(
        &self,
        before: Option<&ByCustomer<T>>,
        gather: impl Fn(&Record) -> Option<T>,
    ) -> ByCustomer<T> {
        let value = |customer: &Record| Some((customer.id, Arc::new(gather(customer)?)));
        let revision = self.revision;
        let changed = before.and_then(|before| Some((before.values(), self.changed_since(before.revision)?)));
        let Some((mut values, changed)) = changed else {
            let customers = self.peek_kind(&Kind::Customer);
            let values = customers.filter_map(|customer| value(&customer)).collect();
            return ByCustomer {
                revision,
                values: Arc::new(values),
            };
        };
        for id in changed {
            let customer = self.peek(id).filter(|record| record.kind == Kind::Customer);
            let now = customer.and_then(|customer| gather(&customer));
            // Most changes change nothing of what is gathered: then all that follows from it stands as well.
            if now.as_ref() != values.get(&id).map(|value| &**value) {
                let values = Arc::make_mut(&mut values);
                match now {
                    Some(value) => values.insert(id, Arc::new(value)),
                    None => values.remove(&id),
                };
            }
        }
        ByCustomer { revision, values }
    }

    /// The customers in whose scope anything may have changed since the replica was of this revision, what the next entry
    /// did included; also those that went away. `None` when too much changed to tell.
    pub(super) fn changed_since(&self, revision: u64) -> Option<BTreeSet<RecordId>> {
        let changed = self.changes.since(revision)?;
        Some(changed.filter_map(|changed| changed.customer).collect())
    }
}
