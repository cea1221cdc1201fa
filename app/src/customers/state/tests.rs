//! The list while a book is being opened: what is shown first stays where it is, and nothing is said to be all there is.

use leptos::prelude::*;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

use super::ListState;
use crate::book::tests::preview::{begins_long, until};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
async fn the_list_begins_with_the_first_rows_and_they_stay_where_they_are() {
    // What is mounted has somebody to run its effects, and a list has some.
    leptos::mount::mount_to_body(|| ());
    let tab = begins_long("list-rows").await;
    let book = tab.book();
    let list = tab.with(|| ListState::new(book));
    let standing = || {
        let shown = list.shown.get_untracked().len();
        (shown, list.to_come.get_untracked(), list.total.get_untracked())
    };
    assert_eq!(standing(), (50, 30, 80));
    let first = list.shown.get_untracked();
    // What is looked for may be further down: it is found once it is here.
    list.query.set("万科".to_owned());
    assert_eq!(list.shown.get_untracked(), first);
    until(|| book.list_beginning().get_untracked().is_none()).await;
    assert_eq!(list.shown.get_untracked().len(), 1);
    list.query.set(String::new());
    assert_eq!(standing(), (80, 0, 80));
    assert_eq!(list.shown.get_untracked()[..50], first[..]);
    until(|| book.is_whole().get_untracked()).await;
    assert_eq!(standing(), (80, 0, 80));
    assert_eq!(list.shown.get_untracked()[..50], first[..]);
}
