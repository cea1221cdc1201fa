//! What PostgreSQL stores in its own way: ids as `uuid`, lists as arrays, and texts without the one character it
//! refuses.

use std::borrow::Cow;

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::super::View;
use super::super::convert::StoredId;
pub(super) use super::super::convert::{
    damaged, from_json, raw, scope_columns, timestamp, to_json, version, version_to_column,
};

/// A key longer than this many bytes is stored as its digest: an index takes no more than a third of a page.
const LONGEST_KEY: usize = 200;

pub(super) fn uuid<T: StoredId>(id: T) -> Uuid {
    Uuid::from_bytes(id.to_bytes())
}

pub(super) fn uuids<'a, T: StoredId + Copy + 'a>(ids: impl IntoIterator<Item = &'a T>) -> Vec<Uuid> {
    ids.into_iter().copied().map(uuid).collect()
}

pub(super) fn id<T: StoredId>(column: Uuid) -> T {
    T::from_bits(column.as_u128())
}

pub(super) fn channels(view: &View) -> Vec<String> {
    view.channels.iter().map(ToString::to_string).collect()
}

/// A text for a column that is only read by people.
pub(super) fn text(text: &str) -> Cow<'_, str> {
    if text.contains('\0') {
        Cow::Owned(text.replace('\0', "\u{fffd}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// A text for a column that is looked up and never read: a device may send any text as a kind, and one that does not
/// fit must not spoil the batch it comes with.
pub(super) fn key(text: &str) -> String {
    if text.len() > LONGEST_KEY || text.contains('\0') {
        format!("sha256:{}", crate::hex::encode(&Sha256::digest(text)))
    } else {
        text.to_owned()
    }
}
