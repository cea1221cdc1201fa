//! The list of customers with its search box and filters, and beside it (tablet) the card or form of one.

use std::sync::Arc;

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use leptos::text_prop::TextProp;
use leptos_router::components::{A, Outlet};
use leptos_router::hooks::use_location;
use rapport_shared::access;
use rapport_shared::customers::{CustomerType, Tier};
use rapport_shared::lists::Sort;
use rapport_shared::record::Kind;

use super::chosen;
use super::digest::COLUMNS;
use super::found::{items, row};
use super::online_list::{HELD, ONLINE, headcount, source_name};
use super::state::{ListState, SORTS, begins, sort_name};
use super::wider::WIDER;
use crate::book::use_book;
use crate::finding::use_finding;
use crate::i18n::texts::customers as words;
use crate::i18n::{choice, count, texts};
use crate::lists::{
    ActionBar, Chip, ChooseButton, ClearFilters, FilterOf, Filters, Options, SearchBox, ViewTools, Viewed,
};
use crate::parts::screen;
use crate::routes;
use crate::ui::{Button, Empty, Glyph, Icon, Segmented, VirtualList};

/// The list, and the page of the address beneath it.
#[component]
pub fn CustomersPage() -> impl IntoView {
    let path = use_location().pathname;
    let detail = Memo::new(move |_| path.read().trim_end_matches('/') != routes::CUSTOMERS);
    view! {
        <div class="panes" data-detail=move || detail.get().to_string()>
            <section class="pane pane-list" aria-label=words::list_label>
                <List/>
            </section>
            <section class="pane pane-detail">
                <Outlet/>
            </section>
        </div>
    }
}

/// What stands beside the list while nobody is chosen.
#[component]
pub fn NothingChosen() -> impl IntoView {
    view! { <Empty title=words::pick/> }
}

#[component]
fn List() -> impl IntoView {
    let state = ListState::new(use_book(), use_finding());
    provide_context(state);
    let (shown, total) = (state.shown, state.total);
    let is_online = Memo::new(move |_| *state.source.read() == ONLINE);
    let headcount = move || {
        if is_online.get() {
            return headcount(state.online);
        }
        let (shown, total) = (shown.read().len() + state.to_come.get(), total.get());
        let (shown, total) = (count(shown), count(total));
        if shown == total {
            words::count(total)
        } else {
            words::count_of(shown, total)
        }
    };
    let items = Memo::new(move |_| items(state));
    let found = move || {
        let notes = state.notes.read().total;
        (notes > 0).then(|| words::and_notes(count(notes)))
    };
    // Rows of notes have other columns than those of customers.
    let none_shown = move || shown.read().is_empty() && !is_online.get();
    view! {
        <div
            class="customers"
            data-online=move || is_online.get().to_string()
            data-none=move || none_shown().to_string()
        >
            <header class="customers-head">
                <div class="customers-title">
                    <h1>{words::title}</h1>
                    <p class="customers-count push" role="status" data-test="customer-count">
                        {headcount}
                        <span class="visually-hidden">{found}</span>
                    </p>
                    <A href=routes::NEW_CUSTOMER attr:class="button" attr:data-look="plain" attr:data-test="new-customer">
                        <Icon glyph=Glyph::Plus/>
                        <span>{words::new}</span>
                    </A>
                </div>
                <div class="customers-tools">
                    <SourceChoice/>
                    <Search/>
                    <Show when=move || !is_online.get()><Tools/></Show>
                </div>
            </header>
            <div class="customer-columns" aria-hidden="true">
                <span>{words::column_name}</span>
                <span>{words::column_facts}</span>
                <span>{words::any_owner}</span>
                <span>{words::column_last}</span>
                <span>{words::column_due}</span>
            </div>
            <Show
                when=move || is_online.get()
                fallback=move || view! {
                    <Show when=move || !items.read().is_empty() fallback=move || view! { <NoneFound/> }>
                        <div class="list-rows" on:keydown=move |event| on_key(state, &event)>
                            <VirtualList
                                items
                                to_come=state.to_come
                                asked=state.asked
                                label=words::list_label
                                hint=texts::list::keys_choose
                                cursor=state.cursor
                                row
                            />
                        </div>
                    </Show>
                }
            >
                {screen(&WIDER, move |wider| (wider.rows)(state.online, state.query, state.source))}
            </Show>
            <Show when=move || !is_online.get()>
                <ActionBar selection=state.selection actions=chosen::ACTIONS/>
            </Show>
        </div>
    }
}

/// Keys in the rows: those of the selection. Arrows are the rows' own.
fn on_key(state: ListState, event: &KeyboardEvent) {
    if state.selection.on_key(event) {
        event.prevent_default();
        event.stop_propagation();
    }
}

/// Whether this device or the server is searched, for those who read wider than what they hold.
#[component]
fn SourceChoice() -> impl IntoView {
    let book = use_book();
    let Some(state) = use_context::<ListState>() else {
        return ().into_any();
    };
    let wider = Memo::new(move |_| book.profile().read().as_ref().and_then(access::wider));
    Effect::new(move |_| {
        if wider.get().is_none() {
            state.source.set(HELD.to_owned());
        }
    });
    let options: Options = Signal::derive(move || {
        let online = wider
            .get()
            .map(|wider| (ONLINE.to_owned(), source_name(wider).to_owned()));
        std::iter::once((HELD.to_owned(), texts::online::held().to_owned()))
            .chain(online)
            .collect()
    });
    view! {
        <Show when=move || wider.get().is_some()>
            <Segmented name="source" label=texts::online::source options value=state.source test="source"/>
        </Show>
    }
    .into_any()
}

/// The search box and what it says: the server looks into no notes.
#[component]
fn Search() -> impl IntoView {
    let Some(state) = use_context::<ListState>() else {
        return ().into_any();
    };
    let is_online = move || *state.source.read() == ONLINE;
    view! {
        <SearchBox
            value=state.query
            typed=move |text| state.query.set(text)
            label=move || if is_online() { texts::online::search_label() } else { words::search_label() }
            placeholder=TextProp::from(move || if is_online() { texts::online::search() } else { words::search() })
            cursor=state.cursor
        />
    }
    .into_any()
}

/// The filters and the order, each a chip on which the native list opens.
#[component]
fn Tools() -> impl IntoView {
    let Some(state) = use_context::<ListState>() else {
        return ().into_any();
    };
    let named = |group: &'static str, names: &'static [&'static str]| -> Options {
        Signal::derive(move || {
            names
                .iter()
                .map(|name| ((*name).to_owned(), choice(group, name)))
                .collect()
        })
    };
    let filter = |place: usize, label: fn() -> &'static str, options: Options| FilterOf {
        column: COLUMNS.get(place).copied().unwrap_or_default(),
        label: Arc::new(move || label().to_owned()),
        options,
    };
    let occurring = |place| FilterOf::occurring(state.rows, place, false);
    let filters = vec![
        filter(1, words::any_type, named("type", CustomerType::NAMES)),
        filter(2, texts_tier, named("tier", Tier::NAMES)),
        filter(3, words::any_owner, several(occurring(3))),
        filter(4, words::any_tag, occurring(4)),
    ];
    let viewed = Viewed {
        list: Kind::Customer.name(),
        kept: state.kept,
        begins,
        columns: COLUMNS.to_vec(),
        optional: Vec::new(),
    };
    let sorts: Options = Signal::derive(|| SORTS.iter().map(|sort| ((*sort).to_owned(), sort_name(sort))).collect());
    let sort = Memo::new(move |_| state.chosen.read().sort.to_text());
    view! {
        <div class="chips chips-scroll" role="group" aria-label=words::filter>
            <ViewTools viewed/>
            <ChooseButton selection=state.selection/>
            <Filters query=state.chosen filters/>
            <Chip
                label=words::sort
                value=sort
                options=sorts
                choose=move |value: String| state.chosen.update(|chosen| chosen.sort = Sort::read(&value))
                test="sort"
                always=true
            />
            <ClearFilters when=Signal::derive(move || state.is_filtered()) clear=move |()| state.clear_filters()/>
        </div>
    }
    .into_any()
}

/// The options, if there is anything to choose among: where all are of one, nobody needs to say so.
fn several(options: Options) -> Options {
    Signal::derive(move || {
        Some(options.get())
            .filter(|options| options.len() > 1)
            .unwrap_or_default()
    })
}

fn texts_tier() -> &'static str {
    crate::i18n::look_up("field.customer.tier").unwrap_or_default()
}

#[component]
fn NoneFound() -> impl IntoView {
    let Some(state) = use_context::<ListState>() else {
        return ().into_any();
    };
    view! {
        <Show
            when=move || { state.total.get() > 0 }
            fallback=|| view! { <Empty glyph=Glyph::Customers title=words::none help=words::none_help/> }
        >
            <Empty glyph=Glyph::Search title=words::none_found help=words::none_found_help>
                <Button
                    label=texts::common::clear
                    on_press=move |()| {
                        state.query.set(String::new());
                        state.clear_filters();
                    }
                />
            </Empty>
        </Show>
    }
    .into_any()
}
