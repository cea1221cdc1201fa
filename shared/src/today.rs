//! The first Today list (R10): tasks, visits, maturities, birthdays and agreed next contacts that are due, each with the
//! reason. Pure and without text: the day, and so the time zone, are arguments. Never marks anything as done.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::contacts::ContactView;
use crate::customers::{CustomerView, DUE_WITHIN_DAYS};
use crate::holdings::HoldingView;
use crate::ids::{RecordId, UserId};
use crate::record::{Kind, Record};
use crate::settings::{Area, Parameter, Settings, Source, Unit};
use crate::tasks::TaskView;
use crate::time::Timestamp;
use crate::timeline;
use crate::visits::{NoteView, VisitStatus, VisitView};

/// Tasks, visits and agreed contacts of so many days ahead are listed.
pub const UPCOMING_DAYS: Parameter = Parameter {
    name: "upcoming_days",
    area: Area::Today,
    unit: Unit::Days,
    from: 0,
    to: 90,
    most: 1,
    default: &[7],
    source: Source::Product,
};

/// So many days before its maturity a holding is listed; with each of these that passes the reminder is stronger (R10).
pub const MATURITY_NOTICES: Parameter = Parameter {
    name: "maturity_notices",
    area: Area::Today,
    unit: Unit::Days,
    from: 1,
    to: 365,
    most: 6,
    default: &[30, 7, 1],
    source: Source::Practice,
};

/// A holding past its maturity and still not closed is listed for so many days.
pub const MATURED_DAYS: Parameter = Parameter {
    name: "matured_days",
    area: Area::Today,
    unit: Unit::Days,
    from: 0,
    to: 365,
    most: 1,
    default: &[30],
    source: Source::Product,
};

/// Birthdays of so many days ahead are listed.
pub const BIRTHDAY_DAYS: Parameter = Parameter {
    name: "birthday_days",
    area: Area::Today,
    unit: Unit::Days,
    from: 0,
    to: 60,
    most: 1,
    default: &[7],
    source: Source::Product,
};

/// How far ahead the list looks, as the bank has set it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TodayParameters {
    /// Tasks, visits and agreed contacts of so many days ahead are listed.
    pub upcoming_days: i32,
    /// Maturities are listed from the largest of these on; each one passed makes the reminder stronger (R10: 30/7/1).
    pub maturity_days: Vec<i32>,
    /// A holding past its maturity and still not closed is listed for so many days.
    pub matured_days: i32,
    /// Birthdays of so many days ahead are listed.
    pub birthday_days: i32,
}

impl TodayParameters {
    /// Those of the list of what is due.
    pub fn of(settings: &Settings) -> Self {
        Self {
            upcoming_days: settings.number(&UPCOMING_DAYS),
            maturity_days: settings.numbers(&MATURITY_NOTICES),
            matured_days: settings.number(&MATURED_DAYS),
            birthday_days: settings.number(&BIRTHDAY_DAYS),
        }
    }

    /// Those by which the next thing due at a customer is found, however far ahead within the bank's bounds.
    pub fn next_at_customer(settings: &Settings) -> Self {
        let days = settings.number(&DUE_WITHIN_DAYS);
        Self {
            upcoming_days: days,
            maturity_days: vec![days],
            ..Self::of(settings)
        }
    }
}

/// Who looks, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Viewpoint {
    /// Whose customers and tasks; `None` for everybody's that the device holds.
    pub user: Option<UserId>,
    /// The calendar day.
    pub today: Date,
    /// How far the reader's clock is ahead of UTC.
    pub utc_offset_minutes: i32,
}

/// Why something is on the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// A visit is planned and neither held nor cancelled.
    Visit,
    /// A task is open.
    Task,
    /// The last note named a day for the next contact, and there was none since.
    NextContact,
    /// A holding matures; `notice` is the smallest of the parameter's numbers of days not yet passed, 0 when it has
    /// matured.
    Maturity {
        /// 30, 7, 1 or 0.
        notice: i32,
    },
    /// The customer or a contact has a birthday.
    Birthday {
        /// The age reached.
        turns: i16,
    },
}

/// Which part of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Urgency {
    /// Its day has passed.
    Overdue,
    /// It is today.
    Today,
    /// It is yet to come.
    Upcoming,
}

/// One thing that is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Due {
    /// The customer, except for personal tasks.
    pub customer: Option<RecordId>,
    /// The record it comes from: what the list opens.
    pub record: RecordId,
    /// The day.
    pub day: Date,
    /// From today to that day; negative when it has passed.
    pub days: i32,
    /// Why.
    pub reason: Reason,
}

impl Due {
    /// Which part of the list it belongs to.
    pub const fn urgency(&self) -> Urgency {
        match self.days {
            ..=-1 => Urgency::Overdue,
            0 => Urgency::Today,
            1.. => Urgency::Upcoming,
        }
    }
}

/// Everything due, the most overdue first. `records` are all records at hand, in any order.
pub fn due<'a>(
    records: impl IntoIterator<Item = &'a Record>,
    viewpoint: Viewpoint,
    parameters: &TodayParameters,
) -> Vec<Due> {
    let records: Vec<&Record> = records.into_iter().filter(|record| !record.is_deleted()).collect();
    let customers = customers_of(&records, viewpoint.user);
    let list = List { viewpoint, parameters };
    let is_theirs = |record: &Record| record.root().is_some_and(|id| customers.contains(&id));
    let mut found = Vec::new();
    for record in &records {
        let due = match record.kind {
            Kind::Task => list.task(TaskView(record)),
            _ if !is_theirs(record) => None,
            Kind::Visit => list.visit(VisitView(record)),
            Kind::Holding => list.maturity(HoldingView(record)),
            Kind::Customer => list.birthday(record, CustomerView(record).birthday()),
            Kind::Contact => list.birthday(record, ContactView(record).birthday()),
            _ => None,
        };
        found.extend(due);
    }
    let theirs: Vec<&Record> = records.into_iter().filter(|record| is_theirs(record)).collect();
    found.extend(list.next_contacts(&theirs));
    in_order(found)
}

/// What is due here and there as one list, in the order of [`due`]: what is due at several customers is what is due at
/// each of them.
pub fn in_order(due: impl IntoIterator<Item = Due>) -> Vec<Due> {
    let mut due: Vec<Due> = due.into_iter().collect();
    due.sort_by_key(|due| (due.day, due.reason, due.customer, due.record));
    due
}

/// The customers the person is in charge of, alone or with others.
fn customers_of(records: &[&Record], user: Option<UserId>) -> BTreeSet<RecordId> {
    let customers = records.iter().filter_map(|record| CustomerView::of(record));
    let theirs = customers.filter(|customer| {
        user.is_none_or(|user| customer.owner() == Some(user) || customer.co_managers().any(|other| other == user))
    });
    theirs.map(CustomerView::id).collect()
}

struct List<'p> {
    viewpoint: Viewpoint,
    parameters: &'p TodayParameters,
}

impl List<'_> {
    fn task(&self, task: TaskView<'_>) -> Option<Due> {
        let is_theirs = self.viewpoint.user.is_none_or(|user| task.assignee() == user);
        if task.is_done() || !is_theirs {
            return None;
        }
        self.ahead(task.0, task.due()?, Reason::Task, self.parameters.upcoming_days)
    }

    fn visit(&self, visit: VisitView<'_>) -> Option<Due> {
        if visit.status() != VisitStatus::Planned {
            return None;
        }
        let day = self.day_of(visit.at()?);
        self.ahead(visit.0, day, Reason::Visit, self.parameters.upcoming_days)
    }

    fn maturity(&self, holding: HoldingView<'_>) -> Option<Due> {
        let day = holding.maturity().filter(|_| holding.is_active())?;
        let days = days_between(self.viewpoint.today, day);
        if days < -self.parameters.matured_days {
            return None;
        }
        let notice = match days {
            ..0 => 0,
            _ => *self
                .parameters
                .maturity_days
                .iter()
                .filter(|notice| **notice >= days)
                .min()?,
        };
        Some(self.entry(holding.0, day, Reason::Maturity { notice }))
    }

    fn birthday(&self, record: &Record, born: Option<Date>) -> Option<Due> {
        let born = born?;
        let today = self.viewpoint.today;
        let years = [today.year(), today.year().checked_add(1)?];
        let day = years
            .into_iter()
            .filter_map(|year| birthday_in(born, year))
            .find(|day| *day >= today)?;
        let turns = day.year() - born.year();
        if turns < 1 {
            return None;
        }
        self.ahead(record, day, Reason::Birthday { turns }, self.parameters.birthday_days)
    }

    /// For each customer the day named in its last note, unless the customer was really reached since.
    fn next_contacts(&self, records: &[&Record]) -> Vec<Due> {
        let mut last: BTreeMap<RecordId, (Timestamp, &Record)> = BTreeMap::new();
        for note in timeline::current_notes(records) {
            let Some(customer) = note.record.root() else {
                continue;
            };
            let entry = last.entry(customer).or_insert((note.at, note.record));
            if (entry.0, entry.1.id) < (note.at, note.record.id) {
                *entry = (note.at, note.record);
            }
        }
        let contacts = records.iter().filter(|record| record.kind != Kind::Note);
        for record in contacts {
            let reached = timeline::real_contact(record);
            let (Some(at), Some(customer)) = (reached, record.root()) else {
                continue;
            };
            // The visit the note tells about is no contact after it.
            let is_later = |note: &(Timestamp, &Record)| {
                at > note.0 && note.1.text(crate::visits::note_field::VISIT) != Some(&record.id.to_string())
            };
            if last.get(&customer).is_some_and(is_later) {
                last.remove(&customer);
            }
        }
        let days = self.parameters.upcoming_days;
        let due = last.into_values().filter_map(|(_, note)| {
            let day = NoteView(note).next_contact()?;
            self.ahead(note, day, Reason::NextContact, days)
        });
        due.collect()
    }

    /// The entry, unless its day is more than `days` ahead.
    fn ahead(&self, record: &Record, day: Date, reason: Reason, days: i32) -> Option<Due> {
        let due = self.entry(record, day, reason);
        (due.days <= days).then_some(due)
    }

    fn entry(&self, record: &Record, day: Date, reason: Reason) -> Due {
        Due {
            customer: record.root(),
            record: record.id,
            day,
            days: days_between(self.viewpoint.today, day),
            reason,
        }
    }

    fn day_of(&self, at: Timestamp) -> Date {
        at.civil_date(self.viewpoint.utc_offset_minutes)
    }
}

/// The birthday in a year; of somebody born on 29 February the 28th when there is no 29th, so that nobody is greeted
/// late.
fn birthday_in(born: Date, year: i16) -> Option<Date> {
    let day = Date::new(year, born.month(), born.day());
    day.or_else(|_| Date::new(year, born.month(), 28)).ok()
}

/// Whole days from one date to another; negative when the other is earlier.
pub fn days_between(from: Date, to: Date) -> i32 {
    i32::try_from(from.duration_until(to).as_hours() / 24).unwrap_or(i32::MAX)
}

/// What is due at one customer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Stop {
    /// The customer; `None` for personal tasks.
    pub customer: Option<RecordId>,
    /// At least one thing, most overdue first.
    pub due: Vec<Due>,
}

/// The list by stop: the customer with the most overdue thing first, and of equals the one with more things.
pub fn by_stop(due: &[Due]) -> Vec<Stop> {
    let mut stops: Vec<Stop> = Vec::new();
    let mut places: BTreeMap<Option<RecordId>, usize> = BTreeMap::new();
    for entry in due {
        let place = *places.entry(entry.customer).or_insert(stops.len());
        match stops.get_mut(place) {
            Some(stop) => stop.due.push(*entry),
            None => stops.push(Stop {
                customer: entry.customer,
                due: vec![*entry],
            }),
        }
    }
    stops.sort_by_key(|stop| (stop.due.first().map(|due| due.day), Reverse(stop.due.len())));
    stops
}
