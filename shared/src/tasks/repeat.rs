//! The days of a series: counted from its first day, so that the 31st comes back after a short month. Never knows a task.

use jiff::Span;
use jiff::civil::Date;

use super::Repeat;

/// More occurrences than any series has between two days of this calendar.
const MOST: i64 = 4_000_000;

/// The first day of the series from `first` on that is later than `day`; `None` past the end of the calendar.
pub fn after(repeat: Repeat, first: Date, day: Date) -> Option<Date> {
    let (mut low, mut high) = (0, MOST);
    // Days of a series only grow: the first one that is later, by halves.
    while low < high {
        let middle = low + (high - low) / 2;
        match occurrence(repeat, first, middle) {
            Some(found) if found <= day => low = middle + 1,
            Some(_) | None => high = middle,
        }
    }
    occurrence(repeat, first, low)
}

/// The day that comes `number` times after the first.
fn occurrence(repeat: Repeat, first: Date, number: i64) -> Option<Date> {
    let span: Span = match repeat {
        Repeat::Daily => Span::new().try_days(number).ok()?,
        Repeat::Weekly => Span::new().try_weeks(number).ok()?,
        Repeat::Fortnightly => Span::new().try_weeks(number.checked_mul(2)?).ok()?,
        Repeat::Monthly => Span::new().try_months(number).ok()?,
        Repeat::Quarterly => Span::new().try_months(number.checked_mul(3)?).ok()?,
        Repeat::Yearly => Span::new().try_years(number).ok()?,
    };
    first.checked_add(span).ok()
}
