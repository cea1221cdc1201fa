//! Synchronisation of the visit book between devices and the server: what a record is, how an intent changes it,
//! how concurrent intents merge, what travels, and the state machine that drives it. No IO, no clock, no randomness.
//!
//! # The protocol in one page
//! - A user's intent is a [`mutation::Mutation`]. It is saved in the device's outbox first, shown at once on top of
//!   the last state heard from the server, and leaves the outbox only when the server acknowledges that very id.
//! - `POST /api/sync` carries a [`wire::SyncRequest`] (mutations and a cursor) and answers a
//!   [`wire::SyncResponse`] (one acknowledgement a mutation, then a page of what changed since the cursor).
//! - Both sides fold a mutation into a record with the same function, [`merge::merge`]. A cleanly applied mutation
//!   is therefore acknowledged with its version only; the record itself is not sent back.
//! - `GET /api/events?device=<id>` stays open as Server-Sent Events. A [`wire::POKE_EVENT`] on it means: ask now. It
//!   comes when the line opens, and when a commit concerns what the device holds. It carries nothing, it may come
//!   without need, and it may get lost: whoever listens asks now and then all the same. A [`wire::ALIVE_EVENT`] shows
//!   that a silent line is still open.
//! - The server numbers every commit of an organisation ([`record::Version`]). The cursor is opaque to the device.

pub mod authority;
pub mod engine;
#[cfg(test)]
mod fixtures;
pub mod merge;
pub mod mutation;
pub mod record;
pub mod replica;
#[cfg(any(test, feature = "simulator"))]
pub mod simulator;
pub mod wire;
