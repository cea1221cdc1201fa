//! Short words that something happened, with the way back. They leave by themselves, those with an undo later.

use std::time::Duration;

use leptos::prelude::*;

use super::button::IconButton;
use super::icon::Glyph;
use crate::i18n::texts;

const SHOWN: Duration = Duration::from_secs(6);
const SHOWN_WITH_UNDO: Duration = Duration::from_secs(15);

#[derive(Clone)]
struct Toast {
    number: u32,
    text: String,
    tone: &'static str,
    undo: Option<Callback<()>>,
}

/// Handle to show toasts.
#[derive(Clone, Copy)]
pub struct Toasts {
    shown: RwSignal<Vec<Toast>>,
    last: StoredValue<u32>,
}

/// The toasts of this app.
pub fn use_toasts() -> Toasts {
    use_context().unwrap_or_else(Toasts::provide)
}

impl Toasts {
    /// Puts the handle into the reactive context of the caller.
    pub fn provide() -> Self {
        let toasts = Self {
            shown: RwSignal::new(Vec::new()),
            last: StoredValue::new(0),
        };
        provide_context(toasts);
        toasts
    }

    /// Says that something was done.
    pub fn say(self, text: impl Into<String>) {
        self.add(text.into(), "quiet", None);
    }

    /// Says that something failed.
    pub fn warn(self, text: impl Into<String>) {
        self.add(text.into(), "seal", None);
    }

    /// Says that something was done, and takes it back when asked.
    pub fn say_with_undo(self, text: impl Into<String>, undo: impl Fn() + Send + Sync + 'static) {
        self.add(text.into(), "quiet", Some(Callback::new(move |()| undo())));
    }

    fn add(self, text: String, tone: &'static str, undo: Option<Callback<()>>) {
        let number = self.last.get_value().wrapping_add(1);
        self.last.set_value(number);
        let time = if undo.is_some() || tone == "seal" {
            SHOWN_WITH_UNDO
        } else {
            SHOWN
        };
        self.shown.update(|shown| {
            // What cannot be taken back makes room for the next; more than three would cover the page.
            shown.retain(|toast| toast.undo.is_some());
            if shown.len() >= 3 {
                shown.remove(0);
            }
            shown.push(Toast {
                number,
                text,
                tone,
                undo,
            });
        });
        set_timeout(move || self.close(number), time);
    }

    fn close(self, number: u32) {
        self.shown
            .try_update(|shown| shown.retain(|toast| toast.number != number));
    }
}

/// Where toasts appear; once in the app.
#[component]
pub fn ToastRegion() -> impl IntoView {
    let toasts = use_toasts();
    view! {
        <div class="toasts" role="status" aria-live="polite">
            <For each=move || toasts.shown.get() key=|toast| toast.number let(toast)>
                <div class="toast" data-tone=toast.tone data-test="toast">
                    <p>{toast.text}</p>
                    {toast.undo.map(|undo| view! {
                        <button
                            type="button"
                            class="button"
                            data-test="toast-undo"
                            on:click=move |_| {
                                undo.run(());
                                toasts.close(toast.number);
                            }
                        >
                            {texts::common::undo}
                        </button>
                    })}
                    <IconButton
                        label=texts::common::close
                        glyph=Glyph::Close
                        on_press=move |()| toasts.close(toast.number)
                    />
                </div>
            </For>
        </div>
    }
}
