//! What the server decides about one mutation: who may write, whether the values make sense, how it merges, and
//! what is answered. Pure, so that the simulator runs the very decisions of the server. It never stores anything:
//! the caller writes what [`Decision`] holds in one transaction, and looks up duplicates by id before asking.

use serde_json::Value;

use super::merge::{FieldConflict, merge};
use super::wire::{HistoryEntry, MAXIMUM_MUTATION_BYTES, Outcome};
use crate::ids::{DeviceId, RecordId, UserId};
use crate::record::mutation::Mutation;
use crate::record::profile::Profile;
use crate::record::refusal::{Refusal, RefusalCode};
use crate::record::{FieldPath, Fields, Kind, Record, Scope, Stamp, Version};
use crate::time::Timestamp;
use crate::{access, schema};

/// Who asks, and when.
#[derive(Clone, Copy, Debug)]
pub struct Petition<'a> {
    /// The signed-in user.
    pub profile: &'a Profile,
    /// The device the session speaks for.
    pub device: DeviceId,
    /// The server's clock.
    pub now: Timestamp,
    /// The device's versions are of commits that this store, restored from a backup, does not have: it counts as
    /// having seen nothing.
    pub forked: bool,
}

/// What the store holds about the record of the mutation.
#[derive(Clone, Copy, Debug)]
pub struct Present<'a> {
    /// The record, tombstones included.
    pub record: Option<&'a Record>,
    /// The record of the root under which it is (or will be). For a root's own record, that record.
    pub root: Option<&'a Record>,
    /// The directory's records of those whom the mutation names ([`access::named_people`]), as far as there are any.
    pub people: &'a [&'a Record],
    /// Whether the device, if it holds the root, holds exactly this state: its version is not after the request's
    /// cursor, or every later version came from this device's own mutations applied as [`Outcome::Applied`] within the
    /// same request.
    pub known_to_device: bool,
}

/// What is to be written and answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// The new state, when it changed.
    pub record: Option<Record>,
    /// To be added to the history.
    pub history: Vec<HistoryEntry>,
    /// Conflict records to be created (each takes a version of its own, in order after `version`).
    pub conflicts: Vec<Record>,
    /// The answer, to be stored under the mutation's id.
    pub outcome: Outcome,
}

impl Decision {
    fn refused(refusal: Refusal) -> Self {
        Self {
            record: None,
            history: Vec::new(),
            conflicts: Vec::new(),
            outcome: Outcome::Refused(refusal),
        }
    }

    /// How many versions the caller has to take from the organisation's sequence: the first is the one given to
    /// [`decide`], the conflicts follow. 0 when nothing is written.
    pub fn versions(&self) -> u64 {
        if self.record.is_none() {
            0
        } else {
            1 + self.conflicts.len() as u64
        }
    }
}

/// Decides about `mutation`. `version` is the next of the organisation's sequence; `new_id` gives ids for conflict
/// records.
pub fn decide(
    petition: Petition<'_>,
    mutation: &Mutation,
    present: Present<'_>,
    version: Version,
    mut new_id: impl FnMut() -> RecordId,
) -> Decision {
    if let Err(refusal) = admit(petition, mutation, present) {
        return Decision::refused(refusal);
    }
    // A clock that runs ahead must not win for ever.
    let clamped = mutation.at > petition.now;
    let at = mutation.at.min(petition.now);
    // Nobody has seen what is not committed yet.
    let seen = !petition.forked && mutation.base < version;
    let base = if seen { mutation.base } else { Version::NONE };
    let based = Mutation {
        at,
        base,
        ..mutation.clone()
    };
    let mut merged = merge(present.record, &based, version);
    if mutation.kind == Kind::Conflict {
        // Two people who settle a conflict in different ways have no conflict about the conflict: the later word holds.
        merged.conflicts.clear();
    }
    let committed = merged.record.version;
    let known_to_device = present.known_to_device && is_held(petition.profile, mutation, present, &merged.record);
    let outcome = if merged.verbatim && !clamped && known_to_device {
        Outcome::Applied { version: committed }
    } else {
        let conflicts = merged.conflicts.iter().filter_map(|conflict| conflict.path.clone());
        Outcome::Merged {
            version: committed,
            conflicts: conflicts.collect(),
        }
    };
    let conflicts = merged.conflicts.iter().enumerate();
    let conflicts = conflicts.map(|(index, conflict)| {
        let version = Version(version.0 + 1 + index as u64);
        conflict_record(
            new_id(),
            &merged.record,
            conflict,
            Stamp {
                version,
                at: petition.now,
                ..conflict.aside.1
            },
        )
    });
    Decision {
        conflicts: conflicts.collect(),
        record: merged.changed.then_some(merged.record),
        history: merged.history,
        outcome,
    }
}

/// What is answered when a mutation arrives again whose first outcome was `first`: never [`Outcome::Applied`], since
/// the state it was applied to is no longer what the device would apply it to.
pub fn replayed(first: &Outcome) -> Outcome {
    match first {
        Outcome::Applied { version } => Outcome::Merged {
            version: *version,
            conflicts: Vec::new(),
        },
        other => other.clone(),
    }
}

fn admit(petition: Petition<'_>, mutation: &Mutation, present: Present<'_>) -> Result<(), Refusal> {
    if mutation.author != petition.profile.user || mutation.device != petition.device {
        return Err(Refusal::whole(RefusalCode::WrongAuthor));
    }
    if mutation.is_longer_than(MAXIMUM_MUTATION_BYTES) {
        return Err(Refusal::whole(RefusalCode::TooLarge));
    }
    access::check_write(petition.profile, mutation, present.record, present.root)?;
    let find = |user: UserId| {
        let id = RecordId::from(user);
        present.people.iter().find(|person| person.id == id).copied()
    };
    access::check_people(petition.profile, mutation, present.record, find)?;
    schema::check(mutation, present.record)
}

/// Whether the record lies on the author's devices, not only within their sight. A new root counts as what it becomes.
fn is_held(profile: &Profile, mutation: &Mutation, present: Present<'_>, merged: &Record) -> bool {
    let root = match mutation.scope {
        Scope::Under(id) if id == mutation.record => Some(present.record.unwrap_or(merged)),
        Scope::Under(_) => present.root,
        Scope::Organisation | Scope::User(_) => return true,
    };
    root.is_some_and(|root| access::holds(profile, root))
}

/// The record through which both sides learn of a conflict, offline too, and settle it.
fn conflict_record(id: RecordId, about: &Record, conflict: &FieldConflict, created: Stamp) -> Record {
    let mut fields = Fields::new();
    let mut set = |path: &str, value: Value| {
        if let (Ok(path), false) = (FieldPath::parse(path), value.is_null()) {
            fields.insert(path, value);
        }
    };
    set("record", about.id.to_string().into());
    set("record_kind", about.kind.name().into());
    set(
        "path",
        conflict.path.as_ref().map_or(Value::Null, |path| path.as_str().into()),
    );
    set("before", conflict.before.clone());
    set("stands", conflict.stands.0.clone());
    set("stands_by", conflict.stands.1.by.to_string().into());
    set("stands_at", conflict.stands.1.at.milliseconds().into());
    set("aside", conflict.aside.0.clone());
    set("aside_by", conflict.aside.1.by.to_string().into());
    set("aside_at", conflict.aside.1.at.milliseconds().into());
    Record {
        id,
        kind: Kind::Conflict,
        scope: about.scope,
        version: created.version,
        fields,
        created,
        stamps: std::collections::BTreeMap::new(),
        deleted: None,
        unknown: std::collections::BTreeMap::new(),
    }
}

#[cfg(test)]
mod tests;
