//! Drafts as the forms of earlier versions kept them: each had names and values of its own. They are turned into drafts
//! of today when they are restored. Nothing is written in these forms any more.

use serde_json::{Map, Value};

use super::{Draft, Here, Opened, Typed, put};
use crate::notes::field as note_field;
use crate::record::{FieldPath, Fields, Kind, Record};
use crate::schema::{self, Shape};

/// Under which name those drafts told whom they were about.
const CUSTOMER_NAME: &str = "customer_name";

/// The draft that a form of an earlier version kept for `record`, or for a new one; `None` when it says nothing.
pub fn of_former_form(kind: &Kind, former: &Value, record: Option<&Record>, here: Here) -> Option<Draft> {
    let former = former.as_object()?;
    let opened = Opened::new(kind.clone(), record.cloned(), Fields::new());
    let mut inputs = Vec::new();
    let mut stored = Vec::new();
    for (name, value) in former.iter().filter(|(name, _)| *name != CUSTOMER_NAME) {
        let path = match kind {
            Kind::Note => path_of_note(name, former),
            _ => Some(name.as_str()),
        };
        let Some(path) = path else { continue };
        match (value, stored_value(kind, path, value)) {
            (_, Some(value)) => stored.push((path, value)),
            (Value::String(text), None) => inputs.push((path, Typed::Text(text.clone()))),
            (Value::Array(names), None) => {
                let names = names.iter().filter_map(Value::as_str).map(str::to_owned);
                inputs.push((path, Typed::Pressed(names.collect())));
            }
            _ => {}
        }
    }
    let mut values = opened.values(inputs.iter().map(|(path, typed)| (*path, typed)), here);
    for (path, value) in stored {
        if let Ok(path) = FieldPath::parse(path) {
            put(&mut values, &path, &value);
        }
    }
    let mut draft = opened.draft(&values)?;
    let name = former.get(CUSTOMER_NAME).and_then(Value::as_str);
    draft.customer_name = name.map(str::to_owned);
    Some(draft)
}

/// What was kept as a value already: a flag, or a point in time that a refused change was reopened with.
fn stored_value(kind: &Kind, path: &str, value: &Value) -> Option<Value> {
    if value.is_boolean() {
        return Some(value.clone());
    }
    let shape = FieldPath::parse(path).ok().and_then(|path| schema::shape(kind, &path));
    let milliseconds = value.as_str()?.parse::<i64>().ok()?;
    (shape == Some(Shape::Time)).then(|| milliseconds.into())
}

/// The path of what the form of a note called otherwise; `None` for what is not of the note.
fn path_of_note<'a>(name: &'a str, former: &Map<String, Value>) -> Option<&'a str> {
    let text = |name: &str| former.get(name).and_then(Value::as_str).unwrap_or_default();
    let wants_none = text("next_choice") == "none";
    match name {
        "next_choice" => None,
        "visited_on" => Some(note_field::VISITED_AT),
        // Of the two only the one that was in sight was meant.
        "reason" => {
            (wants_none || text(note_field::NEXT_CONTACT).is_empty()).then_some(note_field::NO_NEXT_CONTACT_REASON)
        }
        note_field::NEXT_CONTACT => (!wants_none).then_some(name),
        _ => Some(name),
    }
}
