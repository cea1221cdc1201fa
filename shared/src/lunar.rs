//! The day in the Chinese lunar calendar, as it stands beside a date. Exact for the years 1901 to 2100, for which the
//! observatories have published tables; it says nothing about others.

use icu_calendar::cal::ChineseTraditional;
use icu_calendar::{Date as AnyDate, Iso};
use jiff::civil::Date;

/// Days for which the tables of the calendar are the observatories' own.
const KNOWN: std::ops::RangeInclusive<i16> = 1901..=2100;

/// A day of the lunar calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LunarDay {
    /// The month, 1 to 12; a leap month has the number of the month before.
    pub month: u8,
    /// Whether it is the leap month.
    pub leap: bool,
    /// The day of the month, 1 to 30.
    pub day: u8,
}

/// The lunar day that `day` is; `None` outside the years that are known exactly.
pub fn lunar_day(day: Date) -> Option<LunarDay> {
    let (year, month, of_month) = (day.year(), day.month().unsigned_abs(), day.day().unsigned_abs());
    if !KNOWN.contains(&year) {
        return None;
    }
    let solar: AnyDate<Iso> = AnyDate::try_new_iso(i32::from(year), month, of_month).ok()?;
    let lunar = solar.to_calendar(ChineseTraditional::new());
    Some(LunarDay {
        month: lunar.month().number(),
        leap: lunar.month().to_input().is_leap(),
        day: lunar.day_of_month().0,
    })
}
