//! The Rapport server: sign-in, sync, imports, and the embedded app. `router` builds the whole HTTP interface, for the
//! program and for the tests alike. It never decides a business rule: those live in the shared crate.

pub mod audit;
pub mod auth;
pub mod clock;
pub mod customers;
pub mod demo;
pub mod events;
pub mod exports;
pub mod handover;
pub mod health;
pub mod hex;
pub mod http;
pub mod imports;
pub mod messages;
pub mod people;
pub mod problem;
pub mod safe_csv;
pub mod state;
pub mod store;
pub mod sync;
pub mod testing;

pub use http::router;
pub use state::AppState;
