//! What the book uses and does not bring along: the order of names, and the index of what was said. The tables of
//! readings and of traditional characters behind them weigh as much as a tenth of the first load, and nobody needs them
//! before the screens are there; so the screens bring them. Without them the book works, but keeps no first rows of its
//! list and finds nothing said.

use rapport_shared::ids::RecordId;
use rapport_shared::record::Record;
use rapport_shared::search::{NoteIndex, NotesFound, Query, in_order_of_names};
use rapport_shared::sync::replica::NameOrder;

/// Finds something among all that was said in a book. See [`NoteIndex`], the only one there is.
pub(super) trait SaidIndex {
    /// Takes a record in, or replaces what was known of it.
    fn put(&mut self, record: &Record);
    /// Forgets a record.
    fn remove(&mut self, id: RecordId);
    /// What holds all words of the query, of the customers that `passes` lets through.
    fn search(&mut self, query: &Query, passes: &dyn Fn(RecordId) -> bool, most: usize) -> NotesFound;
}

impl SaidIndex for NoteIndex {
    fn put(&mut self, record: &Record) {
        Self::put(self, record);
    }

    fn remove(&mut self, id: RecordId) {
        Self::remove(self, id);
    }

    fn search(&mut self, query: &Query, passes: &dyn Fn(RecordId) -> bool, most: usize) -> NotesFound {
        Self::search(self, query, passes, most)
    }
}

/// What the screens bring.
#[derive(Clone, Copy)]
pub struct Installed {
    pub(super) order: NameOrder,
    pub(super) said: fn() -> Box<dyn SaidIndex>,
}

impl Installed {
    /// All of it. Only what is fetched after the first load may call this: whoever does takes the tables along.
    pub fn tables() -> Self {
        Self {
            order: |names| in_order_of_names(names),
            said: || Box::new(NoteIndex::default()),
        }
    }
}
