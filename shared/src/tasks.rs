//! Things to be done by a day (R10), promises included (R8): fields, choices and a typed view. Never changes a record.

use jiff::civil::Date;

use crate::descriptor::{Descriptor, InHand, Keeps, Place, Writers, never_happened};
use crate::due::{Due, Looking, Reason};
use crate::ids::{RecordId, UserId};
use crate::record::{Kind, Record};
use crate::shape::{LINE, LONG_LINE, Shape, choices, fields, view};

fields! {
    /// What is to be done.
    TITLE = "title": Shape::Line(LINE) => required(),
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

/// What the house must know of tasks.
pub static KIND: Descriptor = Descriptor {
    fields: FIELDS,
    places: &[Place::Under(Kind::Customer), Place::Under(Kind::Circle), Place::Own],
    writers: Writers::InSight,
    keeps: Keeps::Changes,
    named_by: &[field::TITLE],
    in_hand: Some(InHand {
        field: field::ASSIGNEE,
        holder,
    }),
    due,
    happened: never_happened,
};

fn holder(record: &Record) -> Option<UserId> {
    let task = TaskView(record);
    (!task.is_done()).then(|| task.assignee())
}

fn due(record: &Record, looking: &Looking<'_>) -> Option<Due> {
    let is_theirs = looking.is_theirs(holder(record)?);
    let day = TaskView(record).due().filter(|_| is_theirs)?;
    looking.ahead(record, day, Reason::Task, looking.parameters.upcoming_days)
}

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
