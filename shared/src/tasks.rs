//! Things to be done by a day (R10), promises included (R8): fields, choices and a typed view. Never changes a record.

use jiff::civil::Date;

use crate::ids::{RecordId, UserId};
use crate::shape::{LINE, LONG_LINE, Shape, choices, fields, view};

fields! {
    /// What is to be done.
    TITLE = "title": Shape::Line(LINE),
    /// By which day.
    DUE = "due": Shape::Date,
    /// Whether it is done.
    DONE = "done": Shape::Flag,
    /// When it was done.
    DONE_AT = "done_at": Shape::Time,
    /// The user id of who shall do it; whoever created it unless it says otherwise.
    ASSIGNEE = "assignee": Shape::Person,
    /// A [`super::Promise`], when one was given.
    PROMISE = "promise": Shape::Choice(Promise::CHOICES),
    /// The note it comes from.
    NOTE = "note": Shape::Id,
    /// Why it exists.
    REASON = "reason": Shape::Line(LONG_LINE),
}

choices!(
    /// Who promised (R8).
    Promise in "promise" {
        /// We promised the customer.
        Ours = "ours",
        /// The customer promised us.
        Theirs = "theirs",
    }
);

view!(
    /// A task record, read by its fields' meaning.
    TaskView of Task
);

impl<'a> TaskView<'a> {
    /// What is to be done.
    pub fn title(self) -> &'a str {
        self.0.text(field::TITLE).unwrap_or_default()
    }

    /// By which day.
    pub fn due(self) -> Option<Date> {
        self.0.date(field::DUE)
    }

    /// Whether it is done.
    pub fn is_done(self) -> bool {
        self.0.flag(field::DONE)
    }

    /// Who shall do it.
    pub fn assignee(self) -> UserId {
        self.0.id_at(field::ASSIGNEE).unwrap_or(self.0.created.by)
    }

    /// Who promised it.
    pub fn promise(self) -> Option<Promise> {
        self.0.text(field::PROMISE).and_then(Promise::parse)
    }

    /// The note it comes from.
    pub fn note(self) -> Option<RecordId> {
        self.0.id_at(field::NOTE)
    }
}
