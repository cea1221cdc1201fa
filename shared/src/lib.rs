//! Everything the tablet and the server must agree on: the vocabulary, the records, the sync engine and
//! the business rules. It never does IO and never asks for the time or for randomness: both are arguments.

pub mod access;
pub mod agenda;
pub mod channel;
pub mod circles;
pub mod conflicts;
pub mod contacts;
pub mod customers;
pub mod dates;
pub mod descriptor;
pub mod drafts;
pub mod due;
pub mod filing;
pub mod handover;
pub mod holdings;
pub mod identity;
pub mod idle;
pub mod ids;
pub mod kinds;
pub mod lists;
pub mod lunar;
pub mod money;
pub mod notes;
pub mod opportunities;
pub mod order;
pub mod parameters;
pub mod people;
pub mod plausible;
pub mod recent;
pub mod record;
#[cfg(any(test, feature = "bench"))]
pub mod sample;
pub mod schema;
pub mod search;
pub mod settings;
pub(crate) mod shape;
pub mod sync;
pub mod tasks;
pub mod text;
pub mod time;
pub mod timeline;
pub mod today;
pub mod touches;
pub mod vault;
pub mod views;
pub mod visits;
