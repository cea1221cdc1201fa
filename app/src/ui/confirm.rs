//! A question that is answered by typing a word, for the few things that cannot be undone.

use leptos::prelude::*;
use leptos::text_prop::TextProp;

use super::button::{Button, Look};
use super::dialog::Dialog;
use super::empty::Banner;
use super::field::Field;
use crate::i18n::texts;

/// Asks before something that cannot be undone.
#[component]
pub fn TypedConfirmation(
    /// Whether it is shown.
    open: RwSignal<bool>,
    /// The heading.
    #[prop(into)]
    title: TextProp,
    /// What will happen.
    #[prop(into)]
    lead: TextProp,
    /// What would be lost.
    #[prop(into)]
    warning: TextProp,
    /// Whether something would be lost.
    #[prop(into)]
    severe: Signal<bool>,
    /// The word to type, in the reader's language.
    word: fn() -> &'static str,
    /// The words of the button.
    #[prop(into)]
    action: TextProp,
    /// Does it.
    #[prop(into)]
    on_confirm: Callback<()>,
) -> impl IntoView {
    let typed = RwSignal::new(String::new());
    let differs = Signal::derive(move || !typed.read().trim().eq_ignore_ascii_case(word()));
    Effect::new(move |_| {
        if open.get() {
            typed.set(String::new());
        }
    });
    view! {
        <Dialog open title>
            {
                let (lead, warning, action) = (lead.clone(), warning.clone(), action.clone());
                view! {
                    <p>{move || lead.get()}</p>
                    {move || {
                        let text = warning.clone();
                        let tone = if severe.get() { "seal" } else { "jade" };
                        view! { <div data-test="confirm-warning"><Banner tone text/></div> }
                    }}
                    <form
                        class="form"
                        on:submit=move |event| {
                            event.prevent_default();
                            if !differs.get_untracked() {
                                open.set(false);
                                on_confirm.run(());
                            }
                        }
                    >
                        <Field name="confirm" label=move || texts::wipe::type_word(word()) value=typed test="confirm-word"/>
                        <div class="cluster">
                            <Button label=action look=Look::Danger disabled=differs test="confirm-submit"/>
                            <Button label=texts::common::cancel test="confirm-cancel" on_press=move |()| open.set(false)/>
                        </div>
                    </form>
                }
            }
        </Dialog>
    }
}
