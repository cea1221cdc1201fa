//! Visit notes (R8): fields, choices, a typed view, and what a note needs before it is submitted. A submitted note stays:
//! another one corrects it. Never makes a note: the form does.

use jiff::civil::Date;
use serde_json::Value;

use crate::descriptor::{Descriptor, Happened, Keeps, Place, Problem, Writers, never_due};
use crate::ids::RecordId;
use crate::record::{Fields, Kind, Record};
use crate::shape::{LONG_LINE, Shape, choices, fields, view};
use crate::text;
use crate::time::{Here, Timestamp, stored_day};

fields! {
    /// The visit the note belongs to, when it was planned as one.
    VISIT = "visit": Shape::Id,
    /// What was said.
    TEXT = "text": Shape::Text => required(),
    /// When the customer was visited.
    VISITED_AT = "visited_at": Shape::Time,
    /// Map by signal of an intention to buy: `true` for each one that was seen.
    SIGNALS = "signals": Shape::Set(BuyingSignal::CHOICES),
    /// Map by need: `true` for each one that was heard.
    NEEDS = "needs": Shape::Set(Need::CHOICES),
    /// The day of the next contact.
    NEXT_CONTACT = "next_contact": Shape::Date,
    /// Why there shall be none.
    NO_NEXT_CONTACT_REASON = "no_next_contact_reason": Shape::Line(LONG_LINE),
    /// The note this one corrects; both are kept.
    REVISES = "revises": Shape::Id,
}

choices!(
    /// What a customer did that tells of an intention to buy (R6).
    BuyingSignal in "signal" {
        /// Asked for a brochure.
        Brochure = "brochure",
        /// Compared with another bank.
        Compared = "compared",
        /// Bargained.
        Bargained = "bargained",
        /// Had it explained at length.
        Explained = "explained",
        /// Looked and left.
        Left = "left",
    }
);
choices!(
    /// What a customer needs (R8).
    Need in "need" {
        /// Deposits.
        Deposit = "deposit",
        /// Financing.
        Loan = "loan",
        /// Wealth management.
        Wealth = "wealth",
        /// Payments.
        Settlement = "settlement",
        /// Foreign exchange.
        ForeignExchange = "fx",
        /// Paying wages.
        Payroll = "payroll",
    }
);

/// What the house must know of notes.
pub static KIND: Descriptor = Descriptor {
    fields: FIELDS,
    places: &[Place::Under(Kind::Customer), Place::Under(Kind::Circle)],
    writers: Writers::InSight,
    keeps: Keeps::Revisions,
    named_by: &[],
    in_hand: None,
    problems: &[
        Problem {
            name: "future",
            field: field::VISITED_AT,
            is_there: is_still_to_come,
        },
        Problem {
            name: "next_missing",
            field: field::NEXT_CONTACT,
            is_there: says_nothing_of_the_next,
        },
        Problem {
            name: "past",
            field: field::NEXT_CONTACT,
            is_there: is_over_already,
        },
    ],
    // The next contact a customer's last note names is due only while nobody was in touch since: see `today`.
    due: never_due,
    happened,
};

/// The visit was today or before.
fn is_still_to_come(values: &Fields, here: Here) -> bool {
    let at = values.get(field::VISITED_AT).and_then(Value::as_i64);
    let day = at.map(|at| Timestamp::from_milliseconds(at).civil_date(here.utc_offset_minutes));
    day.is_some_and(|day| day > here.today())
}

/// The next contact has a day, or a reason for none (R8).
fn says_nothing_of_the_next(values: &Fields, _: Here) -> bool {
    let has = |field| {
        values
            .get(field)
            .and_then(Value::as_str)
            .is_some_and(|text| !text::is_blank(text))
    };
    !has(field::NEXT_CONTACT) && !has(field::NO_NEXT_CONTACT_REASON)
}

fn is_over_already(values: &Fields, here: Here) -> bool {
    let day = values.get(field::NEXT_CONTACT).and_then(Value::as_str);
    day.and_then(stored_day).is_some_and(|day| day < here.today())
}

fn happened(record: &Record) -> Option<Happened<'_>> {
    let note = NoteView(record);
    Some(Happened {
        at: note.at(),
        said: note.text(),
        is_contact: true,
    })
}

view!(
    /// A visit note, read by its fields' meaning.
    NoteView of Note
);

impl<'a> NoteView<'a> {
    /// What was said.
    pub fn text(self) -> &'a str {
        self.0.text(field::TEXT).unwrap_or_default()
    }

    /// When the customer was visited, or else when the note was written.
    pub fn at(self) -> Timestamp {
        self.0.timestamp(field::VISITED_AT).unwrap_or(self.0.created.at)
    }

    /// The day of the next contact.
    pub fn next_contact(self) -> Option<Date> {
        self.0.date(field::NEXT_CONTACT)
    }

    /// The note this one corrects.
    pub fn revises(self) -> Option<RecordId> {
        self.0.id_at(field::REVISES)
    }
}
