//! The store in a real browser: what is appended is there, what fails leaves nothing, tabs keep one order, older and
//! newer layouts are met as promised.
#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

pub(crate) mod raw;

use js_sys::{Object, Reflect};
use rexie::{ObjectStore, Rexie};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

use super::{Appended, DeviceStore, MOST_AHEAD, Marker, SealedCheckpoint, SealedFirstRows, StoreError, Stored};

wasm_bindgen_test_configure!(run_in_browser);

/// An empty store, whatever an earlier run left behind.
async fn fresh(name: &str) -> DeviceStore {
    Rexie::delete(name).await.unwrap();
    DeviceStore::open(name).await.unwrap()
}

fn checkpoint(epoch: u64, folded: u64, pages: &[(u32, Option<&str>)]) -> SealedCheckpoint {
    let page = |&(number, content): &(u32, Option<&str>)| (number, content.map(|text| text.as_bytes().to_vec()));
    SealedCheckpoint {
        marker: Marker {
            epoch,
            folded,
            unsent: 0,
        },
        head: format!("head {epoch}").into_bytes(),
        pages: pages.iter().map(page).collect(),
        first_rows: Some(first_rows(epoch, folded)),
    }
}

fn first_rows(epoch: u64, through: u64) -> SealedFirstRows {
    SealedFirstRows {
        through,
        sealed: format!("first rows {epoch}").into_bytes(),
    }
}

async fn log(store: &DeviceStore) -> Vec<(u64, String)> {
    let stored = store.read().await.unwrap();
    let entries = stored.log.into_iter();
    entries
        .map(|(number, bytes)| (number, String::from_utf8(bytes).unwrap()))
        .collect()
}

fn entries(expected: &[(u64, &str)]) -> Vec<(u64, String)> {
    expected
        .iter()
        .map(|(number, text)| (*number, (*text).to_owned()))
        .collect()
}

#[wasm_bindgen_test]
async fn keeps_what_was_written() {
    let store = fresh("keeps").await;
    assert_eq!(store.vault().await, Ok(None));
    store.create("vault", b"one").await.unwrap();
    assert_eq!(store.append(2, 0, b"two").await, Ok(Appended::Durable));
    // As after a restart: nothing but the disk is left.
    drop(store);
    let store = DeviceStore::open("keeps").await.unwrap();
    assert_eq!(store.vault().await, Ok(Some("vault".to_owned())));
    assert_eq!(log(&store).await, entries(&[(1, "one"), (2, "two")]));
}

#[wasm_bindgen_test]
async fn counts_the_unsent_in_the_open() {
    let store = fresh("unsent").await;
    store.create("vault", b"one").await.unwrap();
    assert_eq!(store.unsent().await, Ok(0));
    store.append(2, 70_000, b"two").await.unwrap();
    assert_eq!(store.unsent().await, Ok(70_000));
    let mut folded = checkpoint(1, 2, &[]);
    folded.marker.unsent = 3;
    assert_eq!(store.checkpoint(folded).await, Ok(true));
    assert_eq!(store.unsent().await, Ok(3));
}

#[wasm_bindgen_test]
async fn begins_a_book_once() {
    let store = fresh("once").await;
    store.create("first", b"one").await.unwrap();
    assert!(store.create("second", b"other").await.is_err());
    assert_eq!(store.vault().await, Ok(Some("first".to_owned())));
    assert_eq!(log(&store).await, entries(&[(1, "one")]));
}

#[wasm_bindgen_test]
async fn appends_of_two_tabs_have_one_order() {
    let store = fresh("two").await;
    let other = DeviceStore::open("two").await.unwrap();
    store.create("vault", b"one").await.unwrap();
    assert_eq!(store.append(2, 0, b"mine").await, Ok(Appended::Durable));
    // The other tab has not seen entry 2: nothing is written, and no number is lost.
    assert_eq!(other.append(2, 0, b"theirs").await, Ok(Appended::Behind));
    assert_eq!(
        other.log_after(1).await.unwrap(),
        (Marker::default(), vec![(2, b"mine".to_vec())])
    );
    assert_eq!(other.append(3, 0, b"theirs").await, Ok(Appended::Durable));
    assert_eq!(log(&store).await, entries(&[(1, "one"), (2, "mine"), (3, "theirs")]));
}

#[wasm_bindgen_test]
async fn a_checkpoint_replaces_the_log_it_holds() {
    let store = fresh("checkpoint").await;
    store.create("vault", b"one").await.unwrap();
    store.append(2, 0, b"two").await.unwrap();
    store.append(3, 0, b"three").await.unwrap();
    let first = checkpoint(1, 2, &[(0, Some("page 0")), (1, Some("page 1"))]);
    assert_eq!(store.checkpoint(first).await, Ok(true));
    let second = checkpoint(2, 2, &[(0, None), (7, Some("page 7"))]);
    assert_eq!(store.checkpoint(second).await, Ok(true));
    let stored = store.read().await.unwrap();
    assert_eq!(
        stored.marker,
        Marker {
            epoch: 2,
            folded: 2,
            unsent: 0
        }
    );
    assert_eq!(stored.head, Some(b"head 2".to_vec()));
    assert_eq!(pages(&stored), [(1, b"page 1".to_vec()), (7, b"page 7".to_vec())]);
    assert_eq!(stored.log, vec![(3, b"three".to_vec())]);
    // Numbers go on, although the entries are gone.
    assert_eq!(store.append(4, 0, b"four").await, Ok(Appended::Durable));
}

#[wasm_bindgen_test]
async fn the_first_rows_come_and_go_with_checkpoints() {
    let store = fresh("first-rows").await;
    store.create("vault", b"one").await.unwrap();
    assert!(store.read_ahead().await.unwrap().is_none());
    store.append(2, 0, b"two").await.unwrap();
    assert_eq!(store.checkpoint(checkpoint(1, 1, &[])).await, Ok(true));
    let ahead = store.read_ahead().await.unwrap().unwrap();
    assert_eq!((ahead.marker.epoch, ahead.first_rows), (1, first_rows(1, 1)));
    assert_eq!(ahead.log, [(2, b"two".to_vec())]);
    // Another tab's, which is too late.
    assert_eq!(store.checkpoint(checkpoint(1, 2, &[])).await, Ok(false));
    let ahead = store.read_ahead().await.unwrap().unwrap();
    assert_eq!(ahead.first_rows, first_rows(1, 1));
    // A long log is not looked through.
    for number in 0..u64::from(MOST_AHEAD) {
        store.append(3 + number, 0, b"more").await.unwrap();
    }
    assert!(store.read_ahead().await.unwrap().is_none());
    assert_eq!(store.checkpoint(checkpoint(2, 2, &[])).await, Ok(true));
    assert!(store.read_ahead().await.unwrap().is_some());
    let without = SealedCheckpoint {
        first_rows: None,
        ..checkpoint(3, 102, &[])
    };
    assert_eq!(store.checkpoint(without).await, Ok(true));
    assert!(store.read_ahead().await.unwrap().is_none());
}

fn pages(stored: &Stored) -> Vec<(u32, Vec<u8>)> {
    stored
        .pages
        .iter()
        .map(|(page, sealed)| (*page, sealed.bytes()))
        .collect()
}

#[wasm_bindgen_test]
async fn a_checkpoint_over_another_tabs_changes_nothing() {
    let store = fresh("epochs").await;
    store.create("vault", b"one").await.unwrap();
    assert_eq!(
        store.checkpoint(checkpoint(1, 1, &[(0, Some("newer"))])).await,
        Ok(true)
    );
    assert_eq!(
        store.checkpoint(checkpoint(1, 1, &[(0, Some("stale"))])).await,
        Ok(false)
    );
    assert_eq!(pages(&store.read().await.unwrap()), [(0, b"newer".to_vec())]);
    assert_eq!(
        store.log_after(1).await.unwrap().0,
        Marker {
            epoch: 1,
            folded: 1,
            unsent: 0
        }
    );
}

#[wasm_bindgen_test]
async fn an_append_finds_its_way_back_after_the_connection_was_cut() {
    let store = fresh("cut").await;
    store.create("vault", b"one").await.unwrap();
    store.append(2, 0, b"two").await.unwrap();
    // Closed behind the store's back: beginning a transaction fails.
    store.connection.borrow().as_ref().unwrap().cut();
    assert_eq!(store.append(3, 0, b"three").await, Ok(Appended::Durable));
    assert_eq!(log(&store).await, entries(&[(1, "one"), (2, "two"), (3, "three")]));
}

#[wasm_bindgen_test]
async fn a_deleted_store_does_not_come_back_empty() {
    let store = fresh("deleted").await;
    store.create("vault", b"one").await.unwrap();
    store.append(2, 0, b"two").await.unwrap();
    // By another tab; this one's connection gives way.
    Rexie::delete("deleted").await.unwrap();
    assert!(store.append(3, 0, b"three").await.is_err());
    assert_eq!(DeviceStore::open("deleted").await.unwrap().vault().await, Ok(None));
}

#[wasm_bindgen_test]
async fn a_store_renewed_by_another_tab_is_not_written_to() {
    let store = fresh("renewed").await;
    store.create("vault", b"one").await.unwrap();
    store.append(2, 0, b"two").await.unwrap();
    let builder = super::declared("renewed", 1_000);
    // This tab's connection gives way, or this would be blocked.
    builder.build().await.unwrap().close();
    assert_eq!(store.append(3, 0, b"three").await, Err(StoreError::NewerVersion));
}

#[wasm_bindgen_test]
async fn a_newer_layout_is_not_touched() {
    Rexie::delete("newer").await.unwrap();
    let newer = Rexie::builder("newer")
        .version(1_000)
        .add_object_store(ObjectStore::new("unheard-of"));
    newer.build().await.unwrap().close();
    assert_eq!(DeviceStore::open("newer").await.unwrap_err(), StoreError::NewerVersion);
    let newer = Rexie::builder("newer").version(1_000).build().await.unwrap();
    assert_eq!(newer.store_names(), ["unheard-of"]);
    newer.close();
}

#[wasm_bindgen_test]
fn tells_errors_apart_by_their_names() {
    let check = |text: &str, expected: StoreError| assert_eq!(StoreError::from_text(text.to_owned()), expected);
    check(
        "failed to open: VersionError: less than existing",
        StoreError::NewerVersion,
    );
    check("QuotaExceededError: ", StoreError::Full);
    check("SecurityError: denied", StoreError::Refused);
    check("InvalidStateError: closing", StoreError::Lost);
    check("UnknownError: x", StoreError::Failed("UnknownError: x".to_owned()));
}

#[wasm_bindgen_test]
async fn without_storage_says_so() {
    let global = js_sys::global();
    let key = JsValue::from_str("indexedDB");
    let present = Reflect::get_own_property_descriptor(&global, &key).unwrap();
    let absent = Object::new();
    Reflect::set(&absent, &"value".into(), &JsValue::UNDEFINED).unwrap();
    Reflect::set(&absent, &"configurable".into(), &true.into()).unwrap();
    assert!(Reflect::define_property(&global, &key, &absent).unwrap());
    let opened = DeviceStore::open("refused").await;
    assert!(Reflect::define_property(&global, &key, &present.into()).unwrap());
    assert_eq!(opened.unwrap_err(), StoreError::Refused);
}
