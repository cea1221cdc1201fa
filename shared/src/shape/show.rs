//! From the value of a field to what it is: a word, a day, an amount, somebody. The reader's language and the names of
//! people are the screen's; no words are made here.

use std::borrow::Cow;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::Value;

use super::Shape;
use crate::ids::{BranchId, RecordId, TeamId, UserId};
use crate::time::{Timestamp, stored_day};

/// A value by its meaning.
#[derive(Clone, Debug, PartialEq)]
pub enum Shown<'a> {
    /// No value.
    Nothing,
    /// One of a group's names: its words are those of `choice.<group>.<name>`. The name may be a newer version's.
    Word {
        /// The group.
        group: &'static str,
        /// The name as stored.
        name: Cow<'a, str>,
    },
    /// Yes or no.
    Flag(bool),
    /// A civil day.
    Day(Date),
    /// A point in time.
    Moment(Timestamp),
    /// Money.
    Amount(Decimal),
    /// A count or quantity.
    Number(Decimal),
    /// Percent.
    Percent(Decimal),
    /// A colleague.
    Person(UserId),
    /// A team.
    Team(TeamId),
    /// A branch.
    Branch(BranchId),
    /// Another record.
    Record(RecordId),
    /// Text, as it is; also whatever does not look as the shape says.
    Text(Cow<'a, str>),
}

/// What `value` is in a field of this shape.
pub fn show(shape: Shape, value: &Value) -> Shown<'_> {
    match value {
        Value::Null => Shown::Nothing,
        Value::Bool(flag) => Shown::Flag(*flag),
        Value::Number(number) => number.as_i64().map_or_else(
            || Shown::Text(Cow::Owned(number.to_string())),
            |number| show_number(shape, number),
        ),
        Value::String(text) => show_text(shape, text).unwrap_or(Shown::Text(Cow::Borrowed(text))),
        Value::Array(_) | Value::Object(_) => Shown::Text(Cow::Owned(value.to_string())),
    }
}

fn show_number<'a>(shape: Shape, number: i64) -> Shown<'a> {
    match shape {
        Shape::Time => Shown::Moment(Timestamp::from_milliseconds(number)),
        Shape::Grade(grades) => Shown::Word {
            group: grades.group,
            name: Cow::Owned(number.to_string()),
        },
        _ => Shown::Number(number.into()),
    }
}

fn show_text(shape: Shape, text: &str) -> Option<Shown<'_>> {
    // A name may be of a newer version; everything else has to look as its shape says.
    if !matches!(shape, Shape::Choice(_)) && !shape.accepts_text(text) {
        return None;
    }
    let decimal = || Decimal::from_str_exact(text).ok();
    match shape {
        Shape::Choice(choices) => Some(Shown::Word {
            group: choices.group,
            name: Cow::Borrowed(text),
        }),
        Shape::Date => stored_day(text).map(Shown::Day),
        Shape::Amount => decimal().map(Shown::Amount),
        Shape::Decimal => decimal().map(Shown::Number),
        Shape::Rate => decimal().map(Shown::Percent),
        Shape::Person => text.parse().ok().map(Shown::Person),
        Shape::Team => text.parse().ok().map(Shown::Team),
        Shape::Branch => text.parse().ok().map(Shown::Branch),
        Shape::Id => text.parse().ok().map(Shown::Record),
        _ => None,
    }
}

impl Shown<'_> {
    /// As an input shows it, so that [`super::read`] gives the value again.
    pub fn written(&self) -> String {
        match self {
            Self::Nothing => String::new(),
            Self::Word { name, .. } => name.clone().into_owned(),
            Self::Flag(flag) => flag.to_string(),
            Self::Day(day) => day.to_string(),
            Self::Moment(at) => at.milliseconds().to_string(),
            Self::Amount(number) | Self::Number(number) | Self::Percent(number) => number.to_string(),
            Self::Person(id) => id.to_string(),
            Self::Team(id) => id.to_string(),
            Self::Branch(id) => id.to_string(),
            Self::Record(id) => id.to_string(),
            Self::Text(text) => text.clone().into_owned(),
        }
    }
}

/// The tag as people write it, of its key in the map; see [`super::tag_keys`].
pub fn tag_text(key: &str) -> Cow<'_, str> {
    if key.contains('．') {
        Cow::Owned(key.replace('．', "."))
    } else {
        Cow::Borrowed(key)
    }
}
