//! Opening a book step by step: the first rows of the list are shown as soon as the key is known, then the cards, and the
//! rest follows. Until then nothing is written and nothing sent; what is asked for meanwhile waits until the book is
//! whole, or locked.

use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;

use futures::channel::oneshot;
use futures::future::{Either, select};
use leptos::prelude::*;
use rapport_shared::sync::replica::{FirstRows, Replica};
use wasm_bindgen_futures::spawn_local;

use super::drafts::Drafts;
use super::restore::{ReadError, Reading, Restored, SealedBook};
use super::state::State;
use super::types::{ListBeginning, Phase, StartFailure};
use super::writer::Place;
use crate::db::{DeviceStore, Marker};
use crate::platform::task;
use crate::vault::{Keys, VaultError};

/// What there is of a book whose rest is being read.
pub(super) struct Preview {
    /// The cards, or the first of them.
    pub(super) replica: Replica,
    /// Half-written forms put meanwhile.
    pub(super) drafts: Drafts,
    /// With the first cards alone: what cannot be counted in them.
    counts: Option<Counts>,
    /// Who waits for the end of this, and the reading of the rest: all wake when it is dropped.
    waiting: Vec<oneshot::Sender<()>>,
}

/// What waits, and what was refused.
#[derive(Clone, Copy)]
pub(super) struct Counts {
    pub(super) unsent: usize,
    pub(super) refused: usize,
}

impl Preview {
    /// The counts, where the replica does not have what is counted.
    pub(super) const fn counted(&self) -> Option<Counts> {
        self.counts
    }
}

impl State {
    /// Shows the first rows of the list, and reads everything: the cards first.
    pub(super) fn show_first_rows(
        self: &Rc<Self>,
        keys: Keys,
        store: Rc<DeviceStore>,
        first: FirstRows,
        sealed: SealedBook,
    ) {
        let counts = Counts {
            unsent: first.unsent,
            refused: first.refused,
        };
        self.signals.list_beginning.set(Some(ListBeginning {
            rows: Arc::new(first.rows),
            total: first.total,
        }));
        let mut gone = self.begin_preview(first.replica, Some(counts));
        let state = self.clone();
        spawn_local(async move {
            let rest = match state.replace_first_rows(sealed, &keys, &mut gone).await {
                Ok(reading) => read_rest(reading, &keys, gone).await,
                Err(error) => Err(error),
            };
            let rest = rest.map(|rest| rest.map(|(marker, restored)| (marker, shown_ahead(restored))));
            state.end_preview(keys, store, rest);
        });
    }

    /// Shows the cards, and reads everything.
    pub(super) fn show_cards(self: &Rc<Self>, keys: Keys, store: Rc<DeviceStore>, cards: Replica, reading: Reading) {
        let gone = self.begin_preview(cards, None);
        let state = self.clone();
        spawn_local(async move {
            let rest = read_rest(reading, &keys, gone).await;
            state.end_preview(keys, store, rest);
        });
    }

    /// Gives what wakes when the preview has gone.
    fn begin_preview(self: &Rc<Self>, replica: Replica, counts: Option<Counts>) -> oneshot::Receiver<()> {
        let (sender, gone) = oneshot::channel();
        self.preview.replace(Some(Preview {
            replica,
            drafts: Drafts::new(),
            counts,
            waiting: vec![sender],
        }));
        self.publish(true);
        self.signals.phase.set(Phase::Open);
        self.watch_idleness();
        gone
    }

    /// Puts all cards in place of the first ones, once those are painted.
    async fn replace_first_rows(
        &self,
        sealed: SealedBook,
        keys: &Keys,
        gone: &mut oneshot::Receiver<()>,
    ) -> Result<Reading, ReadError> {
        select(pin!(task::painted()), &mut *gone).await;
        let reading = Reading::of(sealed, keys).await?;
        if gone.try_recv().is_err() {
            // Locked meanwhile, and what is shown now may be of another unlocking.
            return Ok(reading);
        }
        if let (Some(preview), Some(cards)) = (&mut *self.preview.borrow_mut(), reading.cards()) {
            (preview.replica, preview.counts) = (cards, None);
        } else {
            return Ok(reading);
        }
        self.signals.list_beginning.set(None);
        self.publish(true);
        Ok(reading)
    }

    /// Opens the book as a whole, unless it was locked meanwhile.
    fn end_preview(
        self: &Rc<Self>,
        keys: Keys,
        store: Rc<DeviceStore>,
        rest: Result<Option<(Marker, Restored)>, ReadError>,
    ) {
        match rest {
            Ok(Some((marker, restored))) => self.enter_whole(keys, store, marker, restored),
            Ok(None) => {}
            Err(error) => self.rest_failed(&error),
        }
    }

    /// Puts in place what was restored as of `marker`.
    pub(super) fn enter_whole(self: &Rc<Self>, keys: Keys, store: Rc<DeviceStore>, marker: Marker, restored: Restored) {
        let place = Place {
            store,
            marker,
            last: restored.last,
            log_bytes: restored.log_bytes,
            first_rows_of: restored.first_rows_stand.then(|| restored.replica.list_revision()),
        };
        self.enter(keys, restored.replica, place, None);
        // Another tab may have written since the store was read.
        if let Some(writer) = self.life().and_then(|life| self.with(life, |open| open.writer.clone())) {
            writer.look_for_others(self);
        }
    }

    fn rest_failed(&self, error: &ReadError) {
        if self.preview.borrow().is_none() {
            // Locked meanwhile: the next one to unlock finds out.
            return;
        }
        self.close();
        match error {
            ReadError::Store(error) => self.fail(error),
            ReadError::Vault(VaultError::TooNew) => self.signals.phase.set(Phase::Failed(StartFailure::NewerVersion)),
            ReadError::Vault(_) => self.signals.phase.set(Phase::Failed(StartFailure::Corrupt)),
        }
    }

    /// Waits until a book of which the cards are shown is whole, or locked.
    pub(super) async fn whole(&self) {
        let (sender, receiver) = oneshot::channel();
        match &mut *self.preview.borrow_mut() {
            Some(preview) => preview.waiting.push(sender),
            None => return,
        }
        // Nothing is ever sent: the end is what is waited for.
        let _ = receiver.await;
    }
}

/// What was restored after its first rows were shown.
fn shown_ahead(restored: Restored) -> Restored {
    Restored {
        first_rows_stand: true,
        ..restored
    }
}

/// `None`: locked meanwhile.
async fn read_rest(
    reading: Reading,
    keys: &Keys,
    mut gone: oneshot::Receiver<()>,
) -> Result<Option<(Marker, Restored)>, ReadError> {
    select(pin!(task::painted()), &mut gone).await;
    let marker = reading.marker();
    match select(gone, pin!(reading.finish(keys))).await {
        Either::Left(_) => Ok(None),
        Either::Right((restored, _)) => Ok(Some((marker, restored?))),
    }
}
