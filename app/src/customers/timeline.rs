//! Visits, notes and touches of the customer, newest first, with author and time. A corrected note shows both texts.

use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::use_query_map;
use rapport_shared::ids::RecordId;
use rapport_shared::notes::{NoteView, field as note_field};
use rapport_shared::record::{Kind, Record, Version};
use rapport_shared::time::Timestamp;
use rapport_shared::timeline::{TimelineEntry, timeline};
use rapport_shared::touches::TouchView;
use rapport_shared::visits::{VisitView, field};

use super::card::CardState;
use crate::book::{Book, use_book};
use crate::i18n::texts::card as words;
use crate::i18n::{choice, date, person, texts, time};
use crate::routes;
use crate::ui::{Button, page};

/// Entries shown before one asks for more.
const FIRST: usize = 6;
/// Entries shown more each time.
const MORE: usize = 20;

/// The sheet of what happened.
#[component]
pub fn Timeline(
    /// The card.
    state: CardState,
) -> impl IntoView {
    let book = use_book();
    let asked = RwSignal::new(FIRST);
    let entries = Memo::new(move |_| newest_first(&state.records.read()));
    let sought = sought(entries);
    let limit = Memo::new(move |_| limit_with(asked.get(), &entries.read(), sought.get()));
    let shown = move || {
        entries
            .read()
            .iter()
            .take(limit.get())
            .map(|shown| entry(book, state, shown, sought))
            .collect_view()
    };
    let more = move || entries.read().len().saturating_sub(limit.get());
    view! {
        <section class="sheet card-timeline">
            <div class="sheet-head">
                <h2>{words::timeline} <span class="figure">{move || entries.read().len()}</span></h2>
            </div>
            <Show
                when=move || !entries.read().is_empty()
                fallback=|| view! { <p class="quiet">{words::no_timeline}</p> }
            >
                <ol class="timeline">{shown}</ol>
                <Show when=move || { more() > 0 }>
                    <Button
                        label=move || texts::common::show_more(more().min(MORE))
                        on_press=move |()| asked.set(limit.get_untracked() + MORE)
                    />
                </Show>
            </Show>
        </section>
    }
}

/// The entry that the address names, to which the page moves whenever that is another one.
fn sought(entries: Memo<Vec<Entry>>) -> Memo<Option<RecordId>> {
    let query = use_query_map();
    let sought = Memo::new(move |_| query.read().get("note").and_then(|id| id.parse::<RecordId>().ok()));
    let is_here = Memo::new(move |_| sought.get().is_some_and(|id| place(&entries.read(), id).is_some()));
    Effect::new(move |_| {
        let Some(id) = sought.get().filter(|_| is_here.get()) else {
            return;
        };
        // The frame moves the focus to the heading of a page just shown; this comes after.
        request_animation_frame(move || {
            request_animation_frame(move || {
                page::focus_first(&format!("[data-entry='{id}']"));
            });
        });
    });
    sought
}

fn place(entries: &[Entry], id: RecordId) -> Option<usize> {
    entries.iter().position(|entry| entry.record.id == id)
}

/// How many entries are shown so that the one sought is among them.
fn limit_with(asked: usize, entries: &[Entry], sought: Option<RecordId>) -> usize {
    let needed = sought.and_then(|id| place(entries, id)).map_or(0, |place| place + 1);
    asked.max(needed)
}

/// One entry, as owned records.
#[derive(Clone, PartialEq)]
struct Entry {
    at: Timestamp,
    record: Record,
    /// Earlier states of a corrected note, latest first.
    earlier: Vec<Record>,
}

fn newest_first(records: &[Record]) -> Vec<Entry> {
    let entry = |entry: TimelineEntry<'_>| Entry {
        at: entry.at,
        record: entry.record.clone(),
        earlier: entry.earlier.into_iter().cloned().collect(),
    };
    timeline(records).into_iter().map(entry).collect()
}

fn at(book: Book, point: Timestamp) -> String {
    time(point, book.today(), book.utc_offset_minutes())
}

fn entry(book: Book, state: CardState, entry: &Entry, sought: Memo<Option<RecordId>>) -> impl IntoView + use<> {
    let record = &entry.record;
    let author = person(book, record.created.by);
    let written = words::written(author, at(book, record.created.at));
    let (title, body) = match record.kind {
        Kind::Note => (note_title(record), note_body(book, entry).into_any()),
        Kind::Touch => touch(record),
        _ => visit(record),
    };
    let id = record.id;
    let unsent = record.version == Version::NONE;
    let may_correct = record.kind == Kind::Note && !state.source.is_online();
    let correct = may_correct.then(|| routes::correction(state.id, &Kind::Note, record.id));
    let correct = correct.map(|address| view! {
        <A href=address attr:class="button" attr:data-look="plain" attr:data-test="correct-note">{words::correct}</A>
    });
    view! {
        <li
            class="timeline-entry"
            data-kind=record.kind.name().to_owned()
            data-entry=id.to_string()
            data-sought=move || (sought.get() == Some(id)).to_string()
            data-test="timeline-entry"
        >
            <p class="timeline-head">
                <strong>{title}</strong>
                <time>{at(book, entry.at)}</time>
                {unsent.then(|| view! { <span class="badge" data-tone="amber">{texts::common::unsent_mark}</span> })}
            </p>
            {body}
            <div class="timeline-foot">
                <p>{written}</p>
                {correct}
            </div>
        </li>
    }
}

fn note_title(record: &Record) -> String {
    let revises = NoteView(record).revises().is_some();
    if revises { words::revision() } else { words::note() }.to_owned()
}

fn note_body(book: Book, entry: &Entry) -> impl IntoView + use<> {
    let record = &entry.record;
    let note = NoteView(record);
    let next = note.next_contact().map(|day| words::next_contact(date(day)));
    let none = record
        .text(note_field::NO_NEXT_CONTACT_REASON)
        .map(words::no_next_contact);
    let chips: Vec<String> = [("signals", "signal"), ("needs", "need")]
        .iter()
        .flat_map(|(field, group)| record.entries(field).map(|(name, _)| choice(group, name)))
        .collect();
    let earlier = entry
        .earlier
        .iter()
        .map(|earlier| revised(book, earlier))
        .collect_view();
    view! {
        <p class="timeline-text">{note.text().to_owned()}</p>
        <p class="cluster small">
            {chips.into_iter().map(|chip| view! { <span class="badge">{chip}</span> }).collect_view()}
            {next.or(none).map(|next| view! { <span class="badge" data-tone="accent">{next}</span> })}
        </p>
        {earlier}
    }
}

/// A text that was corrected.
fn revised(book: Book, earlier: &Record) -> impl IntoView + use<> {
    let note = NoteView(earlier);
    let written = words::written(person(book, earlier.created.by), at(book, earlier.created.at));
    view! {
        <div class="timeline-revised" data-test="note-original">
            <p class="small">{words::revised} " · " {written}</p>
            <p class="timeline-text">{note.text().to_owned()}</p>
        </div>
    }
}

fn touch(record: &Record) -> (String, AnyView) {
    let touch = TouchView(record);
    let channel = touch
        .channel()
        .map_or_else(String::new, |channel| choice("channel", channel.as_str()));
    let missed = !touch.was_answered();
    let body = view! {
        <p class="timeline-text">{touch.text().to_owned()}</p>
        {missed.then(|| view! { <p><span class="badge">{words::touch_unanswered}</span></p> })}
    };
    (channel, body.into_any())
}

fn visit(record: &Record) -> (String, AnyView) {
    let visit = VisitView(record);
    let status = choice("visit_status", visit.status().as_str());
    let outcome = visit.outcome().map(|outcome| choice("outcome", outcome.as_str()));
    let text = |name: &str| record.text(name).map(str::to_owned);
    let place = text(field::PLACE);
    let body = view! {
        <p class="timeline-text">{text(field::PURPOSE)}</p>
        <p class="cluster small">
            <span class="badge">{status}</span>
            {outcome.map(|outcome| view! { <span class="badge">{outcome}</span> })}
            {place.map(|place| view! { <span class="quiet">{place}</span> })}
        </p>
    };
    (
        text(field::TYPE).unwrap_or_else(|| words::visit().to_owned()),
        body.into_any(),
    )
}
