//! Fields two people changed at once: both values with author and time, one tap to keep or to restore.

use leptos::prelude::*;
use leptos::task::spawn_local;
use rapport_shared::conflicts::{ConflictView, field};
use rapport_shared::ids::{RecordId, UserId};
use rapport_shared::sync::mutation::Edit;
use rapport_shared::sync::record::{FieldPath, Kind, Record};
use rapport_shared::time::Timestamp;
use serde_json::Value;

use super::card::CardState;
use super::history::person;
use crate::book::{Book, use_book};
use crate::i18n::texts::card as words;
use crate::i18n::{field_name, save_error, texts, time, value_text};
use crate::ui::{Button, Toasts, use_toasts};

/// Whether `record` is an open conflict about this field.
pub(super) fn concerns(record: &Record, id: RecordId, path: &FieldPath) -> bool {
    let open = ConflictView::of(record).filter(|conflict| !conflict.is_resolved());
    open.is_some_and(|conflict| conflict.record() == Some(id) && conflict.path().as_ref() == Some(path))
}

/// Every open conflict in the customer's scope.
#[component]
pub fn Conflicts(
    /// The card.
    state: CardState,
) -> impl IntoView {
    let book = use_book();
    let toasts = use_toasts();
    let open = Memo::new(move |_| {
        let records = state.records.read();
        let is_open = |record: &&Record| ConflictView::of(record).is_some_and(|conflict| !conflict.is_resolved());
        records.iter().filter(is_open).cloned().collect::<Vec<_>>()
    });
    move || {
        open.get()
            .iter()
            .filter_map(|record| conflict(book, toasts, record))
            .collect_view()
    }
}

fn conflict(book: Book, toasts: Toasts, record: &Record) -> Option<impl IntoView + use<>> {
    let conflict = ConflictView(record);
    let (kind, path) = (conflict.record_kind()?, conflict.path()?);
    let subject = field_name(&kind, &path);
    let side = |value: &Value, author: Option<(UserId, Timestamp)>| {
        let who = author.map(|(user, at)| {
            texts::common::by_at(person(book, user), time(at, book.today(), book.utc_offset_minutes()))
        });
        (value_text(book, &kind, &path, value), who)
    };
    let (stands, stands_by) = side(conflict.stands(), conflict.stands_by());
    let (aside, aside_by) = side(conflict.aside(), conflict.aside_by());
    let (keep, restore) = (record.clone(), record.clone());
    Some(view! {
        <section class="conflict" data-test="conflict-mark" aria-label=words::conflict>
            <h2>{words::conflict}</h2>
            <p>{move || words::conflict_lead(&subject)}</p>
            <div class="conflict-values">
                <div class="conflict-value">
                    <p class="small quiet">{words::conflict_stands} " · " {stands_by}</p>
                    <p class="conflict-text" data-test="conflict-stands">{stands}</p>
                    <Button
                        label=words::conflict_keep
                        test="conflict-keep"
                        on_press=move |()| settle(book, toasts, keep.clone(), false)
                    />
                </div>
                <div class="conflict-value">
                    <p class="small quiet">{words::conflict_aside} " · " {aside_by}</p>
                    <p class="conflict-text" data-test="conflict-aside">{aside}</p>
                    <Button
                        label=words::conflict_restore
                        test="conflict-restore"
                        on_press=move |()| settle(book, toasts, restore.clone(), true)
                    />
                </div>
            </div>
        </section>
    })
}

/// Marks the conflict as settled and, if wanted, puts the value kept aside in force again. Undo puts both back.
fn settle(book: Book, toasts: Toasts, record: Record, restore: bool) {
    let conflict = ConflictView(&record);
    let mut edits = vec![Edit::of(&record).change(&record, FieldPath::known(field::RESOLVED), true)];
    let path = conflict.path();
    let subject = conflict
        .record()
        .and_then(|id| book.read_untracked(|replica| replica.get(id).cloned()));
    if restore && let (Some(subject), Some(path)) = (subject, path) {
        edits.push(Edit::of(&subject).change(&subject, path, conflict.aside().clone()));
    }
    spawn_local(async move {
        match book.write(edits).await {
            Ok(()) => toasts.say_with_undo(words::conflict_done(), move || {
                reopen(book, toasts, record.clone(), restore)
            }),
            Err(error) => toasts.warn(save_error(&Kind::Conflict, &error)),
        }
    });
}

fn reopen(book: Book, toasts: Toasts, before: Record, restored: bool) {
    let conflict = ConflictView(&before);
    let now = |id| book.read_untracked(|replica| replica.get(id).cloned());
    let mut edits = Vec::new();
    if let Some(record) = now(before.id) {
        edits.push(Edit::of(&record).change(&record, FieldPath::known(field::RESOLVED), false));
    }
    if restored && let (Some(subject), Some(path)) = (conflict.record().and_then(now), conflict.path()) {
        edits.push(Edit::of(&subject).change(&subject, path, conflict.stands().clone()));
    }
    spawn_local(async move {
        if let Err(error) = book.write(edits).await {
            toasts.warn(save_error(&Kind::Conflict, &error));
        }
    });
}
