//! The screens around the lock: choosing the passphrase, unlocking, the first filling of the book, and why the book
//! cannot be used here. The keys are none of their business.

mod choose;
mod failure;
mod first_sync;
mod strength;
mod unlock;

pub use choose::ChoosePassphrase;
pub use failure::Failure;
pub use first_sync::FirstSync;
pub use unlock::Unlock;
