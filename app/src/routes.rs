//! Addresses of the screens, under which keys their forms keep drafts, and how a form is left. Addresses hold ids and
//! nothing readable about a customer.

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

/// Where a note or touch is written before it is known whose it is; `draft` tells one from another.
pub fn write(kind: &Kind, draft: RecordId) -> String {
    format!("/write/{kind}/{draft}")
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

/// The form for a visit note.
pub fn note(id: RecordId) -> String {
    format!("/customers/{id}/note")
}

/// The form for the correction of the note `revised`.
pub fn correction(id: RecordId, revised: RecordId) -> String {
    format!("/customers/{id}/note?revises={revised}")
}

/// The form for a call, message, letter or branch meeting.
pub fn touch(id: RecordId) -> String {
    format!("/customers/{id}/touch")
}

/// The form for a new key person of a customer.
pub fn new_contact(customer: RecordId) -> String {
    format!("/customers/{customer}/contacts/new")
}

/// The form for a key person of a customer.
pub fn edit_contact(customer: RecordId, contact: RecordId) -> String {
    format!("/customers/{customer}/contacts/{contact}")
}

/// Where the form of a customer's card keeps its draft; of a new customer with `None`.
pub fn customer_draft(id: Option<RecordId>) -> String {
    id.map_or_else(|| "customer/new".to_owned(), |id| format!("customer/{id}"))
}

/// Where the form of a note keeps its draft; that of a correction is another.
pub fn note_draft(customer: RecordId, revised: Option<RecordId>) -> String {
    match revised {
        Some(note) => format!("note/{customer}/{note}"),
        None => format!("note/{customer}"),
    }
}

/// Where the text that two versions are put together in is kept.
pub fn conflict_draft(customer: Option<RecordId>, conflict: RecordId) -> String {
    format!("conflict/{}/{conflict}", customer.unwrap_or(conflict))
}

/// The beginning of the keys of what was written and is not filed to a customer.
pub fn unfiled(kind: &Kind) -> String {
    format!("{kind}/unfiled/")
}

/// Where the form of a touch keeps its draft.
pub fn touch_draft(customer: RecordId) -> String {
    format!("touch/{customer}")
}

/// Where the form of a key person keeps its draft; of a new one with `None`.
pub fn contact_draft(customer: RecordId, contact: Option<RecordId>) -> String {
    match contact {
        Some(contact) => format!("contact/{customer}/{contact}"),
        None => format!("contact/{customer}"),
    }
}
