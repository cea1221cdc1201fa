//! The state of synchronisation: what is unsent and since when, what was refused and why, the last success, storage
//! and version. Nothing is dropped here without the user's word.

mod changes;
mod device;
mod drafts;
mod failure;
mod install;

use leptos::prelude::*;
use leptos_router::components::A;
use rapport_shared::conflicts::is_open;
use rapport_shared::record::Kind;

use self::changes::{Refused, Unsent};
use self::device::Device;
use self::drafts::StrandedDrafts;
use self::failure::LastFailure;
use self::install::InstallHelp;
use crate::book::{Activity, Replica, SyncStatus, use_book};
use crate::filing::UnfiledSheet;
use crate::i18n::texts::status as words;
use crate::i18n::{ago, texts, time};
use crate::routes;
use crate::sign_in::SignInAgain;
use crate::ui::{Button, Glyph, Icon, Look};

/// The page.
#[component]
pub fn StatusPage() -> impl IntoView {
    let status = use_book().sync_status();
    let signed_out = Memo::new(move |_| status.read().activity == Activity::SignedOut);
    view! {
        <div class="page">
            <div class="page-inner page-narrow">
                <header class="page-head"><h1>{words::title}</h1></header>
                <Now/>
                <Show when=move || signed_out.get()><SignInAgain/></Show>
                <Refused/>
                <Undecided/>
                <UnfiledSheet/>
                <StrandedDrafts/>
                <Unsent/>
                <LastFailure/>
                <InstallHelp/>
                <Device/>
            </div>
        </div>
    }
}

/// A headline, a sentence, a tone and an icon for the state.
fn summary(status: &SyncStatus) -> (String, &'static str, &'static str, Glyph) {
    use texts::sync as heads;
    match status.activity {
        Activity::SignedOut => (
            heads::signed_out().to_owned(),
            words::signed_out_help(),
            "seal",
            Glyph::Warning,
        ),
        Activity::Syncing { .. } => (heads::syncing().to_owned(), words::unsent_help(), "accent", Glyph::Sync),
        Activity::Failing => (
            heads::failing().to_owned(),
            words::failing_help(),
            "seal",
            Glyph::Warning,
        ),
        Activity::StoreFailing => (
            heads::store_failing().to_owned(),
            words::store_failing_help(),
            "seal",
            Glyph::Warning,
        ),
        Activity::Offline if status.unsent > 0 => (
            heads::offline_unsent(status.unsent),
            words::unsent_help(),
            "amber",
            Glyph::Offline,
        ),
        Activity::Offline => (
            heads::offline().to_owned(),
            words::offline_help(),
            "amber",
            Glyph::Offline,
        ),
        Activity::Idle if status.refused > 0 => (
            heads::refused(status.refused),
            words::refused_help(),
            "seal",
            Glyph::Warning,
        ),
        Activity::Idle if status.unsent > 0 => {
            (heads::unsent(status.unsent), words::unsent_help(), "amber", Glyph::Sync)
        }
        Activity::Idle => (
            heads::synced().to_owned(),
            words::synced_help(),
            "accent",
            Glyph::Synced,
        ),
    }
}

/// The longest sentence of the states that come and go: room is kept for it, so that nothing below moves when a sync
/// begins or ends.
fn longest_sentence() -> &'static str {
    let sentences = [
        words::synced_help(),
        words::unsent_help(),
        words::offline_help(),
        words::failing_help(),
        words::refused_help(),
    ];
    let longest = sentences.into_iter().max_by_key(|sentence| sentence.chars().count());
    longest.unwrap_or_default()
}

#[component]
fn Now() -> impl IntoView {
    let book = use_book();
    let status = book.sync_status();
    let last = move || {
        let (now, offset) = (book.now(), book.utc_offset_minutes());
        match status.read().last_success {
            Some(at) => words::last(ago(at, now, offset)),
            None => words::never().to_owned(),
        }
    };
    let since = move || {
        let oldest = status.read().oldest_unsent?;
        Some(words::oldest(time(oldest, book.today(), book.utc_offset_minutes())))
    };
    view! {
        <section class="sheet" data-test="status-now">
            {move || {
                let (head, sentence, tone, glyph) = summary(&status.read());
                view! {
                    <div class="status-now" data-tone=tone>
                        <Icon glyph/>
                        <div>
                            <h2>{head}</h2>
                            <p class="quiet status-sentence" data-longest=longest_sentence()>
                                <span>{sentence}</span>
                            </p>
                        </div>
                    </div>
                }
            }}
            <div class="setting">
                <p class="small quiet" data-test="last-sync">
                    {last}
                    {move || since().map(|since| format!(" · {since}"))}
                </p>
                <Button
                    label=words::sync_now
                    look=Look::Primary
                    glyph=Glyph::Sync
                    test="sync-now"
                    on_press=move |()| book.sync_now()
                />
            </div>
        </section>
    }
}

/// What two people changed at once and nobody has decided about.
#[component]
fn Undecided() -> impl IntoView {
    let book = use_book();
    let open = move |replica: &Replica| replica.iter(&Kind::Conflict).filter(|record| is_open(record)).count();
    let count = Memo::new(move |_| book.read(open));
    view! {
        <Show when=move || { count.get() > 0 }>
            <section class="sheet">
                <div class="sheet-head">
                    <h2>{texts::conflict::title} <span class="figure">{count}</span></h2>
                    <A href=routes::CONFLICTS attr:class="button" attr:data-test="open-conflicts">
                        {texts::conflict::look}
                    </A>
                </div>
                <p class="quiet">{texts::conflict::status_help}</p>
            </section>
        </Show>
    }
}
