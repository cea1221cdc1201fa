//! The question before this device is cleared: what is unsent is said, also where the book is locked or damaged. It
//! clears nothing before the word was typed.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::book::use_book;
use crate::i18n::texts::wipe as words;
use crate::ui::TypedConfirmation;

/// What would be lost.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Loss {
    /// The store does not say.
    Unknown,
    Nothing,
    Unsent(usize),
}

/// Asks, and clears this device.
#[component]
pub fn Wipe(
    /// Whether it is shown.
    open: RwSignal<bool>,
) -> impl IntoView {
    let book = use_book();
    let loss = RwSignal::new(Loss::Unknown);
    Effect::new(move |_| {
        if open.get() {
            spawn_local(async move {
                loss.try_set(match book.unsent().await {
                    None => Loss::Unknown,
                    Some(0) => Loss::Nothing,
                    Some(count) => Loss::Unsent(count),
                });
            });
        }
    });
    let warning = move || match loss.get() {
        Loss::Unknown => words::unknown().to_owned(),
        Loss::Nothing => words::nothing_unsent().to_owned(),
        Loss::Unsent(count) => words::unsent(count),
    };
    let severe = Signal::derive(move || loss.get() != Loss::Nothing);
    view! {
        <TypedConfirmation
            open
            title=words::title
            lead=words::lead
            warning=warning
            severe
            word=words::word
            action=words::submit
            on_confirm=move |()| spawn_local(book.wipe())
        />
    }
}
