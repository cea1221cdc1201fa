//! What screens gather from each customer's records, or from each record of a kind, kept for as long as the book is open:
//! a screen that is shown again goes on from there. It knows which replica it was gathered from, and never goes on from
//! another; how it goes on is the replica's to say.

use std::any::Any;
use std::collections::HashMap;
use std::sync::Arc;

use rapport_shared::record::{Kind, Record};
use rapport_shared::sync::replica::{ByCustomer, ByRecord, CustomerValues, RecordValues, Replica};

use super::Book;
use super::state::Life;

/// What is kept, by the names that screens give it.
pub(super) type Kept = HashMap<String, Box<dyn Any>>;

/// Something gathered, and what it depends on besides the records.
struct Gathered<K, G> {
    of: Life,
    key: K,
    values: G,
}

/// Whether what was gathered became something else: where nothing changed, the very same is given again.
pub fn is_another<T>(before: Option<&Arc<T>>, now: Option<&Arc<T>>) -> bool {
    before.zip(now).is_none_or(|(before, now)| !Arc::ptr_eq(before, now))
}

impl Book {
    /// A value for each customer that has one. `key`: all that `gather` looks at besides the customer's own record, which
    /// it is given, and the records in the customer's scope. `name`: of this one thing that is gathered, and of no other.
    /// Tracked like [`Book::read`].
    pub fn by_customer<K, T>(
        self,
        name: &str,
        key: K,
        gather: impl Fn(&Replica, &Record) -> Option<T>,
    ) -> Arc<CustomerValues<T>>
    where
        K: PartialEq + 'static,
        T: PartialEq + 'static,
    {
        let go_on = |replica: &Replica, before: Option<&ByCustomer<T>>| {
            replica.gather(before, |customer| gather(replica, customer))
        };
        self.gather(name, key, go_on, ByCustomer::values)
    }

    /// A value for each record of `kind` that has one. `key`: all that `gather` looks at besides the record, which it is
    /// given, and the customer it is about. Otherwise like [`Book::by_customer`].
    pub fn by_record<K, T>(
        self,
        name: &str,
        kind: &Kind,
        key: K,
        gather: impl Fn(&Replica, &Record) -> Option<T>,
    ) -> Arc<RecordValues<T>>
    where
        K: PartialEq + 'static,
        T: PartialEq + 'static,
    {
        let go_on = |replica: &Replica, before: Option<&ByRecord<T>>| {
            replica.gather_kind(kind, before, |record| gather(replica, record))
        };
        self.gather(name, key, go_on, ByRecord::values)
    }

    fn gather<K: PartialEq + 'static, G: 'static, V>(
        self,
        name: &str,
        key: K,
        go_on: impl FnOnce(&Replica, Option<&G>) -> G,
        values: impl FnOnce(&G) -> V,
    ) -> V {
        let state = self.state();
        let life = state.as_ref().and_then(|state| state.life());
        // Nothing is kept of a book that is not whole: one replica follows another then.
        let kept = state.as_ref().zip(life).and_then(|(state, life)| {
            let kept = state.with_gathered(life, |gathered| gathered.remove(name))??;
            let kept = kept.downcast::<Gathered<K, G>>().ok()?;
            (kept.of == life && kept.key == key).then_some(kept)
        });
        let gathered = self.read(|replica| go_on(replica, kept.as_ref().map(|kept| &kept.values)));
        let given = values(&gathered);
        if let Some((state, of)) = state.zip(life) {
            let kept = Gathered {
                of,
                key,
                values: gathered,
            };
            state.with_gathered(of, |gathered| gathered.insert(name.to_owned(), Box::new(kept)));
        }
        given
    }
}
