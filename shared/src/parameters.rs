//! Every number of the house that a bank may set, for the screens that show and set them. It knows the rules; no rule
//! knows it.

use crate::opportunities::contact_clock;
use crate::settings::Parameter;
use crate::{agenda, customers, handover, holdings, idle, plausible, today};

/// All of them, by what they are about.
pub const ALL: [&Parameter; 18] = [
    &today::UPCOMING_DAYS,
    &today::MATURITY_NOTICES,
    &today::MATURED_DAYS,
    &today::BIRTHDAY_DAYS,
    &agenda::BACK_DAYS,
    &agenda::AHEAD_DAYS,
    &customers::DUE_WITHIN_DAYS,
    &holdings::SOON_DAYS,
    &handover::INTRODUCTION_DAYS,
    &plausible::EARLIEST_YEAR,
    &plausible::IMPORT_EARLIEST_YEAR,
    &plausible::IMPORT_AHEAD_YEARS,
    &idle::LOCK_MINUTES,
    &contact_clock::AGREED_DAYS,
    &contact_clock::WITHIN_WEEK_DAYS,
    &contact_clock::WITHIN_MONTH_DAYS,
    &contact_clock::WITHIN_QUARTER_DAYS,
    &contact_clock::LATER_DAYS,
];

/// The parameter of this name; `None` for one that this version does not know.
pub fn named(name: &str) -> Option<&'static Parameter> {
    ALL.into_iter().find(|parameter| parameter.name == name)
}
