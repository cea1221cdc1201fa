//! The server of a run: a model of the store around the server's real decisions ([`crate::sync::authority::decide`]). What
//! it answers a pull with is worked out the slow and obvious way, as the oracle for the real one.

use std::collections::{BTreeMap, BTreeSet};

use super::faults::Sabotage;
use super::host::{Answer, Host, Sight, directory, first_circles, first_customers};
use super::random::Random;
use crate::access;
use crate::customers::CustomerView;
use crate::handover::next_lead;
use crate::ids::{DeviceId, MutationId, RecordId, UserId};
use crate::people::{self, PersonView};
use crate::record::mutation::{Edit, Mutation};
use crate::record::profile::Profile;
use crate::record::{FieldPath, Kind, Record, Scope, Stamp, Version};
use crate::sync::authority::{Decision, Petition, Present, decide, replayed};
use crate::sync::engine::Entropy;
use crate::sync::merge::merge;
use crate::sync::wire::{Acknowledgement, Cursor, HistoryEntry, Outcome, PROTOCOL, Page, SyncRequest, SyncResponse};
use crate::time::Timestamp;

/// Records in a page, few, so that runs see many pages.
const PAGE: usize = 2;
#[derive(Clone)]
pub(super) struct Model {
    /// Changes when a backup is restored.
    epoch: u64,
    sequence: u64,
    records: BTreeMap<RecordId, Record>,
    history: Vec<HistoryEntry>,
    /// First outcome of every mutation carried out or refused.
    outcomes: BTreeMap<MutationId, Outcome>,
    /// Commits after which a root's audience was another one.
    scope_events: Vec<(Version, RecordId)>,
    ended: BTreeSet<DeviceId>,
    /// When it last carried a request out.
    latest: Timestamp,
    backup: Option<Box<Model>>,
    sabotage: Option<Sabotage>,
    random: Random,
}

impl Model {
    pub(super) fn new(seed: u64, sabotage: Option<Sabotage>) -> Self {
        let mut model = Self {
            epoch: 0,
            sequence: 0,
            records: BTreeMap::new(),
            history: Vec::new(),
            outcomes: BTreeMap::new(),
            scope_events: Vec::new(),
            ended: BTreeSet::new(),
            latest: Timestamp::default(),
            backup: None,
            sabotage,
            random: Random::new(!seed),
        };
        for (author, edit) in directory().into_iter().chain(first_customers()).chain(first_circles()) {
            model.import(&author, edit);
        }
        model
    }

    fn is(&self, sabotage: Sabotage) -> bool {
        self.sabotage == Some(sabotage)
    }

    /// A record as the operator would lay it down.
    fn import(&mut self, author: &Profile, edit: Edit) {
        let at = Timestamp::from_milliseconds(1_770_000_000_000);
        let mutation = self.made(edit, DeviceId::from_u128(1), author.user, at);
        self.sequence += 1;
        let merged = merge(None, &mutation, Version(self.sequence));
        if is_root(&merged.record) {
            self.scope_events.push((merged.record.version, merged.record.id));
        }
        self.records.insert(merged.record.id, merged.record);
    }

    /// Changes whenever what the person's devices hold changes for another reason than a customer's.
    fn rights(profile: &Profile) -> String {
        let held = access::held_channels(profile);
        let held: Vec<String> = held
            .iter()
            .map(|channel| channel.to_string().replace(':', "-"))
            .collect();
        held.join("+")
    }

    fn customers(&self) -> impl Iterator<Item = &Record> {
        self.records.values().filter(|record| record.kind == Kind::Customer)
    }

    fn start(&self, profile: &Profile, cursor: Option<&Cursor>) -> Push {
        let parts = cursor.map(|cursor| cursor.0.split(':').collect::<Vec<_>>());
        let known = match parts.as_deref() {
            Some([epoch, had, position]) if *epoch == self.epoch.to_string() => Some((*had, *position)),
            _ => None,
        };
        let rights = Self::rights(profile);
        let position = known
            .filter(|(had, _)| *had == rights)
            .and_then(|(_, position)| position.parse().ok());
        Push {
            position: Version(position.unwrap_or(0)),
            rebuild: cursor.is_some() && position.is_none(),
            forked: cursor.is_some() && known.is_none(),
            last_of_others: true,
            clean: BTreeMap::new(),
        }
    }

    fn carry_out(
        &mut self,
        push: &mut Push,
        profile: &Profile,
        mutation: &Mutation,
        now: Timestamp,
    ) -> Acknowledgement {
        let id = mutation.id;
        let check = !self.is(Sabotage::NoDuplicateCheck);
        if let (true, Some(outcome)) = (check, self.outcomes.get(&id)) {
            return Acknowledgement {
                id,
                outcome: replayed(outcome),
            };
        }
        let believing = self.is(Sabotage::BelieveClocks);
        let petition = Petition {
            profile,
            device: mutation.device,
            now: if believing {
                Timestamp::from_milliseconds(i64::MAX)
            } else {
                now
            },
            forked: push.forked,
        };
        let mutation = &if self.is(Sabotage::LastArrivalWins) {
            Mutation {
                base: Version(self.sequence),
                ..mutation.clone()
            }
        } else {
            mutation.clone()
        };
        let decision = self.decide(push, petition, mutation);
        self.write(push, &decision);
        let outcome = decision.outcome;
        self.outcomes.insert(id, outcome.clone());
        Acknowledgement { id, outcome }
    }

    fn decide(&mut self, push: &Push, petition: Petition<'_>, mutation: &Mutation) -> Decision {
        let record = self.records.get(&mutation.record);
        let root = mutation.scope.root().and_then(|root| self.records.get(&root));
        let known_to_device = record.is_none_or(|record| {
            record.version <= push.position || push.clean.get(&record.id) == Some(&record.version)
        });
        let strangers = self.strangers(petition.profile, mutation);
        let named = access::named_people(mutation).filter_map(|(_, user)| self.records.get(&user.into()));
        let people: Vec<&Record> = strangers.iter().chain(named).collect();
        let present = Present {
            record,
            root,
            people: &people,
            known_to_device,
        };
        let random = &mut self.random;
        let new_id = || RecordId::new(petition.now, random.draw());
        decide(petition, mutation, present, Version(self.sequence + 1), new_id)
    }

    /// Of a server that takes anybody: whoever is named is a colleague of the author.
    fn strangers(&self, author: &Profile, mutation: &Mutation) -> Vec<Record> {
        let Some(own) = self
            .records
            .get(&author.user.into())
            .filter(|_| self.is(Sabotage::AnybodyIsNamed))
        else {
            return Vec::new();
        };
        let named = access::named_people(mutation);
        let like_author = |(_, user): (&FieldPath, UserId)| Record {
            id: user.into(),
            ..own.clone()
        };
        named.map(like_author).collect()
    }

    fn write(&mut self, push: &mut Push, decision: &Decision) {
        self.sequence += decision.versions();
        if let Some(record) = &decision.record {
            if let Outcome::Applied { version } = decision.outcome {
                push.clean.insert(record.id, version);
            }
            self.put(record.clone());
        }
        self.history.extend(decision.history.iter().cloned());
        let keeping = !self.is(Sabotage::NoConflictRecords);
        for conflict in decision.conflicts.iter().filter(|_| keeping) {
            self.records.insert(conflict.id, conflict.clone());
        }
    }

    /// What the server writes by itself, in the name of `by`.
    fn write_itself(&mut self, edit: Edit, by: UserId, at: Timestamp) {
        let mutation = self.made(edit, DeviceId::from_u128(0), by, at);
        let merged = merge(
            self.records.get(&mutation.record),
            &mutation,
            Version(self.sequence + 1),
        );
        if merged.changed {
            self.sequence += 1;
            self.history.extend(merged.history);
            self.put(merged.record);
        }
    }

    fn made(&mut self, edit: Edit, device: DeviceId, author: UserId, at: Timestamp) -> Mutation {
        Mutation {
            id: MutationId::new(at, self.random.draw()),
            device,
            device_seq: 0,
            author,
            at,
            record: edit.record,
            kind: edit.kind,
            scope: edit.scope,
            base: edit.base,
            operation: edit.operation,
            unknown: BTreeMap::new(),
        }
    }

    /// Takes a new state over, and notes when its audience is another one.
    fn put(&mut self, record: Record) {
        let former = self.records.get(&record.id).map(access::root_channels);
        let is_noticed = is_root(&record) && !(self.is(Sabotage::CirclesKeepMembers) && record.kind == Kind::Circle);
        if is_noticed && former != Some(access::root_channels(&record)) {
            self.scope_events.push((record.version, record.id));
        }
        self.records.insert(record.id, record);
    }

    /// Whether `record` belongs on the devices of `profile` now.
    fn holds(&self, profile: &Profile, record: &Record) -> bool {
        match record.scope {
            Scope::Organisation => true,
            Scope::User(user) => user == profile.user,
            Scope::Under(id) => self.records.get(&id).is_some_and(|root| self.gives(profile, root)),
        }
    }

    /// Whether the root and all under it belongs on the devices of `profile` now.
    fn gives(&self, profile: &Profile, root: &Record) -> bool {
        let reads_all = self.is(Sabotage::LeadsReadCircles) && access::wider(profile).is_some();
        access::holds(profile, root) || (reads_all && root.kind == Kind::Circle)
    }

    /// The pages of an answer: each as if it were asked for with the cursor of the one before. Now and then the server
    /// has had enough before the device has.
    fn go_on(&mut self, first: SyncResponse, profile: &Profile, most: u32) -> Vec<SyncResponse> {
        let mut pages = vec![first];
        while let Some(last) = pages.last().filter(|last| last.page.more) {
            if pages.len() >= most as usize || self.random.chance(10) {
                break;
            }
            let push = self.start(profile, Some(&last.page.cursor));
            pages.push(SyncResponse {
                acknowledgements: Vec::new(),
                page: self.page(&push, profile),
                ..*last
            });
        }
        pages
    }

    fn page(&self, push: &Push, profile: &Profile) -> Page {
        let from = push.position;
        let mut later: Vec<&Record> = self.records.values().filter(|record| record.version > from).collect();
        later.sort_by_key(|record| record.version);
        let to = later
            .get(PAGE - 1)
            .map_or(Version(self.sequence), |record| record.version);
        let more = to.0 < self.sequence;
        let within = |version: Version| version > from && version <= to;

        let events = self
            .scope_events
            .iter()
            .filter(|(version, _)| within(*version))
            .map(|(_, root)| *root);
        let moved: BTreeSet<RecordId> = events.collect();
        let pinned = |record: &Record| {
            let customer = CustomerView::of(record);
            self.is(Sabotage::PinsOutliveRights) && customer.is_some_and(|it| it.is_pinned_by(profile.user))
        };
        let held = |id: &RecordId| {
            let root = self.records.get(id);
            root.is_some_and(|record| self.gives(profile, record) || pinned(record))
        };
        let (gained, lost): (BTreeSet<RecordId>, BTreeSet<RecordId>) = moved.into_iter().partition(held);
        let alone = self.is(Sabotage::GainedCustomerAlone);
        let whole = |record: &Record| {
            let gained = record.root().is_some_and(|root| gained.contains(&root));
            gained && (!alone || is_root(record))
        };

        let wanted = self.records.values().filter(|record| self.holds(profile, record));
        let wanted = wanted.filter(|record| within(record.version) || whole(record));
        let wanted = wanted.filter(|record| whole(record) || push.clean.get(&record.id) != Some(&record.version));
        let skipping = self.is(Sabotage::SkipRecords);
        let late = |record: &Record| {
            let newest = record.version.0 == self.sequence && push.last_of_others;
            self.is(Sabotage::SequenceIsNotCommitOrder) && newest
        };
        let skipped = |record: &Record| (skipping && record.version.0 % 10 == 3) || late(record);
        let records: Vec<Record> = wanted.filter(|record| !skipped(record)).cloned().collect();
        let of_held = |entry: &&HistoryEntry| {
            let record = self.records.get(&entry.record);
            record.is_some_and(|record| self.holds(profile, record) && (within(entry.stamp.version) || whole(record)))
        };
        let history = self.history.iter().filter(of_held).cloned().collect();
        let telling = !self.is(Sabotage::NoEviction);
        let end = to.0 + u64::from(self.is(Sabotage::CursorTooFar) && more);
        Page {
            records,
            history,
            evicted: if telling {
                lost.into_iter().collect()
            } else {
                Vec::new()
            },
            rebuild: push.rebuild,
            reoffer: push.forked && !self.is(Sabotage::NoReoffer),
            listed: false,
            cursor: Cursor(format!("{}:{}:{}", self.epoch, Self::rights(profile), end)),
            more,
            unread: false,
        }
    }
}

impl Host for Model {
    fn sync(&mut self, profile: &Profile, request: &SyncRequest, now: Timestamp) -> Answer {
        let person = self.records.get(&profile.user.into()).and_then(PersonView::of);
        let has_left = person.is_some_and(|person| !person.is_active());
        if self.ended.remove(&request.device) || has_left {
            return Answer::SignedOut;
        }
        self.latest = now;
        let before = self.is(Sabotage::AcknowledgeBeforeCommit).then(|| self.clone());
        let mut push = self.start(profile, request.cursor.as_ref());
        let sequence = self.sequence;
        let mutations = request.mutations.iter();
        let acknowledgements = mutations
            .map(|mutation| self.carry_out(&mut push, profile, mutation, now))
            .collect();
        push.last_of_others = push.last_of_others && self.sequence == sequence;
        let first = SyncResponse {
            protocol: PROTOCOL,
            now,
            acknowledgements,
            page: self.page(&push, profile),
        };
        let pages = self.go_on(first, profile, request.pages);
        if let Some(before) = before
            && self.random.chance(20)
        {
            *self = Self {
                random: self.random.clone(),
                ..before
            };
        }
        Answer::Done(pages)
    }

    fn end_session(&mut self, device: DeviceId) {
        self.ended.insert(device);
    }

    fn let_leave(&mut self, person: &Profile, is_back: bool, now: Timestamp) {
        let Some(entry) = self.records.get(&person.user.into()) else {
            return;
        };
        let edit = Edit::of(entry).change(entry, FieldPath::known(people::field::ACTIVE), is_back);
        self.write_itself(edit, person.user, now);
        if is_back || self.is(Sabotage::CirclesKeepLeads) {
            return;
        }
        let next = |circle| next_lead(circle, self.records.values());
        let edits: Vec<Edit> = self.records.values().filter_map(next).collect();
        for edit in edits {
            self.write_itself(edit, person.user, now);
        }
    }

    fn back_up(&mut self) -> bool {
        self.backup = Some(Box::new(self.clone()));
        true
    }

    fn restore(&mut self) {
        if let Some(backup) = self.backup.take() {
            *self = Self {
                epoch: self.epoch + 1,
                ended: std::mem::take(&mut self.ended),
                latest: self.latest,
                random: self.random.clone(),
                ..*backup
            };
        }
    }

    fn is_restored(&self) -> bool {
        self.epoch > 0
    }

    fn write_as_newer_program(&mut self) {
        let customers: Vec<RecordId> = self.customers().map(|customer| customer.id).collect();
        let chosen = customers.get(self.random.below(customers.len()));
        let Some(customer) = chosen.and_then(|id| self.records.get(id)) else {
            return;
        };
        self.sequence += 1;
        let version = Version(self.sequence);
        let created = Stamp {
            version,
            ..customer.created
        };
        let record = Record {
            id: RecordId::new(self.latest, self.random.draw()),
            kind: Kind::from("hologram"),
            version,
            created,
            unknown: BTreeMap::from([("projector".to_owned(), self.sequence.into())]),
            ..customer.clone()
        };
        self.records.insert(record.id, record);
    }

    fn outcome(&mut self, id: MutationId) -> Option<Outcome> {
        self.outcomes.get(&id).cloned()
    }

    fn held_by(&mut self, profile: &Profile) -> Sight {
        let seen = self.records.values().filter(|record| self.holds(profile, record));
        let records: BTreeMap<RecordId, Record> = seen.map(|record| (record.id, record.clone())).collect();
        let history = self.history.iter();
        let history = history.filter(|entry| records.contains_key(&entry.record)).cloned();
        Sight {
            history: history.collect(),
            records,
        }
    }

    fn read_online(&mut self, profile: &Profile, _: Timestamp) -> Vec<Record> {
        let seen = self.customers().filter(|customer| access::may_see(profile, customer));
        seen.filter(|customer| !customer.is_deleted()).cloned().collect()
    }

    fn everything(&mut self) -> Sight {
        Sight {
            records: self.records.clone(),
            history: self.history.clone(),
        }
    }
}

fn is_root(record: &Record) -> bool {
    record.root() == Some(record.id)
}

/// What is remembered while one request is carried out.
struct Push {
    /// The request's cursor.
    position: Version,
    /// Whether the cursor is of no use.
    rebuild: bool,
    /// Whether that is because it is of another epoch.
    forked: bool,
    /// Whether the newest commit is not of this request.
    last_of_others: bool,
    /// Versions this request itself made, cleanly: the device works them out itself.
    clean: BTreeMap<RecordId, Version>,
}
