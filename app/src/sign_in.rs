//! Signing in where no book is on the device yet, and once more where the session of an open book has ended. It keeps
//! neither name nor password.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::book::{SignInError, use_book};
use crate::i18n::texts;
use crate::i18n::texts::sign_in as words;
use crate::ui::{Banner, Button, Field, Gate, Later, Look, page};

/// Why it failed, in the reader's language.
const fn reason(error: SignInError) -> fn() -> &'static str {
    match error {
        SignInError::Wrong => words::wrong,
        SignInError::Offline => words::offline,
        SignInError::TooMany => words::too_many,
        SignInError::Server => words::server,
        SignInError::OtherUsersBook => words::other_user,
    }
}

/// An attempt to sign in: whether it is under way, and how the last one ended.
#[derive(Clone, Copy)]
struct Attempt {
    password: RwSignal<String>,
    working: RwSignal<bool>,
    tried: RwSignal<bool>,
    failure: RwSignal<Option<SignInError>>,
    later: Later,
}

impl Attempt {
    fn new() -> Self {
        Self {
            password: RwSignal::new(String::new()),
            working: RwSignal::new(false),
            tried: RwSignal::new(false),
            failure: RwSignal::new(None),
            later: Later::of_view(),
        }
    }

    /// Carries it out, unless one is under way or something is `missing`; the field in error gets the focus.
    fn make(self, missing: bool, sign_in: impl Future<Output = Result<(), SignInError>> + 'static) {
        if self.working.get_untracked() {
            return;
        }
        self.tried.set(true);
        self.failure.set(None);
        if missing {
            self.to_field_in_error();
            return;
        }
        self.working.set(true);
        spawn_local(async move {
            let outcome = sign_in.await;
            // The screen may be gone by now.
            self.failure.try_set(outcome.err());
            self.working.try_set(false);
            self.to_field_in_error();
        });
    }

    fn to_field_in_error(self) {
        self.later.frame(|| {
            page::focus_first("form [aria-invalid=true]");
        });
    }

    /// What is wrong with the password.
    fn password_error(self) -> Signal<Option<String>> {
        Signal::derive(move || match self.failure.get() {
            Some(SignInError::Wrong) => Some(words::wrong().to_owned()),
            _ if self.tried.get() && self.password.read().is_empty() => Some(words::password_missing().to_owned()),
            _ => None,
        })
    }

    /// What is wrong with anything else.
    fn notice(self) -> impl IntoView {
        move || {
            let failure = self.failure.get().filter(|failure| *failure != SignInError::Wrong);
            failure.map(|error| view! { <Banner tone="seal" text=reason(error)/> })
        }
    }
}

/// The sign-in screen.
#[component]
pub fn SignIn() -> impl IntoView {
    let book = use_book();
    let login = RwSignal::new(String::new());
    let attempt = Attempt::new();
    let Attempt {
        password,
        working,
        tried,
        ..
    } = attempt;
    let login_error = Signal::derive(move || {
        (tried.get() && login.read().trim().is_empty()).then(|| words::login_missing().to_owned())
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let (name, secret) = (login.get_untracked().trim().to_owned(), password.get_untracked());
        attempt.make(name.is_empty() || secret.is_empty(), book.sign_in(name, secret));
    };
    view! {
        <Gate title=words::title lead=words::lead>
            <form class="form" on:submit=submit novalidate>
                {attempt.notice()}
                <Field
                    name="login"
                    label=words::login
                    value=login
                    error=login_error
                    autocomplete="username"
                    test="login"
                />
                <Field
                    name="password"
                    label=words::password
                    value=password
                    error=attempt.password_error()
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
            <details>
                <summary class="quiet small" data-test="sign-in-ask">{words::ask}</summary>
                <p class="quiet small">{move || words::ask_help(page::address())}</p>
            </details>
        </Gate>
    }
}

/// The session ended: the password, once more.
#[component]
pub fn SignInAgain() -> impl IntoView {
    let book = use_book();
    let attempt = Attempt::new();
    let Attempt { password, working, .. } = attempt;
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let secret = password.get_untracked();
        attempt.make(secret.is_empty(), book.sign_in_again(secret));
    };
    view! {
        <section class="sheet">
            <div class="sheet-head"><h2>{words::again_title}</h2></div>
            <form class="form" on:submit=submit novalidate>
                <p class="quiet">{words::again_lead}</p>
                {attempt.notice()}
                <Field
                    name="password-again"
                    label=words::password
                    value=password
                    error=attempt.password_error()
                    kind="password"
                    autocomplete="current-password"
                    test="password-again"
                />
                <div class="cluster">
                    <Button label=words::submit look=Look::Primary disabled=working test="sign-in-again"/>
                </div>
            </form>
        </section>
    }
}
