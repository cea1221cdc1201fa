//! The open book's ear: a line on which the server says when to ask, open while the book is, in the tab that
//! synchronises. It only ever makes the engine ask sooner; without a line the engine asks by its own timer. A line is
//! opened when nothing waits any more after an answer of the server, so how long to wait for the server is decided in one place, the engine.

use std::rc::Rc;

use gloo::timers::callback::Timeout;
use rapport_shared::sync::engine::{Activity, Entropy, Event};
use rapport_shared::sync::wire::LONGEST_SILENCE;
use rapport_shared::time::Timestamp;

use super::state::{Life, State};
use crate::platform::clock;
use crate::sync::line::{Line, Word};

/// A line silent for this long is dead, in milliseconds: two words at least got lost.
const DEAD_AFTER: u32 = 2 * LONGEST_SILENCE + 5_000;
/// Shortest time between tries to open a line on which nothing is heard, in milliseconds.
const RETRY: i64 = 30_000;
/// Devices that lost their lines together ask again spread over this time, in milliseconds.
const SPREAD: u32 = 2_000;

/// See the module's first paragraph.
#[derive(Debug, Default)]
pub(super) struct Ear {
    line: Option<Line>,
    /// Tells what is heard late from an earlier line.
    number: u32,
    has_heard: bool,
    /// When a line ended on which nothing was heard.
    failed: Option<Timestamp>,
    /// Waits for the next word, or to ask why there will be none.
    timer: Option<Timeout>,
}

impl Ear {
    /// Stops listening.
    pub(super) fn close(&mut self) {
        (self.line, self.timer) = (None, None);
    }

    fn may_try(&self, now: Timestamp) -> bool {
        self.line.is_none() && self.failed.is_none_or(|failed| now.since(failed).abs() >= RETRY)
    }
}

impl State {
    /// Opens a line unless there is one: the server has answered and nothing waits.
    pub(super) fn listen_to_server(self: &Rc<Self>, life: Life) {
        let now = clock::now();
        let number = self.with(life, |open| {
            let is_due = open.engine.is_signed_in() && open.ear.may_try(now);
            is_due.then(|| {
                open.ear.number += 1;
                open.ear.has_heard = false;
                (open.ear.number, open.writer.device())
            })
        });
        let Some((number, device)) = number.flatten() else {
            return;
        };
        let state = self.clone();
        let line = Line::open(device, move |word| state.heard_on_line(life, number, word));
        let timer = self.watch_line(life, number);
        self.with(life, |open| {
            if line.is_none() {
                open.ear.failed = Some(now);
            }
            open.ear.timer = line.is_some().then_some(timer);
            open.ear.line = line;
        });
    }

    fn watch_line(self: &Rc<Self>, life: Life, number: u32) -> Timeout {
        let state = self.clone();
        Timeout::new(DEAD_AFTER, move || state.heard_on_line(life, number, Word::Ended))
    }

    fn heard_on_line(self: &Rc<Self>, life: Life, number: u32, word: Word) {
        if word == Word::Ended {
            return self.line_ended(life, number);
        }
        let timer = self.watch_line(life, number);
        let activity = self.with(life, |open| {
            let is_current = open.ear.line.is_some() && open.ear.number == number;
            is_current.then(|| {
                open.ear.has_heard = true;
                open.ear.failed = None;
                open.ear.timer = Some(timer);
                open.engine.activity()
            })
        });
        // Where asking failed for other reasons than the network, the engine knows best when to ask again.
        let may_help = !matches!(
            activity.flatten(),
            None | Some(Activity::Failing | Activity::StoreFailing)
        );
        if word == Word::Poke && may_help {
            self.handle(life, Event::SyncNow);
        }
    }

    fn line_ended(self: &Rc<Self>, life: Life, number: u32) {
        let share = u32::from(self.random.identities().draw()[0]);
        let state = self.clone();
        self.with(life, |open| {
            if open.ear.line.is_none() || open.ear.number != number {
                return;
            }
            open.ear.close();
            if open.ear.has_heard {
                // Asking tells why: no network, no session, or just a server started anew.
                let delay = SPREAD * share / 256;
                open.ear.timer = Some(Timeout::new(delay, move || {
                    state.handle(life, Event::SyncNow);
                }));
            } else {
                open.ear.failed = Some(clock::now());
            }
        });
    }
}
