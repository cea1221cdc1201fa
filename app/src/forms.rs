//! What all forms of the book share: the truth about the draft, and leaving by Escape. It knows no field of any form.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use crate::book::{DraftState, use_book};
use crate::i18n::texts::form as words;
use crate::ui::page;

/// Whether what is typed is on the disk; an alert when it can not be stored.
#[component]
pub fn DraftNote() -> impl IntoView {
    let state = use_book().draft_state();
    let failed = Memo::new(move |_| state.get().is_failure());
    let text = move || match state.get() {
        DraftState::Untouched => words::draft_kept(),
        DraftState::Saving => words::draft_saving(),
        DraftState::Saved => words::draft_saved(),
        DraftState::Full => words::draft_full(),
        DraftState::Failed => words::draft_failed(),
    };
    move || {
        if failed.get() {
            view! { <p class="draft-state draft-failed" role="alert" data-test="draft-state">{text}</p> }.into_any()
        } else {
            view! { <p class="draft-state push" data-test="draft-state">{text}</p> }.into_any()
        }
    }
}

/// Goes to `address` on Escape, as the form's way out does. What was typed stays as a draft.
pub fn leave_on_escape(address: String) {
    let navigate = use_navigate();
    page::on_escape(move || navigate(&address, NavigateOptions::default()));
}
