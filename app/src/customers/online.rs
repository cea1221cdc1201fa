//! The card of a customer that this device does not hold, read from the server and only shown. Nothing of it is stored.

use std::rc::Rc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::A;
use rapport_shared::customers::CustomerView;
use rapport_shared::ids::RecordId;

use super::card::{InCharge, Sheets, names};
use super::pins::keep;
use crate::book::{OnlineError, Replica, use_book};
use crate::forms::Gone;
use crate::i18n::texts;
use crate::i18n::texts::online as words;
use crate::routes;
use crate::sections::{Card, HistoryDialog};
use crate::ui::{Banner, Button, Empty, Glyph, Icon, Look, use_toasts};

type Words = fn() -> &'static str;

/// Headline and help for what could not be read.
pub(super) const fn trouble(error: OnlineError) -> (Words, Words) {
    match error {
        OnlineError::Offline => (words::offline, words::offline_help),
        OnlineError::SignedOut => (texts::sync::signed_out, words::signed_out_help),
        OnlineError::Busy => (words::busy, words::busy_help),
        OnlineError::NotFound => (texts::customers::gone, words::not_found_help),
        OnlineError::Server => (texts::sync::failing, words::failing_help),
    }
}

/// What is under way, said once it takes longer than a second.
#[component]
pub(super) fn Waiting() -> impl IntoView {
    view! {
        <div class="late" role="status" data-test="online-waiting">
            <progress class="progress" aria-label=words::reading></progress>
            <p class="quiet">{words::reading}</p>
        </div>
    }
}

/// The customer, from the server.
#[component]
pub fn OnlineCard(
    /// The customer.
    id: RecordId,
) -> impl IntoView {
    let book = use_book();
    let found = RwSignal::new_local(None::<Result<Rc<Replica>, OnlineError>>);
    let read = move || {
        spawn_local(async move {
            let read = book.read_online(id).await.map(Rc::new);
            found.try_set(Some(read));
        });
    };
    let load = move || {
        found.set(None);
        read();
    };
    load();
    // What was written from here is to be seen here once the server has it.
    let waiting = Memo::new(move |_| book.read(|replica| replica.outbox().of_customer(id).next().is_some()));
    Effect::new(move |waited: Option<bool>| {
        let waits = waiting.get();
        if waited == Some(true) && !waits {
            read();
        }
        waits
    });
    move || match found.get() {
        None => view! {
            <div class="page">
                <h1 class="visually-hidden">{words::reading}</h1>
                <Waiting/>
            </div>
        }
        .into_any(),
        Some(Ok(replica)) if replica.get(id).is_some() => view! { <Shown id replica/> }.into_any(),
        Some(Ok(_)) => view! { <Gone/> }.into_any(),
        Some(Err(error)) => {
            let (title, help) = trouble(error);
            view! {
                <div class="page" data-test="online-trouble">
                    <Back/>
                    <h1 class="visually-hidden">{title}</h1>
                    <Empty glyph=Glyph::Offline title=title help=help>
                        <Button label=words::again test="online-again" on_press=move |()| load()/>
                    </Empty>
                </div>
            }
            .into_any()
        }
    }
}

#[component]
fn Back() -> impl IntoView {
    view! {
        <A href=routes::CUSTOMERS attr:class="button card-back" attr:data-look="plain" attr:data-test="back">
            <Icon glyph=Glyph::Back/>
            <span>{texts::nav::customers}</span>
        </A>
    }
}

#[component]
fn Shown(id: RecordId, replica: Rc<Replica>) -> impl IntoView {
    let (book, toasts) = (use_book(), use_toasts());
    let state = Card::new(book, id, Some(replica.clone()));
    provide_context(state);
    let reader = book.profile().get_untracked().map(|profile| profile.user);
    let is_pinned = replica.get(id).and_then(CustomerView::of).zip(reader);
    let kept = RwSignal::new(is_pinned.is_some_and(|(customer, reader)| customer.is_pinned_by(reader)));
    let done = Callback::new(move |is_kept| {
        kept.try_set(is_kept);
    });
    let seen = StoredValue::new_local(replica);
    view! {
        <article class="page" data-test="online-card">
            <div class="page-inner">
                <header class="card-head">
                    <Back/>
                    {move || state.own.get().map(|record| names(&record))}
                    <div class="card-actions"><InCharge state/></div>
                </header>
                <Show
                    when=move || kept.get()
                    fallback=move || view! {
                        <Banner text=words::read_only>
                            <Button
                                label=words::keep
                                look=Look::Primary
                                test="pin"
                                on_press=move |()| keep(book, toasts, id, Some(seen.get_value()), true, done)
                            />
                        </Banner>
                    }
                >
                    <Banner tone="jade" text=words::coming/>
                </Show>
                <Sheets state/>
            </div>
            <HistoryDialog state/>
        </article>
    }
}
