//! Finding what was said: the texts of all notes and touches of a book, folded once and laid end to end, so that a
//! search is one walk over a few large sheets. It finds what a look at every text would find. Shows nothing, and holds
//! no text in a form that could be shown.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap};

use super::Query;
use super::fold::fold_utf16;
use crate::ids::RecordId;
use crate::notes::NoteView;
use crate::record::{Kind, Record};
use crate::time::Timestamp;
use crate::timeline::{self, when};

/// Characters after which a new sheet is begun: half a megabyte. Large enough to be walked at the memory's own pace,
/// small enough that the heap never has to find a place for all texts at once.
const SHEET: usize = 256 * 1024;
/// Stands behind each text. No folded character is it, so nothing is found across two texts; also what is written over
/// a text that is gone.
const END: u16 = 0;
/// Characters compared without a branch in between. The compiler makes a handful of vector instructions of them.
const BLOCK: usize = 64;

/// The searchable form of all notes and touches of a book.
#[derive(Default)]
pub struct NoteIndex {
    sheets: Vec<Sheet>,
    places: HashMap<RecordId, Place>,
    /// Which note each correction corrects, whether that is held or not.
    corrections: HashMap<RecordId, RecordId>,
    /// For each note that was corrected or corrects, the one that stands; `None` when it has to be found out anew.
    standing: Option<HashMap<RecordId, RecordId>>,
    /// What was looked for last, if it was one word: who types on looks only at what was found.
    last: Option<Found>,
}

/// All texts that hold a word.
#[derive(Default)]
struct Found {
    word: Vec<u16>,
    places: Vec<Place>,
}

/// Texts laid end to end.
#[derive(Default)]
struct Sheet {
    /// Folded, in UTF-16: two bytes for nearly every character, and none is a part of another.
    characters: Vec<u16>,
    /// Where each of them begins; it ends where the next one does. Apart from the entries, to be searched quickly.
    starts: Vec<usize>,
    /// Whose they are.
    entries: Vec<Entry>,
    /// How many characters belong to texts that are gone.
    dead: usize,
}

/// One text.
#[derive(Clone, Copy)]
struct Entry {
    id: RecordId,
    customer: RecordId,
    /// See [`NoteHit::at`].
    at: Timestamp,
    written: Timestamp,
}

#[derive(Clone, Copy)]
struct Place {
    sheet: usize,
    entry: usize,
}

/// A note or touch that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NoteHit {
    /// The record whose text holds what was searched for.
    pub record: RecordId,
    /// The one that stands: another than `record` when that was corrected later and the correction does not hold it.
    pub standing: RecordId,
    /// The customer it is about.
    pub customer: RecordId,
    /// When what stands happened, or else was written down.
    pub at: Timestamp,
}

/// What a search of the notes found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NotesFound {
    /// How many in all.
    pub total: usize,
    /// The newest of them, newest first.
    pub newest: Vec<NoteHit>,
}

impl NoteIndex {
    /// Takes a record in, or replaces what was known of it. What is not searched here, or was deleted, is left out.
    pub fn put(&mut self, record: &Record) {
        let is_searched = matches!(record.kind, Kind::Note | Kind::Touch) && !record.is_deleted();
        let Some(customer) = record.root().filter(|_| is_searched) else {
            return self.remove(record.id);
        };
        self.last = None;
        let entry = Entry {
            id: record.id,
            customer,
            at: when(record),
            written: record.created.at,
        };
        let folded = fold_utf16(timeline::said(record));
        if !self.has_text(record.id, &folded) {
            self.erase(record.id);
            self.write(entry, &folded);
        } else if let Some(known) = self.entry_mut(record.id) {
            *known = entry;
        }
        let revised = (record.kind == Kind::Note)
            .then(|| NoteView(record).revises())
            .flatten();
        match revised {
            Some(revised) => drop(self.corrections.insert(record.id, revised)),
            None => drop(self.corrections.remove(&record.id)),
        }
        self.standing = None;
    }

    /// Forgets a record.
    pub fn remove(&mut self, id: RecordId) {
        if self.places.contains_key(&id) {
            self.last = None;
            self.erase(id);
            self.corrections.remove(&id);
            self.standing = None;
        }
    }

    /// How many texts it holds.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Every text that holds all words, of the customers that `passes` lets through; at most `most` of them in detail.
    /// Of a note and its corrections one is found: what stands when it holds the words, else the latest text that
    /// does (both are kept, R8). A blank query finds nothing: there is nothing to be looked for.
    pub fn search(&mut self, query: &Query, passes: impl Fn(RecordId) -> bool, most: usize) -> NotesFound {
        let mut words = words(query);
        // The rarest first, as far as a look at one sheet tells: the others are looked for where it is.
        let sample = self.sheets.first();
        if words.len() > 1 {
            words.sort_by_cached_key(|word| sample.map_or(0, |sheet| sheet.count(word)));
        }
        let Some((word, others)) = words.split_first() else {
            return NotesFound::default();
        };
        let places = self.places_of(word);
        let standing = self.standing.take().unwrap_or_else(|| self.chains());
        let mut newest = Newest::of(most);
        let mut chained: BTreeMap<RecordId, Vec<Entry>> = BTreeMap::new();
        for place in &places {
            let Some((entry, text)) = self.at(*place) else { continue };
            if !others.iter().all(|other| position(text, other).is_some()) || !passes(entry.customer) {
                continue;
            }
            match standing.get(&entry.id) {
                Some(head) => chained.entry(*head).or_default().push(*entry),
                None => newest.add(entry.hit(entry.id, entry.at)),
            }
        }
        for (head, entries) in chained {
            let best = entries
                .iter()
                .max_by_key(|entry| (entry.id == head, entry.written, entry.id));
            let at = self.entry(head).map(|entry| entry.at);
            best.into_iter()
                .for_each(|best| newest.add(best.hit(head, at.unwrap_or(best.at))));
        }
        self.standing = Some(standing);
        let word = word.clone();
        self.last = Some(Found { word, places });
        newest.found()
    }

    /// Where the texts are that hold a word.
    fn places_of(&mut self, word: &[u16]) -> Vec<Place> {
        if let Some(last) = self.last.take().filter(|last| word.starts_with(&last.word)) {
            let mut places = last.places;
            let holds = |place: &Place| self.at(*place).is_some_and(|(_, text)| position(text, word).is_some());
            places.retain(holds);
            return places;
        }
        let mut places = Vec::new();
        for (number, sheet) in self.sheets.iter().enumerate() {
            sheet.find(word, |entry| places.push(Place { sheet: number, entry }));
        }
        places
    }

    fn at(&self, place: Place) -> Option<(&Entry, &[u16])> {
        let sheet = self.sheets.get(place.sheet)?;
        Some((sheet.entries.get(place.entry)?, sheet.text(place.entry)?))
    }

    fn entry_mut(&mut self, id: RecordId) -> Option<&mut Entry> {
        let place = self.places.get(&id)?;
        self.sheets.get_mut(place.sheet)?.entries.get_mut(place.entry)
    }

    fn has_text(&self, id: RecordId, folded: &[u16]) -> bool {
        let text = self
            .places
            .get(&id)
            .and_then(|place| self.sheets.get(place.sheet)?.text(place.entry));
        text == Some(folded)
    }

    fn write(&mut self, entry: Entry, folded: &[u16]) {
        let fits = |sheet: &Sheet| sheet.characters.len() + folded.len() < SHEET;
        if !self.sheets.last().is_some_and(fits) {
            let characters = Vec::with_capacity(SHEET.max(folded.len() + 1));
            self.sheets.push(Sheet {
                characters,
                ..Sheet::default()
            });
        }
        let number = self.sheets.len() - 1;
        if let Some(sheet) = self.sheets.last_mut() {
            let place = Place {
                sheet: number,
                entry: sheet.entries.len(),
            };
            self.places.insert(entry.id, place);
            sheet.add(entry, folded);
        }
    }

    /// Writes over a text. A sheet of which most is gone is written anew.
    fn erase(&mut self, id: RecordId) {
        let Some(place) = self.places.remove(&id) else { return };
        let Some(sheet) = self.sheets.get_mut(place.sheet) else {
            return;
        };
        sheet.erase(place.entry);
        if sheet.dead * 2 > SHEET {
            let places = &mut self.places;
            let number = place.sheet;
            sheet.compact(|id, entry| {
                let held = places.get(&id);
                held.is_some_and(|held| held.sheet == number && held.entry == entry)
            });
            for (entry, kept) in sheet.entries.iter().enumerate() {
                places.insert(kept.id, Place { sheet: number, entry });
            }
        }
    }

    fn entry(&self, id: RecordId) -> Option<&Entry> {
        let place = self.places.get(&id)?;
        self.sheets.get(place.sheet)?.entries.get(place.entry)
    }

    /// For each note in a chain of corrections, the one that stands: the last written, as on the card.
    fn chains(&self) -> HashMap<RecordId, RecordId> {
        let earlier = |id: RecordId| {
            let revised = self.corrections.get(&id).copied();
            revised.filter(|revised| self.places.contains_key(revised))
        };
        let mut chains: HashMap<RecordId, Vec<RecordId>> = HashMap::new();
        for &note in self.corrections.keys() {
            let first = timeline::original(note, earlier);
            chains.entry(first).or_insert_with(|| vec![first]).push(note);
        }
        let last = |notes: &Vec<RecordId>| {
            let written = |id: &&RecordId| self.entry(**id).map(|entry| (entry.written, entry.id));
            notes.iter().max_by_key(written).copied()
        };
        let chains = chains.values().filter_map(|notes| Some((notes, last(notes)?)));
        chains
            .flat_map(|(notes, last)| notes.iter().map(move |note| (*note, last)))
            .collect()
    }
}

/// Counts hits and keeps the newest: of all that are found, few are shown.
struct Newest {
    most: usize,
    total: usize,
    /// By time and then by what stands, the oldest on top.
    kept: BinaryHeap<Reverse<(Timestamp, RecordId, NoteHit)>>,
}

impl Newest {
    fn of(most: usize) -> Self {
        Self {
            most,
            total: 0,
            kept: BinaryHeap::new(),
        }
    }

    fn add(&mut self, hit: NoteHit) {
        self.total += 1;
        if self.kept.len() >= self.most {
            let oldest = self.kept.peek().map(|Reverse((at, standing, _))| (*at, *standing));
            if oldest.is_none_or(|oldest| (hit.at, hit.standing) < oldest) {
                return;
            }
            self.kept.pop();
        }
        self.kept.push(Reverse((hit.at, hit.standing, hit)));
    }

    fn found(self) -> NotesFound {
        let newest = self.kept.into_sorted_vec().into_iter();
        NotesFound {
            total: self.total,
            newest: newest.map(|Reverse((.., hit))| hit).collect(),
        }
    }
}

impl Entry {
    fn hit(&self, standing: RecordId, at: Timestamp) -> NoteHit {
        NoteHit {
            record: self.id,
            standing,
            customer: self.customer,
            at,
        }
    }
}

impl Sheet {
    fn text(&self, entry: usize) -> Option<&[u16]> {
        let (start, end) = (*self.starts.get(entry)?, self.end(entry));
        self.characters.get(start..end.checked_sub(1)?)
    }

    /// Where the entry's text ends, with what stands behind it.
    fn end(&self, entry: usize) -> usize {
        let next = self.starts.get(entry + 1);
        next.copied().unwrap_or(self.characters.len())
    }

    fn add(&mut self, entry: Entry, folded: &[u16]) {
        self.starts.push(self.characters.len());
        self.entries.push(entry);
        self.characters.extend_from_slice(folded);
        self.characters.push(END);
    }

    fn erase(&mut self, entry: usize) {
        let (start, end) = (self.starts.get(entry).copied().unwrap_or_default(), self.end(entry));
        if let Some(text) = self.characters.get_mut(start..end) {
            text.fill(END);
            self.dead += text.len();
        }
    }

    /// Moves the texts together that are held still, by the ids and numbers of their entries.
    fn compact(&mut self, is_held: impl Fn(RecordId, usize) -> bool) {
        let mut kept = Self {
            characters: Vec::with_capacity(SHEET),
            ..Self::default()
        };
        for (at, entry) in self.entries.iter().enumerate() {
            if let Some(text) = self.text(at).filter(|_| is_held(entry.id, at)) {
                kept.add(*entry, text);
            }
        }
        *self = kept;
    }

    /// How many texts hold `word`.
    fn count(&self, word: &[u16]) -> usize {
        let mut count = 0;
        self.find(word, |_| count += 1);
        count
    }

    /// Calls `found` with the number of each text that holds `word`.
    fn find(&self, word: &[u16], mut found: impl FnMut(usize)) {
        let mut from = 0;
        while let Some(place) = self.characters.get(from..).and_then(|rest| position(rest, word)) {
            let at = from + place;
            let entry = self.starts.partition_point(|start| *start <= at).saturating_sub(1);
            found(entry);
            from = self.end(entry);
        }
    }
}

/// The words of a query as they stand in the sheets.
fn words(query: &Query) -> Vec<Vec<u16>> {
    let word = |characters: &[char]| characters.iter().collect::<String>().encode_utf16().collect();
    query.terms.iter().map(|term| word(term.characters())).collect()
}

/// Where `word` begins in `text` for the first time. Its first and its last character are looked for together.
fn position(text: &[u16], word: &[u16]) -> Option<usize> {
    let (&first, &last) = word.first().zip(word.last())?;
    let reach = word.len() - 1;
    let starts = text.len().checked_sub(reach)?;
    let mut at = 0;
    while let (Some(firsts), Some(lasts)) = (block(text, at), block(text, at + reach)) {
        let mut any = false;
        for (a, b) in firsts.iter().zip(lasts) {
            any |= (*a == first) & (*b == last);
        }
        let place =
            any.then(|| (at..at + BLOCK).find(|start| text[*start] == first && text[*start..].starts_with(word)));
        if let Some(place) = place.flatten() {
            return Some(place);
        }
        at += BLOCK;
    }
    (at..starts).find(|start| text[*start..].starts_with(word))
}

fn block(text: &[u16], at: usize) -> Option<&[u16; BLOCK]> {
    text.get(at..)?.first_chunk()
}
