//! What a screen gathers from each customer's records, kept from one state of the book to the next. It knows which
//! replica it was gathered from, and never goes on from another; how it goes on is the replica's to say.

use std::sync::Arc;

use rapport_shared::record::Record;
use rapport_shared::sync::replica::{self, CustomerValues, Replica};

use super::Book;
use super::state::Life;

/// A value for each customer of the book that has one.
#[derive(Clone, Debug)]
pub struct Gathered<K, T> {
    /// From which replica; `None` while the book is not whole, when one replica follows another and nothing is kept.
    of: Option<Life>,
    /// What else the values depend on.
    key: K,
    gathered: replica::ByCustomer<T>,
}

impl<K: PartialEq, T> Gathered<K, T> {
    /// The values of now. `before`: those of an earlier moment; `key`: all that `gather` looks at besides the customer's
    /// own record, which it is given, and the records in the customer's scope. Tracked like [`Book::read`].
    pub fn gather(book: Book, before: Option<&Self>, key: K, gather: impl Fn(&Replica, &Record) -> Option<T>) -> Self {
        let of = book.state().and_then(|state| state.life());
        let before = before.filter(|before| of.is_some() && before.of == of && before.key == key);
        let before = before.map(|before| &before.gathered);
        let gathered = book.read(|replica| replica.gather(before, |customer| gather(replica, customer)));
        Self { of, key, gathered }
    }

    /// The values, by customer.
    pub fn values(&self) -> Arc<CustomerValues<T>> {
        self.gathered.values()
    }
}
