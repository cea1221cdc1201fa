//! Between typed values and what every database stores: versions and points in time as signed integers, bodies as
//! JSON text. How ids and lists are stored is each database's own matter.

use rapport_shared::ids::{DeviceId, MutationId, OrgId, RecordId, UserId};
use rapport_shared::record::{Scope, Version};
use rapport_shared::time::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::{Result, StoreError};

/// An id that is stored as its sixteen bytes.
pub(super) trait StoredId: Sized {
    fn from_bits(bits: u128) -> Self;
    fn to_bytes(&self) -> [u8; 16];
}

macro_rules! stored_ids {
    ($($id:ident),*) => { $(impl StoredId for $id {
        fn from_bits(bits: u128) -> Self {
            Self::from_u128(bits)
        }

        fn to_bytes(&self) -> [u8; 16] {
            *self.as_bytes()
        }
    })* };
}

stored_ids!(OrgId, UserId, DeviceId, RecordId, MutationId);

/// The columns for the root and the user of a scope.
pub(super) fn scope_columns(scope: Scope) -> (Option<RecordId>, Option<UserId>) {
    match scope {
        Scope::Organisation => (None, None),
        Scope::Under(root) => (Some(root), None),
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
