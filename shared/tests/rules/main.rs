//! Tables of cases and laws of the rules in `shared`: one module a subject. Builds records by hand; never syncs.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod access;
mod agenda;
mod bad_input;
mod circles;
mod conflicts;
mod data;
mod drafts;
mod filing;
mod handover;
mod identity;
mod kinds;
mod lunar;
mod make;
mod money;
mod notes;
mod opportunities;
mod queries;
mod recent;
mod refusals;
mod schema;
mod search;
mod settings;
mod shapes;
mod tasks;
mod timeline;
mod today;
mod vault;
mod views;
mod walk;
