//! Labelled inputs bound to signals. Help and errors are tied to the input for screen readers. All of them turn the
//! browser's own memory off: for restoring a session it would write what is typed to the disk, in the open.

use leptos::prelude::*;
use leptos::text_prop::TextProp;

use super::icon::{Glyph, Icon};
use crate::i18n::texts;

/// The error below an input; an empty place when there is none.
#[component]
pub(super) fn FieldError(
    /// Id that the input's `aria-describedby` names.
    id: String,
    /// The error.
    #[prop(into)]
    error: Signal<Option<String>>,
) -> impl IntoView {
    view! {
        <div id=id aria-live="polite">
            {move || error.get().map(|error| view! {
                <p class="field-error">
                    <Icon glyph=Glyph::Warning size=16/>
                    <span>{error}</span>
                </p>
            })}
        </div>
    }
}

#[component]
pub(super) fn Label(id: String, label: TextProp, required: bool) -> impl IntoView {
    view! {
        <label class="field-label" for=id>
            {move || label.get()}
            {required.then(|| view! {
                <span class="field-required" aria-hidden="true">" *"</span>
                <span class="visually-hidden">{texts::common::required}</span>
            })}
        </label>
    }
}

/// An input of one line.
#[component]
pub fn Field(
    /// Unique on the page; also the input's name.
    #[prop(into)]
    name: String,
    /// The label.
    #[prop(into)]
    label: TextProp,
    /// The text.
    value: RwSignal<String>,
    /// What is wrong with it.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// A sentence of help.
    #[prop(optional, into)]
    help: Option<TextProp>,
    /// The native type.
    #[prop(default = "text")]
    kind: &'static str,
    /// The native autocomplete hint.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// The native keyboard hint.
    #[prop(default = "text")]
    keyboard: &'static str,
    /// Whether it must be filled.
    #[prop(optional)]
    required: bool,
    /// Whether it takes the whole width of a grid of fields.
    #[prop(optional)]
    wide: bool,
    /// Name for tests.
    #[prop(optional, into)]
    test: String,
) -> impl IntoView {
    let id = format!("input-{name}");
    let error_id = format!("{id}-error");
    let help_id = format!("{id}-help");
    let described = if help.is_some() {
        format!("{help_id} {error_id}")
    } else {
        error_id.clone()
    };
    let secret = kind == "password";
    let readable = RwSignal::new(false);
    view! {
        <div class="field" class=("form-wide", wide)>
            <Label id=id.clone() label required/>
            <div class="input-row">
                <input
                    class="input"
                    id=id
                    name=name
                    type=move || if secret && readable.get() { "text" } else { kind }
                    autocomplete=autocomplete
                    inputmode=keyboard
                    autocapitalize="off"
                    spellcheck="false"
                    aria-describedby=described
                    aria-invalid=move || error.read().is_some().to_string()
                    aria-required=required.to_string()
                    data-test=test
                    prop:value=value
                    on:input=move |event| value.set(event_target_value(&event))
                />
                {secret.then(|| view! { <Eye readable/> })}
            </div>
            {help.map(|help| view! { <p class="field-help" id=help_id>{move || help.get()}</p> })}
            <FieldError id=error_id error/>
        </div>
    }
}

/// Shows what is typed in a field for a password, and hides it again.
#[component]
fn Eye(readable: RwSignal<bool>) -> impl IntoView {
    view! {
        <button
            type="button"
            class="icon-button"
            aria-label=texts::common::show_password
            title=texts::common::show_password
            aria-pressed=move || readable.get().to_string()
            on:click=move |_| readable.update(|readable| *readable = !*readable)
        >
            <Icon glyph=Glyph::Eye/>
        </button>
    }
}

/// A text of many lines that grows as one writes.
#[component]
pub fn TextArea(
    /// Unique on the page.
    #[prop(into)]
    name: String,
    /// The label.
    #[prop(into)]
    label: TextProp,
    /// The text.
    value: RwSignal<String>,
    /// What is wrong with it.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// A sentence of help.
    #[prop(optional, into)]
    help: TextProp,
    /// Lines shown at least.
    #[prop(default = 4)]
    lines: u32,
    /// A class of its own.
    #[prop(optional)]
    class: &'static str,
    /// Whether it must be filled.
    #[prop(optional)]
    required: bool,
    /// Name for tests.
    #[prop(optional, into)]
    test: String,
) -> impl IntoView {
    let id = format!("input-{name}");
    let error_id = format!("{id}-error");
    let help_id = format!("{id}-help");
    view! {
        <div class="field form-wide">
            <Label id=id.clone() label required/>
            <p class="field-help" id=help_id.clone()>{move || help.get()}</p>
            <textarea
                autocomplete="off"
                class=format!("input {class}")
                id=id
                name=name
                rows=lines
                aria-describedby=format!("{help_id} {error_id}")
                aria-invalid=move || error.read().is_some().to_string()
                aria-required=required.to_string()
                data-test=test
                prop:value=value
                on:input=move |event| value.set(event_target_value(&event))
            ></textarea>
            <FieldError id=error_id error/>
        </div>
    }
}

/// A choice from a list.
#[component]
pub fn Select(
    /// Unique on the page.
    #[prop(into)]
    name: String,
    /// The label.
    #[prop(into)]
    label: TextProp,
    /// The chosen value; empty for none.
    value: RwSignal<String>,
    /// Values and their words, in the reader's language.
    options: Signal<Vec<(String, String)>>,
    /// What is wrong with it.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// Whether one must be chosen.
    #[prop(optional)]
    required: bool,
    /// Name for tests.
    #[prop(optional, into)]
    test: String,
) -> impl IntoView {
    let id = format!("input-{name}");
    let error_id = format!("{id}-error");
    view! {
        <div class="field">
            <Label id=id.clone() label required/>
            <div class="select">
                <select
                    autocomplete="off"
                    class="input"
                    id=id
                    name=name
                    aria-describedby=error_id.clone()
                    aria-invalid=move || error.read().is_some().to_string()
                    aria-required=required.to_string()
                    data-test=test
                    on:change=move |event| value.set(event_target_value(&event))
                >
                    <option value="" selected=move || value.read().is_empty()>{texts::form::not_set}</option>
                    {move || options.get().into_iter().map(|(key, words)| {
                        let this = key.clone();
                        view! { <option value=key selected=move || *value.read() == this>{words}</option> }
                    }).collect_view()}
                </select>
                <Icon glyph=Glyph::Down size=18/>
            </div>
            <FieldError id=error_id error/>
        </div>
    }
}
