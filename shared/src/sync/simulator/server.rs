//! The server of a run: a model of the store around the server's real decisions ([`super::authority::decide`]). What
//! it answers a pull with is worked out the slow and obvious way, as the oracle for the real one.

use std::collections::{BTreeMap, BTreeSet};

use super::faults::{Faults, Sabotage};
use super::random::Random;
use crate::access;
use crate::customers;
use crate::ids::{DeviceId, MutationId, RecordId, UserId};
use crate::sync::authority::{Decision, Petition, Present, decide, replayed};
use crate::sync::engine::Entropy;
use crate::sync::merge::merge;
use crate::sync::mutation::Mutation;
use crate::sync::record::{FieldPath, Kind, Record, Scope, Stamp, Version};
use crate::sync::wire::{
    Acknowledgement, Cursor, HistoryEntry, Outcome, PROTOCOL, Page, Profile, SyncRequest, SyncResponse,
};
use crate::time::Timestamp;

/// Records in a page, few, so that runs see many pages.
const PAGE: usize = 6;
/// Customers the bank starts with.
const CUSTOMERS: usize = 4;

/// What became of a request.
pub(super) enum Answer {
    Done(Box<SyncResponse>),
    SignedOut,
    Broken,
}

#[derive(Clone)]
pub(super) struct Server {
    /// Changes when a backup is restored.
    epoch: u64,
    sequence: u64,
    pub(super) records: BTreeMap<RecordId, Record>,
    pub(super) history: Vec<HistoryEntry>,
    /// First outcome of every mutation carried out or refused, and by whom.
    pub(super) outcomes: BTreeMap<MutationId, (UserId, Outcome)>,
    /// Commits after which a customer's audience was another one.
    scope_events: Vec<(Version, RecordId)>,
    ended: BTreeSet<DeviceId>,
    /// When it last carried a request out.
    pub(super) latest: Timestamp,
}

impl Server {
    pub(super) fn new(people: &[Profile], random: &mut Random) -> Self {
        let mut server = Self {
            epoch: 0,
            sequence: 0,
            records: BTreeMap::new(),
            history: Vec::new(),
            outcomes: BTreeMap::new(),
            scope_events: Vec::new(),
            ended: BTreeSet::new(),
            latest: Timestamp::default(),
        };
        for number in 0..CUSTOMERS {
            server.import(number, &people[number % 2], random);
        }
        server
    }

    /// A customer as an import would lay it down.
    fn import(&mut self, number: usize, owner: &Profile, random: &mut Random) {
        let id = RecordId::from_u128(1_000 + number as u128);
        let edit = customers::new_customer(id, owner)
            .set(FieldPath::known(customers::field::NAME), format!("客户{number}"))
            .set(
                FieldPath::known(customers::field::TYPE),
                customers::CustomerType::Corporate.as_str(),
            )
            .set(FieldPath::known(customers::field::REMARK), "第一段\n\n第二段\n\n第三段");
        let at = Timestamp::from_milliseconds(1_770_000_000_000);
        let mutation = Mutation {
            id: MutationId::new(at, random.draw()),
            device: DeviceId::from_u128(1),
            device_seq: 0,
            author: owner.user,
            at,
            record: id,
            kind: edit.kind,
            scope: edit.scope,
            base: edit.base,
            operation: edit.operation,
            unknown: BTreeMap::new(),
        };
        self.sequence += 1;
        let merged = merge(None, &mutation, Version(self.sequence));
        self.scope_events.push((Version(self.sequence), id));
        self.records.insert(id, merged.record);
    }

    /// The server as it was at the time of `backup`, running again at `self`'s time.
    pub(super) fn restore(&mut self, backup: Self) {
        let epoch = self.epoch + 1;
        *self = Self {
            epoch,
            ended: std::mem::take(&mut self.ended),
            latest: self.latest,
            ..backup
        };
    }

    /// Changes whenever what the person may see changes for another reason than a customer's.
    fn rights(profile: &Profile) -> String {
        format!("{:?}", profile.role)
    }

    /// Somebody with a newer program writes what nobody here knows.
    pub(super) fn write_as_newer_program(&mut self, random: &mut Random) {
        let customers: Vec<RecordId> = self.customers().map(|customer| customer.id).collect();
        let Some(customer) = customers
            .get(random.below(customers.len()))
            .and_then(|id| self.records.get(id))
        else {
            return;
        };
        self.sequence += 1;
        let version = Version(self.sequence);
        let created = Stamp {
            version,
            ..customer.created
        };
        let record = Record {
            id: RecordId::new(self.latest, random.draw()),
            kind: Kind::from("hologram"),
            version,
            created,
            unknown: BTreeMap::from([("projector".to_owned(), random.below(1_000).into())]),
            ..customer.clone()
        };
        self.records.insert(record.id, record);
    }

    fn customers(&self) -> impl Iterator<Item = &Record> {
        self.records.values().filter(|record| record.kind == Kind::Customer)
    }

    pub(super) fn is_restored(&self) -> bool {
        self.epoch > 0
    }

    pub(super) fn end_sessions(&mut self, device: DeviceId) {
        self.ended.insert(device);
    }

    pub(super) fn sync(
        &mut self,
        profile: &Profile,
        request: &SyncRequest,
        now: Timestamp,
        faults: &Faults,
        random: &mut Random,
    ) -> Answer {
        if self.ended.remove(&request.device) {
            return Answer::SignedOut;
        }
        if random.chance(faults.server_fails) {
            return Answer::Broken;
        }
        self.latest = now;
        let before = (faults.sabotage == Some(Sabotage::AcknowledgeBeforeCommit)).then(|| self.clone());
        let rights = Self::rights(profile);
        let cursor = request
            .cursor
            .as_ref()
            .map(|cursor| cursor.0.split(':').collect::<Vec<_>>());
        let known = match cursor.as_deref() {
            Some([epoch, had, position]) if *epoch == self.epoch.to_string() => Some((*had, *position)),
            _ => None,
        };
        let position = known
            .filter(|(had, _)| *had == rights)
            .and_then(|(_, position)| position.parse().ok());
        let mut push = Push {
            position: Version(position.unwrap_or(0)),
            rebuild: request.cursor.is_some() && position.is_none(),
            forked: request.cursor.is_some() && known.is_none(),
            clean: BTreeMap::new(),
        };
        let cut = random.chance(faults.partial_batch);
        let count = if cut {
            random.below(request.mutations.len())
        } else {
            request.mutations.len()
        };
        let mutations = request.mutations.iter().take(count);
        let acknowledgements =
            mutations.map(|mutation| self.carry_out(&mut push, profile, mutation, now, faults, random));
        let acknowledgements = acknowledgements.collect();
        let page = self.page(&push, profile, faults, random);
        if let Some(before) = before
            && random.chance(20)
        {
            *self = before;
        }
        Answer::Done(Box::new(SyncResponse {
            protocol: PROTOCOL,
            now,
            acknowledgements,
            page,
        }))
    }

    fn carry_out(
        &mut self,
        push: &mut Push,
        profile: &Profile,
        mutation: &Mutation,
        now: Timestamp,
        faults: &Faults,
        random: &mut Random,
    ) -> Acknowledgement {
        let id = mutation.id;
        let check = faults.sabotage != Some(Sabotage::NoDuplicateCheck);
        if let (true, Some((_, outcome))) = (check, self.outcomes.get(&id)) {
            return Acknowledgement {
                id,
                outcome: replayed(outcome),
            };
        }
        let believing = faults.sabotage == Some(Sabotage::BelieveClocks);
        let petition = Petition {
            profile,
            device: mutation.device,
            now: if believing {
                Timestamp::from_milliseconds(i64::MAX)
            } else {
                now
            },
        };
        let mutation = &if faults.sabotage == Some(Sabotage::LastArrivalWins) {
            Mutation {
                base: Version(self.sequence),
                ..mutation.clone()
            }
        } else {
            mutation.clone()
        };
        let decision = self.decide(push, petition, mutation, random);
        self.write(push, mutation, &decision);
        let outcome = decision.outcome;
        self.outcomes.insert(id, (profile.user, outcome.clone()));
        Acknowledgement { id, outcome }
    }

    fn decide(&self, push: &Push, petition: Petition<'_>, mutation: &Mutation, random: &mut Random) -> Decision {
        let record = self.records.get(&mutation.record);
        let customer = match mutation.scope {
            Scope::Customer(customer) => self.records.get(&customer),
            Scope::Organisation | Scope::User(_) => None,
        };
        let known_to_device = record.is_none_or(|record| {
            record.version <= push.position || push.clean.get(&record.id) == Some(&record.version)
        });
        let present = Present {
            record,
            customer,
            known_to_device,
        };
        let new_id = || RecordId::new(petition.now, random.draw());
        decide(petition, mutation, present, Version(self.sequence + 1), new_id)
    }

    fn write(&mut self, push: &mut Push, mutation: &Mutation, decision: &Decision) {
        self.sequence += decision.versions();
        if let Some(record) = &decision.record {
            if let Outcome::Applied { version } = decision.outcome {
                push.clean.insert(record.id, version);
            }
            let audience = |record: &Record| access::customer_channels(record);
            let former = self.records.get(&record.id).map(audience);
            if record.kind == Kind::Customer && former != Some(audience(record)) {
                self.scope_events.push((record.version, record.id));
            }
            self.records.insert(record.id, record.clone());
        }
        self.history.extend(decision.history.iter().cloned());
        for conflict in &decision.conflicts {
            self.records.insert(conflict.id, conflict.clone());
        }
        debug_assert!(matches!(decision.outcome, Outcome::Refused(_)) || self.records.contains_key(&mutation.record));
    }

    /// Whether `profile` may see `record` now.
    pub(super) fn sees(&self, profile: &Profile, record: &Record) -> bool {
        match record.scope {
            Scope::Organisation => true,
            Scope::User(user) => user == profile.user,
            Scope::Customer(id) => self
                .records
                .get(&id)
                .is_some_and(|customer| access::may_see(profile, customer)),
        }
    }

    fn page(&self, push: &Push, profile: &Profile, faults: &Faults, random: &mut Random) -> Page {
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
            .map(|(_, customer)| *customer);
        let moved: BTreeSet<RecordId> = events.collect();
        let visible = |id: &RecordId| {
            self.records
                .get(id)
                .is_some_and(|record| access::may_see(profile, record))
        };
        let (gained, lost): (BTreeSet<RecordId>, BTreeSet<RecordId>) = moved.into_iter().partition(visible);
        let whole = |record: &Record| record.customer().is_some_and(|customer| gained.contains(&customer));

        let wanted = self.records.values().filter(|record| self.sees(profile, record));
        let wanted = wanted.filter(|record| within(record.version) || whole(record));
        let wanted = wanted.filter(|record| whole(record) || push.clean.get(&record.id) != Some(&record.version));
        let skipping = faults.sabotage == Some(Sabotage::SkipRecords);
        let records: Vec<Record> = wanted.filter(|_| !(skipping && random.chance(10))).cloned().collect();
        let of_visible = |entry: &&HistoryEntry| {
            let record = self.records.get(&entry.record);
            record.is_some_and(|record| self.sees(profile, record) && (within(entry.stamp.version) || whole(record)))
        };
        let history = self.history.iter().filter(of_visible).cloned().collect();
        let telling = faults.sabotage != Some(Sabotage::NoEviction);
        Page {
            records,
            history,
            evicted: if telling {
                lost.into_iter().collect()
            } else {
                Vec::new()
            },
            rebuild: push.rebuild,
            reoffer: push.forked && faults.sabotage != Some(Sabotage::NoReoffer),
            cursor: Cursor(format!("{}:{}:{}", self.epoch, Self::rights(profile), to.0)),
            more,
        }
    }
}

/// What is remembered while one request is carried out.
struct Push {
    /// The request's cursor.
    position: Version,
    /// Whether the cursor is of no use.
    rebuild: bool,
    /// Whether that is because it is of another epoch.
    forked: bool,
    /// Versions this request itself made, cleanly: the device works them out itself.
    clean: BTreeMap<RecordId, Version>,
}
