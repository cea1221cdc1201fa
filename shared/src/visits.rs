//! Visits, planned and held (R7, R8): fields, choices and a typed view. Never changes a record.

use crate::descriptor::{Descriptor, Happened, Keeps, Place, Problem, Writers};
use crate::due::{Due, Looking, Reason};
use crate::record::{Fields, Kind, Record};
use crate::shape::{LINE, LONG_LINE, Shape, choices, fields, view};
use crate::time::{Here, Timestamp};

fields! {
    /// The goal of the visit.
    PURPOSE = "purpose": Shape::Line(LONG_LINE),
    /// Where.
    PLACE = "place": Shape::Line(LONG_LINE),
    /// When it shall be.
    PLANNED_AT = "planned_at": Shape::Time,
    /// When it was.
    HELD_AT = "held_at": Shape::Time,
    /// What became of it.
    STATUS = "status": Shape::Choice(VisitStatus::CHOICES),
    /// The type of visit (first visit, maintenance …) as the bank names it.
    TYPE = "type": Shape::Line(LINE),
    /// The result against the goal.
    OUTCOME = "outcome": Shape::Choice(Outcome::CHOICES),
}

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

/// What the house must know of visits.
pub static KIND: Descriptor = Descriptor {
    fields: FIELDS,
    places: &[Place::Under(Kind::Customer)],
    writers: Writers::InSight,
    keeps: Keeps::Changes,
    named_by: &[field::PURPOSE],
    in_hand: None,
    problems: &[Problem {
        name: "time_missing",
        field: field::PLANNED_AT,
        is_there: has_no_time,
    }],
    due,
    happened,
};

/// Planned, and neither held nor cancelled.
fn due(record: &Record, looking: &Looking<'_>) -> Option<Due> {
    let visit = VisitView(record);
    if visit.status() != VisitStatus::Planned {
        return None;
    }
    let day = looking.day_of(visit.at()?);
    looking.ahead(record, day, Reason::Visit, looking.parameters.upcoming_days)
}

/// What has no time is on no agenda.
fn has_no_time(values: &Fields, _: Here) -> bool {
    !values.contains_key(field::PLANNED_AT) && !values.contains_key(field::HELD_AT)
}

fn happened(record: &Record) -> Option<Happened<'_>> {
    let visit = VisitView(record);
    Some(Happened {
        at: visit.at().unwrap_or(record.created.at),
        said: "",
        is_contact: visit.status() == VisitStatus::Held,
    })
}

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
