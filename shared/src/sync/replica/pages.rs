//! A replica at rest: records and their history in pages that are sealed one by one, everything else in a head.
//! Which record lies on which page depends on the log alone, so all tabs of a browser agree. Sealing and storing are
//! the caller's.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{LogEntry, Outbox, Refused, Replica};
use crate::ids::RecordId;
use crate::sync::mutation::Mutation;
use crate::sync::record::Record;
use crate::sync::wire::{Cursor, HistoryEntry, Profile};
use crate::time::Timestamp;

/// Records on a full page: large enough that opening a book takes few reads, small enough that changing one record
/// rewrites little.
const RECORDS_A_PAGE: usize = 256;

/// Number of a page in the device's store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PageNumber(pub u32);

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

/// Which record lies on which page, and which pages differ from what is stored.
#[derive(Clone, Debug, Default)]
pub(super) struct Pages {
    page_of: HashMap<RecordId, PageNumber>,
    members: BTreeMap<PageNumber, BTreeSet<RecordId>>,
    dirty: BTreeSet<PageNumber>,
}

impl Pages {
    /// Notes that what is kept of `id` changed; gives it a page when it has none.
    pub(super) fn touch(&mut self, id: RecordId) {
        let page = match self.page_of.get(&id) {
            Some(page) => *page,
            None => {
                let last = self.members.last_key_value();
                let page = match last {
                    Some((page, members)) if members.len() < RECORDS_A_PAGE => *page,
                    Some((page, _)) => PageNumber(page.0 + 1),
                    None => PageNumber(0),
                };
                self.place(id, page);
                page
            }
        };
        self.dirty.insert(page);
    }

    fn place(&mut self, id: RecordId, page: PageNumber) {
        self.page_of.insert(id, page);
        self.members.entry(page).or_default().insert(id);
    }

    /// Notes that nothing is kept of `id` any more.
    pub(super) fn remove(&mut self, id: RecordId) {
        if let Some(page) = self.page_of.remove(&id) {
            self.dirty.insert(page);
            if let Some(members) = self.members.get_mut(&page) {
                members.remove(&id);
            }
        }
    }
}

/// What has to be stored, in one transaction, so that the log up to now can be thrown away.
#[derive(Clone, Debug)]
pub struct Checkpoint {
    /// The new head, as JSON.
    pub head: Vec<u8>,
    /// The pages that changed, as JSON; `None`: nothing is left on the page, delete it.
    pub pages: Vec<(PageNumber, Option<Vec<u8>>)>,
}

/// Why a stored book can not be opened.
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
    /// What has to be stored now. Call [`Replica::checkpointed`] when it is; nothing may be applied in between.
    ///
    /// # Errors
    /// Only when a value can not be written as JSON, which no value from the wire or a form can cause.
    pub fn checkpoint(&self) -> Result<Checkpoint, serde_json::Error> {
        let pages = self.pages.dirty.iter().map(|page| Ok((*page, self.page_bytes(*page)?)));
        Ok(Checkpoint {
            head: serde_json::to_vec(&self.head)?,
            pages: pages.collect::<Result<_, serde_json::Error>>()?,
        })
    }

    fn page_bytes(&self, page: PageNumber) -> Result<Option<Vec<u8>>, serde_json::Error> {
        #[derive(Serialize)]
        struct Borrowed<'a> {
            records: Vec<&'a Record>,
            history: Vec<&'a HistoryEntry>,
        }
        let members = || self.pages.members.get(&page).into_iter().flatten();
        let content = Borrowed {
            records: members().filter_map(|id| self.bases.get(id)).collect(),
            history: members().filter_map(|id| self.history.get(id)).flatten().collect(),
        };
        let nothing = content.records.is_empty() && content.history.is_empty();
        if nothing {
            Ok(None)
        } else {
            serde_json::to_vec(&content).map(Some)
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
        for record in page.records {
            let id = record.id;
            self.replica.pages.place(id, number);
            self.replica.bases.insert(id, record);
            self.replica.reindex(id);
        }
        for entry in page.history {
            self.replica.pages.place(entry.record, number);
            self.replica.history.entry(entry.record).or_default().push(entry);
        }
        Ok(())
    }

    /// Puts unsent work on top, once head and pages are in; log entries follow by [`Replica::apply`].
    pub fn finish(mut self, log: impl IntoIterator<Item = LogEntry>) -> Replica {
        let touched: BTreeSet<RecordId> = self
            .replica
            .head
            .outbox
            .iter()
            .map(|mutation| mutation.record)
            .collect();
        for id in touched {
            self.replica.refresh(id);
        }
        for entry in log {
            self.replica.apply(entry);
        }
        self.replica
    }
}
