//! What was put off happens while its view is there, and never after.
#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

use super::super::{Cursor, VirtualList};
use super::Later;
use crate::platform::task::painted;

wasm_bindgen_test_configure!(run_in_browser);

async fn after_frames() {
    for _ in 0..3 {
        painted().await;
    }
}

#[wasm_bindgen_test]
async fn happens_only_while_the_view_is_there() {
    let done = Rc::new(Cell::new(0));
    let put_off = |later: Later| {
        let (one, other) = (done.clone(), done.clone());
        later.frame(move || one.set(one.get() + 1));
        later.after(Duration::ZERO, move || other.set(other.get() + 1));
    };
    let owner = Owner::new();
    let later = owner.with(Later::of_view);
    put_off(later);
    after_frames().await;
    assert_eq!(done.get(), 2);
    put_off(later);
    owner.cleanup();
    assert!(!later.is_here());
    after_frames().await;
    assert_eq!(done.get(), 2);
}

/// A key that finds nothing takes the list away in the very frame in which it wanted to measure itself.
#[wasm_bindgen_test]
async fn a_list_that_goes_at_once_leaves_nothing_behind() {
    let place = document().create_element("div").unwrap();
    document().body().unwrap().append_child(&place).unwrap();
    let items = ArcRwSignal::new(Arc::new((0..500).collect::<Vec<u32>>()));
    let (given, asked) = (items.clone(), ArcRwSignal::new(String::new()));
    let question = asked.clone();
    let mounted = leptos::mount::mount_to(place.clone().unchecked_into(), move || {
        let (items, asked) = (RwSignal::from(given), RwSignal::from(question));
        let any = Memo::new(move |_| !items.read().is_empty());
        view! {
            <Show when=move || any.get()>
                <VirtualList
                    items
                    to_come=Signal::derive(|| 0)
                    asked
                    label="numbers"
                    hint="arrows"
                    cursor=Cursor::new()
                    row=|number: u32, _| view! { <p>{number}</p> }.into_any()
                />
            </Show>
        }
    });
    for key in 0..8 {
        asked.set(format!("w{key}"));
        items.set(Arc::new((0..key * 7).collect()));
        leptos::task::tick().await;
        items.set(Arc::default());
        leptos::task::tick().await;
    }
    after_frames().await;
    assert!(place.query_selector("li").unwrap().is_none());
    items.set(Arc::new(vec![1]));
    after_frames().await;
    assert!(place.query_selector("li").unwrap().is_some());
    drop(mounted);
    place.remove();
}
