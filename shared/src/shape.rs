//! The forms a value may have, and the macros with which a kind names its fields and its fixed choices. One list a kind
//! gives both the constants and the rules, so they cannot drift apart. Never reads a record.

mod read;
mod show;

use rust_decimal::Decimal;
use serde_json::Value;
use uuid::Uuid;

pub use self::read::{read, tag_keys};
pub use self::show::{Shown, show, tag_text};
use crate::time::stored_day;
use crate::{identity, text};

/// Longest name or other short line, in characters.
pub const LINE: usize = 200;
/// Longest address, list of products or reason, in characters.
pub const LONG_LINE: usize = 2_000;
/// Longest free text, in characters.
pub const TEXT: usize = 100_000;
/// The last point in time accepted: the end of the year 9999 UTC.
const LATEST_MILLISECONDS: i64 = 253_402_300_799_999;

/// Names of which a field holds one or several, and the group under which each has its words.
#[derive(Debug, PartialEq, Eq)]
pub struct Choices {
    /// The words of a name are those of `choice.<group>.<name>`.
    pub group: &'static str,
    /// The names as stored, in their natural order.
    pub names: &'static [&'static str],
    /// What each of them means, for those who read the description of the interface.
    #[cfg(feature = "openapi")]
    pub about: &'static [&'static str],
}

impl Choices {
    /// These names. What is said about them travels in the description of the interface only.
    pub(crate) const fn new(
        group: &'static str,
        names: &'static [&'static str],
        about: &'static [&'static str],
    ) -> Self {
        #[cfg(not(feature = "openapi"))]
        let _ = about;
        Self {
            group,
            names,
            #[cfg(feature = "openapi")]
            about,
        }
    }
}

/// Whole numbers from one to another, each of which has words.
#[derive(Debug, PartialEq, Eq)]
pub struct Grades {
    /// The words of a number are those of `choice.<group>.<number>`.
    pub group: &'static str,
    /// The lowest.
    pub from: i64,
    /// The highest.
    pub to: i64,
}

/// What a value must look like, and so how it is entered, read, shown, compared and imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Text on one line, without control characters, of at most so many characters.
    Line(usize),
    /// The name of a person, a company, a place: a line of at most [`LINE`] characters, kept as it is written.
    Name,
    /// A number or code that some system gave, of at most so many characters; in half width.
    Code(usize),
    /// A telephone number as people write it, with an extension perhaps.
    Phone,
    /// An e-mail address.
    Email,
    /// An address in the web.
    Web,
    /// Text of many lines, at most [`TEXT`] characters; merges by paragraph.
    Text,
    /// One of these names.
    Choice(&'static Choices),
    /// A whole number that has words.
    Grade(&'static Grades),
    /// A whole number from the first to the second, both included.
    Integer(i64, i64),
    /// Yes or no.
    Flag,
    /// A civil date `YYYY-MM-DD`.
    Date,
    /// Milliseconds since the epoch.
    Time,
    /// A decimal number as text: a quantity.
    Decimal,
    /// Money, as a decimal number; in yuan unless another field of the record names the currency.
    Amount,
    /// Percent, as a decimal number.
    Rate,
    /// The id of a record.
    Id,
    /// The id of a user.
    Person,
    /// The id of a team.
    Team,
    /// The id of a branch.
    Branch,
    /// Six digits: an administrative division (GB/T 2260).
    Region,
    /// A unified social credit code.
    CreditCode,
    /// A resident identity number.
    ResidentId,
    /// A map of flags, one for each of these names that applies.
    Set(&'static Choices),
    /// A map of flags whose names people make up; see [`tag_keys`].
    Tags,
    /// A map of flags by user id.
    People,
    /// A map with a value of the one form for each of these names. Others may be there, from an import.
    Each(&'static Choices, &'static Self),
    /// Anything: a copy of a value of another field.
    Any,
}

impl Shape {
    /// Whether `value` has this form. `null` ("no value") is judged by the caller.
    pub fn accepts(self, value: &Value) -> bool {
        let is_number = |from: i64, to: i64| value.as_i64().is_some_and(|number| (from..=to).contains(&number));
        match self {
            Self::Grade(grades) => is_number(grades.from, grades.to),
            Self::Integer(from, to) => is_number(from, to),
            Self::Time => is_number(-LATEST_MILLISECONDS, LATEST_MILLISECONDS),
            Self::Flag => value.is_boolean(),
            Self::Any => true,
            _ => value.as_str().is_some_and(|text| self.accepts_text(text)),
        }
    }

    fn accepts_text(self, text: &str) -> bool {
        match self {
            Self::Line(_) | Self::Name | Self::Code(_) | Self::Phone | Self::Email | Self::Web => {
                is_line(text, self.limit().unwrap_or(LINE))
            }
            Self::Text => is_long_text(text),
            Self::Choice(choices) => choices.names.contains(&text),
            Self::Date => is_date(text),
            Self::Decimal | Self::Amount | Self::Rate => is_decimal(text),
            Self::Id | Self::Person | Self::Team | Self::Branch => is_id(text),
            Self::Region => identity::is_region(text),
            Self::CreditCode => identity::is_credit_code(text),
            Self::ResidentId => identity::is_resident_id(text),
            Self::Any => true,
            Self::Grade(_) | Self::Integer(..) | Self::Flag | Self::Time => false,
            // A map is written entry by entry, never as one value.
            Self::Set(_) | Self::Tags | Self::People | Self::Each(..) => false,
        }
    }

    /// The shape of the value at an entry (or, with `None`, at the field itself); `None` when this field has no
    /// such place.
    pub fn at(self, entry: Option<&str>) -> Option<Self> {
        match (self, entry) {
            (Self::Set(choices), Some(name)) => choices.names.contains(&name).then_some(Self::Flag),
            (Self::Tags, Some(_)) => Some(Self::Flag),
            (Self::People, Some(key)) => is_id(key).then_some(Self::Flag),
            (Self::Each(_, inner), Some(_)) => Some(*inner),
            (shape, None) => (!shape.is_map()).then_some(shape),
            (Self::Any, Some(_)) => Some(Self::Any),
            (_, Some(_)) => None,
        }
    }

    /// Whether the field is written entry by entry, and has no value itself.
    pub const fn is_map(self) -> bool {
        matches!(self, Self::Set(_) | Self::Tags | Self::People | Self::Each(..))
    }

    /// Whether it is words on one line, free to read and to compare letter by letter.
    pub const fn is_line(self) -> bool {
        matches!(
            self,
            Self::Line(_) | Self::Name | Self::Code(_) | Self::Phone | Self::Email | Self::Web
        )
    }

    /// The longest text, in characters; `None` where something else bounds it.
    pub const fn limit(self) -> Option<usize> {
        match self {
            Self::Line(limit) | Self::Code(limit) => Some(limit),
            Self::Name | Self::Phone | Self::Email => Some(LINE),
            Self::Web => Some(LONG_LINE),
            Self::Text => Some(TEXT),
            _ => None,
        }
    }

    /// The names that have words: of the value, or of the entries of a map.
    pub const fn choices(self) -> Option<&'static Choices> {
        match self {
            Self::Choice(choices) | Self::Set(choices) | Self::Each(choices, _) => Some(choices),
            _ => None,
        }
    }
}

/// What a text is to its customer, and so how it is searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextRole {
    /// The legal or short name: characters, pinyin, initials.
    Name,
    /// The name of a person there: the same, ranked lower.
    Person,
    /// A customer number, credit code or identity number: characters.
    Code,
    /// A telephone number: digits, its end first.
    Phone,
    /// Anything else: characters.
    Other,
}

/// One field of a kind.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// The name, as it is in paths.
    pub name: &'static str,
    /// The form of its values.
    pub shape: Shape,
    /// Whether a record cannot be without it.
    pub is_required: bool,
    /// Whether it is for those to set who read wider than what is their own (see `Writers::Managed`).
    pub is_managed: bool,
    /// Whether it is a day that has come, so that a form doubts one that has not.
    pub is_past: bool,
    /// As what the customer is found by it.
    pub found_as: Option<TextRole>,
    /// What it is, for those who read the description of the interface.
    #[cfg(feature = "openapi")]
    pub about: &'static str,
}

impl Field {
    /// A field that nothing more is said of. What it is travels in the description of the interface only.
    pub(crate) const fn new(name: &'static str, shape: Shape, about: &'static str) -> Self {
        #[cfg(not(feature = "openapi"))]
        let _ = about;
        Self {
            name,
            shape,
            is_required: false,
            is_managed: false,
            is_past: false,
            found_as: None,
            #[cfg(feature = "openapi")]
            about,
        }
    }

    /// A record cannot be without it.
    pub(crate) const fn required(mut self) -> Self {
        self.is_required = true;
        self
    }

    /// For those to set who read wider than what is their own.
    pub(crate) const fn managed(mut self) -> Self {
        self.is_managed = true;
        self
    }

    /// A day that has come.
    pub(crate) const fn past(mut self) -> Self {
        self.is_past = true;
        self
    }

    /// The customer is found by it.
    pub(crate) const fn found_as(mut self, role: TextRole) -> Self {
        self.found_as = Some(role);
        self
    }
}

fn within(text: &str, limit: usize) -> bool {
    text.len() <= limit || text.chars().count() <= limit
}

fn is_line(text: &str, limit: usize) -> bool {
    within(text, limit) && !text.chars().any(text::breaks_line)
}

/// Control characters have no business in a note (and PostgreSQL cannot store NUL): only line ends and tabs.
fn is_long_text(text: &str) -> bool {
    within(text, TEXT) && !text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
}

fn is_date(text: &str) -> bool {
    stored_day(text).is_some()
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

/// Names the fields of one kind: a constant each, and the table `FIELDS` of their shapes. What is said of a field stands
/// in the description of the interface as well, so it speaks of fields, never of types.
macro_rules! fields {
    ($(
        $(#[doc = $doc:literal])* $constant:ident = $name:literal: $shape:expr
        $(=> $($said:ident($($as:expr)?)).+)?,
    )*) => {
        /// Names of the fields, as they are in paths.
        pub mod field {
            $($(#[doc = $doc])* pub const $constant: &str = $name;)*
        }

        /// Every known field, the form of its values, and what else is said of it.
        const FIELDS: &[$crate::shape::Field] = &[$(
            $crate::shape::Field::new($name, $shape, concat!($($doc),*))$($(.$said($($as)?))+)?,
        )*];
    };
}
pub(crate) use fields;

/// An enum whose variants are stored as names, and have their words in a group. What is said of a variant stands in the
/// description of the interface as well.
macro_rules! choices {
    ($(#[$doc:meta])* $name:ident in $group:literal {
        $($(#[doc = $variant_doc:literal])* $variant:ident = $text:literal,)*
    }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[doc = $variant_doc])* $variant,)*
        }

        impl $name {
            /// All of them, in their natural order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];
            /// Their names as stored, in the same order.
            pub const NAMES: &'static [&'static str] = &[$($text,)*];
            /// Their names with the group of their words.
            pub const CHOICES: &'static $crate::shape::Choices =
                &$crate::shape::Choices::new($group, Self::NAMES, &[$(concat!($($variant_doc),*),)*]);

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
