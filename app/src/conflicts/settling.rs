//! Writing down what a person decided about a conflict, the way back, and what to decide about next.

use leptos::prelude::*;
use leptos::task::spawn_local;
use rapport_shared::conflicts::{Choice, ConflictView, settle, unsettle};
use rapport_shared::drafts;
use rapport_shared::ids::RecordId;
use rapport_shared::record::{Kind, Record};

use super::list;
use crate::book::Book;
use crate::i18n::save_error;
use crate::i18n::texts::conflict as words;
use crate::routes;
use crate::ui::Toasts;

/// Where the text is kept that the two versions are put together in.
pub fn draft_key(conflict: &Record) -> String {
    drafts::draft_key(
        &Kind::Conflict,
        conflict.root().or(Some(conflict.id)),
        Some(conflict.id),
    )
}

/// What the buttons of one conflict do.
#[derive(Clone, Copy)]
pub struct Settling {
    pub book: Book,
    pub toasts: Toasts,
    /// The conflict, as it was when the page opened.
    pub conflict: StoredValue<Record>,
    /// Set once decided: the page stays as it is until the next one comes.
    pub working: RwSignal<bool>,
    /// Goes to an address.
    pub go: Callback<String>,
}

impl Settling {
    /// Carries the decision out, and goes on to the next conflict.
    pub fn settle(self, choice: Choice) {
        if self.working.get_untracked() {
            return;
        }
        self.working.set(true);
        let Self { book, toasts, .. } = self;
        let conflict = self.conflict.get_value();
        let subject = book.read_untracked(|replica| {
            let id = ConflictView(&conflict).record()?;
            replica.get(id).cloned()
        });
        let next = next(book, conflict.id);
        let edits = settle(&conflict, subject.as_ref(), &choice);
        let draft = draft_key(&conflict);
        let said = match choice {
            Choice::Keep => words::kept,
            Choice::Write(_) => words::written,
            Choice::Remove => words::removed,
        };
        spawn_local(async move {
            match book.write_form(edits, &draft).await {
                Ok(()) => {
                    let undo = move || reopen(book, toasts, conflict.id, subject.as_ref(), &choice);
                    toasts.say_with_undo(said(), undo);
                    self.go
                        .try_run(next.map_or_else(|| routes::CONFLICTS.to_owned(), routes::conflict));
                }
                Err(error) => {
                    self.working.try_set(false);
                    let kind = ConflictView(&conflict).record_kind().unwrap_or(Kind::Conflict);
                    toasts.warn(save_error(&kind, &error));
                }
            }
        });
    }
}

/// The conflict below `id` in the list, or above it when it is the last.
fn next(book: Book, id: RecordId) -> Option<RecordId> {
    let open: Vec<RecordId> = list::open(book)
        .into_iter()
        .flat_map(|(_, conflicts)| conflicts)
        .map(|record| record.id)
        .collect();
    let place = open.iter().position(|open| *open == id)?;
    let above = place.checked_sub(1).and_then(|above| open.get(above));
    open.get(place + 1).or(above).copied()
}

/// Takes a decision back: the value and the mark that it is settled.
fn reopen(book: Book, toasts: Toasts, id: RecordId, then: Option<&Record>, choice: &Choice) {
    let edits = book.read_untracked(|replica| {
        let conflict = replica.get(id)?;
        let now = then.and_then(|then| replica.get(then.id));
        Some(unsettle(conflict, then, now, choice))
    });
    let Some(edits) = edits else {
        toasts.warn(words::gone());
        return;
    };
    spawn_local(async move {
        match book.write(edits).await {
            Ok(()) => toasts.say(words::reopened()),
            Err(error) => toasts.warn(save_error(&Kind::Conflict, &error)),
        }
    });
}
