//! What one column holds of one record: its value, read once by the shape of the field, ready to be compared and chosen
//! by. Never shown as it is; words are the screen's.

use std::cmp::Ordering;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::Value;

use crate::ids::RecordId;
use crate::record::Record;
use crate::schema::{self, Shape, Shown};
use crate::time::Timestamp;

/// The names of people and customers, where they are known.
pub type Names<'a> = &'a dyn Fn(RecordId) -> Option<&'a str>;

/// The value of a column.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// No value.
    None,
    /// One of the names of a choice, and its place among them.
    Choice(&'static str, usize),
    /// Yes or no. What was never set is no.
    Flag(bool),
    /// A number, whole or not.
    Number(Decimal),
    /// A day.
    Day(Date),
    /// A point in time.
    Moment(Timestamp),
    /// A person or a customer, with the name.
    Named(RecordId, Box<str>),
    /// Several texts, such as tags.
    Several(Box<[Box<str>]>),
    /// A text; also a choice that this version does not know.
    Text(Box<str>),
}

impl Cell {
    /// What `record` has at a field whose values have this form.
    pub fn of_field(record: &Record, field: &str, shape: Option<Shape>, names: Names<'_>) -> Self {
        match shape {
            Some(Shape::Flag) => Self::Flag(record.flag(field)),
            Some(shape) if shape.is_map() => Self::of_map(record, field, shape, names),
            Some(shape) => record
                .get(field)
                .map_or(Self::None, |value| Self::of_value(shape, value, names)),
            None => Self::None,
        }
    }

    /// A person or a customer.
    pub fn named(id: RecordId, names: Names<'_>) -> Self {
        Self::Named(id, names(id).unwrap_or_default().into())
    }

    fn of_value(shape: Shape, value: &Value, names: Names<'_>) -> Self {
        match (schema::show(shape, value), shape) {
            (Shown::Nothing, _) => Self::None,
            (Shown::Word { name, .. }, Shape::Choice(choices)) => {
                let place = choices.names.iter().position(|known| *known == name);
                let known = place.and_then(|place| Some(Self::Choice(choices.names.get(place)?, place)));
                known.unwrap_or_else(|| Self::text_of(&name))
            }
            // A number that has words is a number.
            (Shown::Word { .. }, _) => value.as_i64().map_or(Self::None, |number| Self::Number(number.into())),
            (Shown::Flag(flag), _) => Self::Flag(flag),
            (Shown::Day(day), _) => Self::Day(day),
            (Shown::Moment(at), _) => Self::Moment(at),
            (Shown::Amount(number) | Shown::Number(number) | Shown::Percent(number), _) => Self::Number(number),
            (Shown::Person(id), _) => Self::named(id.into(), names),
            (Shown::Record(id), _) => Self::named(id, names),
            (Shown::Team(id), _) => Self::text_of(&id.to_string()),
            (Shown::Branch(id), _) => Self::text_of(&id.to_string()),
            (Shown::Text(text), _) => Self::text_of(&text),
        }
    }

    fn text_of(text: &str) -> Self {
        if text.is_empty() {
            Self::None
        } else {
            Self::Text(text.into())
        }
    }

    /// The keys of a map of flags that are set, the texts of any other; tags as people write them, people by name.
    fn of_map(record: &Record, field: &str, shape: Shape, names: Names<'_>) -> Self {
        let text = |(key, value): (&str, &Value)| -> Option<Box<str>> {
            match shape {
                Shape::Each(..) => value.as_str().map(Into::into),
                _ if value.as_bool() != Some(true) => None,
                Shape::People => Some(key.parse().ok().and_then(names).unwrap_or(key).into()),
                _ => Some(schema::tag_text(key).into()),
            }
        };
        let texts: Box<[Box<str>]> = record.entries(field).filter_map(text).collect();
        if texts.is_empty() {
            Self::None
        } else {
            Self::Several(texts)
        }
    }

    /// Whether there is no value.
    pub const fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }

    /// The text that is searched and that names are ordered by.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Named(_, text) | Self::Text(text) => Some(text),
            Self::Several(texts) => texts.first().map(|text| &**text),
            _ => None,
        }
    }

    /// Calls `take` with the name of each value that filters can choose, and its id where it is chosen by that.
    pub(super) fn each<'a>(&'a self, mut take: impl FnMut(&'a str, Option<RecordId>)) {
        match self {
            Self::Named(id, name) => take(name, Some(*id)),
            Self::Several(texts) => texts.iter().for_each(|text| take(text, None)),
            Self::Text(text) => take(text, None),
            _ => {}
        }
    }

    /// Which comes first; `None` for texts, which are ordered by their reading.
    pub(super) fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Choice(_, a), Self::Choice(_, b)) => Some(a.cmp(b)),
            (Self::Flag(a), Self::Flag(b)) => Some(a.cmp(b)),
            (Self::Number(a), Self::Number(b)) => Some(a.cmp(b)),
            (Self::Day(a), Self::Day(b)) => Some(a.cmp(b)),
            (Self::Moment(a), Self::Moment(b)) => Some(a.cmp(b)),
            (a, b) if a.rank() != b.rank() => Some(a.rank().cmp(&b.rank())),
            (Self::None, _) => Some(Ordering::Equal),
            _ => None,
        }
    }

    /// What is known comes before what a newer version wrote into the same field.
    const fn rank(&self) -> u8 {
        match self {
            Self::Text(_) => 1,
            Self::None => 2,
            _ => 0,
        }
    }
}
