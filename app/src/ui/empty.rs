//! What stands where there is nothing, and sentences that ask for attention.

use leptos::prelude::*;
use leptos::text_prop::TextProp;

use super::icon::{Glyph, Icon};

/// An empty place: what is not there, why, and (as children) what to do.
#[component]
pub fn Empty(
    /// The icon.
    #[prop(default = Glyph::Empty)]
    glyph: Glyph,
    /// What is not there.
    #[prop(into)]
    title: TextProp,
    /// Why, or what brings it here.
    #[prop(optional, into)]
    help: TextProp,
    /// At most one thing to do.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <Icon glyph/>
            <p class="empty-title">{move || title.get()}</p>
            <p>{move || help.get()}</p>
            {children.map(|children| children())}
        </div>
    }
}

/// A sentence across the page. `tone` is `accent`, `seal`, `amber` or `jade`.
#[component]
pub fn Banner(
    /// What it is about.
    #[prop(default = "accent")]
    tone: &'static str,
    /// The sentence.
    #[prop(into)]
    text: TextProp,
    /// At most one thing to do.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="banner" data-tone=tone role=if tone == "seal" { "alert" } else { "status" }>
            <p>{move || text.get()}</p>
            {children.map(|children| children())}
        </div>
    }
}
