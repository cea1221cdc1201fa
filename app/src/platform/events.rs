//! Listening to what happens to the page: hidden, shown, left, on line, touched. Listeners live as long as the page.

use gloo::events::{EventListener, EventListenerOptions};
use web_sys::EventTarget;

/// What the user does when working; any of it puts the idle lock off.
const WORK: [&str; 5] = ["pointerdown", "keydown", "wheel", "touchstart", "input"];

fn window() -> Option<EventTarget> {
    web_sys::window().map(Into::into)
}

fn document() -> Option<web_sys::Document> {
    web_sys::window()?.document()
}

fn listen(target: Option<EventTarget>, event: &'static str, mut then: impl FnMut() + 'static) {
    if let Some(target) = target {
        EventListener::new(&target, event, move |_| then()).forget();
    }
}

/// Whether the page is hidden: another tab or app is in front, or the screen is off.
pub(crate) fn is_hidden() -> bool {
    document().is_some_and(|document| document.hidden())
}

/// The page is hidden or left: the last moment at which anything is sure to run.
pub(crate) fn on_leave(then: impl Fn() + Clone + 'static) {
    let hidden = then.clone();
    listen(document().map(Into::into), "visibilitychange", move || {
        if is_hidden() {
            hidden();
        }
    });
    listen(window(), "pagehide", then);
}

/// The page is shown or focused again.
pub(crate) fn on_return(then: impl Fn() + Clone + 'static) {
    let shown = then.clone();
    listen(document().map(Into::into), "visibilitychange", move || {
        if !is_hidden() {
            shown();
        }
    });
    // Of the window itself: the focus of what is in it neither bubbles nor means that anybody came back.
    listen(window(), "focus", then);
}

/// The browser believes that there is a network again. A hint, not a truth.
pub(crate) fn on_online(then: impl Fn() + 'static) {
    listen(window(), "online", then);
}

/// The user works with the page.
pub(crate) fn on_work(then: impl Fn() + Clone + 'static) {
    let Some(window) = window() else { return };
    for event in WORK {
        let then = then.clone();
        // Before whoever stops it on its way.
        let options = EventListenerOptions::run_in_capture_phase();
        EventListener::new_with_options(&window, event, options, move |_| then()).forget();
    }
}
