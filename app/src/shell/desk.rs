//! The part for work at a desk: what is done seldom, by few, and mostly in the office. It comes after the screens of a
//! day, and holds none of them up.

use leptos::prelude::*;

use crate::circles::CirclesPage;
use crate::conflicts::{ConflictsPage, DecisionPage};
use crate::parameters::{ParameterPage, ParametersPage};
use crate::parts::part;
use crate::settings::SettingsPage;
use crate::status::StatusPage;

/// The screens of the desk.
pub struct Desk {
    /// What two people changed at once: all of it.
    pub conflicts: fn() -> AnyView,
    /// One conflict, to decide about.
    pub decision: fn() -> AnyView,
    /// What synchronisation is about, and what the server refused.
    pub status: fn() -> AnyView,
    /// Circles of people, and who belongs to them.
    pub circles: fn() -> AnyView,
    /// Language, appearance, and what is on this device.
    pub settings: fn() -> AnyView,
    /// The numbers of the bank's rules.
    pub parameters: fn() -> AnyView,
    /// One number of a rule: setting it, and its past.
    pub parameter: fn() -> AnyView,
}

part!(
    /// See [`Desk`].
    desk as DESK: Desk = Desk {
        conflicts: || view! { <ConflictsPage/> }.into_any(),
        decision: || view! { <DecisionPage/> }.into_any(),
        status: || view! { <StatusPage/> }.into_any(),
        circles: || view! { <CirclesPage/> }.into_any(),
        settings: || view! { <SettingsPage/> }.into_any(),
        parameters: || view! { <ParametersPage/> }.into_any(),
        parameter: || view! { <ParameterPage/> }.into_any(),
    }
);
