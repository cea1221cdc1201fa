//! What only those see who read wider than their own customers: customers searched and read online, and who is in charge
//! of one. It comes with the desk, after the screens of a day.

use leptos::prelude::*;
use rapport_shared::ids::RecordId;

use super::in_charge::Choices;
use super::online::OnlineCard;
use super::online_list::{OnlineList, OnlineRows};
use crate::parts::part;
use crate::sections::Card;

/// The screens.
pub struct Wider {
    /// The card of a customer that this device does not hold.
    pub card: fn(RecordId) -> AnyView,
    /// What was found online, with what is typed and the source.
    pub rows: fn(OnlineList, RwSignal<String>, RwSignal<String>) -> AnyView,
    /// Handing a customer over, in a dialog that is open while the signal says so.
    pub in_charge: fn(Card, RwSignal<bool>) -> AnyView,
}

part!(
    /// See [`Wider`].
    desk as WIDER: Wider = Wider {
        card: |id| view! { <OnlineCard id/> }.into_any(),
        rows: |list, query, source| view! { <OnlineRows list query source/> }.into_any(),
        in_charge: |state, open| view! { <Choices state open/> }.into_any(),
    }
);
