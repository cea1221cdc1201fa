//! The spine of the book: where one can go, the badge of synchronisation, and the lock.

use leptos::prelude::*;
use leptos_router::components::A;

use super::badge::SyncBadge;
use crate::book::use_book;
use crate::i18n::texts;
use crate::routes;
use crate::ui::{Glyph, Icon, LanguageButton};

/// The navigation: at the side on a tablet, below on a phone.
#[component]
pub fn Navigation() -> impl IntoView {
    let book = use_book();
    view! {
        <nav class="spine" aria-label=texts::app::navigation>
            <span class="spine-mark"><Mark/></span>
            <ul class="spine-list">
                <li>
                    <A href=routes::TODAY exact=true attr:class="spine-item" attr:data-test="nav-today">
                        <Icon glyph=Glyph::Today size=24/>
                        <span>{texts::nav::today}</span>
                    </A>
                </li>
                <li>
                    <A href=routes::CUSTOMERS attr:class="spine-item" attr:data-test="nav-customers">
                        <Icon glyph=Glyph::Customers size=24/>
                        <span>{texts::nav::customers}</span>
                    </A>
                </li>
                <li>
                    <A href=routes::STATUS attr:class="spine-item" attr:data-test="nav-status">
                        <SyncBadge/>
                    </A>
                </li>
            </ul>
            <ul class="spine-list spine-end">
                <li><LanguageButton/></li>
                <li>
                    <A href=routes::SETTINGS attr:class="spine-item" attr:data-test="nav-settings">
                        <Icon glyph=Glyph::Settings size=24/>
                        <span>{texts::nav::settings}</span>
                    </A>
                </li>
                <li>
                    <button type="button" class="spine-item" data-test="lock" on:click=move |_| book.lock()>
                        <Icon glyph=Glyph::Lock size=24/>
                        <span>{texts::nav::lock}</span>
                    </button>
                </li>
            </ul>
        </nav>
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
