//! How pages were left: whoever comes back finds a page scrolled as it was, and the focus on what led away from it. In
//! memory only; lists remember their own rows.

use std::collections::HashMap;

use gloo::events::{EventListener, EventListenerOptions, EventListenerPhase};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::Element;

use super::page;

/// How many times it is tried to find what one left by: the page is drawn first, and its rows after it.
const FRAMES: u32 = 8;

/// How far each page was scrolled.
#[derive(Clone, Copy)]
pub struct Left(StoredValue<HashMap<String, i32>>);

impl Left {
    /// Watches pages being scrolled from now on. `path`: of the page that is shown.
    pub fn watch(path: Memo<String>) -> Self {
        let tops = StoredValue::new(HashMap::new());
        let options = EventListenerOptions {
            phase: EventListenerPhase::Capture,
            passive: true,
        };
        let listener = EventListener::new_with_options(&window(), "scroll", options, move |event| {
            let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            let page = target.filter(|element| element.class_list().contains("page"));
            if let Some((page, path)) = page.zip(path.try_get_untracked()) {
                tops.try_update_value(|tops: &mut HashMap<String, i32>| tops.insert(path, page.scroll_top()));
            }
        });
        // Gone with whoever watches.
        StoredValue::new_local(listener);
        Self(tops)
    }

    /// Shows the page at `now` as it was left for `from`.
    pub fn come_back(self, now: &str, from: String) {
        let top = self.0.with_value(|tops| tops.get(now).copied()).unwrap_or_default();
        request_animation_frame(move || find(top, from, FRAMES));
    }
}

fn find(top: i32, from: String, frames: u32) {
    let page = document().query_selector("main .page").ok().flatten();
    if let Some(page) = page.filter(|_| top > 0) {
        page.set_scroll_top(top);
    }
    if focus_link(&from) {
        return;
    }
    match frames.checked_sub(1) {
        Some(frames) => request_animation_frame(move || find(top, from, frames)),
        None => page::focus_page(),
    }
}

/// The link that led to this address, or to what it is about.
fn focus_link(from: &str) -> bool {
    let mut address = from.trim_end_matches('/');
    while address.len() > 1 {
        if page::focus_first(&format!("main a[href='{address}']")) {
            return true;
        }
        address = address.rsplit_once('/').map_or("", |(before, _)| before);
    }
    false
}
