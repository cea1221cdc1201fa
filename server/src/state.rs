//! What every handler can reach: the store, the clock and the limits. Cheap to clone; holds no user's data.

use std::sync::Arc;

use rapport_shared::ids::OrgId;

use crate::auth::password::Passwords;
use crate::auth::throttle::Throttle;
use crate::clock::Clock;
use crate::events::Lines;
use crate::health::Health;
use crate::store::Store;

/// See the module.
#[derive(Clone)]
pub struct AppState {
    /// The store.
    pub store: Arc<dyn Store>,
    /// The organisation this server works for.
    pub org: OrgId,
    /// The clock.
    pub clock: Clock,
    /// Checks passwords, a few at a time.
    pub passwords: Passwords,
    /// Limits on how often.
    pub throttle: Arc<Throttle>,
    /// Whether the store could be written lately.
    pub health: Arc<Health>,
    /// The devices that listen.
    pub lines: Arc<Lines>,
}

impl AppState {
    /// The state of a server that works for `org`.
    pub fn new(store: Arc<dyn Store>, org: OrgId, clock: Clock) -> Self {
        Self {
            lines: Arc::new(Lines::new(Arc::clone(&store), org)),
            store,
            org,
            clock,
            passwords: Passwords::default(),
            throttle: Arc::new(Throttle::default()),
            health: Arc::default(),
        }
    }
}
