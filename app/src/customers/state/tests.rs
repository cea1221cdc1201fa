//! The list while a book is being opened: what is shown first stays where it is, and nothing is said to be all there is.
//! Later it follows every change.

use leptos::prelude::*;
use rapport_shared::customers::new_customer;
use rapport_shared::ids::RecordId;
use rapport_shared::record::mutation::Edit;
use rapport_shared::record::{FieldPath, Kind, Scope};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

use super::ListState;
use crate::book::Book;
use crate::book::tests::Tab;
use crate::book::tests::preview::{begins_long, evict_elsewhere, lock_and_show_cards, until};
use crate::finding::Finding;

wasm_bindgen_test_configure!(run_in_browser);

/// A tab in which the list shows the first rows of eighty customers.
async fn list_begins(name: &str) -> (Tab, Book, ListState) {
    // What is mounted has somebody to run its effects, and a list has some.
    leptos::mount::mount_to_body(|| ());
    let tab = begins_long(name).await;
    let book = tab.book();
    let list = tab.with(|| ListState::new(book, Finding::new(book)));
    (tab, book, list)
}

#[wasm_bindgen_test]
async fn the_list_begins_with_the_first_rows_and_they_stay_where_they_are() {
    let (_tab, book, list) = list_begins("list-rows").await;
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

#[wasm_bindgen_test]
async fn the_list_follows_what_comes_changes_and_goes() {
    let (tab, book, list) = list_begins("list-follows").await;
    until(|| book.is_whole().get_untracked()).await;
    let (id, contact) = (RecordId::from_u128(9_000), RecordId::from_u128(9_001));
    // How many customers there are, the name shown, and how many are found by each of the names.
    let standing = || {
        let found = ["招商局", "平安", "王芳"].map(|typed| {
            list.query.set(typed.to_owned());
            list.shown.get_untracked().len()
        });
        let listed = list.listed.get_untracked();
        (
            listed.len(),
            listed.get(&id).map(|listed| listed.digest.name.clone()),
            found,
        )
    };
    let check = async |edit: Edit, expected: (usize, Option<&str>, [usize; 3])| {
        book.write(vec![edit]).await.unwrap();
        let (total, name, found) = standing();
        assert_eq!((total, name.as_deref(), found), expected);
    };
    let held = |id| book.read_untracked(|replica| replica.get(id).cloned()).unwrap();
    let named = |edit: Edit, name: &str| edit.set(FieldPath::known("name"), name);
    assert_eq!(standing(), (80, None, [0, 0, 0]));
    let customer = new_customer(id, &book.profile().get_untracked().unwrap());
    let customer = customer.set(FieldPath::known("type"), "corporate");
    check(named(customer, "招商局集团"), (81, Some("招商局集团"), [1, 0, 0])).await;
    let person = Edit::create(contact, Kind::Contact, Scope::Under(id));
    check(named(person, "王芳"), (81, Some("招商局集团"), [1, 0, 1])).await;
    let renamed = Edit::of(&held(id)).change(&held(id), FieldPath::known("name"), "平安保险");
    check(renamed, (81, Some("平安保险"), [0, 1, 1])).await;
    check(Edit::delete(&held(contact)), (81, Some("平安保险"), [0, 1, 0])).await;
    // One of the eighty leaves this device.
    let first = RecordId::from_u128(201);
    assert!(list.listed.get_untracked().contains_key(&first));
    evict_elsewhere(&tab, "list-follows", first).await;
    assert_eq!(standing(), (80, Some("平安保险".to_owned()), [0, 1, 0]));
    assert!(!list.listed.get_untracked().contains_key(&first));
}

#[wasm_bindgen_test]
async fn a_list_that_stays_shows_nothing_of_a_locked_book() {
    let (tab, book, list) = list_begins("list-locked").await;
    let held = || list.listed.get_untracked().len();
    until(|| book.is_whole().get_untracked()).await;
    assert_eq!(held(), 80);
    lock_and_show_cards(&tab, "list-locked").await;
    assert_eq!(held(), 80);
    book.lock_anyway();
    assert_eq!(held(), 0);
}
