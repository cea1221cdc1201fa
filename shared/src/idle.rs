//! The idle lock: after how long without work an open book closes, as the bank has set it. Pure: how long nobody has
//! worked is told by the caller. It locks nothing itself.

use crate::settings::{Area, Parameter, Settings, Source, Unit};

/// After so many minutes without work a book warns, and then locks.
pub const LOCK_MINUTES: Parameter = Parameter {
    name: "idle_lock_minutes",
    area: Area::Device,
    unit: Unit::Minutes,
    from: 1,
    to: 30,
    most: 1,
    default: &[5],
    source: Source::Product,
};

/// How long the warning stands before the book is locked, in milliseconds.
const GRACE: i64 = 10 * 1_000;
/// Milliseconds.
const MINUTE: i64 = 60 * 1_000;

/// What idleness calls for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Idleness {
    /// Look again after this many milliseconds.
    Working(i64),
    /// Warn, and look again after this many milliseconds.
    Warn(i64),
    /// Lock.
    Lock,
}

/// How long nobody may work with an open book before the warning, in milliseconds.
pub fn limit(settings: &Settings) -> i64 {
    i64::from(settings.number(&LOCK_MINUTES)) * MINUTE
}

/// Judges `idle` milliseconds without work, of which `limit` are allowed. A clock put back counts as work just done.
pub fn judge(idle: i64, limit: i64) -> Idleness {
    let (idle, end) = (idle.max(0), limit + GRACE);
    if idle >= end {
        Idleness::Lock
    } else if idle >= limit {
        Idleness::Warn(end - idle)
    } else {
        Idleness::Working(limit - idle)
    }
}

#[cfg(test)]
mod tests {
    use super::{Idleness, LOCK_MINUTES, judge, limit};
    use crate::settings::Settings;

    #[test]
    fn judges_idleness() {
        let check = |idle, expected| assert_eq!(judge(idle, limit(&Settings::default())), expected, "{idle}");
        check(0, Idleness::Working(300_000));
        check(299_999, Idleness::Working(1));
        check(300_000, Idleness::Warn(10_000));
        check(309_999, Idleness::Warn(1));
        check(310_000, Idleness::Lock);
        check(i64::MAX, Idleness::Lock);
        check(-5_000, Idleness::Working(300_000));
    }

    #[test]
    fn however_it_is_set_a_book_is_locked_in_the_end() {
        for minutes in LOCK_MINUTES.from..=LOCK_MINUTES.to {
            let limit = i64::from(minutes) * 60_000;
            assert_eq!(judge(limit - 1, limit), Idleness::Working(1));
            assert_eq!(judge(limit + 10_000, limit), Idleness::Lock);
        }
    }
}
