//! The words between the tabs of one browser. They say that something happened, never what.

/// The channel they are spoken on.
pub(super) const CHANNEL: &str = "rapport";
/// The lock of the one tab that synchronises.
pub(super) const LEADER: &str = "rapport-sync";
/// The lock of the one tab whose turn it is to append, while several do.
pub(super) const WRITER: &str = "rapport-write";
/// The log has grown.
pub(super) const ADVANCED: &str = "advanced";
/// A tab could not append because others did.
pub(super) const WAITING: &str = "waiting";
/// Please synchronise.
pub(super) const SYNC: &str = "sync";
/// Somebody has signed in again.
pub(super) const SESSION: &str = "session";
/// The user has locked the book.
pub(super) const LOCKED: &str = "locked";
/// The book has been deleted.
pub(super) const WIPED: &str = "wiped";
