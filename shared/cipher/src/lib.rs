//! XChaCha20-Poly1305 as the book uses it. A crate of its own, since the cipher is made anew in the crate that calls it:
//! here it is compiled for speed, in `shared` to be small, which seals at half the speed. It knows no format and keeps no
//! key.

use chacha20poly1305::XChaCha20Poly1305;
use chacha20poly1305::aead::{AeadInOut, KeyInit};

/// Length of a key.
pub const KEY_BYTES: usize = 32;
/// Length of a nonce.
pub const NONCE_BYTES: usize = 24;
/// Length of the tag.
pub const TAG_BYTES: usize = 16;

/// Encrypts `text` where it lies; its tag, by which a change of it or of `place` is found out. `None`: it is longer than
/// 256 GB.
pub fn encrypt(
    key: &[u8; KEY_BYTES],
    nonce: [u8; NONCE_BYTES],
    place: &[u8],
    text: &mut [u8],
) -> Option<[u8; TAG_BYTES]> {
    let cipher = XChaCha20Poly1305::new(key.into());
    let tag = cipher.encrypt_inout_detached(&nonce.into(), place, text.into());
    tag.ok().map(Into::into)
}

/// Decrypts `text` where it lies. `false`, and nothing is decrypted: it was changed, or lay at another place, or the key is
/// another one.
#[must_use]
pub fn decrypt(
    key: &[u8; KEY_BYTES],
    nonce: [u8; NONCE_BYTES],
    place: &[u8],
    text: &mut [u8],
    tag: [u8; TAG_BYTES],
) -> bool {
    let cipher = XChaCha20Poly1305::new(key.into());
    let opened = cipher.decrypt_inout_detached(&nonce.into(), place, text.into(), &tag.into());
    opened.is_ok()
}
