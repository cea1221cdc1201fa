//! Finding a customer from anywhere: the one search index of the open book, whom the reader looked at last, and the
//! sheet in which a customer is picked. How well something is found is decided in `shared::search`.

mod picker;

use std::sync::Arc;

use leptos::prelude::*;
use rapport_shared::contacts::ContactView;
use rapport_shared::customers::{CustomerView, field};
use rapport_shared::ids::RecordId;
use rapport_shared::recent::last_written;
use rapport_shared::record::{Kind, Record};
use rapport_shared::search::{Query, SearchIndex, TextRole, customer_texts};
use rapport_shared::sync::replica::CustomerValues;

use crate::book::{Book, Replica, is_another};
use crate::i18n::choice;
use crate::ui::{Chosen, Found, Glyph};

pub use picker::{CustomerFinder, CustomerPicker};

/// How many customers looked at are remembered.
const REMEMBERED: usize = 12;
/// What says that something was written about a customer.
const WRITTEN: [Kind; 3] = [Kind::Note, Kind::Touch, Kind::Visit];

/// The texts by which one customer is found.
type Texts = Vec<(TextRole, String)>;

/// What is shared by everything that finds customers in the open book.
#[derive(Clone, Copy)]
pub struct Finding {
    index: Memo<Arc<SearchIndex>>,
    /// Looked at since the book was opened, the last one first. Only in memory.
    seen: RwSignal<Vec<RecordId>>,
}

/// The finding of the open book; the frame has put it into the context.
pub fn use_finding() -> Finding {
    expect_context()
}

impl Finding {
    /// The index is made when it is first asked for.
    pub fn new(book: Book) -> Self {
        // The index is made anew only when one of them changed.
        let texts = Memo::new_with_compare(move |_| book.by_customer("finding", (), texts), is_another);
        Self {
            index: Memo::new_with_compare(move |_| Arc::new(index(&texts.read())), |_, _| true),
            seen: RwSignal::new(Vec::new()),
        }
    }

    /// The index of all customers of the book.
    pub fn index(self) -> Memo<Arc<SearchIndex>> {
        self.index
    }

    /// Remembers that a customer was looked at.
    pub fn look_at(self, customer: RecordId) {
        self.seen.update(|seen| {
            seen.retain(|other| *other != customer);
            seen.insert(0, customer);
            seen.truncate(REMEMBERED);
        });
    }

    /// The customers somebody most likely means: those looked at last, then those something was last written about.
    pub fn recent(self, book: Book, most: usize) -> Vec<RecordId> {
        book.read_untracked(|replica| {
            let is_here = |id: &RecordId| replica.get(*id).and_then(CustomerView::of).is_some();
            let mut recent: Vec<RecordId> = self.seen.read_untracked().iter().copied().filter(is_here).collect();
            let written = WRITTEN.iter().flat_map(|kind| replica.outlines(kind));
            let written = written.filter_map(|record| Some((record.scope.root()?, record.created_at)));
            let written = last_written(written, most);
            for id in written.into_iter().filter(is_here) {
                if !recent.contains(&id) {
                    recent.push(id);
                }
            }
            recent.truncate(most);
            recent
        })
    }
}

/// The texts by which a customer whose records are here is found.
fn texts(replica: &Replica, record: &Record) -> Option<Texts> {
    let contacts = replica.peek_customer(record.id, |kind| *kind == Kind::Contact);
    let contacts: Vec<_> = contacts.collect();
    let contacts = contacts.iter().filter_map(|contact| ContactView::of(contact));
    let texts = customer_texts(CustomerView::of(record)?, contacts).into_iter();
    Some(texts.map(|(role, text)| (role, text.to_owned())).collect())
}

fn index(texts: &CustomerValues<Texts>) -> SearchIndex {
    let texts = texts.iter();
    SearchIndex::build(texts.map(|(id, texts)| (*id, texts.iter().map(|(role, text)| (*role, text.as_str())))))
}

/// A customer as one of the things found, with what comes of choosing it.
pub fn found_customer(replica: &Replica, id: RecordId, query: &Query, chosen: Chosen) -> Option<Found> {
    let record = replica.get(id)?;
    let customer = CustomerView::of(record)?;
    let kind = customer.customer_type().map(|kind| choice("type", kind.as_str()));
    let short = record
        .text(field::SHORT_NAME)
        .filter(|short| *short != customer.name())
        .map(str::to_owned);
    let industry = record.text(field::INDUSTRY).map(str::to_owned);
    let facts: Vec<String> = [kind, short, industry].into_iter().flatten().collect();
    Some(Found {
        chosen,
        glyph: Glyph::Customers,
        title: customer.name().to_owned(),
        marks: query.highlight(customer.name()),
        detail: facts.join(" · "),
        key: "",
    })
}
