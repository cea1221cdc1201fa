//! A replica at rest: records and their history in pages that are sealed one by one, everything else in a head. The
//! cards lie apart from all other pages, so that they can be read first. Which record lies on which page depends on
//! the log alone, so all tabs of a browser agree. Sealing and storing are the caller's.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::ops::Range;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{LogEntry, NameOrder, Outbox, Refused, Replica};
use crate::ids::RecordId;
use crate::order::InOrder as _;
use crate::record::mutation::Mutation;
use crate::record::profile::Profile;
use crate::record::{Kind, Record};
use crate::sync::wire::{Cursor, HistoryEntry};
use crate::time::Timestamp;

/// Records on a full page: large enough that opening a book takes few reads, small enough that changing one record
/// rewrites little.
const RECORDS_A_PAGE: usize = 256;

/// The kinds that lie on pages of their own: all that a list of customers needs to be drawn, and little beside it.
pub(super) const LISTED: [Kind; 4] = [Kind::Customer, Kind::Person, Kind::Setting, Kind::Conflict];

/// Number of a page in the device's store: the states of cards lie on pages from [`PageNumber::FIRST_OF_CARDS`] on,
/// everything else, the history of cards included, on those before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PageNumber(pub u32);

impl PageNumber {
    /// The first page that holds cards.
    pub const FIRST_OF_CARDS: Self = Self(1 << 31);

    /// Where the states of a kind lie.
    fn range_of(kind: &Kind) -> Range<Self> {
        if LISTED.contains(kind) {
            Self::FIRST_OF_CARDS..Self(u32::MAX)
        } else {
            Self::others()
        }
    }

    /// The pages without cards.
    const fn others() -> Range<Self> {
        Self(0)..Self::FIRST_OF_CARDS
    }
}

/// What one page holds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PageRecords {
    /// States as the server has them.
    pub records: Vec<Record>,
    /// Their history, in commit order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<HistoryEntry>,
}

/// All of a replica that is not a record of the server.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Head {
    pub(super) profile: Option<Profile>,
    pub(super) outbox: Outbox,
    pub(super) refused: Vec<Refused>,
    /// Own work the server acknowledged lately, oldest first.
    pub(super) acknowledged: VecDeque<Acknowledged>,
    pub(super) drafts: BTreeMap<String, Value>,
    pub(super) cursor: Option<Cursor>,
    pub(super) clock_offset: i64,
    pub(super) last_complete: Option<Timestamp>,
    pub(super) last_device_seq: u64,
    /// Names of customers that are not held and that unsent work concerns.
    pub(super) names: BTreeMap<RecordId, String>,
    /// Customers to be removed once no unsent work concerns them.
    pub(super) evicting: BTreeSet<RecordId>,
    /// During a rebuild: what the server has sent again.
    pub(super) confirmed: Option<BTreeSet<RecordId>>,
    /// Records whose history came and they did not: they come on a later page, or left this user's sight meanwhile.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub(super) early: BTreeSet<RecordId>,
    /// The protocol of the program that could not read all it was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) unread: Option<u32>,
    /// Whether cards may lie on any page, as they did in the first version of the layout.
    #[serde(default = "yes")]
    pub(super) mixed: bool,
    /// Members a newer version wrote that this one does not know; they are kept.
    #[serde(flatten)]
    pub(super) unknown: BTreeMap<String, Value>,
}

/// Own work the server has said it holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Acknowledged {
    pub(super) mutation: Mutation,
    /// When, by the server's clock.
    pub(super) at: Timestamp,
}

const fn yes() -> bool {
    true
}

/// Which record lies on which page, and which pages differ from what is stored.
#[derive(Clone, Debug, Default)]
pub(super) struct Pages {
    states: HashMap<RecordId, PageNumber>,
    histories: HashMap<RecordId, PageNumber>,
    /// Whose state or history lies on each page.
    members: BTreeMap<PageNumber, BTreeSet<RecordId>>,
    dirty: BTreeSet<PageNumber>,
}

impl Pages {
    /// Notes that the state kept of `id` changed; gives it a page when it has none where its kind belongs.
    pub(super) fn touch_state(&mut self, id: RecordId, kind: &Kind) {
        let range = PageNumber::range_of(kind);
        let present = self.states.get(&id).copied();
        if let Some(page) = present.filter(|page| range.contains(page)) {
            self.dirty.insert(page);
            return;
        }
        let beside = self.histories.get(&id).copied().filter(|page| range.contains(page));
        let page = beside.unwrap_or_else(|| self.page_with_room(range));
        self.states.insert(id, page);
        self.put_on(id, page);
        if let Some(before) = present {
            self.take_off(id, before);
        }
    }

    /// Notes that the history kept of `id` changed; gives it a page, that of the record where it may be.
    pub(super) fn touch_history(&mut self, id: RecordId) {
        let range = PageNumber::others();
        let present = [&self.histories, &self.states].map(|pages| pages.get(&id).copied());
        let present = present.into_iter().flatten().find(|page| range.contains(page));
        let page = present.unwrap_or_else(|| self.page_with_room(range));
        self.histories.insert(id, page);
        self.put_on(id, page);
    }

    fn page_with_room(&self, range: Range<PageNumber>) -> PageNumber {
        match self.members.range(range.clone()).next_back() {
            Some((page, members)) if members.len() < RECORDS_A_PAGE => *page,
            Some((page, _)) => PageNumber(page.0 + 1),
            None => range.start,
        }
    }

    fn put_on(&mut self, id: RecordId, page: PageNumber) {
        self.members.entry(page).or_default().insert(id);
        self.dirty.insert(page);
    }

    fn take_off(&mut self, id: RecordId, page: PageNumber) {
        self.dirty.insert(page);
        let still = [&self.states, &self.histories]
            .iter()
            .any(|pages| pages.get(&id) == Some(&page));
        if let Some(members) = self.members.get_mut(&page).filter(|_| !still) {
            members.remove(&id);
        }
    }

    /// Notes that nothing is kept of `id` any more.
    pub(super) fn remove(&mut self, id: RecordId) {
        let pages = [self.states.remove(&id), self.histories.remove(&id)];
        pages.into_iter().flatten().for_each(|page| self.take_off(id, page));
    }
}

/// What has to be stored, in one transaction, so that the log up to now can be thrown away.
#[derive(Clone, Debug)]
pub struct Checkpoint {
    /// The new head, as JSON.
    pub head: Vec<u8>,
    /// The pages that changed, as JSON; `None`: nothing is left on the page, delete it.
    pub pages: Vec<(PageNumber, Option<Vec<u8>>)>,
    /// What [`FirstRows`](super::FirstRows) are made of, as JSON; `None`: there are none now, delete what there was.
    pub first_rows: Option<Vec<u8>>,
}

/// Why a stored book cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// A part is not what any version of this program writes.
    #[error("a stored part of the book is damaged")]
    Damaged(#[source] serde_json::Error),
    /// A part was unsealed, so nobody changed it, and holds what this program does not know.
    #[error("a stored part of the book is from a newer version")]
    TooNew(#[source] serde_json::Error),
}

impl From<serde_json::Error> for RestoreError {
    fn from(error: serde_json::Error) -> Self {
        if error.is_data() {
            Self::TooNew(error)
        } else {
            Self::Damaged(error)
        }
    }
}

impl Replica {
    /// What has to be stored now; with the first rows of the list when its `order` is known. Call [`Replica::checkpointed`] when it is; nothing may be applied in between.
    ///
    /// # Errors
    /// Only when a value cannot be written as JSON, which no value from the wire or a form can cause.
    pub fn checkpoint(&self, order: Option<NameOrder>) -> Result<Checkpoint, serde_json::Error> {
        let pages = self.pages.dirty.iter().map(|page| Ok((*page, self.page_bytes(*page)?)));
        Ok(Checkpoint {
            head: serde_json::to_vec(&self.head)?,
            pages: pages.collect::<Result<_, serde_json::Error>>()?,
            first_rows: order.map(|order| self.first_rows(order)).transpose()?.flatten(),
        })
    }

    fn page_bytes(&self, page: PageNumber) -> Result<Option<Vec<u8>>, serde_json::Error> {
        #[derive(Serialize)]
        struct Borrowed<'a> {
            records: Vec<&'a Record>,
            history: Vec<&'a HistoryEntry>,
        }
        let members = || self.pages.members.get(&page).into_iter().flatten();
        let states = members().filter(|id| self.pages.states.get(id) == Some(&page));
        let histories = members().filter(|id| self.pages.histories.get(id) == Some(&page));
        let content = Borrowed {
            records: states.filter_map(|id| self.base(*id)).collect(),
            history: histories.filter_map(|id| self.history.get(id)).flatten().collect(),
        };
        let nothing = content.records.is_empty() && content.history.is_empty();
        if nothing {
            Ok(None)
        } else {
            serde_json::to_vec(&content).map(Some)
        }
    }

    /// Moves cards to pages of their own, for the next checkpoint.
    fn part_cards(&mut self) {
        for kind in LISTED {
            for id in self.by_kind.get(&kind).into_iter().flatten() {
                self.pages.touch_state(*id, &kind);
            }
        }
    }

    /// The last [`Checkpoint`] is durable.
    pub fn checkpointed(&mut self) {
        self.pages.dirty.clear();
        self.pages.members.retain(|_, members| !members.is_empty());
    }
}

/// Builds a replica from what is stored: the head, every page, then every log entry in order.
#[derive(Debug, Default)]
pub struct Restore {
    replica: Replica,
}

impl Restore {
    /// Takes the head in, as [`Checkpoint::head`] had it.
    ///
    /// # Errors
    /// [`RestoreError`] when it is not a head.
    pub fn head(&mut self, bytes: &[u8]) -> Result<(), RestoreError> {
        self.replica.head = serde_json::from_slice(bytes)?;
        Ok(())
    }

    /// Takes one page in, as [`Checkpoint::pages`] had it.
    ///
    /// # Errors
    /// [`RestoreError`] when it is not a page.
    pub fn page(&mut self, number: PageNumber, bytes: &[u8]) -> Result<(), RestoreError> {
        let page: PageRecords = serde_json::from_slice(bytes)?;
        let pages = &mut self.replica.pages;
        let members = pages.members.entry(number).or_default();
        for record in &page.records {
            pages.states.insert(record.id, number);
            members.insert(record.id);
        }
        for entry in &page.history {
            pages.histories.insert(entry.record, number);
            members.insert(entry.record);
        }
        for record in page.records {
            let id = record.id;
            self.replica.bases.insert(id, Box::new(record));
            self.replica.reindex(id);
        }
        for entry in page.history {
            self.replica.history.entry(entry.record).or_default().push(entry);
        }
        Ok(())
    }

    /// Whether the pages from [`PageNumber::FIRST_OF_CARDS`] on hold the states of all cards; known once the head is
    /// in. What [`Restore::finish`] makes of the head, those pages and the log alone shows every card as it is.
    pub fn has_cards_apart(&self) -> bool {
        !self.replica.head.mixed
    }

    /// Puts unsent work on top, once head and pages are in; log entries follow by [`Replica::apply`].
    pub fn finish(mut self, log: impl IntoIterator<Item = LogEntry>) -> Replica {
        if std::mem::take(&mut self.replica.head.mixed) {
            self.replica.part_cards();
        }
        let touched: BTreeSet<RecordId> = self
            .replica
            .head
            .outbox
            .iter()
            .map(|mutation| mutation.record)
            .into_set();
        for id in touched {
            self.replica.refresh(id);
        }
        // What comes from now on is a change to what was stored.
        self.replica.revision += 1;
        for entry in log {
            self.replica.apply(entry);
        }
        self.replica
    }
}

#[cfg(test)]
mod tests;
