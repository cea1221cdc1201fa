//! Everything one device holds, in memory: the last states heard from the server, the user's own work on top, the
//! history, the outbox, what was refused, and drafts. It changes only by [`Op`]s, which are also what the device's
//! log stores, so that replaying the log rebuilds it exactly. It never talks to a disk or a network.
//!
//! Stored shapes grow with the version of the store's layout only: whoever adds a kind of [`Op`], a member of one, or
//! a member of [`Head`], something in the pages or what [`FirstRows`] are made of raises it, so that older programs leave the store alone.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::merge::merge;
use super::wire::{Cursor, HistoryEntry};
use crate::access;
use crate::ids::{RecordId, UserId};
use crate::order::InOrder as _;
use crate::record::mutation::{Mutation, Operation};
use crate::record::profile::Profile;
use crate::record::refusal::Refusal;
use crate::record::{Kind, Record, Scope, Stamp, Version};
use crate::time::Timestamp;

mod by_customer;
mod by_record;
mod changes;
mod first_rows;
mod held;
mod index;
mod log;
mod outbox;
mod pages;

use changes::Changes;
use first_rows::leaves_rows_alone;
use held::Held;
use index::Index;
use pages::Acknowledged;

pub use by_customer::{ByCustomer, CustomerValues};
pub use by_record::{ByRecord, RecordValues};
pub use first_rows::{FirstRows, NameOrder};
pub use held::Outline;
pub use log::{LogEntry, Op};
pub use outbox::Outbox;
pub use pages::{Checkpoint, Head, PageNumber, Restore, RestoreError};

/// How long acknowledged work is held, in milliseconds: two weeks, longer than a daily backup can be old.
const HOLD_ACKNOWLEDGED: i64 = 14 * 86_400_000;
/// The most acknowledged mutations held.
const MOST_ACKNOWLEDGED: usize = 2_000;

/// A mutation the server did not carry out, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Refused {
    /// The intent, as written.
    pub mutation: Mutation,
    /// The reason.
    pub refusal: Refusal,
    /// The name of the customer it concerns, as held when it was refused: the customer may leave this device with
    /// the refusal, and the user still has to know whose work this is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_name: Option<String>,
}

/// What a device holds. See the module's first paragraph.
#[derive(Clone, Debug, Default)]
pub struct Replica {
    /// States as the server has them, and their history.
    held: Held,
    /// States with this device's unacknowledged work on top; only where there is some.
    views: HashMap<RecordId, Record>,
    /// What is to be seen.
    index: Index,
    head: Head,
    revision: u64,
    list_revision: u64,
    changed: Vec<RecordId>,
    changes: Changes,
}

impl Replica {
    /// Carries out the steps of one log entry.
    pub fn apply(&mut self, entry: LogEntry) {
        self.put_away();
        for op in entry.0 {
            if !leaves_rows_alone(&op, |id| self.waits_on_card(id)) {
                self.list_revision += 1;
            }
            self.step(op);
        }
        self.revision += 1;
    }

    fn step(&mut self, op: Op) {
        match op {
            Op::Put(record) => self.put(&record),
            Op::History(entry) => self.add_history(entry),
            Op::Evict(customer) => {
                self.head.evicting.insert(customer);
                self.evict_if_idle(customer);
            }
            Op::Enqueue(mutation) => self.enqueue(mutation),
            Op::Acknowledge { id, version, clean, at } => {
                if let Some(mutation) = self.head.outbox.take(id) {
                    self.acknowledge(&mutation, version, clean);
                    self.after_outbox(&mutation);
                    self.head.acknowledged.push_back(Acknowledged { mutation, at });
                }
            }
            Op::Refuse { id, refusal } => {
                if let Some(mutation) = self.head.outbox.take(id) {
                    let customer = customer_of(&mutation);
                    self.head.refused.push(Refused {
                        customer_name: customer.and_then(|id| self.customer_name(id)).map(str::to_owned),
                        mutation: mutation.clone(),
                        refusal,
                    });
                    self.after_outbox(&mutation);
                }
            }
            Op::Remember { customer, name } => {
                self.head.names.insert(customer, name);
            }
            Op::Discard(id) => self.head.refused.retain(|refused| refused.mutation.id != id),
            Op::Resend { id, mutation } => {
                let refused = self.head.refused.iter().position(|refused| refused.mutation.id == id);
                let refused = refused.map(|at| self.head.refused.remove(at));
                if let (Some(name), Some(customer)) = (refused.and_then(|it| it.customer_name), customer_of(&mutation))
                {
                    self.head.names.insert(customer, name);
                }
                self.enqueue(mutation);
            }
            Op::PutDraft { key, value } => {
                self.head.drafts.insert(key, value);
            }
            Op::RemoveDraft(key) => {
                self.head.drafts.remove(&key);
            }
            Op::Profile(profile) => self.head.profile = Some(profile),
            Op::Progress {
                cursor,
                clock_offset,
                at,
                complete,
            } => self.progress(cursor, clock_offset, at, complete),
            Op::BeginRebuild => {
                self.head.unread = None;
                self.head.confirmed = Some(BTreeSet::new());
                self.held.clear_histories();
            }
            Op::Reoffer => self.reoffer(),
            Op::Unread { protocol } => self.head.unread = Some(protocol),
        }
    }

    // ---- reading ------------------------------------------------------------------------------------------

    /// The record as the user sees it: the server's state with the device's own unsent work on top. Tombstones
    /// are not seen.
    pub fn get(&self, id: RecordId) -> Option<&Record> {
        self.view(id).filter(|record| !record.is_deleted())
    }

    /// The record as the server last gave it, tombstones included.
    pub fn base(&self, id: RecordId) -> Option<&Record> {
        self.held.get(id)
    }

    /// What a record is, without opening it.
    pub fn kind(&self, id: RecordId) -> Option<&Kind> {
        let known = self.outline(id).filter(|known| !known.is_deleted);
        known.map(|known| known.kind)
    }

    /// Like [`Replica::get`], tombstones included.
    pub fn view(&self, id: RecordId) -> Option<&Record> {
        self.views.get(&id).or_else(|| self.base(id))
    }

    /// Like [`Replica::get`] for whoever looks at many and keeps none: it is not held open.
    pub fn peek(&self, id: RecordId) -> Option<Cow<'_, Record>> {
        let own = self.views.get(&id).map(Cow::Borrowed);
        own.or_else(|| self.held.peek(id)).filter(|record| !record.is_deleted())
    }

    /// What is known of a record, or of a tombstone, without opening it.
    fn outline(&self, id: RecordId) -> Option<Outline<'_>> {
        let own = self.views.get(&id).map(Outline::of);
        own.or_else(|| self.held.outline(id))
    }

    /// What is known of the records of a kind without opening them, in order of their ids.
    pub fn outlines<'a>(&'a self, kind: &Kind) -> impl Iterator<Item = Outline<'a>> + use<'a> {
        let outlines = self.index.of_kind(kind).filter_map(|id| self.outline(id));
        outlines.filter(|outline| !outline.is_deleted)
    }

    /// Like [`Replica::iter`] for whoever keeps none: see [`Replica::peek`].
    pub fn peek_kind<'a>(&'a self, kind: &Kind) -> impl Iterator<Item = Cow<'a, Record>> + use<'a> {
        self.index.of_kind(kind).filter_map(|id| self.peek(id))
    }

    /// Whether more records are open than should stay so: see [`Replica::put_away`].
    pub fn is_much_open(&self) -> bool {
        self.held.is_much_open()
    }

    /// Closes records that were opened to be read, if there are many of them.
    pub fn put_away(&mut self) {
        if self.is_much_open() {
            self.held.close();
        }
    }

    /// All records of a kind, in order of their ids.
    pub fn iter<'a>(&'a self, kind: &Kind) -> impl Iterator<Item = &'a Record> + use<'a> {
        self.index.of_kind(kind).filter_map(|id| self.get(id))
    }

    /// All records in the scope of a customer, its own included, in order of their ids.
    pub fn of_customer(&self, customer: RecordId) -> impl Iterator<Item = &Record> {
        self.index.under(customer, |_| true).filter_map(|id| self.get(id))
    }

    /// Like [`Replica::of_customer`] for whoever keeps none: see [`Replica::peek`]. Only of the kinds that are `wanted`.
    pub fn peek_customer(
        &self,
        customer: RecordId,
        wanted: impl Fn(&Kind) -> bool,
    ) -> impl Iterator<Item = Cow<'_, Record>> {
        self.index.under(customer, wanted).filter_map(|id| self.peek(id))
    }

    /// What is known of a record's past: this device's unsent changes (version 0) first, then the committed ones,
    /// newest first.
    pub fn history(&self, id: RecordId) -> Vec<HistoryEntry> {
        let own = self.head.outbox.of_record(id).rev().flat_map(unsent_history);
        let committed = self.held.history(id).into_owned();
        own.chain(committed.into_iter().rev()).collect()
    }

    /// Unacknowledged work, oldest first.
    pub fn outbox(&self) -> &Outbox {
        &self.head.outbox
    }

    /// Whether the device could offer acknowledged work in this scope to a server that lost it.
    #[cfg(any(test, feature = "simulator"))]
    pub fn could_reoffer(&self, scope: Scope) -> bool {
        self.head.acknowledged.iter().any(|held| held.mutation.scope == scope)
    }

    /// How many changes the server does not have: unsent and refused ones.
    pub fn unsent(&self) -> usize {
        self.head.outbox.len() + self.head.refused.len()
    }

    /// Work the server did not accept, oldest first.
    pub fn refused(&self) -> &[Refused] {
        &self.head.refused
    }

    /// The half-written form under `key`.
    pub fn draft(&self, key: &str) -> Option<&Value> {
        self.head.drafts.get(key)
    }

    /// Keys of all half-written forms.
    pub fn drafts(&self) -> impl Iterator<Item = &str> {
        self.head.drafts.keys().map(String::as_str)
    }

    /// Who this book belongs to.
    pub fn profile(&self) -> Option<&Profile> {
        self.head.profile.as_ref()
    }

    /// Where the next pull starts.
    pub fn cursor(&self) -> Option<&Cursor> {
        self.head.cursor.as_ref()
    }

    /// What to add to the device's clock, in milliseconds, to get the server's.
    pub fn clock_offset(&self) -> i64 {
        self.head.clock_offset
    }

    /// When everything the server had was last received, by the server's clock.
    pub fn last_complete(&self) -> Option<Timestamp> {
        self.head.last_complete
    }

    /// Whether a rebuild from nothing is under way.
    pub fn is_rebuilding(&self) -> bool {
        self.head.confirmed.is_some()
    }

    /// Whether the server sent something that the program could not read.
    pub fn has_unread(&self) -> bool {
        self.head.unread.is_some()
    }

    /// How many customers have yet to leave this device, held back by unsent work that concerns them.
    pub fn evicting(&self) -> usize {
        self.head.evicting.len()
    }

    /// Number of records held from the server.
    pub fn len(&self) -> usize {
        self.held.len()
    }

    /// Whether nothing was received yet.
    pub fn is_empty(&self) -> bool {
        self.held.len() == 0
    }

    /// The name of a colleague, when the directory is here.
    pub fn person_name(&self, user: UserId) -> Option<&str> {
        self.view(user.into()).and_then(|person| person.text("name"))
    }

    /// The name of a customer that is here, or that unsent work concerns.
    pub fn customer_name(&self, customer: RecordId) -> Option<&str> {
        let shown = self.view(customer).and_then(|record| record.text("name"));
        shown.or_else(|| self.head.names.get(&customer).map(String::as_str))
    }

    /// Grows by one with every log entry applied, and once when a book is opened.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Ids of records whose view may have changed since the last call (also those that went away; some more than once),
    /// for indexes kept beside the replica.
    pub fn take_changed(&mut self) -> Vec<RecordId> {
        std::mem::take(&mut self.changed)
    }

    // ---- changing -----------------------------------------------------------------------------------------

    /// Forgets where the next pull starts when a program of an older protocol than `protocol` left something out: all
    /// is asked for anew then, and what was left out comes.
    pub(super) fn forget_place_if_older_than(&mut self, protocol: u32) {
        if self.head.unread.is_some_and(|by| by < protocol) {
            self.head.cursor = None;
            self.head.confirmed = None;
        }
    }

    fn put(&mut self, record: &Record) {
        let id = record.id;
        self.head.evicting.remove(&id);
        if let Some(confirmed) = &mut self.head.confirmed {
            confirmed.insert(id);
        }
        self.held.put(record);
        self.refresh(id);
    }

    fn add_history(&mut self, entry: HistoryEntry) {
        if !self.held.contains(entry.record) {
            self.head.early.insert(entry.record);
        }
        self.held.change_history(entry.record, |entries| {
            entries.retain(|held| held.mutation != entry.mutation || held.path != entry.path);
            let at = entries.partition_point(|held| held.stamp.version <= entry.stamp.version);
            entries.insert(at, entry);
        });
    }

    fn enqueue(&mut self, mut mutation: Mutation) {
        self.head.last_device_seq += 1;
        mutation.device_seq = self.head.last_device_seq;
        let id = mutation.record;
        self.head.outbox.push(mutation);
        self.refresh(id);
    }

    fn acknowledge(&mut self, mutation: &Mutation, version: Version, clean: bool) {
        let id = mutation.record;
        // During a rebuild, states the server has not sent again yet bear versions that may mean nothing now.
        let confirmed = self
            .head
            .confirmed
            .as_ref()
            .is_none_or(|confirmed| confirmed.contains(&id));
        let base = self.base(id).filter(|_| confirmed);
        if base.is_some_and(|base| base.version >= version) || (!clean && !confirmed) {
            // What is held has this work in it already, and the server's own state follows when there is another.
            return;
        }
        let mut merged = merge(base, mutation, version);
        if base.is_none() && !self.belongs_here(&merged.record, mutation, clean) {
            // Work on what is read online only: the server has it, and nothing of it stays.
            return;
        }
        if clean {
            for entry in merged.history {
                self.add_history(entry);
            }
        } else {
            // The server's state comes with a page; until then the user goes on seeing the own work.
            merged.record.version = base.map_or(Version::NONE, |base| base.version);
        }
        if let Some(confirmed) = &mut self.head.confirmed {
            confirmed.insert(id);
        }
        self.held.put(&merged.record);
    }

    /// Whether a record made of `mutation` alone is one that this device holds: of a customer that is here, or itself
    /// a customer that comes to be held.
    fn belongs_here(&self, record: &Record, mutation: &Mutation, clean: bool) -> bool {
        let is_new = clean || mutation.base == Version::NONE;
        match record.scope {
            Scope::Under(customer) if customer == record.id => {
                clean || is_new && self.profile().is_none_or(|profile| access::holds(profile, record))
            }
            Scope::Under(customer) => is_new && self.held.contains(customer),
            Scope::Organisation | Scope::User(_) => is_new,
        }
    }

    /// Puts acknowledged work in front of the outbox. The versions that all of it was based on mean nothing to the
    /// restored server, so it counts as written without having seen anything: what differs is kept beside it.
    fn reoffer(&mut self) {
        let acknowledged = std::mem::take(&mut self.head.acknowledged);
        let again = acknowledged.into_iter().map(|held| held.mutation);
        let waiting = std::mem::take(&mut self.head.outbox);
        let unseen = |mutation| Mutation {
            base: Version::NONE,
            ..mutation
        };
        self.head.outbox = again.chain(waiting).map(unseen).collect();
        let touched: BTreeSet<RecordId> = self.head.outbox.iter().map(|mutation| mutation.record).into_set();
        touched.into_iter().for_each(|id| self.refresh(id));
    }

    fn after_outbox(&mut self, mutation: &Mutation) {
        self.refresh(mutation.record);
        if let Some(customer) = customer_of(mutation) {
            if !self.is_waiting(customer) {
                self.head.names.remove(&customer);
            }
            self.evict_if_idle(customer);
        }
    }

    /// Whether unsent work concerns the customer.
    fn is_waiting(&self, customer: RecordId) -> bool {
        self.head.outbox.of_customer(customer).next().is_some()
    }

    fn evict_if_idle(&mut self, customer: RecordId) {
        if !self.head.evicting.contains(&customer) || self.is_waiting(customer) {
            return;
        }
        let scope = Scope::Under(customer);
        self.head.evicting.remove(&customer);
        self.head.acknowledged.retain(|held| held.mutation.scope != scope);
        for id in self.index.under(customer, |_| true).collect::<Vec<_>>() {
            self.forget(id);
        }
    }

    fn forget(&mut self, id: RecordId) {
        self.held.remove(id);
        self.refresh(id);
    }

    fn progress(&mut self, cursor: Cursor, clock_offset: i64, at: Timestamp, complete: bool) {
        self.head.cursor = Some(cursor);
        self.head.clock_offset = clock_offset;
        if !complete {
            return;
        }
        self.head.last_complete = Some(at);
        if let Some(confirmed) = self.head.confirmed.take() {
            let gone: BTreeSet<RecordId> = self.held.ids().filter(|id| !confirmed.contains(id)).into_set();
            let is_gone = |mutation: &Mutation| customer_of(mutation).is_some_and(|customer| gone.contains(&customer));
            self.head.acknowledged.retain(|held| !is_gone(&held.mutation));
            for id in gone {
                self.forget(id);
            }
        }
        for id in std::mem::take(&mut self.head.early) {
            if !self.held.contains(id) {
                self.forget(id);
            }
        }
        self.forget_old_work(at);
    }

    /// Acknowledged work is held only as long as a restored backup may lack it. That about customers who were read
    /// online is held like other: nobody else could offer it again.
    fn forget_old_work(&mut self, now: Timestamp) {
        let acknowledged = &mut self.head.acknowledged;
        acknowledged.retain(|held| now.since(held.at) <= HOLD_ACKNOWLEDGED);
        let surplus = acknowledged.len().saturating_sub(MOST_ACKNOWLEDGED);
        acknowledged.drain(..surplus);
    }

    /// Recomputes the view of a record and its places in the indexes. When a customer comes or goes, what waits to be
    /// added to it is shown or not shown with it.
    fn refresh(&mut self, id: RecordId) {
        let was_here = self.index.is_under(id, id);
        self.refresh_alone(id);
        if was_here != self.is_here(id) {
            let waiting = self.head.outbox.of_customer(id).map(|mutation| mutation.record);
            let waiting: BTreeSet<RecordId> = waiting.filter(|it| *it != id).into_set();
            waiting.into_iter().for_each(|id| self.refresh_alone(id));
        }
    }

    /// Whether unsent work on a record that is not held makes one to show: a new record, of a customer that is shown.
    /// A change to what was read online does not.
    fn is_shown(&self, mutation: &Mutation) -> bool {
        let customer = customer_of(mutation).filter(|customer| *customer != mutation.record);
        mutation.base == Version::NONE && customer.is_none_or(|customer| self.is_here(customer))
    }

    /// Whether there is a record, or a tombstone, to be seen.
    fn is_here(&self, id: RecordId) -> bool {
        self.views.contains_key(&id) || self.held.contains(id)
    }

    fn refresh_alone(&mut self, id: RecordId) {
        let mut view: Option<Record> = None;
        for mutation in self.head.outbox.of_record(id) {
            let present = view.as_ref().or_else(|| self.base(id));
            if present.is_none() && !self.is_shown(mutation) {
                continue;
            }
            let version = present.map_or(Version::NONE, |record| record.version);
            view = Some(merge(present, mutation, version).record);
        }
        match view {
            Some(view) => self.views.insert(id, view),
            None => self.views.remove(&id),
        };
        self.reindex(id);
        self.changed.push(id);
    }

    fn reindex(&mut self, id: RecordId) {
        let place = self.outline(id).map(|known| (known.kind.clone(), known.scope.root()));
        match place {
            Some((kind, customer)) => {
                self.index.insert(id, &kind, customer);
                self.changes.note(self.revision, id, customer);
            }
            None => {
                let before = self.index.remove(id);
                self.changes.note(self.revision, id, before);
            }
        }
    }

    /// Finds the places of all that is held at once.
    fn index_all(&mut self) {
        self.index = Index::of(self.held.outlines());
    }
}

/// The customer in whose scope the mutation is.
const fn customer_of(mutation: &Mutation) -> Option<RecordId> {
    match mutation.scope {
        Scope::Under(customer) => Some(customer),
        Scope::Organisation | Scope::User(_) => None,
    }
}

/// A pending mutation as entries of the history, under version 0.
fn unsent_history(mutation: &Mutation) -> Vec<HistoryEntry> {
    let stamp = Stamp {
        version: Version::NONE,
        at: mutation.at,
        by: mutation.author,
        device: mutation.device,
    };
    let entry = |path, from, to| HistoryEntry {
        record: mutation.record,
        path,
        from,
        to,
        stamp,
        mutation: mutation.id,
        stands: true,
        unknown: BTreeMap::new(),
    };
    match &mutation.operation {
        Operation::Write(_) if mutation.base == Version::NONE => Vec::new(),
        Operation::Write(changes) => changes
            .iter()
            .filter(|(_, change)| change.from != change.to)
            .map(|(path, change)| entry(Some(path.clone()), change.from.clone(), change.to.clone()))
            .collect(),
        Operation::Delete => vec![entry(None, Value::Null, Value::Bool(true))],
    }
}

#[cfg(test)]
mod tests;
