//! What the server keeps, as the rest of it sees the store: organisations, accounts, sessions, records in commit
//! order, and the journal of mutations. Behind it lies SQLite or PostgreSQL; nothing outside this folder names a
//! database. It decides nothing: rights, merging and scopes are settled before anything is written here.

use std::collections::{BTreeSet, HashMap, HashSet};

use async_trait::async_trait;
use rapport_shared::channel::Channel;
use rapport_shared::ids::{DeviceId, MutationId, OrgId, RecordId, UserId};
use rapport_shared::record::profile::Profile;
use rapport_shared::record::{Kind, Record, Version};
use rapport_shared::sync::wire::{HistoryEntry, Outcome};
use rapport_shared::time::Timestamp;
use serde_json::value::RawValue;
use tokio::sync::watch;

mod convert;
mod failure;
mod migrations;
mod news;
pub mod postgres;
mod run;
pub mod sqlite;
#[cfg(test)]
mod tests;

/// Why the store did not do what it was asked. Whatever was being written was not written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The disk, or the quota of the database, is used up.
    #[error("the disk is full")]
    Full,
    /// A newer version of this program has written the database.
    #[error("the database was written by a newer version of this program (it has migration {0}, unknown here)")]
    TooNew(i64),
    /// The file is no database, or not an intact one.
    #[error("the database file is damaged or is not a database: {0}")]
    Damaged(String),
    /// Somebody else has this name already.
    #[error("there is already an account {0:?}")]
    LoginTaken(String),
    /// The connection was lost, or the database put another's work first. Doing the same again may succeed; a commit
    /// that was interrupted may have been made.
    #[error("the database broke off: {0}")]
    Interrupted(String),
    /// Somebody else has been writing for long, an import for example. Nothing was done; later it may succeed.
    #[error("the database is held by somebody else: {0}")]
    Busy(String),
    /// Anything else; the text is for the log.
    #[error("{0}")]
    Failed(String),
}

/// Result of every store operation.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// Somebody who can sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Who it is.
    pub profile: Profile,
    /// The password's hash as a PHC string.
    pub password: String,
    /// Whether signing in is allowed.
    pub active: bool,
}

/// SHA-256 of a session token.
pub type TokenHash = [u8; 32];

/// A session as it is opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRow {
    /// Hash of the token that is in the cookie.
    pub token: TokenHash,
    /// The organisation.
    pub org: OrgId,
    /// The user.
    pub user: UserId,
    /// To be sent back in a header on each change.
    pub csrf: String,
    /// When it was opened.
    pub created: Timestamp,
    /// When it ends unless it is used before.
    pub expires: Timestamp,
}

/// What is written down about an event that concerns security.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// The organisation, when known.
    pub org: Option<OrgId>,
    /// When.
    pub at: Timestamp,
    /// Who, when known.
    pub user: Option<UserId>,
    /// On which device, when known.
    pub device: Option<DeviceId>,
    /// A stable name: `sign_in`, `sign_in_failed`, `refused`, `import` …
    pub action: String,
    /// What it was about: ids and counts, never root data.
    pub subject: String,
}

/// Where an organisation's order of commits stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The present run of commits; another one with every process that commits, see [`Reader::run_until`].
    pub epoch: String,
    /// The last commit.
    pub sequence: Version,
}

/// The eyes of one user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// Whose own records are seen.
    pub user: UserId,
    /// Roots seen through any of these are seen, with all in their scope.
    pub channels: BTreeSet<Channel>,
}

/// How much may be read in one go. At least one row is always read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Most rows.
    pub rows: usize,
    /// Bytes after which no further row is read.
    pub bytes: usize,
}

/// A record or a history entry as stored: its JSON is passed on unread.
#[derive(Clone, Debug)]
pub struct Row {
    /// The record.
    pub record: RecordId,
    /// The root whose scope it is in.
    pub root: Option<RecordId>,
    /// The commit.
    pub version: Version,
    /// The JSON.
    pub body: Box<RawValue>,
}

/// Rows in the order asked for.
#[derive(Clone, Debug, Default)]
pub struct Slice {
    /// The rows.
    pub rows: Vec<Row>,
    /// Whether the budget ended it before the data did.
    pub cut: bool,
}

/// A root came into or went out of sight of a channel.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ScopeEvent {
    /// The commit.
    pub version: Version,
    /// The root.
    pub root: RecordId,
    /// The channel.
    pub channel: Channel,
    /// Into sight, or out of it.
    pub gained: bool,
}

/// Whom the commits after some version concern: the last such commit for each. Whoever is not named cannot see
/// anything of what they changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Touched {
    /// Channels of roots in whose scope something changed, or that came into or went out of their sight.
    pub channels: HashMap<Channel, Version>,
    /// Users with changes to records of their own.
    pub users: HashMap<UserId, Version>,
    /// Everybody, for a record of the whole organisation changed; [`Version::NONE`] if none did.
    pub everyone: Version,
    /// How far was looked.
    pub until: Version,
}

impl Touched {
    /// The last commit that concerns `view`; [`Version::NONE`] if none does.
    pub fn last_for(&self, view: &View) -> Version {
        let channels = view.channels.iter().filter_map(|channel| self.channels.get(channel));
        let own = self.users.get(&view.user);
        channels.chain(own).copied().fold(self.everyone, Version::max)
    }

    fn touch_channel(&mut self, channel: Channel, version: Version) {
        let last = self.channels.entry(channel).or_default();
        *last = version.max(*last);
    }

    /// A record of `user`, or of the whole organisation.
    fn touch_user(&mut self, user: Option<UserId>, version: Version) {
        let last = match user {
            Some(user) => self.users.entry(user).or_default(),
            None => &mut self.everyone,
        };
        *last = version.max(*last);
    }
}

/// A mutation that was settled before.
#[derive(Clone, Debug, PartialEq)]
pub struct Settled {
    /// The mutation.
    pub id: MutationId,
    /// Who wrote it.
    pub author: UserId,
    /// On which device.
    pub device: DeviceId,
    /// What it concerned.
    pub record: RecordId,
    /// When it was written, by the author.
    pub written: Timestamp,
    /// When it arrived.
    pub received: Timestamp,
    /// What was answered.
    pub outcome: Outcome,
}

/// What an import last read for a row of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedRow {
    /// The record it became.
    pub record: RecordId,
    /// The cells by field name, as read.
    pub cells: std::collections::BTreeMap<String, String>,
}

/// Everything one transaction writes into the order of commits.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// New states, each with its own version.
    pub records: Vec<Record>,
    /// What is added to the history, with the scope's root and user of its record.
    pub history: Vec<(HistoryEntry, Option<RecordId>, Option<UserId>)>,
    /// What became of mutations.
    pub settled: Vec<Settled>,
    /// Channels a root is created with: no event, for all its records are as new.
    pub channels: Vec<(RecordId, Channel)>,
    /// Later changes of channels, in order.
    pub scope_events: Vec<ScopeEvent>,
    /// Events for the audit.
    pub audit: Vec<AuditEntry>,
    /// The last version used.
    pub sequence: Version,
}

/// A consistent sight of one organisation's data.
#[async_trait]
pub trait Reader: Send {
    /// Where the order of commits stands.
    async fn head(&mut self) -> Result<Head>;
    /// The last commit of a run that has ended, as far as it is in this store: a backup that was brought back lacks
    /// the rest. `None` when nothing is known of it.
    async fn run_until(&mut self, epoch: &str) -> Result<Option<Version>>;
    /// The records among `ids` that exist, tombstones included.
    async fn records(&mut self, ids: &[RecordId]) -> Result<HashMap<RecordId, Record>>;
    /// All records of a kind, tombstones included, in commit order.
    async fn of_kind(&mut self, kind: &Kind) -> Result<Vec<Record>>;
    /// Streams the same records to `take`, in no particular order, so they need not fit into memory.
    async fn each_of_kind(&mut self, kind: &Kind, take: &mut (dyn FnMut(Record) + Send)) -> Result<()>;
    /// Records visible to `view` with a version after `after`, in commit order.
    async fn changes(&mut self, view: &View, after: Version, budget: Budget) -> Result<Slice>;
    /// History of records visible to `view`, with a version after `after`, in commit order. A slice never ends
    /// within a version.
    async fn history(&mut self, view: &View, after: Version, budget: Budget) -> Result<Slice>;
    /// Records in no root's scope that `view` sees, with a version after `after`, in commit order.
    async fn loose(&mut self, view: &View, after: Version, budget: Budget) -> Result<Slice>;
    /// The own records of roots that `view` sees, by id, starting after this one.
    async fn cards(&mut self, view: &View, after: RecordId, budget: Budget) -> Result<Slice>;
    /// Records in the scope of roots that `view` sees, by root and version, starting after this place.
    async fn book(&mut self, view: &View, after: (RecordId, Version), budget: Budget) -> Result<Slice>;
    /// The records of all roots that `view` sees, tombstones included, in no order.
    async fn roots(&mut self, view: &View) -> Result<Vec<Row>>;
    /// All records in the scope of these roots.
    async fn whole(&mut self, roots: &[RecordId]) -> Result<Vec<Row>>;
    /// The history of these records up to and with `until`, oldest first.
    async fn history_of(&mut self, records: &[RecordId], until: Version) -> Result<Vec<Row>>;
    /// Events of the view's channels after `after`, in commit order.
    async fn scope_events(&mut self, view: &View, after: Version) -> Result<Vec<ScopeEvent>>;
    /// Through which of the view's channels each of these roots is seen.
    async fn seen_through(
        &mut self,
        view: &View,
        roots: &HashSet<RecordId>,
    ) -> Result<HashMap<RecordId, BTreeSet<Channel>>>;
    /// Whom the commits after `after` concern, all of them at once.
    async fn touched(&mut self, after: Version) -> Result<Touched>;
}

/// The one writing transaction of an organisation: while it is open nobody else commits to that organisation, so
/// versions are commit order. Dropping it undoes everything.
#[async_trait]
pub trait Writer: Reader {
    /// What became of those of these mutations that came before.
    async fn settled(&mut self, ids: &[MutationId]) -> Result<HashMap<MutationId, Settled>>;
    /// The owner of a device: the first user who pushed from it.
    async fn claim_device(&mut self, device: DeviceId, user: UserId, now: Timestamp) -> Result<UserId>;
    /// Writes a batch.
    async fn put(&mut self, batch: &Batch) -> Result<()>;
    /// Creates an account, or replaces the one of the same user.
    async fn put_account(&mut self, account: &Account) -> Result<()>;
    /// The external keys of what imports of this kind read before, in no order, with the records they became.
    async fn imported_codes(&mut self, kind: &Kind) -> Result<Vec<(String, RecordId)>>;
    /// What imports of this kind read before under those of these external keys that they met.
    async fn imported(&mut self, kind: &Kind, codes: &[String]) -> Result<HashMap<String, ImportedRow>>;
    /// Remembers what an import read.
    async fn put_imported(&mut self, kind: &Kind, rows: &[(String, ImportedRow)]) -> Result<()>;
    /// Makes everything durable. Until this returns nothing may be acknowledged.
    async fn commit(self: Box<Self>) -> Result<()>;
}

/// The store.
#[async_trait]
pub trait Store: Send + Sync {
    /// The organisation this server works for, if there is one yet.
    async fn organisation(&self) -> Result<Option<OrgId>>;
    /// Creates an organisation.
    async fn create_organisation(&self, org: OrgId, name: &str, epoch: &str) -> Result<()>;
    /// Begins to read.
    async fn read(&self, org: OrgId) -> Result<Box<dyn Reader>>;
    /// Begins to write; waits while another writer of the organisation is at work.
    async fn write(&self, org: OrgId) -> Result<Box<dyn Writer>>;
    /// The newest commit of an organisation that this process knows of, from now on; [`Version::NONE`] until there is
    /// one. It may leave versions out, never goes back, and is a hint: who waits for it looks by itself now and then.
    fn commits(&self, org: OrgId) -> watch::Receiver<Version>;
    /// The account with this sign-in name.
    async fn account(&self, login: &str) -> Result<Option<Account>>;
    /// All accounts, by sign-in name.
    async fn accounts(&self, org: OrgId) -> Result<Vec<Account>>;
    /// Opens a session.
    async fn open_session(&self, session: &SessionRow) -> Result<()>;
    /// The session with this token, with its user's present account.
    async fn session(&self, token: &TokenHash) -> Result<Option<(SessionRow, Account)>>;
    /// Moves the end of a session.
    async fn extend_session(&self, token: &TokenHash, expires: Timestamp) -> Result<()>;
    /// Ends a session.
    async fn close_session(&self, token: &TokenHash) -> Result<()>;
    /// Ends all sessions of a user.
    async fn close_sessions_of(&self, user: UserId) -> Result<()>;
    /// Removes sessions that ended before `now`.
    async fn sweep_sessions(&self, now: Timestamp) -> Result<()>;
    /// Writes an event down.
    async fn audit(&self, entry: &AuditEntry) -> Result<()>;
    /// The latest events, newest first.
    async fn audit_trail(&self, org: OrgId, limit: u32) -> Result<Vec<AuditEntry>>;
    /// Whether the store answers.
    async fn ping(&self) -> Result<()>;
    /// Finishes what is under way and closes.
    async fn close(&self);
}
