//! The store of a sealed book in the browser: what opens it, its pages, and the log in front of them. It moves sealed
//! bytes and plain numbers; it holds no key and understands nothing it stores.
//!
//! # Layout (version 5)
//! - `vault`: key `book` → a text, not secret: the wrapped key and what else must be known before unlocking.
//! - `log`: 1, 2, 3 … without gaps → how much is unsent with it (32 bits, little-endian, in the open), then one sealed
//!   log entry. One order for all tabs. Since version 4, entries of many changes have a briefer form.
//! - `pages`: page number → one sealed page of records, with everything folded in up to the marker. Since version 2,
//!   the cards lie on pages of their own, with high numbers. Since version 5, they are packed rather than JSON.
//! - `head`: `head` → the sealed rest of the book at the marker; `marker` → see [`Marker`]. Since version 3,
//!   `first_rows` → up to which log entry they are right (64 bits, little-endian, in the open), then what the first rows
//!   of the list of customers are drawn from, sealed; written with the head or after it, or absent.
//!
//! What rexie opens loses every store that is not declared: all of [`STORES`] stay declared for ever.

mod strict;

use std::cell::RefCell;
use std::rc::Rc;

use futures::future::{Either, select};
use gloo::timers::future::TimeoutFuture;
use js_sys::Uint8Array;
use rexie::{Direction, KeyRange, ObjectStore, Rexie, RexieBuilder, Transaction, TransactionMode};
use serde::{Deserialize, Serialize};
use wasm_bindgen::{JsCast, JsValue};

pub(crate) use strict::Appended;
use strict::Connection;

/// Version of the layout. Raised when a store is added, and when the sealed shapes grow (see
/// [`rapport_shared::sync::replica`]): programs that know less leave the store alone then.
pub(crate) const VERSION: u32 = 5;
const VAULT: &str = "vault";
const LOG: &str = "log";
const PAGES: &str = "pages";
const HEAD: &str = "head";
/// Every store there ever was, and whether it numbers what is added to it.
const STORES: [(&str, bool); 4] = [(VAULT, false), (LOG, true), (PAGES, false), (HEAD, false)];
/// Keys within [`VAULT`] and [`HEAD`].
const BOOK_KEY: &str = "book";
const HEAD_KEY: &str = "head";
const MARKER_KEY: &str = "marker";
const FIRST_ROWS_KEY: &str = "first_rows";
/// The most log entries that are read before the key is known.
const MOST_AHEAD: u32 = 100;
/// How long other tabs may take to let go of an older version, in milliseconds.
const PATIENCE: u32 = 4_000;

/// Why the store did not do what it was asked to. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum StoreError {
    /// The browser gives no storage.
    #[error("the browser gives no storage")]
    Refused,
    /// A newer version of the app wrote the store.
    #[error("the store is of a newer version")]
    NewerVersion,
    /// Another tab does not let go.
    #[error("another tab holds the store")]
    Blocked,
    /// There is no room.
    #[error("there is no room left")]
    Full,
    /// The connection is gone; nothing was begun.
    #[error("the connection to the store is gone")]
    Lost,
    /// What is there is not what the app wrote.
    #[error("the store is damaged: {0}")]
    Damaged(String),
    /// Anything else the browser may say.
    #[error("the store failed: {0}")]
    Failed(String),
}

impl StoreError {
    /// The error of which a text of the browser speaks. Names are those of DOM exceptions.
    fn from_text(text: String) -> Self {
        const NAMES: [(&str, StoreError); 5] = [
            ("VersionError", StoreError::NewerVersion),
            ("QuotaExceededError", StoreError::Full),
            ("SecurityError", StoreError::Refused),
            ("NotAllowedError", StoreError::Refused),
            ("InvalidStateError", StoreError::Lost),
        ];
        let named = NAMES.iter().find(|(name, _)| text.contains(name));
        named.map_or(Self::Failed(text), |(_, error)| error.clone())
    }
}

impl From<rexie::Error> for StoreError {
    fn from(error: rexie::Error) -> Self {
        Self::from_text(match error {
            rexie::Error::IdbError(error) => error.to_string(),
            other => other.to_string(),
        })
    }
}

/// Up to where pages and head reach.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Marker {
    /// Grows by one with every checkpoint: who checkpointed last may do so again from memory, others read first.
    pub(crate) epoch: u64,
    /// The last log entry folded in.
    pub(crate) folded: u64,
    /// How many changes were unsent then.
    #[serde(default)]
    pub(crate) unsent: u32,
}

/// What is stored of a book, sealed.
#[derive(Debug, Default)]
pub(crate) struct Stored {
    pub(crate) marker: Marker,
    pub(crate) head: Option<Vec<u8>>,
    pub(crate) pages: Vec<(u32, StoredPage)>,
    pub(crate) log: Vec<(u64, Vec<u8>)>,
}

/// A sealed page as the browser gave it. It lies outside the app's own memory, which never shrinks again: of all that is
/// stored, only the page at hand is ever in there.
#[derive(Debug)]
pub(crate) struct StoredPage(Uint8Array);

impl StoredPage {
    /// As the store gives it.
    #[cfg(all(test, target_arch = "wasm32"))]
    pub(crate) fn of(bytes: &[u8]) -> Self {
        Self(Uint8Array::from(bytes))
    }

    /// The sealed bytes.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.0.to_vec()
    }

    fn read(value: JsValue) -> Result<Self, StoreError> {
        array(value).map(Self)
    }
}

/// What is read before the key is known, so that there is something to show as soon as it is. Nothing depends on it:
/// everything is read again.
#[derive(Debug)]
pub(crate) struct Ahead {
    pub(crate) marker: Marker,
    pub(crate) first_rows: SealedFirstRows,
    /// The log entries after those rows.
    pub(crate) log: Vec<(u64, Vec<u8>)>,
}

/// What the first rows of the list of customers are drawn from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SealedFirstRows {
    /// The last log entry in it.
    pub(crate) through: u64,
    pub(crate) sealed: Vec<u8>,
}

/// What replaces pages, head and the folded part of the log.
#[derive(Debug)]
pub(crate) struct SealedCheckpoint {
    /// The marker of the new state; its epoch follows the present one.
    pub(crate) marker: Marker,
    pub(crate) head: Vec<u8>,
    /// New content by page number; `None`: the page is deleted.
    pub(crate) pages: Vec<(u32, Option<Vec<u8>>)>,
    /// `None`: there are none from now on.
    pub(crate) first_rows: Option<SealedFirstRows>,
}

impl SealedFirstRows {
    fn value(&self) -> JsValue {
        after_open(self.through.to_le_bytes(), &self.sealed)
    }

    fn read(value: Vec<u8>) -> Result<Self, StoreError> {
        match value.split_first_chunk() {
            Some((through, sealed)) => Ok(Self {
                through: u64::from_le_bytes(*through),
                sealed: sealed.to_vec(),
            }),
            None => Err(StoreError::Damaged("the first rows are too short".to_owned())),
        }
    }
}

/// The store of one book.
#[derive(Debug)]
pub(crate) struct DeviceStore {
    name: String,
    connection: RefCell<Option<Rc<Connection>>>,
}

impl DeviceStore {
    /// Opens the store `name`, makes it when there is none, and brings an older layout up to date.
    ///
    /// # Errors
    /// [`StoreError`]; a store of a newer version is not touched.
    pub(crate) async fn open(name: &str) -> Result<Self, StoreError> {
        connect(name).await?.close();
        Ok(Self {
            name: name.to_owned(),
            connection: RefCell::default(),
        })
    }

    /// What must be known before unlocking; `None`: there is no book.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) async fn vault(&self) -> Result<Option<String>, StoreError> {
        self.within(&[VAULT], TransactionMode::ReadOnly, async |transaction| {
            let value = transaction.store(VAULT)?.get(BOOK_KEY.into()).await?;
            value.map_or(Ok(None), |value| text(value).map(Some))
        })
        .await
    }

    /// Begins a book with its first log entry.
    ///
    /// # Errors
    /// [`StoreError`]; also when there is a book already.
    pub(crate) async fn create(&self, vault: &str, first: &[u8]) -> Result<(), StoreError> {
        self.within(&[VAULT, LOG], TransactionMode::ReadWrite, async |transaction| {
            let book = JsValue::from_str(BOOK_KEY);
            transaction.store(VAULT)?.add(&vault.into(), Some(&book)).await?;
            transaction.store(LOG)?.add(&logged(0, first), None).await?;
            Ok(())
        })
        .await
    }

    /// Everything there is, as of one moment.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) async fn read(&self) -> Result<Stored, StoreError> {
        self.within(&[HEAD, PAGES, LOG], TransactionMode::ReadOnly, async |transaction| {
            let head = transaction.store(HEAD)?.get(HEAD_KEY.into()).await?;
            Ok(Stored {
                marker: marker(transaction).await?,
                head: head.map(bytes).transpose()?,
                pages: pairs(transaction, PAGES, None, StoredPage::read).await?,
                log: log(transaction, None).await?,
            })
        })
        .await
    }

    /// What the first rows of the list are shown from; `None` where there is nothing, or a log too long to be looked
    /// through for them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) async fn read_ahead(&self) -> Result<Option<Ahead>, StoreError> {
        self.within(&[HEAD, LOG], TransactionMode::ReadOnly, async |transaction| {
            let Some(rows) = transaction.store(HEAD)?.get(FIRST_ROWS_KEY.into()).await? else {
                return Ok(None);
            };
            let first_rows = SealedFirstRows::read(bytes(rows)?)?;
            let since = KeyRange::lower_bound(&number(first_rows.through), Some(true)).map_err(rexie::Error::from)?;
            if transaction.store(LOG)?.count(Some(since.clone())).await? > MOST_AHEAD {
                return Ok(None);
            }
            Ok(Some(Ahead {
                marker: marker(transaction).await?,
                first_rows,
                log: log(transaction, Some(since)).await?,
            }))
        })
        .await
    }

    /// The log entries after `last`, with their numbers, and the marker: when it is beyond `last`, some of them were
    /// folded into pages meanwhile.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) async fn log_after(&self, last: u64) -> Result<(Marker, Vec<(u64, Vec<u8>)>), StoreError> {
        self.within(&[HEAD, LOG], TransactionMode::ReadOnly, async |transaction| {
            let range = KeyRange::lower_bound(&number(last), Some(true)).map_err(rexie::Error::from)?;
            Ok((marker(transaction).await?, log(transaction, Some(range)).await?))
        })
        .await
    }

    /// How many changes are unsent. Known without a key, so that whoever clears a locked device is told.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) async fn unsent(&self) -> Result<u32, StoreError> {
        self.within(&[HEAD, LOG], TransactionMode::ReadOnly, async |transaction| {
            let newest = transaction.store(LOG)?;
            let newest = newest.scan(None, Some(1), None, Some(Direction::Prev)).await?.pop();
            match newest {
                Some((_, value)) => Ok(split(bytes(value)?)?.0),
                None => Ok(marker(transaction).await?.unsent),
            }
        })
        .await
    }

    /// Appends a sealed entry to the log as number `expected`, durably; or nothing, when other tabs have appended
    /// since. `unsent`: how many changes are unsent with it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) async fn append(&self, expected: u64, unsent: u32, sealed: &[u8]) -> Result<Appended, StoreError> {
        let value = logged(unsent, sealed);
        match self.connection().await?.append(expected, &value).await {
            // Nothing was begun, so nothing can come twice.
            Err(StoreError::Lost) => {
                self.connection.take();
                self.connection().await?.append(expected, &value).await
            }
            result => result,
        }
    }

    async fn connection(&self) -> Result<Rc<Connection>, StoreError> {
        let present = self.connection.borrow().clone();
        if let Some(connection) = present.filter(|connection| connection.is_open()) {
            return Ok(connection);
        }
        let connection = Rc::new(Connection::open(&self.name).await?);
        self.connection.replace(Some(connection.clone()));
        Ok(connection)
    }

    /// Replaces pages and head, and drops the part of the log they hold. `false`: another tab has done so since
    /// epoch `checkpoint.marker.epoch - 1`; nothing was changed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) async fn checkpoint(&self, checkpoint: SealedCheckpoint) -> Result<bool, StoreError> {
        self.within(&[HEAD, PAGES, LOG], TransactionMode::ReadWrite, async |transaction| {
            if marker(transaction).await?.epoch + 1 != checkpoint.marker.epoch {
                return Ok(false);
            }
            let pages = transaction.store(PAGES)?;
            let (kept, emptied): (Vec<_>, Vec<_>) = checkpoint.pages.into_iter().partition(|(_, page)| page.is_some());
            let kept = kept
                .into_iter()
                .filter_map(|(page, content)| Some((Uint8Array::from(content?.as_slice()).into(), Some(page.into()))));
            pages.put_all(kept).await?;
            for (page, _) in emptied {
                pages.delete(page.into()).await?;
            }
            let folded = KeyRange::upper_bound(&number(checkpoint.marker.folded), Some(false));
            let folded = folded.map_err(rexie::Error::from)?;
            transaction.store(LOG)?.delete(folded.into()).await?;
            let marker = serde_json::to_string(&checkpoint.marker);
            let marker = marker.map_err(|error| StoreError::Failed(error.to_string()))?;
            let head = transaction.store(HEAD)?;
            head.put(&Uint8Array::from(checkpoint.head.as_slice()), Some(&HEAD_KEY.into()))
                .await?;
            head.put(&marker.into(), Some(&MARKER_KEY.into())).await?;
            match checkpoint.first_rows {
                Some(rows) => drop(head.put(&rows.value(), Some(&FIRST_ROWS_KEY.into())).await?),
                None => head.delete(FIRST_ROWS_KEY.into()).await?,
            }
            Ok(true)
        })
        .await
    }

    /// Puts other first rows beside the pages of `epoch`; nothing happens when another tab has replaced those.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) async fn put_first_rows(&self, epoch: u64, rows: SealedFirstRows) -> Result<(), StoreError> {
        self.within(&[HEAD], TransactionMode::ReadWrite, async |transaction| {
            if marker(transaction).await?.epoch == epoch {
                let head = transaction.store(HEAD)?;
                head.put(&rows.value(), Some(&FIRST_ROWS_KEY.into())).await?;
            }
            Ok(())
        })
        .await
    }

    /// Deletes the store with all that is in it.
    ///
    /// # Errors
    /// [`StoreError::Blocked`] when another tab does not let go.
    pub(crate) async fn delete(&self) -> Result<(), StoreError> {
        if let Some(connection) = self.connection.take() {
            connection.close();
        }
        patiently(Rexie::delete(&self.name)).await
    }

    /// One transaction from begin to commit. `work` awaits nothing but the transaction itself.
    async fn within<T>(
        &self,
        stores: &[&str],
        mode: TransactionMode,
        work: impl AsyncFnOnce(&Transaction) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        // Connected anew each time: what rexie holds open for long could stand in the way of a newer version.
        let database = connect(&self.name).await?;
        let result = async {
            let transaction = database.transaction(stores, mode)?;
            let value = work(&transaction).await?;
            match transaction.done().await? {
                rexie::TransactionResult::Committed => Ok(value),
                rexie::TransactionResult::Aborted => Err(StoreError::Failed("aborted".to_owned())),
            }
        }
        .await;
        database.close();
        result
    }
}

async fn connect(name: &str) -> Result<Rexie, StoreError> {
    let factory = js_sys::Reflect::get(&js_sys::global(), &"indexedDB".into());
    if !factory.is_ok_and(|factory| factory.is_object()) {
        return Err(StoreError::Refused);
    }
    patiently(declared(name, VERSION).build())
        .await
        .map_err(|error| match error {
            // Private windows of some browsers refuse to open at all.
            StoreError::Lost => StoreError::Refused,
            other => other,
        })
}

/// Every store there ever was: one that is not declared is deleted when the version rises.
fn declared(name: &str, version: u32) -> RexieBuilder {
    let builder = Rexie::builder(name).version(version);
    STORES.iter().fold(builder, |builder, &(store, numbers)| {
        builder.add_object_store(ObjectStore::new(store).auto_increment(numbers))
    })
}

/// Waits for what other tabs can hold up; rexie does not tell when they do.
async fn patiently<T>(work: impl Future<Output = rexie::Result<T>>) -> Result<T, StoreError> {
    match select(std::pin::pin!(work), TimeoutFuture::new(PATIENCE)).await {
        Either::Left((result, _)) => result.map_err(StoreError::from),
        Either::Right(_) => Err(StoreError::Blocked),
    }
}

async fn marker(transaction: &Transaction) -> Result<Marker, StoreError> {
    match transaction.store(HEAD)?.get(MARKER_KEY.into()).await? {
        Some(value) => serde_json::from_str(&text(value)?).map_err(|error| StoreError::Damaged(error.to_string())),
        None => Ok(Marker::default()),
    }
}

async fn pairs<K: TryFrom<u64>, V>(
    transaction: &Transaction,
    store: &str,
    range: Option<KeyRange>,
    read: impl Fn(JsValue) -> Result<V, StoreError>,
) -> Result<Vec<(K, V)>, StoreError> {
    let store = transaction.store(store)?;
    let keys = store.get_all_keys(range.clone(), None).await?;
    let values = store.get_all(range, None).await?;
    let pair = |(key, value): (JsValue, JsValue)| {
        let key = key.as_f64().filter(|key| *key >= 0.0 && key.fract() == 0.0);
        let key = key.and_then(|key| K::try_from(key as u64).ok());
        let key = key.ok_or_else(|| StoreError::Damaged("a key is not a number".to_owned()))?;
        Ok((key, read(value)?))
    };
    keys.into_iter().zip(values).map(pair).collect()
}

/// The log's entries of a range, without what is in the open.
async fn log(transaction: &Transaction, range: Option<KeyRange>) -> Result<Vec<(u64, Vec<u8>)>, StoreError> {
    let entries = pairs(transaction, LOG, range, bytes).await?.into_iter();
    entries.map(|(number, value)| Ok((number, split(value)?.1))).collect()
}

/// A value of the log.
fn logged(unsent: u32, sealed: &[u8]) -> JsValue {
    after_open(unsent.to_le_bytes(), sealed)
}

/// A value of which the beginning is in the open, put together where the browser needs it.
fn after_open<const N: usize>(open: [u8; N], sealed: &[u8]) -> JsValue {
    let value = Uint8Array::new_with_length((N + sealed.len()) as u32);
    value.subarray(0, N as u32).copy_from(&open);
    value.subarray(N as u32, value.length()).copy_from(sealed);
    value.into()
}

/// What a value of the log says in the open, and the sealed entry.
fn split(value: Vec<u8>) -> Result<(u32, Vec<u8>), StoreError> {
    match value.split_first_chunk() {
        Some((unsent, sealed)) => Ok((u32::from_le_bytes(*unsent), sealed.to_vec())),
        None => Err(StoreError::Damaged("an entry of the log is too short".to_owned())),
    }
}

fn number(value: u64) -> JsValue {
    JsValue::from_f64(value as f64)
}

fn bytes(value: JsValue) -> Result<Vec<u8>, StoreError> {
    array(value).map(|array| array.to_vec())
}

fn array(value: JsValue) -> Result<Uint8Array, StoreError> {
    value
        .dyn_into()
        .map_err(|_| StoreError::Damaged("a value is not bytes".to_owned()))
}

fn text(value: JsValue) -> Result<String, StoreError> {
    value
        .as_string()
        .ok_or_else(|| StoreError::Damaged("a value is not a text".to_owned()))
}

#[cfg(all(test, target_arch = "wasm32"))]
pub(crate) mod tests;
