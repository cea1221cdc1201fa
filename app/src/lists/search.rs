//! The box in which one types what a list is searched for. The keyboard goes on from it into the rows.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use leptos::text_prop::TextProp;

use crate::ui::{Cursor, Glyph, Icon};

/// A search box above a list; `/` leads to it, Enter and the arrow down lead on to the first row.
#[component]
pub fn SearchBox(
    /// What is typed.
    #[prop(into)]
    value: Signal<String>,
    /// Takes what is typed.
    #[prop(into)]
    typed: Callback<String>,
    /// What is searched, in words.
    #[prop(into)]
    label: TextProp,
    /// What can be typed; the label, if nothing is said.
    #[prop(optional, into)]
    placeholder: Option<TextProp>,
    /// The rows.
    cursor: Cursor,
) -> impl IntoView {
    let placeholder = placeholder.unwrap_or_else(|| label.clone());
    let on_key = move |event: KeyboardEvent| {
        // While a word is being composed these keys are the composer's.
        if !event.is_composing() && matches!(event.key().as_str(), "Enter" | "ArrowDown") {
            event.prevent_default();
            cursor.go(0);
        }
    };
    view! {
        <div class="search">
            <Icon glyph=Glyph::Search/>
            <input
                class="input"
                type="search"
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                enterkeyhint="search"
                aria-label=move || label.get()
                placeholder=move || placeholder.get()
                data-test="search"
                data-shortcut="search"
                prop:value=value
                on:input=move |event| typed.run(event_target_value(&event))
                on:keydown=on_key
            />
        </div>
    }
}
