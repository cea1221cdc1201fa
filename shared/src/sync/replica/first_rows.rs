//! What the first rows of the list of customers are drawn from while the rest of a book is still being read. It is made
//! with each checkpoint, and small whatever the book's size. It is only ever looked at, never written on. If later
//! entries of the log may have changed these rows, or which they are, none are returned.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::pages::LISTED;
use super::{LogEntry, Op, Replica, RestoreError};
use crate::conflicts::is_open;
use crate::customers::CustomerView;
use crate::ids::{MutationId, RecordId};
use crate::order::InOrder as _;
use crate::record::profile::Profile;
use crate::record::{Kind, Record};
use crate::time::Timestamp;

/// How many customers there are rows of: more than a screen shows at first.
const ROWS: usize = 50;

/// Puts customers in the order of the list, by their names ([`in_order_of_names`](crate::search::in_order_of_names)).
/// Handed in: the tables of readings that it needs come later than what reads a book.
pub type NameOrder = fn(Vec<(RecordId, &str)>) -> Vec<RecordId>;

/// The beginning of the list of customers, in the order of names, and the counts that stand around it.
#[derive(Clone, Debug)]
pub struct FirstRows {
    /// The customers of the first rows, those in charge of them, every conflict that waits for a decision, and whose book
    /// it is. All else is missing.
    pub replica: Replica,
    /// Those customers in the order of the list, so that nothing has to be put in order to show them.
    pub rows: Vec<RecordId>,
    /// How many customers the book has.
    pub total: usize,
    /// How many changes wait to be sent.
    pub unsent: usize,
    /// How many the server did not accept.
    pub refused: usize,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    profile: Option<Profile>,
    clock_offset: i64,
    last_complete: Option<Timestamp>,
    /// As the user sees them.
    records: Vec<Record>,
    total: usize,
    unsent: usize,
    refused: usize,
    /// Unsent changes to what the rows may show: what becomes of them shows.
    waiting: BTreeSet<MutationId>,
}

impl Replica {
    /// The first rows of the list as of now in this order, as JSON. `None` while customers may come and go by what does not name
    /// them: before the first pull is complete, in a rebuild, and while unsent work holds back that one leaves.
    ///
    /// # Errors
    /// Only when a value cannot be written as JSON, which no value from the wire or a form can cause.
    pub fn first_rows(&self, order: NameOrder) -> Result<Option<Vec<u8>>, serde_json::Error> {
        let head = &self.head;
        if head.last_complete.is_none() || head.confirmed.is_some() || !head.evicting.is_empty() {
            return Ok(None);
        }
        let waiting = head.outbox.iter().filter(|mutation| self.waits_on_card(mutation.id));
        let (records, total) = self.beginning_of_list(order);
        let stored = Stored {
            profile: head.profile.clone(),
            clock_offset: head.clock_offset,
            last_complete: head.last_complete,
            records: records.into_iter().cloned().collect(),
            total,
            unsent: head.outbox.len(),
            refused: head.refused.len(),
            waiting: waiting.map(|mutation| mutation.id).into_set(),
        };
        serde_json::to_vec(&stored).map(Some)
    }

    /// Grows with every step after which first rows made before are not to be used.
    pub fn list_revision(&self) -> u64 {
        self.list_revision
    }

    /// Whether a mutation is unsent, and to what the rows may show.
    pub(super) fn waits_on_card(&self, id: MutationId) -> bool {
        let waiting = self.head.outbox.get(id);
        waiting.is_some_and(|mutation| LISTED.contains(&mutation.kind))
    }

    /// The records behind the first rows, and how many customers there are.
    fn beginning_of_list(&self, order: NameOrder) -> (Vec<&Record>, usize) {
        let customers: Vec<_> = self.peek_kind(&Kind::Customer).collect();
        let customers = customers.iter().filter_map(|customer| CustomerView::of(customer));
        let ids = order(customers.map(|customer| (customer.id(), customer.name())).collect());
        let rows = || ids.iter().take(ROWS).filter_map(|id| self.get(*id));
        let owners = rows().filter_map(CustomerView::of).filter_map(CustomerView::owner);
        let owners: BTreeSet<RecordId> = owners.map(RecordId::from).into_set();
        let people = owners.into_iter().filter_map(|owner| self.view(owner));
        let conflicts = self.iter(&Kind::Conflict).filter(|conflict| is_open(conflict));
        (rows().chain(people).chain(conflicts).collect(), ids.len())
    }
}

impl FirstRows {
    /// The first rows that [`super::Checkpoint::first_rows`] holds, if they are the same after `log`, all that was
    /// logged since.
    ///
    /// # Errors
    /// [`RestoreError`] when these are not first rows.
    pub fn after<'a>(bytes: &[u8], log: impl IntoIterator<Item = &'a LogEntry>) -> Result<Option<Self>, RestoreError> {
        let stored: Stored = serde_json::from_slice(bytes)?;
        let mut replica = Replica::default();
        let head = &mut replica.head;
        (head.profile, head.clock_offset) = (stored.profile, stored.clock_offset);
        head.last_complete = stored.last_complete;
        let mut unsent = stored.unsent as i64;
        for entry in log {
            let waits = |id| stored.waiting.contains(&id);
            if !entry.0.iter().all(|op| leaves_rows_alone(op, waits)) {
                return Ok(None);
            }
            unsent += entry.unsent_more();
        }
        let customers = stored.records.iter().filter_map(CustomerView::of);
        let rows = customers.map(CustomerView::id).collect();
        for record in stored.records {
            replica.held.put(&record);
        }
        replica.index_all();
        Ok(Some(Self {
            replica,
            rows,
            total: stored.total,
            unsent: usize::try_from(unsent).unwrap_or_default(),
            refused: stored.refused,
        }))
    }

    /// Whether the list of `whole` begins with these rows and has these counts around it.
    #[cfg(any(test, feature = "simulator"))]
    pub(crate) fn begin(&self, whole: &Replica) -> bool {
        let order: NameOrder = |names| crate::search::in_order_of_names(names);
        let (records, _) = self.replica.beginning_of_list(order);
        let (expected, total) = whole.beginning_of_list(order);
        let in_order = expected.iter().filter(|record| record.kind == Kind::Customer);
        let counts = (self.total, self.unsent, self.refused);
        records == expected
            && self.rows.iter().eq(in_order.map(|record| &record.id))
            && counts == (total, whole.outbox().len(), whole.refused().len())
    }
}

/// Whether the rows and the counts around them are the same after a step, or can be counted on. `waits`: whether a
/// mutation is an unsent change to what the rows may show.
pub(super) fn leaves_rows_alone(op: &Op, waits: impl Fn(MutationId) -> bool) -> bool {
    match op {
        Op::Put(record) => !LISTED.contains(&record.kind),
        Op::Enqueue(mutation) => !LISTED.contains(&mutation.kind),
        Op::Acknowledge { id, .. } => !waits(*id),
        Op::History(_)
        | Op::Remember { .. }
        | Op::PutDraft { .. }
        | Op::RemoveDraft(_)
        | Op::Progress { .. }
        | Op::Unread { .. } => true,
        // Rare, and then not worth telling apart.
        Op::Evict(_)
        | Op::Refuse { .. }
        | Op::Discard(_)
        | Op::Resend { .. }
        | Op::Profile(_)
        | Op::BeginRebuild
        | Op::Reoffer => false,
    }
}

#[cfg(test)]
mod tests;
