//! The idle lock: a book nobody works with closes by itself, after a warning.

use std::rc::Rc;

use gloo::timers::callback::Timeout;
use leptos::prelude::*;

use super::state::State;
use crate::platform::clock;

/// How long nobody may work with an open book before the warning, in milliseconds.
const IDLE: i64 = 5 * 60 * 1_000;
/// How long the warning stands before the book is locked, in milliseconds.
const GRACE: i64 = 10 * 1_000;

/// What idleness calls for.
#[derive(Debug, PartialEq, Eq)]
enum Idleness {
    /// Look again after this many milliseconds.
    Working(i64),
    /// Warn, and look again after this many milliseconds.
    Warn(i64),
    Lock,
}

/// Judges `idle` milliseconds without work. A clock put back counts as work just done.
fn judge(idle: i64) -> Idleness {
    let idle = idle.max(0);
    if idle >= IDLE + GRACE {
        Idleness::Lock
    } else if idle >= IDLE {
        Idleness::Warn(IDLE + GRACE - idle)
    } else {
        Idleness::Working(IDLE - idle)
    }
}

impl State {
    /// The user does something.
    pub(super) fn worked(self: &Rc<Self>) {
        if !self.is_open() {
            return;
        }
        // A tablet that slept for an hour was idle for an hour, though its timers slept as well.
        if judge(self.idle()) == Idleness::Lock {
            return self.lock();
        }
        self.last_work.set(clock::now().milliseconds());
        if self.signals.locking_soon.get_untracked() {
            self.signals.locking_soon.set(false);
            self.watch_idleness_at(judge(0));
        }
    }

    /// Begins to watch an open book.
    pub(super) fn watch_idleness(self: &Rc<Self>) {
        self.last_work.set(clock::now().milliseconds());
        self.watch_idleness_at(judge(0));
    }

    /// Looks at once: the page was shown again, perhaps after a long sleep.
    pub(super) fn check_idleness(self: &Rc<Self>) {
        self.watch_idleness_at(judge(self.idle()));
    }

    fn idle(&self) -> i64 {
        clock::now().milliseconds() - self.last_work.get()
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

#[cfg(test)]
mod tests {
    use super::{Idleness, judge};

    #[test]
    fn judges_idleness() {
        let check = |idle, expected| assert_eq!(judge(idle), expected, "{idle}");
        check(0, Idleness::Working(300_000));
        check(299_999, Idleness::Working(1));
        check(300_000, Idleness::Warn(10_000));
        check(309_999, Idleness::Warn(1));
        check(310_000, Idleness::Lock);
        check(i64::MAX, Idleness::Lock);
        check(-5_000, Idleness::Working(300_000));
    }
}
