//! What the book tells the screens: phases, the state of synchronisation, and why something failed. Plain values
//! only; the words for them live in the locale files.

use std::sync::Arc;

use rapport_shared::ids::RecordId;
use rapport_shared::record::refusal::Refusal;
use rapport_shared::time::Timestamp;

pub use crate::platform::storage::Space;

/// The beginning of the list of customers, in the order of names, while no more of it can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListBeginning {
    /// The first customers.
    pub rows: Arc<Vec<RecordId>>,
    /// How many customers there are.
    pub total: usize,
}

/// Where the app stands between start and an open book.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// The device store is being looked at.
    Starting,
    /// No book on this device: somebody has to sign in, online.
    SignIn,
    /// Signed in; the passphrase that will unlock the book on this device has to be chosen.
    ChoosePassphrase,
    /// A sealed book is on this device.
    Locked,
    /// The passphrase is being tried and the book read.
    Unlocking,
    /// The book is in memory, or as much of it as the list of customers shows: see [`super::Book::is_whole`].
    Open,
    /// The book cannot be used here.
    Failed(StartFailure),
}

/// Why the app cannot start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StartFailure {
    /// The browser gives no storage, as in a private window.
    StorageRefused,
    /// A newer version of the app wrote the store; it was not touched.
    NewerVersion,
    /// Another tab holds the store and does not let go.
    BlockedByOtherTab,
    /// The store cannot be read.
    Corrupt,
    /// The browser does not answer when asked for the store.
    Silent,
    /// The browser lacks something the app cannot do without.
    Unsupported,
    /// A part of the app has not come yet, and there is no network to fetch it by.
    Incomplete,
}

/// Why a sign-in did not succeed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignInError {
    /// Wrong name or password, or a disabled account.
    #[error("wrong name or password")]
    Wrong,
    /// The server cannot be reached.
    #[error("the server cannot be reached")]
    Offline,
    /// Too many attempts.
    #[error("too many attempts")]
    TooMany,
    /// The server failed.
    #[error("the server failed")]
    Server,
    /// The book on this device is somebody else's.
    #[error("the book on this device is somebody else's")]
    OtherUsersBook,
}

/// Why a passphrase was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PassphraseError {
    /// Shorter than [`super::MINIMUM_PASSPHRASE_CHARS`].
    #[error("the passphrase is too short")]
    TooShort,
    /// The new book could not be stored.
    #[error("the book could not be stored")]
    Storage,
    /// The device has no room left.
    #[error("the device has no room left")]
    Full,
}

/// Why the book did not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnlockError {
    /// Not the passphrase of this book.
    #[error("wrong passphrase")]
    Wrong,
    /// The sealed data were changed or are incomplete.
    #[error("the sealed data are damaged")]
    Damaged,
    /// The store cannot be read.
    #[error("the store cannot be read")]
    Storage,
}

/// Why something was not saved. Nothing of it is on the device; the form still has it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SaveError {
    /// A rule forbids it.
    #[error("refused: {0}")]
    Refused(Refusal),
    /// The device has no room left.
    #[error("the device has no room left")]
    Full,
    /// The store did not take it.
    #[error("the store did not take it")]
    Storage,
    /// The book was locked meanwhile.
    #[error("the book is locked")]
    Locked,
}

/// Why something that this device does not hold could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OnlineError {
    /// The server cannot be reached.
    #[error("the server cannot be reached")]
    Offline,
    /// The session has ended, or is somebody else's.
    #[error("signed out")]
    SignedOut,
    /// Asked too often.
    #[error("asked too often")]
    Busy,
    /// It is not there, or not in the user's sight.
    #[error("not found")]
    NotFound,
    /// The server failed.
    #[error("the server failed")]
    Server,
}

/// How the half-written forms stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DraftState {
    /// Nothing was typed since the book was opened or a form was sent.
    #[default]
    Untouched,
    /// What was typed last is on its way to the disk.
    Saving,
    /// Everything typed is on the disk.
    Saved,
    /// The device has no room left: what was typed is in the form alone.
    Full,
    /// The store failed: what was typed is in the form alone.
    Failed,
}

impl DraftState {
    /// Whether something typed would be lost with the page.
    pub const fn is_failure(self) -> bool {
        matches!(self, Self::Full | Self::Failed)
    }
}

/// What synchronisation is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Activity {
    /// Nothing to do, or waiting for the next turn.
    #[default]
    Idle,
    /// A request is under way.
    Syncing {
        /// Records received since this round began.
        received: u64,
    },
    /// The server cannot be reached; everything goes on locally.
    Offline,
    /// The session has ended; unsent work is kept until somebody signs in again.
    SignedOut,
    /// The server answers, but not with success.
    Failing,
    /// This device could not store what the server answered.
    StoreFailing,
}

/// The state of synchronisation, for the badge and the status page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SyncStatus {
    /// What is going on.
    pub activity: Activity,
    /// Changes that the server has not acknowledged.
    pub unsent: usize,
    /// When the oldest of them was written.
    pub oldest_unsent: Option<Timestamp>,
    /// Changes the server refused and the user has not dealt with.
    pub refused: usize,
    /// When the last round with the server succeeded.
    pub last_success: Option<Timestamp>,
    /// Whether the whole book has come down once.
    pub first_pull_done: bool,
    /// Whether at least the list of customers has: enough to begin with.
    pub list_here: bool,
    /// Whether the browser promised not to evict the store; `None` before it was asked.
    pub storage_persisted: Option<bool>,
    /// What the app's storage takes of what the browser gives; `None` where the browser does not say.
    pub space: Option<Space>,
    /// Whether a newer version of the app waits to be applied.
    pub update_ready: bool,
}
