//! The forms a value may have, and the macros with which a domain module names its fields and its fixed choices.
//! One list per kind gives both the constants and the rules, so they can not drift apart. Never reads a record.

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::Value;
use uuid::Uuid;

use crate::identity;

/// Longest name or other short line, in characters.
pub const LINE: usize = 200;
/// Longest address, list of products or reason, in characters.
pub const LONG_LINE: usize = 2_000;
/// Longest free text, in characters.
pub const TEXT: usize = 100_000;
/// The last point in time accepted: the end of the year 9999 UTC.
const LATEST_MILLISECONDS: i64 = 253_402_300_799_999;

/// What a value must look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Text on one line, without control characters, of at most so many characters.
    Line(usize),
    /// Text of many lines, at most [`TEXT`] characters; merges by paragraph.
    Text,
    /// One of these names.
    Choice(&'static [&'static str]),
    /// A whole number from the first to the second, both included.
    Integer(i64, i64),
    /// Yes or no.
    Flag,
    /// A civil date `YYYY-MM-DD`.
    Date,
    /// Milliseconds since the epoch.
    Time,
    /// A decimal number as text: money, a rate, a quantity.
    Decimal,
    /// The id of a record, a user, a team or a branch.
    Id,
    /// Six digits: an administrative division (GB/T 2260).
    Region,
    /// A unified social credit code.
    CreditCode,
    /// A resident identity number.
    ResidentId,
    /// A map; every entry looks like this.
    Map(&'static Self),
    /// A map whose keys are ids and whose entries look like this.
    MapById(&'static Self),
    /// Anything: a copy of a value of another field.
    Any,
}

impl Shape {
    /// Whether `value` has this form. `null` ("no value") is judged by the caller.
    pub fn accepts(self, value: &Value) -> bool {
        match self {
            Self::Line(limit) => value.as_str().is_some_and(|text| is_line(text, limit)),
            Self::Text => value.as_str().is_some_and(is_text),
            Self::Choice(names) => value.as_str().is_some_and(|text| names.contains(&text)),
            Self::Integer(from, to) => value.as_i64().is_some_and(|number| (from..=to).contains(&number)),
            Self::Flag => value.is_boolean(),
            Self::Date => value.as_str().is_some_and(is_date),
            Self::Time => value
                .as_i64()
                .is_some_and(|time| (-LATEST_MILLISECONDS..=LATEST_MILLISECONDS).contains(&time)),
            Self::Decimal => value.as_str().is_some_and(is_decimal),
            Self::Id => value.as_str().is_some_and(is_id),
            Self::Region => value.as_str().is_some_and(identity::is_region),
            Self::CreditCode => value.as_str().is_some_and(identity::is_credit_code),
            Self::ResidentId => value.as_str().is_some_and(identity::is_resident_id),
            // A map is written entry by entry, never as one value.
            Self::Map(_) | Self::MapById(_) => false,
            Self::Any => true,
        }
    }

    /// The shape of the value at an entry (or, with `None`, at the field itself); `None` when this field has no
    /// such place.
    pub fn at(self, entry: Option<&str>) -> Option<Self> {
        match (self, entry) {
            (Self::Map(inner), Some(_)) => Some(*inner),
            (Self::MapById(inner), Some(key)) => is_id(key).then_some(*inner),
            (Self::Map(_) | Self::MapById(_), None) => None,
            (shape, None) => Some(shape),
            (Self::Any, Some(_)) => Some(Self::Any),
            (_, Some(_)) => None,
        }
    }
}

fn within(text: &str, limit: usize) -> bool {
    text.len() <= limit || text.chars().count() <= limit
}

fn is_line(text: &str, limit: usize) -> bool {
    within(text, limit) && !text.chars().any(breaks_line)
}

/// Control characters, and the line and paragraph separators that some systems paste.
fn breaks_line(character: char) -> bool {
    character.is_control() || matches!(character, '\u{2028}' | '\u{2029}')
}

/// Control characters have no business in a note (and PostgreSQL can not store NUL): only line ends and tabs.
fn is_text(text: &str) -> bool {
    within(text, TEXT) && !text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
}

fn is_date(text: &str) -> bool {
    text.len() == 10 && text.parse::<Date>().is_ok()
}

/// Plain digits with an optional sign and point: `12`, `-0.5`, `1000000.00`. No exponent, no grouping, no blanks,
/// so that equal amounts compare and export equally everywhere.
fn is_decimal(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    text.len() <= 40 && all_digits(whole) && all_digits(fraction) && Decimal::from_str_exact(text).is_ok()
}

/// Ids are compared as text in places, so only the hyphenated lower-case form counts.
fn is_id(text: &str) -> bool {
    text.len() == 36 && !text.bytes().any(|byte| byte.is_ascii_uppercase()) && Uuid::try_parse(text).is_ok()
}

/// The text as it may be stored on one line: control characters become spaces, the ends are trimmed.
pub fn clean_line(text: &str) -> String {
    let spaced: String = text.chars().map(|c| if breaks_line(c) { ' ' } else { c }).collect();
    spaced.trim().to_owned()
}

/// The text as it may be stored in a note: control characters but line ends and tabs are dropped, line ends are
/// `\n`, the end is trimmed.
pub fn clean_text(text: &str) -> String {
    let kept: String = text
        .replace("\r\n", "\n")
        .replace('\r', "\n")
        .chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .collect();
    kept.trim_end().to_owned()
}

/// Names the fields of one kind: a constant each, and the table `FIELDS` of their shapes.
macro_rules! fields {
    ($($(#[$doc:meta])* $constant:ident = $name:literal: $shape:expr,)*) => {
        /// Names of the fields, as they are in paths.
        pub mod field {
            $($(#[$doc])* pub const $constant: &str = $name;)*
        }

        /// Every known field and the form of its values.
        pub(crate) const FIELDS: &[(&str, $crate::schema::shape::Shape)] = &[$(($name, $shape),)*];
    };
}
pub(crate) use fields;

/// An enum whose variants are stored as names.
macro_rules! choices {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
        }

        impl $name {
            /// All of them, in their natural order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];
            /// Their names as stored, in the same order.
            pub const NAMES: &'static [&'static str] = &[$($text,)*];

            /// The name as stored.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)*
                }
            }

            /// The variant with this stored name; `None` for one this version does not know.
            pub fn parse(text: &str) -> Option<Self> {
                match text {
                    $($text => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }
    };
}
pub(crate) use choices;

/// A typed view of a record of one kind: borrows it, never changes it.
macro_rules! view {
    ($(#[$doc:meta])* $name:ident of $kind:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name<'a>(pub &'a $crate::record::Record);

        impl<'a> $name<'a> {
            /// The view of `record` when it is of the kind.
            pub fn of(record: &'a $crate::record::Record) -> Option<Self> {
                (record.kind == $crate::record::Kind::$kind).then_some(Self(record))
            }
        }
    };
}
pub(crate) use view;
