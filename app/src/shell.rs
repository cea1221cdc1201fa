//! The frame around every screen.

use leptos::prelude::*;

/// The app.
#[component]
pub fn App() -> impl IntoView {
    view! { <main></main> }
}
