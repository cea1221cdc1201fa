//! From the sealed store to a replica in memory, in slices that leave the page responsive: everything, the cards alone,
//! or what the first rows of their list show.

use std::rc::Rc;

use futures::channel::oneshot;
use rapport_shared::sync::replica::{FirstRows, LogEntry, PageNumber, Replica, Restore};
use wasm_bindgen_futures::spawn_local;

use crate::db::{Ahead, DeviceStore, StoreError, Stored};
use crate::platform::task::Slices;
use crate::vault::{Keys, VaultError};

/// Why a book could not be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum ReadError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Vault(#[from] VaultError),
}

/// A book read from the store, and where in the store it stands.
pub(super) struct Restored {
    pub(super) replica: Replica,
    /// The number of the last log entry in it.
    pub(super) last: u64,
    /// Sealed bytes of the log entries after the marker.
    pub(super) log_bytes: usize,
    /// Whether the first rows that are stored can be used.
    pub(super) first_rows_stand: bool,
}

/// What is read while the key is still being derived, sealed as it is.
pub(super) struct Early {
    /// What the first rows of the list are shown from. Where it cannot be read, reading the cards tells why.
    pub(super) first_rows: oneshot::Receiver<Option<Ahead>>,
    pub(super) cards: SealedCards,
}

/// The pages of the cards and all that is no page, as of one moment, when they are read.
pub(super) struct SealedCards(oneshot::Receiver<Result<Stored, StoreError>>);

impl Early {
    /// Begins to read: first what is shown first.
    pub(super) fn read(store: Rc<DeviceStore>) -> Self {
        let (ahead, first_rows) = oneshot::channel();
        let (stored, cards) = oneshot::channel();
        spawn_local(async move {
            // Nobody waits any more where the passphrase was wrong.
            let _ = ahead.send(store.read_ahead().await.ok().flatten());
            if !stored.is_canceled() {
                let _ = stored.send(store.read_from(PageNumber::FIRST_OF_CARDS.0).await);
            }
        });
        let cards = SealedCards(cards);
        Self { first_rows, cards }
    }
}

/// The first rows of the list as they are. `None` when the log since has changed them, and when anything is wrong: they
/// are nothing but a copy, and whoever reads the pages finds out whether those are damaged.
pub(super) fn first_rows(ahead: Ahead, keys: &Keys) -> Option<FirstRows> {
    let rows = ahead.first_rows;
    let plain = keys
        .open_first_rows(ahead.marker.epoch, rows.through, &rows.sealed)
        .ok()?;
    let mut last = rows.through;
    let mut log = Vec::with_capacity(ahead.log.len());
    for (number, sealed) in ahead.log {
        if number != last + 1 {
            return None;
        }
        log.push(entry(keys, number, &sealed).ok()?);
        last = number;
    }
    FirstRows::after(&plain, &log).ok()?
}

/// The cards as they are, without most of what is beside them. `None` when they do not lie on pages of their own:
/// nothing was folded yet, or by a program that laid them among everything else.
///
/// # Errors
/// [`ReadError`].
pub(super) async fn cards(sealed: SealedCards, keys: &Keys) -> Result<Option<Replica>, ReadError> {
    let Ok(stored) = sealed.0.await else {
        return Ok(None);
    };
    let stored = stored?;
    let restore = begin(&stored, keys)?;
    if stored.head.is_none() || !restore.has_cards_apart() {
        return Ok(None);
    }
    Ok(Some(go_on(restore, stored, keys).await?.replica))
}

/// Unseals and rebuilds everything stored.
///
/// # Errors
/// [`VaultError::Damaged`] or [`VaultError::TooNew`].
pub(super) async fn restore(stored: Stored, keys: &Keys) -> Result<Restored, VaultError> {
    go_on(begin(&stored, keys)?, stored, keys).await
}

fn begin(stored: &Stored, keys: &Keys) -> Result<Restore, VaultError> {
    let mut restore = Restore::default();
    if let Some(head) = &stored.head {
        let head = keys.open_head(stored.marker, head)?;
        restore.head(&head)?;
    }
    Ok(restore)
}

async fn go_on(mut restore: Restore, stored: Stored, keys: &Keys) -> Result<Restored, VaultError> {
    let mut slices = Slices::new();
    for (number, page) in stored.pages {
        let page = keys.open_page(number, &page.bytes())?;
        restore.page(PageNumber(number), &page)?;
        slices.pause().await;
    }
    let mut restored = Restored {
        replica: restore.finish([]),
        last: stored.marker.folded,
        log_bytes: 0,
        first_rows_stand: false,
    };
    for (number, sealed) in stored.log {
        // A missing entry is a missing save: nothing after it may be trusted.
        if number != restored.last + 1 {
            return Err(VaultError::Damaged);
        }
        restored.replica.apply(entry(keys, number, &sealed)?);
        restored.last = number;
        restored.log_bytes += sealed.len();
        slices.pause().await;
    }
    Ok(restored)
}

/// Unseals one log entry.
///
/// # Errors
/// [`VaultError::Damaged`] or [`VaultError::TooNew`].
pub(super) fn entry(keys: &Keys, number: u64, sealed: &[u8]) -> Result<LogEntry, VaultError> {
    let plain = keys.open_log(number, sealed)?;
    Ok(LogEntry::read(&plain)?)
}
