//! Keeping a customer on this device, and no longer keeping it, for those who read wider than their own customers. What
//! a pin is and who may set one is in `shared`.

use std::rc::Rc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use rapport_shared::access;
use rapport_shared::customers::{CustomerView, pin};
use rapport_shared::ids::RecordId;
use rapport_shared::record::Kind;

use crate::book::{Book, Replica, use_book};
use crate::i18n::save_error;
use crate::i18n::texts::online as words;
use crate::sections::Card;
use crate::ui::{Button, Toasts, use_toasts};

/// Pins or unpins the customer, with the way back. `seen`: the customer as read online, when it is not held. Calls
/// `done` with what holds then.
pub fn keep(book: Book, toasts: Toasts, id: RecordId, seen: Option<Rc<Replica>>, kept: bool, done: Callback<bool>) {
    let edit = book.read_untracked(|replica| {
        let online = seen.as_ref().and_then(|seen| seen.get(id));
        let customer = replica.get(id).or(online)?;
        Some(pin(customer, replica.profile()?, kept))
    });
    let Some(edit) = edit else { return };
    spawn_local(async move {
        let nothing = Replica::default();
        match book.write_seen(vec![edit], seen.as_deref().unwrap_or(&nothing)).await {
            Ok(()) => {
                done.try_run(kept);
                let said = if kept { words::kept() } else { words::let_go() };
                let seen = StoredValue::new_local(seen);
                toasts.say_with_undo(said, move || {
                    keep_again(book, toasts, id, seen.try_get_value().flatten(), !kept, done);
                });
            }
            Err(error) => toasts.warn(save_error(&Kind::Customer, &error)),
        }
    });
}

/// The way back, which has none of its own: the button on the card is there again.
fn keep_again(book: Book, toasts: Toasts, id: RecordId, seen: Option<Rc<Replica>>, kept: bool, done: Callback<bool>) {
    spawn_local(async move {
        let held = book.read_untracked(|replica| replica.get(id).is_some());
        // It may have left this device meanwhile.
        let seen = match seen {
            None if !held => book.read_online(id).await.ok().map(Rc::new),
            seen => seen,
        };
        let edit = book.read_untracked(|replica| {
            let online = seen.as_ref().and_then(|seen| seen.get(id));
            let customer = replica.get(id).or(online)?;
            Some(pin(customer, replica.profile()?, kept))
        });
        let Some(edit) = edit else {
            toasts.warn(words::offline_help());
            return;
        };
        let nothing = Replica::default();
        match book.write_seen(vec![edit], seen.as_deref().unwrap_or(&nothing)).await {
            Ok(()) => {
                done.try_run(kept);
            }
            Err(error) => toasts.warn(save_error(&Kind::Customer, &error)),
        }
    });
}

/// The way to let a pinned customer go again.
#[component]
pub fn Unpin(
    /// The card.
    state: Card,
) -> impl IntoView {
    let (book, toasts) = (use_book(), use_toasts());
    let pinned = Memo::new(move |_| {
        let profile = book.profile().get();
        let customer = state.own.read();
        let customer = customer.as_ref().and_then(CustomerView::of);
        customer
            .zip(profile)
            .is_some_and(|(customer, profile)| access::wider(&profile).is_some() && customer.is_pinned_by(profile.user))
    });
    view! {
        <Show when=move || pinned.get()>
            <Button
                label=words::unkeep
                test="unpin"
                on_press=move |()| keep(book, toasts, state.id, None, false, Callback::new(|_| ()))
            />
        </Show>
    }
}
