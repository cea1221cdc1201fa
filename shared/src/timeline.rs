//! What happened with a customer, newest first: notes with their corrections, touches, visits; and when there was last
//! a real contact (R6, R8). Pure queries; never decides what is due.

use std::collections::{BTreeMap, BTreeSet};

use crate::descriptor::Happened;
use crate::ids::RecordId;
use crate::kinds;
use crate::notes::{self, NoteView};
use crate::order::{self, InOrder as _};
use crate::record::{Kind, Record};
use crate::time::Timestamp;

/// One thing that happened, or is planned.
#[derive(Clone, Debug, PartialEq)]
pub struct TimelineEntry<'a> {
    /// The stated time, or else the time of writing.
    pub at: Timestamp,
    /// The note, touch or visit; of a corrected note the latest correction.
    pub record: &'a Record,
    /// Earlier states of a corrected note, latest first.
    pub earlier: Vec<&'a Record>,
}

/// The timeline of one customer from its records, newest first. A visit that a note tells about is not listed again.
pub fn timeline<'a>(records: impl IntoIterator<Item = &'a Record>) -> Vec<TimelineEntry<'a>> {
    let records: Vec<&Record> = records.into_iter().filter(|record| is_event(record)).collect();
    let told: BTreeSet<RecordId> = records
        .iter()
        .filter_map(|note| note.id_at(notes::field::VISIT))
        .into_set();
    let mut entries = Vec::new();
    for note in current_notes(&records) {
        entries.push(note);
    }
    let others = records.iter().filter(|record| record.kind != Kind::Note);
    for record in others.filter(|record| !told.contains(&record.id)) {
        entries.push(TimelineEntry {
            at: when(record),
            record,
            earlier: Vec::new(),
        });
    }
    // Ids break ties, so that two devices show the same order.
    order::sort_by_key(&mut entries, |entry| std::cmp::Reverse((entry.at, entry.record.id)));
    entries
}

/// The notes among `records`, each in its latest correction. Corrections are told by `revises`, directly or through
/// one another; where two people corrected the same note, the later one written comes first.
pub(crate) fn current_notes<'a>(records: &[&'a Record]) -> Vec<TimelineEntry<'a>> {
    let notes: BTreeMap<RecordId, &Record> = records
        .iter()
        .filter(|record| record.kind == Kind::Note && !record.is_deleted())
        .map(|record| (record.id, *record))
        .into_map();
    let revises = |note: &&Record| {
        NoteView(note)
            .revises()
            .is_some_and(|revised| notes.contains_key(&revised))
    };
    if !notes.values().any(revises) {
        // As of nearly every customer.
        let entries = notes.into_values().map(|record| TimelineEntry {
            at: NoteView(record).at(),
            record,
            earlier: Vec::new(),
        });
        return entries.collect();
    }
    let mut chains: BTreeMap<RecordId, Vec<&Record>> = BTreeMap::new();
    let earlier = |id: RecordId| {
        let revised = notes.get(&id).and_then(|note| NoteView(note).revises());
        revised.filter(|revised| notes.contains_key(revised))
    };
    for note in notes.values() {
        chains.entry(original(note.id, earlier)).or_default().push(note);
    }
    let entries = chains.into_values().filter_map(|mut chain| {
        order::sort_by_key(&mut chain, |note| std::cmp::Reverse((note.created.at, note.id)));
        let record = *chain.first()?;
        let earlier = chain.split_off(1);
        Some(TimelineEntry {
            at: NoteView(record).at(),
            record,
            earlier,
        })
    });
    entries.collect()
}

/// The first note of the chain of corrections that `note` is in; in a ring (damaged data) the smallest id of it.
/// `earlier`: the note that one corrects, when it is there.
pub(crate) fn original(note: RecordId, earlier: impl Fn(RecordId) -> Option<RecordId>) -> RecordId {
    let mut seen = BTreeSet::from([note]);
    let mut first = note;
    while let Some(revised) = earlier(first) {
        if !seen.insert(revised) {
            return seen.into_iter().next().unwrap_or(first);
        }
        first = revised;
    }
    first
}

fn is_event(record: &Record) -> bool {
    happened(record).is_some()
}

/// What happened by this record, unless it was deleted.
pub fn happened(record: &Record) -> Option<Happened<'_>> {
    (kinds::of(&record.kind).happened)(record).filter(|_| !record.is_deleted())
}

/// When a record of a customer belongs in the order of things: the stated time, or else the time of writing.
pub fn when(record: &Record) -> Timestamp {
    let happened = (kinds::of(&record.kind).happened)(record);
    happened.map_or(record.created.at, |happened| happened.at)
}

/// What was said in a visit, a call or a message; empty for other records.
pub fn said(record: &Record) -> &str {
    let happened = (kinds::of(&record.kind).happened)(record);
    happened.map_or("", |happened| happened.said)
}

/// When the customer was really reached, if this record says so: a note, a held visit, an answered touch; not an
/// attempt (R6).
pub fn real_contact(record: &Record) -> Option<Timestamp> {
    happened(record)
        .filter(|happened| happened.is_contact)
        .map(|happened| happened.at)
}

/// When a customer was last really reached, from its records.
pub fn last_real_contact<'a>(records: impl IntoIterator<Item = &'a Record>) -> Option<Timestamp> {
    records.into_iter().filter_map(real_contact).max()
}
