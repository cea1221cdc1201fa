//! From the sealed store to a replica in memory, in slices that leave the page responsive.

use rapport_shared::sync::replica::{LogEntry, PageNumber, Replica, Restore};

use crate::db::Stored;
use crate::platform::task::Slices;
use crate::vault::{Keys, VaultError};

/// A book read from the store, and where in the store it stands.
pub(super) struct Restored {
    pub(super) replica: Replica,
    /// The number of the last log entry in it.
    pub(super) last: u64,
    /// Sealed bytes of the log entries after the marker.
    pub(super) log_bytes: usize,
}

/// Unseals and rebuilds everything stored.
///
/// # Errors
/// [`VaultError::Damaged`] or [`VaultError::TooNew`].
pub(super) async fn restore(stored: Stored, keys: &Keys) -> Result<Restored, VaultError> {
    let mut slices = Slices::new();
    let mut restore = Restore::default();
    if let Some(head) = stored.head {
        let head = keys.open_head(stored.marker, &head)?;
        restore.head(&head)?;
    }
    for (number, page) in stored.pages {
        let page = keys.open_page(number, &page)?;
        restore.page(PageNumber(number), &page)?;
        slices.pause().await;
    }
    let mut restored = Restored {
        replica: restore.finish([]),
        last: stored.marker.folded,
        log_bytes: 0,
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
