//! The session behind a request: read from the cookie, looked up by the hash of its token, extended while in use.
//! Tokens are random and never stored; handlers get [`SignedIn`],
//! [`Guarded`] or [`Leaving`] as an argument.

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::COOKIE as COOKIE_HEADER;
use axum::http::request::Parts;
use rapport_shared::record::profile::Profile;
use rapport_shared::sync::wire::{CSRF_HEADER, ProblemCode};
use rapport_shared::time::Timestamp;
use sha2::{Digest, Sha256};

use crate::audit;
use crate::problem::Failure;
use crate::state::AppState;
use crate::store::{Account, SessionRow, StoreError, TokenHash};

/// Name of the cookie. The prefix makes browsers insist on `Secure`, `Path=/` and no domain.
pub const COOKIE: &str = "__Host-rapport";
/// A session unused for this long has ended: a working day on the road.
pub const IDLE: i64 = 12 * HOUR;
/// A session older than this has ended even when in use.
pub const LONGEST: i64 = 7 * 24 * HOUR;
/// An end is moved at most this often, so that reading does not write.
const EXTEND_EVERY: i64 = HOUR / 6;
const HOUR: i64 = 3_600_000;

/// The user of a request.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// Who.
    pub profile: Profile,
    /// To be sent back in [`CSRF_HEADER`].
    pub csrf: String,
    /// The session.
    pub token: TokenHash,
}

/// The user of a request that changes something: it carries the session's CSRF token.
#[derive(Clone, Debug)]
pub struct Guarded(pub SignedIn);

/// The user of a request that ends the session, however busy it was: it carries the CSRF token too.
#[derive(Clone, Debug)]
pub struct Leaving(pub SignedIn);

/// The hash under which a token is stored.
pub(super) fn hash_token(token: &str) -> TokenHash {
    Sha256::digest(token.as_bytes()).into()
}

/// A token nobody can guess.
pub(super) fn random_token() -> String {
    crate::hex::encode(&rand::random::<[u8; 32]>())
}

/// When a session used at `now` ends.
pub(super) fn end_of(created: Timestamp, now: Timestamp) -> Timestamp {
    now.plus(IDLE).min(created.plus(LONGEST))
}

fn token_in(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers
        .get_all(COOKIE_HEADER)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|cookies| cookies.split(';'));
    pairs.find_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('='))
}

async fn look_up(state: &AppState, headers: &HeaderMap) -> Result<SignedIn, Failure> {
    let signed_out = || Failure::new(ProblemCode::SignedOut);
    let token = hash_token(token_in(headers).ok_or_else(signed_out)?);
    let (session, account) = find(state, &token).await?.ok_or_else(signed_out)?;
    extend(state, &session, state.clock.now()).await?;
    Ok(SignedIn {
        profile: account.profile,
        csrf: session.csrf,
        token,
    })
}

/// The session, unless it has ended, and its user, unless signing in is no longer allowed.
async fn find(state: &AppState, token: &TokenHash) -> Result<Option<(SessionRow, Account)>, StoreError> {
    let found = state.store.session(token).await?;
    Ok(found.filter(|(session, account)| session.expires > state.clock.now() && account.active))
}

/// Who holds this session at present, if anybody. It is not used by being looked at.
///
/// # Errors
/// What the store says.
pub async fn holder(state: &AppState, token: &TokenHash) -> Result<Option<Profile>, StoreError> {
    Ok(find(state, token).await?.map(|(_, account)| account.profile))
}

/// Counts a request of this session.
fn count(state: &AppState, signed_in: SignedIn) -> Result<SignedIn, Failure> {
    let asked = state.throttle.may_ask(&signed_in.token);
    asked.map(|()| signed_in).map_err(Failure::too_many)
}

async fn extend(state: &AppState, session: &SessionRow, now: Timestamp) -> Result<(), Failure> {
    let end = end_of(session.created, now);
    if end.since(session.expires) >= EXTEND_EVERY {
        state.store.extend_session(&session.token, end).await?;
    }
    Ok(())
}

/// The same, if the request carries the session's CSRF token.
async fn guard(state: &AppState, signed_in: SignedIn, headers: &HeaderMap) -> Result<SignedIn, Failure> {
    let sent = headers
        .get(CSRF_HEADER)
        .map(|value| value.as_bytes())
        .unwrap_or_default();
    // Comparing digests takes the same time wherever the texts differ.
    if Sha256::digest(sent) != Sha256::digest(signed_in.csrf.as_bytes()) {
        let failure = Failure::new(ProblemCode::BadCsrfToken);
        audit::refused_request(state, &signed_in.profile, &failure).await?;
        return Err(failure);
    }
    Ok(signed_in)
}

impl FromRequestParts<AppState> for SignedIn {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Failure> {
        count(state, look_up(state, &parts.headers).await?)
    }
}

impl FromRequestParts<AppState> for Guarded {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Failure> {
        let signed_in = count(state, look_up(state, &parts.headers).await?)?;
        guard(state, signed_in, &parts.headers).await.map(Self)
    }
}

impl FromRequestParts<AppState> for Leaving {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Failure> {
        let signed_in = look_up(state, &parts.headers).await?;
        guard(state, signed_in, &parts.headers).await.map(Self)
    }
}
