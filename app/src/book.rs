//! The open book as the screens see it: one `Copy` handle in the reactive context. It reads the replica, saves
//! edits durably, drives synchronisation and locking. It holds no business rule and draws nothing.

mod replica;
mod types;

use jiff::civil::Date;
use leptos::prelude::*;
use rapport_shared::ids::{MutationId, RecordId};
use rapport_shared::sync::mutation::Edit;
use rapport_shared::sync::wire::Profile;
use rapport_shared::time::Timestamp;
use serde_json::Value;

pub use replica::Replica;
pub use types::{Activity, PassphraseError, Phase, SaveError, SignInError, StartFailure, SyncStatus, UnlockError};

/// The fewest characters of a passphrase.
pub const MINIMUM_PASSPHRASE_CHARS: usize = 8;

/// Handle of the one book of this tab.
#[derive(Clone, Copy)]
pub struct Book {
    phase: RwSignal<Phase>,
    profile: RwSignal<Option<Profile>>,
    status: RwSignal<SyncStatus>,
    locking_soon: RwSignal<bool>,
    changed: Trigger,
    replica: StoredValue<Replica, LocalStorage>,
}

/// The book of this tab; [`Book::provide`] has put it into the context of the root.
pub fn use_book() -> Book {
    use_context().unwrap_or_else(Book::provide)
}

impl Book {
    /// Makes the book, puts it into the reactive context and starts looking at the device store.
    pub fn provide() -> Self {
        let book = Self {
            phase: RwSignal::new(Phase::Starting),
            profile: RwSignal::new(None),
            status: RwSignal::new(SyncStatus::default()),
            locking_soon: RwSignal::new(false),
            changed: Trigger::new(),
            replica: StoredValue::new_local(Replica::default()),
        };
        provide_context(book);
        book
    }

    /// Where the app stands.
    pub fn phase(self) -> Signal<Phase> {
        self.phase.into()
    }

    /// Who the book belongs to, or who has just signed in; unknown while locked.
    pub fn profile(self) -> Signal<Option<Profile>> {
        self.profile.into()
    }

    /// Whether the idle lock will fall within seconds unless the user does something.
    pub fn locking_soon(self) -> Signal<bool> {
        self.locking_soon.into()
    }

    /// Signs in where no book is on the device yet.
    ///
    /// # Errors
    /// See [`SignInError`].
    pub async fn sign_in(self, login: String, password: String) -> Result<(), SignInError> {
        let _ = (login, password);
        Err(SignInError::Offline)
    }

    /// Makes a sealed book that opens with `passphrase`, and starts the first pull.
    ///
    /// # Errors
    /// See [`PassphraseError`].
    pub async fn choose_passphrase(self, passphrase: String) -> Result<(), PassphraseError> {
        let _ = passphrase;
        Err(PassphraseError::Storage)
    }

    /// Opens the sealed book of this device, without the network.
    ///
    /// # Errors
    /// See [`UnlockError`].
    pub async fn unlock(self, passphrase: String) -> Result<(), UnlockError> {
        let _ = passphrase;
        Err(UnlockError::Storage)
    }

    /// Flushes drafts, forgets the key and everything readable.
    pub fn lock(self) {}

    /// Reads the book. Inside an effect or a view this is tracked: it runs again whenever the book changes.
    pub fn read<R>(self, f: impl FnOnce(&Replica) -> R) -> R {
        self.changed.track();
        self.replica.with_value(f)
    }

    /// Reads the book without tracking, for event handlers.
    pub fn read_untracked<R>(self, f: impl FnOnce(&Replica) -> R) -> R {
        self.replica.with_value(f)
    }

    /// Checks the edits by the rules the server will check, and commits them durably on this device, all or none.
    /// Empty edits are left out.
    ///
    /// # Errors
    /// See [`SaveError`]; nothing was saved then.
    pub async fn write(self, edits: Vec<Edit>) -> Result<(), SaveError> {
        let _ = edits;
        Err(SaveError::Locked)
    }

    /// A fresh id for a record about to be created.
    pub fn new_record_id(self) -> RecordId {
        RecordId::from_u128(0)
    }

    /// Now, by the device's clock corrected to the server's.
    pub fn now(self) -> Timestamp {
        Timestamp::from_milliseconds(0)
    }

    /// Today, where the device is.
    pub fn today(self) -> Date {
        self.now().civil_date(self.utc_offset_minutes())
    }

    /// How far the device's clock is ahead of UTC, in minutes (China: 480).
    pub fn utc_offset_minutes(self) -> i32 {
        0
    }

    /// The draft kept under `key`. Not tracked.
    pub fn draft(self, key: &str) -> Option<Value> {
        let _ = key;
        None
    }

    /// Keeps a draft, sealed, within 300 ms or when the page is left, whichever comes first.
    pub fn put_draft(self, key: String, value: Value) {
        let _ = (key, value);
    }

    /// Forgets the draft kept under `key`.
    pub fn remove_draft(self, key: &str) {
        let _ = key;
    }

    /// The state of synchronisation.
    pub fn sync_status(self) -> Signal<SyncStatus> {
        self.status.into()
    }

    /// Synchronises now.
    pub fn sync_now(self) {}

    /// Gives up a refused change.
    pub fn discard_refused(self, id: MutationId) {
        let _ = id;
    }

    /// Queues a refused change once more.
    pub fn resend_refused(self, id: MutationId) {
        let _ = id;
    }

    /// Signs the owner of the open book in again after the session ended; unsent work is kept and sent.
    ///
    /// # Errors
    /// See [`SignInError`].
    pub async fn sign_in_again(self, password: String) -> Result<(), SignInError> {
        let _ = password;
        Err(SignInError::Offline)
    }

    /// Deletes the book from this device and signs out. The caller has told the user what is unsent.
    pub async fn wipe(self) {}

    /// Changes to the newer version of the app that waits.
    pub fn apply_update(self) {}
}
