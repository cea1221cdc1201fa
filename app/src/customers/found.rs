//! What the list shows while something is typed: the customers that match, and below them what was said. It finds and
//! ranks nothing itself: that is done in `shared::search`.

use std::sync::Arc;

use leptos::prelude::*;
use rapport_shared::ids::RecordId;
use rapport_shared::search::{NoteHit, Query};
use rapport_shared::timeline::said;

use super::row::Row;
use super::state::ListState;
use crate::book::{Book, use_book};
use crate::i18n::texts::customers as words;
use crate::i18n::{count, relative_day, texts};
use crate::lists::ChooseBox;
use crate::routes;
use crate::ui::{Glyph, Icon, marked};

/// Customers shown above what was said; the others are one tap away. With all of them nobody would see the notes.
const FEW: usize = 5;

/// A row of the list.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum Item {
    Customer(RecordId),
    /// Shows the rest of the customers.
    AllCustomers,
    /// Stands above the notes.
    NotesHead,
    Note(NoteHit),
}

/// How many of the customers found are drawn, where notes were found as well.
pub fn drawn(customers: usize, notes: usize, all: bool) -> usize {
    let is_cut = notes > 0 && customers > FEW + 1 && !all;
    if is_cut { FEW } else { customers }
}

/// All rows, in order.
pub fn items(state: ListState) -> Arc<Vec<Item>> {
    let (customers, notes) = (state.drawn.read(), state.notes.read());
    let is_cut = customers.len() < state.shown.read().len();
    let customers = customers.iter().map(|id| Item::Customer(*id));
    let head = (notes.total > 0).then_some(Item::NotesHead);
    let notes = notes.newest.iter().map(|hit| Item::Note(*hit));
    let rows = customers
        .chain(is_cut.then_some(Item::AllCustomers))
        .chain(head)
        .chain(notes);
    Arc::new(rows.collect())
}

/// The row of an item.
pub fn row(item: Item, tab: Signal<i32>) -> AnyView {
    match item {
        Item::Customer(id) => view! { <Chosen id tab/> }.into_any(),
        Item::AllCustomers => view! { <AllCustomers tab/> }.into_any(),
        Item::NotesHead => view! { <NotesHead/> }.into_any(),
        Item::Note(hit) => view! { <NoteRow hit tab/> }.into_any(),
    }
}

/// A customer, with the box by which it is chosen.
#[component]
fn Chosen(id: RecordId, tab: Signal<i32>) -> impl IntoView {
    let Some(state) = use_context::<ListState>() else {
        return ().into_any();
    };
    let called = Signal::derive(move || state.digest(id).map(|digest| digest.name.clone()).unwrap_or_default());
    let is_chosen = move || state.selection.chosen.read().contains(&id).to_string();
    view! {
        <div class="customer-choose" data-chosen=is_chosen>
            <ChooseBox selection=state.selection id called/>
            <Row id tab/>
        </div>
    }
    .into_any()
}

#[component]
fn AllCustomers(tab: Signal<i32>) -> impl IntoView {
    let Some(state) = use_context::<ListState>() else {
        return ().into_any();
    };
    let show = move |_| {
        state.all_customers.set(true);
        // The button goes; whoever uses the keyboard goes on where it was.
        state.cursor.go(FEW);
    };
    view! {
        <button
            type="button"
            class="customer-row found-more"
            tabindex=move || tab.get().to_string()
            data-test="all-customers"
            on:click=show
        >
            {move || words::all_found(count(state.shown.read().len()))}
            <Icon glyph=Glyph::Down size=16/>
        </button>
    }
    .into_any()
}

#[component]
fn NotesHead() -> impl IntoView {
    let Some(state) = use_context::<ListState>() else {
        return ().into_any();
    };
    let total = move || state.notes.read().total;
    let left_out = move || {
        let newest = state.notes.read().newest.len();
        (newest < total()).then(|| words::newest_notes(newest))
    };
    view! {
        <div class="customer-row found-head" tabindex="-1" data-stop="true">
            <h2>{words::notes_found} " " <span class="figure">{move || count(total())}</span></h2>
            <span class="quiet small">{left_out}</span>
        </div>
    }
    .into_any()
}

/// Whose customer and when, and the line that holds what was searched for; the whole row leads to it on the card.
#[component]
fn NoteRow(hit: NoteHit, tab: Signal<i32>) -> impl IntoView {
    let Some(state) = use_context::<ListState>() else {
        return ().into_any();
    };
    let book = use_book();
    let name = Memo::new(move |_| {
        book.read(|replica| replica.customer_name(hit.customer).map(str::to_owned))
            .unwrap_or_default()
    });
    let text = Memo::new(move |_| book.read(|replica| replica.get(hit.record).map(|record| said(record).to_owned())));
    let line = move || excerpt(&text.read().clone().unwrap_or_default(), &state.query.read());
    let is_corrected = hit.record != hit.standing;
    view! {
        <a
            class="customer-row note-row"
            href=routes::customer_at(hit.customer, hit.standing)
            tabindex=move || tab.get().to_string()
            data-test="note-row"
        >
            <span class="note-row-name clip">{move || name.get()}</span>
            <time class="note-row-day">{move || day(book, hit)}</time>
            <span class="note-row-line">
                {is_corrected.then(|| view! { <span class="badge">{texts::card::revised}</span> })}
                <span class="clip">{line}</span>
            </span>
        </a>
    }
    .into_any()
}

fn day(book: Book, hit: NoteHit) -> String {
    relative_day(hit.at.civil_date(book.utc_offset_minutes()), book.today())
}

fn excerpt(text: &str, typed: &str) -> AnyView {
    let excerpt = Query::new(typed).excerpt(text);
    marked(&excerpt.text, &excerpt.marks)
}
