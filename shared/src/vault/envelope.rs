//! The sealed form of one stored value: format byte ‖ nonce ‖ XChaCha20-Poly1305 ciphertext and tag. The place it is
//! stored at is authenticated, so values cannot be swapped on the disk unseen. Never keeps a key.

use super::keys::DeviceKey;
use super::{NONCE_BYTES, TAG_BYTES, TooLarge};

/// The format [`seal`] writes.
pub const FORMAT: u8 = 1;
/// How many bytes longer a sealed value is.
pub const OVERHEAD_BYTES: usize = 1 + NONCE_BYTES + TAG_BYTES;
const PURPOSE: &[u8] = b"rapport";

/// Why a sealed value did not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// It was changed, cut, moved from another place, or sealed with another key.
    #[error("the sealed value is damaged")]
    Damaged,
    /// A newer version of the program sealed it.
    #[error("the sealed value was written by a newer version")]
    TooNew,
}

/// Seals `plain` for the place `id` in `store`. `nonce` is random and new for every call.
///
/// # Errors
/// [`TooLarge`].
pub fn seal(
    key: &DeviceKey,
    nonce: [u8; NONCE_BYTES],
    store: &str,
    id: &[u8],
    plain: &[u8],
) -> Result<Vec<u8>, TooLarge> {
    let mut sealed = Vec::with_capacity(OVERHEAD_BYTES + plain.len());
    sealed.push(FORMAT);
    sealed.extend(nonce);
    sealed.extend_from_slice(plain);
    let (_, text) = sealed.split_at_mut(1 + NONCE_BYTES);
    let place = place(FORMAT, store, id);
    let tag = rapport_cipher::encrypt(key.expose(), nonce, &place, text).ok_or(TooLarge)?;
    sealed.extend(tag);
    Ok(sealed)
}

/// Opens what [`seal`] made for the same place.
///
/// # Errors
/// [`OpenError`].
pub fn open(key: &DeviceKey, store: &str, id: &[u8], sealed: &[u8]) -> Result<Vec<u8>, OpenError> {
    let (&format, rest) = sealed.split_first().ok_or(OpenError::Damaged)?;
    if format > FORMAT {
        return Err(OpenError::TooNew);
    }
    let (nonce, ciphertext) = rest.split_first_chunk::<NONCE_BYTES>().ok_or(OpenError::Damaged)?;
    let (text, tag) = ciphertext.split_last_chunk::<TAG_BYTES>().ok_or(OpenError::Damaged)?;
    let mut text = text.to_vec();
    let place = place(format, store, id);
    if rapport_cipher::decrypt(key.expose(), *nonce, &place, &mut text, *tag) {
        Ok(text)
    } else {
        Err(OpenError::Damaged)
    }
}

/// The additional authenticated data. The length of the store's name keeps "ab" + "c" apart from "a" + "bc".
fn place(format: u8, store: &str, id: &[u8]) -> Vec<u8> {
    let length = u32::try_from(store.len()).unwrap_or(u32::MAX);
    let mut bytes = Vec::with_capacity(PURPOSE.len() + 5 + store.len() + id.len());
    bytes.extend(PURPOSE);
    bytes.push(format);
    bytes.extend(length.to_le_bytes());
    bytes.extend(store.as_bytes());
    bytes.extend(id);
    bytes
}
