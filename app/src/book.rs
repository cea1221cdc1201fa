//! The open book as the screens see it: one `Copy` handle in the reactive context. It reads the replica, saves
//! edits durably, drives synchronisation and locking. It holds no business rule and draws nothing.

mod between_tabs;
mod drafts;
mod ear;
mod gathered;
mod idle;
mod installed;
mod link;
mod online;
mod open;
mod preview;
mod restore;
mod said;
mod save;
mod state;
mod types;
mod writer;

use std::rc::Rc;

use jiff::civil::Date;
use leptos::prelude::*;
use leptos::reactive::graph::Observer;
use rapport_shared::ids::{DeviceId, MutationId, RecordId};
use rapport_shared::record::Kind;
use rapport_shared::record::mutation::Edit;
use rapport_shared::record::profile::Profile;
use rapport_shared::search::{NotesFound, Query};
use rapport_shared::settings::{self, Settings};
use rapport_shared::sync::engine::Entropy;
use rapport_shared::sync::wire::{CustomerSearch, CustomersFound};
use rapport_shared::time::Timestamp;
use serde_json::Value;
use wasm_bindgen_futures::spawn_local;
use zeroize::Zeroizing;

use crate::platform::clock;
use crate::platform::random::Random;
use state::{Signals, State};

pub use gathered::is_another;
pub use installed::Installed;
pub use rapport_shared::sync::replica::Replica;
pub use types::{
    Activity, DraftState, ListBeginning, OnlineError, PassphraseError, Phase, SaveError, SignInError, Space,
    StartFailure, SyncStatus, UnlockError,
};

/// The fewest characters of a passphrase.
pub const MINIMUM_PASSPHRASE_CHARS: usize = 8;

/// Handle of the one book of this tab.
#[derive(Clone, Copy)]
pub struct Book {
    signals: Signals,
    /// `None` where the browser lacks what the app cannot do without.
    state: StoredValue<Option<Rc<State>>, LocalStorage>,
}

/// The book of this tab; [`Book::provide`] has put it into the context of the root.
pub fn use_book() -> Book {
    expect_context()
}

impl Book {
    /// Makes the book, puts it into the reactive context and starts looking at the device store. `key_worker`: the
    /// address of the worker that derives keys.
    pub fn provide(key_worker: String) -> Self {
        let signals = Signals::new();
        let state = Random::of_page().map(|random| State::new(signals, random, key_worker));
        match &state {
            Some(state) => state.start(),
            None => signals.phase.set(Phase::Failed(StartFailure::Unsupported)),
        }
        let book = Self {
            signals,
            state: StoredValue::new_local(state),
        };
        provide_context(book);
        book
    }

    fn state(self) -> Option<Rc<State>> {
        self.state.try_get_value().flatten()
    }

    /// Takes over what the screens bring.
    pub fn install(self, installed: Installed) {
        if let Some(state) = self.state() {
            state.install(installed);
        }
    }

    /// Where the app stands.
    pub fn phase(self) -> Signal<Phase> {
        self.signals.phase.into()
    }

    /// Who the book belongs to, or who has just signed in; unknown while locked.
    pub fn profile(self) -> Signal<Option<Profile>> {
        self.signals.profile.into()
    }

    /// This device, as it signs what is written on it; unknown while locked.
    pub fn device(self) -> Option<DeviceId> {
        self.state()?.device()
    }

    /// Whether everything of the open book is in memory. Before, only customers, colleagues, settings and conflicts can
    /// be read, or fewer still (see [`Book::list_beginning`]); what is written waits until it is.
    pub fn is_whole(self) -> Signal<bool> {
        self.signals.whole.into()
    }

    /// Whether the idle lock will fall within seconds unless the user does something.
    pub fn locking_soon(self) -> Signal<bool> {
        self.signals.locking_soon.into()
    }

    /// The first rows of the list of customers, while no other customers can be read; `None` when all are here, or none.
    pub fn list_beginning(self) -> Signal<Option<ListBeginning>> {
        self.signals.list_beginning.into()
    }

    /// How many changes on this device the server does not have, also while locked; `None` when the store does not
    /// say.
    pub async fn unsent(self) -> Option<usize> {
        let store = self.state()?.store().ok()?;
        let unsent = store.unsent().await.ok()?;
        usize::try_from(unsent).ok()
    }

    /// Signs in where no book is on the device yet.
    ///
    /// # Errors
    /// See [`SignInError`].
    pub async fn sign_in(self, login: String, password: String) -> Result<(), SignInError> {
        let state = self.state().ok_or(SignInError::Server)?;
        state.sign_in(login, password).await
    }

    /// Makes a sealed book that opens with `passphrase`, and starts the first pull.
    ///
    /// # Errors
    /// See [`PassphraseError`].
    pub async fn choose_passphrase(self, passphrase: String) -> Result<(), PassphraseError> {
        let passphrase = Zeroizing::new(passphrase);
        let state = self.state().ok_or(PassphraseError::Storage)?;
        state.choose_passphrase(&passphrase).await
    }

    /// Opens the sealed book of this device, without the network.
    ///
    /// # Errors
    /// See [`UnlockError`].
    pub async fn unlock(self, passphrase: String) -> Result<(), UnlockError> {
        let passphrase = Zeroizing::new(passphrase);
        let state = self.state().ok_or(UnlockError::Storage)?;
        state.unlock(&passphrase).await
    }

    /// Keeps the drafts, then forgets the key and everything readable, in all tabs of this book. A draft that cannot
    /// be kept holds the lock up until the user has decided: see [`Book::lock_held`].
    pub fn lock(self) {
        let Some(state) = self.state() else { return };
        spawn_local(async move {
            match state.keep_drafts().await {
                Ok(()) => state.lock_all(),
                Err(_) => state.signals.lock_held.set(true),
            }
        });
    }

    /// Locks though a draft cannot be kept.
    pub fn lock_anyway(self) {
        if let Some(state) = self.state() {
            state.lock_all();
        }
    }

    /// Whether locking waits for the user's word, because a draft would be lost. Set it to false to stay.
    pub fn lock_held(self) -> RwSignal<bool> {
        self.signals.lock_held
    }

    /// How the half-written forms stand.
    pub fn draft_state(self) -> Signal<DraftState> {
        self.signals.drafts.into()
    }

    /// Whether the book was locked while a draft could not be kept. Set it to false once the user knows.
    pub fn draft_lost(self) -> RwSignal<bool> {
        self.signals.draft_lost
    }

    /// Reads the book; while locked, an empty one. Inside an effect or a reactive closure this is tracked: it runs
    /// again whenever the book changes. Elsewhere it just reads.
    pub fn read<R>(self, f: impl FnOnce(&Replica) -> R) -> R {
        if Observer::get().is_some() {
            self.signals.changed.track();
        }
        self.read_untracked(f)
    }

    /// Reads the book without tracking, for event handlers.
    pub fn read_untracked<R>(self, f: impl FnOnce(&Replica) -> R) -> R {
        match self.state() {
            Some(state) => state.held(f),
            None => f(&Replica::default()),
        }
    }

    /// What was said, newest first: the notes and touches that hold what is searched for, of the customers that `passes`
    /// lets through, at most `most` of them in detail. Tracked like [`Book::read`]; `passes` may not search itself.
    pub fn find_notes(self, query: &Query, passes: impl Fn(RecordId) -> bool, most: usize) -> NotesFound {
        if Observer::get().is_some() {
            self.signals.notes.track();
        }
        let state = self.state();
        state
            .and_then(|state| state.find_notes(query, passes, most))
            .unwrap_or_default()
    }

    /// Whether everything said is found by now.
    #[cfg(feature = "bench")]
    pub fn has_read_notes(self) -> bool {
        self.state().is_some_and(|state| state.has_read_notes())
    }

    /// Checks the edits by the rules the server will check, and commits them durably on this device, all or none.
    /// Empty edits are left out.
    ///
    /// # Errors
    /// See [`SaveError`]; nothing was saved then.
    pub async fn write(self, edits: Vec<Edit>) -> Result<(), SaveError> {
        self.state().ok_or(SaveError::Locked)?.save(edits, None, None).await
    }

    /// Like [`Book::write`], for records this device may not hold: `seen` has them as they were read online.
    ///
    /// # Errors
    /// See [`SaveError`]; nothing was saved then.
    pub async fn write_seen(self, edits: Vec<Edit>, seen: &Replica) -> Result<(), SaveError> {
        let state = self.state().ok_or(SaveError::Locked)?;
        state.save(edits, None, Some(seen)).await
    }

    /// Customers in the user's sight, from the server; best matches first.
    ///
    /// # Errors
    /// See [`OnlineError`].
    pub async fn search_online(self, search: CustomerSearch) -> Result<CustomersFound, OnlineError> {
        let state = self.state().ok_or(OnlineError::SignedOut)?;
        state.search_online(&search).await
    }

    /// A customer in the user's sight with everything in its scope, from the server. It is not stored.
    ///
    /// # Errors
    /// See [`OnlineError`].
    pub async fn read_online(self, id: RecordId) -> Result<Replica, OnlineError> {
        let state = self.state().ok_or(OnlineError::SignedOut)?;
        state.read_online(id).await
    }

    /// Like [`Book::write`]; the draft kept under `draft` goes away in the same commit, so that no crash can leave
    /// both the saved record and its draft behind. When nothing was saved, the draft stays.
    ///
    /// # Errors
    /// See [`SaveError`]; nothing was saved then.
    pub async fn write_form(self, edits: Vec<Edit>, draft: &str) -> Result<(), SaveError> {
        self.state()
            .ok_or(SaveError::Locked)?
            .save(edits, Some(draft), None)
            .await
    }

    /// A fresh id for a record about to be created.
    pub fn new_record_id(self) -> RecordId {
        let entropy = self.state().map(|state| state.random.identities().draw());
        RecordId::new(self.now(), entropy.unwrap_or_default())
    }

    /// Now, by the device's clock corrected to the server's.
    pub fn now(self) -> Timestamp {
        clock::now().plus(self.read_untracked(Replica::clock_offset))
    }

    /// Today, where the device is.
    pub fn today(self) -> Date {
        self.now().civil_date(self.utc_offset_minutes())
    }

    /// The numbers of the bank's rules as they stand today. Tracked like [`Book::read`].
    pub fn settings(self) -> Settings {
        let today = self.today();
        self.read(|replica| settings::of(replica.iter(&Kind::Setting), today))
    }

    /// How far the device's clock is ahead of UTC, in minutes (China: 480).
    pub fn utc_offset_minutes(self) -> i32 {
        clock::utc_offset_minutes()
    }

    /// The draft kept under `key`. Not tracked.
    pub fn draft(self, key: &str) -> Option<Value> {
        self.state()?.draft(key)
    }

    /// Keeps a draft, sealed, within 300 ms or when the page is left, whichever comes first.
    pub fn put_draft(self, key: String, value: Value) {
        if let Some(state) = self.state() {
            state.put_draft(key, Some(value));
        }
    }

    /// Forgets the draft kept under `key`.
    pub fn remove_draft(self, key: &str) {
        if let Some(state) = self.state() {
            state.put_draft(key.to_owned(), None);
        }
    }

    /// The state of synchronisation.
    pub fn sync_status(self) -> Signal<SyncStatus> {
        self.signals.status.into()
    }

    /// Synchronises now.
    pub fn sync_now(self) {
        if let Some(state) = self.state() {
            state.nudge();
        }
    }

    /// Gives up a refused change.
    pub fn discard_refused(self, id: MutationId) {
        if let Some(state) = self.state() {
            state.discard_refused(id);
        }
    }

    /// Queues a refused change once more.
    pub fn resend_refused(self, id: MutationId) {
        if let Some(state) = self.state() {
            state.resend_refused(id);
        }
    }

    /// Signs the owner of the open book in again after the session ended; unsent work is kept and sent.
    ///
    /// # Errors
    /// See [`SignInError`].
    pub async fn sign_in_again(self, password: String) -> Result<(), SignInError> {
        let state = self.state().ok_or(SignInError::Server)?;
        state.sign_in_again(password).await
    }

    /// Deletes the book from this device and signs out. The caller has told the user what is unsent.
    pub async fn wipe(self) {
        if let Some(state) = self.state() {
            state.wipe().await;
        }
    }

    /// Changes to the newer version of the app that waits.
    pub fn apply_update(self) {
        if let Some(state) = self.state() {
            state.apply_update();
        }
    }
}

#[cfg(all(test, target_arch = "wasm32"))]
pub(crate) mod tests;
