//! Short words that something happened, with the way back. They leave by themselves, those with an undo later, and all
//! with the open book: a locked one says nothing. They have a strip of the page to themselves and cover nothing.

use std::sync::Arc;
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
    undo: Option<Undo>,
}

/// It outlives the view in which it was offered.
type Undo = Arc<dyn Fn() + Send + Sync>;

/// Handle to show toasts. It outlives them: once the book is locked it says nothing any more.
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
    /// Puts the handle into the reactive context of the caller, the frame of the open book.
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
        self.add(text.into(), "quiet", Some(Arc::new(undo)));
    }

    fn add(self, text: String, tone: &'static str, undo: Option<Undo>) {
        // Gone with the open book: what was begun before it was locked is not told to whoever looks at the lock.
        let Some(number) = self.last.try_update_value(|last| {
            *last = last.wrapping_add(1);
            *last
        }) else {
            return;
        };
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

/// Where toasts appear; once in the frame of the open book.
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
                                undo();
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
