//! The head of every page: the one box for everything, what was just done, and the state of synchronisation, which leads
//! to its page. It is the same everywhere and never in the way of what is read.

use leptos::prelude::*;
use leptos_router::components::A;

use super::badge::{SyncBadge, SyncWords};
use super::commands::{FIND_KEY, use_reach};
use crate::i18n::texts;
use crate::routes;
use crate::ui::{Glyph, Icon, ToastRegion};

/// The head.
#[component]
pub fn Head() -> impl IntoView {
    let reach = use_reach();
    view! {
        <header class="head">
            <button
                type="button"
                class="head-find"
                aria-haspopup="dialog"
                aria-keyshortcuts="Control+K Meta+K"
                data-test="open-palette"
                on:click=move |_| reach.finding.set(true)
            >
                <Icon glyph=Glyph::Search/>
                <span class="clip">{texts::finder::everything}</span>
                <kbd aria-hidden="true">{FIND_KEY}</kbd>
            </button>
            <ToastRegion/>
            <A href=routes::STATUS attr:class="head-sync" attr:data-test="nav-status">
                <SyncBadge/>
            </A>
            <SyncWords/>
        </header>
    }
}
