//! Days and times of day as people type them, in the three languages of the interface. What has no one meaning is not
//! read: half a date, an impossible one, `5/12/2026`. Never asks for the day: today is an argument.

mod tokens;

use jiff::Span;
use jiff::civil::{Date, Time, date};

use self::tokens::Token::{self, Between, Number as N, Word as W};
use self::tokens::{folded, tokens};

/// English names of the months; three letters of one are enough.
const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
/// English names of the weekdays, Monday first; three letters of one are enough.
const WEEKDAYS: [&str; 7] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];
/// Days that have a name, and how far from today they are.
const NAMED: [(&str, i32); 15] = [
    ("今天", 0),
    ("今日", 0),
    ("today", 0),
    ("明天", 1),
    ("明日", 1),
    ("tomorrow", 1),
    ("后天", 2),
    ("后日", 2),
    ("大后天", 3),
    ("昨天", -1),
    ("昨日", -1),
    ("yesterday", -1),
    ("前天", -2),
    ("前日", -2),
    ("大前天", -3),
];
/// How many years apart a day without a year may be meant: last year's, this year's, next year's.
const YEARS_AROUND: std::ops::RangeInclusive<i16> = -1..=1;

/// The day that `typed` means on the day `today`; `None` for what cannot be read as one day. A day without a year, or
/// without a month (`5日`), is the nearest one to today.
pub fn read_date(typed: &str, today: Date) -> Option<Date> {
    let typed = folded(typed)?;
    let tokens = tokens(&typed)?;
    let (day, weekday) = split_weekday(&tokens);
    match (absolute(day, today), weekday) {
        (Some(day), Some(weekday)) => (weekday_number(day) == weekday).then_some(day),
        (Some(day), None) => Some(day),
        (None, _) => relative(&tokens, today),
    }
}

/// The time of day that `typed` means, to the minute; `None` for what cannot be read as one.
pub fn read_time(typed: &str) -> Option<Time> {
    let typed = folded(typed)?;
    let tokens = tokens(&typed)?;
    let (half, clock) = match tokens.as_slice() {
        [W(half), clock @ ..] if Half::of(half).is_some() => (Half::of(half), clock),
        [clock @ .., W(half)] if Half::of(half).is_some() => (Half::of(half), clock),
        clock => (None, clock),
    };
    let (hour, minute) = match clock {
        [N(hour)] if hour.digits <= 2 => (hour.value, 0),
        [N(both)] if both.digits <= 4 => (both.value / 100, both.value % 100),
        [N(hour), Between(':' | '.'), N(minute)] if minute.digits == 2 => (hour.value, minute.value),
        [N(hour), Between(':'), N(minute), Between(':'), N(second)] if minute.digits == 2 && second.value == 0 => {
            (hour.value, minute.value)
        }
        [N(hour), W("点" | "点钟" | "点整" | "时")] => (hour.value, 0),
        [N(hour), W("点半")] => (hour.value, 30),
        [N(hour), W("点" | "时"), N(quarters), W("刻")] if quarters.value < 4 => (hour.value, quarters.value * 15),
        [N(hour), W("点" | "时"), N(minute)] | [N(hour), W("点" | "时"), N(minute), W("分")] => {
            (hour.value, minute.value)
        }
        [] if half == Some(Half::Noon) => (12, 0),
        _ => return None,
    };
    let hour = half.map_or(Some(hour), |half| half.hour(hour))?;
    Time::new(i8::try_from(hour).ok()?, i8::try_from(minute).ok()?, 0, 0).ok()
}

/// The time of day as it is stored: `09:30`.
pub fn written_time(time: Time) -> String {
    format!("{:02}:{:02}", time.hour(), time.minute())
}

/// The time of day so many minutes later or earlier; past midnight it goes round.
pub fn minutes_on(from: Time, minutes: i32) -> Time {
    from.wrapping_add(Span::new().minutes(minutes))
}

/// Which half of the day a time is in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Half {
    /// After midnight; twelve is midnight.
    Night,
    /// Before noon.
    Morning,
    /// Around noon.
    Noon,
    /// After noon; twelve is noon.
    Afternoon,
    /// In the evening; twelve is not read, since it would be of the next day.
    Evening,
}

impl Half {
    fn of(word: &str) -> Option<Self> {
        Some(match word {
            "凌晨" | "am" => Self::Night,
            "上午" | "早上" | "早晨" | "清晨" => Self::Morning,
            "中午" | "noon" => Self::Noon,
            "下午" | "pm" => Self::Afternoon,
            "晚上" | "傍晚" | "晚" => Self::Evening,
            _ => return None,
        })
    }

    /// The hour of 24 that `hour` is in this half; `None` for one that is not in it.
    fn hour(self, hour: u32) -> Option<u32> {
        match (self, hour) {
            (Self::Night, 12) => Some(0),
            (Self::Night | Self::Morning, 0..=11) | (Self::Noon, 11..=13) => Some(hour),
            (Self::Noon, 1) => Some(13),
            (Self::Afternoon, 12) => Some(12),
            (Self::Afternoon | Self::Evening, 1..=11) => Some(hour + 12),
            (Self::Afternoon | Self::Evening, 13..=23) => Some(hour),
            _ => None,
        }
    }
}

/// Takes a weekday off the end or the beginning of a day that is written with one: `12月5日 周六`, `Sat 5 Dec`.
fn split_weekday<'a, 't>(tokens: &'a [Token<'t>]) -> (&'a [Token<'t>], Option<u32>) {
    match tokens {
        [W(name), day @ ..] if english(&WEEKDAYS, name).is_some() && !day.is_empty() => (day, english(&WEEKDAYS, name)),
        [day @ .., W(name)] if english(&WEEKDAYS, name).is_some() && !day.is_empty() => (day, english(&WEEKDAYS, name)),
        [day @ .., W(week), N(number)] if is_week(week) && number.value <= 6 && !day.is_empty() => {
            (day, Some(number.value))
        }
        [day @ .., W(sunday)] if is_sunday(sunday) && !day.is_empty() => (day, Some(7)),
        _ => (tokens, None),
    }
}

/// A day of the calendar, with or without its year.
fn absolute(tokens: &[Token<'_>], today: Date) -> Option<Date> {
    match tokens {
        [N(whole)] if whole.digits == 8 => day_of(whole.value / 10_000, whole.value / 100 % 100, whole.value % 100),
        [N(whole)] if whole.digits == 4 => nearest_of_year(whole.value / 100, whole.value % 100, today),
        [
            N(first),
            Between(one @ ('-' | '/' | '.' | ' ')),
            N(second),
            Between(other),
            N(third),
        ] if one == other => of_three(*first, *second, *third, today),
        [N(month), Between('-' | '/' | '.' | ' '), N(day)] if month.digits <= 2 && day.digits <= 2 => {
            nearest_of_year(month.value, day.value, today)
        }
        [N(year), W("年"), N(month), W("月"), N(day)]
        | [N(year), W("年"), N(month), W("月"), N(day), W("日" | "号")] => {
            day_of(whole_year(*year, today)?, month.value, day.value)
        }
        [W(year), N(month), W("月"), N(day)] | [W(year), N(month), W("月"), N(day), W("日" | "号")] => {
            let ahead = [("前年", -2), ("去年", -1), ("今年", 0), ("明年", 1), ("后年", 2)];
            let (_, ahead) = ahead.into_iter().find(|(name, _)| name == year)?;
            let year = u32::try_from(today.year() + ahead).ok()?;
            day_of(year, month.value, day.value)
        }
        [N(month), W("月"), N(day)] | [N(month), W("月"), N(day), W("日" | "号")] => {
            nearest_of_year(month.value, day.value, today)
        }
        [N(day), W("日" | "号")] => nearest_of_month(day.value, today),
        [W(month), N(day), W("日" | "号")] => in_month(months_ahead(month)?, day.value, today),
        [N(day), W(month)] | [W(month), N(day)] if day.digits <= 2 => {
            nearest_of_year(english(&MONTHS, month)?, day.value, today)
        }
        [N(day), W(month), N(year)] | [W(month), N(day), N(year)] | [W(month), N(day), Between(',' | ' '), N(year)]
            if year.digits == 4 =>
        {
            day_of(year.value, english(&MONTHS, month)?, day.value)
        }
        _ => None,
    }
}

/// A day that is told by its distance from today.
fn relative(tokens: &[Token<'_>], today: Date) -> Option<Date> {
    match tokens {
        [W(name)] if english(&WEEKDAYS, name).is_some() => coming(english(&WEEKDAYS, name)?, today),
        [W(name)] if is_sunday(name) => coming(7, today),
        [W(name)] => named(name, today).or_else(|| in_week(weeks_ahead(sunday_of(name)?)?, 7, today)),
        [W(week), N(number)] if is_week(week) && number.value <= 6 => coming(number.value, today),
        [W(week), N(number)] if number.value <= 6 => in_week(weeks_ahead(week)?, number.value, today),
        [W(which @ ("next" | "this" | "last")), W(name)] => {
            let weeks = [("last", -1), ("this", 0), ("next", 1)];
            let (_, weeks) = weeks.into_iter().find(|(word, _)| word == which)?;
            in_week(weeks, english(&WEEKDAYS, name)?, today)
        }
        [Between(sign @ ('+' | '-')), N(count)] => moved(signed(*count, *sign == '-')?, "天", today),
        [Between(sign @ ('+' | '-')), N(count), W(unit)] => moved(signed(*count, *sign == '-')?, unit, today),
        [W("in"), N(count), W(unit)] => moved(signed(*count, false)?, unit, today),
        [N(count), W(unit), W("ago")] => moved(signed(*count, true)?, unit, today),
        [N(count), W(word)] => {
            let back = word.ends_with('前');
            let unit = word.strip_suffix(['前', '后']).filter(|unit| !unit.is_empty())?;
            let unit = unit.trim_end_matches(['以', '之']);
            moved(signed(*count, back)?, unit, today)
        }
        _ => None,
    }
}

fn named(name: &str, today: Date) -> Option<Date> {
    if let Some((_, days)) = NAMED.into_iter().find(|(known, _)| *known == name) {
        return moved(days, "天", today);
    }
    match name {
        "年底" | "年末" => Some(date(today.year(), 12, 31)),
        "月底" | "月末" => Some(today.last_of_month()),
        _ => {
            let month = name.strip_suffix('底').or_else(|| name.strip_suffix('末'))?;
            let first = in_month(months_ahead(month)?, 1, today)?;
            Some(first.last_of_month())
        }
    }
}

/// Three numbers with the same sign between them. The year is first, or it is last and only one order of day and month
/// is possible; of two digits it is read only where they can be nothing but a year.
fn of_three(first: tokens::Digits, second: tokens::Digits, third: tokens::Digits, today: Date) -> Option<Date> {
    let (a, b, c) = (first.value, second.value, third.value);
    match (first.digits, third.digits) {
        (4, 1 | 2) => day_of(a, b, c),
        (1 | 2, 4) if a > 12 || a == b => day_of(c, b, a),
        (1 | 2, 4) if b > 12 => day_of(c, a, b),
        (2, 1 | 2) if a > 31 => day_of(whole_year(first, today)?, b, c),
        _ => None,
    }
}

/// A year of two digits is of this century up to twenty years ahead, else of the last.
fn whole_year(year: tokens::Digits, today: Date) -> Option<u32> {
    match year.digits {
        4 => Some(year.value),
        2 => {
            let this = u32::try_from(today.year()).ok()?;
            let century = this - this % 100;
            Some(if year.value <= this % 100 + 20 {
                century + year.value
            } else {
                century.checked_sub(100)? + year.value
            })
        }
        _ => None,
    }
}

fn day_of(year: u32, month: u32, day: u32) -> Option<Date> {
    let year = i16::try_from(year).ok().filter(|year| *year >= 1000)?;
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

fn nearest(days: impl Iterator<Item = Date>, today: Date) -> Option<Date> {
    // Of two that are equally near, the later.
    days.min_by_key(|day| (today.duration_until(*day).abs(), std::cmp::Reverse(*day)))
}

fn nearest_of_year(month: u32, day: u32, today: Date) -> Option<Date> {
    let years = YEARS_AROUND.filter_map(|years| u32::try_from(today.year() + years).ok());
    nearest(years.filter_map(|year| day_of(year, month, day)), today)
}

fn nearest_of_month(day: u32, today: Date) -> Option<Date> {
    nearest((-1..=1).filter_map(|months| in_month(months, day, today)), today)
}

fn in_month(ahead: i32, day: u32, today: Date) -> Option<Date> {
    let month = today.first_of_month().checked_add(Span::new().months(ahead)).ok()?;
    Date::new(month.year(), month.month(), i8::try_from(day).ok()?).ok()
}

fn in_week(ahead: i32, weekday: u32, today: Date) -> Option<Date> {
    let days = i32::try_from(weekday).ok()? - i32::try_from(weekday_number(today)).ok()? + 7 * ahead;
    moved(days, "天", today)
}

/// The next such day; today where today is one.
fn coming(weekday: u32, today: Date) -> Option<Date> {
    let ahead = i32::from(weekday < weekday_number(today));
    in_week(ahead, weekday, today)
}

fn moved(count: i32, unit: &str, today: Date) -> Option<Date> {
    let span = match unit {
        "天" | "日" | "d" | "day" | "days" => Span::new().try_days(count),
        "周" | "星期" | "礼拜" | "个星期" | "个礼拜" | "w" | "week" | "weeks" => {
            Span::new().try_weeks(count)
        }
        "个月" | "月" | "m" | "month" | "months" => Span::new().try_months(count),
        "年" | "y" | "year" | "years" => Span::new().try_years(count),
        _ => return None,
    };
    let day = today.checked_add(span.ok()?).ok()?;
    (day.year() >= 1000).then_some(day)
}

fn signed(count: tokens::Digits, back: bool) -> Option<i32> {
    let count = i32::try_from(count.value).ok()?;
    Some(if back { -count } else { count })
}

fn weekday_number(day: Date) -> u32 {
    u32::from(day.weekday().to_monday_one_offset().unsigned_abs())
}

/// The place of an English name, from one, by its first three letters or more.
fn english(names: &[&str], word: &str) -> Option<u32> {
    let found = names.iter().position(|name| word.len() >= 3 && name.starts_with(word));
    u32::try_from(found? + 1).ok()
}

fn is_week(word: &str) -> bool {
    matches!(word, "周" | "星期" | "礼拜")
}

fn is_sunday(word: &str) -> bool {
    sunday_of(word).is_some_and(is_week)
}

fn sunday_of(word: &str) -> Option<&str> {
    word.strip_suffix('日').or_else(|| word.strip_suffix('天'))
}

/// How many weeks ahead `下周`, `下个星期`, `上上周` or `本周` is.
fn weeks_ahead(word: &str) -> Option<i32> {
    let which = word
        .strip_suffix('周')
        .or_else(|| word.strip_suffix("星期"))
        .or_else(|| word.strip_suffix("礼拜"))?;
    which_one(which)
}

/// How many months ahead `下月`, `下个月` or `本月` is.
fn months_ahead(word: &str) -> Option<i32> {
    which_one(word.strip_suffix('月')?)
}

fn which_one(which: &str) -> Option<i32> {
    match which.strip_suffix('个').unwrap_or(which) {
        "上上" => Some(-2),
        "上" => Some(-1),
        "本" | "这" => Some(0),
        "下" => Some(1),
        "下下" => Some(2),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
