//! The list of customers, the customer's card, and the forms for it. It writes edits of customers and their key
//! people, and settles conflicts; notes and touches are written elsewhere.

mod card;
mod chosen;
mod conflicts;
mod contact_form;
mod contacts;
mod digest;
mod form;
mod found;
mod holdings;
mod in_charge;
mod list;
mod online;
mod online_list;
mod pins;
mod row;
mod state;
mod timeline;
mod wider;

pub use card::CardPage;
pub use contact_form::FORM as CONTACT_FORM;
pub use contacts::SECTION as CONTACTS;
pub use form::FORM;
pub use holdings::SECTION as HOLDINGS;
pub use list::{CustomersPage, NothingChosen};
#[cfg(feature = "bench")]
pub use state::ListState;
pub use timeline::SECTION as TIMELINE;
