//! Touches: calls, messages, letters and meetings at the branch (R8): fields, choices and a typed view. Never changes a
//! record.

use crate::descriptor::{Descriptor, Happened, Keeps, Place, Writers, never_due};
use crate::record::{Kind, Record};
use crate::shape::{Shape, choices, fields, view};
use crate::time::Timestamp;

fields! {
    /// How the customer was reached.
    CHANNEL = "channel": Shape::Choice(TouchChannel::CHOICES) => required(),
    /// What was said.
    TEXT = "text": Shape::Text,
    /// When it was.
    AT = "at": Shape::Time,
    /// Whether the customer answered: an attempt is not a contact (R6).
    ANSWERED = "answered": Shape::Flag,
}

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

/// What the house must know of touches.
pub static KIND: Descriptor = Descriptor {
    fields: FIELDS,
    places: &[Place::Under(Kind::Customer)],
    writers: Writers::InSight,
    keeps: Keeps::Changes,
    named_by: &[],
    in_hand: None,
    problems: &[],
    due: never_due,
    happened,
};

fn happened(record: &Record) -> Option<Happened<'_>> {
    let touch = TouchView(record);
    Some(Happened {
        at: touch.at(),
        said: touch.text(),
        is_contact: touch.was_answered(),
    })
}

view!(
    /// A touch, read by its fields' meaning.
    TouchView of Touch
);

impl<'a> TouchView<'a> {
    /// How.
    pub fn channel(self) -> Option<TouchChannel> {
        self.0.text(field::CHANNEL).and_then(TouchChannel::parse)
    }

    /// What was said.
    pub fn text(self) -> &'a str {
        self.0.text(field::TEXT).unwrap_or_default()
    }

    /// When it was, or else when it was written down.
    pub fn at(self) -> Timestamp {
        self.0.timestamp(field::AT).unwrap_or(self.0.created.at)
    }

    /// Whether the customer was reached. Letters and messages count only once marked as answered.
    pub fn was_answered(self) -> bool {
        self.0.flag(field::ANSWERED)
    }
}
