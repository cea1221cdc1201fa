//! The spine of the book: where one can go and the way to write something new. On a tablet a rail in groups, on a phone a
//! bar of five. It shows no customer and no state.

use leptos::prelude::*;
use leptos_router::components::A;

use super::commands::use_reach;
use crate::book::use_book;
use crate::filing::unfiled;
use crate::i18n::texts;
use crate::routes;
use crate::ui::{Glyph, Icon, page};

/// Windows that have room for the rail in groups; a phone held sideways has not.
const RAIL: &str = "(min-width: 60rem), (min-width: 48rem) and (min-height: 30rem)";

/// A page one can go to from anywhere.
pub struct Place {
    /// Its address.
    pub address: &'static str,
    /// Its icon.
    pub glyph: Glyph,
    /// Its name.
    pub words: fn() -> &'static str,
    /// Name for tests.
    pub test: &'static str,
    /// Whether the bar of a phone has it; the others are under More there.
    pub is_in_bar: bool,
}

/// The pages, in the groups of the rail: one line a page.
pub const PLACES: &[&[Place]] = &[
    &[
        Place {
            address: routes::TODAY,
            glyph: Glyph::Today,
            words: texts::nav::today,
            test: "nav-today",
            is_in_bar: true,
        },
        Place {
            address: routes::CALENDAR,
            glyph: Glyph::Calendar,
            words: texts::nav::calendar,
            test: "nav-calendar",
            is_in_bar: true,
        },
    ],
    &[Place {
        address: routes::CUSTOMERS,
        glyph: Glyph::Customers,
        words: texts::nav::customers,
        test: "nav-customers",
        is_in_bar: true,
    }],
    &[
        Place {
            address: routes::TASKS,
            glyph: Glyph::Check,
            words: texts::nav::tasks,
            test: "nav-tasks",
            is_in_bar: false,
        },
        Place {
            address: routes::OPPORTUNITIES,
            glyph: Glyph::Money,
            words: texts::nav::opportunities,
            test: "nav-opportunities",
            is_in_bar: false,
        },
        Place {
            address: routes::CIRCLES,
            glyph: Glyph::Talk,
            words: texts::nav::circles,
            test: "nav-circles",
            is_in_bar: false,
        },
    ],
];

/// Those of the rail's end.
pub const LAST: &[Place] = &[Place {
    address: routes::SETTINGS,
    glyph: Glyph::Settings,
    words: texts::nav::settings,
    test: "nav-settings",
    is_in_bar: false,
}];

/// The navigation.
#[component]
pub fn Navigation() -> impl IntoView {
    let has_rail = page::fits(RAIL);
    view! {
        <nav class="spine" aria-label=texts::app::navigation data-rail=move || has_rail.get().to_string()>
            {move || if has_rail.get() { view! { <Rail/> }.into_any() } else { view! { <Bar/> }.into_any() }}
        </nav>
    }
}

#[component]
fn Rail() -> impl IntoView {
    let group =
        |places: &'static [Place]| view! { <ul class="spine-list">{places.iter().map(item).collect_view()}</ul> };
    view! {
        <span class="spine-mark"><Mark/></span>
        <ul class="spine-list"><li><Add/></li></ul>
        {PLACES.iter().copied().map(group).collect_view()}
        <ul class="spine-list spine-end">
            {LAST.iter().map(item).collect_view()}
            <li><Lock/></li>
        </ul>
    }
}

/// Two places, the new, and two more.
#[component]
fn Bar() -> impl IntoView {
    let in_bar = |address: &str| {
        let mut all = PLACES.iter().copied().flatten();
        all.find(|place| place.is_in_bar && place.address == address).map(item)
    };
    view! {
        <ul class="spine-list">
            {in_bar(routes::TODAY)}
            {in_bar(routes::CUSTOMERS)}
            <li><Add/></li>
            {in_bar(routes::CALENDAR)}
            <li>
                <A href=routes::MORE attr:class="spine-item" attr:data-test="nav-more">
                    <Icon glyph=Glyph::More size=24/>
                    <span>{texts::nav::more}</span>
                </A>
            </li>
        </ul>
    }
}

fn item(place: &'static Place) -> impl IntoView {
    let exact = place.address == routes::TODAY;
    view! {
        <li>
            <A href=place.address exact attr:class="spine-item" attr:data-test=place.test>
                <Icon glyph=place.glyph size=24/>
                <span>{place.words}</span>
            </A>
        </li>
    }
}

#[component]
fn Add() -> impl IntoView {
    let reach = use_reach();
    let begun = Memo::new(move |_| reach.book.read(|replica| unfiled(replica).len()));
    let mark = move || {
        (begun.get() > 0).then(|| {
            view! {
                <span class="spine-dot" role="img" aria-label=texts::quick::begun></span>
            }
        })
    };
    view! {
        <button
            type="button"
            class="spine-item"
            aria-haspopup="dialog"
            data-test="add"
            on:click=move |_| reach.adding.set(true)
        >
            <span class="spine-plus"><Icon glyph=Glyph::Plus size=24/>{mark}</span>
            <span>{texts::nav::add}</span>
        </button>
    }
}

#[component]
fn Lock() -> impl IntoView {
    let book = use_book();
    view! {
        <button type="button" class="spine-item" data-test="lock" on:click=move |_| book.lock()>
            <Icon glyph=Glyph::Lock size=24/>
            <span>{texts::nav::lock}</span>
        </button>
    }
}

/// The title slip of the book, small.
#[component]
fn Mark() -> impl IntoView {
    view! {
        <svg width="36" height="44" viewBox="0 0 36 44" aria-hidden="true" focusable="false">
            <rect x="7" y="2" width="22" height="40" rx="1" fill="#fefcf7"></rect>
            <rect x="9.5" y="4.5" width="17" height="35" fill="none" stroke="#1c2226"></rect>
            <path
                d="M13 13.500l5-3.500 5 3.500M13.500 17h9M18 12v9M14 21.500h8M13 29c3 0 8-1 10-2M18 27v9M14 33.500c2 2 6 2 8 0"
                fill="none"
                stroke="#a5301c"
                stroke-width="1.5"
                stroke-linecap="round"
            ></path>
        </svg>
    }
}
