//! What is due, day by day.

use jiff::civil::{Date, date};
use rapport_shared::agenda::{AHEAD_DAYS, BACK_DAYS, Reach, agenda, parameters};
use rapport_shared::settings::Settings;
use rapport_shared::time::Timestamp;
use rapport_shared::time::days_between;
use rapport_shared::today::{Due, Reason};

use crate::make::id;

const TODAY: Date = date(2026, 11, 30);
const BACK: i32 = BACK_DAYS.default[0];
const AHEAD: i32 = AHEAD_DAYS.default[0];

fn due(number: u128, days: i32) -> Due {
    let day = TODAY.checked_add(jiff::Span::new().days(days)).unwrap();
    Due {
        customer: None,
        record: id(number),
        day,
        days: days_between(TODAY, day),
        reason: Reason::Task,
    }
}

/// The numbers of each day's records, past days first as they are listed; records from 100 on have an hour.
fn listed(days: &[(u128, i32)]) -> (usize, Vec<Vec<u128>>, Vec<Vec<u128>>) {
    let all: Vec<Due> = days.iter().map(|(number, days)| due(*number, *days)).collect();
    let number = |due: &Due| u128::from_be_bytes(*due.record.as_bytes());
    let hour = |due: &Due| {
        let number = i64::try_from(number(due)).unwrap();
        (number >= 100).then(|| Timestamp::from_milliseconds(-number))
    };
    let agenda = agenda(
        &all,
        TODAY,
        Reach {
            back: BACK,
            ahead: AHEAD,
        },
        hour,
    );
    let numbers = |days: &[rapport_shared::agenda::Day]| -> Vec<Vec<u128>> {
        days.iter().map(|day| day.due.iter().map(number).collect()).collect()
    };
    (agenda.earlier, numbers(&agenda.past), numbers(&agenda.ahead))
}

#[test]
fn divides_by_day_with_what_has_an_hour_first() {
    let check = |days: &[(u128, i32)], earlier: usize, past: &[&[u128]], ahead: &[&[u128]]| {
        let (found, before, after) = listed(days);
        assert_eq!(found, earlier, "{days:?}");
        assert_eq!(before, past, "{days:?}");
        assert_eq!(after, ahead, "{days:?}");
    };
    check(&[], 0, &[], &[&[]]);
    check(&[(1, 0), (2, 0)], 0, &[], &[&[1, 2]]);
    check(&[(1, -2), (2, -1), (3, -2)], 0, &[&[2], &[1, 3]], &[&[]]);
    check(&[(1, -BACK), (2, -BACK - 1)], 1, &[&[1]], &[&[]]);
    check(&[(1, AHEAD), (2, AHEAD + 1)], 0, &[], &[&[], &[1]]);
    check(&[(1, 3), (100, 3), (101, 3)], 0, &[], &[&[], &[101, 100, 1]]);
}

#[test]
fn looks_as_far_as_it_shows() {
    let wide = parameters(&Settings::default());
    assert_eq!(wide.upcoming_days, AHEAD);
    assert!(wide.maturity_days.contains(&AHEAD) && wide.maturity_days.contains(&7));
}
