//! The device's key, and the form in which it lies on the disk: wrapped by a key derived from the passphrase. The
//! passphrase can change without resealing the book. Key bytes are never printed and are wiped when dropped.

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::kdf::{KdfParameters, WrappingKey};
use super::{KEY_BYTES, NONCE_BYTES, TAG_BYTES, TooLarge, hexadecimal};

/// The format [`wrap`] writes.
pub const FORMAT: u8 = 1;
/// First bytes of the additional authenticated data.
const PURPOSE: &[u8] = b"rapport device key";

/// The key that seals everything on one device. Made of 32 random bytes.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct DeviceKey([u8; KEY_BYTES]);

impl DeviceKey {
    /// A key of these bytes: random ones for a new device, or [exposed](Self::expose) ones from another thread.
    pub const fn from_bytes(bytes: [u8; KEY_BYTES]) -> Self {
        Self(bytes)
    }

    /// The bytes, to be handed to another thread of this program and nowhere else.
    pub const fn expose(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }
}

/// The device's key as it is stored: of no use without the passphrase.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrappedKey {
    /// [`FORMAT`] of the version that wrapped it.
    pub format: u8,
    /// How the wrapping key comes from the passphrase.
    pub kdf: KdfParameters,
    /// The nonce of the wrapping.
    #[serde(with = "hexadecimal")]
    pub nonce: [u8; NONCE_BYTES],
    /// The sealed key with its tag.
    #[serde(with = "hexadecimal")]
    pub ciphertext: [u8; KEY_BYTES + TAG_BYTES],
    /// CRC-32 of all the above: tells a damaged copy from a wrong passphrase.
    pub checksum: u32,
}

/// Why a wrapped key did not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnwrapError {
    /// The passphrase is not the one it was wrapped with.
    #[error("wrong passphrase")]
    WrongPassphrase,
    /// What was stored has changed since.
    #[error("the stored key is damaged")]
    Damaged,
    /// A newer version of the program wrapped it.
    #[error("the stored key was written by a newer version")]
    TooNew,
}

impl WrappedKey {
    /// The text to store.
    ///
    /// # Errors
    /// Never for a value made by [`wrap`]; the error is the serialiser's.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }

    /// Reads what [`Self::to_json`] wrote, in this or an older version, and checks that it is undamaged.
    ///
    /// # Errors
    /// [`UnwrapError::TooNew`] or [`UnwrapError::Damaged`].
    pub fn from_json(text: &str) -> Result<Self, UnwrapError> {
        #[derive(Deserialize)]
        struct Format {
            format: u8,
        }
        // A newer format may have other members: look at the number alone first.
        let Format { format } = serde_json::from_str(text).map_err(|_| UnwrapError::Damaged)?;
        if format > FORMAT {
            return Err(UnwrapError::TooNew);
        }
        let wrapped: Self = serde_json::from_str(text).map_err(|_| UnwrapError::Damaged)?;
        wrapped.check()?;
        Ok(wrapped)
    }

    fn check(&self) -> Result<(), UnwrapError> {
        match self.format {
            FORMAT if self.checksum == self.computed_checksum() => Ok(()),
            format if format > FORMAT => Err(UnwrapError::TooNew),
            _ => Err(UnwrapError::Damaged),
        }
    }

    fn computed_checksum(&self) -> u32 {
        let mut bytes = header(self.format, &self.kdf);
        bytes.extend(self.nonce);
        bytes.extend(self.ciphertext);
        crc32(&bytes)
    }
}

/// Wraps the device's key for storage. `kdf` must be what `wrapping` was derived with; `nonce` is random.
///
/// # Errors
/// Never in fact: [`TooLarge`] is the cipher's only failure.
pub fn wrap(
    key: &DeviceKey,
    wrapping: &WrappingKey,
    kdf: KdfParameters,
    nonce: [u8; NONCE_BYTES],
) -> Result<WrappedKey, TooLarge> {
    let mut ciphertext = [0; KEY_BYTES + TAG_BYTES];
    let (sealed, tag) = ciphertext.split_at_mut(KEY_BYTES);
    sealed.copy_from_slice(key.expose());
    let place = header(FORMAT, &kdf);
    tag.copy_from_slice(&rapport_cipher::encrypt(wrapping.expose(), nonce, &place, sealed).ok_or(TooLarge)?);
    let mut wrapped = WrappedKey {
        format: FORMAT,
        kdf,
        nonce,
        ciphertext,
        checksum: 0,
    };
    wrapped.checksum = wrapped.computed_checksum();
    Ok(wrapped)
}

/// Opens a wrapped key.
///
/// # Errors
/// [`UnwrapError`].
pub fn unwrap(wrapped: &WrappedKey, wrapping: &WrappingKey) -> Result<DeviceKey, UnwrapError> {
    wrapped.check()?;
    let (sealed, tag) = wrapped.ciphertext.split_first_chunk().ok_or(UnwrapError::Damaged)?;
    let tag = tag.try_into().map_err(|_| UnwrapError::Damaged)?;
    let mut plain: Zeroizing<[u8; KEY_BYTES]> = Zeroizing::new(*sealed);
    let place = header(wrapped.format, &wrapped.kdf);
    if rapport_cipher::decrypt(wrapping.expose(), wrapped.nonce, &place, plain.as_mut_slice(), tag) {
        Ok(DeviceKey(*plain))
    } else {
        Err(UnwrapError::WrongPassphrase)
    }
}

/// What the tag covers besides the key: the format and the parameters.
fn header(format: u8, kdf: &KdfParameters) -> Vec<u8> {
    let mut bytes = PURPOSE.to_vec();
    bytes.push(format);
    for number in [kdf.memory_kib, kdf.iterations, kdf.lanes] {
        bytes.extend(number.to_le_bytes());
    }
    bytes.extend(kdf.salt);
    bytes
}

/// CRC-32 as in IEEE 802.3: detects accidents, protects against nobody.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| {
            if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 }
        })
    })
}
