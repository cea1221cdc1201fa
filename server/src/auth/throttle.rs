//! How often somebody may ask: guessing passwords is slow for one address and for one account, and one session can
//! not keep the server busy. It counts in memory and forgets what is old.

use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::Clock as _;
use governor::{DefaultKeyedRateLimiter, NotUntil, Quota, RateLimiter};

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

fn ask<K: Clone + Eq + Hash>(limiter: &DefaultKeyedRateLimiter<K>, key: &K) -> Result<(), Duration> {
    let wait = |refused: NotUntil<_>| refused.wait_time_from(limiter.clock().now());
    limiter.check_key(key).map_err(wait)
}

impl Throttle {
    /// Whether this address may try to sign in to this account now. Counts as a try.
    ///
    /// # Errors
    /// How long to wait.
    pub fn may_sign_in(&self, address: IpAddr, login: &str) -> Result<(), Duration> {
        let address = ask(&self.addresses, &address);
        let login = ask(&self.logins, &login.to_owned());
        address.and(login)
    }

    /// Whether this session may ask again now. Counts as a request.
    ///
    /// # Errors
    /// How long to wait.
    pub fn may_ask(&self, session: &TokenHash) -> Result<(), Duration> {
        ask(&self.sessions, session)
    }

    /// Forgets those who have not asked for a while.
    pub fn sweep(&self) {
        self.addresses.retain_recent();
        self.logins.retain_recent();
        self.sessions.retain_recent();
    }
}
