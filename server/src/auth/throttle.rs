//! How often somebody may ask: guessing passwords is slow for one address and for one account, and one session can
//! not keep the server busy. It counts in memory and forgets what is old.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::store::TokenHash;

/// See the module.
pub struct Throttle {
    addresses: DefaultKeyedRateLimiter<IpAddr>,
    logins: DefaultKeyedRateLimiter<String>,
    sessions: DefaultKeyedRateLimiter<TokenHash>,
}

impl Default for Throttle {
    fn default() -> Self {
        // A branch is often behind one address, so an address may try many accounts, but one account few times.
        Self {
            addresses: RateLimiter::keyed(quota(120, Duration::from_millis(500))),
            logins: RateLimiter::keyed(quota(20, Duration::from_secs(20))),
            sessions: RateLimiter::keyed(quota(200, Duration::from_millis(50))),
        }
    }
}

/// `burst` at once, and one more every `refill`.
fn quota(burst: u32, refill: Duration) -> Quota {
    let burst = NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN);
    Quota::with_period(refill)
        .unwrap_or_else(|| Quota::per_second(burst))
        .allow_burst(burst)
}

impl Throttle {
    /// Whether this address may try to sign in to this account now. Counts as a try.
    pub fn may_sign_in(&self, address: IpAddr, login: &str) -> bool {
        let address = self.addresses.check_key(&address).is_ok();
        let login = self.logins.check_key(&login.to_lowercase()).is_ok();
        address && login
    }

    /// Whether this session may ask again now. Counts as a request.
    pub fn may_ask(&self, session: &TokenHash) -> bool {
        self.sessions.check_key(session).is_ok()
    }

    /// Forgets those who have not asked for a while.
    pub fn sweep(&self) {
        self.addresses.retain_recent();
        self.logins.retain_recent();
        self.sessions.retain_recent();
    }
}
