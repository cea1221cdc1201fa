//! The list of customers, the customer's card, and the forms for it. It writes edits of customers and their key
//! people, and settles conflicts; notes and touches are written elsewhere.

mod card;
mod conflicts;
mod contact_form;
mod contacts;
mod digest;
mod facts;
mod form;
mod found;
mod history;
mod holdings;
mod in_charge;
mod list;
mod online;
mod online_list;
mod pins;
mod row;
mod state;
mod timeline;

pub use card::CardPage;
pub use contact_form::FORM as CONTACT_FORM;
pub use form::FORM;
pub use list::{CustomersPage, NothingChosen};
#[cfg(feature = "bench")]
pub use state::ListState;
