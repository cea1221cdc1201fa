//! Signing in where no book is on the device yet. It keeps neither name nor password.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::book::{SignInError, use_book};
use crate::i18n::texts;
use crate::i18n::texts::sign_in as words;
use crate::ui::{Banner, Button, Field, Gate, Look};

/// Why it failed, in the reader's language.
pub const fn reason(error: SignInError) -> fn() -> &'static str {
    match error {
        SignInError::Wrong => words::wrong,
        SignInError::Offline => words::offline,
        SignInError::TooMany => words::too_many,
        SignInError::Server => words::server,
        SignInError::OtherUsersBook => words::other_user,
    }
}

/// The sign-in screen.
#[component]
pub fn SignIn() -> impl IntoView {
    let book = use_book();
    let (login, password) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let (working, tried) = (RwSignal::new(false), RwSignal::new(false));
    let failure = RwSignal::new(None::<SignInError>);
    let missing = move |value: RwSignal<String>, text: fn() -> &'static str| {
        Signal::derive(move || (tried.get() && value.read().trim().is_empty()).then(|| text().to_owned()))
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        let (name, secret) = (login.get_untracked().trim().to_owned(), password.get_untracked());
        if working.get_untracked() || name.is_empty() || secret.is_empty() {
            return;
        }
        working.set(true);
        failure.set(None);
        spawn_local(async move {
            let outcome = book.sign_in(name, secret).await;
            // The screen may be gone by now.
            failure.try_set(outcome.err());
            working.try_set(false);
        });
    };
    view! {
        <Gate title=words::title lead=words::lead>
            <form class="form" on:submit=submit novalidate>
                {move || failure.get().map(|error| view! { <Banner tone="seal" text=reason(error)/> })}
                <Field
                    name="login"
                    label=words::login
                    value=login
                    error=missing(login, words::login_missing)
                    autocomplete="username"
                    test="login"
                />
                <Field
                    name="password"
                    label=words::password
                    value=password
                    error=missing(password, words::password_missing)
                    kind="password"
                    autocomplete="current-password"
                    test="password"
                />
                <Button
                    label=move || if working.get() { texts::sign_in::working() } else { words::submit() }
                    look=Look::Primary
                    disabled=working
                    wide=true
                    test="sign-in-submit"
                />
            </form>
        </Gate>
    }
}
