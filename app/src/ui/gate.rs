//! The cover of the book: the frame of the screens before it is open.

use leptos::prelude::*;
use leptos::text_prop::TextProp;

use super::language::LanguageSwitch;
use crate::i18n::texts;

/// A cover with the title slip, beside it a heading and the content, below it the languages.
#[component]
pub fn Gate(
    /// The heading.
    #[prop(into)]
    title: TextProp,
    /// What is this, in a sentence or two.
    #[prop(optional, into)]
    lead: TextProp,
    /// The content.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="gate">
            <header class="gate-cover">
                <p class="gate-slip">{texts::app::name}</p>
                <ul class="gate-points">
                    <li>{texts::app::point_offline}</li>
                    <li>{texts::app::point_sealed}</li>
                    <li>{texts::app::point_sync}</li>
                </ul>
                <p class="gate-motto">{texts::app::motto}</p>
            </header>
            <main class="gate-main">
                <div class="stack stack-tight">
                    <h1>{move || title.get()}</h1>
                    <p class="quiet">{move || lead.get()}</p>
                </div>
                {children()}
                <div class="gate-foot"><LanguageSwitch/></div>
            </main>
        </div>
    }
}
