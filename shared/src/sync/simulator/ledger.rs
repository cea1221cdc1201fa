//! The run's memory of what was promised, held against what everybody has in a quiet moment.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::device::Device;
use super::host::{Host, Sight};
use super::work::unique_texts;
use crate::circles::{self, CircleView};
use crate::ids::{DeviceId, MutationId, RecordId, UserId};
use crate::people::PersonView;
use crate::record::mutation::{Mutation, Operation};
use crate::record::profile::Profile;
use crate::record::refusal::RefusalCode;
use crate::record::{FieldPath, Kind, Record, Scope, Stamp};
use crate::schema;
use crate::sync::replica::Replica;
use crate::sync::wire::{HistoryEntry, Outcome};
use crate::time::Timestamp;

/// Everything that was ever reported as saved.
#[derive(Default)]
pub(super) struct Ledger {
    saved: BTreeMap<MutationId, Mutation>,
    /// What devices were told is refused.
    refused: BTreeSet<MutationId>,
    /// Of these: what its author has not dealt with, and where it has to be shown.
    shown: BTreeMap<MutationId, DeviceId>,
    /// Work the server refused because it was not that of the person signed in.
    mistaken: BTreeSet<MutationId>,
    /// Roots devices lost sight of: what they wrote about them is no longer theirs to offer to a restored server.
    evicted: BTreeSet<(DeviceId, Scope)>,
    /// What was on a disk that lost it, by no fault of the program.
    unpromised: BTreeSet<MutationId>,
}

impl Ledger {
    pub(super) fn saved(&mut self, mutation: Mutation) {
        self.saved.insert(mutation.id, mutation);
    }

    pub(super) fn refused(&mut self, device: DeviceId, id: MutationId, code: RefusalCode) {
        self.refused.insert(id);
        self.shown.insert(id, device);
        if code == RefusalCode::WrongAuthor {
            self.mistaken.insert(id);
        }
    }

    /// The author gave it up, or sent something in its place.
    pub(super) fn given_up(&mut self, id: MutationId) {
        self.shown.remove(&id);
    }

    pub(super) fn evicted(&mut self, device: DeviceId, root: RecordId) {
        self.evicted.insert((device, Scope::Under(root)));
    }

    /// The device has received everything: what it wrote about roots that left it is no longer its own to offer either.
    pub(super) fn received_all(&mut self, device: DeviceId, replica: &Replica) {
        let written = self.saved.values().filter(|mutation| mutation.device == device);
        let scopes = written.map(|mutation| mutation.scope);
        let is_here = |scope: &Scope| match scope {
            Scope::Under(id) => replica.base(*id).is_some() || replica.could_reoffer(*scope),
            _ => true,
        };
        let gone = scopes.filter(|scope| !is_here(scope));
        self.evicted.extend(gone.map(|scope| (device, scope)));
    }

    /// The disk lost it again: it may arrive, but nobody can promise it.
    pub(super) fn lost_with_the_disk(&mut self, id: MutationId) {
        self.shown.remove(&id);
        self.unpromised.insert(id);
    }

    /// A device lost everything it held.
    pub(super) fn storage_evicted(&mut self, device: DeviceId) {
        self.shown.retain(|_, place| *place != device);
        let of_device = self.saved.values().filter(|mutation| mutation.device == device);
        self.unpromised.extend(of_device.map(|mutation| mutation.id));
    }

    /// Checks every promise; gives the numbers of refused mutations and of conflicts.
    pub(super) fn check(
        &self,
        host: &mut impl Host,
        devices: &[Device],
        now: Timestamp,
    ) -> Result<(usize, usize), String> {
        let everything = host.everything();
        let refused = self.nothing_saved_is_missing(host, &everything)?;
        nothing_is_doubled(&everything)?;
        what_is_set_aside_is_kept(&everything)?;
        if let Some(id) = self.mistaken.first() {
            return Err(format!("{id:?} was sent under another's session"));
        }
        clocks_do_not_rule(&everything, now)?;
        nobody_is_named_who_is_not_here(&everything)?;
        every_circle_is_led(&everything)?;
        self.nothing_is_overwritten_unseen(&everything)?;
        for device in devices {
            let engine = device.engine().ok_or("a device does not start")?;
            let whose = &device.profile.login;
            let sight = host.held_by(&device.profile);
            device_agrees(&sight, engine.replica()).map_err(|what| format!("device of {whose}: {what}"))?;
            only_those_in_circles_hold_them(&device.profile, engine.replica())?;
            let restored = device.restored()?;
            self.shows_what_was_refused(device.id(), engine.replica())?;
            same_records(engine.replica(), &restored).map_err(|what| format!("disk of {whose}: {what}"))?;
        }
        let records = everything.records.values();
        let conflicts = records.filter(|record| record.kind == Kind::Conflict).count();
        Ok((refused, conflicts))
    }

    /// Whoever replaced what somebody else had written meanwhile, without having seen it, is in a conflict record with it.
    fn nothing_is_overwritten_unseen(&self, everything: &Sight) -> Result<(), String> {
        let kept = kept_aside(everything);
        let mut last: BTreeMap<(RecordId, &FieldPath), Stamp> = BTreeMap::new();
        let mut history: Vec<&HistoryEntry> = everything.history.iter().filter(|entry| entry.stands).collect();
        history.sort_by_key(|entry| entry.stamp.version);
        for entry in history {
            let (Some(path), Some(record)) = (&entry.path, everything.records.get(&entry.record)) else {
                continue;
            };
            let written = last.insert((entry.record, path), entry.stamp).unwrap_or(record.created);
            let Some(mutation) = self.saved.get(&entry.mutation) else {
                continue;
            };
            let saw = match &mutation.operation {
                Operation::Write(changes) => changes.get(path).map(|change| &change.from),
                Operation::Delete => None,
            };
            let is_unseen = written.version > mutation.base && written.device != mutation.device;
            // Paragraphs are merged, and the later word about a conflict holds.
            let is_exempt =
                schema::shape(&record.kind, path) == Some(schema::Shape::Text) || record.kind == Kind::Conflict;
            if !is_unseen || is_exempt || saw == Some(&entry.from) {
                continue;
            }
            let aside = Some(entry.from.clone()).filter(|value| !value.is_null());
            if !kept.contains(&(Some(entry.record), Some(path.as_str().to_owned()), aside)) {
                return Err(format!(
                    "{:?} overwrote {path} of {:?} unseen",
                    mutation.id, entry.record
                ));
            }
        }
        Ok(())
    }

    /// What was refused is shown to its author until that one has dealt with it.
    fn shows_what_was_refused(&self, device: DeviceId, replica: &Replica) -> Result<(), String> {
        let mut of_device = self.shown.iter().filter(|(_, place)| **place == device);
        let is_shown = |id: &MutationId| replica.refused().iter().any(|refused| refused.mutation.id == *id);
        match of_device.find(|(id, _)| !is_shown(id)) {
            Some((id, _)) => Err(format!("{id:?} was refused and is not shown any more")),
            None => Ok(()),
        }
    }

    /// Everything saved reached the server, which took it or refused it; of what it took, no value is discarded.
    fn nothing_saved_is_missing(&self, host: &mut impl Host, everything: &Sight) -> Result<usize, String> {
        let mut past: BTreeMap<(RecordId, &FieldPath), Vec<&str>> = BTreeMap::new();
        for entry in &everything.history {
            if let Some(path) = &entry.path {
                let texts = [&entry.from, &entry.to].into_iter().filter_map(Value::as_str);
                past.entry((entry.record, path)).or_default().extend(texts);
            }
        }
        let mut refused = 0;
        for (id, mutation) in &self.saved {
            match host.outcome(*id) {
                Some(Outcome::Applied { .. } | Outcome::Merged { .. }) => {
                    keeps_its_texts(mutation, everything, &past)?;
                }
                Some(Outcome::Refused(_)) if self.refused.contains(id) || self.unpromised.contains(id) => refused += 1,
                Some(Outcome::Refused(_))
                    if host.is_restored() && self.evicted.contains(&(mutation.device, mutation.scope)) => {}
                Some(Outcome::Refused(_)) => return Err(format!("{id:?} was refused and nobody was told")),
                Some(other @ Outcome::Other(_)) => return Err(format!("{id:?} became {other:?}")),
                // Refused by a server that was then restored from a backup of before.
                None if self.refused.contains(id) => refused += 1,
                None if self.unpromised.contains(id) => {}
                None if host.is_restored() && self.evicted.contains(&(mutation.device, mutation.scope)) => {}
                None => return Err(format!("{id:?} was saved and never arrived")),
            }
        }
        Ok(refused)
    }
}

/// Record, path and value of everything that conflict records keep.
fn kept_aside(everything: &Sight) -> Vec<(Option<RecordId>, Option<String>, Option<Value>)> {
    let records = everything.records.values();
    let conflicts = records.filter(|record| record.kind == Kind::Conflict);
    let kept = |record: &Record| {
        let of = record.id_at::<RecordId>("record");
        (of, record.text("path").map(str::to_owned), record.get("aside").cloned())
    };
    conflicts.map(kept).collect()
}

/// Whatever did not come to stand has a conflict record, from which it can be brought back.
fn what_is_set_aside_is_kept(everything: &Sight) -> Result<(), String> {
    let kept = kept_aside(everything);
    for entry in everything.history.iter().filter(|entry| !entry.stands) {
        let path = entry.path.as_ref().map(|path| path.as_str().to_owned());
        let aside = Some(entry.to.clone()).filter(|value| !value.is_null());
        if !kept.contains(&(Some(entry.record), path, aside)) {
            return Err(format!("what {:?} wanted is in no conflict record", entry.mutation));
        }
    }
    Ok(())
}

/// Every text the mutation wrote is a value, or in the history, or kept aside.
fn keeps_its_texts(
    mutation: &Mutation,
    everything: &Sight,
    past: &BTreeMap<(RecordId, &FieldPath), Vec<&str>>,
) -> Result<(), String> {
    let record = everything.records.get(&mutation.record);
    let record = record.ok_or_else(|| format!("the record of {:?} is gone", mutation.id))?;
    for (path, text) in unique_texts(&mutation.operation) {
        let now = record.text(path.as_str()).unwrap_or_default();
        let before = past.get(&(mutation.record, &path));
        if !now.contains(&text) && !before.is_some_and(|all| all.iter().any(|old| old.contains(&text))) {
            return Err(format!(
                "{text:?} written to {path} by {:?} is nowhere any more",
                mutation.id
            ));
        }
    }
    Ok(())
}

/// No mutation is in the history twice.
fn nothing_is_doubled(everything: &Sight) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    let mut history = everything.history.iter();
    match history.find(|entry| !seen.insert((entry.mutation, entry.path.clone()))) {
        Some(entry) => Err(format!("{:?} was carried out twice", entry.mutation)),
        None => Ok(()),
    }
}

/// Nothing is dated after the present; else a clock that runs ahead wins for ever.
fn clocks_do_not_rule(everything: &Sight, now: Timestamp) -> Result<(), String> {
    let future = |record: &&Record| {
        let mut stamps = record.stamps.values().chain([&record.created]);
        stamps.any(|stamp| stamp.at > now)
    };
    match everything.records.values().find(future) {
        Some(record) => Err(format!("{:?} bears a time from the future", record.id)),
        None => Ok(()),
    }
}

/// Whoever is named works here: nobody is given what nobody can look after.
fn nobody_is_named_who_is_not_here(everything: &Sight) -> Result<(), String> {
    let is_here = |user: UserId| {
        let person = everything.records.get(&user.into());
        person.and_then(PersonView::of).is_some_and(PersonView::is_active)
    };
    for record in everything.records.values() {
        let values = record.fields.iter();
        let mut named = values.filter_map(|(path, value)| schema::person_named(&record.kind, path, value));
        if let Some(stranger) = named.find(|user| !is_here(*user)) {
            return Err(format!(
                "{stranger:?} is named in {:?} and does not work here",
                record.id
            ));
        }
    }
    Ok(())
}

/// A circle that was not given up has a lead, who works here: there is always somebody who may write it.
pub(super) fn every_circle_is_led(everything: &Sight) -> Result<(), String> {
    let is_here = |user: UserId| {
        let person = everything.records.get(&user.into());
        person.and_then(PersonView::of).is_some_and(PersonView::is_active)
    };
    let mut circles = everything.records.values().filter_map(CircleView::of);
    match circles.find(|circle| !circle.0.is_deleted() && !circle.lead().is_some_and(is_here)) {
        Some(circle) => Err(format!("the circle {:?} is led by nobody who works here", circle.0.id)),
        None => Ok(()),
    }
}

/// Whoever holds a circle, or anything in it, belongs to it. Told by its fields one by one, past all channels.
fn only_those_in_circles_hold_them(profile: &Profile, replica: &Replica) -> Result<(), String> {
    for circle in replica.iter(&Kind::Circle).filter_map(|circle| replica.base(circle.id)) {
        let is = |field: &str, id: Option<String>| id.is_some() && circle.text(field) == id.as_deref();
        let belongs = is(circles::field::LEAD, Some(profile.user.to_string()))
            || circle
                .people_at(circles::field::MEMBERS)
                .any(|user| user == profile.user)
            || is(circles::field::TEAM, profile.team.map(|id| id.to_string()))
            || is(circles::field::BRANCH, profile.branch.map(|id| id.to_string()))
            || circle.flag(circles::field::EVERYBODY);
        if !belongs {
            return Err(format!(
                "{} holds the circle {:?}, and is not in it",
                profile.login, circle.id
            ));
        }
    }
    Ok(())
}

/// The device holds what belongs on it, all of it, nothing else, with the same past.
fn device_agrees(sight: &Sight, replica: &Replica) -> Result<(), String> {
    for record in sight.records.values() {
        let held = replica.base(record.id);
        if held != Some(record) {
            return Err(format!("has {held:?}, the server has {record:?}"));
        }
        let past = sight.history.iter().filter(|entry| entry.record == record.id);
        let mut expected: Vec<HistoryEntry> = past.cloned().collect();
        let mut held = replica.history(record.id);
        let key = |entry: &HistoryEntry| (entry.stamp.version, entry.mutation, entry.path.clone());
        expected.sort_by_key(key);
        held.sort_by_key(key);
        if held != expected {
            let id = record.id;
            return Err(format!("history of {id:?}: has {held:?}, the server has {expected:?}"));
        }
    }
    if replica.len() != sight.records.len() {
        return Err(format!(
            "holds {} records, should hold {}",
            replica.len(),
            sight.records.len()
        ));
    }
    Ok(())
}

/// What a restart would show is what is shown.
fn same_records(shown: &Replica, restored: &Replica) -> Result<(), String> {
    if shown.len() != restored.len() || shown.outbox() != restored.outbox() || shown.refused() != restored.refused() {
        return Err("a restart would show something else".to_owned());
    }
    let kinds = Kind::KNOWN.iter().flat_map(|kind| shown.iter(kind));
    for record in kinds {
        if restored.get(record.id) != Some(record) {
            return Err(format!("a restart would not show {record:?}"));
        }
        if restored.history(record.id) != shown.history(record.id) {
            return Err(format!("a restart would show another history of {:?}", record.id));
        }
    }
    if shown.drafts().any(|key| restored.draft(key) != shown.draft(key)) {
        return Err("a restart would not show a draft".to_owned());
    }
    Ok(())
}
