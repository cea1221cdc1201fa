//! Between typed values and what SQLite stores: ids as sixteen bytes, lists of ids as JSON arrays of hexadecimal
//! texts (bound as one parameter), bodies as JSON text.

use rapport_shared::ids::{DeviceId, MutationId, OrgId, RecordId, UserId};
use rapport_shared::sync::record::{Scope, Version};
use rapport_shared::time::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::super::{Result, StoreError};

/// An id that can be rebuilt from its stored bytes.
pub(super) trait StoredId: Sized {
    fn from_bits(bits: u128) -> Self;
}

macro_rules! stored_ids {
    ($($id:ident),*) => { $(impl StoredId for $id {
        fn from_bits(bits: u128) -> Self {
            Self::from_u128(bits)
        }
    })* };
}

stored_ids!(OrgId, UserId, DeviceId, RecordId, MutationId);

/// The id in a stored column.
pub(super) fn id<T: StoredId>(bytes: &[u8]) -> Result<T> {
    let bytes: [u8; 16] = bytes
        .try_into()
        .map_err(|_| damaged("an id that is not 16 bytes long"))?;
    Ok(T::from_bits(u128::from_be_bytes(bytes)))
}

/// The id in a stored column that may be empty.
pub(super) fn optional_id<T: StoredId>(bytes: Option<&[u8]>) -> Result<Option<T>> {
    bytes.map(id).transpose()
}

/// A list of ids as one parameter, for `SELECT unhex(value) FROM json_each(?)`.
pub(super) fn id_list<'a>(ids: impl IntoIterator<Item = &'a [u8; 16]>) -> String {
    let quoted = ids
        .into_iter()
        .map(|bytes| format!("\"{}\"", crate::hex::encode(bytes)));
    format!("[{}]", quoted.collect::<Vec<_>>().join(","))
}

/// The columns `customer` and `user` of a scope.
pub(super) fn scope_columns(scope: Scope) -> (Option<RecordId>, Option<UserId>) {
    match scope {
        Scope::Organisation => (None, None),
        Scope::Customer(customer) => (Some(customer), None),
        Scope::User(user) => (None, Some(user)),
    }
}

pub(super) fn version_to_column(version: Version) -> Result<i64> {
    i64::try_from(version.0).map_err(|_| damaged("a version beyond 63 bits"))
}

pub(super) fn version(column: i64) -> Result<Version> {
    u64::try_from(column)
        .map(Version)
        .map_err(|_| damaged("a negative version"))
}

pub(super) fn timestamp(column: i64) -> Timestamp {
    Timestamp::from_milliseconds(column)
}

pub(super) fn to_json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| StoreError::Failed(error.to_string()))
}

pub(super) fn from_json<T: DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| StoreError::Damaged(error.to_string()))
}

/// Stored JSON that is passed on as it is.
pub(super) fn raw(text: String) -> Result<Box<RawValue>> {
    RawValue::from_string(text).map_err(|error| StoreError::Damaged(error.to_string()))
}

pub(super) fn damaged(what: &str) -> StoreError {
    StoreError::Damaged(what.to_owned())
}
