//! A book that is opened step by step: the first rows of the list are there first, then the cards, the rest follows, and
//! nothing asked for in between is lost or done too early.

use gloo::timers::future::TimeoutFuture;

use super::*;
use rapport_shared::sync::replica::FirstRows;

use crate::book::restore::{Early, Reading, first_rows};
use crate::book::types::StartFailure;

/// A folded book with one note.
async fn begin_folded(name: &str) -> Rc<DeviceStore> {
    begin(name).await;
    Tab::open(name).await.note("one").await.unwrap();
    let store = Rc::new(DeviceStore::open(name).await.unwrap());
    fold(&store, &Keys::for_test(1)).await;
    store
}

async fn reading_of(store: &Rc<DeviceStore>) -> Reading {
    let early = Early::read(store.clone());
    Reading::of(early.book, &Keys::for_test(1)).await.unwrap()
}

async fn first_rows_of(store: &DeviceStore) -> Option<FirstRows> {
    first_rows(store.read_ahead().await.unwrap().unwrap(), &Keys::for_test(1))
}

/// A tab in which the first rows are shown.
fn begins(store: &Rc<DeviceStore>, first: FirstRows) -> Tab {
    let tab = Tab::locked();
    let early = Early::read(store.clone());
    tab.state
        .show_first_rows(Keys::for_test(1), store.clone(), first, early.book);
    tab
}

/// A tab in which the cards are shown.
fn shows(store: &Rc<DeviceStore>, reading: Reading) -> Tab {
    let tab = Tab::locked();
    let cards = reading.cards().unwrap();
    tab.state.show_cards(Keys::for_test(1), store.clone(), cards, reading);
    tab
}

#[wasm_bindgen_test]
async fn the_cards_are_shown_before_the_rest_is_read() {
    let store = begin_folded("preview-first").await;
    let tab = shows(&store, reading_of(&store).await);
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
    let tab = shows(&store, reading_of(&store).await);
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
    let reading = reading_of(&store).await;
    Tab::open("preview-fold").await.note("two").await.unwrap();
    fold(&store, &Keys::for_test(1)).await;
    let tab = shows(&store, reading);
    assert_eq!(tab.note("three").await, Ok(()));
    assert_eq!(tab.notes(), ["one", "three", "two"]);
    assert_eq!(Tab::open("preview-fold").await.notes(), tab.notes());
}

#[wasm_bindgen_test]
async fn locking_meanwhile_drops_everything() {
    let store = begin_folded("preview-lock").await;
    let tab = shows(&store, reading_of(&store).await);
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
    let tab = shows(&store, reading_of(&store).await);
    tab.state.whole().await;
    let phase = tab.state.signals.phase.get_untracked();
    assert_eq!(phase, Phase::Failed(StartFailure::Corrupt));
    assert!(tab.state.held(Replica::is_empty));
}

fn another(number: u128, name: &str) -> Op {
    let LogEntry(ops) = first_entry();
    let customer = ops.into_iter().find_map(|op| match op {
        Op::Put(record) => Some(record),
        _ => None,
    });
    let id = RecordId::from_u128(number);
    let mut customer = Record {
        id,
        scope: Scope::Under(id),
        ..customer.unwrap()
    };
    customer.fields.insert(FieldPath::known("name"), name.into());
    Op::Put(customer)
}

/// A folded book of eighty customers.
async fn begin_long(name: &str) -> Rc<DeviceStore> {
    begin(name).await;
    let store = Rc::new(DeviceStore::open(name).await.unwrap());
    let names = ["上海华信", "杭州恒源", "安徽新材"].into_iter().cycle();
    let customers = (1..80).zip(names);
    let customers = customers.map(|(number, name)| another(200 + number, &format!("{name}{number}")));
    append(&store, customers.collect()).await;
    fold(&store, &Keys::for_test(1)).await;
    store
}

/// Logs steps as another tab does that nobody hears of.
async fn append(store: &DeviceStore, steps: Vec<Op>) {
    let keys = Keys::for_test(1);
    let last = restore(store.read().await.unwrap(), &keys).await.unwrap().last;
    let sealed = keys.seal_log(last + 1, &LogEntry(steps).to_bytes().unwrap()).unwrap();
    store.append(last + 1, 0, &sealed).await.unwrap();
}

/// Locks a tab and shows the cards in it again.
pub(crate) async fn lock_and_show_cards(tab: &Tab, name: &str) {
    tab.state.lock();
    let store = Rc::new(DeviceStore::open(name).await.unwrap());
    let reading = reading_of(&store).await;
    let cards = reading.cards().unwrap();
    tab.state.show_cards(Keys::for_test(1), store, cards, reading);
}

/// Lets another tab log that a customer leaves this device, and this one take that over.
pub(crate) async fn evict_elsewhere(tab: &Tab, name: &str, customer: RecordId) {
    append(&DeviceStore::open(name).await.unwrap(), vec![Op::Evict(customer)]).await;
    tab.settle().await;
}

pub(crate) async fn until(what: impl Fn() -> bool) {
    while !what() {
        TimeoutFuture::new(1).await;
    }
}

/// A tab in which the first rows of a book of eighty customers are shown.
pub(crate) async fn begins_long(name: &str) -> Tab {
    let store = begin_long(name).await;
    begins(&store, first_rows_of(&store).await.unwrap())
}

#[wasm_bindgen_test]
async fn the_first_rows_are_shown_before_the_cards_are_read() {
    let tab = begins_long("preview-rows").await;
    let signals = tab.state.signals;
    let coming = || {
        signals
            .list_beginning
            .get_untracked()
            .map(|list| (list.rows.len(), list.total))
    };
    let standing = || (signals.phase.get_untracked(), coming());
    assert_eq!(standing(), (Phase::Open, Some((50, 80))));
    assert_eq!(signals.profile.get_untracked().map(|profile| profile.user), Some(USER));
    assert!(signals.status.get_untracked().first_pull_done);
    let customers = || tab.state.held(|replica| replica.iter(&Kind::Customer).count());
    assert_eq!((customers(), tab.state.life()), (50, None));
    until(|| signals.list_beginning.get_untracked().is_none()).await;
    assert_eq!(customers(), 80);
    tab.state.whole().await;
    assert!(signals.whole.get_untracked());
    assert_eq!(customers(), 80);
}

#[wasm_bindgen_test]
async fn the_first_rows_are_shown_only_where_they_are_right() {
    let store = begin_long("preview-right").await;
    Tab::open("preview-right").await.note("one").await.unwrap();
    let first = first_rows_of(&store).await.unwrap();
    assert_eq!((first.total, first.unsent, first.refused), (80, 1, 0));
    let tab = begins(&store, first);
    assert_eq!(tab.state.signals.status.get_untracked().unsent, 1);
    append(&store, vec![another(900, "阿里")]).await;
    assert!(first_rows_of(&store).await.is_none());
    let listed = async || {
        first_rows_of(&store)
            .await
            .map(|first| first.replica.customer_name(RecordId::from_u128(900)).is_some())
    };
    fold(&store, &Keys::for_test(1)).await;
    assert_eq!(listed().await, Some(true));
    append(&store, vec![Op::Evict(RecordId::from_u128(900))]).await;
    assert_eq!(listed().await, None);
    fold(&store, &Keys::for_test(1)).await;
    assert_eq!(listed().await, Some(false));
}

#[wasm_bindgen_test]
async fn the_first_rows_are_made_anew_once_nobody_saves() {
    let store = begin_long("preview-anew").await;
    let tab = Tab::open("preview-anew").await;
    let customer = tab.state.held(|replica| replica.get(CUSTOMER).cloned().unwrap());
    let edit = Edit::of(&customer).change(&customer, FieldPath::known("name"), "阿里");
    tab.state.save(vec![edit], None, None).await.unwrap();
    assert!(first_rows_of(&store).await.is_none());
    let first = loop {
        TimeoutFuture::new(50).await;
        if let Some(first) = first_rows_of(&store).await {
            break first;
        }
    };
    assert_eq!(first.replica.customer_name(CUSTOMER), Some("阿里"));
    assert_eq!((first.total, first.unsent), (80, 1));
    // The log is as it was.
    let (marker, log) = store.log_after(0).await.unwrap();
    assert_eq!((marker.epoch, log.len()), (1, 1));
    let again = begins(&store, first);
    again.state.whole().await;
    assert_eq!(again.state.held(|replica| replica.outbox().len()), 1);
}

#[wasm_bindgen_test]
async fn first_rows_that_are_damaged_or_of_another_moment_are_not_shown() {
    let store = begin_long("preview-other").await;
    let keys = Keys::for_test(1);
    let ahead = async || store.read_ahead().await.unwrap().unwrap();
    assert!(first_rows(ahead().await, &keys).is_some());
    let mut changed = ahead().await;
    changed.first_rows.sealed[40] ^= 1;
    assert!(first_rows(changed, &keys).is_none());
    let mut of_other_pages = ahead().await;
    of_other_pages.marker.epoch += 1;
    assert!(first_rows(of_other_pages, &keys).is_none());
    let mut of_later = ahead().await;
    of_later.first_rows.through += 1;
    assert!(first_rows(of_later, &keys).is_none());
    let mut with_a_gap = ahead().await;
    with_a_gap.log = vec![(9, keys.seal_log(9, b"[]").unwrap())];
    assert!(first_rows(with_a_gap, &keys).is_none());
    // The pages are what counts.
    let cards = reading_of(&store).await.cards().unwrap();
    assert_eq!(cards.iter(&Kind::Customer).count(), 80);
}

#[wasm_bindgen_test]
async fn locking_at_the_first_rows_drops_everything() {
    let store = begin_long("preview-lock-early").await;
    let tab = begins(&store, first_rows_of(&store).await.unwrap());
    tab.state.lock();
    until(|| Rc::strong_count(&store) == 1).await;
    assert!(tab.state.held(Replica::is_empty));
    assert_eq!(tab.state.signals.list_beginning.get_untracked(), None);
    assert_eq!(tab.state.signals.phase.get_untracked(), Phase::Locked);
    assert_eq!(tab.note("too late").await, Err(SaveError::Locked));
}

#[wasm_bindgen_test]
async fn what_is_written_at_the_first_rows_is_kept() {
    let store = begin_long("preview-write-early").await;
    let tab = begins(&store, first_rows_of(&store).await.unwrap());
    tab.state.put_draft("note".to_owned(), Some("half a thought".into()));
    assert_eq!(tab.note("one").await, Ok(()));
    assert_eq!(tab.state.keep_drafts().await, Ok(()));
    let again = Tab::open("preview-write-early").await;
    assert_eq!(again.notes(), ["one"]);
    assert_eq!(again.state.draft("note"), Some("half a thought".into()));
}
