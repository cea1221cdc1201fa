//! Days and times as the reader writes them. Pure: today and the time zone are arguments.

use jiff::civil::Date;
pub use rapport_shared::dates::{minutes_on, read_date, read_time, written_time};
use rapport_shared::lunar::lunar_day;
use rapport_shared::time::Timestamp;
use rapport_shared::time::days_between;
pub use rapport_shared::time::stored_day;

use super::look_up;
use super::texts::dates as words;

fn month_name(date: Date) -> &'static str {
    look_up(&format!("month.{}", date.month())).unwrap_or_default()
}

/// 周六, Sat.
pub fn weekday(date: Date) -> &'static str {
    look_up(&format!("weekday.{}", date.weekday().to_monday_one_offset())).unwrap_or_default()
}

/// 2026年11月21日, 21 Nov 2026.
pub fn date(date: Date) -> String {
    words::full(date.day(), date.month(), month_name(date), date.year())
}

/// 农历十月廿七, lunar month 10, day 27; `None` outside the years for which the calendar is known.
pub fn lunar(day: Date) -> Option<String> {
    let lunar = lunar_day(day)?;
    let name = |names: &'static str, number: u8| names.split(' ').nth(usize::from(number).checked_sub(1)?);
    let month = name(words::lunar_months(), lunar.month)?;
    let day = name(words::lunar_days(), lunar.day)?;
    Some(if lunar.leap {
        words::lunar_leap(day, month)
    } else {
        words::lunar(day, month)
    })
}

/// Without the year when it is this year's.
pub fn short_date(day: Date, today: Date) -> String {
    if day.year() == today.year() {
        words::short(day.day(), day.month(), month_name(day))
    } else {
        date(day)
    }
}

/// 11月21日 周六, Sat 21 Nov.
pub fn date_with_weekday(date: Date) -> String {
    words::with_weekday(date.day(), date.month(), month_name(date), weekday(date))
}

/// Today, yesterday, 3 days ago; from a month on, the date.
pub fn relative_day(day: Date, today: Date) -> String {
    match days_between(today, day) {
        0 => words::today().to_owned(),
        1 => words::tomorrow().to_owned(),
        -1 => words::yesterday().to_owned(),
        days @ 2..=31 => words::in_days(days),
        days @ -31..=-2 => words::days_ago(-days),
        _ => short_date(day, today),
    }
}

/// When something is due: overdue by days, today, or the day.
pub fn due(day: Date, today: Date) -> String {
    match days_between(today, day) {
        days @ ..0 => words::overdue(-days),
        _ => relative_day(day, today),
    }
}

/// Hour and minute of a point in time, for a reader so many minutes ahead of UTC.
pub fn clock(at: Timestamp, offset_minutes: i32) -> String {
    let minutes = (at.milliseconds().div_euclid(60_000) + i64::from(offset_minutes)).rem_euclid(1_440);
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// Day and minute of a point in time, for a reader so many minutes ahead of UTC.
pub fn time(at: Timestamp, today: Date, offset_minutes: i32) -> String {
    let day = at.civil_date(offset_minutes);
    let clock = clock(at, offset_minutes);
    let date = match days_between(today, day) {
        0 => words::today().to_owned(),
        -1 => words::yesterday().to_owned(),
        _ => short_date(day, today),
    };
    words::with_time(date, clock)
}

/// How long ago, in minutes and hours within a day, else in days.
pub fn ago(at: Timestamp, now: Timestamp, offset_minutes: i32) -> String {
    let minutes = now.since(at).max(0) / 60_000;
    match minutes {
        0 => words::just_now().to_owned(),
        1..60 => words::minutes_ago(minutes),
        60..1_440 => words::hours_ago(minutes / 60),
        _ => relative_day(at.civil_date(offset_minutes), now.civil_date(offset_minutes)),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date as day;
    use rapport_shared::time::Timestamp;

    use super::{due, lunar, time};
    use crate::i18n::{Language, set_language};

    #[test]
    fn says_when_something_is_due() {
        let today = day(2026, 11, 21);
        let check = |language: Language, at: jiff::civil::Date, expected: &str| {
            set_language(language);
            assert_eq!(due(at, today), expected);
        };
        check(Language::SimplifiedChinese, day(2026, 11, 18), "逾期 3 天");
        check(Language::English, day(2026, 11, 20), "1 day overdue");
        check(Language::TraditionalChinese, day(2026, 11, 24), "3 天後");
        check(Language::English, day(2026, 11, 21), "today");
        check(Language::English, day(2027, 2, 1), "1 Feb 2027");
        check(Language::SimplifiedChinese, day(2027, 2, 1), "2027年2月1日");
    }

    #[test]
    fn says_the_lunar_day() {
        let check = |language: Language, at: jiff::civil::Date, expected: &str| {
            set_language(language);
            assert_eq!(lunar(at).as_deref(), Some(expected));
        };
        check(Language::SimplifiedChinese, day(2026, 12, 5), "农历十月廿七");
        check(Language::TraditionalChinese, day(2026, 1, 1), "農曆十一月十三");
        check(Language::SimplifiedChinese, day(2026, 1, 1), "农历冬月十三");
        check(Language::English, day(2025, 7, 25), "lunar leap month 6, day 1");
        check(Language::SimplifiedChinese, day(2025, 7, 25), "农历闰六月初一");
        assert_eq!(lunar(day(1900, 1, 1)), None);
    }

    #[test]
    fn shows_the_readers_clock() {
        let today = day(2026, 11, 21);
        let check = |milliseconds: i64, offset: i32, expected: &str| {
            set_language(Language::English);
            assert_eq!(
                time(Timestamp::from_milliseconds(milliseconds), today, offset),
                expected
            );
        };
        check(1_795_219_200_000, 480, "today, 08:00");
        check(1_795_219_200_000, 0, "today, 00:00");
        check(1_795_219_140_000, 0, "yesterday, 23:59");
        check(-60_000, 0, "31 Dec 1969, 23:59");
    }
}
