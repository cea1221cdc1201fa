//! Opening a book in two steps: the cards are shown as soon as they are read, and the rest follows. Until then nothing
//! is written and nothing sent; what is asked for meanwhile waits until the book is whole, or locked.

use std::pin::pin;
use std::rc::Rc;

use futures::channel::oneshot;
use futures::future::{Either, select};
use leptos::prelude::*;
use rapport_shared::sync::replica::Replica;
use wasm_bindgen_futures::spawn_local;

use super::drafts::Drafts;
use super::restore::{ReadError, Restored, restore};
use super::state::State;
use super::types::{Phase, StartFailure};
use super::writer::Place;
use crate::db::{DeviceStore, Marker};
use crate::platform::task;
use crate::vault::{Keys, VaultError};

/// The cards of a book whose rest is being read.
pub(super) struct Preview {
    pub(super) replica: Replica,
    /// Half-written forms put meanwhile.
    pub(super) drafts: Drafts,
    /// Who waits for the end of this, and the reading of the rest: all wake when it is dropped.
    waiting: Vec<oneshot::Sender<()>>,
}

impl State {
    /// Shows the cards, and reads everything.
    pub(super) fn show_cards(self: &Rc<Self>, keys: Keys, store: Rc<DeviceStore>, cards: Replica) {
        let (sender, gone) = oneshot::channel();
        self.preview.replace(Some(Preview {
            replica: cards,
            drafts: Drafts::new(),
            waiting: vec![sender],
        }));
        self.publish(true);
        self.signals.phase.set(Phase::Open);
        self.watch_idleness();
        let state = self.clone();
        spawn_local(async move {
            match read_rest(&store, &keys, gone).await {
                Ok(Some((marker, restored))) => state.enter_whole(keys, store, marker, restored),
                Ok(None) => {}
                Err(error) => state.rest_failed(&error),
            }
        });
    }

    /// Puts in place what was restored as of `marker`.
    pub(super) fn enter_whole(self: &Rc<Self>, keys: Keys, store: Rc<DeviceStore>, marker: Marker, restored: Restored) {
        let place = Place {
            store,
            marker,
            last: restored.last,
            log_bytes: restored.log_bytes,
        };
        self.enter(keys, restored.replica, place, None);
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

/// `None`: locked meanwhile.
async fn read_rest(
    store: &DeviceStore,
    keys: &Keys,
    mut gone: oneshot::Receiver<()>,
) -> Result<Option<(Marker, Restored)>, ReadError> {
    select(pin!(task::painted()), &mut gone).await;
    // Not given up halfway, so that the connection is closed.
    let stored = store.read().await?;
    let marker = stored.marker;
    match select(gone, pin!(restore(stored, keys))).await {
        Either::Left(_) => Ok(None),
        Either::Right((restored, _)) => Ok(Some((marker, restored?))),
    }
}
