//! The sealed form in which a device keeps its book: how a passphrase becomes a key, how the device's key is kept,
//! and how a stored value is sealed. Formats are versioned and pinned by golden files. Randomness is an argument.

pub mod envelope;
pub mod kdf;
pub mod keys;

/// Length of every key, and of a nonce, which is drawn at random for every sealing.
pub use rapport_cipher::{KEY_BYTES, NONCE_BYTES};

/// Length of the authentication tag after a ciphertext.
use rapport_cipher::TAG_BYTES;

/// The cipher seals at most 256 GB in one piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too large to be sealed in one piece")]
pub struct TooLarge;

/// Bytes as lower-case hexadecimal text in JSON.
mod hexadecimal {
    use std::fmt::Write as _;

    use serde::{Deserialize, Deserializer, Serializer, de::Error as _};

    pub fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        let mut text = String::with_capacity(bytes.len() * 2);
        for byte in bytes {
            write!(text, "{byte:02x}").map_err(serde::ser::Error::custom)?;
        }
        serializer.serialize_str(&text)
    }

    pub fn deserialize<'de, D: Deserializer<'de>, T: TryFrom<Vec<u8>>>(deserializer: D) -> Result<T, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        let bytes = decode(&text).ok_or_else(|| D::Error::custom("not hexadecimal"))?;
        T::try_from(bytes).map_err(|_| D::Error::custom("wrong length"))
    }

    fn decode(text: &str) -> Option<Vec<u8>> {
        let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        if !rest.is_empty() {
            return None;
        }
        pairs
            .iter()
            .map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?))
            .collect()
    }
}
