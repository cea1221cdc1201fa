//! A book that is opened in two steps: the cards are there first, the rest follows, and nothing asked for in between is
//! lost or done too early.

use gloo::timers::future::TimeoutFuture;

use super::*;
use crate::book::restore::cards;
use crate::book::types::StartFailure;

/// A folded book with one note.
async fn begin_folded(name: &str) -> Rc<DeviceStore> {
    begin(name).await;
    Tab::open(name).await.note("one").await.unwrap();
    let store = Rc::new(DeviceStore::open(name).await.unwrap());
    fold(&store, &Keys::for_test(1)).await;
    store
}

async fn cards_of(store: &DeviceStore) -> Replica {
    cards(store, &Keys::for_test(1)).await.unwrap().unwrap()
}

/// A tab in which the cards are shown.
fn shows(store: &Rc<DeviceStore>, cards: Replica) -> Tab {
    let tab = Tab::locked();
    tab.state.show_cards(Keys::for_test(1), store.clone(), cards);
    tab
}

#[wasm_bindgen_test]
async fn the_cards_are_shown_before_the_rest_is_read() {
    let store = begin_folded("preview-first").await;
    let tab = shows(&store, cards_of(&store).await);
    let signals = tab.state.signals;
    let standing = || (signals.phase.get_untracked(), signals.whole.get_untracked());
    assert_eq!(standing(), (Phase::Open, false));
    assert_eq!(signals.profile.get_untracked().map(|profile| profile.user), Some(USER));
    let status = signals.status.get_untracked();
    assert_eq!((status.first_pull_done, status.unsent), (true, 1));
    let name = tab
        .state
        .held(|replica| replica.customer_name(CUSTOMER).map(str::to_owned));
    assert_eq!(name.as_deref(), Some("万科企业股份有限公司"));
    assert_eq!(tab.state.life(), None);
    tab.state.whole().await;
    assert_eq!(standing(), (Phase::Open, true));
    assert_eq!(tab.notes(), ["one"]);
    assert_eq!(Tab::open("preview-first").await.notes(), ["one"]);
}

#[wasm_bindgen_test]
async fn what_is_written_meanwhile_is_kept() {
    let store = begin_folded("preview-write").await;
    let tab = shows(&store, cards_of(&store).await);
    tab.state.put_draft("note".to_owned(), Some("half a thought".into()));
    assert_eq!(tab.state.draft("note"), Some("half a thought".into()));
    assert_eq!(tab.note("two").await, Ok(()));
    assert_eq!(tab.state.keep_drafts().await, Ok(()));
    let again = Tab::open("preview-write").await;
    assert_eq!(again.notes(), ["one", "two"]);
    assert_eq!(again.state.draft("note"), Some("half a thought".into()));
}

#[wasm_bindgen_test]
async fn what_other_tabs_fold_meanwhile_is_there_afterwards() {
    let store = begin_folded("preview-fold").await;
    let cards = cards_of(&store).await;
    Tab::open("preview-fold").await.note("two").await.unwrap();
    fold(&store, &Keys::for_test(1)).await;
    let tab = shows(&store, cards);
    assert_eq!(tab.note("three").await, Ok(()));
    assert_eq!(tab.notes(), ["one", "three", "two"]);
    assert_eq!(Tab::open("preview-fold").await.notes(), tab.notes());
}

#[wasm_bindgen_test]
async fn locking_meanwhile_drops_everything() {
    let store = begin_folded("preview-lock").await;
    let tab = shows(&store, cards_of(&store).await);
    tab.state.put_draft("note".to_owned(), Some("half a thought".into()));
    tab.state.lock();
    let is_empty = || tab.state.held(Replica::is_empty) && tab.state.held(|replica| replica.profile().is_none());
    assert!(is_empty());
    assert!(tab.state.signals.draft_lost.get_untracked());
    assert_eq!(tab.note("too late").await, Err(SaveError::Locked));
    // Until the reading of the rest has been given up as well.
    while Rc::strong_count(&store) > 1 {
        TimeoutFuture::new(1).await;
    }
    assert!(is_empty());
    assert_eq!(tab.state.signals.phase.get_untracked(), Phase::Locked);
    assert!(!tab.state.signals.whole.get_untracked());
}

#[wasm_bindgen_test]
async fn a_book_of_which_the_rest_is_damaged_is_closed() {
    let store = begin_folded("preview-damaged").await;
    let keys = Keys::for_test(1);
    let stored = store.read().await.unwrap();
    let marker = Marker {
        epoch: stored.marker.epoch + 1,
        ..stored.marker
    };
    let replica = restore(stored, &keys).await.unwrap().replica;
    let mut checkpoint = sealed_checkpoint(&keys, &replica, marker);
    checkpoint.pages = vec![(0, Some(keys.seal_page(0, b"not a page").unwrap()))];
    assert_eq!(store.checkpoint(checkpoint).await, Ok(true));
    let tab = shows(&store, cards_of(&store).await);
    tab.state.whole().await;
    let phase = tab.state.signals.phase.get_untracked();
    assert_eq!(phase, Phase::Failed(StartFailure::Corrupt));
    assert!(tab.state.held(Replica::is_empty));
}
