//! What the fields of each kind may hold. The tablet asks before it saves, the server asks again before it commits.
//! Kinds and fields this version does not know pass: they come from a newer version. Never judges rights.

use serde_json::Value;

use crate::descriptor::Place;
use crate::ids::UserId;
use crate::record::mutation::{Mutation, Operation};
use crate::record::refusal::{Refusal, RefusalCode};
use crate::record::{FieldPath, Kind, Record, Scope};
pub use crate::shape::{Choices, Field, Grades, LINE, LONG_LINE, Shape, Shown, TEXT, read, show, tag_keys, tag_text};
pub use crate::text::{clean_line, clean_text};
use crate::{kinds, text};

/// How many lists and maps may lie in each other in one value. What travels wraps values in a few more, and readers of
/// JSON give up at 128: a value that deep could be written and never be read again, by anybody.
const DEEPEST: usize = 64;

/// Whether the mutation makes sense for the record it changes (`None`: the record is new).
///
/// # Errors
/// [`RefusalCode::Contradiction`] when kind or scope differ from the record's or do not go together;
/// [`RefusalCode::InvalidValue`] with the field; [`RefusalCode::MissingField`] with the field, when a required one is
/// absent at creation, emptied later, or blank.
pub fn check(mutation: &Mutation, current: Option<&Record>) -> Result<(), Refusal> {
    check_place(mutation, current)?;
    let Operation::Write(changes) = &mutation.operation else {
        return Ok(());
    };
    for (path, change) in changes {
        check_value(&mutation.kind, path, &change.to)?;
        if is_deeper(&change.from, DEEPEST) {
            return Err(Refusal::field(RefusalCode::InvalidValue, path.clone()));
        }
    }
    for name in required(&mutation.kind) {
        let written = changes.get(name).map(|change| &change.to);
        let value = written.or_else(|| current.and_then(|record| record.get(name)));
        if is_blank(value) {
            return Err(Refusal::field(RefusalCode::MissingField, FieldPath::known(name)));
        }
    }
    Ok(())
}

/// The form of the values at `path` of a record of `kind`; `None` for a path this version does not know.
pub fn shape(kind: &Kind, path: &FieldPath) -> Option<Shape> {
    of_field(kind, path.field())?.at(path.entry())
}

/// Whether `value` may stand at `path`. `null` may, always: whether a field is required is asked by [`check`].
///
/// # Errors
/// [`RefusalCode::InvalidValue`] with the field.
pub fn check_value(kind: &Kind, path: &FieldPath, value: &Value) -> Result<(), Refusal> {
    let fits = match of_field(kind, path.field()) {
        None => true,
        Some(field) => field
            .at(path.entry())
            .is_some_and(|shape| value.is_null() || shape.accepts(value)),
    };
    if fits && !is_deeper(value, DEEPEST) {
        Ok(())
    } else {
        Err(Refusal::field(RefusalCode::InvalidValue, path.clone()))
    }
}

/// Fields a record of `kind` cannot be without.
pub fn required(kind: &Kind) -> impl Iterator<Item = &'static str> {
    let required = fields_of(kind).iter().filter(|field| field.is_required);
    required.map(|field| field.name)
}

/// Whether a record of `kind` cannot be without the field.
pub fn is_required(kind: &Kind, field: &str) -> bool {
    kinds::field(kind, field).is_some_and(|field| field.is_required)
}

/// Whether the field of `kind` is for those to set who read wider than what is their own.
pub fn is_managed(kind: &Kind, field: &str) -> bool {
    kinds::field(kind, field).is_some_and(|field| field.is_managed)
}

/// The form of the field as a whole, also of one that is written entry by entry; `None` for one this version does not
/// know.
pub fn of_field(kind: &Kind, field: &str) -> Option<Shape> {
    kinds::field(kind, field).map(|field| field.shape)
}

/// Every field of `kind` that this version knows.
pub fn fields_of(kind: &Kind) -> &'static [Field] {
    kinds::of(kind).fields
}

/// The user whom `value` at `path` names, when that is a field for people.
pub fn person_named(kind: &Kind, path: &FieldPath, value: &Value) -> Option<UserId> {
    match (of_field(kind, path.field())?, path.entry()) {
        (Shape::Person, None) => value.as_str()?.parse().ok(),
        (Shape::People, Some(user)) => value.as_bool().filter(|named| *named).and_then(|_| user.parse().ok()),
        _ => None,
    }
}

fn is_deeper(value: &Value, limit: usize) -> bool {
    let mut items: Box<dyn Iterator<Item = &Value>> = match value {
        Value::Array(items) => Box::new(items.iter()),
        Value::Object(members) => Box::new(members.values()),
        _ => return false,
    };
    limit == 0 || items.any(|item| is_deeper(item, limit - 1))
}

pub(crate) fn is_blank(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null) => true,
        Some(Value::String(value)) => text::is_blank(value),
        Some(_) => false,
    }
}

fn check_place(mutation: &Mutation, current: Option<&Record>) -> Result<(), Refusal> {
    let same = current.is_none_or(|record| record.kind == mutation.kind && record.scope == mutation.scope);
    let kind = kinds::of(&mutation.kind);
    let lies = |is: fn(&Place) -> bool| kind.places.iter().any(is);
    let fits = match mutation.scope {
        // Where a kind of a newer version lies is for those to judge who know it.
        _ if matches!(mutation.kind, Kind::Other(_)) => true,
        Scope::Under(id) if kind.readers().is_some() => id == mutation.record,
        Scope::Under(_) => lies(|place| matches!(place, Place::Under(_))),
        Scope::User(_) => lies(|place| matches!(place, Place::Own)),
        Scope::Organisation => lies(|place| matches!(place, Place::Organisation)),
    };
    if same && fits {
        Ok(())
    } else {
        Err(Refusal::whole(RefusalCode::Contradiction))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_known_field_has_a_path_and_one_shape() {
        for kind in Kind::KNOWN {
            let mut names = BTreeSet::new();
            for Field { name, .. } in fields_of(kind) {
                assert!(
                    FieldPath::parse(name).is_ok_and(|path| path.entry().is_none()),
                    "{kind} {name}"
                );
                assert!(names.insert(name), "{kind} {name} twice");
            }
        }
    }
}
