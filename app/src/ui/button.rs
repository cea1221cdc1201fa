//! Buttons. One of them on a screen is primary.

use leptos::prelude::*;
use leptos::text_prop::TextProp;

use super::icon::{Glyph, Icon};

/// How much a button asks for attention.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Look {
    /// The one thing to do on this screen.
    Primary,
    /// Anything else.
    #[default]
    Quiet,
    /// Without a border, inside lists and lines.
    Plain,
    /// Takes something away.
    Danger,
}

impl Look {
    const fn name(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::Quiet => "quiet",
            Self::Plain => "plain",
            Self::Danger => "danger",
        }
    }
}

/// A button with words, and an icon before them if given. Without `on_press` it submits its form.
#[component]
pub fn Button(
    /// The words.
    #[prop(into)]
    label: TextProp,
    /// Its weight.
    #[prop(optional)]
    look: Look,
    /// An icon before the words.
    #[prop(optional)]
    glyph: Option<Glyph>,
    /// Whether it cannot be pressed now.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// As wide as its container.
    #[prop(optional)]
    wide: bool,
    /// Name for tests.
    #[prop(optional)]
    test: &'static str,
    /// What pressing does.
    #[prop(optional, into)]
    on_press: Option<Callback<()>>,
) -> impl IntoView {
    let kind = if on_press.is_some() { "button" } else { "submit" };
    let press = move |_| {
        if let Some(callback) = on_press {
            callback.run(());
        }
    };
    view! {
        <button
            type=kind
            class="button"
            class=("button-wide", wide)
            data-look=look.name()
            data-test=test
            disabled=disabled
            on:click=press
        >
            {glyph.map(|glyph| view! { <Icon glyph/> })}
            <span>{move || label.get()}</span>
        </button>
    }
}

/// A button with an icon only; `label` is what screen readers and tooltips say.
#[component]
pub fn IconButton(
    /// What it does, in words.
    #[prop(into)]
    label: TextProp,
    /// The icon.
    glyph: Glyph,
    /// Name for tests.
    #[prop(optional, into)]
    test: String,
    /// What pressing does.
    #[prop(into)]
    on_press: Callback<()>,
) -> impl IntoView {
    let title = label.clone();
    view! {
        <button
            type="button"
            class="icon-button"
            aria-label=move || label.get()
            title=move || title.get()
            data-test=test
            on:click=move |_| on_press.run(())
        >
            <Icon glyph/>
        </button>
    }
}
