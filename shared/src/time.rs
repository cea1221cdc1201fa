//! Points in time as the wire carries them. Civil dates (birthdays, maturities) are [`jiff::civil::Date`];
//! this file never reads a clock.

use jiff::civil::{Date, DateTime, Time};
use serde::{Deserialize, Serialize};

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Timestamp(i64);

impl Timestamp {
    /// The point `milliseconds` after the epoch (negative: before it).
    pub const fn from_milliseconds(milliseconds: i64) -> Self {
        Self(milliseconds)
    }

    /// Milliseconds since the epoch.
    pub const fn milliseconds(self) -> i64 {
        self.0
    }

    /// This point moved by `milliseconds`, staying within what an `i64` can say.
    pub const fn plus(self, milliseconds: i64) -> Self {
        Self(self.0.saturating_add(milliseconds))
    }

    /// Milliseconds from `earlier` to this point; negative when `earlier` is in fact later.
    pub const fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// The calendar day a reader sees whose clock is `offset_minutes` ahead of UTC (China: 480).
    /// Times outside jiff's range (years −9999 to 9999) count as its nearest end.
    pub fn civil_date(self, offset_minutes: i32) -> Date {
        const DAY: i64 = 86_400_000;
        let local = self.0.saturating_add(i64::from(offset_minutes) * 60_000);
        let days = local.div_euclid(DAY);
        let epoch = jiff::civil::date(1970, 1, 1);
        epoch.saturating_add(jiff::Span::new().days(days.clamp(-4_000_000, 2_900_000)))
    }

    /// The day and time of day that this reader sees.
    pub fn civil_time(self, offset_minutes: i32) -> DateTime {
        const DAY: i64 = 86_400_000;
        let local = self.0.saturating_add(i64::from(offset_minutes) * 60_000);
        let day = self.civil_date(offset_minutes).to_datetime(Time::midnight());
        day.saturating_add(jiff::Span::new().milliseconds(local.rem_euclid(DAY)))
    }

    /// The point at which this reader's calendar and clock show `civil`.
    pub fn of_civil(civil: DateTime, offset_minutes: i32) -> Self {
        let since = civil.duration_since(jiff::civil::date(1970, 1, 1).to_datetime(Time::midnight()));
        let milliseconds = i64::try_from(since.as_millis()).unwrap_or(i64::MAX);
        Self(milliseconds).plus(-i64::from(offset_minutes) * 60_000)
    }
}

/// Where and when somebody types: what a day without a year means, and which point in time a day is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Here {
    /// Now.
    pub now: Timestamp,
    /// How far the writer's clock is ahead of UTC.
    pub utc_offset_minutes: i32,
}

impl Here {
    /// Today, where the writer is.
    pub fn today(self) -> Date {
        self.now.civil_date(self.utc_offset_minutes)
    }
}

/// The day that `text` names in the one form in which days are stored and travel, `2026-12-05`. Not read by jiff, which
/// knows all forms there are: its reader of them weighs as much as a screen, and every record that is due is read by this.
pub fn stored_day(text: &str) -> Option<Date> {
    let number = |digits: &str| {
        let mut bytes = digits.bytes();
        bytes.try_fold(0, |number: i16, byte| {
            byte.is_ascii_digit().then(|| number * 10 + i16::from(byte - b'0'))
        })
    };
    let (year, rest) = text.split_once('-').filter(|(year, _)| year.len() == 4)?;
    let (month, day) = rest
        .split_once('-')
        .filter(|(month, day)| month.len() == 2 && day.len() == 2)?;
    let [month, day] = [number(month)?, number(day)?].map(i8::try_from);
    Date::new(number(year)?, month.ok()?, day.ok()?).ok()
}

/// Whole days from one date to another; negative when the other is earlier.
pub fn days_between(from: Date, to: Date) -> i32 {
    i32::try_from(from.duration_until(to).as_hours() / 24).unwrap_or(i32::MAX)
}
