//! What a screen gathers from each customer's records, kept from one state of the book to the next: only customers that
//! a change concerned are gathered anew, and nothing is kept beyond the replica it was gathered from.

use std::collections::HashMap;
use std::sync::Arc;

use rapport_shared::ids::RecordId;
use rapport_shared::sync::record::{Kind, Record};
use rapport_shared::sync::replica::Replica;

use super::Book;
use super::state::Life;

/// A value for each customer of the book that has one.
#[derive(Clone, Debug)]
pub struct ByCustomer<K, T> {
    /// From which replica; `None` while the book is not whole, when one replica follows another and nothing is kept.
    of: Option<Life>,
    /// What else the values depend on.
    key: K,
    revision: u64,
    values: Arc<HashMap<RecordId, Arc<T>>>,
}

impl<K: PartialEq, T> ByCustomer<K, T> {
    /// The values of now. `before`: those of an earlier moment; `key`: all that `gather` looks at besides the customer's
    /// own record, which it is given, and the records in the customer's scope. Tracked like [`Book::read`].
    pub fn gather(book: Book, before: Option<&Self>, key: K, gather: impl Fn(&Replica, &Record) -> Option<T>) -> Self {
        let of = book.state().and_then(|state| state.life());
        let before = before.filter(|before| of.is_some() && before.of == of && before.key == key);
        book.read(|replica| {
            let value = |customer: &Record| Some((customer.id, Arc::new(gather(replica, customer)?)));
            let values = match before {
                None => Arc::new(replica.iter(&Kind::Customer).filter_map(value).collect()),
                Some(before) => {
                    let mut values = before.values.clone();
                    for id in replica.changed_since(before.revision) {
                        let values = Arc::make_mut(&mut values);
                        let customer = replica.get(id).filter(|record| record.kind == Kind::Customer);
                        match customer.and_then(value) {
                            Some((id, value)) => values.insert(id, value),
                            None => values.remove(&id),
                        };
                    }
                    values
                }
            };
            Self {
                of,
                revision: replica.revision(),
                values,
                key,
            }
        })
    }

    /// The values, by customer.
    pub fn values(&self) -> Arc<HashMap<RecordId, Arc<T>>> {
        self.values.clone()
    }
}
