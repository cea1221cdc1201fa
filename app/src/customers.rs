//! The list of customers, the customer's card, and the forms for it. It writes edits of customers and settles
//! conflicts; notes and touches are written elsewhere.

mod card;
mod conflicts;
mod contacts;
mod digest;
mod facts;
mod form;
mod history;
mod holdings;
mod list;
mod row;
mod state;
mod timeline;

pub use card::CardPage;
pub use form::{EditPage, NewPage};
pub use list::{CustomersPage, NothingChosen};
