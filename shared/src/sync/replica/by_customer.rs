//! What is gathered from each customer's records, kept from one state of a replica to the next: only customers that a
//! change concerned are gathered anew. It never looks beyond one customer's scope, and knows no screen.

use std::collections::HashMap;
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
    pub fn gather<T>(&self, before: Option<&ByCustomer<T>>, gather: impl Fn(&Record) -> Option<T>) -> ByCustomer<T> {
        let value = |customer: &Record| Some((customer.id, Arc::new(gather(customer)?)));
        let revision = self.revision;
        let Some(before) = before else {
            let values = self.iter(&Kind::Customer).filter_map(value).collect();
            return ByCustomer {
                revision,
                values: Arc::new(values),
            };
        };
        let mut values = before.values();
        for id in self.changed_since(before.revision) {
            let values = Arc::make_mut(&mut values);
            let customer = self.get(id).filter(|record| record.kind == Kind::Customer);
            match customer.and_then(value) {
                Some((id, value)) => values.insert(id, value),
                None => values.remove(&id),
            };
        }
        ByCustomer { revision, values }
    }
}
