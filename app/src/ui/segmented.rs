//! One of a few (radio buttons as a strip or as chips), and any of some (toggle chips).

use std::collections::BTreeSet;

use leptos::prelude::*;
use leptos::text_prop::TextProp;

/// Values and their words, in the reader's language.
type Options = Signal<Vec<(String, String)>>;

#[component]
fn Radios(
    name: &'static str,
    label: TextProp,
    options: Options,
    value: RwSignal<String>,
    strip: bool,
    test: String,
) -> impl IntoView {
    let (group, item) = if strip {
        ("segmented", "segment")
    } else {
        ("chips", "chip")
    };
    view! {
        <div class=group role="radiogroup" aria-label=move || label.get()>
            {move || options.get().into_iter().map(|(key, words)| {
                let (this, chosen) = (key.clone(), key.clone());
                let test = (!test.is_empty()).then(|| format!("{test}-{key}"));
                view! {
                    <label class=item data-test=test>
                        <input
                            type="radio"
                            name=name
                            value=key
                            prop:checked=move || *value.read() == this
                            on:change=move |_| value.set(chosen.clone())
                        />
                        <span>{words}</span>
                    </label>
                }
            }).collect_view()}
        </div>
    }
}

/// One of a few, as a strip.
#[component]
pub fn Segmented(
    /// Unique on the page.
    name: &'static str,
    /// What is chosen, in words.
    #[prop(into)]
    label: TextProp,
    /// The choices.
    options: Options,
    /// The chosen one.
    value: RwSignal<String>,
    /// Prefix of the choices' names for tests.
    #[prop(optional, into)]
    test: String,
) -> impl IntoView {
    view! { <Radios name label options value strip=true test/> }
}

/// One of a few, as chips.
#[component]
pub fn ChoiceChips(
    /// Unique on the page.
    name: &'static str,
    /// What is chosen, in words.
    #[prop(into)]
    label: TextProp,
    /// The choices.
    options: Options,
    /// The chosen one.
    value: RwSignal<String>,
    /// Prefix of the choices' names for tests.
    #[prop(optional, into)]
    test: String,
) -> impl IntoView {
    view! { <Radios name label options value strip=false test/> }
}

/// Any of some, as chips that stay pressed.
#[component]
pub fn ToggleChips(
    /// What is chosen, in words.
    #[prop(into)]
    label: TextProp,
    /// The choices.
    options: Options,
    /// The pressed ones.
    value: RwSignal<BTreeSet<String>>,
    /// Prefix of the choices' names for tests.
    #[prop(optional, into)]
    test: String,
) -> impl IntoView {
    view! {
        <div class="chips" role="group" aria-label=move || label.get()>
            {move || options.get().into_iter().map(|(key, words)| {
                let this = key.clone();
                let name = (!test.is_empty()).then(|| format!("{test}-{key}"));
                let toggle = move |_| value.update(|pressed| {
                    if !pressed.remove(&key) {
                        pressed.insert(key.clone());
                    }
                });
                view! {
                    <button
                        type="button"
                        class="chip"
                        aria-pressed=move || value.read().contains(&this).to_string()
                        data-test=name
                        on:click=toggle
                    >
                        {words}
                    </button>
                }
            }).collect_view()}
        </div>
    }
}
