//! What each kind brings to the app, one line a kind. Nothing is decided here: whoever draws a kind asks by its name.

use rapport_shared::record::Kind;

use crate::forms::FormOf;
use crate::sections::Section;
use crate::{circles, customers, opportunities, parameters, tasks, visits};

/// The form of `kind`; `None` where it has none.
pub fn form(kind: &Kind) -> Option<&'static FormOf> {
    FORMS.iter().find(|form| form.kind == *kind).copied()
}

/// Every form.
pub static FORMS: [&FormOf; 9] = [
    &customers::FORM,
    &customers::CONTACT_FORM,
    &visits::APPOINTMENT_FORM,
    &visits::NOTE_FORM,
    &visits::TOUCH_FORM,
    &tasks::FORM,
    &opportunities::FORM,
    &circles::FORM,
    &parameters::FORM,
];

/// Every section of a card, in order.
pub static SECTIONS: [&Section; 5] = [
    &customers::CONTACTS,
    &tasks::SECTION,
    &opportunities::SECTION,
    &customers::HOLDINGS,
    &customers::TIMELINE,
];

#[cfg(test)]
mod tests;
