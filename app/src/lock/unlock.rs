//! Opening the sealed book of this device.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::book::{Phase, UnlockError, use_book};
use crate::i18n::texts;
use crate::i18n::texts::unlock as words;
use crate::ui::{Button, Field, Gate, Look, page};
use crate::wipe::Wipe;

const fn reason(error: UnlockError) -> fn() -> &'static str {
    match error {
        UnlockError::Wrong => words::wrong,
        UnlockError::Damaged => words::damaged,
        UnlockError::Storage => words::storage,
    }
}

/// The locked book.
#[component]
pub fn Unlock() -> impl IntoView {
    let book = use_book();
    let phase = book.phase();
    let passphrase = RwSignal::new(String::new());
    let failure = RwSignal::new(None::<UnlockError>);
    let wiping = RwSignal::new(false);
    let working = Signal::derive(move || phase.get() == Phase::Unlocking);
    let error = Signal::derive(move || failure.get().map(|error| reason(error)().to_owned()));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let given = passphrase.get_untracked();
        if working.get_untracked() || given.is_empty() {
            return;
        }
        failure.set(None);
        spawn_local(async move {
            if let Err(error) = book.unlock(given).await {
                failure.try_set(Some(error));
                passphrase.try_set(String::new());
                page::focus_first("#input-unlock-passphrase");
            }
        });
    };
    // The one thing to do here is to type.
    request_animation_frame(|| {
        page::focus_first("#input-unlock-passphrase");
    });
    view! {
        <Gate title=words::title lead=words::lead>
            <form class="form" on:submit=submit novalidate>
                <Field
                    name="unlock-passphrase"
                    label=words::field
                    value=passphrase
                    error=error
                    kind="password"
                    autocomplete="current-password"
                    test="unlock-passphrase"
                />
                <Button
                    label=move || if working.get() { words::working() } else { words::submit() }
                    look=Look::Primary
                    disabled=working
                    wide=true
                    test="unlock-submit"
                />
            </form>
            <details>
                <summary class="quiet small" data-test="unlock-forgotten">{words::forgot}</summary>
                <div class="stack stack-tight">
                    <p class="small quiet">{words::forgot_help}</p>
                    <div>
                        <Button
                            label=texts::wipe::open
                            look=Look::Danger
                            test="wipe"
                            on_press=move |()| wiping.set(true)
                        />
                    </div>
                </div>
            </details>
            <Wipe open=wiping/>
        </Gate>
    }
}
