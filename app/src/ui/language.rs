//! The switch between the languages, and keeping the document and the device's memory in step with it.

use leptos::prelude::*;

use super::page;
use crate::i18n::{Language, language, look_up_at_door, set_language, texts};

const REMEMBERED_AS: &str = "rapport.language";

/// Takes the language remembered on this device, or else the first of the browser's that we have, and keeps the
/// document's `lang` in step from now on.
pub fn start_language() {
    let remembered = page::recall(REMEMBERED_AS).and_then(|tag| Language::of_tag(&tag));
    set_language(remembered.unwrap_or_else(|| Language::best_of(&page::browser_languages())));
    Effect::new(|_| {
        page::set_document_language(language().tag());
        page::set_title(texts::app::name());
    });
}

/// Changes the language and remembers it on this device.
pub fn choose_language(language: Language) {
    set_language(language);
    page::remember(REMEMBERED_AS, language.tag());
}

/// One button for each language, each in its own words.
#[component]
pub fn LanguageSwitch() -> impl IntoView {
    let button = move |this: Language| {
        let tag = this.tag();
        let name = format!("language.{tag}");
        view! {
            <button
                type="button"
                class="segment"
                lang=tag
                aria-pressed=move || (language() == this).to_string()
                data-test=format!("language-{tag}")
                on:click=move |_| choose_language(this)
            >
                {move || look_up_at_door(&name)}
            </button>
        }
    };
    view! {
        <div class="segmented" role="group" aria-label=texts::app::language>
            {Language::ALL.map(button).collect_view()}
        </div>
    }
}
