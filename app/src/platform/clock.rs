//! The device's clock, uncorrected, and its time zone.

use rapport_shared::time::Timestamp;

/// What the device's clock shows.
pub(crate) fn now() -> Timestamp {
    Timestamp::from_milliseconds(js_sys::Date::now() as i64)
}

/// How far local time is ahead of UTC at present, in minutes (China: 480).
pub(crate) fn utc_offset_minutes() -> i32 {
    // JavaScript counts the other way round.
    -(js_sys::Date::new_0().get_timezone_offset() as i32)
}
