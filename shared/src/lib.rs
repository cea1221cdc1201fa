//! Everything the tablet and the server must agree on: the vocabulary, the records, the sync engine and
//! the business rules. It never does IO and never asks for the time or for randomness: both are arguments.

pub mod ids;
pub mod sync;
pub mod time;
