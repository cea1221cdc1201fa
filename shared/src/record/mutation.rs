//! A user's intent to change one record, as it waits in the outbox and travels to the server. It says what the
//! author saw (`from`) besides what the author wants (`to`), so that nobody's work is overwritten unseen.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::ids::{DeviceId, MutationId, RecordId, UserId};
use crate::record::{FieldPath, Kind, Record, Scope, Version};
use crate::time::Timestamp;

/// What one field was when the author wrote, and what it shall be; `null` means "no value".
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Change {
    /// The value the author saw.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub from: Value,
    /// The value the author wants.
    #[serde(default)]
    pub to: Value,
}

/// What a mutation does to its record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Operation {
    /// Sets fields; creates the record when the server does not know it.
    #[cfg_attr(feature = "openapi", schema(example = json!({ "write": { "phone": { "from": "5550", "to": "5559" } } })))]
    Write(BTreeMap<FieldPath, Change>),
    /// Makes the record a tombstone, unless somebody edited it meanwhile.
    Delete,
}

/// One intent. `id` makes resending safe; `base` is the version the author saw.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Mutation {
    /// Identity; the server applies an id once.
    pub id: MutationId,
    /// The device that wrote it.
    pub device: DeviceId,
    /// Position among this device's mutations, from 1.
    pub device_seq: u64,
    /// Who wrote it. The server refuses a mutation whose author is not the signed-in user.
    pub author: UserId,
    /// When it was written, by the device's clock corrected to the server's.
    pub at: Timestamp,
    /// The record it changes.
    pub record: RecordId,
    /// The record's kind.
    pub kind: Kind,
    /// The record's scope.
    pub scope: Scope,
    /// The version of the record the author saw; 0 for a new one.
    pub base: Version,
    /// What it does.
    pub operation: Operation,
    /// Members a newer version wrote that this one does not know. They are kept, and sent on unchanged.
    #[serde(flatten)]
    pub unknown: BTreeMap<String, Value>,
}

impl Operation {
    /// The value wanted at `path`; `None` where it changes nothing.
    pub fn wanted(&self, path: &str) -> Option<&Value> {
        match self {
            Self::Write(changes) => changes.get(path).map(|change| &change.to),
            Self::Delete => None,
        }
    }
}

impl Mutation {
    /// How long it is as JSON, in bytes, at most: nothing is written; texts are counted and all else is rounded up, by
    /// about half a kilobyte in all.
    pub fn json_bytes_at_most(&self) -> usize {
        self.json_bytes(text_bytes)
    }

    /// Whether it is longer than `most` bytes as JSON, or may be, as [`Mutation::json_bytes_at_most`] says.
    pub fn is_longer_than(&self, most: usize) -> bool {
        // Mostly it is so short that no text has to be read to know.
        self.json_bytes(escaped_bytes) > most && self.json_bytes_at_most() > most
    }

    fn json_bytes(&self, text: impl Fn(&str) -> usize + Copy) -> usize {
        /// Every member but the operation's and the unknown ones, with identities and numbers at their longest.
        const FRAME: usize = 512;
        /// `"":{"from":,"to":},`
        const CHANGE: usize = 20;
        let changes = match &self.operation {
            Operation::Write(changes) => changes
                .iter()
                .map(|(path, change)| {
                    CHANGE + text(path.as_str()) + value_bytes(&change.from, text) + value_bytes(&change.to, text)
                })
                .sum(),
            Operation::Delete => 0,
        };
        let unknown: usize = self.unknown.iter().map(|member| member_bytes(member, text)).sum();
        FRAME + text(self.kind.name()) + changes + unknown
    }
}

/// A value as JSON, at most, when its texts are as long as `text` says.
fn value_bytes(value: &Value, text: impl Fn(&str) -> usize + Copy) -> usize {
    /// The longest number, `-1.7976931348623157e308`, and the longest word.
    const SCALAR: usize = 24;
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => SCALAR,
        Value::String(string) => text(string),
        Value::Array(items) => 2 + items.iter().map(|item| 1 + value_bytes(item, text)).sum::<usize>(),
        Value::Object(members) => 2 + members.iter().map(|member| member_bytes(member, text)).sum::<usize>(),
    }
}

fn member_bytes((name, value): (&String, &Value), text: impl Fn(&str) -> usize + Copy) -> usize {
    2 + text(name) + value_bytes(value, text)
}

/// A text as JSON, if all of it had to be escaped.
const fn escaped_bytes(text: &str) -> usize {
    2 + text.len() * r"\u0000".len()
}

/// A text as JSON.
fn text_bytes(text: &str) -> usize {
    let more = |byte: u8| match byte {
        b'"' | b'\\' | b'\n' | b'\r' | b'\t' | 0x08 | 0x0c => r"\n".len() - 1,
        0..0x20 => r"\u0000".len() - 1,
        _ => 0,
    };
    2 + text.len() + text.bytes().map(more).sum::<usize>()
}

/// An intent before it has an identity: what a form or an import wants to do to one record.
#[derive(Clone, Debug, PartialEq)]
pub struct Edit {
    /// The record to change or create.
    pub record: RecordId,
    /// Its kind.
    pub kind: Kind,
    /// Its scope.
    pub scope: Scope,
    /// The version the author saw.
    pub base: Version,
    /// What to do.
    pub operation: Operation,
}

impl Edit {
    /// The start of a new record. Add its fields with [`Edit::set`].
    pub fn create(record: RecordId, kind: Kind, scope: Scope) -> Self {
        Self {
            record,
            kind,
            scope,
            base: Version::NONE,
            operation: Operation::Write(BTreeMap::new()),
        }
    }

    /// The start of a change to `record` as the author sees it. Add fields with [`Edit::change`].
    pub fn of(record: &Record) -> Self {
        Self {
            record: record.id,
            kind: record.kind.clone(),
            scope: record.scope,
            base: record.version,
            operation: Operation::Write(BTreeMap::new()),
        }
    }

    /// The deletion of `record` as the author sees it.
    pub fn delete(record: &Record) -> Self {
        Self {
            operation: Operation::Delete,
            ..Self::of(record)
        }
    }

    /// Brings a deleted `record` back as the author saw it last: an edit beats a deletion, even one that writes what
    /// stands at `path` already.
    pub fn revive(record: &Record, path: FieldPath) -> Self {
        let seen = record.fields.get(&path).cloned().unwrap_or(Value::Null);
        let unchanged = Change {
            from: seen.clone(),
            to: seen,
        };
        Self {
            operation: Operation::Write(BTreeMap::from([(path, unchanged)])),
            ..Self::of(record)
        }
    }

    /// What takes this edit back: each field it changed is again what it was in `before`, unless `now` shows that
    /// something else was written there since.
    pub fn taken_back(&self, before: &Record, now: &Record) -> Self {
        let back = Self::of(now);
        let Operation::Write(changes) = &self.operation else {
            return back;
        };
        let is_still = |path: &FieldPath, to: &Value| now.fields.get(path).unwrap_or(&Value::Null) == to;
        let changed = changes.iter().filter(|(path, change)| is_still(path, &change.to));
        changed.fold(back, |back, (path, _)| {
            let was = before.fields.get(path).cloned().unwrap_or(Value::Null);
            back.change(now, path.clone(), was)
        })
    }

    /// Sets `path` of a new record. `null` and empty texts are left out: they mean "no value".
    #[must_use]
    pub fn set(mut self, path: FieldPath, to: impl Into<Value>) -> Self {
        self.put(path, Value::Null, to.into());
        self
    }

    /// Changes `path` from what `record` shows. No change is recorded when the value is already that.
    #[must_use]
    pub fn change(mut self, record: &Record, path: FieldPath, to: impl Into<Value>) -> Self {
        let from = record.fields.get(&path).cloned().unwrap_or(Value::Null);
        self.put(path, from, to.into());
        self
    }

    fn put(&mut self, path: FieldPath, from: Value, to: Value) {
        let to = if to.as_str().is_some_and(str::is_empty) {
            Value::Null
        } else {
            to
        };
        if let Operation::Write(changes) = &mut self.operation {
            if from == to {
                changes.remove(&path);
            } else {
                changes.insert(path, Change { from, to });
            }
        }
    }

    /// Whether carrying this out would change nothing.
    pub fn is_empty(&self) -> bool {
        matches!(&self.operation, Operation::Write(changes) if changes.is_empty())
    }
}

#[cfg(test)]
mod tests;
