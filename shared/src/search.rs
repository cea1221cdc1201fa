//! Instant search over the customers of a book: by Chinese characters, full pinyin, initials, code and telephone
//! number, traditional and simplified alike; and over what was said, by its characters. Texts are folded once; a
//! keystroke scans the folded ones. Knows no screen.

mod excerpt;
mod fold;
mod matching;
mod notes;

use std::ops::Range;

use serde_json::Value;

use self::matching::{Fit, Folded, Term};
use crate::contacts::ContactView;
use crate::customers::CustomerView;
use crate::ids::RecordId;
use crate::kinds;
use crate::order;
use crate::record::Record;
pub use crate::shape::TextRole;

pub use excerpt::Excerpt;
pub use notes::{NoteHit, NoteIndex, NotesFound};

/// How well a customer met a query, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// A code or telephone number is just what was typed.
    ExactCode,
    /// The name is.
    ExactName,
    /// The name begins with it.
    NameStart,
    /// The whole name's pinyin or initials.
    PinyinWhole,
    /// The beginning of the name's pinyin or initials.
    PinyinStart,
    /// The name holds it.
    NamePart,
    /// The name's pinyin or initials hold it.
    PinyinPart,
    /// A person's name, in any way.
    Person,
    /// A code begins with it.
    CodeStart,
    /// A telephone number ends with it.
    PhoneEnd,
    /// A code or telephone number holds it.
    CodePart,
    /// Another text holds it.
    Other,
}

/// What was typed, made ready: words divided by blanks, all of which must be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    terms: Vec<Term>,
    is_blank: bool,
}

impl Query {
    /// Makes what was typed ready. Cheap enough for every keystroke.
    pub fn new(typed: &str) -> Self {
        Self {
            terms: typed.split_whitespace().filter_map(Term::new).collect(),
            is_blank: typed.trim().is_empty(),
        }
    }

    /// Whether nothing was typed: everything is found then.
    pub const fn is_blank(&self) -> bool {
        self.is_blank
    }

    /// Whether every word is in one of the texts.
    pub fn is_found_in(&self, texts: &Findable) -> bool {
        let is_there = |term: &Term| texts.0.iter().any(|text| text.find(term).is_some());
        !self.terms.is_empty() && self.terms.iter().all(is_there)
    }

    /// Whether `text` begins with the first word, in characters or in pinyin.
    pub fn begins(&self, text: &str) -> bool {
        let text = Folded::new(text);
        let place = self.terms.first().and_then(|term| text.find(term));
        place.is_some_and(|place| place.cells.start == 0)
    }

    /// The byte ranges of `text` to be marked, in order and not touching; all at character boundaries.
    pub fn highlight(&self, text: &str) -> Vec<Range<usize>> {
        matching::highlight(&self.terms, text)
    }
}

/// The texts of something that is found by its characters and, for Chinese, their pinyin: made ready once.
#[derive(Clone, Debug)]
pub struct Findable(Box<[Folded]>);

impl Findable {
    /// Makes the texts ready.
    pub fn new<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        Self(texts.into_iter().map(Folded::new).collect())
    }
}

/// A customer that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    /// The customer.
    pub id: RecordId,
    /// How well.
    pub rank: Rank,
}

struct Entry {
    id: RecordId,
    /// The name's place in the order of names; see [`sort_key`].
    key: Box<str>,
    texts: Box<[(TextRole, Folded)]>,
}

impl Entry {
    fn new<'a>(id: RecordId, texts: impl IntoIterator<Item = (TextRole, &'a str)>) -> Self {
        let mut key = None;
        let mut folded = Vec::new();
        for (role, text) in texts {
            if role == TextRole::Name && key.is_none() {
                key = Some(sort_key(text));
            }
            folded.push((role, Folded::new(text)));
        }
        Self {
            id,
            key: key.unwrap_or_default().into(),
            texts: folded.into(),
        }
    }

    /// The worst of the terms' ranks, each in the text it fits best; `None` when a term is nowhere.
    fn rank(&self, query: &Query) -> Option<Rank> {
        let mut worst = None;
        for term in &query.terms {
            let best = self
                .texts
                .iter()
                .filter_map(|(role, text)| rank_in(*role, text, term))
                .min()?;
            worst = worst.max(Some(best));
        }
        worst
    }
}

fn rank_in(role: TextRole, text: &Folded, term: &Term) -> Option<Rank> {
    match role {
        TextRole::Name => text.find(term).map(|place| match place.fit {
            Fit::Whole => Rank::ExactName,
            Fit::Start => Rank::NameStart,
            Fit::PinyinWhole => Rank::PinyinWhole,
            Fit::PinyinStart => Rank::PinyinStart,
            Fit::Part => Rank::NamePart,
            Fit::PinyinPart => Rank::PinyinPart,
        }),
        TextRole::Person => text.find(term).map(|_| Rank::Person),
        TextRole::Code => text.find_characters(term).map(|place| match place.fit {
            Fit::Whole => Rank::ExactCode,
            Fit::Start => Rank::CodeStart,
            _ => Rank::CodePart,
        }),
        TextRole::Phone => text.find_characters(term).map(|place| match place.fit {
            Fit::Whole => Rank::ExactCode,
            _ if text.ends_with(term) => Rank::PhoneEnd,
            _ => Rank::CodePart,
        }),
        TextRole::Other => text.find_characters(term).map(|_| Rank::Other),
    }
}

/// The searchable form of all customers of a book, kept in the order of their names.
#[derive(Default)]
pub struct SearchIndex {
    entries: Vec<Entry>,
}

impl SearchIndex {
    /// Builds the index of many customers at once. The first [`TextRole::Name`] of each gives its place in the order.
    pub fn build<'a, T>(customers: impl IntoIterator<Item = (RecordId, T)>) -> Self
    where
        T: IntoIterator<Item = (TextRole, &'a str)>,
    {
        let entries = customers.into_iter().map(|(id, texts)| Entry::new(id, texts));
        let mut entries: Vec<Entry> = entries.collect();
        order::sort_by(&mut entries, |a, b| (&a.key, a.id).cmp(&(&b.key, b.id)));
        Self { entries }
    }

    /// Adds a customer or replaces what was known of it.
    pub fn put<'a>(&mut self, id: RecordId, texts: impl IntoIterator<Item = (TextRole, &'a str)>) {
        self.remove(id);
        let entry = Entry::new(id, texts);
        let at = self
            .entries
            .partition_point(|other| (&other.key, other.id) < (&entry.key, id));
        self.entries.insert(at, entry);
    }

    /// Forgets a customer.
    pub fn remove(&mut self, id: RecordId) {
        if let Some(at) = self.entries.iter().position(|entry| entry.id == id) {
            self.entries.remove(at);
        }
    }

    /// How many customers it holds.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Everything that meets the query, best first, equals in the order of names. A blank query finds everything;
    /// one of which nothing counts (only punctuation) finds nothing.
    pub fn search(&self, query: &Query) -> Vec<Hit> {
        let rank = |entry: &Entry| match query.is_blank {
            true => Some(Rank::Other),
            false => entry.rank(query),
        };
        let hits = self
            .entries
            .iter()
            .filter_map(|entry| rank(entry).map(|rank| Hit { id: entry.id, rank }));
        let mut hits: Vec<Hit> = hits.collect();
        order::sort_by_key(&mut hits, |hit| hit.rank);
        hits
    }
}

/// Customers in the order in which [`SearchIndex::search`] gives them for a blank query, from their names alone.
pub fn in_order_of_names<'a>(customers: impl IntoIterator<Item = (RecordId, &'a str)>) -> Vec<RecordId> {
    let keyed = customers.into_iter().map(|(id, name)| (sort_key(name), id));
    let mut keyed: Vec<(String, RecordId)> = keyed.collect();
    order::sort_by(&mut keyed, Ord::cmp);
    keyed.into_iter().map(|(_, id)| id).collect()
}

/// The texts by which a customer is found: its own and those of its contacts.
pub fn customer_texts<'a>(
    customer: CustomerView<'a>,
    contacts: impl IntoIterator<Item = ContactView<'a>>,
) -> Vec<(TextRole, &'a str)> {
    let mut texts: Vec<(TextRole, &'a str)> = texts_of(customer.0).collect();
    for contact in contacts {
        texts.extend(texts_of(contact.0));
    }
    texts
}

/// The texts of a record by which its customer is found, as its kind says.
fn texts_of(record: &Record) -> impl Iterator<Item = (TextRole, &str)> {
    let found = kinds::of(&record.kind).fields.iter();
    let found = found.filter_map(|field| Some((field.found_as?, field)));
    found.flat_map(|(role, field)| {
        let whole = record.text(field.name);
        // Of a map of texts its values, of one of flags the names that are set.
        let entries = record.entries(field.name).filter(|_| field.shape.is_map());
        let entries = entries.filter_map(|(key, value)| match value {
            Value::String(text) => Some(text.as_str()),
            Value::Bool(true) => Some(key),
            _ => None,
        });
        whole.into_iter().chain(entries).map(move |text| (role, text))
    })
}

/// A key that sorts names as a Chinese directory does: by the pinyin of each character, then by the character.
pub fn sort_key(name: &str) -> String {
    let mut key = String::with_capacity(name.len() * 2);
    for cell in name.chars().filter_map(fold::cell) {
        if let Some(reading) = cell.readings().first() {
            key.push_str(reading);
            // Shorter readings first: "an" before "ang", whatever follows.
            key.push(' ');
        }
        key.push(cell.folded);
    }
    key
}
