//! The addresses for signing in and out. Every try is written to the audit; no answer tells whether an account exists.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::Json;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, FromRequestParts, State};
use axum::http::header::SET_COOKIE;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use rapport_shared::record::Kind;
use rapport_shared::record::profile::Profile;
use rapport_shared::sync::wire::{CSRF_COOKIE, ProblemCode, Session, SignIn, csrf_cookie};

use super::session::{COOKIE, LONGEST, Leaving, SignedIn, end_of, hash_token, random_token};
use crate::http::openapi::{Signing, WhileSignedIn, WhileSignedInChanging};
use crate::people::fold_login;
use crate::problem::Failure;
use crate::state::AppState;
use crate::store::{AuditEntry, SessionRow};

/// Longer names and passwords are not even hashed.
const LONGEST_CREDENTIAL: usize = 1_024;

/// The address a request came from; the local one when the server is called without a network, as in tests.
pub struct Address(IpAddr);

impl FromRequestParts<AppState> for Address {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Failure> {
        let peer = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map(|peer| peer.0.ip());
        Ok(Self(peer.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST))))
    }
}

/// `POST /api/sign-in`.
///
/// # Errors
/// `WrongCredentials`, `TooManyRequests` or `BadRequest`.
#[utoipa::path(
    post,
    path = "/api/sign-in",
    operation_id = "signIn",
    summary = "Sign in",
    tag = "session",
    security(()),
    request_body = SignIn,
    responses(
        (
            status = 200,
            description = "Signed in.",
            body = Session,
            headers(("Set-Cookie" = String, description = "The session, and its token for the app."))
        ),
        Signing
    )
)]
pub async fn sign_in(State(state): State<AppState>, address: Address, body: Bytes) -> Result<Response, Failure> {
    let SignIn { login, password } =
        serde_json::from_slice(&body).map_err(|_| Failure::new(ProblemCode::BadRequest))?;
    let login = login.trim();
    let folded = fold_login(login);
    if login.len() > LONGEST_CREDENTIAL || password.len() > LONGEST_CREDENTIAL {
        return Err(Failure::new(ProblemCode::WrongCredentials));
    }
    state
        .throttle
        .may_sign_in(address.0, &folded)
        .map_err(Failure::too_many)?;
    let account = match state.store.account(&folded).await? {
        // Accounts of before names were folded.
        None if folded != login => state.store.account(login).await?,
        found => found,
    };
    let account = account.filter(|account| account.active);
    let stored = account.as_ref().map(|account| account.password.clone());
    let matches = state.passwords.verify(password, stored).await;
    let profile = account.as_ref().map(|account| &account.profile);
    let action = if matches { "sign_in" } else { "sign_in_failed" };
    audit(&state, profile, action, address.0).await?;
    let account = account
        .filter(|_| matches)
        .ok_or_else(|| Failure::new(ProblemCode::WrongCredentials))?;
    let now = state.clock.now();
    let token = random_token();
    let row = SessionRow {
        token: hash_token(&token),
        org: account.profile.org,
        user: account.profile.user,
        csrf: random_token(),
        created: now,
        expires: end_of(now, now),
    };
    state.store.open_session(&row).await?;
    let session = Session {
        profile: account.profile,
        csrf: row.csrf,
        now,
        kinds: Kind::KNOWN.to_vec(),
    };
    let for_app = csrf_cookie(session.profile.user, &session.csrf);
    with_cookies(Json(session).into_response(), &token, &for_app, LONGEST / 1_000)
}

/// `POST /api/sign-out`.
///
/// # Errors
/// `SignedOut` or `BadCsrfToken`.
#[utoipa::path(
    post,
    path = "/api/sign-out",
    operation_id = "signOut",
    summary = "Sign out",
    tag = "session",
    security(("session" = [], "csrf" = [])),
    responses((status = 204, description = "Signed out."), WhileSignedInChanging)
)]
pub async fn sign_out(State(state): State<AppState>, address: Address, leaving: Leaving) -> Result<Response, Failure> {
    state.store.close_session(&leaving.0.token).await?;
    audit(&state, Some(&leaving.0.profile), "sign_out", address.0).await?;
    with_cookies(StatusCode::NO_CONTENT.into_response(), "", "", 0)
}

/// `GET /api/session`.
///
/// # Errors
/// `SignedOut`.
#[utoipa::path(
    get,
    path = "/api/session",
    operation_id = "showSession",
    summary = "Who is signed in",
    tag = "session",
    security(("session" = [])),
    responses((status = 200, description = "Who is signed in.", body = Session), WhileSignedIn)
)]
pub async fn session(State(state): State<AppState>, signed_in: SignedIn) -> Result<Json<Session>, Failure> {
    Ok(Json(Session {
        profile: signed_in.profile,
        csrf: signed_in.csrf,
        now: state.clock.now(),
        kinds: Kind::KNOWN.to_vec(),
    }))
}

async fn audit(state: &AppState, profile: Option<&Profile>, action: &str, address: IpAddr) -> Result<(), Failure> {
    let entry = AuditEntry {
        org: Some(profile.map_or(state.org, |profile| profile.org)),
        at: state.clock.now(),
        user: profile.map(|profile| profile.user),
        device: None,
        action: action.to_owned(),
        subject: address.to_string(),
    };
    Ok(state.store.audit(&entry).await?)
}

/// Sets the session's cookie, which no script can read, and beside it what the app has to send back with it: so a page
/// loaded anew need not ask before it sends.
fn with_cookies(mut response: Response, token: &str, for_app: &str, seconds: i64) -> Result<Response, Failure> {
    let both = [
        format!("{COOKIE}={token}; Path=/; Max-Age={seconds}; HttpOnly; Secure; SameSite=Strict"),
        format!("{CSRF_COOKIE}={for_app}; Path=/; Max-Age={seconds}; Secure; SameSite=Strict"),
    ];
    for cookie in both {
        let cookie = HeaderValue::try_from(cookie).map_err(|_| Failure::new(ProblemCode::Internal))?;
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    Ok(response)
}
