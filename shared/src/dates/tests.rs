//! Tables of what people type, and what it means.

use jiff::civil::{Date, date, time};

use super::{minutes_on, read_date, read_time, written_time};

/// A Monday.
const TODAY: Date = date(2026, 11, 30);

fn reads(cases: &[(&str, Date)]) {
    for (typed, expected) in cases {
        assert_eq!(read_date(typed, TODAY), Some(*expected), "{typed}");
    }
}

#[test]
fn reads_days_in_any_usual_form() {
    let day = date(2026, 12, 5);
    for typed in [
        "2026-12-05",
        "2026-12-5",
        "2026/12/5",
        "2026/12/05",
        "2026.12.5",
        "2026 12 5",
        "2026年12月5日",
        "2026年12月5号",
        "2026年12月5",
        "２０２６－１２－０５",
        "２０２６年１２月５日",
        "2026 年 12 月 5 日",
        "26年12月5日",
        "二〇二六年十二月五日",
        "20261205",
        "12-5",
        "12/5",
        "12.5",
        "12 5",
        "1205",
        "12月5日",
        "12月5號",
        "十二月五日",
        "12月5日 周六",
        "12月5日（周六）",
        "12月5日週六",
        "2026年12月5日 星期六",
        "今年12月5日",
        "下月5日",
        "下个月5号",
        "5日",
        "5号",
        "5 Dec",
        "Dec 5",
        "5 dec 2026",
        "December 5, 2026",
        "5th of December 2026",
        "Dec 5th, 2026",
        "Sat 5 Dec 2026",
        "\u{202d}2026-12-05\u{202c}",
        " 2026—12—05 ",
        "+5",
        "5天后",
        "5 天以後",
        "in 5 days",
        "周六",
        "本周六",
        "星期六",
        "禮拜六",
        "saturday",
        "this Saturday",
    ] {
        assert_eq!(read_date(typed, TODAY), Some(day), "{typed}");
    }
}

#[test]
fn reads_days_told_by_their_distance() {
    reads(&[
        ("今天", TODAY),
        ("today", TODAY),
        ("明天", date(2026, 12, 1)),
        ("Tomorrow", date(2026, 12, 1)),
        ("后天", date(2026, 12, 2)),
        ("後天", date(2026, 12, 2)),
        ("大后天", date(2026, 12, 3)),
        ("昨天", date(2026, 11, 29)),
        ("前天", date(2026, 11, 28)),
        ("+7", date(2026, 12, 7)),
        ("＋７", date(2026, 12, 7)),
        ("+ 7", date(2026, 12, 7)),
        ("-3", date(2026, 11, 27)),
        ("+2w", date(2026, 12, 14)),
        ("+1m", date(2026, 12, 30)),
        ("两周后", date(2026, 12, 14)),
        ("一个月后", date(2026, 12, 30)),
        ("3天前", date(2026, 11, 27)),
        ("3 days ago", date(2026, 11, 27)),
        ("周一", TODAY),
        ("周日", date(2026, 12, 6)),
        ("下周一", date(2026, 12, 7)),
        ("下週一", date(2026, 12, 7)),
        ("下个星期天", date(2026, 12, 13)),
        ("下下周三", date(2026, 12, 16)),
        ("上周五", date(2026, 11, 27)),
        ("next monday", date(2026, 12, 7)),
        ("last fri", date(2026, 11, 27)),
        ("月底", TODAY),
        ("下月底", date(2026, 12, 31)),
        ("年底", date(2026, 12, 31)),
        ("明年3月5日", date(2027, 3, 5)),
        ("去年2月28日", date(2025, 2, 28)),
    ]);
}

#[test]
fn a_day_without_a_year_is_the_nearest() {
    reads(&[
        ("1-5", date(2027, 1, 5)),
        ("11-29", date(2026, 11, 29)),
        ("6-30", date(2026, 6, 30)),
        ("29日", date(2026, 11, 29)),
        ("2日", date(2026, 12, 2)),
        ("15日", date(2026, 12, 15)),
        ("31日", date(2026, 10, 31)),
    ]);
    assert_eq!(read_date("12-30", date(2027, 1, 2)), Some(date(2026, 12, 30)));
    assert_eq!(read_date("2-29", date(2028, 1, 2)), Some(date(2028, 2, 29)));
}

#[test]
fn reads_other_orders_only_where_they_mean_one_day() {
    reads(&[
        ("25/12/2026", date(2026, 12, 25)),
        ("12/25/2026", date(2026, 12, 25)),
        ("5/5/2026", date(2026, 5, 5)),
        ("85-3-12", date(1985, 3, 12)),
        ("85年3月12日", date(1985, 3, 12)),
        ("2024-02-29", date(2024, 2, 29)),
    ]);
}

#[test]
fn reads_no_half_impossible_or_ambiguous_days() {
    for typed in [
        "",
        " ",
        "2",
        "20",
        "2026",
        "2026-",
        "2026-1",
        "2026-12",
        "2026-12-",
        "2026-12-0",
        "2026--05",
        "-12-05",
        "12-",
        "12月",
        "2026年12月",
        "月5日",
        "2026年月日",
        "202612",
        "2026120",
        "2026-13-01",
        "2026-02-29",
        "2027-02-29",
        "2-29",
        "2月30日",
        "2026-04-31",
        "31-4",
        "0-5",
        "32日",
        "12月5日 周五",
        "5/12/2026",
        "26-12-5",
        "0026-12-05",
        "10000-01-01",
        "99999999999999999999",
        "2026-12-05 10:30",
        "2026-12-05x",
        "someday",
        "周八",
        "下周",
        "+",
        "+99999999",
        "三十十",
        "十二月五十日",
        "💥",
        "2026-12-05; drop",
    ] {
        assert_eq!(read_date(typed, TODAY), None, "{typed}");
    }
    assert_eq!(read_date(&"1".repeat(10_000), TODAY), None);
}

#[test]
fn every_day_is_read_as_it_is_written() {
    let mut day = date(1899, 12, 25);
    while day < date(2101, 1, 5) {
        // In turn, so that each form meets every month and every day of one.
        let written = match day.day_of_year() % 3 {
            0 => day.to_string(),
            1 => format!("{}年{}月{}日", day.year(), day.month(), day.day()),
            _ => day.strftime("%-d %b %Y").to_string(),
        };
        assert_eq!(read_date(&written, TODAY), Some(day), "{written}");
        day = day.saturating_add(jiff::Span::new().days(1));
    }
}

#[test]
fn reads_times_in_any_usual_form() {
    let check = |typed: &str, hour: i8, minute: i8| {
        assert_eq!(read_time(typed), Some(time(hour, minute, 0, 0)), "{typed}");
    };
    for typed in [
        "15:30",
        "１５：３０",
        "15.30",
        "1530",
        "15:30:00",
        "15点30",
        "15點30分",
        "15时30分",
        "下午3:30",
        "下午三点半",
        "下午3點半",
        "3:30pm",
        "3:30 PM",
        "下午 3 点 2 刻",
    ] {
        check(typed, 15, 30);
    }
    check("9", 9, 0);
    check("09:05", 9, 5);
    check("9:05", 9, 5);
    check("930", 9, 30);
    check("9点", 9, 0);
    check("9点一刻", 9, 15);
    check("上午十点", 10, 0);
    check("晚上8点", 20, 0);
    check("中午", 12, 0);
    check("中午12点半", 12, 30);
    check("12am", 0, 0);
    check("12pm", 12, 0);
    check("0:00", 0, 0);
    check("凌晨1点", 1, 0);
}

#[test]
fn reads_no_half_or_impossible_times() {
    for typed in [
        "",
        "9:",
        "9:5",
        ":30",
        "24:00",
        "12:60",
        "25",
        "12345",
        "13am",
        "上午12点",
        "晚上12点",
        "9点60",
        "noonish",
        "12:30:15",
        "-9",
    ] {
        assert_eq!(read_time(typed), None, "{typed}");
    }
}

#[test]
fn times_step_round_the_clock() {
    assert_eq!(written_time(minutes_on(time(23, 50, 0, 0), 15)), "00:05");
    assert_eq!(written_time(minutes_on(time(0, 0, 0, 0), -15)), "23:45");
}
