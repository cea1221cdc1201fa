//! Visit notes (R8): fields, choices, a typed view, and what a note needs before it is submitted. A submitted note stays:
//! another one corrects it. Never makes a note: the form does.

use jiff::civil::Date;

use crate::descriptor::{Descriptor, Happened, Keeps, Place, Writers, never_due};
use crate::ids::RecordId;
use crate::record::{Kind, Record};
use crate::shape::{LONG_LINE, Shape, choices, fields, view};
use crate::time::Timestamp;

fields! {
    /// The visit the note belongs to, when it was planned as one.
    VISIT = "visit": Shape::Id,
    /// What was said.
    TEXT = "text": Shape::Text => required(),
    /// When the customer was visited.
    VISITED_AT = "visited_at": Shape::Time,
    /// Map by [`super::BuyingSignal`]: `true` for each one that was seen.
    SIGNALS = "signals": Shape::Set(BuyingSignal::CHOICES),
    /// Map by [`super::Need`]: `true` for each one that was heard.
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
    // The next contact a customer's last note names is due only while nobody was in touch since: see `today`.
    due: never_due,
    happened,
};

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

/// What is still wrong with a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoteProblem {
    /// Nothing was written.
    TextMissing,
    /// The visit would lie in the future.
    VisitInFuture,
    /// Neither a day for the next contact nor a reason for none.
    NextContactMissing,
    /// The next contact would lie in the past.
    NextContactInPast,
}

/// Everything that keeps a note from being submitted: it says something, the visit was today or before, and the next
/// contact has a day or a reason for none (R8).
pub fn note_problems(
    text: &str,
    visited: Date,
    next_contact: Option<Date>,
    no_next_contact_reason: &str,
    today: Date,
) -> Vec<NoteProblem> {
    let checks = [
        (text.trim().is_empty(), NoteProblem::TextMissing),
        (visited > today, NoteProblem::VisitInFuture),
        (
            next_contact.is_none() && no_next_contact_reason.trim().is_empty(),
            NoteProblem::NextContactMissing,
        ),
        (
            next_contact.is_some_and(|day| day < today),
            NoteProblem::NextContactInPast,
        ),
    ];
    checks
        .into_iter()
        .filter_map(|(wrong, problem)| wrong.then_some(problem))
        .collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Date, date};

    use super::NoteProblem::{NextContactInPast, NextContactMissing, TextMissing, VisitInFuture};
    use super::{NoteProblem, note_problems};

    #[test]
    fn asks_for_what_is_missing() {
        let today = date(2026, 11, 21);
        let check = |text: &str, visited: Date, next: Option<Date>, reason: &str, expected: &[NoteProblem]| {
            assert_eq!(note_problems(text, visited, next, reason, today), expected);
        };
        check("谈了贷款", today, Some(date(2026, 12, 1)), "", &[]);
        check("谈了贷款", today, Some(today), "", &[]);
        check("谈了贷款", today, None, "客户出国", &[]);
        check("  \n", today, None, " ", &[TextMissing, NextContactMissing]);
        check(
            "谈了贷款",
            date(2026, 11, 22),
            Some(date(2026, 11, 20)),
            "",
            &[VisitInFuture, NextContactInPast],
        );
    }
}
