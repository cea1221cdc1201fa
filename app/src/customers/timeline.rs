//! Visits, notes and touches of the customer, newest first, with author and time. A corrected note shows both texts.

use leptos::prelude::*;
use leptos_router::components::A;
use rapport_shared::notes::{NoteView, field as note_field};
use rapport_shared::record::{Kind, Record, Version};
use rapport_shared::time::Timestamp;
use rapport_shared::timeline::{TimelineEntry, timeline, when};
use rapport_shared::touches::TouchView;
use rapport_shared::visits::{VisitView, field};

use crate::book::Book;
use crate::i18n::texts::card as words;
use crate::i18n::{choice, date, person, texts, time};
use crate::routes;
use crate::sections::{Card, Entry, Frame, Section};

/// The sheet of what happened, newest first.
pub static SECTION: Section = Section {
    name: "timeline",
    title: words::timeline,
    none: words::no_timeline,
    adds: None,
    frame: Frame::Line,
    first: 6,
    of: |records| timeline(records).into_iter().map(as_entry).collect(),
    row: |card, entry| happened(card, entry).into_any(),
};

/// A corrected note with its earlier states within, latest first.
fn as_entry(entry: TimelineEntry<'_>) -> Entry {
    Entry {
        record: entry.record.clone(),
        within: entry.earlier.into_iter().cloned().collect(),
    }
}

fn at(book: Book, point: Timestamp) -> String {
    time(point, book.today(), book.utc_offset_minutes())
}

fn happened(state: Card, entry: &Entry) -> impl IntoView + use<> {
    let book = state.book;
    let record = &entry.record;
    let author = person(book, record.created.by);
    let written = words::written(author, at(book, record.created.at));
    let (title, body) = match record.kind {
        Kind::Note => (note_title(record), note_body(book, entry).into_any()),
        Kind::Touch => touch(record),
        _ => visit(record),
    };
    let unsent = record.version == Version::NONE;
    let may_correct = record.kind == Kind::Note && !state.source.is_online();
    let correct = may_correct.then(|| routes::correction(state.id, &Kind::Note, record.id));
    let correct = correct.map(|address| view! {
        <A href=address attr:class="button" attr:data-look="plain" attr:data-test="correct-note">{words::correct}</A>
    });
    view! {
            <p class="timeline-head">
                <strong>{title}</strong>
                <time>{at(book, when(record))}</time>
                {unsent.then(|| view! { <span class="badge" data-tone="amber">{texts::common::unsent_mark}</span> })}
            </p>
            {body}
            <div class="timeline-foot">
                <p>{written}</p>
                {correct}
            </div>
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
    let earlier = entry.within.iter().map(|earlier| revised(book, earlier)).collect_view();
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
