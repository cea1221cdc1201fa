//! From the sealed store to a replica in memory, in slices that leave the page responsive: what the first rows of the list
//! show, then the cards, then everything. Each page is unsealed once.

use std::rc::Rc;

use futures::channel::oneshot;
use rapport_shared::sync::replica::{FirstRows, LogEntry, PageNumber, Replica, Restore};
use wasm_bindgen_futures::spawn_local;

use crate::db::{Ahead, DeviceStore, Marker, StoreError, Stored, StoredPage};
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
    /// What the first rows of the list are shown from. Where it cannot be read, reading the book tells why.
    pub(super) first_rows: oneshot::Receiver<Option<Ahead>>,
    pub(super) book: SealedBook,
}

/// All of a book as of one moment, when it is read. It lies outside the app's own memory.
pub(super) struct SealedBook(oneshot::Receiver<Result<Stored, StoreError>>);

impl Early {
    /// Begins to read: first what is shown first.
    pub(super) fn read(store: Rc<DeviceStore>) -> Self {
        let (ahead, first_rows) = oneshot::channel();
        let (stored, book) = oneshot::channel();
        spawn_local(async move {
            // Nobody waits any more where the passphrase was wrong.
            let _ = ahead.send(store.read_ahead().await.ok().flatten());
            if !stored.is_canceled() {
                let _ = stored.send(store.read().await);
            }
        });
        let book = SealedBook(book);
        Self { first_rows, book }
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

/// A book that is being read: its cards are in, and the log.
pub(super) struct Reading {
    restore: Restore,
    marker: Marker,
    has_cards: bool,
    /// The pages that are still sealed.
    pages: Vec<(u32, StoredPage)>,
    log: Vec<LogEntry>,
    /// The number of the last log entry.
    last: u64,
    log_bytes: usize,
}

impl Reading {
    /// Reads the cards of a book that is sealed.
    ///
    /// # Errors
    /// [`ReadError`].
    pub(super) async fn of(sealed: SealedBook, keys: &Keys) -> Result<Self, ReadError> {
        let stored = sealed.0.await.map_err(|_| StoreError::Lost)?;
        Ok(Self::begin(stored?, keys).await?)
    }

    async fn begin(stored: Stored, keys: &Keys) -> Result<Self, VaultError> {
        let mut restore = Restore::default();
        if let Some(head) = &stored.head {
            restore.head(&keys.open_head(stored.marker, head)?)?;
        }
        let (cards, pages) = stored
            .pages
            .into_iter()
            .partition(|(number, _)| PageNumber(*number) >= PageNumber::FIRST_OF_CARDS);
        let mut reading = Self {
            has_cards: stored.head.is_some() && restore.has_cards_apart(),
            restore,
            marker: stored.marker,
            pages,
            log: Vec::with_capacity(stored.log.len()),
            last: stored.marker.folded,
            log_bytes: 0,
        };
        reading.unseal(cards, keys).await?;
        let mut slices = Slices::new();
        for (number, sealed) in stored.log {
            // A missing entry is a missing save: nothing after it may be trusted.
            if number != reading.last + 1 {
                return Err(VaultError::Damaged);
            }
            reading.log.push(entry(keys, number, &sealed)?);
            reading.last = number;
            reading.log_bytes += sealed.len();
            slices.pause().await;
        }
        Ok(reading)
    }

    async fn unseal(&mut self, pages: Vec<(u32, StoredPage)>, keys: &Keys) -> Result<(), VaultError> {
        let mut slices = Slices::new();
        for (number, page) in pages {
            let page = keys.open_page(number, &page.bytes())?;
            self.restore.page(PageNumber(number), &page)?;
            slices.pause().await;
        }
        Ok(())
    }

    /// Where in the store the book stands.
    pub(super) const fn marker(&self) -> Marker {
        self.marker
    }

    /// The cards as they are, without most of what is beside them. `None` when they do not lie on pages of their own:
    /// nothing was folded yet, or by a program that laid them among everything else.
    pub(super) fn cards(&self) -> Option<Replica> {
        self.has_cards
            .then(|| self.restore.clone().finish(self.log.iter().cloned()))
    }

    /// Reads the rest.
    ///
    /// # Errors
    /// [`VaultError::Damaged`] or [`VaultError::TooNew`].
    pub(super) async fn finish(mut self, keys: &Keys) -> Result<Restored, VaultError> {
        let pages = std::mem::take(&mut self.pages);
        self.restore.make_room(pages.len());
        self.unseal(pages, keys).await?;
        let mut replica = self.restore.finish([]);
        let mut slices = Slices::new();
        for entry in self.log {
            replica.apply(entry);
            slices.pause().await;
        }
        Ok(Restored {
            replica,
            last: self.last,
            log_bytes: self.log_bytes,
            first_rows_stand: false,
        })
    }
}

/// Unseals and rebuilds everything stored.
///
/// # Errors
/// [`VaultError::Damaged`] or [`VaultError::TooNew`].
pub(super) async fn restore(stored: Stored, keys: &Keys) -> Result<Restored, VaultError> {
    Reading::begin(stored, keys).await?.finish(keys).await
}

/// Unseals one log entry.
///
/// # Errors
/// [`VaultError::Damaged`] or [`VaultError::TooNew`].
pub(super) fn entry(keys: &Keys, number: u64, sealed: &[u8]) -> Result<LogEntry, VaultError> {
    let plain = keys.open_log(number, sealed)?;
    Ok(LogEntry::read(&plain)?)
}
