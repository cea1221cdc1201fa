//! Half-written forms: kept sealed within a moment, and at once when the page is hidden, left or locked.

use std::rc::Rc;

use gloo::timers::callback::Timeout;
use rapport_shared::sync::engine::Event;
use rapport_shared::sync::replica::Op;
use serde_json::Value;

use super::state::{Open, State};

/// The longest a draft stays in memory alone, in milliseconds.
const DELAY: u32 = 300;

impl State {
    /// The draft under `key`, as last put.
    pub(super) fn draft(&self, key: &str) -> Option<Value> {
        let open = self.open.borrow();
        let open = open.as_ref()?;
        match open.drafts.get(key) {
            Some(value) => value.clone(),
            None => open.engine.replica().draft(key).cloned(),
        }
    }

    /// Keeps (`None`: forgets) a draft soon.
    pub(super) fn put_draft(self: &Rc<Self>, key: String, value: Option<Value>) {
        let Some(life) = self.life() else { return };
        let state = self.clone();
        self.with(life, |open| {
            open.drafts.insert(key, value);
            let timer = || Timeout::new(DELAY, move || state.flush_drafts());
            // Not put off by further typing: what is typed is never longer in memory alone than the delay.
            open.draft_timer.get_or_insert_with(timer);
        });
    }

    /// Hands all drafts to the writer now.
    pub(super) fn flush_drafts(self: &Rc<Self>) {
        let Some(life) = self.life() else { return };
        let steps = self.with(life, |open| {
            open.draft_timer = None;
            let drafts = std::mem::take(&mut open.drafts);
            drafts
                .into_iter()
                .filter_map(|(key, value)| step(open, key, value))
                .collect::<Vec<_>>()
        });
        if let Some(steps) = steps.filter(|steps| !steps.is_empty()) {
            self.handle(life, Event::Note(steps));
        }
    }
}

/// What the log has to say about a draft; nothing when it says so already.
fn step(open: &Open, key: String, value: Option<Value>) -> Option<Op> {
    let kept = open.engine.replica().draft(&key);
    // What is still being committed is not seen in the replica.
    if !open.engine.is_committing() && kept == value.as_ref() {
        return None;
    }
    Some(match value {
        Some(value) => Op::PutDraft { key, value },
        None => Op::RemoveDraft(key),
    })
}
