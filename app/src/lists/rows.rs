//! The rows of a list: one line with columns to compare where there is room, two lines on a phone. Words for values are
//! those of the rest of the app.

use std::collections::BTreeSet;
use std::time::Duration;

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use rapport_shared::ids::RecordId;
use rapport_shared::lists::{Column, next_beginning_with};
use rapport_shared::record::{FieldPath, Kind, Record};
use rapport_shared::schema::{self, Shape};

use super::{ChooseBox, ListOf, ListState, Shown, label};
use crate::book::Book;
use crate::i18n::{choice, due, field_text, person, texts};
use crate::ui::page;

/// What is typed within this time belongs together.
const TOGETHER: Duration = Duration::from_millis(900);

/// What a column holds, as the style sheet knows it.
fn holds(kind: &Kind, column: Column) -> &'static str {
    match column.shape(kind) {
        Some(Shape::Integer(..) | Shape::Decimal | Shape::Amount | Shape::Rate) => "number",
        Some(Shape::Date | Shape::Time) => "day",
        Some(Shape::Choice(_) | Shape::Grade(_) | Shape::Flag) => "word",
        _ => "text",
    }
}

/// The columns that are shown, with their places: the first one always is.
fn visible<'a>(
    of: &'static ListOf,
    hidden: &'a BTreeSet<String>,
) -> impl Iterator<Item = (usize, &'static Shown)> + use<'a> {
    let columns = of.columns.iter().enumerate();
    columns.filter(move |(place, shown)| *place == 0 || !hidden.contains(shown.column.name()))
}

/// The widths of the columns.
pub(super) fn template(of: &'static ListOf, hidden: &BTreeSet<String>) -> String {
    let width = |(place, shown): (usize, &Shown)| match holds(&of.kind, shown.column) {
        _ if place == 0 => "minmax(0, 2fr)",
        "number" => "8rem",
        "day" => "8rem",
        "word" => "7rem",
        _ => "minmax(0, 1fr)",
    };
    let widths: Vec<&str> = visible(of, hidden).map(width).collect();
    widths.join(" ")
}

/// The heads of the columns. Screen readers hear them in every row.
pub(super) fn heads(of: &'static ListOf, hidden: &BTreeSet<String>) -> impl IntoView + use<> {
    let head = |(_, shown): (usize, &'static Shown)| {
        view! { <span data-holds=holds(&of.kind, shown.column)>{move || label(&of.kind, shown.column)}</span> }
    };
    visible(of, hidden).map(head).collect_view()
}

/// One row; the whole of it leads to the record.
pub(super) fn row(state: ListState, id: RecordId, tab: Signal<i32>) -> AnyView {
    let of = state.of;
    let book = state.book;
    let path = use_location().pathname;
    let record = Memo::new(move |_| book.read(|replica| replica.get(id).cloned()));
    let address = Memo::new(move |_| record.read().as_ref().map(|record| (of.address)(record)));
    let current = move || {
        let address = address.read();
        let is_here = address
            .as_ref()
            .is_some_and(|address| path.read().starts_with(address.as_str()));
        is_here.then_some("true")
    };
    let selection = state.selection;
    let is_chosen = Memo::new(move |_| selection.chosen.read().contains(&id));
    let called = Signal::derive(move || {
        let first = of.columns.first();
        let record = record.read();
        let text = first.and_then(|shown| text(book, record.as_ref()?, *shown));
        text.unwrap_or_default()
    });
    view! {
        <div class="list-row" data-chosen=move || is_chosen.get().to_string() data-test="list-row" data-id=id.to_string()>
            <ChooseBox selection id called/>
            <a class="list-link" href=move || address.get() tabindex=move || tab.get().to_string() aria-current=current>
                {move || record.get().map(|record| cells(book, of, &record, &state.hidden.read()))}
            </a>
        </div>
    }
    .into_any()
}

fn cells(book: Book, of: &'static ListOf, record: &Record, hidden: &BTreeSet<String>) -> impl IntoView + use<> {
    let cell = |(place, shown): (usize, &'static Shown)| {
        let text = text(book, record, *shown);
        let is_late = shown.is_due && day(record, shown.column).is_some_and(|day| day < book.today());
        let is_there = text.is_some();
        let name = (place > 0 && is_there).then(|| {
            view! { <span class="visually-hidden">{label(&of.kind, shown.column)} " "</span> }
        });
        view! {
            <span
                class="list-cell clip"
                data-holds=holds(&of.kind, shown.column)
                data-late=is_late.then_some("true")
                data-empty=(!is_there).then_some("true")
            >
                {name}
                {text}
            </span>
        }
    };
    visible(of, hidden).map(cell).collect_view()
}

fn day(record: &Record, column: Column) -> Option<jiff::civil::Date> {
    match column {
        Column::Field(name) => record.date(name),
        Column::Customer => None,
    }
}

/// What a column says of a record; `None` when there is nothing to say.
fn text(book: Book, record: &Record, shown: Shown) -> Option<String> {
    let name = match shown.column {
        Column::Field(name) => name,
        Column::Customer => {
            let customer = record.root()?;
            return book.read(|replica| replica.customer_name(customer).map(str::to_owned));
        }
    };
    if let Some(day) = record.date(name).filter(|_| shown.is_due) {
        return Some(due(day, book.today()));
    }
    let path = FieldPath::known(name);
    field_text(book, record, &path).or_else(|| {
        // A map has its values at its entries.
        let set = record.entries(name).filter(|(_, value)| value.as_bool() != Some(false));
        let words = set.map(|(entry, _)| entry_text(book, record, name, entry));
        let words: Vec<String> = words.collect();
        (!words.is_empty()).then(|| words.join(texts::common::list_separator()))
    })
}

/// An entry of a map: a word, a tag or a colleague.
fn entry_text(book: Book, record: &Record, field: &str, entry: &str) -> String {
    let shape = schema::of_field(&record.kind, field);
    match shape.and_then(Shape::choices) {
        Some(choices) => choice(choices.group, entry),
        None if shape == Some(Shape::People) => entry
            .parse()
            .map_or_else(|_| entry.to_owned(), |user| person(book, user)),
        None => schema::tag_text(entry).into_owned(),
    }
}

/// Keys in the rows: those of the selection; letters lead to the next row that begins so. Arrows are the rows' own.
pub(super) fn on_key(state: ListState, event: &KeyboardEvent) {
    let is_command = event.ctrl_key() || event.meta_key() || event.alt_key();
    let by_letter = || page::typed_letter(event).is_some_and(|letter| type_ahead(state, &letter));
    if state.selection.on_key(event) || (!is_command && !event.is_composing() && by_letter()) {
        // Nobody else takes it for a shortcut.
        event.prevent_default();
        event.stop_propagation();
    }
}

/// Goes to the next row whose name begins with what was typed lately. Whether it was taken.
fn type_ahead(state: ListState, letter: &str) -> bool {
    let is_more = state.typed.with_value(|typed| !typed.is_empty());
    state.typed.update_value(|typed| typed.push_str(letter));
    let typed = state.typed.get_value();
    set_timeout(
        move || {
            state.typed.try_update_value(|now| {
                if *now == typed {
                    now.clear();
                }
            });
        },
        TOGETHER,
    );
    let from = state.kept.cursor.place() + usize::from(!is_more);
    let typed = state.typed.get_value();
    let place = next_beginning_with(
        &state.rows.read_untracked(),
        &state.shown.read_untracked(),
        from,
        &typed,
    );
    place.into_iter().for_each(|place| state.kept.cursor.go(place));
    true
}
