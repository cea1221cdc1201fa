//! Random bytes from the browser's cryptographic generator, the only source of randomness in the app.

use rapport_shared::ids::IdEntropy;
use rapport_shared::sync::engine::Entropy;
use web_sys::Crypto;

/// Random bytes for identities that are asked for at once.
const IDENTITIES: usize = 64 * size_of::<IdEntropy>();

/// The browser's cryptographic generator.
#[derive(Clone, Debug)]
pub(crate) struct Random(Crypto);

impl Random {
    /// The generator of this page, once it has shown that it works; `None` where there is none (an insecure page,
    /// an old browser).
    pub(crate) fn of_page() -> Option<Self> {
        let random = Self(web_sys::window()?.crypto().ok()?);
        random.bytes::<32>().ok().map(|_| random)
    }

    /// Randomness for identities.
    pub(crate) fn identities(&self) -> Identities {
        Identities {
            random: self.clone(),
            pool: Vec::new(),
        }
    }

    /// Fresh random bytes.
    ///
    /// # Errors
    /// The browser refused; it does not for requests this small.
    pub(crate) fn bytes<const COUNT: usize>(&self) -> Result<[u8; COUNT], NoRandomness> {
        let mut bytes = [0; COUNT];
        self.0
            .get_random_values_with_u8_array(&mut bytes)
            .map_err(|_| NoRandomness)?;
        Ok(bytes)
    }
}

/// Random bytes for identities, asked for many at a time: asking takes longer than making one. No copy can be made of
/// it, for no byte may be used twice.
#[derive(Debug)]
pub(crate) struct Identities {
    random: Random,
    /// The last ones are used first.
    pool: Vec<IdEntropy>,
}

impl Entropy for Identities {
    fn draw(&mut self) -> IdEntropy {
        if self.pool.is_empty() {
            // Only requests over 65,536 bytes are refused, so this never falls back in fact; and were it to, ids made
            // in different milliseconds would still differ.
            let bytes = self.random.bytes::<IDENTITIES>().unwrap_or([0; IDENTITIES]);
            let (identities, _) = bytes.as_chunks();
            self.pool.extend_from_slice(identities);
        }
        self.pool.pop().unwrap_or_default()
    }
}

/// The browser gave no random bytes.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the browser gave no random bytes")]
pub(crate) struct NoRandomness;
