//! From a passphrase to a key: Argon2id (RFC 9106) with parameters that are stored beside what they protect, so that
//! they can grow without locking anybody out. Slow on purpose: the browser runs it off the main thread.

use argon2::{Algorithm, Argon2, Block, Params, Version};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::{KEY_BYTES, hexadecimal};

/// Length of the salt.
pub const SALT_BYTES: usize = 16;
/// Parameters beyond these are not ours: a damaged or foreign value must not hang the device or eat its memory.
const MAXIMUM_MEMORY_KIB: u32 = 1024 * 1024;
const MAXIMUM_ITERATIONS: u32 = 64;
const MAXIMUM_LANES: u32 = 16;

/// The cost of trying one passphrase, and the salt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KdfParameters {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub iterations: u32,
    /// Lanes.
    pub lanes: u32,
    /// Random bytes, new for every passphrase.
    #[serde(with = "hexadecimal")]
    pub salt: [u8; SALT_BYTES],
}

impl KdfParameters {
    /// Today's cost: 64 MiB, 3 passes, 1 lane (the second choice of RFC 9106 §4, with one lane because wasm has one
    /// thread).
    pub const fn standard(salt: [u8; SALT_BYTES]) -> Self {
        Self {
            memory_kib: 64 * 1024,
            iterations: 3,
            lanes: 1,
            salt,
        }
    }
}

/// Why no key could be derived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KdfError {
    /// The parameters are out of range; what they came from is damaged.
    #[error("the parameters of the key derivation are out of range")]
    Parameters,
    /// The device has not enough memory for them.
    #[error("not enough memory for the key derivation")]
    OutOfMemory,
}

/// The key that wraps the device's key. Wiped from memory when dropped; never printed.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct WrappingKey([u8; KEY_BYTES]);

impl WrappingKey {
    /// Takes over a key that came across a thread boundary, where it was [exposed](Self::expose).
    pub const fn from_bytes(bytes: [u8; KEY_BYTES]) -> Self {
        Self(bytes)
    }

    /// The bytes, to be handed to another thread of this program and nowhere else.
    pub const fn expose(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }
}

/// Derives the wrapping key. Takes about a second on a tablet.
///
/// # Errors
/// [`KdfError`].
pub fn derive_wrapping_key(passphrase: &str, parameters: &KdfParameters) -> Result<WrappingKey, KdfError> {
    if parameters.memory_kib > MAXIMUM_MEMORY_KIB
        || parameters.iterations > MAXIMUM_ITERATIONS
        || parameters.lanes > MAXIMUM_LANES
    {
        return Err(KdfError::Parameters);
    }
    let costs = Params::new(
        parameters.memory_kib,
        parameters.iterations,
        parameters.lanes,
        Some(KEY_BYTES),
    );
    let argon2 = Argon2::new(
        Algorithm::Argon2id,
        Version::V0x13,
        costs.map_err(|_| KdfError::Parameters)?,
    );
    let blocks = argon2.params().block_count();
    let mut memory = Zeroizing::new(Vec::new());
    memory.try_reserve_exact(blocks).map_err(|_| KdfError::OutOfMemory)?;
    memory.resize(blocks, Block::new());
    let mut key = WrappingKey([0; KEY_BYTES]);
    argon2
        .hash_password_into_with_memory(
            passphrase.as_bytes(),
            &parameters.salt,
            &mut key.0,
            memory.as_mut_slice(),
        )
        .map_err(|_| KdfError::Parameters)?;
    Ok(key)
}
