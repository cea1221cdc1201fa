//! What is due: a day, and why; how far ahead one looks, and for whom. Each kind tells by its descriptor when a record is
//! due, with the help of what is here; the list is made by `today`.

use jiff::civil::Date;

use crate::ids::{RecordId, UserId};
use crate::record::Record;
use crate::time::{Timestamp, days_between};

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
    /// How often a customer with an open opportunity hears from us.
    pub contact: ContactIntervals,
}

/// How often a customer with an open opportunity hears from us (R6): at least one real contact in so many days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContactIntervals {
    /// Agreed and not yet settled.
    pub agreed: i32,
    /// Expected within seven days, or overdue.
    pub within_week: i32,
    /// Expected within a month.
    pub within_month: i32,
    /// Expected within three months.
    pub within_quarter: i32,
    /// Expected later, or nobody said when.
    pub later: i32,
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
    /// A colleague asks whether one takes a task.
    TaskAsked,
    /// A colleague does not take a task one gave away.
    TaskDeclined,
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
    /// The next step of an opportunity has a day.
    NextStep,
    /// An open opportunity has no next step, or none with a day.
    NoNextStep,
    /// An open opportunity asks for a real contact in every so many days, and there was none.
    ContactClock {
        /// So many days.
        interval: i32,
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

/// Who looks, when, and by which numbers: what a kind needs to say whether a record is due.
#[derive(Clone, Copy, Debug)]
pub struct Looking<'p> {
    /// Who looks, and when.
    pub viewpoint: Viewpoint,
    /// How far ahead.
    pub parameters: &'p TodayParameters,
}

impl Looking<'_> {
    /// Whether work in these hands is the viewer's to do.
    pub fn is_theirs(&self, holder: UserId) -> bool {
        self.viewpoint.user.is_none_or(|user| user == holder)
    }

    /// The entry, unless its day is more than `days` ahead.
    pub fn ahead(&self, record: &Record, day: Date, reason: Reason, days: i32) -> Option<Due> {
        let due = self.entry(record, day, reason);
        (due.days <= days).then_some(due)
    }

    /// The entry, however far ahead.
    pub fn entry(&self, record: &Record, day: Date, reason: Reason) -> Due {
        Due {
            customer: record.root(),
            record: record.id,
            day,
            days: days_between(self.viewpoint.today, day),
            reason,
        }
    }

    /// The calendar day of a point in time.
    pub fn day_of(&self, at: Timestamp) -> Date {
        at.civil_date(self.viewpoint.utc_offset_minutes)
    }

    /// The next birthday of somebody born on `born`.
    pub fn birthday(&self, record: &Record, born: Option<Date>) -> Option<Due> {
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
}

/// The birthday in a year; of somebody born on 29 February the 28th when there is no 29th, so that nobody is greeted
/// late.
fn birthday_in(born: Date, year: i16) -> Option<Date> {
    let day = Date::new(year, born.month(), born.day());
    day.or_else(|_| Date::new(year, born.month(), 28)).ok()
}
