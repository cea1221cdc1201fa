//! What is due and planned as an agenda: day by day, some days back and some weeks ahead. It orders and divides; what is
//! due and why is decided in `today`.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::time::Timestamp;
use crate::today::{Due, TodayParameters};

/// Days that have passed and are still shown.
pub const BACK: i32 = 7;
/// Days ahead that are shown.
pub const AHEAD: i32 = 28;

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
pub fn parameters(parameters: &TodayParameters) -> TodayParameters {
    TodayParameters {
        upcoming_days: AHEAD,
        maturity_days: parameters.maturity_days.iter().copied().chain([AHEAD]).collect(),
        birthday_days: AHEAD,
        ..parameters.clone()
    }
}

/// Divides what is due by day. `hour`: the point in time at which something is planned, if it has one.
pub fn agenda(due: &[Due], today: Date, hour: impl Fn(&Due) -> Option<Timestamp>) -> Agenda {
    let mut agenda = Agenda::default();
    let mut days: BTreeMap<Date, Vec<Due>> = BTreeMap::from([(today, Vec::new())]);
    for entry in due.iter().filter(|entry| entry.days <= AHEAD) {
        if entry.days < -BACK {
            agenda.earlier += 1;
        } else {
            days.entry(entry.day).or_default().push(*entry);
        }
    }
    for (date, mut due) in days {
        due.sort_by_key(|entry| hour(entry).map_or((true, None), |at| (false, Some(at))));
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
