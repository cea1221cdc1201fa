//! What this tab holds of the book and how the parts meet: engine, writer, link to the server, signals of the
//! screens. The engine is lent out only for the length of one call, never across a wait.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo::timers::callback::Timeout;
use leptos::prelude::*;
use rapport_shared::ids::DeviceId;
use rapport_shared::record::profile::Profile;
use rapport_shared::sync::engine::{self, Command, CommitToken, Engine, Event};
use rapport_shared::sync::replica::Replica;
use rapport_shared::sync::wire::Session;
use rapport_shared::time::Timestamp;

use super::between_tabs;
use super::drafts::Drafts;
use super::ear::Ear;
use super::gathered::Kept;
use super::installed::Installed;
use super::link::Link;
use super::preview::Preview;
use super::said::Said;
use super::types::{Activity, DraftState, ListBeginning, Phase, StartFailure, SyncStatus};
use super::writer::{Place, Writer};
use crate::db::{DeviceStore, StoreError};
use crate::platform::channel::Channel;
use crate::platform::random::Random;
use crate::platform::{clock, events};
use crate::vault::Keys;

/// The signals the screens watch.
#[derive(Clone, Copy)]
pub(super) struct Signals {
    pub(super) phase: RwSignal<Phase>,
    /// Whether all of the open book is in memory.
    pub(super) whole: RwSignal<bool>,
    /// Set while the first rows of the list are all there is to read.
    pub(super) list_beginning: RwSignal<Option<ListBeginning>>,
    pub(super) profile: RwSignal<Option<Profile>>,
    pub(super) status: RwSignal<SyncStatus>,
    pub(super) locking_soon: RwSignal<bool>,
    pub(super) drafts: RwSignal<DraftState>,
    /// Locked while a draft could not be stored.
    pub(super) draft_lost: RwSignal<bool>,
    /// The user wants to lock, and a draft would be lost.
    pub(super) lock_held: RwSignal<bool>,
    pub(super) changed: Trigger,
    /// What is found among the notes may be something else.
    pub(super) notes: Trigger,
}

/// Tells one unlocked stretch, and one engine within it, from others: what comes late from an earlier one is not
/// mistaken for this one's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Life {
    stretch: u32,
    engine: u32,
}

/// Everything that exists only while the book is open.
pub(super) struct Open {
    pub(super) life: Life,
    pub(super) engine: Engine,
    pub(super) writer: Rc<Writer>,
    pub(super) link: Link,
    pub(super) ear: Ear,
    /// Half-written forms not yet handed to the engine.
    pub(super) drafts: Drafts,
    /// How many commits with drafts are not durable yet.
    pub(super) drafts_under_way: Vec<Rc<Drafts>>,
    pub(super) draft_timer: Option<Timeout>,
    pub(super) said: Said,
    pub(super) gathered: RefCell<Kept>,
    wake: Option<Timeout>,
}

/// The book of this tab.
pub(super) struct State {
    pub(super) signals: Signals,
    pub(super) random: Random,
    pub(super) key_worker: String,
    pub(super) store: RefCell<Option<Rc<DeviceStore>>>,
    pub(super) open: RefCell<Option<Open>>,
    /// What there is of a book that is about to be open.
    pub(super) preview: RefCell<Option<Preview>>,
    /// Of the server's session in this browser: what every request has to carry.
    pub(super) csrf: RefCell<Option<String>>,
    /// Signed in, but there is no book yet.
    pub(super) newcomer: RefCell<Option<Session>>,
    pub(super) channel: RefCell<Option<Channel>>,
    /// What the screens have brought, once they are there.
    pub(super) installed: Cell<Option<Installed>>,
    /// The log has grown, and the other tabs are about to be told.
    growth_unsaid: Cell<bool>,
    /// When the user last did something, by the device's clock.
    pub(super) last_work: Cell<i64>,
    /// So many milliseconds nobody may work before the warning.
    pub(super) idle_limit: Cell<i64>,
    pub(super) idle_timer: RefCell<Option<Timeout>>,
    /// Another version of the app has taken over: load again as soon as nothing is open.
    pub(super) reload_when_closed: Cell<bool>,
    /// The user asked for the newer version: no waiting.
    pub(super) updating: Cell<bool>,
    /// When a newer version of the app was last looked for.
    pub(super) last_look: Cell<Timestamp>,
    stretches: Cell<u32>,
}

impl Signals {
    /// As they stand at the start.
    pub(super) fn new() -> Self {
        Self {
            phase: RwSignal::new(Phase::Starting),
            whole: RwSignal::new(false),
            list_beginning: RwSignal::new(None),
            profile: RwSignal::new(None),
            status: RwSignal::new(SyncStatus::default()),
            locking_soon: RwSignal::new(false),
            drafts: RwSignal::new(DraftState::default()),
            draft_lost: RwSignal::new(false),
            lock_held: RwSignal::new(false),
            changed: Trigger::new(),
            notes: Trigger::new(),
        }
    }
}

impl State {
    pub(super) fn new(signals: Signals, random: Random, key_worker: String) -> Rc<Self> {
        Rc::new(Self {
            signals,
            random,
            key_worker,
            store: RefCell::default(),
            open: RefCell::default(),
            preview: RefCell::default(),
            csrf: RefCell::default(),
            newcomer: RefCell::default(),
            channel: RefCell::default(),
            installed: Cell::default(),
            growth_unsaid: Cell::new(false),
            last_work: Cell::new(clock::now().milliseconds()),
            idle_limit: Cell::default(),
            idle_timer: RefCell::default(),
            reload_when_closed: Cell::new(false),
            updating: Cell::new(false),
            last_look: Cell::new(clock::now()),
            stretches: Cell::new(0),
        })
    }

    /// See [`super::Book::install`]. The screens are mounted with each unlocking, and bring the same.
    pub(super) fn install(self: &Rc<Self>, installed: Installed) {
        if self.installed.replace(Some(installed)).is_none() {
            self.index_installed();
        }
    }

    /// The store of this device.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when the app started without one.
    pub(super) fn store(&self) -> Result<Rc<DeviceStore>, StoreError> {
        self.store.borrow().clone().ok_or(StoreError::Refused)
    }

    /// Tells the other tabs of this browser.
    pub(super) fn say(&self, word: &str) {
        if let Some(channel) = &*self.channel.borrow() {
            channel.say(word);
        }
    }

    /// Tells the other tabs that the log has grown. While somebody looks at this one they are told a moment later, so that
    /// who saves does not wait for it; a page that is hidden or locked may go at any time.
    pub(super) fn say_growth(self: &Rc<Self>) {
        let is_unsaid = self.growth_unsaid.replace(true);
        if events::is_hidden() || !self.is_open() {
            self.say_unsaid_growth();
        } else if !is_unsaid {
            let state = self.clone();
            Timeout::new(0, move || state.say_unsaid_growth()).forget();
        }
    }

    /// Tells the other tabs now, where they have not been told yet.
    pub(super) fn say_unsaid_growth(&self) {
        if self.growth_unsaid.replace(false) {
            self.say(between_tabs::ADVANCED);
        }
    }

    /// Puts an opened book in place. `session`: the server's, when somebody has just signed in.
    pub(super) fn enter(self: &Rc<Self>, keys: Keys, replica: Replica, place: Place, session: Option<Session>) {
        self.stretches.set(self.stretches.get() + 1);
        let life = Life {
            stretch: self.stretches.get(),
            engine: 0,
        };
        self.open.replace(Some(Open {
            life,
            engine: Engine::new(keys.device(), replica),
            writer: Rc::new(Writer::new(life, keys, place)),
            link: Link::new(session),
            ear: Ear::default(),
            drafts: Drafts::new(),
            drafts_under_way: Vec::new(),
            draft_timer: None,
            said: Said::default(),
            gathered: RefCell::default(),
            wake: None,
        }));
        let preview = self.preview.take();
        self.signals.whole.set(true);
        self.signals.list_beginning.set(None);
        self.publish(true);
        self.signals.phase.set(Phase::Open);
        self.read_notes(life);
        self.watch_idleness();
        self.join_line(life);
        for (key, value) in preview.into_iter().flat_map(|preview| preview.drafts) {
            self.put_draft(key, value);
        }
    }

    /// Works with the open book, if it is still the same stretch.
    pub(super) fn with<R>(&self, life: Life, work: impl FnOnce(&mut Open) -> R) -> Option<R> {
        let mut open = self.open.borrow_mut();
        let same = open.as_mut().filter(|open| open.life.stretch == life.stretch);
        same.map(work)
    }

    /// Works with what screens gathered. One may gather in the middle of reading: the rest of the open book is only looked
    /// at.
    pub(super) fn with_gathered<R>(&self, life: Life, work: impl FnOnce(&mut Kept) -> R) -> Option<R> {
        let open = self.open.borrow();
        let same = open.as_ref().filter(|open| open.life.stretch == life.stretch);
        same.map(|open| work(&mut open.gathered.borrow_mut()))
    }

    /// The present stretch and engine, if the book is open as a whole.
    pub(super) fn life(&self) -> Option<Life> {
        self.open.borrow().as_ref().map(|open| open.life)
    }

    /// Whether anything of the book can be read.
    pub(super) fn is_open(&self) -> bool {
        self.life().is_some() || self.preview.borrow().is_some()
    }

    /// Reads what there is of the book; while locked, an empty one.
    pub(super) fn held<R>(&self, f: impl FnOnce(&Replica) -> R) -> R {
        let (read, is_much_open) = match (&*self.open.borrow(), &*self.preview.borrow()) {
            (Some(open), _) => (f(open.engine.replica()), open.engine.replica().is_much_open()),
            (None, Some(preview)) => (f(&preview.replica), false),
            (None, None) => (f(&Replica::default()), false),
        };
        // Who reads in the middle of reading leaves that to whoever began.
        if let (true, Ok(mut open)) = (is_much_open, self.open.try_borrow_mut()) {
            open.iter_mut().for_each(|open| open.engine.put_away());
        }
        read
    }

    /// This device; unknown while locked.
    pub(super) fn device(&self) -> Option<DeviceId> {
        self.open.borrow().as_ref().map(|open| open.writer.device())
    }

    /// Puts a replica read anew from the store in place of the present one: this tab had missed something.
    pub(super) fn replace_engine(self: &Rc<Self>, life: Life, replica: Replica) {
        let session = self.with(life, |open| {
            open.engine = Engine::new(open.writer.device(), replica);
            open.life.engine += 1;
            open.link.profile().cloned()
        });
        self.publish(true);
        self.read_notes(life);
        if let Some(profile) = session.flatten() {
            self.handle(life, Event::SessionReady(profile));
        }
    }

    /// Lets the engine take an event in and carries out what it asks for. Gives the commits it asked for.
    pub(super) fn handle(self: &Rc<Self>, life: Life, event: Event) -> Vec<CommitToken> {
        let mut identities = self.random.identities();
        let handled = self.with(life, |open| {
            let before = open.engine.replica().revision();
            let commands = open.engine.handle(event, clock::now(), &mut identities);
            let changed = open.engine.replica().revision() != before;
            open.link.wake_reader();
            (commands, changed, open.life, open.writer.clone())
        });
        let Some((commands, changed, life, writer)) = handled else {
            return Vec::new();
        };
        let mut tokens = Vec::new();
        for command in commands {
            match command {
                Command::Commit(token, entry) => {
                    tokens.push(token);
                    writer.append(self, life, token, entry);
                }
                Command::Send(token, request) => self.send(life, token, request),
                Command::WakeAfter(milliseconds) => self.wake_after(life, milliseconds),
            }
        }
        self.publish(changed);
        if changed {
            self.follow_notes(life);
        }
        tokens
    }

    fn wake_after(self: &Rc<Self>, life: Life, milliseconds: i64) {
        let state = self.clone();
        let delay = u32::try_from(milliseconds.clamp(0, 3_600_000)).unwrap_or_default();
        let timer = Timeout::new(delay, move || {
            state.handle(life, Event::Woken);
        });
        self.with(life, |open| open.wake = Some(timer));
    }

    /// Brings the signals up to date. `changed`: the replica is another one than before.
    pub(super) fn publish(&self, changed: bool) {
        let before = self.signals.status.get_untracked();
        let engine = self
            .open
            .borrow()
            .as_ref()
            .map(|open| (activity(open), open.engine.has_list()));
        let (activity, has_list) = engine.unwrap_or_default();
        let status = self.is_open().then(|| {
            let counted = self.preview.borrow().as_ref().and_then(Preview::counted);
            self.held(|replica| SyncStatus {
                activity,
                unsent: counted.map_or(replica.outbox().len(), |counts| counts.unsent),
                oldest_unsent: replica.outbox().first().map(|mutation| mutation.at),
                refused: counted.map_or(replica.refused().len(), |counts| counts.refused),
                last_success: replica.last_complete(),
                first_pull_done: replica.last_complete().is_some(),
                // An engine put in place meanwhile does not know what was said to the one before.
                list_here: before.list_here || has_list || replica.last_complete().is_some(),
                ..before.clone()
            })
        });
        if let Some(status) = status.filter(|status| *status != before) {
            self.signals.status.set(status);
        }
        if changed {
            self.publish_profile();
            self.signals.changed.notify();
        }
    }

    /// A role, team or name may have changed on the server.
    fn publish_profile(&self) {
        let profile = self.held(|replica| replica.profile().cloned());
        if profile.is_some() && self.signals.profile.with_untracked(|before| *before != profile) {
            self.signals.profile.set(profile);
        }
    }

    /// The app cannot go on.
    pub(super) fn fail(&self, error: &StoreError) {
        let failure = match error {
            StoreError::NewerVersion => StartFailure::NewerVersion,
            StoreError::Blocked => StartFailure::BlockedByOtherTab,
            StoreError::Refused | StoreError::Full => StartFailure::StorageRefused,
            StoreError::Lost | StoreError::Damaged(_) | StoreError::Failed(_) => StartFailure::Corrupt,
        };
        self.signals.phase.set(Phase::Failed(failure));
    }
}

/// What synchronisation is doing, as the user should see it.
fn activity(open: &Open) -> Activity {
    match open.engine.activity() {
        engine::Activity::SignedOut => open.link.activity(),
        engine::Activity::Idle => Activity::Idle,
        engine::Activity::Syncing => Activity::Syncing {
            received: open.link.received(),
        },
        engine::Activity::Offline => Activity::Offline,
        engine::Activity::Failing => Activity::Failing,
        engine::Activity::StoreFailing => Activity::StoreFailing,
    }
}
