//! The run's one source of chance, and the hash over everything it decided: SplitMix64 (Steele, Lea and Flood 2014),
//! chosen because a run must be the same on every machine and with every version of every library.

use crate::ids::IdEntropy;
use crate::sync::engine::Entropy;

/// A seeded generator that also hashes what happens (FNV-1a).
#[derive(Clone)]
pub(super) struct Random {
    state: u64,
    trace: u64,
}

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            state: seed,
            trace: 0xcbf2_9ce4_8422_2325,
        }
    }

    pub(super) fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`; 0 when there is nothing to choose from.
    pub(super) fn below(&mut self, limit: usize) -> usize {
        let limit = limit.max(1) as u64;
        let drawn = self.next() % limit;
        self.note(&drawn.to_le_bytes());
        usize::try_from(drawn).unwrap_or(0)
    }

    /// Whether something of `percent` chance happens.
    pub(super) fn chance(&mut self, percent: usize) -> bool {
        percent > 0 && self.below(100) < percent
    }

    /// Adds to the trace.
    pub(super) fn note(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.trace = (self.trace ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }

    pub(super) fn trace(&self) -> u64 {
        self.trace
    }
}

impl Entropy for Random {
    fn draw(&mut self) -> IdEntropy {
        let (high, low) = (self.next().to_le_bytes(), self.next().to_le_bytes());
        let mut entropy = IdEntropy::default();
        entropy[..8].copy_from_slice(&high);
        entropy[8..].copy_from_slice(&low[..2]);
        entropy
    }
}
