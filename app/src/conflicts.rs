//! The inbox of what two people changed at once: both values, who wrote them and when, and what a person decides about
//! them. What a decision writes is a rule of `shared::conflicts`; nothing is decided here.

mod decision;
mod described;
mod editor;
mod list;
mod settling;
mod values;

pub use decision::DecisionPage;
pub use list::ConflictsPage;
