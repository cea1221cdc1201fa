//! Things to be done by a day (R10), promises included (R8): what they are, who has them in hand, how they repeat and how
//! they are given to a colleague. Never changes a record: what is done to a task is an edit.

mod repeat;

use jiff::civil::Date;
use serde_json::Value;

use crate::descriptor::{Descriptor, InHand, Keeps, Place, Problem, Writers, never_happened};
use crate::due::{Due, Looking, Reason};
use crate::ids::{RecordId, UserId};
use crate::record::mutation::Edit;
use crate::record::{FieldPath, Fields, Kind, Record, Scope};
use crate::shape::{LINE, LONG_LINE, Shape, choices, fields, view};
use crate::text;
use crate::time::{Here, Timestamp};

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
    /// Who promised, when somebody did.
    PROMISE = "promise": Shape::Choice(Promise::CHOICES),
    /// The note it comes from.
    NOTE = "note": Shape::Id,
    /// Why it exists.
    REASON = "reason": Shape::Line(LONG_LINE),
    /// How often it is to be done again, once it is done.
    REPEAT = "repeat": Shape::Choice(Repeat::CHOICES),
    /// The first day of the series, from which the others are counted.
    REPEAT_FROM = "repeat_from": Shape::Date,
    /// The last day on which it may be due again.
    REPEAT_UNTIL = "repeat_until": Shape::Date,
    /// The user id of the colleague who gave it away.
    DELEGATED_BY = "delegated_by": Shape::Person,
    /// What the colleague says to it, once it was given away.
    ACCEPTANCE = "acceptance": Shape::Choice(Acceptance::CHOICES),
    /// Why it was not taken.
    DECLINED_REASON = "declined_reason": Shape::Line(LONG_LINE),
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

choices!(
    /// How often it is to be done.
    Repeat in "repeat" {
        /// Every day.
        Daily = "daily",
        /// Every week.
        Weekly = "weekly",
        /// Every second week.
        Fortnightly = "fortnightly",
        /// Every month, on the day of the first, or the last of a shorter month.
        Monthly = "monthly",
        /// Every third month.
        Quarterly = "quarterly",
        /// Every year.
        Yearly = "yearly",
    }
);
choices!(
    /// What the colleague says to whom a task was given.
    Acceptance in "acceptance" {
        /// Nothing yet.
        Asked = "asked",
        /// It will be done.
        Accepted = "accepted",
        /// It will not: it is with whoever gave it away again.
        Declined = "declined",
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
    problems: &[
        Problem {
            name: "day_missing",
            field: field::DUE,
            is_there: repeats_from_no_day,
        },
        Problem {
            name: "ends_early",
            field: field::REPEAT_UNTIL,
            is_there: ends_before_it_begins,
        },
    ],
    due,
    happened: never_happened,
};

/// What repeats has a first day.
fn repeats_from_no_day(values: &Fields, _: Here) -> bool {
    values.contains_key(field::REPEAT) && !values.contains_key(field::DUE)
}

/// Days are written so that their texts are in their order.
fn ends_before_it_begins(values: &Fields, _: Here) -> bool {
    let text = |field| values.get(field).and_then(Value::as_str);
    text(field::DUE)
        .zip(text(field::REPEAT_UNTIL))
        .is_some_and(|(due, until)| until < due)
}

fn holder(record: &Record) -> Option<UserId> {
    let task = TaskView(record);
    (!task.is_done()).then(|| task.holder())
}

/// On its day; but at once where a colleague waits for an answer, or gave one that leaves it undone.
fn due(record: &Record, looking: &Looking<'_>) -> Option<Due> {
    if !looking.is_theirs(holder(record)?) {
        return None;
    }
    let task = TaskView(record);
    let today = looking.viewpoint.today;
    let at_once = task.due().map_or(today, |day| day.min(today));
    match task.acceptance() {
        Some(Acceptance::Asked) => Some(looking.entry(record, at_once, Reason::TaskAsked)),
        Some(Acceptance::Declined) => Some(looking.entry(record, at_once, Reason::TaskDeclined)),
        Some(Acceptance::Accepted) | None => {
            looking.ahead(record, task.due()?, Reason::Task, looking.parameters.upcoming_days)
        }
    }
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

    /// Whose it is now: the assignee's, or again that of whoever gave it to somebody who does not take it.
    pub fn holder(self) -> UserId {
        match (self.acceptance(), self.delegated_by()) {
            (Some(Acceptance::Declined), Some(giver)) => giver,
            _ => self.assignee(),
        }
    }

    /// How often it is to be done.
    pub fn repeat(self) -> Option<Repeat> {
        self.0.text(field::REPEAT).and_then(Repeat::parse)
    }

    /// Who gave it away.
    pub fn delegated_by(self) -> Option<UserId> {
        self.0.id_at(field::DELEGATED_BY)
    }

    /// What the colleague says to whom it was given.
    pub fn acceptance(self) -> Option<Acceptance> {
        self.0.text(field::ACCEPTANCE).and_then(Acceptance::parse)
    }

    /// The day of the next occurrence when this one is done on `done`: of a task that repeats, has a day, and is not
    /// at the end of its series.
    pub fn next_due(self, done: Date) -> Option<Date> {
        let due = self.due()?;
        let first = self.0.date(field::REPEAT_FROM).unwrap_or(due);
        let next = repeat::after(self.repeat()?, first, due.max(done))?;
        let last = self.0.date(field::REPEAT_UNTIL);
        last.is_none_or(|last| next <= last).then_some(next)
    }
}

/// What marks the task as done; one that repeats is there again for its next day. `known`: whether a record is on the
/// device, for the next occurrence may be, when this one was done before and taken back.
pub fn complete(task: &Record, now: Timestamp, today: Date, known: impl Fn(RecordId) -> bool) -> Vec<Edit> {
    let done = Edit::of(task).change(task, FieldPath::known(field::DONE), true).change(
        task,
        FieldPath::known(field::DONE_AT),
        now.milliseconds(),
    );
    let next = TaskView(task).next_due(today).filter(|_| !known(task.id.successor()));
    let again = next.map(|due| {
        let start = Edit::create(task.id.successor(), Kind::Task, task.scope);
        let stays =
            |path: &&FieldPath| ![field::DUE, field::DONE, field::DONE_AT, field::NOTE].contains(&path.as_str());
        let copied = task.fields.keys().filter(stays).fold(start, |edit, path| {
            edit.set(path.clone(), task.fields.get(path).cloned().unwrap_or(Value::Null))
        });
        let first = TaskView(task).due().unwrap_or(due).to_string();
        let copied = copied.set(FieldPath::known(field::DUE), due.to_string());
        match task.get(field::REPEAT_FROM) {
            Some(_) => copied,
            None => copied.set(FieldPath::known(field::REPEAT_FROM), first),
        }
    });
    std::iter::once(done).chain(again).collect()
}

/// What marks a task as not done after all.
pub fn reopen(task: &Record) -> Edit {
    Edit::of(task)
        .change(task, FieldPath::known(field::DONE), false)
        .change(task, FieldPath::known(field::DONE_AT), Value::Null)
}

/// The task of doing the same at a customer, by a day where one is named.
pub fn at_customer(id: RecordId, customer: RecordId, title: &str, due: Option<Date>) -> Edit {
    Edit::create(id, Kind::Task, Scope::Under(customer))
        .set(FieldPath::known(field::TITLE), text::clean_line(title))
        .set(FieldPath::known(field::DUE), due.map(|day| day.to_string()))
}

/// What puts the task on another day.
pub fn put_on(task: &Record, day: Date) -> Edit {
    Edit::of(task).change(task, FieldPath::known(field::DUE), day.to_string())
}

/// Whether somebody else can be asked to do it: it is still to be done, and seen by more than its author.
pub fn can_be_given(task: &Record) -> bool {
    task.root().is_some() && !TaskView(task).is_done()
}

/// Adds to `edit` what giving the task to `to` means: a colleague is asked first; back in the own hands nothing is left
/// of it. `by`: the signed-in person. `before`: the task as seen, when it is a known one.
pub fn delegate(edit: Edit, before: Option<&Record>, to: UserId, by: UserId) -> Edit {
    let is_given = to != by;
    let given = |value: String| if is_given { Value::from(value) } else { Value::Null };
    let changes = [
        (field::ASSIGNEE, Value::from(to.to_string())),
        (field::DELEGATED_BY, given(by.to_string())),
        (field::ACCEPTANCE, given(Acceptance::Asked.as_str().to_owned())),
        (field::DECLINED_REASON, Value::Null),
    ];
    changes.into_iter().fold(edit, |edit, (name, value)| match before {
        Some(task) => edit.change(task, FieldPath::known(name), value),
        None => edit.set(FieldPath::known(name), value),
    })
}

/// The answer of whom the task was given to; a reason for not taking it may be left out.
pub fn answer(task: &Record, acceptance: Acceptance, reason: &str) -> Edit {
    let why = (acceptance == Acceptance::Declined).then(|| reason.trim().to_owned());
    Edit::of(task)
        .change(task, FieldPath::known(field::ACCEPTANCE), acceptance.as_str())
        .change(task, FieldPath::known(field::DECLINED_REASON), why)
}
