//! What SQLite stores in its own way: ids as sixteen bytes, lists of ids as JSON arrays of hexadecimal texts (bound as
//! one parameter).

use super::super::Result;
use super::super::convert::StoredId;
pub(super) use super::super::convert::{
    damaged, from_json, raw, scope_columns, timestamp, to_json, version, version_to_column,
};

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
