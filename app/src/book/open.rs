//! From start to an open book and back: looking at the store, signing in, choosing a passphrase, unlocking, locking,
//! deleting.

use std::rc::Rc;

use gloo::timers::callback::Timeout;
use leptos::prelude::*;
use rapport_shared::ids::DeviceId;
use rapport_shared::sync::engine::Entropy;
use rapport_shared::sync::replica::{LogEntry, Op, Replica};
use rapport_shared::sync::wire::{ProblemCode, SignIn};
use wasm_bindgen_futures::spawn_local;

use super::restore::{Early, ReadError, Reading, first_rows};
use super::state::State;
use super::types::{DraftState, PassphraseError, Phase, SignInError, StartFailure, SyncStatus, UnlockError};
use super::writer::Place;
use super::{MINIMUM_PASSPHRASE_CHARS, between_tabs};
use crate::db::{DeviceStore, Marker, StoreError};
use crate::platform::channel::Channel;
use crate::platform::{clock, events, storage, timing, updates};
use crate::sync::{self, HttpError};
use crate::vault::{Keys, VaultError};

/// The name of the store in the browser. There is one book in a browser profile.
const STORE: &str = "rapport";
/// Time between looks for a newer version of the app, in milliseconds.
const LOOK_EVERY: i64 = 60 * 60 * 1_000;
/// How long the store may take to answer at the start before the user is told, in milliseconds.
const LONGEST_SILENCE: u32 = 8_000;

impl State {
    /// Looks at the store of this device, and begins to listen.
    pub(super) fn start(self: &Rc<Self>) {
        self.listen();
        let (state, waiting) = (self.clone(), self.clone());
        // A browser in trouble may never answer. When it does after all, the phase found then takes over.
        let silence = Timeout::new(LONGEST_SILENCE, move || {
            waiting.signals.phase.set(Phase::Failed(StartFailure::Silent));
        });
        spawn_local(async move {
            let found = state.find_book().await;
            drop(silence);
            if let Err(error) = found {
                state.fail(&error);
            }
        });
    }

    async fn find_book(&self) -> Result<(), StoreError> {
        let store = DeviceStore::open(STORE).await?;
        let vault = store.vault().await?;
        self.store.replace(Some(Rc::new(store)));
        let phase = if vault.is_some() { Phase::Locked } else { Phase::SignIn };
        self.signals.phase.set(phase);
        Ok(())
    }

    /// Begins to listen to the browser and to the other tabs.
    pub(super) fn listen(self: &Rc<Self>) {
        let state = self.clone();
        let heard = move |word: String| state.heard(&word);
        self.channel.replace(Some(Channel::join(between_tabs::CHANNEL, heard)));
        let state = self.clone();
        events::on_leave(move || {
            state.say_unsaid_growth();
            state.flush_drafts();
        });
        let state = self.clone();
        events::on_return(move || {
            state.check_idleness();
            state.nudge();
            state.look_for_update();
        });
        let state = self.clone();
        events::on_online(move || state.nudge());
        let state = self.clone();
        events::on_work(move || state.worked());
        let (ready, taken_over) = (self.clone(), self.clone());
        updates::watch(
            move || ready.signals.status.update(|status| status.update_ready = true),
            move || taken_over.other_version_took_over(),
        );
    }

    /// A page can stay open for weeks; the browser looks for newer versions only when one is loaded.
    fn look_for_update(&self) {
        let now = clock::now();
        if now.since(self.last_look.get()).abs() > LOOK_EVERY {
            self.last_look.set(now);
            updates::look();
        }
    }

    fn heard(self: &Rc<Self>, word: &str) {
        if word == between_tabs::WIPED {
            self.close();
            self.signals.phase.set(Phase::SignIn);
            return;
        }
        if word == between_tabs::LOCKED {
            return self.lock();
        }
        let Some(life) = self.life() else { return };
        let writer = self.with(life, |open| open.writer.clone());
        match (word, writer) {
            (between_tabs::ADVANCED, Some(writer)) => writer.catch_up(self),
            (between_tabs::WAITING, Some(writer)) => writer.hear_of_others(),
            (between_tabs::SYNC, _) => drop(self.nudge_if_leading(life)),
            (between_tabs::SESSION, _) => self.session_made(life, None),
            // A newer version of the app may say more.
            _ => {}
        }
    }

    fn other_version_took_over(self: &Rc<Self>) {
        self.reload_when_closed.set(true);
        if !self.is_open() {
            updates::reload();
        } else if self.updating.get() {
            self.lock();
        }
    }

    /// See [`super::Book::apply_update`].
    pub(super) fn apply_update(self: &Rc<Self>) {
        self.updating.set(true);
        self.flush_drafts();
        updates::apply();
    }

    /// See [`super::Book::sign_in`].
    pub(super) async fn sign_in(&self, login: String, password: String) -> Result<(), SignInError> {
        let session = sync::sign_in(&SignIn { login, password })
            .await
            .map_err(sign_in_error)?;
        self.csrf.replace(Some(session.csrf.clone()));
        self.signals.profile.set(Some(session.profile.clone()));
        self.newcomer.replace(Some(session));
        self.signals.phase.set(Phase::ChoosePassphrase);
        Ok(())
    }

    /// See [`super::Book::sign_in_again`].
    pub(super) async fn sign_in_again(self: &Rc<Self>, password: String) -> Result<(), SignInError> {
        let profile = self.signals.profile.get_untracked();
        let (Some(profile), Some(life)) = (profile, self.life()) else {
            return Err(SignInError::Server);
        };
        let login = profile.login;
        let session = sync::sign_in(&SignIn { login, password })
            .await
            .map_err(sign_in_error)?;
        if session.profile.user != profile.user {
            // A name can pass to another person; the session would be that person's.
            let _ = sync::sign_out(&session.csrf).await;
            return Err(SignInError::OtherUsersBook);
        }
        self.csrf.replace(Some(session.csrf.clone()));
        self.say(between_tabs::SESSION);
        self.session_made(life, Some(session));
        Ok(())
    }

    /// See [`super::Book::choose_passphrase`].
    pub(super) async fn choose_passphrase(self: &Rc<Self>, passphrase: &str) -> Result<(), PassphraseError> {
        if passphrase.chars().count() < MINIMUM_PASSPHRASE_CHARS {
            return Err(PassphraseError::TooShort);
        }
        let session = self.newcomer.borrow().clone().ok_or(PassphraseError::Storage)?;
        let store = self.store().map_err(passphrase_error)?;
        let device = DeviceId::new(clock::now(), self.random.identities().draw());
        let keys = Keys::create(device, passphrase, &self.key_worker, self.random.clone()).await;
        let (keys, vault) = keys.map_err(|_| PassphraseError::Storage)?;
        timing::mark(timing::KEY_KNOWN);
        let first = LogEntry(vec![Op::Profile(session.profile.clone())]);
        let plain = first.to_bytes().map_err(|_| PassphraseError::Storage)?;
        let sealed = keys.seal_log(1, &plain).map_err(|_| PassphraseError::Storage)?;
        store.create(&vault, &sealed).await.map_err(passphrase_error)?;
        let mut replica = Replica::default();
        replica.apply(first);
        let place = Place {
            store,
            marker: Marker::default(),
            last: 1,
            log_bytes: sealed.len(),
            first_rows_of: None,
        };
        self.newcomer.replace(None);
        self.enter(keys, replica, place, Some(session));
        self.ask_to_persist();
        Ok(())
    }

    /// See [`super::Book::unlock`].
    pub(super) async fn unlock(self: &Rc<Self>, passphrase: &str) -> Result<(), UnlockError> {
        if self.is_open() {
            return Ok(());
        }
        self.signals.phase.set(Phase::Unlocking);
        let result = self.try_unlock(passphrase).await;
        if let Err(error) = &result {
            self.signals.phase.set(match error {
                UnlockFailure::NewerVersion => Phase::Failed(StartFailure::NewerVersion),
                UnlockFailure::Known(_) => Phase::Locked,
            });
        }
        result.map_err(|failure| match failure {
            UnlockFailure::Known(error) => error,
            UnlockFailure::NewerVersion => UnlockError::Damaged,
        })?;
        self.ask_to_persist();
        Ok(())
    }

    async fn try_unlock(self: &Rc<Self>, passphrase: &str) -> Result<(), UnlockFailure> {
        let store = self.store()?;
        let vault = store.vault().await?.ok_or(UnlockFailure::Known(UnlockError::Storage))?;
        let early = Early::read(store.clone());
        let keys = Keys::unlock(&vault, passphrase, &self.key_worker, self.random.clone()).await?;
        timing::mark(timing::KEY_KNOWN);
        let ahead = early.first_rows.await.ok().flatten();
        if let Some(first) = ahead.and_then(|ahead| first_rows(ahead, &keys)) {
            self.show_first_rows(keys, store, first, early.book);
            return Ok(());
        }
        let reading = Reading::of(early.book, &keys).await?;
        if let Some(cards) = reading.cards() {
            self.show_cards(keys, store, cards, reading);
            return Ok(());
        }
        let marker = reading.marker();
        let restored = reading.finish(&keys).await?;
        self.enter_whole(keys, store, marker, restored);
        Ok(())
    }

    /// Locks in this tab and all others.
    pub(super) fn lock_all(self: &Rc<Self>) {
        self.lock();
        self.say(between_tabs::LOCKED);
    }

    /// Locks in this tab: the idle lock, since in another the user may be at work.
    pub(super) fn lock(self: &Rc<Self>) {
        if !self.is_open() {
            return;
        }
        let lost = self.preview_holds_text();
        self.signals.draft_lost.update(|known| *known |= lost);
        self.flush_drafts();
        self.say_unsaid_growth();
        let writer = self.open.borrow().as_ref().map(|open| open.writer.clone());
        self.close();
        self.signals.phase.set(Phase::Locked);
        if self.reload_when_closed.get() {
            spawn_local(async move {
                if let Some(writer) = writer {
                    writer.rest().await;
                }
                updates::reload();
            });
        }
    }

    /// Forgets everything readable. The writer, and the key with it, stays until it has stored what it accepted.
    pub(super) fn close(&self) {
        drop((self.open.take(), self.preview.take()));
        self.signals.whole.set(false);
        self.signals.list_beginning.set(None);
        self.idle_timer.replace(None);
        self.signals.locking_soon.set(false);
        self.signals.lock_held.set(false);
        self.signals.drafts.set(DraftState::default());
        self.signals.profile.set(None);
        self.signals.status.update(|status| {
            *status = SyncStatus {
                storage_persisted: status.storage_persisted,
                space: status.space,
                update_ready: status.update_ready,
                ..SyncStatus::default()
            };
        });
        self.signals.changed.notify();
    }

    /// See [`super::Book::wipe`].
    pub(super) async fn wipe(self: &Rc<Self>) {
        self.close();
        self.signals.phase.set(Phase::Starting);
        let csrf = self.csrf.take();
        if let Some(csrf) = csrf {
            // Offline, the session ends by its own time.
            let _ = sync::sign_out(&csrf).await;
        }
        self.say(between_tabs::WIPED);
        let store = self.store.take();
        let deleted = match store {
            Some(store) => store.delete().await,
            None => Ok(()),
        };
        let found = match deleted {
            Ok(()) => self.find_book().await,
            Err(error) => Err(error),
        };
        if let Err(error) = found {
            self.fail(&error);
        }
    }

    fn ask_to_persist(self: &Rc<Self>) {
        let state = self.clone();
        spawn_local(async move {
            let (persisted, space) = (storage::persist().await, storage::space().await);
            state.signals.status.update(|status| {
                status.storage_persisted = persisted;
                status.space = space;
            });
        });
    }
}

/// Why unlocking failed, newer versions told apart.
enum UnlockFailure {
    Known(UnlockError),
    NewerVersion,
}

impl From<StoreError> for UnlockFailure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NewerVersion => Self::NewerVersion,
            StoreError::Damaged(_) => Self::Known(UnlockError::Damaged),
            _ => Self::Known(UnlockError::Storage),
        }
    }
}

impl From<ReadError> for UnlockFailure {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Store(error) => error.into(),
            ReadError::Vault(error) => error.into(),
        }
    }
}

impl From<VaultError> for UnlockFailure {
    fn from(error: VaultError) -> Self {
        match error {
            VaultError::Wrong => Self::Known(UnlockError::Wrong),
            VaultError::Damaged => Self::Known(UnlockError::Damaged),
            VaultError::TooNew => Self::NewerVersion,
            VaultError::Device => Self::Known(UnlockError::Storage),
        }
    }
}

fn passphrase_error(error: StoreError) -> PassphraseError {
    match error {
        StoreError::Full => PassphraseError::Full,
        _ => PassphraseError::Storage,
    }
}

fn sign_in_error(error: HttpError) -> SignInError {
    match error {
        HttpError::Unreachable => SignInError::Offline,
        HttpError::Problem(ProblemCode::WrongCredentials) => SignInError::Wrong,
        HttpError::Problem(ProblemCode::TooManyRequests) => SignInError::TooMany,
        HttpError::Problem(_) | HttpError::Nonsense => SignInError::Server,
    }
}
