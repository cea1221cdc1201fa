//! What a form holds while somebody types. A draft is an edit that nobody has made yet, with the same paths and the
//! same values: so restoring it, reopening what was refused, comparing and saving are one thing. Never draws or stores.

mod former;
mod typed;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use former::of_former_form;
pub use typed::{Typed, typed};

use crate::ids::RecordId;
use crate::notes::field::REVISES;
use crate::order::InOrder as _;
use crate::record::mutation::{Change, Edit, Mutation, Operation};
use crate::record::profile::Role;
use crate::record::refusal::{Refusal, RefusalCode};
use crate::record::{FieldPath, Fields, Kind, Record, Scope, Version};
pub use crate::time::Here;
use crate::{schema, settings};

/// What was changed, by path.
pub type Changes = BTreeMap<FieldPath, Change>;

/// What was typed and not saved, as it is kept.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    /// The version of the record its author saw; [`Version::NONE`] for a new record.
    pub base: Version,
    /// What its author wants. Of a new record, everything: what is not here is empty.
    pub changes: Changes,
    /// Of a new record: what stands as the form began. It may begin otherwise the next time, and is no less untouched.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub untouched: BTreeSet<FieldPath>,
    /// Whom it is about: the customer may leave the device before the form is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_name: Option<String>,
    /// The open form that writes it: two tabs with one form do not overwrite each other's. None as long as nobody has typed
    /// in what was handed on from elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub writer: Option<RecordId>,
}

impl Draft {
    /// The draft that was kept as `value`, read by way of its text, as all else is read: what reads and writes values
    /// without it would be as much code again; `None` for one in the form of an earlier version.
    pub fn parse(value: &Value) -> Option<Self> {
        // A form of an earlier version may have had a field of that name; its value was a text.
        value.get("changes")?.as_object()?;
        serde_json::from_slice(&serde_json::to_vec(value).ok()?).ok()
    }

    /// As it is kept.
    pub fn to_value(&self) -> Value {
        let text = serde_json::to_vec(self);
        text.and_then(|text| serde_json::from_slice(&text)).unwrap_or_default()
    }
}

/// Where the form of `kind` keeps its draft. `root`: the customer it is about, `None` for a new one. `record`: the
/// record in the scope of that customer which is changed or corrected; `None` for a new one, and for the customer's own.
pub fn draft_key(kind: &Kind, root: Option<RecordId>, record: Option<RecordId>) -> String {
    let root = root.map_or_else(|| "new".to_owned(), |root| root.to_string());
    match record {
        Some(record) => format!("{kind}/{root}/{record}"),
        None => format!("{kind}/{root}"),
    }
}

/// A refused change, for the form it came from.
#[derive(Clone, Debug, PartialEq)]
pub struct Reopened {
    /// The customer it is about; `None` for a new one.
    pub root: Option<RecordId>,
    /// The record that is changed; `None` for a new one.
    pub record: Option<RecordId>,
    /// The record that a new one corrects.
    pub revises: Option<RecordId>,
    /// What was wanted.
    pub draft: Draft,
}

/// Everything a refused change wanted, as the draft of the form it came from. `is_here`: whether a record is on the
/// device; a change to one that is not begins a new record. `None` for a deletion, which no form makes.
pub fn reopened(mutation: &Mutation, is_here: impl Fn(RecordId) -> bool) -> Option<Reopened> {
    let Operation::Write(changes) = &mutation.operation else {
        return None;
    };
    let is_own = mutation.scope == Scope::Under(mutation.record);
    let is_new = mutation.base == Version::NONE || !(is_own || is_here(mutation.record));
    let root = match mutation.scope {
        Scope::Under(_) if is_own && is_new => None,
        Scope::Under(root) => Some(root),
        Scope::Organisation | Scope::User(_) => None,
    };
    let revises = changes.get(REVISES).and_then(|change| change.to.as_str());
    Some(Reopened {
        root,
        record: (!is_own && !is_new).then_some(mutation.record),
        revises: revises.and_then(|id| id.parse().ok()),
        draft: Draft {
            base: if is_new { Version::NONE } else { mutation.base },
            changes: changes.clone(),
            ..Draft::default()
        },
    })
}

/// A form as it opened: what its author saw, and what its inputs showed.
#[derive(Clone, Debug, PartialEq)]
pub struct Opened {
    kind: Kind,
    record: Option<Record>,
    base: Version,
    /// What the edit is made against; nothing for a new record.
    seen: Fields,
    /// What the inputs show when nothing was typed.
    blank: Fields,
    /// What they show, the draft included.
    shown: Fields,
}

impl Opened {
    /// The form of `record`, or of a new one that begins with `start`.
    pub fn new(kind: Kind, record: Option<Record>, start: Fields) -> Self {
        let seen = record.as_ref().map(|record| record.fields.clone()).unwrap_or_default();
        let blank = if record.is_some() { seen.clone() } else { start };
        Self {
            kind,
            base: record.as_ref().map_or(Version::NONE, |record| record.version),
            record,
            shown: blank.clone(),
            seen,
            blank,
        }
    }

    /// Puts a draft back. What its author saw then counts, not what stands there by now: what somebody else has written
    /// since must not be overwritten unseen.
    pub fn restore(&mut self, draft: &Draft) {
        let is_new = self.record.is_none();
        self.shown = if is_new { Fields::new() } else { self.blank.clone() };
        for (path, change) in &draft.changes {
            if !is_new {
                put(&mut self.seen, path, &change.from);
            }
            put(&mut self.shown, path, &change.to);
        }
        for path in draft.untouched.iter().filter(|_| is_new) {
            let stands = self.shown.get(path).cloned().unwrap_or_default();
            put(&mut self.blank, path, &stands);
        }
        if !is_new && draft.base != Version::NONE {
            self.base = self.base.min(draft.base);
        }
    }

    /// Takes back everything typed.
    pub fn discard(&mut self) {
        *self = Self::new(self.kind.clone(), self.record.take(), self.blank.clone());
    }

    /// The record that is changed; `None` for a new one.
    pub fn record(&self) -> Option<&Record> {
        self.record.as_ref()
    }

    /// What the input at `path` shows.
    pub fn typed(&self, path: &str, here: Here) -> Typed {
        typed(&self.kind, path, &self.shown, here)
    }

    /// The values of the form, as they are typed.
    pub fn values<'a>(&self, inputs: impl Iterator<Item = (&'a str, &'a Typed)>, here: Here) -> Fields {
        let mut values = self.shown.clone();
        for (path, input) in inputs {
            // What nobody touched stays as it was, whatever it is.
            if self.typed(path, here) != *input {
                let was = |path: &FieldPath| self.seen.contains_key(path) || self.blank.contains_key(path);
                typed::write(&self.kind, path, input, was, here, &mut values);
            }
        }
        values
    }

    /// What `values` change.
    pub fn changes(&self, values: &Fields) -> Changes {
        let paths = self.seen.keys().chain(values.keys());
        let of = |fields: &Fields, path: &FieldPath| fields.get(path).cloned().unwrap_or(Value::Null);
        let changes = paths.map(|path| {
            let change = Change {
                from: of(&self.seen, path),
                to: of(values, path),
            };
            (path.clone(), change)
        });
        changes.filter(|(_, change)| change.from != change.to).into_map()
    }

    /// The draft of `values`; `None` when nothing was typed.
    pub fn draft(&self, values: &Fields) -> Option<Draft> {
        let untouched = self
            .blank
            .iter()
            .filter(|(path, value)| values.get(*path) == Some(value));
        let untouched = untouched
            .filter(|_| self.record.is_none())
            .map(|(path, _)| path.clone());
        (*values != self.blank).then(|| Draft {
            base: self.base,
            changes: self.changes(values),
            untouched: untouched.into_set(),
            ..Draft::default()
        })
    }

    /// The edit of `values`: of the record that is changed, or of the new one `id` in `scope`.
    pub fn edit(&self, values: &Fields, id: RecordId, scope: Scope) -> Edit {
        let (record, scope) = match &self.record {
            Some(record) => (record.id, record.scope),
            None => (id, scope),
        };
        Edit {
            record,
            kind: self.kind.clone(),
            scope,
            base: self.base,
            operation: Operation::Write(self.changes(values)),
        }
    }
}

fn put(fields: &mut Fields, path: &FieldPath, value: &Value) {
    if value.is_null() || value.as_str().is_some_and(str::is_empty) {
        fields.remove(path);
    } else {
        fields.insert(path.clone(), value.clone());
    }
}

/// Everything in `edit` that the rules of values will not take, each with its field. `values`: all of the record, as it
/// is going to be.
pub fn refusals(edit: &Edit, values: &Fields) -> Vec<Refusal> {
    let Operation::Write(changes) = &edit.operation else {
        return Vec::new();
    };
    let invalid = changes
        .iter()
        .filter_map(|(path, change)| schema::check_value(&edit.kind, path, &change.to).err());
    let missing = schema::required(&edit.kind).filter_map(|name| {
        let is_missing = schema::is_blank(values.get(name));
        is_missing.then(|| Refusal::field(RefusalCode::MissingField, FieldPath::known(name)))
    });
    missing.chain(invalid).collect()
}

/// What takes `saved` back from `record` as it is now: what somebody has changed again since stays.
pub fn undone(saved: &Edit, record: &Record) -> Edit {
    let Operation::Write(changes) = &saved.operation else {
        return Edit::of(record);
    };
    if saved.base == Version::NONE {
        // That it was set, and taken back, stays to be read.
        return match saved.kind {
            Kind::Setting => settings::withdraw(record, true),
            _ => Edit::delete(record),
        };
    }
    let stands = |path: &FieldPath, change: &Change| record.get(path.as_str()).unwrap_or(&Value::Null) == &change.to;
    let standing = changes.iter().filter(|(path, change)| stands(path, change));
    standing.fold(Edit::of(record), |edit, (path, change)| {
        edit.change(record, path.clone(), change.from.clone())
    })
}

/// Whether somebody of this role may take back what was `saved`: what is never overwritten stays, and what only others
/// may delete as well.
pub fn can_be_undone(saved: &Edit, role: Role) -> bool {
    match saved.kind {
        Kind::Note => false,
        Kind::Customer => saved.base != Version::NONE || role != Role::RelationshipManager,
        _ => true,
    }
}
