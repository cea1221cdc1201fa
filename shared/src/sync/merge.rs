//! How one mutation folds into one record: the only place where concurrent work meets. The server and the device
//! run this same function, so that a cleanly applied mutation never has to be sent back. The server calls it
//! through [`super::authority::decide`]. It never discards a value: what does not stand is in the history.

use serde_json::Value;

use super::wire::HistoryEntry;
use crate::record::mutation::{Change, Mutation, Operation};
use crate::record::{FieldPath, Fields, Record, Stamp, Version};

/// Texts longer than this (in bytes, all three versions together) are not merged by paragraph: the cost of a
/// comparison grows with the square of what differs.
const MAXIMUM_MERGED_TEXT: usize = 300_000;

/// The result of folding a mutation into a record.
#[derive(Clone, Debug, PartialEq)]
pub struct Merged {
    /// The state after it.
    pub record: Record,
    /// What is to be added to the record's history; empty for a creation.
    pub history: Vec<HistoryEntry>,
    /// Concurrent writes of one field: both values, which one stands.
    pub conflicts: Vec<FieldConflict>,
    /// Whether `record` differs from the state before.
    pub changed: bool,
    /// Whether every wish was carried out to the letter: nothing merged, nothing kept aside.
    pub verbatim: bool,
}

/// Two values of one field, written without knowledge of each other.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldConflict {
    /// The field; `None` when a deletion met an edit.
    pub path: Option<FieldPath>,
    /// What the later writer to arrive had seen.
    pub before: Value,
    /// The value that stands, and who wrote it.
    pub stands: (Value, Stamp),
    /// The value kept aside, and who wrote it.
    pub aside: (Value, Stamp),
}

/// Folds `mutation`, committed as `version`, into `current` (`None`: the record is not known yet).
pub fn merge(current: Option<&Record>, mutation: &Mutation, version: Version) -> Merged {
    let stamp = Stamp {
        version,
        at: mutation.at,
        by: mutation.author,
        device: mutation.device,
    };
    match (current, &mutation.operation) {
        (None, operation) => create(mutation, operation, stamp),
        (Some(record), Operation::Write(changes)) => {
            let mut fold = Fold::start(record, mutation, stamp);
            fold.revive();
            for (path, change) in changes {
                fold.write(path, change);
            }
            fold.finish()
        }
        (Some(record), Operation::Delete) => {
            let mut fold = Fold::start(record, mutation, stamp);
            fold.delete();
            fold.finish()
        }
    }
}

fn create(mutation: &Mutation, operation: &Operation, stamp: Stamp) -> Merged {
    let (fields, deleted) = match operation {
        Operation::Write(changes) => {
            let written = changes.iter().filter(|(_, change)| !change.to.is_null());
            (
                written
                    .map(|(path, change)| (path.clone(), change.to.clone()))
                    .collect(),
                None,
            )
        }
        Operation::Delete => (Fields::new(), Some(stamp)),
    };
    let record = Record {
        id: mutation.record,
        kind: mutation.kind.clone(),
        scope: mutation.scope,
        version: stamp.version,
        fields,
        created: stamp,
        stamps: std::collections::BTreeMap::new(),
        deleted,
        unknown: std::collections::BTreeMap::new(),
    };
    Merged {
        record,
        history: Vec::new(),
        conflicts: Vec::new(),
        changed: true,
        verbatim: true,
    }
}

/// One mutation being folded into one existing record.
struct Fold<'a> {
    mutation: &'a Mutation,
    stamp: Stamp,
    result: Merged,
}

impl<'a> Fold<'a> {
    fn start(record: &Record, mutation: &'a Mutation, stamp: Stamp) -> Self {
        let result = Merged {
            record: record.clone(),
            history: Vec::new(),
            conflicts: Vec::new(),
            changed: false,
            verbatim: true,
        };
        Self {
            mutation,
            stamp,
            result,
        }
    }

    /// Whether `written` happened without the author of the mutation having seen it.
    fn unseen(&self, written: &Stamp) -> bool {
        written.version > self.mutation.base && written.device != self.mutation.device
    }

    /// Whether the mutation was written later than `other`. Equal times are ordered by device, so that every
    /// replica decides alike.
    fn later_than(&self, other: &Stamp) -> bool {
        (self.stamp.at, self.stamp.device) > (other.at, other.device)
    }

    fn record_history(&mut self, path: Option<FieldPath>, from: Value, to: Value, stands: bool) {
        self.result.history.push(HistoryEntry {
            record: self.mutation.record,
            path,
            from,
            to,
            stamp: self.stamp,
            mutation: self.mutation.id,
            stands,
            unknown: std::collections::BTreeMap::new(),
        });
    }

    fn put(&mut self, path: &FieldPath, from: Value, to: Value) {
        self.record_history(Some(path.clone()), from, to.clone(), true);
        if to.is_null() {
            self.result.record.fields.remove(path);
        } else {
            self.result.record.fields.insert(path.clone(), to);
        }
        self.result.record.stamps.insert(path.clone(), self.stamp);
        self.result.changed = true;
    }

    fn write(&mut self, path: &FieldPath, change: &Change) {
        let present = self.result.record.fields.get(path).cloned().unwrap_or(Value::Null);
        if present == change.to {
            return;
        }
        let written = *self.result.record.stamp(path.as_str());
        if present == change.from || !self.unseen(&written) {
            self.put(path, present, change.to.clone());
        } else if let Some(text) = merge_texts(&change.from, &present, &change.to) {
            self.result.verbatim = false;
            if present.as_str() != Some(&text) {
                self.put(path, present, Value::String(text));
            }
        } else {
            self.keep_both(path, change, present, written);
        }
    }

    fn keep_both(&mut self, path: &FieldPath, change: &Change, present: Value, written: Stamp) {
        self.result.verbatim = false;
        let mine = (change.to.clone(), self.stamp);
        let theirs = (present.clone(), written);
        let (stands, aside) = if self.later_than(&written) {
            self.put(path, present, change.to.clone());
            (mine, theirs)
        } else {
            self.record_history(Some(path.clone()), present, change.to.clone(), false);
            (theirs, mine)
        };
        let before = change.from.clone();
        self.result.conflicts.push(FieldConflict {
            path: Some(path.clone()),
            before,
            stands,
            aside,
        });
    }

    /// An edit beats a deletion: writing to a tombstone brings the record back. Who deleted it learns of that, unless
    /// the author of the edit had seen the deletion.
    fn revive(&mut self) {
        let Some(deleted) = self.result.record.deleted.take() else {
            return;
        };
        self.record_history(None, Value::Bool(true), Value::Null, true);
        self.result.changed = true;
        self.result.verbatim = false;
        if self.unseen(&deleted) {
            self.removal_met_edit(self.stamp, deleted);
        }
    }

    fn removal_met_edit(&mut self, edit: Stamp, removal: Stamp) {
        self.result.conflicts.push(FieldConflict {
            path: None,
            before: Value::Null,
            stands: (Value::Null, edit),
            aside: (Value::Bool(true), removal),
        });
    }

    fn delete(&mut self) {
        if self.result.record.is_deleted() {
            return;
        }
        let record = &self.result.record;
        let unseen = record
            .stamps
            .values()
            .chain([&record.created])
            .filter(|stamp| self.unseen(stamp));
        if let Some(edit) = unseen.max_by_key(|stamp| stamp.version).copied() {
            self.result.verbatim = false;
            self.record_history(None, Value::Null, Value::Bool(true), false);
            self.removal_met_edit(edit, self.stamp);
        } else {
            self.record_history(None, Value::Null, Value::Bool(true), true);
            self.result.record.deleted = Some(self.stamp);
            self.result.changed = true;
        }
    }

    fn finish(mut self) -> Merged {
        // A value that is only kept aside moves the record on as well: so the author's device, which may have guessed
        // otherwise, is sent the state that stands.
        if self.result.changed || !self.result.history.is_empty() {
            self.result.changed = true;
            self.result.record.version = self.stamp.version;
        }
        self.result
    }
}

/// The text that holds both authors' changes to `base`, when both sides are texts of several paragraphs and their
/// changes do not overlap.
fn merge_texts(base: &Value, theirs: &Value, mine: &Value) -> Option<String> {
    let (base, theirs, mine) = (base.as_str()?, theirs.as_str()?, mine.as_str()?);
    let several = [base, theirs, mine].iter().any(|text| text.contains('\n'));
    if !several || base.len() + theirs.len() + mine.len() > MAXIMUM_MERGED_TEXT {
        return None;
    }
    // Every paragraph ends in a line break while merging, so that adding one below the last does not count as
    // touching the last.
    let closed = |text: &str| format!("{text}\n");
    let merged = diffy::merge(&closed(base), &closed(theirs), &closed(mine)).ok()?;
    Some(merged.strip_suffix('\n').unwrap_or(&merged).to_owned())
}

#[cfg(test)]
mod tests;
