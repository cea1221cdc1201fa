//! The idle lock: a book nobody works with closes by itself, after a warning. After how long is decided in
//! `shared::idle`.

use std::rc::Rc;

use gloo::timers::callback::Timeout;
use leptos::prelude::*;
use rapport_shared::idle::{self, Idleness, judge};
use rapport_shared::record::Kind;
use rapport_shared::settings;

use super::state::State;
use crate::platform::clock;

impl State {
    /// The user does something.
    pub(super) fn worked(self: &Rc<Self>) {
        if !self.is_open() {
            return;
        }
        // A tablet that slept for an hour was idle for an hour, though its timers slept as well.
        if self.idleness() == Idleness::Lock {
            return self.lock();
        }
        self.last_work.set(clock::now().milliseconds());
        if self.signals.locking_soon.get_untracked() {
            self.signals.locking_soon.set(false);
            self.check_idleness();
        }
    }

    /// Begins to watch an open book.
    pub(super) fn watch_idleness(self: &Rc<Self>) {
        self.last_work.set(clock::now().milliseconds());
        self.check_idleness();
    }

    /// Looks at once: the page was shown again, perhaps after a long sleep.
    pub(super) fn check_idleness(self: &Rc<Self>) {
        self.read_limit();
        self.watch_idleness_at(self.idleness());
    }

    fn idleness(&self) -> Idleness {
        judge(
            clock::now().milliseconds() - self.last_work.get(),
            self.idle_limit.get(),
        )
    }

    /// The bank may have set another number, and another day may have begun.
    fn read_limit(&self) {
        let settings = self.held(|replica| {
            let today = clock::now()
                .plus(replica.clock_offset())
                .civil_date(clock::utc_offset_minutes());
            settings::of(replica.iter(&Kind::Setting), today)
        });
        self.idle_limit.set(idle::limit(&settings));
    }

    fn watch_idleness_at(self: &Rc<Self>, idleness: Idleness) {
        self.idle_timer.replace(None);
        if !self.is_open() {
            return;
        }
        let delay = match idleness {
            Idleness::Lock => return self.lock(),
            Idleness::Warn(delay) => {
                self.signals.locking_soon.set(true);
                delay
            }
            Idleness::Working(delay) => delay,
        };
        let state = self.clone();
        let delay = u32::try_from(delay).unwrap_or_default();
        let timer = Timeout::new(delay, move || state.check_idleness());
        self.idle_timer.replace(Some(timer));
    }
}
