//! The truth about what is typed: whether it is on the disk. Never stores anything by itself.

use leptos::prelude::*;
use rapport_shared::customers::CustomerView;
use rapport_shared::ids::RecordId;
use serde_json::Value;

use crate::book::{Book, DraftState, use_book};
use crate::i18n::texts::form as words;

/// Under which name a draft tells whom it is about: the customer may leave the device before the form is sent.
const DRAFT_CUSTOMER_NAME: &str = "customer_name";

/// Whether what is typed is on the disk; an alert when it cannot be stored.
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

/// Keeps what is typed in a form about `customer` as a draft that also says who that is.
pub fn put_named_draft(book: Book, customer: RecordId, key: String, mut draft: Value) {
    let name = book.read_untracked(|replica| {
        let customer = replica.get(customer).and_then(CustomerView::of)?;
        Some(customer.name().to_owned())
    });
    if let (Some(draft), Some(name)) = (draft.as_object_mut(), name) {
        draft.insert(DRAFT_CUSTOMER_NAME.to_owned(), name.into());
    }
    book.put_draft(key, draft);
}
