//! The searchable form of what was said, kept in step with the open book: all of it is read in slices once the book is
//! open, later only what changed. It never holds the first screen up, and goes when the book is locked.

use std::cell::RefCell;
use std::rc::Rc;

use gloo::timers::future::TimeoutFuture;
use leptos::prelude::*;
use rapport_shared::ids::RecordId;
use rapport_shared::record::Kind;
use rapport_shared::search::{NotesFound, Query};
use rapport_shared::sync::replica::Replica;
use wasm_bindgen_futures::spawn_local;

use super::installed::SaidIndex;
use super::state::{Life, Open, State};
use crate::platform::task::{Slices, idle};
use crate::platform::timing;

/// Records read between two looks at the clock.
const BATCH: usize = 64;

/// For how long nothing must be added to much that waits until it is read, in milliseconds.
const GATHER: u32 = 50;

/// What was said in the book.
#[derive(Default)]
pub(super) struct Said {
    /// `None` until the screens have brought one: what is to be read waits.
    index: RefCell<Option<Box<dyn SaidIndex>>>,
    /// Records that may have changed since they were read.
    waiting: Vec<RecordId>,
    is_reading: bool,
    /// Everything still has to be read.
    is_fresh: bool,
    /// All that was there when the book was opened has been read.
    is_complete: bool,
}

impl Said {
    /// Notes what has to be read, if that is everything: looked for once there is time, after the first screen.
    fn begin(&mut self, replica: &Replica) {
        if std::mem::take(&mut self.is_fresh) {
            let said = [Kind::Note, Kind::Touch];
            let said = said.iter().flat_map(|kind| replica.outlines(kind));
            self.waiting.extend(said.map(|record| record.id));
        }
    }

    /// Reads some of what waits; whether more does.
    fn read(&mut self, replica: &Replica) -> bool {
        let Some(index) = self.index.get_mut() else {
            return false;
        };
        let rest = self.waiting.len().saturating_sub(BATCH);
        for id in self.waiting.drain(rest..) {
            match replica.peek(id) {
                Some(record) => index.put(&record),
                None => index.remove(id),
            }
        }
        !self.waiting.is_empty()
    }
}

impl State {
    /// Begins anew with the notes: the replica is another one.
    pub(super) fn read_notes(self: &Rc<Self>, life: Life) {
        timing::mark(timing::NOTES_AWAITED);
        let index = self.installed.get().map(|installed| (installed.said)());
        self.with(life, |open| {
            // All of it is read anyway.
            drop(open.engine.take_changed());
            let is_reading = open.said.is_reading;
            open.said = Said {
                is_reading,
                index: RefCell::new(index),
                is_fresh: true,
                ..Said::default()
            };
        });
        self.go_on_reading(life);
    }

    /// Takes in what changed in the replica. Much of it is read once nothing more comes: who saves much at once does not
    /// wait for it.
    pub(super) fn follow_notes(self: &Rc<Self>, life: Life) {
        self.with(life, |open| open.said.waiting.extend(open.engine.take_changed()));
        self.go_on_reading(life);
    }

    /// Begins to read what waited for an index.
    pub(super) fn index_installed(self: &Rc<Self>) {
        let Some(life) = self.life() else { return };
        let index = self.installed.get().map(|installed| (installed.said)());
        self.with(life, |open| open.said.index = RefCell::new(index));
        self.go_on_reading(life);
    }

    fn go_on_reading(self: &Rc<Self>, life: Life) {
        let begins = self.with(life, |open| {
            let can_read = open.said.index.get_mut().is_some() && !open.said.is_reading;
            let begins = can_read && (open.said.is_fresh || !open.said.waiting.is_empty());
            open.said.is_reading |= begins;
            let is_long = open.said.is_fresh && open.engine.replica().len() > BATCH;
            begins.then_some(is_long || open.said.waiting.len() > BATCH)
        });
        let Some(Some(is_long)) = begins else { return };
        let state = self.clone();
        spawn_local(async move {
            if is_long {
                state.notes_gathered(life).await;
                idle().await;
            }
            let mut slices = Slices::new();
            let read = |open: &mut Open| {
                open.said.begin(open.engine.replica());
                open.said.read(open.engine.replica())
            };
            while let Some(true) = state.with(life, read) {
                slices.pause().await;
            }
            let was_complete = state.with(life, |open| {
                open.said.is_reading = false;
                std::mem::replace(&mut open.said.is_complete, true)
            });
            if was_complete == Some(false) {
                timing::mark(timing::NOTES_READ);
            }
            state.signals.notes.notify();
        });
    }

    /// Waits until no more is added to what waits to be read.
    async fn notes_gathered(&self, life: Life) {
        let waiting = || self.with(life, |open| open.said.waiting.len());
        let mut before = None;
        while before != waiting() {
            before = waiting();
            TimeoutFuture::new(GATHER).await;
        }
    }

    /// See [`super::Book::find_notes`].
    pub(super) fn find_notes(
        &self,
        query: &Query,
        passes: impl Fn(RecordId) -> bool,
        most: usize,
    ) -> Option<NotesFound> {
        // One may search in the middle of reading: the rest of the open book is only looked at.
        let open = self.open.borrow();
        let mut index = open.as_ref()?.said.index.borrow_mut();
        Some(index.as_mut()?.search(query, &passes, most))
    }

    /// Whether everything said is found by now.
    #[cfg(feature = "bench")]
    pub(super) fn has_read_notes(&self) -> bool {
        let open = self.open.borrow();
        open.as_ref().is_some_and(|open| !open.said.is_reading)
    }
}
