//! Half-written forms: kept sealed within a moment, and at once when the page is hidden, left or locked. What the
//! store does not take stays in memory and is tried again; nothing is called kept that is not on the disk.

use std::collections::BTreeMap;
use std::pin::pin;
use std::rc::Rc;

use futures::channel::oneshot;
use futures::future::select;
use gloo::timers::callback::Timeout;
use leptos::prelude::*;
use rapport_shared::sync::engine::Event;
use rapport_shared::sync::replica::Op;
use serde_json::Value;
use wasm_bindgen_futures::spawn_local;

use super::state::{Life, Open, State};
use super::types::{DraftState, SaveError};

/// The longest a draft stays in memory alone, in milliseconds.
const DELAY: u32 = 300;
/// Time until drafts the store did not take are tried again, in milliseconds.
const RETRY: u32 = 3_000;
/// How long locking waits for drafts to become durable, in milliseconds.
const PATIENCE: u32 = 3_000;

/// Forms by their keys; `None`: to be forgotten.
pub(super) type Drafts = BTreeMap<String, Option<Value>>;

impl State {
    /// The draft under `key`, as last put.
    pub(super) fn draft(&self, key: &str) -> Option<Value> {
        let put = match (&*self.open.borrow(), &*self.preview.borrow()) {
            (Some(open), _) => open.put_draft(key),
            (None, Some(preview)) => preview.drafts.get(key).cloned(),
            (None, None) => None,
        };
        put.unwrap_or_else(|| self.held(|replica| replica.draft(key).cloned()))
    }

    /// Keeps (`None`: forgets) a draft soon.
    pub(super) fn put_draft(self: &Rc<Self>, key: String, value: Option<Value>) {
        if let Some(preview) = &mut *self.preview.borrow_mut() {
            preview.drafts.insert(key, value);
            return;
        }
        let Some(life) = self.life() else { return };
        self.with(life, |open| open.drafts.insert(key, value));
        // Not put off by further typing: what is typed is never longer in memory alone than the delay.
        self.flush_drafts_in(life, DELAY);
        if !self.signals.drafts.get_untracked().is_failure() {
            self.signals.drafts.set(DraftState::Saving);
        }
    }

    /// Whether something was typed that only a whole book can keep.
    pub(super) fn preview_holds_text(&self) -> bool {
        let preview = self.preview.borrow();
        let mut drafts = preview.iter().flat_map(|preview| preview.drafts.values());
        drafts.any(Option::is_some)
    }

    fn flush_drafts_in(self: &Rc<Self>, life: Life, delay: u32) {
        let state = self.clone();
        self.with(life, |open| {
            let timer = || Timeout::new(delay, move || state.flush_drafts());
            open.draft_timer.get_or_insert_with(timer);
        });
    }

    /// Hands all drafts to the writer now.
    pub(super) fn flush_drafts(self: &Rc<Self>) {
        let Some(life) = self.life() else { return };
        let flushed = self.with(life, |open| {
            open.draft_timer = None;
            let drafts = std::mem::take(&mut open.drafts);
            let steps = drafts.iter().filter_map(|(key, value)| step(open, key, value));
            let steps: Vec<Op> = steps.collect();
            (drafts, steps, open.writer.clone())
        });
        let Some((drafts, steps, writer)) = flushed else { return };
        if steps.is_empty() {
            return self.drafts_settled(life, &drafts);
        }
        let [token, ..] = self.handle(life, Event::Steps(steps))[..] else {
            return;
        };
        let drafts = Rc::new(drafts);
        self.with(life, |open| open.drafts_under_way.push(drafts.clone()));
        let outcome = writer.outcome(life, token);
        let state = self.clone();
        spawn_local(async move {
            let outcome = outcome.await.unwrap_or(Err(SaveError::Storage));
            state.drafts_flushed(life, drafts, outcome);
        });
    }

    fn drafts_flushed(self: &Rc<Self>, life: Life, drafts: Rc<Drafts>, outcome: Result<(), SaveError>) {
        let arrived = |open: &mut Open| open.drafts_under_way.retain(|other| !Rc::ptr_eq(other, &drafts));
        let same = self.with(life, arrived).is_some();
        let Err(error) = outcome else {
            return self.drafts_settled(life, &drafts);
        };
        if !same {
            // Locked meanwhile: what was typed is gone. What was to be forgotten just comes back.
            let lost = drafts.values().any(Option::is_some);
            self.signals.draft_lost.update(|known| *known |= lost);
            return;
        }
        self.with(life, |open| {
            for (key, value) in &*drafts {
                // What was typed since is newer.
                open.drafts.entry(key.clone()).or_insert_with(|| value.clone());
            }
        });
        self.flush_drafts_in(life, RETRY);
        self.signals.drafts.set(match error {
            SaveError::Full => DraftState::Full,
            _ => DraftState::Failed,
        });
    }

    /// `drafts` are on the disk; says so when no others are under way.
    fn drafts_settled(&self, life: Life, drafts: &Drafts) {
        let settled = self.with(life, |open| open.drafts.is_empty() && open.drafts_under_way.is_empty());
        if settled == Some(true) {
            let kept = drafts.values().any(Option::is_some);
            let state = if kept { DraftState::Saved } else { DraftState::Untouched };
            self.signals.drafts.set(state);
        }
    }

    /// Waits until every draft is on the disk.
    ///
    /// # Errors
    /// [`SaveError::Storage`] when one cannot be stored, or not within [`PATIENCE`].
    pub(super) async fn keep_drafts(self: &Rc<Self>) -> Result<(), SaveError> {
        if self.preview_holds_text() {
            patiently(self.whole()).await;
        }
        if self.preview_holds_text() {
            return Err(SaveError::Storage);
        }
        let Some(life) = self.life() else { return Ok(()) };
        self.flush_drafts();
        let writer = self.with(life, |open| {
            (!open.drafts_under_way.is_empty()).then(|| open.writer.clone())
        });
        if let Some(writer) = writer.flatten() {
            patiently(writer.rest()).await;
        }
        let unsaved = self.with(life, |open| {
            !open.drafts_under_way.is_empty() || open.holds_unsaved_text()
        });
        if unsaved == Some(true) {
            return Err(SaveError::Storage);
        }
        Ok(())
    }
}

impl Open {
    /// What was put last under `key` and is not on the disk; the inner `None`: it is to be forgotten.
    fn put_draft(&self, key: &str) -> Option<Option<Value>> {
        let under_way = self.drafts_under_way.iter().rev().map(Rc::as_ref);
        std::iter::once(&self.drafts)
            .chain(under_way)
            .find_map(|drafts| drafts.get(key).cloned())
    }

    fn holds_unsaved_text(&self) -> bool {
        self.drafts.values().any(Option::is_some)
    }
}

/// Waits for what should end soon, but not longer than [`PATIENCE`].
async fn patiently(work: impl Future<Output = ()>) {
    let (late, limit) = oneshot::channel();
    let _timer = Timeout::new(PATIENCE, move || {
        // Nobody waits any more once the work is done.
        let _ = late.send(());
    });
    select(pin!(work), limit).await;
}

/// What the log has to say about a draft; nothing when it says so already.
fn step(open: &Open, key: &str, value: &Option<Value>) -> Option<Op> {
    let kept = open.engine.replica().draft(key);
    // What is still being committed is not seen in the replica.
    if !open.engine.is_committing() && kept == value.as_ref() {
        return None;
    }
    let key = key.to_owned();
    Some(match value.clone() {
        Some(value) => Op::PutDraft { key, value },
        None => Op::RemoveDraft(key),
    })
}
