//! Numbers that look random and are the same every time, whatever version of whatever library (SplitMix64). Never to
//! be used where somebody must not guess.

use rapport_shared::ids::IdEntropy;

/// See the module.
pub(super) struct Random(u64);

impl Random {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from `from` to `to`, both included.
    pub(super) fn between(&mut self, from: i64, to: i64) -> i64 {
        let span = u64::try_from(to - from + 1).unwrap_or(1).max(1);
        from + i64::try_from(self.next() % span).unwrap_or(0)
    }

    /// Whether something that happens `percent` times of a hundred happens.
    pub(super) fn chance(&mut self, percent: i64) -> bool {
        self.between(1, 100) <= percent
    }

    /// One of `choices`.
    pub(super) fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        let length = i64::try_from(choices.len()).unwrap_or(1);
        &choices[usize::try_from(self.between(0, length - 1)).unwrap_or(0)]
    }

    pub(super) fn digits(&mut self, count: usize) -> String {
        (0..count)
            .map(|_| char::from(b'0' + u8::try_from(self.between(0, 9)).unwrap_or(0)))
            .collect()
    }

    pub(super) fn entropy(&mut self) -> IdEntropy {
        let mut entropy = IdEntropy::default();
        let bytes = [self.next().to_be_bytes(), self.next().to_be_bytes()].concat();
        entropy.copy_from_slice(&bytes[..10]);
        entropy
    }
}
