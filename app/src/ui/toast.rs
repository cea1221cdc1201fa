//! Short words that something happened, with the way back. They stand in the head of the page, one at a time: nothing of the
//! page is covered, and nothing of it moves when one comes or goes. They leave by themselves, and all with the open book: a
//! locked one says nothing.

use std::sync::Arc;
use std::time::Duration;

use leptos::prelude::*;

use super::button::IconButton;
use super::icon::Glyph;
use super::page;
use crate::i18n::texts;

const SHOWN: Duration = Duration::from_secs(6);
const SHOWN_WITH_UNDO: Duration = Duration::from_secs(15);
/// The ways back that lie on each other.
const KEPT: usize = 5;

#[derive(Clone)]
struct Toast {
    number: u32,
    text: String,
    tone: &'static str,
    undo: Option<Undo>,
}

impl Toast {
    const fn time(&self) -> Duration {
        if self.undo.is_some() { SHOWN_WITH_UNDO } else { SHOWN }
    }
}

/// It outlives the view in which it was offered.
type Undo = Arc<dyn Fn() + Send + Sync>;

/// Handle to show toasts. It outlives them: once the book is locked it says nothing any more.
#[derive(Clone, Copy)]
pub struct Toasts {
    /// The last one is shown; those below it come up again when it is closed or taken back.
    shown: RwSignal<Vec<Toast>>,
    last: StoredValue<u32>,
    /// Whether somebody's finger or focus is on it: it stays as long.
    is_held: RwSignal<bool>,
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
            is_held: RwSignal::new(false),
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

    /// Takes back what was done last, where there is a way back still.
    pub fn take_back(self) {
        let shown = self.shown.try_get_untracked().unwrap_or_default();
        let mut ways = shown.into_iter().rev();
        match ways.find_map(|toast| Some((toast.number, toast.undo?))) {
            Some((number, undo)) => {
                undo();
                self.close(number);
            }
            None => self.say(texts::common::nothing_to_undo()),
        }
    }

    fn add(self, text: String, tone: &'static str, undo: Option<Undo>) {
        // Gone with the open book: what was begun before it was locked is not told to whoever looks at the lock.
        let Some(number) = self.last.try_update_value(|last| {
            *last = last.wrapping_add(1);
            *last
        }) else {
            return;
        };
        self.shown.update(|shown| {
            // What cannot be taken back makes room for the next.
            shown.retain(|toast| toast.undo.is_some());
            if shown.len() >= KEPT {
                shown.remove(0);
            }
            shown.push(Toast {
                number,
                text,
                tone,
                undo,
            });
        });
    }

    fn close(self, number: u32) {
        self.is_held.try_set(false);
        self.shown
            .try_update(|shown| shown.retain(|toast| toast.number != number));
    }

    /// Its time is over. The ways back below one that had its time are older still.
    fn run_out(self, number: u32) {
        self.shown.try_update(|shown| match shown.last() {
            Some(toast) if toast.number == number && toast.undo.is_some() => shown.clear(),
            _ => shown.retain(|toast| toast.number != number),
        });
    }

    /// Lets the one that is shown run out, unless it is held.
    fn watch(self) {
        Effect::new(move |before: Option<Option<TimeoutHandle>>| {
            if let Some(before) = before.flatten() {
                before.clear();
            }
            let (number, time) = self.shown.read().last().map(|toast| (toast.number, toast.time()))?;
            if self.is_held.get() {
                return None;
            }
            set_timeout_with_handle(move || self.run_out(number), time).ok()
        });
    }
}

/// Where toasts appear; once in the head of the open book. Only the words are said by a screen reader, not the buttons.
#[component]
pub fn ToastRegion() -> impl IntoView {
    let toasts = use_toasts();
    toasts.watch();
    let top = Memo::new_with_compare(
        move |_| toasts.shown.read().last().cloned(),
        |before, now| {
            let number = |toast: Option<&Option<Toast>>| toast.and_then(|toast| Some(toast.as_ref()?.number));
            number(before) != number(now)
        },
    );
    let below = Memo::new(move |_| toasts.shown.read().iter().rev().skip(1).count());
    let hold = move |is_held: bool| {
        toasts.is_held.try_set(is_held);
    };
    view! {
        <div
            class="toasts"
            data-tone=move || top.read().as_ref().map(|toast| toast.tone)
            on:pointerenter=move |_| hold(true)
            on:pointerleave=move |_| hold(false)
            on:focusin=move |_| hold(true)
            on:focusout=move |_| hold(false)
        >
            <p role="status" data-test="toast">
                <For each=move || top.get() key=|toast| toast.number let(toast)>
                    <span>{toast.text}</span>
                    <Show when=move || toast.undo.is_some() && below.get() != 0>
                        <span class="toast-below" data-test="toast-below">
                            {move || texts::common::undo_more(below.get())}
                        </span>
                    </Show>
                </For>
            </p>
            <For each=move || top.get() key=|toast| toast.number let(toast)>
                {toast.undo.map(|_| view! { <TakeBack toasts/> })}
                <IconButton
                    label=texts::common::close
                    glyph=Glyph::Close
                    test="toast-close"
                    on_press=move |()| {
                        toasts.close(toast.number);
                        keep_focus();
                    }
                />
            </For>
        </div>
    }
}

/// The way back.
#[component]
fn TakeBack(toasts: Toasts) -> impl IntoView {
    let press = move |_| {
        toasts.take_back();
        keep_focus();
    };
    view! {
        <button type="button" class="button" data-test="toast-undo" on:click=press>
            {texts::common::undo}
        </button>
    }
}

/// The button that had the focus is gone: the next key begins at the page, which does not move for it.
fn keep_focus() {
    request_animation_frame(|| {
        if page::is_focus_lost() {
            page::focus_first("#main");
        }
    });
}
