//! Records of two values written concurrently to one field: which stands, which was kept aside. The server makes
//! them; a person resolves them: what waits for a decision is in `inbox`, what a decision writes in `settle`, what
//! both versions give together in `combine`, what differs between them in `difference`. Which value stands is decided
//! by the merge, never here.

mod combine;
mod difference;
mod inbox;
mod settle;

pub use combine::combine;
pub use difference::{Piece, differences, marked};
pub use inbox::{Group, Side, Standing, before_by, groups, met_edits, sides, standing, written_on};
pub use settle::{Choice, settle, unsettle};

use serde_json::Value;

use crate::descriptor::{Descriptor, Keeps, Place, Writers, never_due, never_happened};
use crate::ids::{RecordId, UserId};
use crate::record::{FieldPath, Kind, Record};
use crate::shape::{LINE, Shape, fields, view};
use crate::time::Timestamp;

fields! {
    /// The record with the field.
    RECORD = "record": Shape::Id,
    /// That record's kind.
    RECORD_KIND = "record_kind": Shape::Line(LINE),
    /// The field's path; absent when a removal met an edit.
    PATH = "path": Shape::Line(LINE),
    /// The value both authors saw.
    BEFORE = "before": Shape::Any,
    /// The value that stands.
    STANDS = "stands": Shape::Any,
    /// Its author.
    STANDS_BY = "stands_by": Shape::Person,
    /// When it was written.
    STANDS_AT = "stands_at": Shape::Time,
    /// The value kept aside.
    ASIDE = "aside": Shape::Any,
    /// Its author.
    ASIDE_BY = "aside_by": Shape::Person,
    /// When it was written.
    ASIDE_AT = "aside_at": Shape::Time,
    /// Whether a person has looked and decided.
    RESOLVED = "resolved": Shape::Flag,
}

/// What the house must know of conflicts.
pub static KIND: Descriptor = Descriptor {
    fields: FIELDS,
    places: &[
        Place::Under(Kind::Customer),
        Place::Under(Kind::Circle),
        Place::Own,
        Place::Organisation,
    ],
    writers: Writers::Server(&[field::RESOLVED]),
    keeps: Keeps::Changes,
    named_by: &[],
    in_hand: None,
    problems: &[],
    due: never_due,
    happened: never_happened,
};

view!(
    /// A conflict record, read by its fields' meaning.
    ConflictView of Conflict
);

/// Whether `record` is an open conflict about the field at `path` of the record `id`.
pub fn concerns(record: &Record, id: RecordId, path: &FieldPath) -> bool {
    let open = ConflictView::of(record).filter(|_| is_open(record));
    open.is_some_and(|conflict| conflict.record() == Some(id) && conflict.path().as_ref() == Some(path))
}

impl<'a> ConflictView<'a> {
    /// The record with the field.
    pub fn record(self) -> Option<RecordId> {
        self.0.id_at(field::RECORD)
    }

    /// That record's kind.
    pub fn record_kind(self) -> Option<Kind> {
        self.0.text(field::RECORD_KIND).map(Kind::from)
    }

    /// The field's path; `None` when a removal met an edit.
    pub fn path(self) -> Option<FieldPath> {
        FieldPath::parse(self.0.text(field::PATH)?).ok()
    }

    /// The value both authors saw; `null` for none.
    pub fn before(self) -> &'a Value {
        self.0.get(field::BEFORE).unwrap_or(&Value::Null)
    }

    /// Whether it is about the removal of a record that somebody else was editing.
    pub fn is_removal(self) -> bool {
        self.0.get(field::PATH).is_none()
    }

    /// The value that stands; `null` for none.
    pub fn stands(self) -> &'a Value {
        self.0.get(field::STANDS).unwrap_or(&Value::Null)
    }

    /// The value kept aside; `null` for none.
    pub fn aside(self) -> &'a Value {
        self.0.get(field::ASIDE).unwrap_or(&Value::Null)
    }

    /// The author and the time of the value kept aside.
    pub fn aside_by(self) -> Option<(UserId, Timestamp)> {
        self.0.id_at(field::ASIDE_BY).zip(self.0.timestamp(field::ASIDE_AT))
    }

    /// The author and the time of the value that stands.
    pub fn stands_by(self) -> Option<(UserId, Timestamp)> {
        self.0.id_at(field::STANDS_BY).zip(self.0.timestamp(field::STANDS_AT))
    }

    /// Whether a person has decided.
    pub fn is_resolved(self) -> bool {
        self.0.flag(field::RESOLVED)
    }
}

/// Whether `record` is a conflict nobody has decided about.
pub fn is_open(record: &Record) -> bool {
    !record.is_deleted() && ConflictView::of(record).is_some_and(|conflict| !conflict.is_resolved())
}
