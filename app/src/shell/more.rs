//! What has no place of its own in the bar of a phone: further pages, synchronisation, settings, language, the lock. It
//! keeps nothing itself.

use leptos::prelude::*;
use leptos_router::components::A;

use super::badge::{SyncBadge, open_conflicts};
use super::commands::use_reach;
use super::navigation::{LAST, PLACES, Place};
use crate::i18n::texts;
use crate::routes;
use crate::ui::{Glyph, Icon, LanguageSwitch};

/// The page.
#[component]
pub fn MorePage() -> impl IntoView {
    let reach = use_reach();
    let conflicts = Memo::new(move |_| open_conflicts(reach.book));
    let further = PLACES.iter().copied().flatten().filter(|place| !place.is_in_bar);
    view! {
        <div class="page">
            <div class="page-inner page-narrow">
                <header class="page-head"><h1>{texts::nav::more}</h1></header>
                <nav class="sheet more" aria-label=texts::nav::more>
                    <ul>
                        {further.map(to_place).collect_view()}
                        <li>
                            <A href=routes::CONFLICTS attr:class="more-item" attr:data-test="more-conflicts">
                                <Icon glyph=Glyph::Fork/>
                                <span>{texts::conflict::title}</span>
                                <span class="figure quiet">{move || Some(conflicts.get()).filter(|count| *count > 0)}</span>
                                <Icon glyph=Glyph::Forward size=16/>
                            </A>
                        </li>
                        <li>
                            <A href=routes::STATUS attr:class="more-item" attr:data-test="more-status">
                                <Icon glyph=Glyph::Sync/>
                                <span>{texts::status::title}</span>
                                <SyncBadge/>
                                <Icon glyph=Glyph::Forward size=16/>
                            </A>
                        </li>
                        {LAST.iter().map(to_place).collect_view()}
                    </ul>
                </nav>
                <section class="sheet">
                    <div class="setting">
                        <h2>{texts::settings::language}</h2>
                        <LanguageSwitch/>
                    </div>
                </section>
                <section class="sheet more">
                    <ul>
                        <li>
                            <button type="button" class="more-item" data-test="open-keys" on:click=move |_| reach.helping.set(true)>
                                <Icon glyph=Glyph::Keyboard/>
                                <span>{texts::settings::keys}</span>
                            </button>
                        </li>
                        <li>
                            <button type="button" class="more-item" data-test="lock" on:click=move |_| reach.book.lock()>
                                <Icon glyph=Glyph::Lock/>
                                <span>{texts::command::lock}</span>
                            </button>
                        </li>
                    </ul>
                </section>
            </div>
        </div>
    }
}

fn to_place(place: &'static Place) -> impl IntoView {
    view! {
        <li>
            <A href=place.address attr:class="more-item" attr:data-test=place.test>
                <Icon glyph=place.glyph/>
                <span>{place.words}</span>
                <Icon glyph=Glyph::Forward size=16/>
            </A>
        </li>
    }
}
