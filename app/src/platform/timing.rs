//! Marks on the browser's own time line, for its performance tools and for measurements. Nothing is sent anywhere, and
//! no mark tells more than that a step was reached.

use wasm_bindgen::prelude::wasm_bindgen;

/// The key of the book is known: what follows is reading, not deriving.
pub(crate) const KEY_KNOWN: &str = "rapport-key-known";
/// The book is open, and nothing said in it can be found yet.
pub(crate) const NOTES_AWAITED: &str = "rapport-notes-awaited";
/// Everything said in the book can be found.
pub(crate) const NOTES_READ: &str = "rapport-notes-read";

#[wasm_bindgen]
extern "C" {
    /// Sets the mark `name` at the present point in time.
    #[wasm_bindgen(js_namespace = performance)]
    pub(crate) fn mark(name: &str);

    /// Milliseconds since the page began to load.
    #[cfg(feature = "bench")]
    #[wasm_bindgen(js_namespace = performance)]
    pub(crate) fn now() -> f64;

    #[cfg(feature = "bench")]
    #[wasm_bindgen(js_namespace = performance, js_name = getEntriesByName)]
    fn entries(name: &str) -> js_sys::Array;
}

/// When the mark `name` was set last, on the clock of [`now`].
#[cfg(feature = "bench")]
pub(crate) fn mark_at(name: &str) -> Option<f64> {
    let mark = entries(name).pop();
    js_sys::Reflect::get(&mark, &"startTime".into()).ok()?.as_f64()
}
