//! The first Today list (R10): tasks, visits, maturities, birthdays and agreed next contacts that are due, each with the
//! reason. When a record is due is told by its kind. Pure and without text: the day, and so the time zone, are
//! arguments. Never marks anything as done.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::customers::{CustomerView, DUE_WITHIN_DAYS};
use crate::due::{ContactIntervals, Looking};
pub use crate::due::{Due, Reason, TodayParameters, Urgency, Viewpoint};
use crate::ids::{RecordId, UserId};
use crate::notes::{self, NoteView};
use crate::opportunities::contact_clock;
use crate::order;
use crate::record::{Kind, Record};
use crate::settings::{Area, Parameter, Settings, Source, Unit};
use crate::time::Timestamp;
use crate::{kinds, timeline};

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

impl TodayParameters {
    /// Those of the list of what is due.
    pub fn of(settings: &Settings) -> Self {
        Self {
            upcoming_days: settings.number(&UPCOMING_DAYS),
            maturity_days: settings.numbers(&MATURITY_NOTICES),
            matured_days: settings.number(&MATURED_DAYS),
            birthday_days: settings.number(&BIRTHDAY_DAYS),
            contact: ContactIntervals::of(settings),
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

/// Everything due, the most overdue first. `records` are all records at hand, in any order.
pub fn due<'a>(
    records: impl IntoIterator<Item = &'a Record>,
    viewpoint: Viewpoint,
    parameters: &TodayParameters,
) -> Vec<Due> {
    let records: Vec<&Record> = records.into_iter().filter(|record| !record.is_deleted()).collect();
    let customers = customers_of(&records, viewpoint.user);
    let looking = Looking { viewpoint, parameters };
    let is_theirs = |record: &Record| record.root().is_some_and(|id| customers.contains(&id));
    let mut found = Vec::new();
    for record in &records {
        let kind = kinds::of(&record.kind);
        // Work is due to whoever has it in hand, whoever's customer it is about.
        if kind.in_hand.is_some() || is_theirs(record) {
            found.extend((kind.due)(record, &looking));
        }
    }
    let theirs: Vec<&Record> = records.into_iter().filter(|record| is_theirs(record)).collect();
    found.extend(next_contacts(&theirs, &looking));
    found.extend(contact_clocks(&theirs, &looking));
    in_order(found)
}

/// What is due here and there as one list, in the order of [`due`]: what is due at several customers is what is due at
/// each of them.
pub fn in_order(due: impl IntoIterator<Item = Due>) -> Vec<Due> {
    let mut due: Vec<Due> = due.into_iter().collect();
    order::sort_by_key(&mut due, |due| (due.day, due.reason, due.customer, due.record));
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

/// For each customer the day named in its last note, unless the customer was really reached since.
fn next_contacts(records: &[&Record], looking: &Looking<'_>) -> Vec<Due> {
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
            at > note.0 && note.1.text(notes::field::VISIT) != Some(&record.id.to_string())
        };
        if last.get(&customer).is_some_and(is_later) {
            last.remove(&customer);
        }
    }
    let days = looking.parameters.upcoming_days;
    let due = last.into_values().filter_map(|(_, note)| {
        let day = NoteView(note).next_contact()?;
        looking.ahead(note, day, Reason::NextContact, days)
    });
    due.collect()
}

/// For each customer with an open opportunity the day by which it has to hear from us, once it has come (R6).
fn contact_clocks(records: &[&Record], looking: &Looking<'_>) -> Vec<Due> {
    let mut opportunities: BTreeMap<RecordId, Vec<&Record>> = BTreeMap::new();
    for record in records.iter().filter(|record| record.kind == Kind::Opportunity) {
        if let Some(customer) = record.root() {
            opportunities.entry(customer).or_default().push(record);
        }
    }
    if opportunities.is_empty() {
        return Vec::new();
    }
    let mut reached: BTreeMap<RecordId, Timestamp> = BTreeMap::new();
    for record in records {
        if let (Some(customer), Some(at)) = (record.root(), timeline::real_contact(record)) {
            let last = reached.entry(customer).or_insert(at);
            *last = at.max(*last);
        }
    }
    let (today, intervals) = (looking.viewpoint.today, &looking.parameters.contact);
    let due = opportunities.into_iter().filter_map(|(customer, open)| {
        let reached = reached.get(&customer).map(|at| looking.day_of(*at));
        let written = |record: &Record| looking.day_of(record.created.at);
        let next = contact_clock::next_contact(open, reached, today, written, intervals)?;
        let reason = Reason::ContactClock {
            interval: next.interval,
        };
        looking.ahead(next.opportunity, next.day, reason, 0)
    });
    due.collect()
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
    order::sort_by_key(&mut stops, |stop| {
        (stop.due.first().map(|due| due.day), Reverse(stop.due.len()))
    });
    stops
}
