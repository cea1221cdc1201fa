//! What keeps a form from being saved: at which field, and why, in the reader's language. It judges nothing.

use jiff::civil::Date;
use rapport_shared::descriptor;
use rapport_shared::plausible::Doubt;
use rapport_shared::record::refusal::{Refusal, RefusalCode};
use rapport_shared::record::{FieldPath, Kind};
use rapport_shared::schema::{self, Shape};

use super::Wrong;
use crate::book::SaveError;
use crate::i18n::texts::{form as words, moment};
use crate::i18n::{problem, read_date, read_time, refusal, save_error};

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// The field; `None` when no field is at fault.
    pub path: Option<FieldPath>,
    why: Why,
}

#[derive(Clone, Debug, PartialEq)]
enum Why {
    Refused(Refusal),
    /// The doubt, and the text that is doubted.
    Doubted(Doubt, String),
    Failed(SaveError),
    Together(&'static str),
    Said(String),
}

impl Problem {
    /// A rule forbids it.
    pub fn refused(refusal: Refusal) -> Self {
        Self {
            path: refusal.field.clone(),
            why: Why::Refused(refusal),
        }
    }

    /// It is almost certainly a slip.
    pub fn doubted(path: FieldPath, doubt: Doubt, text: &str) -> Self {
        Self {
            path: Some(path),
            why: Why::Doubted(doubt, text.to_owned()),
        }
    }

    /// Several fields do not go together.
    pub fn together(problem: &descriptor::Problem) -> Self {
        Self {
            path: Some(FieldPath::known(problem.field)),
            why: Why::Together(problem.name),
        }
    }

    /// The form itself says so.
    pub fn said((field, text): Wrong) -> Self {
        Self {
            path: Some(FieldPath::known(field)),
            why: Why::Said(text),
        }
    }

    /// Whether it is no more than a doubt: whoever has seen it may save all the same. What is too long would be refused.
    pub const fn is_doubt(&self) -> bool {
        matches!(&self.why, Why::Doubted(doubt, _) if !matches!(doubt, Doubt::TooLong(_)))
    }

    /// It could not be saved.
    pub fn failed(error: SaveError) -> Self {
        match error {
            SaveError::Refused(refusal) => Self::refused(refusal),
            other => Self {
                path: None,
                why: Why::Failed(other),
            },
        }
    }

    /// Why, in words.
    pub fn text(&self, kind: &Kind) -> String {
        match &self.why {
            Why::Refused(reason) => refusal(kind, reason),
            Why::Doubted(doubt, _) => doubt_text(*doubt),
            Why::Failed(error) => save_error(kind, error),
            Why::Together(name) => problem(kind, name),
            Why::Said(text) => text.clone(),
        }
    }

    /// Why, in words, with what is `typed` at its field: of a day or a time that cannot be read, what its field says.
    pub fn text_of(&self, kind: &Kind, typed: &str, today: Date) -> String {
        let shape = match &self.why {
            Why::Refused(refusal) if refusal.code == RefusalCode::InvalidValue => {
                self.path.as_ref().and_then(|path| schema::shape(kind, path))
            }
            _ => None,
        };
        let unreadable = shape.and_then(|shape| unreadable(shape, typed, today));
        unreadable.map_or_else(|| self.text(kind), str::to_owned)
    }

    /// Whether it is at the field of that path. An entry of a map is entered in the field of the map, unless it has a
    /// field of its own; what is wrong with a map is told at its entries.
    pub(super) fn is_at(&self, field: &str) -> bool {
        let Some(path) = &self.path else { return false };
        let is_map = path.entry().is_none() && field.split('.').next() == Some(path.as_str());
        path.as_str() == field || path.field() == field || is_map
    }
}

/// What cannot be read of a day, or of a day and a time.
fn unreadable(shape: Shape, typed: &str, today: Date) -> Option<&'static str> {
    let (day, time) = match shape {
        Shape::Date => (typed, ""),
        Shape::Time => typed.split_once(' ').unwrap_or((typed, "")),
        _ => return None,
    };
    if read_date(day, today).is_none() {
        return Some(moment::day_unreadable());
    }
    (!time.is_empty() && read_time(time).is_none()).then(moment::time_unreadable)
}

fn doubt_text(doubt: Doubt) -> String {
    match doubt {
        Doubt::TooLong(limit) => words::too_long(limit),
        Doubt::Email => words::no_email().to_owned(),
        Doubt::Phone => words::no_phone().to_owned(),
        Doubt::Future => words::future().to_owned(),
        Doubt::TooEarly => words::too_early().to_owned(),
    }
}
