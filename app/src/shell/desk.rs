//! The part for work at a desk: what is done seldom, by few, and mostly in the office. It comes after the screens of a
//! day, and holds none of them up.

use leptos::prelude::*;

use crate::parameters::ParameterPage;
use crate::parts::part;

/// The screens of the desk.
pub struct Desk {
    /// One number of a rule: setting it, and its past.
    pub parameter: fn() -> AnyView,
}

part!(
    /// See [`Desk`].
    desk as DESK: Desk = Desk {
        parameter: || view! { <ParameterPage/> }.into_any(),
    }
);
