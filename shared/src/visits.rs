//! Visits, their notes, and touches (R7, R8): fields, choices and typed views. Never changes a record.

mod note;

use jiff::civil::Date;

use crate::ids::RecordId;
use crate::record::{Kind, Record};
use crate::shape::{Field, LINE, LONG_LINE, Shape, choices, fields, view};
use crate::time::Timestamp;

pub use note::{NoteProblem, note_problems};

fields! {
    /// The goal of the visit.
    PURPOSE = "purpose": Shape::Line(LONG_LINE),
    /// Where.
    PLACE = "place": Shape::Line(LONG_LINE),
    /// When it shall be.
    PLANNED_AT = "planned_at": Shape::Time,
    /// When it was.
    HELD_AT = "held_at": Shape::Time,
    /// A [`super::VisitStatus`].
    STATUS = "status": Shape::Choice(VisitStatus::CHOICES),
    /// The type of visit (first visit, maintenance …) as the bank names it.
    TYPE = "type": Shape::Line(LINE),
    /// An [`super::Outcome`].
    OUTCOME = "outcome": Shape::Choice(Outcome::CHOICES),
}

/// Names of the fields of a visit note, as they are in paths.
pub mod note_field {
    /// The visit the note belongs to, when it was planned as one.
    pub const VISIT: &str = "visit";
    /// What was said.
    pub const TEXT: &str = "text";
    /// When the customer was visited.
    pub const VISITED_AT: &str = "visited_at";
    /// The day of the next contact.
    pub const NEXT_CONTACT: &str = "next_contact";
    /// Map by [`super::BuyingSignal`]: `true` for each one that was seen.
    pub const SIGNALS: &str = "signals";
    /// Map by [`super::Need`]: `true` for each one that was heard.
    pub const NEEDS: &str = "needs";
    /// Why there shall be none.
    pub const NO_NEXT_CONTACT_REASON: &str = "no_next_contact_reason";
    /// The note this one corrects; both are kept.
    pub const REVISES: &str = "revises";
}

/// Every known field of a note and the form of its values.
pub(crate) const NOTE_FIELDS: &[Field] = &[
    Field::new(note_field::VISIT, Shape::Id),
    Field::new(note_field::TEXT, Shape::Text),
    Field::new(note_field::VISITED_AT, Shape::Time),
    Field::new(note_field::NEXT_CONTACT, Shape::Date),
    Field::new(note_field::SIGNALS, Shape::Set(BuyingSignal::CHOICES)),
    Field::new(note_field::NEEDS, Shape::Set(Need::CHOICES)),
    Field::new(note_field::NO_NEXT_CONTACT_REASON, Shape::Line(LONG_LINE)),
    Field::new(note_field::REVISES, Shape::Id),
];

/// Names of the fields of a touch, as they are in paths.
pub mod touch_field {
    /// A [`super::TouchChannel`].
    pub const CHANNEL: &str = "channel";
    /// What was said.
    pub const TEXT: &str = "text";
    /// When it was.
    pub const AT: &str = "at";
    /// Whether the customer answered: an attempt is not a contact (R6).
    pub const ANSWERED: &str = "answered";
}

/// Every known field of a touch and the form of its values.
pub(crate) const TOUCH_FIELDS: &[Field] = &[
    Field::new(touch_field::CHANNEL, Shape::Choice(TouchChannel::CHOICES)),
    Field::new(touch_field::TEXT, Shape::Text),
    Field::new(touch_field::AT, Shape::Time),
    Field::new(touch_field::ANSWERED, Shape::Flag),
];

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
choices!(
    /// What became of a visit.
    VisitStatus in "visit_status" {
        /// Still to come.
        Planned = "planned",
        /// It took place.
        Held = "held",
        /// It will not take place.
        Cancelled = "cancelled",
    }
);
choices!(
    /// Result against the goal (R8).
    Outcome in "outcome" {
        /// The goal was met.
        GoalMet = "goal_met",
        /// In part.
        Partly = "partly",
        /// Not.
        NotMet = "not_met",
        /// The talk was cut short; it does not count as met.
        CutShort = "cut_short",
    }
);
choices!(
    /// How a customer was reached without a visit (R8).
    TouchChannel in "channel" {
        /// Telephone.
        Call = "call",
        /// Text message or WeChat.
        Message = "message",
        /// Post.
        Letter = "letter",
        /// The customer came to the branch.
        BranchMeeting = "branch_meeting",
    }
);

view!(
    /// A visit record, read by its fields' meaning.
    VisitView of Visit
);

impl VisitView<'_> {
    /// What became of it; without a word it counts as planned.
    pub fn status(self) -> VisitStatus {
        let status = self.0.text(field::STATUS).and_then(VisitStatus::parse);
        status.unwrap_or(VisitStatus::Planned)
    }

    /// When it was or shall be.
    pub fn at(self) -> Option<Timestamp> {
        self.0
            .timestamp(field::HELD_AT)
            .or_else(|| self.0.timestamp(field::PLANNED_AT))
    }

    /// The result against the goal.
    pub fn outcome(self) -> Option<Outcome> {
        self.0.text(field::OUTCOME).and_then(Outcome::parse)
    }
}

view!(
    /// A visit note, read by its fields' meaning.
    NoteView of Note
);

impl<'a> NoteView<'a> {
    /// What was said.
    pub fn text(self) -> &'a str {
        self.0.text(note_field::TEXT).unwrap_or_default()
    }

    /// When the customer was visited, or else when the note was written.
    pub fn at(self) -> Timestamp {
        self.0.timestamp(note_field::VISITED_AT).unwrap_or(self.0.created.at)
    }

    /// The day of the next contact.
    pub fn next_contact(self) -> Option<Date> {
        self.0.date(note_field::NEXT_CONTACT)
    }

    /// The note this one corrects.
    pub fn revises(self) -> Option<RecordId> {
        self.0.id_at(note_field::REVISES)
    }
}

view!(
    /// A touch, read by its fields' meaning.
    TouchView of Touch
);

impl<'a> TouchView<'a> {
    /// How.
    pub fn channel(self) -> Option<TouchChannel> {
        self.0.text(touch_field::CHANNEL).and_then(TouchChannel::parse)
    }

    /// What was said.
    pub fn text(self) -> &'a str {
        self.0.text(touch_field::TEXT).unwrap_or_default()
    }

    /// When it was, or else when it was written down.
    pub fn at(self) -> Timestamp {
        self.0.timestamp(touch_field::AT).unwrap_or(self.0.created.at)
    }

    /// Whether the customer was reached. Letters and messages count only once marked as answered.
    pub fn was_answered(self) -> bool {
        self.0.flag(touch_field::ANSWERED)
    }
}

/// When a record of a customer belongs in the order of things: the stated time, or else the time of writing.
pub fn when(record: &Record) -> Timestamp {
    let stated = match record.kind {
        Kind::Visit => VisitView(record).at(),
        Kind::Note => Some(NoteView(record).at()),
        Kind::Touch => Some(TouchView(record).at()),
        _ => None,
    };
    stated.unwrap_or(record.created.at)
}
