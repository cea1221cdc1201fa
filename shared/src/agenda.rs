//! What is due and planned as an agenda: day by day, some days back and some weeks ahead. It orders and divides; what is
//! due and why is decided in `today`.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::order;
use crate::settings::{Area, Parameter, Settings, Source, Unit};
use crate::time::Timestamp;
use crate::today::{Due, TodayParameters};

/// So many days that have passed are still shown.
pub const BACK_DAYS: Parameter = Parameter {
    name: "agenda_back_days",
    area: Area::Today,
    unit: Unit::Days,
    from: 0,
    to: 60,
    most: 1,
    default: &[7],
    source: Source::Product,
};

/// So many days ahead are shown.
pub const AHEAD_DAYS: Parameter = Parameter {
    name: "agenda_ahead_days",
    area: Area::Today,
    unit: Unit::Days,
    from: 7,
    to: 120,
    most: 1,
    default: &[28],
    source: Source::Product,
};

/// How far an agenda reaches, as the bank has set it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reach {
    /// Days that have passed.
    pub back: i32,
    /// Days ahead.
    pub ahead: i32,
}

impl Reach {
    /// That of the settings.
    pub fn of(settings: &Settings) -> Self {
        Self {
            back: settings.number(&BACK_DAYS),
            ahead: settings.number(&AHEAD_DAYS),
        }
    }
}

/// One day of the agenda.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    /// The day.
    pub date: Date,
    /// What is due then: first what has an hour, by the hour.
    pub due: Vec<Due>,
}

/// The agenda.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Agenda {
    /// How many things were due before the first day shown and still are.
    pub earlier: usize,
    /// Days that have passed, with what is overdue since, the latest first.
    pub past: Vec<Day>,
    /// Today, whatever it holds, and the days to come that hold something.
    pub ahead: Vec<Day>,
}

/// How far `today::due` has to look for an agenda.
pub fn parameters(settings: &Settings) -> TodayParameters {
    let (parameters, reach) = (TodayParameters::of(settings), Reach::of(settings));
    TodayParameters {
        upcoming_days: reach.ahead,
        maturity_days: parameters.maturity_days.iter().copied().chain([reach.ahead]).collect(),
        birthday_days: reach.ahead,
        ..parameters
    }
}

/// Divides what is due by day. `hour`: the point in time at which something is planned, if it has one.
pub fn agenda(due: &[Due], today: Date, reach: Reach, hour: impl Fn(&Due) -> Option<Timestamp>) -> Agenda {
    let mut agenda = Agenda::default();
    let mut days: BTreeMap<Date, Vec<Due>> = BTreeMap::from([(today, Vec::new())]);
    for entry in due.iter().filter(|entry| entry.days <= reach.ahead) {
        if entry.days < -reach.back {
            agenda.earlier += 1;
        } else {
            days.entry(entry.day).or_default().push(*entry);
        }
    }
    for (date, mut due) in days {
        order::sort_by_key(&mut due, |entry| {
            hour(entry).map_or((true, None), |at| (false, Some(at)))
        });
        let part = if date < today {
            &mut agenda.past
        } else {
            &mut agenda.ahead
        };
        part.push(Day { date, due });
    }
    agenda.past.reverse();
    agenda
}
