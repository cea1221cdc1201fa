//! The one place that writes the book's store: appends and checkpoints, one after another. It keeps this tab in step
//! with what other tabs append. After locking it goes on until what was accepted before is on the disk.
//!
//! The log is folded into pages once nobody has saved for a while, and while saves keep coming only when it has grown
//! long. What a start reads besides pages and head is thus never more than [`MOST_ENTRIES`] entries, nor more bytes than
//! [`MOST_BYTES`] or twice what the last fold wrote, whichever is more; usually [`MANY_ENTRIES`] and [`MANY_BYTES`].

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, VecDeque};
use std::rc::Rc;

use futures::channel::oneshot;
use gloo::timers::callback::Timeout;
use rapport_shared::ids::DeviceId;
use rapport_shared::sync::engine::{CommitToken, Event};
use rapport_shared::sync::replica::{LogEntry, Op};
use rapport_shared::time::Timestamp;
use wasm_bindgen_futures::spawn_local;

use super::between_tabs;
use super::restore::{entry, restore};
use super::state::{Life, State};
use super::types::SaveError;
use crate::db::{Appended, DeviceStore, Marker, SealedCheckpoint, SealedFirstRows, StoreError};
use crate::platform::task::Slices;
use crate::platform::{clock, locks};
use crate::vault::{Keys, VaultError};

/// The log is folded once nobody saves when it has this many entries …
const MANY_ENTRIES: u64 = 400;
/// … or this many sealed bytes.
const MANY_BYTES: usize = 6 * 1024 * 1024;
/// It is folded though somebody saves when it has this many entries …
const MOST_ENTRIES: u64 = 4_000;
/// … or this many sealed bytes, and twice what the last fold wrote: who saves ever more must not write all of it again
/// and again.
const MOST_BYTES: usize = 96 * 1024 * 1024;
/// For how long nothing must have been written until nobody is taken to save, in milliseconds. It may take as long again
/// until that is seen.
const QUIET: u32 = 1_000;
/// The first rows of the list are made anew once nobody saves when so many entries have followed them.
const MANY_AFTER_FIRST_ROWS: u64 = 50;
/// How often an append is tried again because other tabs were quicker.
const TRIES: u32 = 100;
/// For how long after hearing of another tab's appends this tab queues for its turn, in milliseconds. Alone, no time
/// is spent on taking turns.
const CROWDED: i64 = 3_000;

/// Where in the store a replica stands.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) store: Rc<DeviceStore>,
    pub(super) marker: Marker,
    /// The number of the last log entry in the replica.
    pub(super) last: u64,
    /// Sealed bytes of the log entries after the marker.
    pub(super) log_bytes: usize,
    /// As of which change of the list the stored first rows are; `None`: they cannot be used.
    pub(super) first_rows_of: Option<u64>,
}

enum Job {
    Append(Life, CommitToken, LogEntry),
    CatchUp,
}

/// Why the writer could not do its work.
#[derive(Debug, thiserror::Error)]
enum WriteError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Vault(#[from] VaultError),
    #[error("not a value of the log: {0}")]
    Json(#[from] serde_json::Error),
    #[error("other tabs never paused")]
    Crowded,
}

impl WriteError {
    const fn for_user(&self) -> SaveError {
        match self {
            Self::Store(StoreError::Full) => SaveError::Full,
            _ => SaveError::Storage,
        }
    }
}

type Waiter = oneshot::Sender<Result<(), SaveError>>;

/// Writes for one unlocked stretch.
pub(super) struct Writer {
    life: Life,
    keys: Keys,
    store: Rc<DeviceStore>,
    marker: Cell<Marker>,
    last: Cell<u64>,
    log_bytes: Cell<usize>,
    /// How many changes are unsent with the last entry.
    unsent: Cell<u32>,
    /// Until when other tabs are taken to be writing as well.
    crowded_until: Cell<Timestamp>,
    /// Entries up to this one are not counted: they are in pages, or could not be folded and are not tried again
    /// before the log has grown further.
    counted_from: Cell<u64>,
    /// Sealed bytes the last fold of this stretch wrote.
    last_fold: Cell<usize>,
    /// As of which change of the list, and of which log entry, the stored first rows are; `None`: they cannot be used.
    first_rows_of: Cell<Option<(u64, u64)>>,
    /// Runs while something is to be folded, until a look at whether somebody still saves. It holds no key: the writer
    /// goes when the book is locked.
    quiet: RefCell<Option<Timeout>>,
    /// When the last work was done.
    rests_since: Cell<Timestamp>,
    /// Nobody has saved for a while.
    is_quiet: Cell<bool>,
    /// The log has to be folded, however short it is.
    sweep: Cell<bool>,
    queue: RefCell<VecDeque<Job>>,
    waiters: RefCell<HashMap<(Life, CommitToken), Waiter>>,
    running: Cell<bool>,
    resting: RefCell<Vec<oneshot::Sender<()>>>,
}

impl Writer {
    /// A writer that goes on from `place`.
    pub(super) fn new(life: Life, keys: Keys, place: Place) -> Self {
        Self {
            life,
            keys,
            store: place.store,
            marker: Cell::new(place.marker),
            last: Cell::new(place.last),
            log_bytes: Cell::new(place.log_bytes),
            unsent: Cell::new(0),
            crowded_until: Cell::new(clock::now()),
            counted_from: Cell::new(place.marker.folded),
            last_fold: Cell::new(0),
            first_rows_of: Cell::new(place.first_rows_of.map(|revision| (revision, place.last))),
            quiet: RefCell::default(),
            rests_since: Cell::new(clock::now()),
            is_quiet: Cell::new(false),
            sweep: Cell::new(false),
            queue: RefCell::default(),
            waiters: RefCell::default(),
            running: Cell::new(false),
            resting: RefCell::default(),
        }
    }

    pub(super) const fn device(&self) -> DeviceId {
        self.keys.device()
    }

    /// Queues an entry of the log.
    pub(super) fn append(self: &Rc<Self>, state: &Rc<State>, life: Life, token: CommitToken, entry: LogEntry) {
        self.queue.borrow_mut().push_back(Job::Append(life, token, entry));
        self.run(state);
    }

    /// What becomes of a queued entry: asked for right after it was queued.
    pub(super) fn outcome(&self, life: Life, token: CommitToken) -> oneshot::Receiver<Result<(), SaveError>> {
        let (sender, receiver) = oneshot::channel();
        self.waiters.borrow_mut().insert((life, token), sender);
        receiver
    }

    /// Another tab has appended.
    pub(super) fn catch_up(self: &Rc<Self>, state: &Rc<State>) {
        self.hear_of_others();
        self.look_for_others(state);
    }

    /// Looks whether another tab has appended what nobody told this one.
    pub(super) fn look_for_others(self: &Rc<Self>, state: &Rc<State>) {
        self.queue.borrow_mut().push_back(Job::CatchUp);
        self.run(state);
    }

    /// Another tab writes as well: from now on each waits for its turn.
    pub(super) fn hear_of_others(&self) {
        self.crowded_until.set(clock::now().plus(CROWDED));
    }

    /// Waits until everything accepted so far is stored, or has failed.
    pub(super) async fn rest(&self) {
        let (sender, receiver) = oneshot::channel();
        if self.running.get() {
            self.resting.borrow_mut().push(sender);
            // An error means that the page is going away, and there is nothing to wait for.
            let _ = receiver.await;
        }
    }

    fn run(self: &Rc<Self>, state: &Rc<State>) {
        if self.running.replace(true) {
            return;
        }
        let (writer, state) = (self.clone(), state.clone());
        spawn_local(async move {
            writer.work(&state).await;
            writer.running.set(false);
            writer.rests_since.set(clock::now());
            writer.await_quiet(&state);
            for waiter in writer.resting.take() {
                // Who does not wait any more does not mind.
                let _ = waiter.send(());
            }
        });
    }

    /// Looks again, once nobody saves, whether to fold, or to make the first rows anew.
    fn await_quiet(self: &Rc<Self>, state: &Rc<State>) {
        let due = self.is_long(MANY_ENTRIES, MANY_BYTES) || self.are_first_rows_old(state);
        if due && state.leads(self.life) && self.quiet.borrow().is_none() {
            let (writer, state) = (Rc::downgrade(self), state.clone());
            self.quiet.replace(Some(Timeout::new(QUIET, move || {
                if let Some(writer) = writer.upgrade() {
                    writer.quiet.take();
                    writer.look_again(&state);
                }
            })));
        }
    }

    /// The time is up; somebody may have saved meanwhile, which does not set the timer anew each time.
    fn look_again(self: &Rc<Self>, state: &Rc<State>) {
        if self.running.get() {
            // Once that is done, quiet is awaited again.
            return;
        }
        let is_quiet = clock::now().since(self.rests_since.get()).abs() >= i64::from(QUIET);
        if is_quiet {
            self.is_quiet.set(true);
            self.run(state);
        } else {
            self.await_quiet(state);
        }
    }

    async fn work(&self, state: &Rc<State>) {
        loop {
            self.carry_out_queued(state).await;
            if self.is_checkpoint_due(state) {
                self.is_quiet.set(false);
                note(self.checkpoint(state).await);
            } else if self.is_quiet.replace(false) && self.are_first_rows_old(state) {
                note(self.renew_first_rows(state).await);
            } else {
                return;
            }
        }
    }

    async fn carry_out_queued(&self, state: &Rc<State>) {
        loop {
            let job = self.queue.borrow_mut().pop_front();
            note(match job {
                Some(Job::Append(life, token, entry)) => self.carry_out(state, life, token, entry).await,
                Some(Job::CatchUp) => self.follow(state).await,
                None => return,
            });
        }
    }

    async fn carry_out(
        &self,
        state: &Rc<State>,
        life: Life,
        token: CommitToken,
        entry: LogEntry,
    ) -> Result<(), WriteError> {
        let result = self.write(state, &entry).await;
        let waiter = self.waiters.borrow_mut().remove(&(life, token));
        let outcome = result.as_ref().copied().map_err(WriteError::for_user);
        let evicts = evicts(&entry);
        // An engine put in place meanwhile does not know the token; to it the entry is news.
        let same_engine = state.life() == Some(life);
        match (&result, same_engine) {
            (Ok(()), true) => self.report(state, evicts, Event::Committed(token, entry)),
            (Ok(()), false) => {
                self.report(state, evicts, Event::LogAdvanced(vec![entry]));
                state.handle(self.life, Event::SyncNow);
            }
            (Err(_), true) => drop(state.handle(self.life, Event::CommitFailed(token))),
            (Err(_), false) => {}
        }
        if result.is_ok() {
            state.say_growth();
        }
        if let Some(waiter) = waiter {
            // The form may be gone meanwhile.
            let _ = waiter.send(outcome);
        }
        result
    }

    async fn write(&self, state: &Rc<State>, entry: &LogEntry) -> Result<(), WriteError> {
        let plain = entry.to_bytes()?;
        let mut turn = None;
        for _ in 0..TRIES {
            if turn.is_none() && clock::now() < self.crowded_until.get() {
                turn = Some(locks::acquire(between_tabs::WRITER).await);
            }
            let number = self.last.get() + 1;
            let sealed = self.keys.seal_log(number, &plain)?;
            let unsent = self.unsent_with(state, entry);
            match self.store.append(number, unsent, &sealed).await? {
                Appended::Durable => {
                    self.last.set(number);
                    self.unsent.set(unsent);
                    self.log_bytes.set(self.log_bytes.get() + sealed.len());
                    return Ok(());
                }
                Appended::Behind => {
                    self.hear_of_others();
                    state.say(between_tabs::WAITING);
                    self.follow(state).await?;
                }
            }
        }
        Err(WriteError::Crowded)
    }

    /// How many changes are unsent once `entry` is written.
    fn unsent_with(&self, state: &State, entry: &LogEntry) -> u32 {
        let before = state.with(self.life, |open| open.engine.replica().unsent());
        let before = before.map_or_else(|| self.unsent.get().into(), |before| before as i64);
        u32::try_from((before + entry.unsent_more()).max(0)).unwrap_or(u32::MAX)
    }

    /// Takes over what other tabs have appended.
    async fn follow(&self, state: &Rc<State>) -> Result<(), WriteError> {
        let (marker, sealed) = self.store.log_after(self.last.get()).await?;
        if marker.folded > self.last.get() {
            return self.start_over(state).await;
        }
        let mut slices = Slices::new();
        let mut entries = Vec::with_capacity(sealed.len());
        let mut last = self.last.get();
        for (number, sealed) in sealed {
            if number != last + 1 {
                return Err(VaultError::Damaged.into());
            }
            entries.push(entry(&self.keys, number, &sealed)?);
            self.log_bytes.set(self.log_bytes.get() + sealed.len());
            last = number;
            slices.pause().await;
        }
        self.last.set(last);
        if !entries.is_empty() {
            let evicts = entries.iter().any(evicts);
            self.report(state, evicts, Event::LogAdvanced(entries));
            state.nudge_if_leading(self.life);
        }
        Ok(())
    }

    /// Reads everything anew: another tab has folded into pages what this one has not seen, or pages as this one
    /// does not know them.
    async fn start_over(&self, state: &Rc<State>) -> Result<(), WriteError> {
        let stored = self.store.read().await?;
        let marker = stored.marker;
        let restored = restore(stored, &self.keys).await?;
        self.marker.set(marker);
        self.last.set(restored.last);
        self.log_bytes.set(restored.log_bytes);
        self.first_rows_of.set(None);
        state.replace_engine(self.life, restored.replica);
        Ok(())
    }

    fn is_long(&self, entries: u64, bytes: usize) -> bool {
        self.last.get() - self.counted_from.get() >= entries || self.log_bytes.get() >= bytes
    }

    /// Only the tab that synchronises folds: the others would have to read everything anew each time.
    fn is_checkpoint_due(&self, state: &State) -> bool {
        let too_long = self.is_long(MOST_ENTRIES, MOST_BYTES.max(2 * self.last_fold.get()));
        let due = self.sweep.get() || too_long || self.is_quiet.get() && self.is_long(MANY_ENTRIES, MANY_BYTES);
        due && state.leads(self.life)
    }

    /// Whether the next opening could not use the first rows that are stored, or soon not.
    fn are_first_rows_old(&self, state: &State) -> bool {
        if state.installed.get().is_none() {
            // Their order is not known yet.
            return false;
        }
        let now = state.with(self.life, |open| open.engine.replica().list_revision());
        let is_old = |now| {
            let stored = self.first_rows_of.get();
            stored.is_none_or(|(of, through)| of != now || self.last.get() - through >= MANY_AFTER_FIRST_ROWS)
        };
        now.is_some_and(is_old)
    }

    /// Makes the first rows of the list anew, beside the pages as they are.
    async fn renew_first_rows(&self, state: &Rc<State>) -> Result<(), WriteError> {
        let Some(order) = state.installed.get().map(|installed| installed.order) else {
            return Ok(());
        };
        let Some((plain, revision)) = state.with(self.life, |open| {
            let replica = open.engine.replica();
            (replica.first_rows(order), replica.list_revision())
        }) else {
            return Ok(());
        };
        let marker = Marker {
            folded: self.last.get(),
            ..self.marker.get()
        };
        // Whatever comes of it, the next try waits until there is more to tell.
        self.first_rows_of.set(Some((revision, marker.folded)));
        let Some(plain) = plain? else { return Ok(()) };
        let rows = first_rows(&self.keys, marker, &plain)?;
        Ok(self.store.put_first_rows(marker.epoch, rows).await?)
    }

    /// Folds the log as it is now into pages. What is saved meanwhile does not wait for the sealing; it stays in the
    /// log.
    async fn checkpoint(&self, state: &Rc<State>) -> Result<(), WriteError> {
        // Whatever comes of it, the next try waits until there is more to fold.
        self.sweep.set(false);
        self.log_bytes.set(0);
        self.counted_from.set(self.last.get());
        let order = state.installed.get().map(|installed| installed.order);
        let Some((plain, unsent, revision, of)) = state.with(self.life, |open| {
            let replica = open.engine.replica();
            let (revision, of) = (replica.revision(), replica.list_revision());
            (replica.checkpoint(order), replica.unsent(), revision, of)
        }) else {
            return Ok(());
        };
        let plain = plain?;
        let before = self.marker.get();
        let marker = Marker {
            epoch: before.epoch + 1,
            folded: self.last.get(),
            unsent: u32::try_from(unsent).unwrap_or(u32::MAX),
        };
        let mut slices = Slices::new();
        let mut pages = Vec::with_capacity(plain.pages.len());
        for (number, page) in plain.pages {
            let sealed = page.map(|page| self.keys.seal_page(number.0, &page)).transpose()?;
            pages.push((number.0, sealed));
            slices.pause().await;
            self.carry_out_queued(state).await;
        }
        let head = self.keys.seal_head(marker, &plain.head)?;
        let first_rows = plain.first_rows.map(|rows| first_rows(&self.keys, marker, &rows));
        if self.marker.get() != before {
            // Read anew meanwhile, because another tab has folded.
            return Ok(());
        }
        let sealed = pages.iter().filter_map(|(_, page)| page.as_ref().map(Vec::len));
        let written = head.len() + sealed.sum::<usize>();
        let checkpoint = SealedCheckpoint {
            marker,
            head,
            pages,
            first_rows: first_rows.transpose()?,
        };
        if !self.store.checkpoint(checkpoint).await? {
            return self.start_over(state).await;
        }
        self.marker.set(marker);
        self.last_fold.set(written);
        self.first_rows_of.set(order.map(|_| (of, marker.folded)));
        state.with(self.life, |open| {
            // Pages that changed meanwhile must be written again; so are the others, then.
            if open.engine.replica().revision() == revision {
                open.engine.checkpointed();
            }
        });
        Ok(())
    }

    /// Tells the engine of entries that are on the disk. The log is folded next when the first pull is complete by
    /// that, or when something leaves this device, at once or as held back until now: its sealed remains go.
    fn report(&self, state: &Rc<State>, evicts: bool, event: Event) {
        let standing = || {
            state.with(self.life, |open| {
                let replica = open.engine.replica();
                let incomplete = replica.is_rebuilding() || replica.last_complete().is_none();
                (replica.evicting(), incomplete)
            })
        };
        let before = standing().unwrap_or_default();
        state.handle(self.life, event);
        let after = standing().unwrap_or_default();
        if evicts || after.0 < before.0 || (before.1 && !after.1) {
            self.sweep.set(true);
        }
    }
}

/// Seals the first rows of the list as they are after `marker.folded` entries, beside the pages of `marker.epoch`.
///
/// # Errors
/// [`VaultError::Device`].
pub(super) fn first_rows(keys: &Keys, marker: Marker, plain: &[u8]) -> Result<SealedFirstRows, VaultError> {
    Ok(SealedFirstRows {
        through: marker.folded,
        sealed: keys.seal_first_rows(marker.epoch, marker.folded, plain)?,
    })
}

fn note(result: Result<(), WriteError>) {
    if let Err(error) = result {
        // No customer data in it: kinds of failures only.
        leptos::logging::warn!("store: {error}");
    }
}

fn evicts(entry: &LogEntry) -> bool {
    entry.0.iter().any(|op| matches!(op, Op::Evict(_)))
}
