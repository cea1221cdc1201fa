//! The browser's history, as far as the way back needs it: each entry the app makes says how many of the app's own lie
//! before it, so that a reload does not forget it. It decides about no screen.

use std::time::Duration;

use leptos::prelude::*;
use wasm_bindgen::JsValue;
use web_sys::History;

/// The count before the app has made an entry.
const NONE_BEFORE: f64 = -1.0;

fn history() -> Option<History> {
    window().history().ok()
}

/// How many entries of the app lie before the present one; `None` where it was not counted.
fn depth() -> Option<f64> {
    history()?.state().ok()?.as_f64()
}

/// What the present entry says about itself, for another that takes its place.
pub fn state() -> JsValue {
    history()
        .and_then(|history| history.state().ok())
        .unwrap_or(JsValue::NULL)
}

/// Whether one step back stays in the app.
pub fn is_way_back() -> bool {
    depth().is_some_and(|depth| depth > 0.0)
}

/// One step back, as by the browser's own button.
pub fn back() {
    if let Some(history) = history() {
        let _ = history.back();
    }
}

fn shown() -> Option<String> {
    let location = window().location();
    Some(format!("{}{}", location.pathname().ok()?, location.search().ok()?))
}

/// Tells a step back from a step on.
#[derive(Clone, Copy)]
pub struct Steps(StoredValue<f64>);

impl Steps {
    /// Whether the address that is just being shown was come back to.
    pub fn is_back(self) -> bool {
        let before = self.0.get_value();
        depth().is_some_and(|now| now < before)
    }
}

/// Counts the entries from now on; `address` is where the router believes to be. Called once, by the frame.
pub fn count(address: Signal<String>) -> Steps {
    let last = StoredValue::new(depth().unwrap_or(NONE_BEFORE));
    Effect::new(move |_| {
        address.track();
        // The router makes the entry once the page is drawn.
        let settled = move || {
            if let (Some(address), Some(before)) = (address.try_get_untracked(), last.try_get_value()) {
                last.set_value(settle(&address, before));
            }
        };
        set_timeout(settled, Duration::ZERO);
    });
    Steps(last)
}

/// Makes the entry the router left out, and counts one that has no count yet. After some ways back the router takes the
/// address it goes to for the one it is at, and makes no entry: the next step back would be two.
fn settle(address: &str, before: f64) -> f64 {
    let Some(history) = history() else { return before };
    let next = JsValue::from_f64(before + 1.0);
    if shown().is_some_and(|shown| shown != address) {
        let _ = history.push_state_with_url(&next, "", Some(address));
        return before + 1.0;
    }
    depth().unwrap_or_else(|| {
        let _ = history.replace_state(&next, "");
        before + 1.0
    })
}
