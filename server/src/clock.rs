//! The server's clock and its randomness, as values that tests can replace. Nothing else reads the system's time.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use rapport_shared::ids::IdEntropy;
use rapport_shared::time::Timestamp;

/// Tells the time.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    /// The system's clock.
    pub fn system() -> Self {
        Self::new(|| {
            let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            Timestamp::from_milliseconds(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
        })
    }

    /// A clock that says what `tell` says.
    pub fn new(tell: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self(Arc::new(tell))
    }

    /// The present time.
    pub fn now(&self) -> Timestamp {
        (self.0)()
    }
}

/// Random bytes for a new id.
pub fn entropy() -> IdEntropy {
    rand::random()
}
