//! A replica at rest: records and their history in pages that are sealed one by one, everything else in a head. The
//! cards lie apart from all other pages, so that they can be read first. Sealing and storing are the caller's.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
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
    pub(super) fn range_of(kind: &Kind) -> Range<Self> {
        if LISTED.contains(kind) {
            Self::FIRST_OF_CARDS..Self(u32::MAX)
        } else {
            Self::others()
        }
    }

    /// The pages without cards.
    pub(super) const fn others() -> Range<Self> {
        Self(0)..Self::FIRST_OF_CARDS
    }
}

/// What one page holds, as it was stored before the fifth layout.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[cfg_attr(test, derive(Serialize))]
pub(super) struct PageRecords {
    /// States as the server has them.
    pub(super) records: Vec<Record>,
    /// Their history, in commit order.
    #[serde(default)]
    pub(super) history: Vec<HistoryEntry>,
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

/// What has to be stored, in one transaction, so that the log up to now can be thrown away.
#[derive(Clone, Debug)]
pub struct Checkpoint {
    /// The new head, as JSON.
    pub head: Vec<u8>,
    /// The pages that changed, packed; `None`: nothing is left on the page, delete it.
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
        Ok(Checkpoint {
            head: serde_json::to_vec(&self.head)?,
            pages: self.held.changed_pages().collect::<Result<_, _>>()?,
            first_rows: order.map(|order| self.first_rows(order)).transpose()?.flatten(),
        })
    }

    /// The last [`Checkpoint`] is durable.
    pub fn checkpointed(&mut self) {
        self.held.stored();
    }
}

/// Builds a replica from what is stored: the head, every page, then every log entry in order.
#[derive(Clone, Debug, Default)]
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

    /// Makes room for the pages that are about to come.
    pub fn make_room(&mut self, pages: usize) {
        self.replica.held.make_room(pages);
    }

    /// Takes one page in, as [`Checkpoint::pages`] had it, or an older program's.
    ///
    /// # Errors
    /// [`RestoreError`] when it is not a page.
    pub fn page(&mut self, number: PageNumber, bytes: &[u8]) -> Result<(), RestoreError> {
        self.replica.held.read(number, bytes)
    }

    /// Whether the pages from [`PageNumber::FIRST_OF_CARDS`] on hold the states of all cards; known once the head is
    /// in. What [`Restore::finish`] makes of the head, those pages and the log alone shows every card as it is.
    pub fn has_cards_apart(&self) -> bool {
        !self.replica.head.mixed
    }

    /// Puts unsent work on top, once head and pages are in; log entries follow by [`Replica::apply`].
    pub fn finish(mut self, log: impl IntoIterator<Item = LogEntry>) -> Replica {
        if std::mem::take(&mut self.replica.head.mixed) {
            self.replica.held.part_cards();
        }
        self.replica.index_all();
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
