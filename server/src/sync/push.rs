//! Takes over the mutations of one request in one transaction: each is settled once, whatever is resent, and a bad
//! one fails alone. Nothing is acknowledged before it is on the disk.

use std::collections::{HashMap, HashSet};

use rapport_shared::access;
use rapport_shared::ids::{DeviceId, MutationId, RecordId, UserId};
use rapport_shared::record::mutation::Mutation;
use rapport_shared::record::profile::Profile;
use rapport_shared::record::refusal::{Refusal, RefusalCode};
use rapport_shared::record::{Kind, Record, Version};
use rapport_shared::sync::authority::{Petition, Present, decide};
use rapport_shared::sync::wire::{Acknowledgement, Outcome};
use rapport_shared::time::Timestamp;

use super::cursor::Place;
use super::ledger::{Ledger, SERVER_DEVICE};
use super::request::Received;
use crate::people;
use crate::problem::{Failure, name};
use crate::state::AppState;
use crate::store::{AuditEntry, Settled, Writer};

/// What a push did.
#[derive(Default)]
pub(super) struct Pushed {
    /// One answer for each mutation, in order.
    pub(super) acknowledgements: Vec<Acknowledgement>,
    /// Commits the device reproduces by itself, so they need not be sent back.
    pub(super) applied: HashSet<Version>,
    /// Whether roots came into or went out of somebody's sight with them.
    moved: bool,
}

impl Pushed {
    /// Where the device's next page starts that would start at `place`: its own commits right behind that hold nothing
    /// for it, so they are not even read.
    pub(super) fn skip_own(&self, place: Place) -> Place {
        let Place::Changes { mut after } = place else {
            return place;
        };
        while !self.moved && self.applied.contains(&Version(after.0 + 1)) {
            after.0 += 1;
        }
        Place::Changes { after }
    }
}

/// What the writing device knows of the order of commits.
#[derive(Clone, Copy)]
pub(super) struct Since {
    /// Where its last page ended.
    pub(super) position: Version,
    /// See [`Petition::forked`].
    pub(super) forked: bool,
}

/// Settles `received`, written on `device`, which knows of commits as `since` says.
pub(super) async fn push(
    state: &AppState,
    profile: &Profile,
    device: DeviceId,
    received: Vec<Received>,
    since: Since,
) -> Result<Pushed, Failure> {
    if received.is_empty() {
        return Ok(Pushed::default());
    }
    let now = state.clock.now();
    let mut writer = state.store.write(profile.org).await?;
    let owner = writer.claim_device(device, profile.user, now).await?;
    let ids: Vec<MutationId> = received.iter().map(Received::id).collect();
    let settled = writer.settled(&ids).await?;
    let ledger = load(&mut *writer, &received, &settled).await?;
    let mut pass = Pass {
        profile,
        device,
        owner,
        now,
        since,
        settled,
        ledger,
        touched: HashMap::new(),
    };
    let mut pushed = Pushed::default();
    for mutation in received {
        let id = mutation.id();
        let outcome = pass.settle(mutation, &mut pushed.applied);
        pushed.acknowledgements.push(Acknowledgement { id, outcome });
    }
    let batch = pass.ledger.finish();
    pushed.moved = !batch.scope_events.is_empty();
    writer.put(&batch).await?;
    pushed.moved |= people::follow(&*state.store, &mut *writer, &batch, profile, now).await?;
    writer.commit().await?;
    Ok(pushed)
}

/// Reads the records that are to be changed, the roots under which they are and the people they name, all at once.
async fn load(
    writer: &mut dyn Writer,
    received: &[Received],
    settled: &HashMap<MutationId, Settled>,
) -> Result<Ledger, Failure> {
    let mut wanted: HashSet<RecordId> = HashSet::new();
    for mutation in received {
        if let Received::Mutation(mutation) = mutation
            && !settled.contains_key(&mutation.id)
        {
            wanted.insert(mutation.record);
            wanted.extend(mutation.scope.root());
            wanted.extend(access::named_people(mutation).map(|(_, user)| RecordId::from(user)));
        }
    }
    let wanted: Vec<RecordId> = wanted.into_iter().collect();
    let records = writer.records(&wanted).await?;
    Ok(Ledger::new(&writer.head().await?, records))
}

/// One run through the mutations of a request.
struct Pass<'a> {
    profile: &'a Profile,
    device: DeviceId,
    owner: UserId,
    now: Timestamp,
    since: Since,
    settled: HashMap<MutationId, Settled>,
    ledger: Ledger,
    /// Records changed by this request, and whether the device knows their state.
    touched: HashMap<RecordId, bool>,
}

impl Pass<'_> {
    fn settle(&mut self, received: Received, applied: &mut HashSet<Version>) -> Outcome {
        let id = received.id();
        if let Some(before) = self.settled.get(&id) {
            if before.author == self.profile.user {
                return rapport_shared::sync::authority::replayed(&before.outcome);
            }
            return self.refuse(id, RefusalCode::WrongAuthor);
        }
        let mutation = match received {
            Received::Mutation(mutation) => mutation,
            Received::Refused(id, code) => return self.refuse(id, code),
        };
        // What a wrong sender sends is not settled: the right one may still send it.
        let forged = self.device == SERVER_DEVICE || self.owner != self.profile.user;
        if forged || mutation.author != self.profile.user || mutation.device != self.device {
            return self.refuse(id, RefusalCode::WrongAuthor);
        }
        // Nor is what only a newer server knows: not even who may see it is known here.
        if matches!(mutation.kind, Kind::Other(_)) {
            return self.refuse(id, RefusalCode::UnknownKind);
        }
        let outcome = self.decide(&mutation, applied);
        if let Outcome::Refused(refusal) = &outcome {
            self.audit_refusal(id, refusal);
        }
        let settled = Settled {
            id,
            author: mutation.author,
            device: mutation.device,
            record: mutation.record,
            written: mutation.at,
            received: self.now,
            outcome: outcome.clone(),
        };
        self.settled.insert(id, settled.clone());
        self.ledger.settle(settled);
        outcome
    }

    fn decide(&mut self, mutation: &Mutation, applied: &mut HashSet<Version>) -> Outcome {
        let version = self.ledger.next();
        let record = self.ledger.get(mutation.record);
        let root = mutation.scope.root().and_then(|root| self.ledger.get(root));
        let named = access::named_people(mutation);
        let people: Vec<&Record> = named.filter_map(|(_, user)| self.ledger.get(user.into())).collect();
        let known_to_device = match self.touched.get(&mutation.record) {
            Some(known) => *known,
            None => record.is_none_or(|record| record.version <= self.since.position),
        };
        let petition = Petition {
            profile: self.profile,
            device: self.device,
            now: self.now,
            forked: self.since.forked,
        };
        let present = Present {
            record,
            root,
            people: &people,
            known_to_device,
        };
        let new_id = || RecordId::new(self.now, crate::clock::entropy());
        let decision = decide(petition, mutation, present, version, new_id);
        let versions = decision.versions();
        let clean = matches!(decision.outcome, Outcome::Applied { .. });
        self.ledger.advance(versions);
        self.ledger.add_history(mutation.scope, decision.history);
        if let Some(record) = decision.record {
            self.touched.insert(record.id, clean);
            self.ledger.put(record);
        }
        if clean && versions > 0 {
            applied.insert(version);
        }
        for conflict in decision.conflicts {
            self.ledger.put(conflict);
        }
        decision.outcome
    }

    fn refuse(&mut self, id: MutationId, code: RefusalCode) -> Outcome {
        let refusal = Refusal::whole(code);
        self.audit_refusal(id, &refusal);
        Outcome::Refused(refusal)
    }

    fn audit_refusal(&mut self, id: MutationId, refusal: &Refusal) {
        self.ledger.audit(AuditEntry {
            org: Some(self.profile.org),
            at: self.now,
            user: Some(self.profile.user),
            device: Some(self.device),
            action: "refused".to_owned(),
            // Not the field: the keys of maps are what users typed.
            subject: format!("{id} {}", name(&refusal.code)),
        });
    }
}
