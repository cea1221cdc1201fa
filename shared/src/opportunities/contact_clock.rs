//! How often a customer wants to hear from us (R6): the nearer a deal is expected, the oftener; counted from the last
//! real contact, never from an attempt. Never looks for contacts: they are arguments.

use jiff::ToSpan;
use jiff::civil::Date;

use super::{OpportunityView, Stage};
use crate::due::ContactIntervals;
use crate::record::Record;
use crate::settings::{Area, Parameter, Settings, Source, Unit};

/// Agreed and not yet settled: at least one contact in so many days (R6).
pub const AGREED_DAYS: Parameter = days("contact_agreed_days", &[7]);
/// Expected to close within a week, or overdue: at least one in so many days (R6).
pub const WITHIN_WEEK_DAYS: Parameter = days("contact_within_week_days", &[1]);
/// Expected within a month (R6).
pub const WITHIN_MONTH_DAYS: Parameter = days("contact_within_month_days", &[7]);
/// Expected within three months: two a month (R6).
pub const WITHIN_QUARTER_DAYS: Parameter = days("contact_within_quarter_days", &[15]);
/// Expected later, or nobody said when (R6).
pub const LATER_DAYS: Parameter = days("contact_later_days", &[30]);

const fn days(name: &'static str, default: &'static [i32]) -> Parameter {
    Parameter {
        name,
        area: Area::Opportunities,
        unit: Unit::Days,
        from: 1,
        to: 365,
        most: 1,
        default,
        source: Source::Practice,
    }
}

impl ContactIntervals {
    /// As the bank has set them.
    pub fn of(settings: &Settings) -> Self {
        Self {
            agreed: settings.number(&AGREED_DAYS),
            within_week: settings.number(&WITHIN_WEEK_DAYS),
            within_month: settings.number(&WITHIN_MONTH_DAYS),
            within_quarter: settings.number(&WITHIN_QUARTER_DAYS),
            later: settings.number(&LATER_DAYS),
        }
    }
}

/// In how many days at most there has to be a real contact while this deal is open; `None` once it is decided.
pub fn interval(stage: Stage, expected: Option<Date>, today: Date, intervals: &ContactIntervals) -> Option<i32> {
    if !stage.is_open() {
        return None;
    }
    if stage == Stage::Agreed {
        return Some(intervals.agreed);
    }
    let within = |day: Date, span: jiff::Span| today.checked_add(span).is_ok_and(|last| day <= last);
    Some(match expected {
        Some(day) if within(day, 7.days()) => intervals.within_week,
        Some(day) if within(day, 1.month()) => intervals.within_month,
        Some(day) if within(day, 3.months()) => intervals.within_quarter,
        Some(_) | None => intervals.later,
    })
}

/// The day by which the customer has to hear from us.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NextContact<'a> {
    /// By which day.
    pub day: Date,
    /// At least one contact in so many days.
    pub interval: i32,
    /// The open opportunity that asks for it.
    pub opportunity: &'a Record,
}

/// The first day by which one of the customer's open opportunities asks for a contact. `reached`: the day of the last
/// real contact; without one each clock runs from the day its opportunity was written down. `day_of`: the reader's
/// calendar day of when a record was made.
pub fn next_contact<'a>(
    opportunities: impl IntoIterator<Item = &'a Record>,
    reached: Option<Date>,
    today: Date,
    day_of: impl Fn(&Record) -> Date,
    intervals: &ContactIntervals,
) -> Option<NextContact<'a>> {
    let clocks = opportunities.into_iter().filter_map(|record| {
        let view = OpportunityView::of(record)?;
        let interval = interval(view.stage(), view.expected_close(), today, intervals)?;
        let began = reached.unwrap_or_else(|| day_of(record));
        let day = began.checked_add(interval.days()).ok()?;
        Some(NextContact {
            day,
            interval,
            opportunity: record,
        })
    });
    clocks.min_by_key(|clock| (clock.day, clock.opportunity.id))
}
