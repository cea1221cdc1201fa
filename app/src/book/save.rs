//! Saving what a form holds: judged by the rules the server will judge by, then committed durably, all or nothing.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use rapport_shared::ids::{MutationId, RecordId};
use rapport_shared::order::InOrder as _;
use rapport_shared::record::mutation::{Edit, Mutation};
use rapport_shared::record::profile::Profile;
use rapport_shared::record::refusal::{Refusal, RefusalCode};
use rapport_shared::record::{Record, Version};
use rapport_shared::sync::engine::{Engine, Event};
use rapport_shared::sync::merge::merge;
use rapport_shared::sync::replica::{Op, Replica};
use rapport_shared::sync::wire::MAXIMUM_MUTATION_BYTES;
use rapport_shared::{access, schema};

use super::state::State;
use super::types::SaveError;
use crate::platform::clock;
use crate::platform::random::Identities;

impl State {
    /// See [`super::Book::write`]; the draft under `draft` goes away in the same commit. `seen`: records read online.
    pub(super) async fn save(
        self: &Rc<Self>,
        edits: Vec<Edit>,
        draft: Option<&str>,
        seen: Option<&Replica>,
    ) -> Result<(), SaveError> {
        self.whole().await;
        let life = self.life().ok_or(SaveError::Locked)?;
        let judged = self.with(life, |open| {
            let mutations = judge(&open.engine, edits, seen, &mut self.random.identities())?;
            let mut steps = names(open.engine.replica(), seen, &mutations);
            steps.extend(mutations.into_iter().map(Op::Enqueue));
            Ok(steps)
        });
        let mut steps = judged.ok_or(SaveError::Locked)?.map_err(SaveError::Refused)?;
        let unflushed = draft.and_then(|key| {
            steps.push(Op::RemoveDraft(key.to_owned()));
            let held = self.with(life, |open| open.drafts.remove(key));
            Some((key, held??))
        });
        let result = self.commit(steps).await;
        if let (Err(_), Some((key, Some(value)))) = (&result, unflushed) {
            self.put_draft(key.to_owned(), Some(value));
        }
        result
    }

    /// Commits steps, and waits until they are durable.
    async fn commit(self: &Rc<Self>, steps: Vec<Op>) -> Result<(), SaveError> {
        let life = self.life().ok_or(SaveError::Locked)?;
        let writer = self.with(life, |open| open.writer.clone()).ok_or(SaveError::Locked)?;
        match self.handle(life, Event::Steps(steps))[..] {
            [token, ..] => writer.outcome(life, token).await.unwrap_or(Err(SaveError::Storage)),
            [] => Ok(()),
        }
    }

    /// See [`super::Book::discard_refused`].
    pub(super) fn discard_refused(self: &Rc<Self>, id: MutationId) {
        if let Some(life) = self.life() {
            self.handle(life, Event::Steps(vec![Op::Discard(id)]));
        }
    }

    /// See [`super::Book::resend_refused`].
    pub(super) fn resend_refused(self: &Rc<Self>, id: MutationId) {
        let Some(life) = self.life() else { return };
        let edit = self.with(life, |open| {
            let refused = open.engine.replica().refused().iter();
            let refused = refused
                .map(|refused| &refused.mutation)
                .find(|mutation| mutation.id == id);
            refused.cloned().map(again)
        });
        if let Some(edit) = edit.flatten() {
            self.handle(life, Event::Resend { id, edit });
        }
    }
}

/// The intent of a mutation, for a new one.
fn again(mutation: Mutation) -> Edit {
    Edit {
        record: mutation.record,
        kind: mutation.kind,
        scope: mutation.scope,
        base: mutation.base,
        operation: mutation.operation,
    }
}

/// What keeps the names of customers that are not held here, for as long as the work on them waits.
fn names(replica: &Replica, seen: Option<&Replica>, mutations: &[Mutation]) -> Vec<Op> {
    // The name of one that is not held is known only where it was read online.
    let Some(seen) = seen else { return Vec::new() };
    let customers = mutations.iter().filter_map(|mutation| mutation.scope.root());
    let missing: BTreeSet<RecordId> = customers.filter(|id| replica.get(*id).is_none()).into_set();
    let named = missing.into_iter().filter_map(|customer| {
        let name = seen.customer_name(customer)?.to_owned();
        Some(Op::Remember { customer, name })
    });
    named.collect()
}

/// The mutations the edits become, when every one of them is allowed and makes sense after those before it.
fn judge(
    engine: &Engine,
    edits: Vec<Edit>,
    seen: Option<&Replica>,
    identities: &mut Identities,
) -> Result<Vec<Mutation>, Refusal> {
    let replica = engine.replica();
    let refused = Refusal::whole(RefusalCode::NotPermitted);
    let profile = replica.profile().ok_or(refused.clone())?;
    // What the edits before have made of the records that later ones concern.
    let mut made: HashMap<RecordId, Record> = HashMap::new();
    let mut mutations = Vec::with_capacity(edits.len());
    let recurs = recurring(&edits);
    // What is saved in one go was written at one time.
    let now = clock::now();
    for (edit, recurs) in edits.into_iter().zip(recurs).filter(|(edit, _)| !edit.is_empty()) {
        let mutation = engine.mutation(edit, now, identities).ok_or(refused.clone())?;
        let read_online = |id| seen.and_then(|seen| seen.get(id));
        let find = |id| made.get(&id).or_else(|| replica.get(id)).or_else(|| read_online(id));
        // What was removed is brought back as it was: it lacks nothing that an edit has to bring.
        let current = find(mutation.record).or_else(|| replica.view(mutation.record));
        let root = mutation.scope.root().and_then(find);
        check(profile, &mutation, current, root, replica)?;
        if recurs {
            let version = current.map_or(Version::NONE, |record| record.version);
            let record = merge(current, &mutation, version).record;
            made.insert(mutation.record, record);
        }
        mutations.push(mutation);
    }
    Ok(mutations)
}

/// Of each edit, whether a later one is about the same record or in its scope.
fn recurring(edits: &[Edit]) -> Vec<bool> {
    let mut later = HashSet::with_capacity(2 * edits.len());
    let mut recurs: Vec<bool> = edits
        .iter()
        .rev()
        .map(|edit| {
            let recurs = !later.insert(edit.record);
            later.extend(edit.scope.root());
            recurs
        })
        .collect();
    recurs.reverse();
    recurs
}

fn check(
    profile: &Profile,
    mutation: &Mutation,
    current: Option<&Record>,
    root: Option<&Record>,
    replica: &Replica,
) -> Result<(), Refusal> {
    if mutation.is_longer_than(MAXIMUM_MUTATION_BYTES) {
        return Err(Refusal::whole(RefusalCode::TooLarge));
    }
    access::check_write(profile, mutation, current, root)?;
    access::check_people(profile, mutation, current, |user| replica.get(user.into()))?;
    schema::check(mutation, current)
}
