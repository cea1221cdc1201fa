//! What the inputs of a form show for values, and which values they mean. A text that cannot be read stays a text, for
//! the rules to refuse. Never judges.

use std::collections::BTreeSet;

use jiff::civil::{DateTime, Time};
use serde_json::Value;

use super::Here;
use crate::dates::read_time;
use crate::order::InOrder as _;
use crate::record::{FieldPath, Fields, Kind};
use crate::schema::{self, Choices, Shape};
use crate::time::{Timestamp, stored_day};

/// What somebody entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Typed {
    /// In an input that is typed into or chosen from; empty for nothing.
    Text(String),
    /// By pressing some of a set.
    Pressed(BTreeSet<String>),
}

impl Typed {
    /// What is typed; nothing for what is pressed.
    pub fn text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Pressed(_) => "",
        }
    }
}

/// What stands for yes in the text of a flag.
pub(crate) const YES: &str = "true";

/// How the values at a path are entered.
enum Sort {
    /// One value.
    One(Shape),
    /// Any of some names, pressed.
    Set(&'static Choices),
    /// Any people, pressed.
    People,
    /// Any names, typed with commas between them.
    Tags,
}

fn sort(kind: &Kind, path: &str) -> Sort {
    match schema::of_field(kind, path) {
        Some(Shape::Set(choices)) => Sort::Set(choices),
        Some(Shape::People) => Sort::People,
        Some(Shape::Tags) => Sort::Tags,
        _ => {
            let shape = FieldPath::parse(path).ok().and_then(|path| schema::shape(kind, &path));
            Sort::One(shape.unwrap_or(Shape::Any))
        }
    }
}

/// What the input at `path` shows for `fields`.
pub fn typed(kind: &Kind, path: &str, fields: &Fields, here: Here) -> Typed {
    match sort(kind, path) {
        Sort::Set(_) | Sort::People => Typed::Pressed(pressed(path, fields).map(str::to_owned).into_set()),
        Sort::Tags => {
            let mut tags: Vec<_> = pressed(path, fields).map(schema::tag_text).collect();
            tags.extend(fields.get(path).and_then(Value::as_str).map(Into::into));
            Typed::Text(tags.join(", "))
        }
        Sort::One(shape) => {
            let text = fields.get(path).map(|value| written(shape, value, here));
            Typed::Text(text.unwrap_or_default())
        }
    }
}

/// The names in the map `field` that are set.
fn pressed<'a>(field: &'a str, fields: &'a Fields) -> impl Iterator<Item = &'a str> {
    let entries = fields.iter().filter(move |(path, _)| path.field() == field);
    let set = entries.filter(|(_, value)| value.as_bool() == Some(true));
    set.filter_map(|(path, _)| path.entry())
}

/// A value as it stands in an input.
fn written(shape: Shape, value: &Value, here: Here) -> String {
    match (shape, value) {
        (Shape::Time, Value::Number(number)) => {
            let at = Timestamp::from_milliseconds(number.as_i64().unwrap_or_default());
            let at = at.civil_time(here.utc_offset_minutes);
            format!("{} {:02}:{:02}", at.date(), at.hour(), at.minute())
        }
        (_, Value::String(text)) => text.clone(),
        (_, Value::Bool(yes)) => if *yes { YES } else { "" }.to_owned(),
        (_, Value::Null) => String::new(),
        (_, other) => other.to_string(),
    }
}

/// Puts what `input` means at `path` into `values`. `was`: whether there was a value when the form opened.
pub(super) fn write(
    kind: &Kind,
    path: &str,
    input: &Typed,
    was: impl Fn(&FieldPath) -> bool,
    here: Here,
    values: &mut Fields,
) {
    match (sort(kind, path), input) {
        (Sort::Set(choices), Typed::Pressed(wanted)) => {
            write_set(path, choices, wanted, was, values);
        }
        (Sort::People, Typed::Pressed(wanted)) => write_people(path, wanted, values),
        (Sort::Tags, Typed::Text(text)) => write_tags(path, text, values),
        (Sort::One(shape), Typed::Text(text)) => {
            let Ok(path) = FieldPath::parse(path) else { return };
            let value = match read(shape, text, here) {
                // What was never ticked, and is not now, was never asked.
                Value::Bool(false) if !was(&path) => Value::Null,
                value => value,
            };
            super::put(values, &path, &value);
        }
        (Sort::Set(_) | Sort::People, Typed::Text(_)) | (Sort::Tags | Sort::One(_), Typed::Pressed(_)) => {}
    }
}

/// The names of a set that are pressed. What was agreed to and is withdrawn is a no, not a question never asked.
fn write_set(
    field: &str,
    choices: &Choices,
    wanted: &BTreeSet<String>,
    was: impl Fn(&FieldPath) -> bool,
    values: &mut Fields,
) {
    let had: BTreeSet<String> = pressed(field, values).map(str::to_owned).into_set();
    let known = choices.names.iter().map(|name| (*name).to_owned());
    // Names of a newer version may be among them.
    let all: BTreeSet<String> = known.chain(had.iter().cloned()).into_set();
    for name in all.iter().filter(|name| had.contains(*name) != wanted.contains(*name)) {
        let Ok(path) = FieldPath::parse(&format!("{field}.{name}")) else {
            continue;
        };
        match (wanted.contains(name), was(&path)) {
            (true, _) => values.insert(path, Value::Bool(true)),
            (false, true) => values.insert(path, Value::Bool(false)),
            (false, false) => values.remove(&path),
        };
    }
}

/// People who are pressed. Who is taken out is not in it, as if never named.
fn write_people(field: &str, wanted: &BTreeSet<String>, values: &mut Fields) {
    let had: BTreeSet<String> = pressed(field, values).map(str::to_owned).into_set();
    for user in had.symmetric_difference(wanted) {
        let Ok(path) = FieldPath::parse(&format!("{field}.{user}")) else {
            continue;
        };
        if wanted.contains(user) {
            values.insert(path, Value::Bool(true));
        } else {
            values.remove(&path);
        }
    }
}

/// Tags as they are typed. What cannot be a tag stays a text at the field, for the rules to refuse.
fn write_tags(field: &str, text: &str, values: &mut Fields) {
    values.retain(|path, value| path.field() != field || path.entry().is_some() && value.as_bool() != Some(true));
    let mut odd = Vec::new();
    for key in schema::tag_keys(text) {
        match FieldPath::parse(&format!("{field}.{key}")) {
            Ok(path) => drop(values.insert(path, Value::Bool(true))),
            Err(_) => odd.push(key),
        }
    }
    if let (false, Ok(path)) = (odd.is_empty(), FieldPath::parse(field)) {
        values.insert(path, Value::String(odd.join(", ")));
    }
}

/// The value of what was typed.
fn read(shape: Shape, text: &str, here: Here) -> Value {
    match shape {
        Shape::Flag => Value::Bool(text == YES),
        Shape::Time => match read_moment(text, here) {
            _ if text.trim().is_empty() => Value::Null,
            Some(at) => at.milliseconds().into(),
            None => text.into(),
        },
        _ => schema::read(shape, text, here.today()),
    }
}

/// A day with a time of day. A day alone is now when it is today, else its noon.
fn read_moment(text: &str, here: Here) -> Option<Timestamp> {
    let (day, time) = text.trim().split_once(' ').unwrap_or((text.trim(), ""));
    let day = stored_day(day)?;
    if time.is_empty() && day == here.today() {
        return Some(here.now);
    }
    let time = if time.is_empty() {
        Time::constant(12, 0, 0, 0)
    } else {
        read_time(time)?
    };
    Some(Timestamp::of_civil(
        DateTime::from_parts(day, time),
        here.utc_offset_minutes,
    ))
}
