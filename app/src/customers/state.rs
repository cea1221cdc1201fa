//! What is typed and chosen above the list, and which customers that leaves in which order.

use std::sync::Arc;

use leptos::prelude::*;
use rapport_shared::ids::RecordId;
use rapport_shared::lists::{Filters, ListQuery, Row, Rows};
use rapport_shared::record::Kind;
use rapport_shared::search::{NotesFound, Query};
use rapport_shared::sync::replica::CustomerValues;
use rapport_shared::today::TodayParameters;
use wasm_bindgen_futures::spawn_local;

use super::digest::{COLUMNS, DUE, Digest, LAST, Listed, standing};
use super::found::drawn;
use super::online_list::{HELD, OnlineList};
use crate::book::{Book, is_another};
use crate::finding::Finding;
use crate::i18n::texts::customers as words;
use crate::lists::{Kept, Selection, kept, people, shown_of};
use crate::platform::task::idle;
use crate::ui::Cursor;

/// Notes told in detail at most; the others are counted.
const MOST_NOTES: usize = 50;
/// The orders of the list, as values of the choice.
pub const SORTS: &[&str] = &["name", "tier", LAST, DUE];

/// The words of an order.
pub fn sort_name(sort: &str) -> String {
    let words = match sort {
        "tier" => words::sort_tier,
        LAST => words::sort_last,
        DUE => words::sort_due,
        _ => words::sort_name,
    };
    words().to_owned()
}

/// State of the list.
#[derive(Clone, Copy)]
pub struct ListState {
    /// What is typed.
    pub query: RwSignal<String>,
    /// What is chosen, and the order.
    pub chosen: RwSignal<ListQuery>,
    /// What the list shows of each customer that is held.
    pub listed: Memo<Arc<CustomerValues<Listed>>>,
    /// The same as rows of columns.
    pub rows: Memo<Arc<Rows>>,
    pub shown: Memo<Arc<Vec<RecordId>>>,
    /// What was said to customers that the filters let through, when something is typed.
    pub notes: Memo<NotesFound>,
    /// Whether all customers are shown though notes were found as well.
    pub all_customers: RwSignal<bool>,
    pub total: Memo<usize>,
    /// What was typed and chosen, all in one.
    pub asked: Memo<String>,
    /// How many rows are still to come below those shown, which are the first ones then, whatever was typed and chosen:
    /// nothing can be found or left out before the cards are here.
    pub to_come: Memo<usize>,
    /// Whether this device or the server is searched.
    pub source: RwSignal<String>,
    pub online: OnlineList,
    /// Where the keyboard is.
    pub cursor: Cursor,
    /// How the list was left.
    pub kept: Kept,
    /// The customers that are drawn.
    pub drawn: Memo<Arc<Vec<RecordId>>>,
    /// Those chosen to do something with.
    pub selection: Selection,
}

/// The kind of the records of the list.
static CUSTOMER: Kind = Kind::Customer;

/// What is asked before anybody chooses.
pub fn begins() -> ListQuery {
    ListQuery::by("name")
}

impl ListState {
    /// Nothing typed, nobody filtered out, in the order of names.
    pub fn new(book: Book, finding: Finding) -> Self {
        let kept = kept(Kind::Customer.name(), begins);
        let (query, chosen) = (kept.text, kept.query);
        let source = RwSignal::new(HELD.to_owned());
        let whole = book.is_whole();
        let listed = Memo::new_with_compare(
            move |_| book.by_customer("customers", people(book), Listed::of),
            is_another,
        );
        let rows = rows(book, listed, chosen);
        let index = finding.index();
        let notes = Memo::new(move |_| {
            if *source.read() != HELD {
                return NotesFound::default();
            }
            let (rows, chosen) = (rows.read(), chosen.read());
            let passes = passes(book, &rows, &chosen);
            book.find_notes(&Query::new(&query.read()), passes, MOST_NOTES)
        });
        let all_customers = RwSignal::new(false);
        Effect::new(move |_| {
            query.track();
            all_customers.set(false);
        });
        let in_order = shown_of(book, rows, COLUMNS.into(), chosen);
        // The index is made ready once the list stands, and again after a change: to draw the list up takes no more than
        // the names, and the first key shall not wait for the index.
        Effect::new(move |_| {
            listed.track();
            if whole.get() {
                spawn_local(async move {
                    idle().await;
                    // The list may be gone by then.
                    index.try_with_untracked(|_| ());
                });
            }
        });
        let beginning = book.list_beginning();
        let shown = Memo::new(move |_| {
            if let Some(beginning) = &*beginning.read() {
                return beginning.rows.clone();
            }
            let typed = Query::new(&query.read());
            if typed.is_blank() {
                return in_order.get();
            }
            // A search has an order of its own: the best match first.
            let (rows, chosen) = (rows.read(), chosen.read());
            let passes = passes(book, &rows, &chosen);
            let found = index.read().search(&typed).into_iter().map(|hit| hit.id);
            if chosen.filters.is_empty() {
                return Arc::new(found.collect());
            }
            Arc::new(found.filter(|id| passes(*id)).collect())
        });
        let drawn = Memo::new(move |_| {
            let shown = shown.get();
            let drawn = drawn(shown.len(), notes.read().total, all_customers.get());
            if drawn < shown.len() {
                Arc::new(shown.iter().take(drawn).copied().collect())
            } else {
                shown
            }
        });
        Self {
            query,
            chosen,
            kept,
            selection: Selection::new(book, &CUSTOMER, drawn, kept.cursor),
            drawn,
            listed,
            rows,
            shown,
            notes,
            all_customers,
            total: Memo::new(move |_| match &*beginning.read() {
                Some(beginning) => beginning.total,
                None => listed.read().len(),
            }),
            to_come: Memo::new(move |_| {
                let beginning = beginning.read();
                let to_come = beginning
                    .as_ref()
                    .map(|list| list.total.saturating_sub(list.rows.len()));
                to_come.unwrap_or_default()
            }),
            asked: Memo::new(move |_| format!("{}\n{:?}", query.read(), chosen.read())),
            source,
            online: OnlineList::new(book, query, source),
            cursor: kept.cursor,
        }
    }

    /// What is shown of a customer, held or read online.
    pub fn digest(self, id: RecordId) -> Option<Arc<Digest>> {
        let held = self.listed.read().get(&id).map(|listed| listed.digest.clone());
        held.or_else(|| self.online.digests.read().get(&id).cloned())
    }

    /// Whether a filter is set.
    pub fn is_filtered(self) -> bool {
        !self.chosen.read().filters.is_empty()
    }

    /// Lets everybody pass again.
    pub fn clear_filters(self) {
        self.chosen.update(|chosen| chosen.filters.clear());
    }
}

/// The rows. Where somebody stands is looked up of all customers only while they are put in order by it.
fn rows(book: Book, listed: Memo<Arc<CustomerValues<Listed>>>, chosen: RwSignal<ListQuery>) -> Memo<Arc<Rows>> {
    let by_standing = Memo::new(move |_| {
        let sort = &chosen.read().sort;
        book.is_whole().get() && (sort.column == LAST || sort.column == DUE)
    });
    let rows = move |_: Option<&Arc<Rows>>| {
        let listed = listed.read();
        if !by_standing.get() {
            return Arc::new(listed.iter().map(|(id, listed)| (*id, listed.row.clone())).collect());
        }
        let now = (book.today(), book.utc_offset_minutes());
        let parameters = TodayParameters::next_at_customer(&book.settings());
        let standings = book.by_customer("customers/standing", (now, parameters.clone()), |replica, customer| {
            Some(standing(replica, customer.id, now, &parameters))
        });
        let row = |(id, listed): (&RecordId, &Arc<Listed>)| {
            let standing = standings.get(id).map(|standing| &**standing);
            (*id, Arc::new(Row::new(*id, listed.digest.cells(standing))))
        };
        Arc::new(listed.iter().map(row).collect())
    };
    Memo::new_with_compare(rows, is_another)
}

/// Whom the filters let through.
fn passes<'a>(book: Book, rows: &'a Rows, chosen: &'a ListQuery) -> impl Fn(RecordId) -> bool + 'a {
    let filters = Filters::new(chosen, &COLUMNS);
    let reader = crate::lists::reader(book);
    move |id| rows.get(&id).is_some_and(|row| filters.let_through(row, reader))
}

#[cfg(all(test, target_arch = "wasm32"))]
mod tests;
