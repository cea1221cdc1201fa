//! The sections of a card, drawn from tables: which records of the root stand there, in which order, how a row looks. The
//! frame of each is the kit's: heading and count, the way to a new one, how many are shown at first, the row that the
//! address names. Facts with their history are here as well, for every kind. It knows no feature.
//!
//! ```text
//! pub static SECTION: Section = Section {
//!     name: "tasks",
//!     title: words::tasks,
//!     none: words::no_tasks,
//!     adds: Some(Adds { kind: Kind::Task, words: words::add_task }),
//!     frame: Frame::Rows,
//!     first: 6,
//!     of: |records| entries(records, &Kind::Task, |a, b| due(a).cmp(&due(b))),
//!     row: |card, entry| task_row(card, &entry.record),
//! };
//! ```

mod card;
mod facts;
mod history;

use std::cmp::Ordering;

use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::use_query_map;
use rapport_shared::ids::RecordId;
use rapport_shared::order;
use rapport_shared::record::{Kind, Record};

use crate::i18n::texts;
use crate::routes;
use crate::ui::{Button, Glyph, Icon, page};

pub use card::Card;
pub use facts::{FactSheets, Group, facts};
pub use history::HistoryDialog;

/// Words of a table, in the reader's language.
pub type Words = fn() -> &'static str;

/// Rows shown more each time.
const MORE: usize = 20;

/// One section of a card. See the module's example.
#[derive(Debug)]
pub struct Section {
    /// Its place in the style sheet, and for tests.
    pub name: &'static str,
    /// The heading.
    pub title: Words,
    /// What stands where there is nothing.
    pub none: Words,
    /// The way to a new one, where there is one.
    pub adds: Option<Adds>,
    /// How the rows stand.
    pub frame: Frame,
    /// How many are shown before one asks for more.
    pub first: usize,
    /// What of the records under the root stands here, in order.
    pub of: fn(&[Record]) -> Vec<Entry>,
    /// One row.
    pub row: fn(Card, &Entry) -> AnyView,
}

/// What is added to a section.
#[derive(Clone, Debug)]
pub struct Adds {
    /// Of which kind; its form is at the address for a new one.
    pub kind: Kind,
    /// What is done.
    pub words: Words,
}

/// How the rows of a section stand.
#[derive(Clone, Copy, Debug)]
pub enum Frame {
    /// One below the other.
    Rows,
    /// What happened, along a line.
    Line,
    /// A table with these columns.
    Table(&'static [Head]),
}

/// The head of a column: its words, and whether numbers stand below.
pub type Head = (fn() -> String, bool);

/// What one row is about.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The record.
    pub record: Record,
    /// Records that are shown within it, such as earlier states.
    pub within: Vec<Record>,
}

/// The records of a kind as entries, in an order.
pub fn entries(records: &[Record], kind: &Kind, order: impl Fn(&Record, &Record) -> Ordering) -> Vec<Entry> {
    let mut entries: Vec<Entry> = records
        .iter()
        .filter(|record| record.kind == *kind)
        .map(|record| Entry {
            record: record.clone(),
            within: Vec::new(),
        })
        .collect();
    order::sort_by(&mut entries, |a, b| order(&a.record, &b.record));
    entries
}

/// The sections of all cards.
#[derive(Clone, Copy)]
struct All(&'static [&'static Section]);

/// Says which sections cards have, for everything below.
pub fn provide(sections: &'static [&'static Section]) {
    provide_context(All(sections));
}

/// All sections of a card, with what the card itself has to show after them.
#[component]
pub fn Sections(
    /// The card.
    card: Card,
    /// After the sections.
    children: Children,
) -> impl IntoView {
    let sections = use_context::<All>().map_or(&[][..], |all| all.0);
    view! {
        <div class="card-sheets">
            {sections.iter().map(|section| view! { <SectionSheet card section/> }).collect_view()}
            {children()}
        </div>
    }
}

#[component]
fn SectionSheet(card: Card, section: &'static Section) -> impl IntoView {
    let entries = Memo::new(move |_| (section.of)(&card.records.read()));
    let sought = sought(entries);
    let asked = RwSignal::new(section.first);
    let printing = page::printing();
    let limit = Memo::new(move |_| {
        if printing.get() {
            // Paper cannot be asked for more.
            return entries.read().len();
        }
        let needed = sought.get().and_then(|id| place(&entries.read(), id));
        asked.get().max(needed.map_or(0, |place| place + 1))
    });
    let shown = move || {
        let entries = entries.read();
        let shown = entries.iter().take(limit.get());
        shown.map(|entry| entry.record.id).collect::<Vec<_>>()
    };
    let more = move || entries.read().len().saturating_sub(limit.get());
    let row = move |id: RecordId| view! { <Row card section entries id sought/> };
    let rows = move || view! { <For each=shown key=|id| *id children=row/> };
    view! {
        <section class=format!("sheet card-{}", section.name) data-test=section.name>
            <div class="sheet-head">
                <h2>{section.title} " " <span class="figure">{move || entries.read().len()}</span></h2>
                {section.adds.as_ref().filter(|_| !card.source.is_online()).map(|adds| add(card, adds))}
            </div>
            <Show
                when=move || !entries.read().is_empty()
                fallback=move || view! { <p class="quiet">{section.none}</p> }
            >
                {match section.frame {
                    Frame::Rows => view! { <ul>{rows()}</ul> }.into_any(),
                    Frame::Line => view! { <ol class="timeline">{rows()}</ol> }.into_any(),
                    Frame::Table(heads) => view! {
                        <div class="table-scroll" tabindex="0" role="region" aria-label=section.title>
                            <table class="table">
                                <thead><tr>{heads.iter().map(head).collect_view()}</tr></thead>
                                <tbody>{rows()}</tbody>
                            </table>
                        </div>
                    }.into_any(),
                }}
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

fn head((words, is_number): &Head) -> impl IntoView + use<> {
    let words = *words;
    view! { <th scope="col" class:number=*is_number>{words}</th> }
}

fn add(card: Card, adds: &'static Adds) -> impl IntoView {
    view! {
        <A
            href=routes::new_record(card.id, &adds.kind)
            attr:class="icon-button"
            attr:aria-label=adds.words
            attr:title=adds.words
            attr:data-test=format!("add-{}", adds.kind)
        >
            <Icon glyph=Glyph::Plus/>
        </A>
    }
}

/// One row, drawn again when what it is about changed, and only then.
#[component]
fn Row(
    card: Card,
    section: &'static Section,
    entries: Memo<Vec<Entry>>,
    id: RecordId,
    sought: Memo<Option<RecordId>>,
) -> impl IntoView {
    let entry = Memo::new(move |_| entries.read().iter().find(|entry| entry.record.id == id).cloned());
    let kind = entry.with_untracked(|entry| entry.as_ref().map(|entry| entry.record.kind.name().to_owned()));
    let content = move || entry.get().map(|entry| (section.row)(card, &entry));
    let is_sought = move || (sought.get() == Some(id)).to_string();
    match section.frame {
        Frame::Rows => view! {
            <li class=format!("row {}", kind.clone().unwrap_or_default()) data-entry=id.to_string() data-test=kind>
                {content}
            </li>
        }
        .into_any(),
        Frame::Line => view! {
            <li
                class="timeline-entry"
                data-kind=kind
                data-entry=id.to_string()
                data-sought=is_sought
                data-test="timeline-entry"
            >
                {content}
            </li>
        }
        .into_any(),
        Frame::Table(_) => view! { <tr data-entry=id.to_string() data-test=kind>{content}</tr> }.into_any(),
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
