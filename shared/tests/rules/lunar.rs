//! The lunar calendar against the table of the Hong Kong Observatory, day by day, where it is at hand.

use jiff::civil::{Date, date};
use rapport_shared::lunar::{LunarDay, lunar_day};

use crate::data;

#[test]
fn knows_feasts_and_leap_months() {
    let check = |day: Date, month: u8, leap: bool, of_month: u8| {
        let expected = LunarDay {
            month,
            leap,
            day: of_month,
        };
        assert_eq!(lunar_day(day), Some(expected), "{day}");
    };
    check(date(2026, 2, 17), 1, false, 1);
    check(date(2026, 9, 25), 8, false, 15);
    check(date(2025, 7, 25), 6, true, 1);
    check(date(2033, 12, 22), 11, true, 1);
    check(date(1901, 1, 1), 11, false, 11);
    check(date(2100, 12, 31), 12, false, 1);
    assert_eq!(lunar_day(date(1900, 12, 31)), None);
    assert_eq!(lunar_day(date(2101, 1, 1)), None);
    assert_eq!(lunar_day(Date::MIN), None);
    assert_eq!(lunar_day(Date::MAX), None);
}

#[test]
fn agrees_with_the_observatory_on_every_day() {
    let Some(table) = data::read("09_holidays_lunar/hko/lunar_solar_map.txt") else {
        return;
    };
    let mut month = None;
    let mut days = 0;
    for line in table.lines() {
        let mut columns = line.split('\t');
        let (Some(solar), Some(named)) = (columns.next(), columns.next()) else {
            continue;
        };
        let solar = rapport_shared::dates::read_date(solar, date(2026, 11, 30)).expect("a day of the table");
        let day = match month_number(named) {
            Some(new) => {
                month = Some(new);
                1
            }
            None => day_number(named).expect("a lunar day"),
        };
        // The table begins in the middle of a month that it does not name.
        let (number, leap) = month.unwrap_or((11, false));
        let expected = LunarDay {
            month: number,
            leap,
            day,
        };
        assert_eq!(lunar_day(solar), Some(expected), "{line}");
        days += 1;
    }
    assert_eq!(days, 73_049, "200 years");
}

fn month_number(named: &str) -> Option<(u8, bool)> {
    const MONTHS: [&str; 12] = [
        "正", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二",
    ];
    let month = named.strip_suffix('月')?;
    let leap = month.strip_prefix('闰');
    let place = MONTHS.iter().position(|known| *known == leap.unwrap_or(month))?;
    Some((u8::try_from(place).ok()? + 1, leap.is_some()))
}

fn day_number(named: &str) -> Option<u8> {
    const DIGITS: [&str; 10] = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十"];
    let digit = |text: &str| -> Option<u8> {
        let place = DIGITS.iter().position(|known| *known == text)?;
        Some(u8::try_from(place).ok()? + 1)
    };
    match named {
        "二十" => Some(20),
        "三十" => Some(30),
        _ => {
            let tens = [("初", 0), ("十", 10), ("廿", 20)];
            let (rest, tens) = tens
                .into_iter()
                .find_map(|(start, tens)| Some((named.strip_prefix(start)?, tens)))?;
            Some(tens + digit(rest)?)
        }
    }
}
