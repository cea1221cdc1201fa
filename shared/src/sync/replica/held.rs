//! The states that a device holds, and their history, on the pages on which they are stored: packed, and opened when
//! somebody looks. Which record lies on which page depends on the log alone, so all tabs of a browser agree. It shows
//! nothing and decides nothing; what users see is the replica's matter.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde::de::Error as _;

use super::RestoreError;
use super::pages::{LISTED, PageNumber, PageRecords};
use crate::ids::RecordId;
use crate::order::InOrder as _;
use crate::record::Record;
use crate::sync::wire::HistoryEntry;

mod packed;

pub use packed::Outline;
use packed::{Names, Reader, put, put_bytes};

/// Records on a full page: large enough that opening a book takes few reads, small enough that changing one record
/// rewrites little.
const RECORDS_A_PAGE: usize = 256;
/// The first byte of a page that is packed. What older programs wrote is JSON, which begins with a brace.
const PACKED: u8 = 1;
/// So many records stay open once somebody looked at them. In tests so few that they are opened again and again.
const MOST_OPEN: usize = if cfg!(test) { 24 } else { 8_192 };

/// All that is held. See the module's first paragraph.
#[derive(Clone, Debug, Default)]
pub(super) struct Held {
    states: HashMap<RecordId, Place>,
    histories: HashMap<RecordId, PageNumber>,
    pages: BTreeMap<PageNumber, Page>,
    /// Pages that differ from what is stored.
    dirty: BTreeSet<PageNumber>,
    open: Opened,
}

/// Where a state lies.
#[derive(Clone, Copy, Debug)]
struct Place {
    page: PageNumber,
    /// Its place on the page.
    at: usize,
}

/// What lies on one page.
#[derive(Clone, Debug, Default)]
struct Page {
    names: Names,
    /// Whether a state has left it, so that names may stand there which nothing on it has any more: the words of tags,
    /// somebody's id.
    is_left: bool,
    /// In no order.
    states: Vec<State>,
    histories: BTreeMap<RecordId, History>,
}

/// One state as the server has it.
#[derive(Clone, Debug)]
struct State {
    id: RecordId,
    packed: Box<[u8]>,
    opened: OnceLock<Option<Box<Record>>>,
}

/// The committed changes of one record, oldest first.
#[derive(Clone, Debug)]
enum History {
    /// As JSON: it is asked for seldom.
    Packed(Box<[u8]>),
    Open(Vec<HistoryEntry>),
}

/// How many records are open.
#[derive(Debug, Default)]
struct Opened(AtomicUsize);

impl Clone for Opened {
    fn clone(&self) -> Self {
        Self(self.0.load(Ordering::Relaxed).into())
    }
}

impl History {
    fn entries(&self) -> Cow<'_, [HistoryEntry]> {
        match self {
            Self::Open(entries) => Cow::Borrowed(entries),
            // It was looked through when the page was read.
            Self::Packed(json) => Cow::Owned(serde_json::from_slice(json).unwrap_or_default()),
        }
    }
}

impl Page {
    /// Packs a record, to be laid on this page.
    fn pack(&mut self, record: &Record) -> State {
        State {
            id: record.id,
            packed: self.names.pack(record),
            opened: OnceLock::new(),
        }
    }

    /// The same states and histories in the same places, with no other names than theirs.
    fn repacked(&self) -> Self {
        let mut page = Self {
            histories: self.histories.clone(),
            ..Self::default()
        };
        for state in &self.states {
            let Some(record) = self.names.open(state.id, &state.packed) else {
                return self.clone();
            };
            let state = page.pack(&record);
            page.states.push(state);
        }
        page
    }

    /// As it is stored; `None` when there is nothing on it.
    fn to_bytes(&self) -> Result<Option<Vec<u8>>, serde_json::Error> {
        let histories = self.histories.iter().map(|(id, history)| match history {
            History::Packed(json) => Ok((id, Cow::Borrowed(&**json))),
            History::Open(entries) => Ok((id, Cow::Owned(serde_json::to_vec(entries)?))),
        });
        let histories = histories.collect::<Result<Vec<_>, serde_json::Error>>()?;
        // A place is kept for a history that was forgotten, but not for ever.
        let histories: Vec<_> = histories.into_iter().filter(|(_, json)| **json != *b"[]").collect();
        if self.states.is_empty() && histories.is_empty() {
            return Ok(None);
        }
        let states: usize = self.states.iter().map(|state| state.packed.len() + 20).sum();
        let mut out = Vec::with_capacity(states + 4_096);
        out.push(PACKED);
        self.names.write(&mut out);
        put(&mut out, self.states.len() as u64);
        for state in &self.states {
            out.extend(state.id.as_bytes());
            put_bytes(&mut out, &state.packed);
        }
        put(&mut out, histories.len() as u64);
        for (id, json) in histories {
            out.extend(id.as_bytes());
            put_bytes(&mut out, &json);
        }
        Ok(Some(out))
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader(bytes);
        let names = Names::read(&mut reader)?;
        let states = (0..reader.number()?).map(|_| {
            let id = RecordId::from_u128(reader.id()?);
            let packed = reader.bytes().filter(|packed| names.is_sound(packed))?.into();
            let opened = OnceLock::new();
            Some(State { id, packed, opened })
        });
        let mut states = states.collect::<Option<Vec<_>>>()?;
        states.shrink_to_fit();
        let histories = (0..reader.number()?).map(|_| {
            let id = RecordId::from_u128(reader.id()?);
            let json = reader.bytes()?;
            serde_json::from_slice::<Vec<HistoryEntry>>(json).ok()?;
            Some((id, History::Packed(json.into())))
        });
        let histories = histories.collect::<Option<Vec<_>>>()?.into_iter().into_map();
        reader.0.is_empty().then_some(Self {
            names,
            is_left: false,
            states,
            histories,
        })
    }

    /// As programs before the fifth layout wrote it.
    fn of_json(bytes: &[u8]) -> Result<Self, RestoreError> {
        let stored: PageRecords = serde_json::from_slice(bytes)?;
        let mut page = Self::default();
        for record in &stored.records {
            let state = page.pack(record);
            page.states.push(state);
        }
        let mut histories: BTreeMap<RecordId, Vec<HistoryEntry>> = BTreeMap::new();
        for entry in stored.history {
            histories.entry(entry.record).or_default().push(entry);
        }
        let histories = histories.into_iter().map(|(id, entries)| (id, History::Open(entries)));
        page.histories = histories.into_map();
        Ok(page)
    }
}

impl Held {
    // ---- reading ------------------------------------------------------------------------------------------

    fn state(&self, id: RecordId) -> Option<(&Page, &State)> {
        let place = self.states.get(&id)?;
        let page = self.pages.get(&place.page)?;
        Some((page, page.states.get(place.at)?))
    }

    /// The state, which stays open.
    pub(super) fn get(&self, id: RecordId) -> Option<&Record> {
        let (page, state) = self.state(id)?;
        let opened = state.opened.get_or_init(|| {
            self.open.0.fetch_add(1, Ordering::Relaxed);
            page.names.open(id, &state.packed).map(Box::new)
        });
        opened.as_deref()
    }

    /// The state, opened for this once.
    pub(super) fn peek(&self, id: RecordId) -> Option<Cow<'_, Record>> {
        let (page, state) = self.state(id)?;
        match state.opened.get() {
            Some(opened) => opened.as_deref().map(Cow::Borrowed),
            None => page.names.open(id, &state.packed).map(Cow::Owned),
        }
    }

    /// What is known of the state without opening it.
    pub(super) fn outline(&self, id: RecordId) -> Option<Outline<'_>> {
        let (page, state) = self.state(id)?;
        page.names.outline(id, &state.packed)
    }

    /// The same of all states, in no order.
    pub(super) fn outlines(&self) -> impl Iterator<Item = Outline<'_>> {
        self.pages.values().flat_map(|page| {
            let states = page.states.iter();
            states.filter_map(|state| page.names.outline(state.id, &state.packed))
        })
    }

    pub(super) fn contains(&self, id: RecordId) -> bool {
        self.states.contains_key(&id)
    }

    /// Whose states are held, in no order.
    pub(super) fn ids(&self) -> impl Iterator<Item = RecordId> {
        self.states.keys().copied()
    }

    pub(super) fn len(&self) -> usize {
        self.states.len()
    }

    /// The committed changes of a record, oldest first.
    pub(super) fn history(&self, id: RecordId) -> Cow<'_, [HistoryEntry]> {
        let page = self.histories.get(&id).and_then(|number| self.pages.get(number));
        let history = page.and_then(|page| page.histories.get(&id));
        history.map_or(Cow::Borrowed(&[]), History::entries)
    }

    /// Whether more is open than should stay so.
    pub(super) fn is_much_open(&self) -> bool {
        self.open.0.load(Ordering::Relaxed) > MOST_OPEN
    }

    // ---- changing -----------------------------------------------------------------------------------------

    /// Closes what was opened; it is opened again when somebody looks.
    pub(super) fn close(&mut self) {
        let states = self.pages.values_mut().flat_map(|page| &mut page.states);
        states.for_each(|state| drop(state.opened.take()));
        self.open = Opened::default();
    }

    /// Takes a state in, on a page where its kind belongs.
    pub(super) fn put(&mut self, record: &Record) {
        let (id, range) = (record.id, PageNumber::range_of(&record.kind));
        let present = self.states.get(&id).copied();
        let stays = present.filter(|place| range.contains(&place.page));
        let number = match stays {
            Some(place) => place.page,
            None => {
                let beside = self.histories.get(&id).copied().filter(|number| range.contains(number));
                beside.unwrap_or_else(|| self.page_with_room(range))
            }
        };
        let page = self.pages.entry(number).or_default();
        let state = page.pack(record);
        self.dirty.insert(number);
        if let Some(held) = stays.and_then(|place| page.states.get_mut(place.at)) {
            *held = state;
            return;
        }
        let at = page.states.len();
        page.states.push(state);
        if let Some(before) = self.states.insert(id, Place { page: number, at }) {
            self.take_off(before);
        }
    }

    fn page_with_room(&self, range: Range<PageNumber>) -> PageNumber {
        match self.pages.range(range.clone()).next_back() {
            Some((number, page)) if self.members(*number, page) < RECORDS_A_PAGE => *number,
            Some((number, _)) => PageNumber(number.0 + 1),
            None => range.start,
        }
    }

    /// How many records have their state or history on a page.
    fn members(&self, number: PageNumber, page: &Page) -> usize {
        let is_beside = |id: &&RecordId| self.states.get(id).is_none_or(|place| place.page != number);
        page.states.len() + page.histories.keys().filter(is_beside).count()
    }

    /// Takes a state off its page, of which the last one takes its place.
    fn take_off(&mut self, place: Place) {
        self.dirty.insert(place.page);
        let Some(page) = self.pages.get_mut(&place.page) else {
            return;
        };
        if place.at < page.states.len() {
            page.states.swap_remove(place.at);
            page.is_left = true;
        }
        let moved = page
            .states
            .get(place.at)
            .and_then(|state| self.states.get_mut(&state.id));
        if let Some(moved) = moved {
            *moved = place;
        }
    }

    /// Changes the history of a record, on the record's own page where that may be.
    pub(super) fn change_history(&mut self, id: RecordId, change: impl FnOnce(&mut Vec<HistoryEntry>)) {
        let range = PageNumber::others();
        let state = self.states.get(&id).map(|place| place.page);
        let present = [self.histories.get(&id).copied(), state].into_iter().flatten();
        let present = present.into_iter().find(|number| range.contains(number));
        let number = present.unwrap_or_else(|| self.page_with_room(range));
        self.histories.insert(id, number);
        self.dirty.insert(number);
        let page = self.pages.entry(number).or_default();
        let mut entries = page
            .histories
            .remove(&id)
            .map(|history| history.entries().into_owned())
            .unwrap_or_default();
        change(&mut entries);
        page.histories.insert(id, History::Open(entries));
    }

    /// Forgets all history, but not where it lay.
    pub(super) fn clear_histories(&mut self) {
        for (number, page) in &mut self.pages {
            for history in page.histories.values_mut() {
                *history = History::Open(Vec::new());
                self.dirty.insert(*number);
            }
        }
    }

    /// Forgets all that is held of a record.
    pub(super) fn remove(&mut self, id: RecordId) {
        if let Some(place) = self.states.remove(&id) {
            self.take_off(place);
        }
        if let Some(number) = self.histories.remove(&id) {
            self.dirty.insert(number);
            if let Some(page) = self.pages.get_mut(&number) {
                page.histories.remove(&id);
            }
        }
    }

    /// Makes room for as many full pages at once.
    pub(super) fn make_room(&mut self, pages: usize) {
        self.states.reserve(pages.saturating_mul(RECORDS_A_PAGE));
    }

    // ---- at rest ------------------------------------------------------------------------------------------

    /// The pages that differ from what is stored; `None`: nothing is left on it.
    pub(super) fn changed_pages(
        &self,
    ) -> impl Iterator<Item = Result<(PageNumber, Option<Vec<u8>>), serde_json::Error>> {
        self.dirty.iter().map(|number| {
            let page = self.pages.get(number);
            let left = page.filter(|page| page.is_left).map(Page::repacked);
            let page = left.as_ref().or(page).map(Page::to_bytes).transpose()?;
            Ok((*number, page.flatten()))
        })
    }

    /// What differed is stored.
    pub(super) fn stored(&mut self) {
        self.dirty.clear();
        let left = self.pages.values_mut().filter(|page| page.is_left);
        left.for_each(|page| *page = page.repacked());
        self.pages
            .retain(|_, page| !page.states.is_empty() || !page.histories.is_empty());
    }

    /// Takes a page in as it was stored. One that an older program wrote is written anew with the next changes.
    pub(super) fn read(&mut self, number: PageNumber, bytes: &[u8]) -> Result<(), RestoreError> {
        let page = match bytes.split_first() {
            Some((&PACKED, packed)) => {
                let damaged = || RestoreError::Damaged(serde_json::Error::custom("a page is cut or changed"));
                Page::read(packed).ok_or_else(damaged)?
            }
            Some((byte, _)) if *byte > PACKED && *byte < b' ' => {
                return Err(RestoreError::TooNew(serde_json::Error::custom(
                    "a page is packed in another way",
                )));
            }
            _ => {
                self.dirty.insert(number);
                Page::of_json(bytes)?
            }
        };
        let places = page.states.iter().enumerate();
        self.states
            .extend(places.map(|(at, state)| (state.id, Place { page: number, at })));
        self.histories.extend(page.histories.keys().map(|id| (*id, number)));
        self.pages.insert(number, page);
        Ok(())
    }

    /// Moves cards to pages of their own.
    pub(super) fn part_cards(&mut self) {
        let numbers: Vec<PageNumber> = self
            .pages
            .range(PageNumber::others())
            .map(|(number, _)| *number)
            .collect();
        for number in numbers {
            let Some(page) = self.pages.get(&number) else { continue };
            let cards = page.states.iter().filter(|state| {
                let kind = page.names.kind(&state.packed);
                kind.is_some_and(|kind| LISTED.contains(kind))
            });
            let cards: Vec<Record> = cards
                .filter_map(|state| page.names.open(state.id, &state.packed))
                .collect();
            cards.iter().for_each(|card| self.put(card));
        }
    }
}
