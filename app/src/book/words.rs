//! The words between the tabs of one browser. They say that something happened, never what.

/// The line they are spoken on.
pub(super) const LINE: &str = "rapport";
/// The lock of the one tab that synchronises.
pub(super) const LEADER: &str = "rapport-sync";
/// The log has grown.
pub(super) const ADVANCED: &str = "advanced";
/// Please synchronise.
pub(super) const SYNC: &str = "sync";
/// Somebody has signed in again.
pub(super) const SESSION: &str = "session";
/// The book has been deleted.
pub(super) const WIPED: &str = "wiped";
