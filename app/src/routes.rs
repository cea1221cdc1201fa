//! Addresses of the screens, and how a form is left. Addresses hold ids and nothing readable about a customer.

mod leave;

use rapport_shared::ids::RecordId;
use rapport_shared::record::Kind;

pub use leave::{Leave, in_its_place, use_leave};

/// What is due.
pub const TODAY: &str = "/";
/// The list of customers.
pub const CUSTOMERS: &str = "/customers";
/// The form for a new customer.
pub const NEW_CUSTOMER: &str = "/customers/new";
/// What two people changed at once.
pub const CONFLICTS: &str = "/conflicts";
/// What is unsent, and the last synchronisation.
pub const STATUS: &str = "/status";
/// Language, theme, device.
pub const SETTINGS: &str = "/settings";
/// What is due and planned, day by day.
pub const CALENDAR: &str = "/calendar";
/// Everything that has no place of its own in the bar of a phone.
pub const MORE: &str = "/more";

/// What is to be done.
pub const TASKS: &str = "/tasks";
/// Deals that may come.
pub const OPPORTUNITIES: &str = "/opportunities";

/// Circles of people.
pub const CIRCLES: &str = "/circles";

/// Where a root is shown: a customer by its card, any other by its form.
pub fn root(kind: &Kind, id: RecordId) -> String {
    match kind {
        Kind::Customer => customer(id),
        _ => own(kind, id),
    }
}

/// The form for a record that belongs to nobody but its author, and for a root without a card.
pub fn own(kind: &Kind, record: RecordId) -> String {
    format!("/own/{kind}/{record}")
}

/// The form for a new record of that sort.
pub fn new_own(kind: &Kind) -> String {
    format!("/own/{kind}/{NEW}")
}

/// Where a note or touch is written before it is known whose it is; `draft` tells one from another.
pub fn write(kind: &Kind, draft: RecordId) -> String {
    format!("/write/{kind}/{draft}")
}

/// The numbers of the bank's rules.
pub const PARAMETERS: &str = "/settings/parameters";

/// One number of a rule, by its name.
pub fn parameter(name: &str) -> String {
    format!("{PARAMETERS}/{name}")
}

/// Where the form that sets a number of a rule keeps its draft.
pub fn parameter_draft(name: &str) -> String {
    format!("setting/{name}")
}

/// The card of a customer.
pub fn customer(id: RecordId) -> String {
    format!("/customers/{id}")
}

/// The card of a customer, at one of its notes.
pub fn customer_at(id: RecordId, note: RecordId) -> String {
    format!("/customers/{id}?note={note}")
}

/// The form for a customer's card.
pub fn edit_customer(id: RecordId) -> String {
    format!("/customers/{id}/edit")
}

/// One conflict, to decide about.
pub fn conflict(id: RecordId) -> String {
    format!("/conflicts/{id}")
}

/// In place of an id, where there is no record yet.
pub const NEW: &str = "new";

/// The form for a new record of `kind` about a customer.
pub fn new_record(customer: RecordId, kind: &Kind) -> String {
    format!("/customers/{customer}/{kind}/{NEW}")
}

/// The form for a record about a customer.
pub fn edit_record(customer: RecordId, kind: &Kind, record: RecordId) -> String {
    format!("/customers/{customer}/{kind}/{record}")
}

/// The form for a new record that corrects another, which stays.
pub fn correction(customer: RecordId, kind: &Kind, revised: RecordId) -> String {
    format!("{}?revises={revised}", new_record(customer, kind))
}
