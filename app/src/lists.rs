//! Lists of records, drawn from a table: which columns, which filters, where a row leads, what can be done with several
//! rows at once. Which rows are shown and in which order is decided in `shared::lists`. It knows kinds by their fields
//! only, and no feature.
//!
//! A list is a table of a few lines and a page that shows it:
//!
//! ```text
//! static LIST: ListOf = ListOf {
//!     kind: Kind::Task,
//!     title: words::title,
//!     none: (words::none, words::none_help),
//!     columns: &[shown(field::TITLE), CUSTOMER, shown(field::DUE).due(), shown(field::ASSIGNEE)],
//!     filters: &[field::DONE, field::DUE, "customer", field::ASSIGNEE],
//!     sorts: &[field::DUE, field::TITLE, "customer"],
//!     begins: || ListQuery::by(field::DUE).only(field::DONE, NO),
//!     address: |task| routes::task(task.id),
//!     actions: &[Action { name: "done", words: words::mark_done, glyph: Glyph::Check, does: Does::Now(mark_done) }],
//! };
//!
//! #[component]
//! fn TasksPage() -> impl IntoView {
//!     view! { <RecordList state=ListState::new(use_book(), &LIST)/> }
//! }
//!
//! fn mark_done(chosen: Selection) {
//!     chosen.change(|task| vec![Edit::of(task).change(task, FieldPath::known(field::DONE), true)], words::marked_done);
//! }
//! ```
//!
//! A row is a link in a list with a check box before it, not a cell of a grid: screen readers read it as one sentence with
//! the names of the columns in it, count it among all rows, and need no mode of their own for it, on a tablet as at a
//! desk. The arrow keys, the space bar and typing a name are on top of that.

mod ask;
mod chips;
mod memory;
mod rows;
mod search;
mod selection;
mod views;

use std::collections::BTreeSet;
use std::sync::Arc;

use leptos::prelude::*;
use rapport_shared::ids::RecordId;
use rapport_shared::lists::{Column, Columns, ListQuery, Reader, Row, Rows, in_order};
use rapport_shared::record::{FieldPath, Kind, Record, Version};

use crate::book::{Book, Replica, is_another};
use crate::i18n::texts::list as words;
use crate::i18n::{choice, count, field_name};
use crate::ui::{Button, Empty, Glyph, VirtualList};

use self::chips::Named;
pub use ask::{Ask, AskDay};
pub use chips::{Chip, ClearFilters, FilterOf, Filters, Options, SortOf, Sorts};
pub use memory::{Kept, kept, remember_lists};
pub use search::SearchBox;
pub use selection::{Action, ActionBar, ChooseBox, ChooseButton, Does, Selection};
pub use views::{ViewTools, Viewed};

/// Words of a table, in the reader's language.
pub type Words = fn() -> &'static str;

/// What is listed and how. See the module's example.
#[derive(Debug)]
pub struct ListOf {
    /// Of which kind.
    pub kind: Kind,
    /// The heading.
    pub title: Words,
    /// What stands where there are none, and what brings them here.
    pub none: (Words, Words),
    /// The columns; the first one is what the record is called.
    pub columns: &'static [Shown],
    /// The columns that can be chosen by, by name; what is offered comes from their shapes.
    pub filters: &'static [&'static str],
    /// The columns that can be ordered by.
    pub sorts: &'static [&'static str],
    /// What is asked for before anybody chooses.
    pub begins: fn() -> ListQuery,
    /// Where a row leads.
    pub address: fn(&Record) -> String,
    /// What can be done with the rows that are chosen.
    pub actions: &'static [Action],
}

/// A column as it is shown.
#[derive(Clone, Copy, Debug)]
pub struct Shown {
    column: Column,
    is_due: bool,
}

/// A field of the kind.
pub const fn shown(field: &'static str) -> Shown {
    Shown {
        column: Column::Field(field),
        is_due: false,
    }
}

/// The customer a record is about.
pub const CUSTOMER: Shown = Shown {
    column: Column::Customer,
    is_due: false,
};

impl Shown {
    /// A day by which something has to be done: it is said how far away it is, and set off when it has passed.
    #[must_use]
    pub const fn due(self) -> Self {
        Self { is_due: true, ..self }
    }
}

/// The name of a column.
fn label(kind: &Kind, column: Column) -> String {
    match column {
        Column::Field(name) => field_name(kind, &FieldPath::known(name)),
        Column::Customer => choice("kind", Kind::Customer.name()),
    }
}

/// One list that is shown.
#[derive(Clone, Copy)]
pub struct ListState {
    of: &'static ListOf,
    book: Book,
    /// What is typed and chosen.
    pub query: RwSignal<ListQuery>,
    /// All rows.
    pub rows: Memo<Arc<Rows>>,
    /// Those that pass, in order.
    pub shown: Memo<Arc<Vec<RecordId>>>,
    /// Those chosen to do something with.
    pub selection: Selection,
    kept: Kept,
    /// The columns that are not shown.
    hidden: Memo<BTreeSet<String>>,
    /// Letters typed in the rows lately.
    typed: StoredValue<String>,
}

impl ListState {
    /// The list as it was left, or as it begins.
    pub fn new(book: Book, of: &'static ListOf) -> Self {
        let kept = kept(of.kind.name(), of.begins);
        let columns: Vec<Column> = of.columns.iter().map(|shown| shown.column).collect();
        let names: Arc<[&'static str]> = columns.iter().map(|column| column.name()).collect();
        let columns = Columns::of(&of.kind, &columns);
        let rows = Memo::new_with_compare(
            move |_| {
                let row = |replica: &Replica, record: &Record| {
                    Some(Row::of(record, &columns, &|id| replica.customer_name(id)))
                };
                book.by_record(&format!("list/{}", of.kind), &of.kind, people(book), row)
            },
            is_another,
        );
        let shown = shown_of(book, rows, names, kept.query);
        Self {
            of,
            book,
            query: kept.query,
            rows,
            shown,
            selection: Selection::new(book, &of.kind, shown, kept.cursor),
            kept,
            hidden: Memo::new(move |_| kept.query.read().hidden.clone()),
            typed: StoredValue::new(String::new()),
        }
    }

    /// Whether anything but the beginning is asked for.
    fn is_narrowed(self) -> bool {
        !self.query.read().lets_through_the_same_as(&(self.of.begins)())
    }

    fn begin_again(self) {
        self.query.update(|query| {
            let begins = (self.of.begins)();
            query.filters = begins.filters;
            query.text = begins.text;
        });
    }
}

/// How many are in the directory, and its last change: the names of people come from there. Tracked.
pub fn people(book: Book) -> (usize, Version) {
    book.read(|replica| {
        let people = replica.iter(&Kind::Person);
        people.fold((0, Version::NONE), |(many, last), person| {
            (many + 1, last.max(person.version))
        })
    })
}

/// The rows that pass what is typed and chosen, in order. What was put in order stays so while only filters change.
pub fn shown_of(
    book: Book,
    rows: Memo<Arc<Rows>>,
    columns: Arc<[&'static str]>,
    query: RwSignal<ListQuery>,
) -> Memo<Arc<Vec<RecordId>>> {
    let sort = Memo::new(move |_| query.read().sort.clone());
    let names = columns.clone();
    let ordered = Memo::new_with_compare(
        move |_| Arc::new(in_order(&rows.read(), &names, &sort.read())),
        is_another,
    );
    Memo::new(move |_| {
        let rows = ordered.read();
        Arc::new(rapport_shared::lists::shown(
            &rows,
            &columns,
            &query.read(),
            reader(book),
        ))
    })
}

/// Where and when lists are read here.
pub fn reader(book: Book) -> Reader {
    Reader {
        today: book.today(),
        utc_offset_minutes: book.utc_offset_minutes(),
    }
}

/// The list, with all that stands above it.
#[component]
pub fn RecordList(
    /// The list.
    state: ListState,
) -> impl IntoView {
    let beside = view! { <ChooseButton selection=state.selection/> }.into_any();
    view! { <ListFrame state beside><ListRows state/></ListFrame> }
}

/// What stands above the rows of a list, however they are drawn.
#[component]
pub fn ListFrame(
    /// The list.
    state: ListState,
    /// What stands beside the heading.
    beside: AnyView,
    /// The rows.
    children: Children,
) -> impl IntoView {
    let of = state.of;
    let total = Memo::new(move |_| state.rows.read().len());
    let headcount = move || {
        let (shown, total) = (count(state.shown.read().len()), count(total.get()));
        if shown == total {
            words::count(total)
        } else {
            words::count_of(shown, total)
        }
    };
    let choosing = state.selection.choosing;
    let template = move || rows::template(of, &state.hidden.read());
    view! {
        <div
            class="list"
            data-test=format!("list-{}", of.kind)
            data-choosing=move || choosing.get().to_string()
            style=("--list-columns", template)
        >
            <header class="list-head">
                <div class="list-title">
                    <h1>{of.title}</h1>
                    <p class="list-count push" role="status" data-test="list-count">{headcount}</p>
                    {beside}
                </div>
                <div class="list-tools">
                    <SearchBox
                        value=Signal::derive(move || state.query.read().text.clone())
                        typed=move |text| state.query.update(|query| query.text = text)
                        label=words::search
                        cursor=state.kept.cursor
                    />
                    <Tools state/>
                </div>
            </header>
            {children()}
        </div>
    }
}

/// The rows of a list, and what is done with several.
#[component]
pub fn ListRows(
    /// The list.
    state: ListState,
) -> impl IntoView {
    let of = state.of;
    let asked = Memo::new(move |_| {
        let query = state.query.read();
        format!("{}\n{:?}\n{}", query.text, query.filters, query.sort.to_text())
    });
    let items = Memo::new(move |_| state.shown.get());
    view! {
        <div class="list-columns" aria-hidden="true">{move || rows::heads(of, &state.hidden.read())}</div>
        <Show when=move || !state.shown.read().is_empty() fallback=move || view! { <NoneShown state/> }>
            <div class="list-rows" on:keydown=move |event| rows::on_key(state, &event)>
                <VirtualList
                    items
                    to_come=Signal::stored(0)
                    asked
                    label=move || (of.title)()
                    hint=words::keys_choose
                    cursor=state.kept.cursor
                    row=move |id, tab| rows::row(state, id, tab)
                />
            </div>
        </Show>
        <ActionBar selection=state.selection actions=of.actions/>
    }
}

/// Filters and order.
#[component]
fn Tools(state: ListState) -> impl IntoView {
    let of = state.of;
    let rows = state.rows;
    let at = |name: &str| of.columns.iter().position(|shown| shown.column.name() == name);
    let filters = of.filters.iter().filter_map(|name| {
        let place = at(name)?;
        let column = of.columns.get(place)?.column;
        Some(FilterOf::new(
            &of.kind,
            column,
            move || label(&of.kind, column),
            rows,
            place,
        ))
    });
    let sorts = of.sorts.iter().filter_map(|name| {
        let column = of.columns.get(at(name)?)?.column;
        Some(SortOf {
            column: column.name(),
            name: Arc::new(move || label(&of.kind, column)),
        })
    });
    let (filters, sorts): (Vec<FilterOf>, Vec<SortOf>) = (filters.collect(), sorts.collect());
    let optional = of.columns.iter().skip(1).map(|shown| {
        let column = shown.column;
        let name: Named = Arc::new(move || label(&of.kind, column));
        (column.name(), name)
    });
    let viewed = Viewed {
        list: of.kind.name(),
        kept: state.kept,
        begins: of.begins,
        columns: of.columns.iter().map(|shown| shown.column.name()).collect(),
        optional: optional.collect(),
    };
    view! {
        <div class="chips chips-scroll" role="group" aria-label=words::filters>
            <ViewTools viewed/>
            <Filters query=state.query filters/>
            <Sorts query=state.query sorts/>
            <ClearFilters when=Signal::derive(move || state.is_narrowed()) clear=move || state.begin_again()/>
        </div>
    }
}

#[component]
fn NoneShown(state: ListState) -> impl IntoView {
    let of = state.of;
    view! {
        <Show
            when=move || !state.rows.read().is_empty()
            fallback=move || view! { <Empty title=of.none.0 help=of.none.1/> }
        >
            <Empty glyph=Glyph::Search title=words::none_found help=words::none_found_help>
                <Button label=words::clear test="list-clear" on_press=move |()| state.query.update(|query| {
                    query.filters.clear();
                    query.text.clear();
                })/>
            </Empty>
        </Show>
    }
}
