//! What is chosen by pressing, under its label and with its error, as a field that is typed into has them.

use leptos::prelude::*;
use leptos::text_prop::TextProp;

use super::field::FieldError;

/// Chips, or several inputs of one field, with their label and what is wrong with them.
#[component]
pub fn Labelled(
    /// Unique on the page.
    #[prop(into)]
    name: String,
    /// The label; the chips say it themselves to screen readers.
    #[prop(into)]
    label: TextProp,
    /// What is wrong.
    #[prop(into)]
    error: Signal<Option<String>>,
    /// Whether something must be chosen.
    #[prop(optional)]
    required: bool,
    /// What is pressed.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="field form-wide">
            <p class="group-label" aria-hidden="true">
                {move || label.get()}
                {required.then(|| view! { <span class="field-required">" *"</span> })}
            </p>
            {children()}
            <FieldError id=format!("input-{name}-error") error/>
        </div>
    }
}
