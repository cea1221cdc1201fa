//! The keys of an open book: made from a passphrase, used for sealing and opening what the store holds, wiped when
//! dropped. Key bytes never leave this module, except to and from the worker that derives them.

use js_sys::{Array, Uint8Array};
use rapport_shared::ids::DeviceId;
use rapport_shared::sync::replica::RestoreError;
use rapport_shared::vault::envelope::{self, OpenError};
use rapport_shared::vault::kdf::{KdfError, KdfParameters, WrappingKey, derive_wrapping_key};
use rapport_shared::vault::keys::{self, DeviceKey, UnwrapError, WrappedKey};
use serde::{Deserialize, Serialize};
use wasm_bindgen::{JsCast, JsValue};
use zeroize::Zeroizing;

use crate::db::Marker;
use crate::platform::random::Random;
use crate::platform::worker;

/// Names of the places sealed values are bound to. They are part of the sealed format.
const LOG: &str = "log";
const PAGES: &str = "pages";
const HEAD: &str = "head";
const FIRST_ROWS: &str = "first_rows";
/// What the worker answers instead of a key.
const OUT_OF_MEMORY: &str = "out of memory";
const DAMAGED: &str = "damaged";

/// Why a book cannot be unlocked, or a value not be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum VaultError {
    /// Not the passphrase of this book.
    #[error("wrong passphrase")]
    Wrong,
    /// What is stored was changed.
    #[error("the stored value is damaged")]
    Damaged,
    /// A newer version of the app stored it.
    #[error("the stored value is of a newer version")]
    TooNew,
    /// Not enough memory for the key derivation, or the browser failed.
    #[error("the device could not do it")]
    Device,
}

impl From<UnwrapError> for VaultError {
    fn from(error: UnwrapError) -> Self {
        match error {
            UnwrapError::WrongPassphrase => Self::Wrong,
            UnwrapError::Damaged => Self::Damaged,
            UnwrapError::TooNew => Self::TooNew,
        }
    }
}

impl From<OpenError> for VaultError {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Damaged => Self::Damaged,
            OpenError::TooNew => Self::TooNew,
        }
    }
}

impl From<RestoreError> for VaultError {
    fn from(error: RestoreError) -> Self {
        match error {
            RestoreError::Damaged(_) => Self::Damaged,
            RestoreError::TooNew(_) => Self::TooNew,
        }
    }
}

/// What lies unsealed beside the book: nothing secret.
#[derive(Serialize, Deserialize)]
struct Vault {
    /// This device, as the server knows it.
    device: DeviceId,
    /// [`WrappedKey`], as its own text.
    key: String,
}

/// The key of an open book.
pub(crate) struct Keys {
    device: DeviceId,
    key: DeviceKey,
    random: Random,
}

impl Keys {
    /// A new key for a new book on `device`, and the text that gives it back for the same passphrase.
    ///
    /// # Errors
    /// [`VaultError::Device`].
    pub(crate) async fn create(
        device: DeviceId,
        passphrase: &str,
        key_worker: &str,
        random: Random,
    ) -> Result<(Self, String), VaultError> {
        let kdf = KdfParameters::standard(random.bytes().map_err(|_| VaultError::Device)?);
        Self::create_with(kdf, device, passphrase, key_worker, random).await
    }

    /// Like [`Keys::create`], at a cost of the caller's choice.
    ///
    /// # Errors
    /// [`VaultError::Device`].
    pub(crate) async fn create_with(
        kdf: KdfParameters,
        device: DeviceId,
        passphrase: &str,
        key_worker: &str,
        random: Random,
    ) -> Result<(Self, String), VaultError> {
        let draw = |_| VaultError::Device;
        let wrapping = derive(passphrase, &kdf, key_worker).await?;
        let key = DeviceKey::from_bytes(random.bytes().map_err(draw)?);
        let wrapped = keys::wrap(&key, &wrapping, kdf, random.bytes().map_err(draw)?);
        let wrapped = wrapped.map_err(|_| VaultError::Device)?;
        let key_text = wrapped.to_json().map_err(|_| VaultError::Device)?;
        let vault = Vault { device, key: key_text };
        let text = serde_json::to_string(&vault).map_err(|_| VaultError::Device)?;
        Ok((Self { device, key, random }, text))
    }

    /// The key that `vault` holds, if the passphrase is right.
    ///
    /// # Errors
    /// [`VaultError`].
    pub(crate) async fn unlock(
        vault: &str,
        passphrase: &str,
        key_worker: &str,
        random: Random,
    ) -> Result<Self, VaultError> {
        let Vault { device, key } = serde_json::from_str(vault).map_err(|_| VaultError::Damaged)?;
        let wrapped = WrappedKey::from_json(&key)?;
        let wrapping = derive(passphrase, &wrapped.kdf, key_worker).await?;
        let key = keys::unwrap(&wrapped, &wrapping)?;
        Ok(Self { device, key, random })
    }

    /// A key that two tabs of a test can have without deriving it.
    #[cfg(all(test, target_arch = "wasm32"))]
    #[expect(clippy::unwrap_used, reason = "a test may fail loudly")]
    pub(crate) fn for_test(byte: u8) -> Self {
        Self {
            device: DeviceId::from_u128(u128::from(byte)),
            key: DeviceKey::from_bytes([byte; 32]),
            random: Random::of_page().unwrap(),
        }
    }

    /// The device the book is on.
    pub(crate) const fn device(&self) -> DeviceId {
        self.device
    }

    /// Seals log entry `number`.
    ///
    /// # Errors
    /// [`VaultError::Device`].
    pub(crate) fn seal_log(&self, number: u64, plain: &[u8]) -> Result<Vec<u8>, VaultError> {
        self.seal(LOG, &number.to_le_bytes(), plain)
    }

    /// Opens log entry `number`.
    ///
    /// # Errors
    /// [`VaultError`].
    pub(crate) fn open_log(&self, number: u64, sealed: &[u8]) -> Result<Vec<u8>, VaultError> {
        self.open(LOG, &number.to_le_bytes(), sealed)
    }

    /// Seals page `number`.
    ///
    /// # Errors
    /// [`VaultError::Device`].
    pub(crate) fn seal_page(&self, number: u32, plain: &[u8]) -> Result<Vec<u8>, VaultError> {
        self.seal(PAGES, &number.to_le_bytes(), plain)
    }

    /// Opens page `number`.
    ///
    /// # Errors
    /// [`VaultError`].
    pub(crate) fn open_page(&self, number: u32, sealed: &[u8]) -> Result<Vec<u8>, VaultError> {
        self.open(PAGES, &number.to_le_bytes(), sealed)
    }

    /// Seals the head as it is at `marker`, so that the marker cannot be changed unseen.
    ///
    /// # Errors
    /// [`VaultError::Device`].
    pub(crate) fn seal_head(&self, marker: Marker, plain: &[u8]) -> Result<Vec<u8>, VaultError> {
        self.seal(HEAD, &head_place(marker), plain)
    }

    /// Opens the head of `marker`.
    ///
    /// # Errors
    /// [`VaultError`].
    pub(crate) fn open_head(&self, marker: Marker, sealed: &[u8]) -> Result<Vec<u8>, VaultError> {
        self.open(HEAD, &head_place(marker), sealed)
    }

    /// Seals the first rows of the list as they are after log entry `through`, beside the pages of `epoch`.
    ///
    /// # Errors
    /// [`VaultError::Device`].
    pub(crate) fn seal_first_rows(&self, epoch: u64, through: u64, plain: &[u8]) -> Result<Vec<u8>, VaultError> {
        self.seal(FIRST_ROWS, &two_numbers(epoch, through), plain)
    }

    /// Opens those first rows.
    ///
    /// # Errors
    /// [`VaultError`].
    pub(crate) fn open_first_rows(&self, epoch: u64, through: u64, sealed: &[u8]) -> Result<Vec<u8>, VaultError> {
        self.open(FIRST_ROWS, &two_numbers(epoch, through), sealed)
    }

    fn seal(&self, store: &str, id: &[u8], plain: &[u8]) -> Result<Vec<u8>, VaultError> {
        let nonce = self.random.bytes().map_err(|_| VaultError::Device)?;
        envelope::seal(&self.key, nonce, store, id, plain).map_err(|_| VaultError::Device)
    }

    fn open(&self, store: &str, id: &[u8], sealed: &[u8]) -> Result<Vec<u8>, VaultError> {
        Ok(envelope::open(&self.key, store, id, sealed)?)
    }
}

fn head_place(marker: Marker) -> [u8; 16] {
    two_numbers(marker.epoch, marker.folded)
}

fn two_numbers(one: u64, other: u64) -> [u8; 16] {
    let mut place = [0; 16];
    let (first, second) = place.split_at_mut(8);
    first.copy_from_slice(&one.to_le_bytes());
    second.copy_from_slice(&other.to_le_bytes());
    place
}

/// Derives the wrapping key in a worker; where the browser has no such workers, here, holding the page up.
async fn derive(passphrase: &str, kdf: &KdfParameters, key_worker: &str) -> Result<WrappingKey, VaultError> {
    let parameters = serde_json::to_string(kdf).map_err(|_| VaultError::Device)?;
    // With the module as it is compiled already, so that the worker neither loads nor compiles it again.
    let question = Array::of3(&wasm_bindgen::module(), &passphrase.into(), &parameters.into());
    let Ok(answer) = worker::ask(key_worker, &question).await else {
        return derive_wrapping_key(passphrase, kdf).map_err(failed);
    };
    let bytes = answer.dyn_into::<Uint8Array>().map_err(|answer| {
        let out_of_memory = answer.as_string().is_some_and(|word| word == OUT_OF_MEMORY);
        if out_of_memory {
            VaultError::Device
        } else {
            VaultError::Damaged
        }
    })?;
    let mut key = Zeroizing::new([0; 32]);
    if bytes.length() != 32 {
        return Err(VaultError::Device);
    }
    bytes.copy_to(&mut *key);
    bytes.fill(0, 0, 32);
    Ok(WrappingKey::from_bytes(*key))
}

fn failed(error: KdfError) -> VaultError {
    match error {
        KdfError::Parameters => VaultError::Damaged,
        KdfError::OutOfMemory => VaultError::Device,
    }
}

/// The worker's side of the derivation: the key's bytes, to be handed to the page.
///
/// # Errors
/// A word for why there is none.
pub(crate) fn derive_in_worker(passphrase: String, parameters: &str) -> Result<Uint8Array, JsValue> {
    let passphrase = Zeroizing::new(passphrase);
    let kdf: KdfParameters = serde_json::from_str(parameters).map_err(|_| JsValue::from_str(DAMAGED))?;
    match derive_wrapping_key(&passphrase, &kdf) {
        Ok(key) => Ok(Uint8Array::from(key.expose().as_slice())),
        Err(KdfError::OutOfMemory) => Err(JsValue::from_str(OUT_OF_MEMORY)),
        Err(KdfError::Parameters) => Err(JsValue::from_str(DAMAGED)),
    }
}

#[cfg(all(test, target_arch = "wasm32"))]
mod tests;
