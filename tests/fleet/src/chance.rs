//! A device's source of chance: seeded, so that a run can be asked for again; what the network and the processes make
//! of it differs each time all the same.

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use rapport_shared::ids::IdEntropy;
use rapport_shared::sync::engine::Entropy;

/// See the module.
pub struct Chance(StdRng);

impl Chance {
    /// The `number`-th source of a run.
    pub fn new(seed: u64, number: u64) -> Self {
        Self(StdRng::seed_from_u64(seed ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
    }

    /// A number from `from` up to but without `to`.
    pub fn between(&mut self, from: u64, to: u64) -> u64 {
        self.0.random_range(from..to.max(from + 1))
    }

    /// Whether something of `percent` chance happens.
    pub fn percent(&mut self, percent: u64) -> bool {
        self.between(0, 100) < percent
    }

    /// One of `choices`, unless there are none.
    pub fn pick<'a, T>(&mut self, choices: &'a [T]) -> Option<&'a T> {
        let at = self.between(0, choices.len() as u64);
        choices.get(usize::try_from(at).ok()?)
    }

    /// The time to the next of many independent events that come every `mean` seconds on average.
    pub fn interval(&mut self, mean: f64) -> std::time::Duration {
        let share: f64 = self.0.random();
        std::time::Duration::from_secs_f64(-mean * (1.0 - share).max(1e-9).ln())
    }

    /// A text nobody else writes.
    pub fn unique(&mut self, prefix: &str) -> String {
        format!("{prefix}{:016x}", self.0.random::<u64>())
    }
}

impl Entropy for Chance {
    fn draw(&mut self) -> IdEntropy {
        self.0.random()
    }
}
