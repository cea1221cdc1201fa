//! What is asked before something is done with several rows: a few fields and one button. It does nothing itself.

use leptos::prelude::*;
use leptos::text_prop::TextProp;

use super::Words;
use crate::ui::{Button, Look, Moment, MomentField};

/// A form in a dialog with one button; `on_submit` is called once nothing is wrong any more.
#[component]
pub fn Ask(
    /// On the button.
    action: Words,
    /// Whether the fields hold what is needed.
    #[prop(into)]
    is_ready: Signal<bool>,
    /// Does it.
    #[prop(into)]
    on_submit: Callback<()>,
    /// The fields.
    children: Children,
) -> impl IntoView {
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if is_ready.get_untracked() {
            on_submit.run(());
        }
    };
    view! {
        <form class="stack" on:submit=submit novalidate>
            {children()}
            <div class="cluster">
                <Button label=action look=Look::Primary disabled=Signal::derive(move || !is_ready.get()) test="ask-submit"/>
            </div>
        </form>
    }
}

/// Asks for a day.
#[component]
pub fn AskDay(
    /// Which day, in words.
    #[prop(into)]
    label: TextProp,
    /// On the button.
    action: Words,
    /// Takes the day.
    #[prop(into)]
    on_day: Callback<jiff::civil::Date>,
) -> impl IntoView {
    let value = RwSignal::new(String::new());
    let day = Memo::new(move |_| value.read().parse::<jiff::civil::Date>().ok());
    view! {
        <Ask
            action
            is_ready=Signal::derive(move || day.get().is_some())
            on_submit=move |()| day.get_untracked().into_iter().for_each(|day| on_day.run(day))
        >
            <MomentField of=Moment::Day name="ask-day" label value test="ask-day"/>
        </Ask>
    }
}
