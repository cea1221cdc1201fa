//! Choosing the passphrase that seals the book on this device.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::strength::strength;
use crate::book::{MINIMUM_PASSPHRASE_CHARS, PassphraseError, use_book};
use crate::i18n::look_up_at_door;
use crate::i18n::texts::passphrase as words;
use crate::ui::{Banner, Button, Field, Gate, Later, Look, page};

fn reason(error: PassphraseError) -> String {
    match error {
        PassphraseError::TooShort => words::too_short(MINIMUM_PASSPHRASE_CHARS),
        PassphraseError::Storage => words::storage().to_owned(),
        PassphraseError::Full => words::full().to_owned(),
    }
}

/// The screen where the passphrase is chosen, after the first sign-in.
#[component]
pub fn ChoosePassphrase() -> impl IntoView {
    let book = use_book();
    let (first, again) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let (working, tried) = (RwSignal::new(false), RwSignal::new(false));
    let failure = RwSignal::new(None::<PassphraseError>);
    let short = Memo::new(move |_| first.read().chars().count() < MINIMUM_PASSPHRASE_CHARS);
    let different = Memo::new(move |_| *first.read() != *again.read());
    let later = Later::of_view();
    // What is asked for here is read before it is answered.
    later.frame(page::focus_page);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        if working.get_untracked() {
            return;
        }
        if short.get_untracked() || different.get_untracked() {
            later.frame(|| {
                page::focus_first("form [aria-invalid=true]");
            });
            return;
        }
        working.set(true);
        failure.set(None);
        let passphrase = first.get_untracked();
        spawn_local(async move {
            let outcome = book.choose_passphrase(passphrase).await;
            failure.try_set(outcome.err());
            working.try_set(false);
        });
    };
    view! {
        <Gate title=words::title lead=words::why>
            <form class="form" on:submit=submit novalidate>
                {move || failure.get().map(|error| view! { <Banner tone="seal" text=move || reason(error)/> })}
                <Field
                    name="passphrase"
                    label=words::new
                    value=first
                    error=Signal::derive(move || {
                        (tried.get() && short.get()).then(|| words::too_short(MINIMUM_PASSPHRASE_CHARS))
                    })
                    help=move || words::help(MINIMUM_PASSPHRASE_CHARS)
                    kind="password"
                    autocomplete="new-password"
                    test="passphrase"
                />
                <Strength passphrase=first/>
                <Field
                    name="passphrase-again"
                    label=words::again
                    value=again
                    error=Signal::derive(move || {
                        (tried.get() && !short.get() && different.get()).then(|| words::different().to_owned())
                    })
                    kind="password"
                    autocomplete="new-password"
                    test="passphrase-again"
                />
                <Button
                    label=move || if working.get() { words::working() } else { words::submit() }
                    look=Look::Primary
                    disabled=working
                    wide=true
                    test="passphrase-submit"
                />
            </form>
        </Gate>
    }
}

/// Four bars and a word.
#[component]
fn Strength(passphrase: RwSignal<String>) -> impl IntoView {
    let level = Memo::new(move |_| strength(&passphrase.read()));
    view! {
        <div class="stack stack-tight">
            <div class="strength" data-level=move || level.get() aria-hidden="true">
                <span></span>
                <span></span>
                <span></span>
                <span></span>
            </div>
            <p class="small quiet" role="status">{move || look_up_at_door(&format!("strength.{}", level.get()))}</p>
        </div>
    }
}
