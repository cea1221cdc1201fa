//! Everything under one root, as its card shows it: from the book, or as it was read online.

use std::borrow::Cow;
use std::rc::Rc;

use leptos::prelude::*;
use rapport_shared::ids::RecordId;
use rapport_shared::record::{FieldPath, Record};

use crate::book::{Book, Replica};

/// What a card shows.
#[derive(Clone, Copy)]
pub struct Card {
    /// The book of this tab.
    pub book: Book,
    /// The root, a customer.
    pub id: RecordId,
    /// The root's own record.
    pub own: Memo<Option<Record>>,
    /// The records under the root, its own included, in order of their ids.
    pub records: Memo<Vec<Record>>,
    /// The record and field whose history is shown.
    pub history: RwSignal<Option<(RecordId, FieldPath)>>,
    /// Where it is read from.
    pub source: Source,
}

/// Where a card is read from: the book, or (`Some`) what was read online, which is only shown.
#[derive(Clone, Copy)]
pub struct Source(Option<StoredValue<Rc<Replica>, LocalStorage>>);

impl Source {
    /// Reads it; tracked when it is the book.
    pub fn read<R>(self, book: Book, f: impl FnOnce(&Replica) -> R) -> R {
        match self.0.and_then(|online| online.try_get_value()) {
            Some(online) => f(&online),
            None => book.read(f),
        }
    }

    /// What was read online, when it is not the book.
    pub fn online(self) -> Option<Rc<Replica>> {
        self.0.and_then(|online| online.try_get_value())
    }

    /// Whether nothing can be written from this card.
    pub const fn is_online(self) -> bool {
        self.0.is_some()
    }
}

impl Card {
    /// The card of a root in the book, or of one read online.
    pub fn new(book: Book, root: RecordId, online: Option<Rc<Replica>>) -> Self {
        let source = Source(online.map(StoredValue::new_local));
        Self {
            book,
            id: root,
            own: Memo::new(move |_| source.read(book, |replica| replica.get(root).cloned())),
            records: Memo::new(move |_| {
                source.read(book, |replica| {
                    let records = replica.peek_customer(root, |_| true);
                    records.map(Cow::into_owned).collect()
                })
            }),
            history: RwSignal::new(None),
            source,
        }
    }
}
