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
//!     actions: &[Action { name: "done", words: words::mark_done, glyph: Glyph::Check, run: mark_done }],
//! };
//!
//! #[component]
//! fn TasksPage() -> impl IntoView {
//!     view! { <RecordList state=ListState::new(use_book(), &LIST)/> }
//! }
//!
//! fn mark_done(list: ListState) {
//!     list.change(|task| Edit::of(task).change(task, FieldPath::known(field::DONE), true), words::marked_done);
//! }
//! ```
//!
//! A row is a link in a list with a check box before it, not a cell of a grid: screen readers read it as one sentence with
//! the names of the columns in it, count it among all rows, and need no mode of their own for it, on a tablet as at a
//! desk. The arrow keys, the space bar and typing a name are on top of that.

mod chips;
mod rows;
mod search;

use std::collections::BTreeSet;
use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use rapport_shared::ids::RecordId;
use rapport_shared::lists::{Column, Columns, ListQuery, Reader, Row, Rows, in_order};
use rapport_shared::record::mutation::Edit;
use rapport_shared::record::{FieldPath, Kind, Record, Version};

use crate::book::{Book, Replica, is_another};
use crate::i18n::texts::list as words;
use crate::i18n::{choice, count, field_name, save_error};
use crate::ui::{Button, Cursor, Empty, Glyph, Icon, Look, Toasts, VirtualList, use_toasts};

pub use chips::{Chip, ClearFilters, FilterOf, Filters, Options, SortOf, Sorts};
pub use search::SearchBox;

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
    /// What can be done with the rows that are chosen; none: rows can not be chosen.
    pub actions: &'static [Action],
}

/// Something that is done with the chosen rows.
#[derive(Debug)]
pub struct Action {
    /// For tests.
    pub name: &'static str,
    /// What is done.
    pub words: Words,
    /// Its icon.
    pub glyph: Glyph,
    /// Does it, mostly by [`ListState::change`]; it may ask something first.
    pub run: fn(ListState),
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
    toasts: Toasts,
    /// What is typed and chosen.
    pub query: RwSignal<ListQuery>,
    /// All rows.
    pub rows: Memo<Arc<Rows>>,
    /// Those that pass, in order.
    pub shown: Memo<Arc<Vec<RecordId>>>,
    /// Those chosen to do something with.
    pub chosen: RwSignal<BTreeSet<RecordId>>,
    cursor: Cursor,
    /// Letters typed in the rows lately.
    typed: StoredValue<String>,
}

impl ListState {
    /// The list as it begins.
    pub fn new(book: Book, of: &'static ListOf) -> Self {
        let query = RwSignal::new((of.begins)());
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
        let shown = shown_of(book, rows, names, query);
        let chosen = RwSignal::new(BTreeSet::new());
        // What is no longer shown is no longer chosen: nobody sees what would be done to it.
        Effect::new(move |_| {
            let shown: BTreeSet<RecordId> = shown.read().iter().copied().collect();
            if chosen.with_untracked(|chosen: &BTreeSet<RecordId>| !chosen.is_subset(&shown)) {
                chosen.update(|chosen| chosen.retain(|id| shown.contains(id)));
            }
        });
        Self {
            of,
            book,
            toasts: use_toasts(),
            query,
            rows,
            shown,
            chosen,
            cursor: Cursor::new(),
            typed: StoredValue::new(String::new()),
        }
    }

    /// The records that are chosen, in the order in which they are shown. Not tracked.
    pub fn records(self) -> Vec<Record> {
        let chosen = self.chosen.get_untracked();
        let shown = self.shown.get_untracked();
        let ids = shown.iter().filter(|id| chosen.contains(id));
        self.book
            .read_untracked(|replica| ids.filter_map(|id| replica.get(*id).cloned()).collect())
    }

    /// Changes all records that are chosen, in one go, and says how many that were, with the way back.
    pub fn change(self, edit: impl Fn(&Record) -> Edit, said: fn(String) -> String) {
        let before = self.records();
        let made = before.iter().map(|record| (record.clone(), edit(record)));
        let made: Vec<(Record, Edit)> = made.filter(|(_, edit)| !edit.is_empty()).collect();
        let (book, toasts) = (self.book, self.toasts);
        let chosen = self.chosen;
        spawn_local(async move {
            let edits = made.iter().map(|(_, edit)| edit.clone()).collect();
            match book.write(edits).await {
                Ok(()) => {
                    drop(chosen.try_set(BTreeSet::new()));
                    toasts.say_with_undo(said(count(made.len())), move || take_back(book, toasts, made.clone()));
                }
                Err(error) => toasts.warn(save_error(&self.of.kind, &error)),
            }
        });
    }

    /// Chooses a row, or no longer.
    fn toggle(self, id: RecordId) {
        self.chosen.update(|chosen| {
            if !chosen.remove(&id) {
                chosen.insert(id);
            }
        });
    }

    fn choose_all(self) {
        self.chosen.set(self.shown.get_untracked().iter().copied().collect());
    }

    /// Whether anything but the beginning is asked for.
    fn is_narrowed(self) -> bool {
        !self.query.read().lets_through_the_same_as(&(self.of.begins)())
    }

    fn begin_again(self) {
        let sort = self.query.with_untracked(|query| query.sort.clone());
        self.query.set(ListQuery {
            sort,
            ..(self.of.begins)()
        });
    }
}

/// Takes edits back, where nothing else was written since.
fn take_back(book: Book, toasts: Toasts, made: Vec<(Record, Edit)>) {
    let kind = made.first().map(|(record, _)| record.kind.clone());
    let back = book.read_untracked(|replica| {
        let back = |(before, edit): &(Record, Edit)| Some(edit.taken_back(before, replica.get(before.id)?));
        made.iter().filter_map(back).collect()
    });
    spawn_local(async move {
        if let Err(error) = book.write(back).await {
            toasts.warn(save_error(&kind.unwrap_or(Kind::Setting), &error));
        }
    });
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
    let asked = Memo::new(move |_| format!("{:?}", state.query.read()));
    let template = rows::template(of);
    let items = Memo::new(move |_| state.shown.get());
    view! {
        <div
            class="list"
            data-test=format!("list-{}", of.kind)
            data-choosing=(!of.actions.is_empty()).to_string()
            style=("--list-columns", template)
        >
            <header class="list-head">
                <div class="list-title">
                    <h1>{of.title}</h1>
                    <p class="list-count push" role="status" data-test="list-count">{headcount}</p>
                </div>
                <div class="list-tools">
                    <SearchBox
                        value=Signal::derive(move || state.query.read().text.clone())
                        typed=move |text| state.query.update(|query| query.text = text)
                        label=words::search
                        cursor=state.cursor
                    />
                    <Tools state/>
                </div>
            </header>
            <div class="list-columns" aria-hidden="true">{rows::heads(of)}</div>
            <Show when=move || !state.shown.read().is_empty() fallback=move || view! { <NoneShown state/> }>
                <div class="list-rows" on:keydown=move |event| rows::on_key(state, &event)>
                    <VirtualList
                        items
                        to_come=Signal::stored(0)
                        asked
                        label=move || (of.title)()
                        hint=if of.actions.is_empty() { words::keys } else { words::keys_choose }
                        cursor=state.cursor
                        row=move |id, tab| rows::row(state, id, tab)
                    />
                </div>
            </Show>
            <Show when=move || !state.chosen.read().is_empty()><ActionBar state/></Show>
        </div>
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
    view! {
        <div class="chips chips-scroll" role="group" aria-label=words::filters>
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
                <Button label=words::clear test="list-clear" on_press=move |()| state.query.set(ListQuery {
                    filters: Default::default(),
                    ..(of.begins)()
                })/>
            </Empty>
        </Show>
    }
}

/// What can be done with the rows that are chosen.
#[component]
fn ActionBar(state: ListState) -> impl IntoView {
    let many = move || words::chosen(count(state.chosen.read().len()));
    let all = move || state.chosen.read().len() < state.shown.read().len();
    view! {
        <div class="list-bar" role="toolbar" aria-label=words::actions data-test="list-bar">
            <p role="status" data-test="list-chosen">{many}</p>
            {state.of.actions.iter().map(|action| view! {
                <button
                    type="button"
                    class="button"
                    data-test=format!("list-{}", action.name)
                    on:click=move |_| (action.run)(state)
                >
                    <Icon glyph=action.glyph/>
                    <span>{action.words}</span>
                </button>
            }).collect_view()}
            <Show when=all>
                <Button
                    label=words::choose_all
                    look=Look::Plain
                    test="list-choose-all"
                    on_press=move |()| state.choose_all()
                />
            </Show>
            <Button
                label=words::choose_none
                look=Look::Plain
                test="list-choose-none"
                on_press=move |()| {
                    state.chosen.set(BTreeSet::new());
                    state.cursor.go(state.cursor.place());
                }
            />
        </div>
    }
}
