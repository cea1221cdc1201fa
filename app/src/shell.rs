//! The frame around every screen: which screen the state of the book allows, navigation, the head with the state of
//! synchronisation, what can be done from anywhere. It shows no customer by itself.

mod add;
mod badge;
mod commands;
mod desk;
mod head;
mod inside;
mod more;
mod navigation;
mod pages;
mod palette;
mod shortcuts;

use leptos::prelude::*;
use leptos_router::components::Router;
use leptos_router::hooks::use_location;

use crate::book::{Installed, Phase, StartFailure, use_book};
use crate::features;
use crate::finding::Finding;
use crate::i18n::texts;
use crate::lists::remember_lists;
use crate::lock::{ChoosePassphrase, Failure, FirstSync, Unlock};
use crate::parts::fetch_when_idle;
use crate::routes;
use crate::sections;
use crate::sign_in::SignIn;
use crate::ui::trouble::Trouble;
use crate::ui::{Banner, Button, Dialog, Install, Left, Look, Toasts, history, page, provide_today, start_language};

pub use commands::use_reach;

/// Which screen stands at the door.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Door {
    Starting,
    SignIn,
    ChoosePassphrase,
    Unlock,
    FirstSync,
    Open,
    Failed(StartFailure),
}

/// The app.
#[component]
pub fn App() -> impl IntoView {
    start_language();
    crate::settings::start_theme();
    Install::provide();
    inside::fetch_ahead();
    let book = use_book();
    provide_today(move || book.today());
    let (phase, status) = (book.phase(), book.sync_status());
    let filled = Memo::new(move |_| status.read().list_here);
    let door = Memo::new(move |_| match phase.get() {
        Phase::Starting => Door::Starting,
        Phase::SignIn => Door::SignIn,
        Phase::ChoosePassphrase => Door::ChoosePassphrase,
        // One screen for both, so that what was typed stays while it is tried.
        Phase::Locked | Phase::Unlocking => Door::Unlock,
        Phase::Open if filled.get() => Door::Open,
        Phase::Open => Door::FirstSync,
        Phase::Failed(failure) => Door::Failed(failure),
    });
    view! {
        <Router>
            {move || match door.get() {
                Door::Starting => view! { <Starting/> }.into_any(),
                Door::SignIn => view! { <SignIn/> }.into_any(),
                Door::ChoosePassphrase => view! { <ChoosePassphrase/> }.into_any(),
                Door::Unlock => view! { <Unlock/> }.into_any(),
                Door::FirstSync => view! { <FirstSync/> }.into_any(),
                Door::Open => inside::screens(),
                Door::Failed(failure) => view! { <Failure failure/> }.into_any(),
            }}
        </Router>
        <Trouble/>
    }
}

#[component]
fn Starting() -> impl IntoView {
    view! {
        <main class="empty">
            <h1 class="visually-hidden">{texts::app::name}</h1>
            <p role="status">{texts::app::starting}</p>
        </main>
    }
}

/// The open book: navigation and the page.
#[component]
fn Frame() -> impl IntoView {
    let book = use_book();
    Toasts::provide();
    book.install(Installed::tables());
    // Once the book is whole: until then, the rest of it is what is waited for.
    Effect::new(move |fetched: Option<bool>| {
        let fetch = !fetched.unwrap_or_default() && book.is_whole().get();
        if fetch {
            fetch_when_idle(&[desk::DESK.fetch]);
        }
        fetch || fetched.unwrap_or_default()
    });
    let reach = commands::Reach::provide();
    let finding = Finding::new(book);
    provide_context(finding);
    sections::provide(&features::SECTIONS);
    remember_lists();
    // What had the focus at the door is gone.
    page::once_painted(|| {
        if page::is_focus_lost() {
            page::focus_page();
        }
    });
    shortcuts::listen(reach);
    Effect::new(move |_| {
        if let Some(customer) = reach.customer.get() {
            finding.look_at(customer);
        }
    });
    let location = use_location();
    let (path, search) = (location.pathname, location.search);
    let steps = history::count(Signal::derive(move || {
        let search = search.read();
        let mark = if search.is_empty() { "" } else { "?" };
        format!("{}{mark}{search}", path.read())
    }));
    let left = Left::watch(path);
    Effect::new(move |before: Option<String>| {
        let now = path.get();
        if let Some(before) = before.filter(|before| *before != now) {
            reach.close_all();
            let is_back = steps.is_back() || now == routes::CUSTOMERS && commands::customer_at(&before).is_some();
            if is_back {
                left.come_back(&now, before);
            } else {
                request_animation_frame(page::focus_page);
            }
        }
        now
    });
    let locking = book.locking_soon();
    let status = book.sync_status();
    // During the first pull, from the moment the list of customers is whole: what is about them is not.
    let coming = Memo::new(move |_| !status.read().first_pull_done);
    view! {
        <div class="shell" data-coming=move || coming.get().to_string()>
            <a class="skip" href="#main">{texts::app::skip}</a>
            <navigation::Navigation/>
            <head::Head/>
            <div class="shell-notice">
                {move || locking.get().then(|| view! { <Banner tone="amber" text=texts::unlock::soon/> })}
                <DraftLost/>
            </div>
            <main id="main" class="shell-main" tabindex="-1">
                <pages::Pages/>
            </main>
            <Show when=move || coming.get()>
                <div class="shell-coming"><Banner tone="amber" text=texts::first_sync::still_coming/></div>
            </Show>
            <add::AddSheet/>
            <add::Whose/>
            <palette::Palette/>
            <shortcuts::Keys/>
            <LockHeld/>
        </div>
    }
}

/// After unlocking: what the idle lock could not keep.
#[component]
fn DraftLost() -> impl IntoView {
    let lost = use_book().draft_lost();
    move || {
        lost.get().then(|| {
            view! {
                <Banner tone="seal" text=texts::unlock::draft_lost>
                    <Button label=texts::common::close test="draft-lost-close" on_press=move |()| lost.set(false)/>
                </Banner>
            }
        })
    }
}

/// Locking would lose a draft: the user decides.
#[component]
fn LockHeld() -> impl IntoView {
    let book = use_book();
    let held = book.lock_held();
    view! {
        <Dialog open=held title=texts::unlock::held_title>
            <Banner tone="seal" text=texts::unlock::held/>
            <div class="cluster" data-test="lock-held">
                <Button label=texts::unlock::stay look=Look::Primary test="lock-stay" on_press=move |()| held.set(false)/>
                <Button
                    label=texts::unlock::lock_anyway
                    look=Look::Danger
                    test="lock-anyway"
                    on_press=move |()| book.lock_anyway()
                />
            </div>
        </Dialog>
    }
}
