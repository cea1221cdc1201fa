//! The run's memory of what was promised, and the judgement: what devices and server have in the end, held against
//! it. It reads nothing by itself and repairs nothing.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;

use rapport_shared::ids::{DeviceId, MutationId, RecordId};
use rapport_shared::record::mutation::Mutation;
use rapport_shared::record::{FieldPath, Kind, Record, Version};
use rapport_shared::sync::replica::{LogEntry, Op, Replica};
use rapport_shared::sync::wire::{Acknowledgement, HistoryEntry, Outcome};
use rapport_shared::{contacts, notes};
use serde_json::Value;

use crate::work::unique_texts;

/// Fields of which no two records made in a run hold the same text.
const WITHOUT_EQUAL: [&str; 2] = [contacts::field::NAME, notes::field::TEXT];

/// Everything that was promised to users and devices.
#[derive(Default)]
pub struct Journal {
    /// Reported as saved on a device.
    saved: BTreeMap<MutationId, Mutation>,
    /// Said by the server to be done, with the commit.
    acknowledged: BTreeMap<MutationId, BTreeSet<Version>>,
    /// Said by the server not to be done.
    refused: BTreeSet<MutationId>,
    /// Refused, shown, and given up or sent anew by the user.
    settled_by_user: BTreeSet<MutationId>,
}

impl Journal {
    /// A device has this on its disk and told its user.
    pub fn stored(&mut self, entry: &LogEntry) {
        for op in &entry.0 {
            match op {
                Op::Enqueue(mutation) => {
                    self.saved.insert(mutation.id, mutation.clone());
                }
                Op::Resend { id, mutation } => {
                    self.saved.insert(mutation.id, mutation.clone());
                    self.settled_by_user.insert(*id);
                }
                Op::Discard(id) => {
                    self.settled_by_user.insert(*id);
                }
                _ => {}
            }
        }
    }

    /// The server has said this, whether or not the device lived to keep it.
    pub fn answered(&mut self, acknowledgements: &[Acknowledgement]) {
        for acknowledgement in acknowledgements {
            match &acknowledgement.outcome {
                Outcome::Applied { version } | Outcome::Merged { version, .. } => {
                    self.acknowledged
                        .entry(acknowledgement.id)
                        .or_default()
                        .insert(*version);
                }
                Outcome::Refused(_) => {
                    self.refused.insert(acknowledgement.id);
                }
                // From a newer server than the one these devices come with.
                Outcome::Other(_) => {}
            }
        }
    }

    /// What was saved, by id.
    pub fn ids(&self) -> Vec<MutationId> {
        self.saved.keys().copied().collect()
    }

    /// How many were saved, acknowledged, refused.
    pub fn counts(&self) -> (usize, usize, usize) {
        (self.saved.len(), self.acknowledged.len(), self.refused.len())
    }
}

/// What somebody holds: records by id, and their history.
#[derive(Clone, Debug, Default)]
pub struct Sight {
    /// The records, tombstones included.
    pub records: BTreeMap<RecordId, Record>,
    /// What became of their fields.
    pub history: Vec<HistoryEntry>,
}

/// A device at the end.
pub struct Held<'a> {
    /// Which.
    pub id: DeviceId,
    /// Whose, for the report.
    pub whose: String,
    /// What it shows.
    pub shown: &'a Replica,
    /// What it would show after a restart.
    pub restored: Replica,
    /// What its user may see, from nothing.
    pub sight: &'a Sight,
}

/// What was found. Empty lists are what one hopes for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Promises of which nothing is left.
    pub lost: Vec<String>,
    /// What was done more than once.
    pub doubled: Vec<String>,
    /// Devices that show something else than the server has.
    pub unequal: Vec<String>,
}

impl Verdict {
    /// Whether every promise was kept.
    pub fn is_clean(&self) -> bool {
        self.lost.is_empty() && self.doubled.is_empty() && self.unequal.is_empty()
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 5;
        for (name, found) in [
            ("LOST", &self.lost),
            ("DOUBLED", &self.doubled),
            ("UNEQUAL", &self.unequal),
        ] {
            for what in found.iter().take(SHOWN) {
                writeln!(f, "{name}: {what}")?;
            }
            if found.len() > SHOWN {
                writeln!(f, "{name}: … and {} more", found.len() - SHOWN)?;
            }
        }
        Ok(())
    }
}

/// Holds what is there against what was promised. `settled` is the server's own list of what became of mutations,
/// `everything` all it holds.
pub fn judge(
    journal: &Journal,
    settled: &HashMap<MutationId, Outcome>,
    everything: &Sight,
    devices: &[Held<'_>],
) -> Verdict {
    let mut verdict = Verdict::default();
    nothing_is_lost(journal, settled, everything, &mut verdict);
    nothing_is_doubled(journal, everything, &mut verdict);
    for device in devices {
        let found = agrees(device).and_then(|()| same_after_restart(device));
        verdict
            .unequal
            .extend(found.err().map(|what| format!("device of {}: {what}", device.whose)));
        refusals_are_shown(journal, device, &mut verdict);
    }
    verdict
}

/// The commit of a mutation that was done.
fn commit(outcome: Option<&Outcome>) -> Option<Version> {
    match outcome {
        Some(Outcome::Applied { version } | Outcome::Merged { version, .. }) => Some(*version),
        _ => None,
    }
}

fn nothing_is_lost(
    journal: &Journal,
    settled: &HashMap<MutationId, Outcome>,
    everything: &Sight,
    verdict: &mut Verdict,
) {
    let past = Past::of(everything);
    for (id, mutation) in &journal.saved {
        let outcome = settled.get(id);
        let commit = commit(outcome);
        let promised = journal.acknowledged.get(id);
        if let (None, Some(_)) = (commit, promised) {
            verdict
                .lost
                .push(format!("{id:?} was acknowledged, and the server does not know it"));
        } else if outcome.is_none() && !journal.refused.contains(id) {
            verdict.lost.push(format!("{id:?} was saved and never arrived"));
        }
        let Some(commit) = commit else { continue };
        if promised.is_some_and(|versions| versions.iter().any(|version| *version != commit)) {
            verdict.doubled.push(format!(
                "{id:?} was acknowledged as {promised:?} and done as {commit:?}"
            ));
        }
        if let Err(what) = past.keeps(mutation) {
            verdict.lost.push(what);
        }
    }
}

/// All texts that ever were, by record.
struct Past<'a> {
    everything: &'a Sight,
    texts: HashMap<(RecordId, &'a FieldPath), Vec<&'a str>>,
}

impl<'a> Past<'a> {
    fn of(everything: &'a Sight) -> Self {
        let mut texts: HashMap<(RecordId, &FieldPath), Vec<&str>> = HashMap::new();
        for entry in &everything.history {
            if let Some(path) = &entry.path {
                let values = [&entry.from, &entry.to].into_iter().filter_map(Value::as_str);
                texts.entry((entry.record, path)).or_default().extend(values);
            }
        }
        Self { everything, texts }
    }

    /// Whether the effect of a mutation that was done is there: its texts as values or in the history.
    fn keeps(&self, mutation: &Mutation) -> Result<(), String> {
        let id = mutation.id;
        let record = self.everything.records.get(&mutation.record);
        let record = record.ok_or_else(|| format!("the record of {id:?} is gone"))?;
        for (path, text) in unique_texts(&mutation.operation) {
            let now = record.text(path.as_str()).unwrap_or_default();
            let before = self.texts.get(&(mutation.record, &path));
            let in_past = before.is_some_and(|all| all.iter().any(|old| old.contains(&text)));
            if !now.contains(&text) && !in_past {
                return Err(format!("{text:?}, written to {path} by {id:?}, is nowhere any more"));
            }
        }
        Ok(())
    }
}

fn nothing_is_doubled(journal: &Journal, everything: &Sight, verdict: &mut Verdict) {
    let mut seen = BTreeSet::new();
    for entry in &everything.history {
        if !seen.insert((entry.mutation, &entry.path)) {
            verdict
                .doubled
                .push(format!("{:?} is in the history twice", entry.mutation));
        }
    }
    // What a new record was called, or says, is in that record and in no other.
    let mut creations: HashMap<String, RecordId> = HashMap::new();
    for mutation in journal.saved.values().filter(|mutation| mutation.base == Version::NONE) {
        let texts = unique_texts(&mutation.operation).into_iter();
        let texts = texts.filter(|(path, _)| WITHOUT_EQUAL.contains(&path.as_str()));
        creations.extend(texts.map(|(_, text)| (text, mutation.record)));
    }
    let records = everything
        .records
        .values()
        .filter(|record| record.kind != Kind::Conflict);
    for record in records {
        for text in record.fields.values().filter_map(Value::as_str) {
            if creations.get(text).is_some_and(|creator| *creator != record.id) {
                verdict.doubled.push(format!("{text:?} is in {:?} as well", record.id));
            }
        }
    }
}

/// The device shows what its user may see, all of it, nothing else, with the same past.
fn agrees(device: &Held<'_>) -> Result<(), String> {
    let (sight, replica) = (device.sight, device.shown);
    let mut past: HashMap<RecordId, Vec<&HistoryEntry>> = HashMap::new();
    for entry in &sight.history {
        past.entry(entry.record).or_default().push(entry);
    }
    for record in sight.records.values() {
        let held = replica.base(record.id);
        if held != Some(record) {
            return Err(difference(held, record));
        }
        let mut expected = past.remove(&record.id).unwrap_or_default();
        let held = replica.history(record.id);
        let mut held: Vec<&HistoryEntry> = held.iter().collect();
        let order = |entry: &&HistoryEntry| (entry.stamp.version, entry.mutation, entry.path.clone());
        expected.sort_by_key(order);
        held.sort_by_key(order);
        if held != expected {
            let id = record.id;
            return Err(format!("history of {id:?}: has {held:?}, the server has {expected:?}"));
        }
    }
    let (held, seen) = (replica.len(), sight.records.len());
    if held != seen {
        return Err(format!("holds {held} records, may see {seen}"));
    }
    Ok(())
}

/// Where two states of a record part.
fn difference(held: Option<&Record>, record: &Record) -> String {
    let id = record.id;
    let Some(held) = held else {
        return format!("lacks {:?} {id:?}", record.kind);
    };
    let paths: BTreeSet<&FieldPath> = held.fields.keys().chain(record.fields.keys()).collect();
    let mut paths = paths.into_iter();
    match paths.find(|path| held.fields.get(*path) != record.fields.get(*path)) {
        Some(path) => {
            let (here, there) = (held.fields.get(path), record.fields.get(path));
            format!("{path} of {id:?} is {here:?}, on the server {there:?}")
        }
        None => {
            let (here, there) = (held.version, record.version);
            format!("{id:?} is {here:?}, on the server {there:?}, with the same fields")
        }
    }
}

fn same_after_restart(device: &Held<'_>) -> Result<(), String> {
    let (shown, restored) = (device.shown, &device.restored);
    if shown.len() != restored.len() || shown.outbox() != restored.outbox() || shown.refused() != restored.refused() {
        return Err("a restart would show something else".to_owned());
    }
    for record in Kind::KNOWN.iter().flat_map(|kind| shown.iter(kind)) {
        if restored.get(record.id) != Some(record) {
            return Err(format!("a restart would not show {:?}", record.id));
        }
    }
    Ok(())
}

/// What the device's user wrote and the server refused is in front of them, until they settle it.
fn refusals_are_shown(journal: &Journal, device: &Held<'_>, verdict: &mut Verdict) {
    let shown: BTreeSet<MutationId> = device
        .shown
        .refused()
        .iter()
        .map(|refused| refused.mutation.id)
        .collect();
    let own = |id: &&MutationId| {
        let saved = journal.saved.get(id);
        saved.is_some_and(|mutation| mutation.device == device.id)
    };
    let open = journal
        .refused
        .iter()
        .filter(|id| !journal.settled_by_user.contains(id));
    for id in open.filter(own).filter(|id| !shown.contains(id)) {
        verdict
            .lost
            .push(format!("{id:?} was refused, and {} is not shown it", device.whose));
    }
}

#[cfg(test)]
mod tests;
