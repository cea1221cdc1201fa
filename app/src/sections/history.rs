//! The past of one field: who changed it, when, from what to what. It comes from the device and works offline.

use leptos::prelude::*;
use rapport_shared::ids::RecordId;
use rapport_shared::record::{FieldPath, Record, Version};
use rapport_shared::sync::wire::HistoryEntry;

use super::Card;
use crate::book::{Book, use_book};
use crate::i18n::texts::card as words;
use crate::i18n::{field_name, person, texts, time, value_text};
use crate::ui::Dialog;

/// The dialog; open while the card says whose history is shown.
#[component]
pub fn HistoryDialog(
    /// The card.
    state: Card,
) -> impl IntoView {
    let book = use_book();
    let open = RwSignal::new(false);
    Effect::new(move |_| open.set(state.history.read().is_some()));
    Effect::new(move |_| {
        if !open.get() && state.history.read_untracked().is_some() {
            state.history.set(None);
        }
    });
    let title = move || {
        let subject = state.history.get();
        let record = subject
            .as_ref()
            .and_then(|(id, _)| state.source.read(book, |replica| replica.get(*id).cloned()));
        match (record, subject) {
            (Some(record), Some((_, path))) => words::history_of(field_name(&record.kind, &path)),
            _ => words::history().to_owned(),
        }
    };
    view! {
        <Dialog open title>
            {move || state.history.get().map(|(id, path)| entries(book, state, id, &path))}
        </Dialog>
    }
}

fn entries(book: Book, state: Card, id: RecordId, path: &FieldPath) -> Option<impl IntoView + use<>> {
    let (record, mut history) = state
        .source
        .read(book, |replica| (replica.get(id).cloned(), replica.history(id)));
    let record = record?;
    history.retain(|entry| entry.path.as_ref() == Some(path));
    let created = &record.created;
    let first = words::history_created(
        person(book, created.by),
        time(created.at, book.today(), book.utc_offset_minutes()),
    );
    let unchanged = history.is_empty();
    Some(view! {
        <ol class="stack">
            {history.iter().map(|change| entry(book, &record, change)).collect_view()}
        </ol>
        {unchanged.then(|| view! { <p>{words::history_none}</p> })}
        <p class="small quiet">{first}</p>
    })
}

fn entry(book: Book, record: &Record, entry: &HistoryEntry) -> Option<impl IntoView + use<>> {
    let path = entry.path.as_ref()?;
    let from = value_text(book, &record.kind, path, &entry.from);
    let to = value_text(book, &record.kind, path, &entry.to);
    let who = person(book, entry.stamp.by);
    let when = time(entry.stamp.at, book.today(), book.utc_offset_minutes());
    let unsent = entry.stamp.version == Version::NONE;
    Some(view! {
        <li data-test="history-entry">
            <p class="small quiet cluster">
                <span>{texts::common::by_at(who, when)}</span>
                {unsent.then(|| view! { <span class="badge" data-tone="amber">{texts::common::unsent_mark}</span> })}
                {(!entry.stands).then(|| view! { <span class="badge" data-tone="seal">{words::history_aside}</span> })}
            </p>
            <p class="change">
                <del>{from}</del>
                <span aria-hidden="true">"→"</span>
                <ins>{to}</ins>
            </p>
        </li>
    })
}
