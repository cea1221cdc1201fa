//! `POST /api/sync`: takes over what a device wrote, then answers with what it has not seen. Pushing is one
//! transaction; pulling reads one snapshot after it. Merging and rights are decided in the shared crate.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use rapport_shared::access;
use rapport_shared::sync::record::Version;
use rapport_shared::sync::wire::{Acknowledgement, Cursor, PROTOCOL, Profile, SyncRequest, SyncResponse};
use rapport_shared::time::Timestamp;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::audit;
use crate::auth::Guarded;
use crate::http::openapi::Syncing;
use crate::http::problem::Failure;
use crate::state::AppState;
use crate::store::{Head, Reader, View};

mod cursor;
pub mod ledger;
mod pull;
mod push;
mod request;

use cursor::{Place, Start};

/// How often a request is carried out when the database breaks off.
const ATTEMPTS: u32 = 3;

/// A `SyncResponse` whose records are passed on as stored, without being read and written again.
#[derive(Debug, Serialize)]
pub struct Answer {
    protocol: u32,
    now: Timestamp,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    acknowledgements: Vec<Acknowledgement>,
    page: PageBody,
}

/// A `Page`, in the same way.
#[derive(Debug, Serialize)]
struct PageBody {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    records: Vec<Box<RawValue>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    history: Vec<Box<RawValue>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    evicted: Vec<rapport_shared::ids::RecordId>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    rebuild: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    reoffer: bool,
    cursor: Cursor,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    more: bool,
}

/// `POST /api/sync`.
///
/// # Errors
/// `SignedOut`, `BadCsrfToken`, `BadRequest`, `ProtocolTooNew`, `TooLarge`, `TooManyRequests`, `StorageFull` or
/// `Internal`; nothing of the request was then carried out.
#[utoipa::path(
    post,
    path = "/api/sync",
    operation_id = "sync",
    tag = "sync",
    security(("session" = [], "csrf" = [])),
    request_body = SyncRequest,
    responses(
        (status = 200, description = "One acknowledgement a mutation, and a page.", body = SyncResponse),
        Syncing
    )
)]
pub async fn sync(
    State(state): State<AppState>,
    Guarded(signed_in): Guarded,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Answer>, Failure> {
    let profile = &signed_in.profile;
    let outcome = match body {
        Ok(body) => persist(&state, profile, &body).await,
        Err(rejection) => Err(rejection.into()),
    };
    if let Err(failure) = &outcome {
        audit::refused_request(&state, profile, failure).await?;
    }
    outcome.map(Json)
}

/// Carries a request out, again when the database breaks off.
async fn persist(state: &AppState, profile: &Profile, body: &[u8]) -> Result<Answer, Failure> {
    let mut attempt = 1;
    loop {
        match exchange(state, profile, body).await {
            // The same request again is safe, even when the commit was made after all: each mutation is settled once.
            Err(failure) if failure.is_passing() && attempt < ATTEMPTS => attempt += 1,
            outcome => return outcome,
        }
    }
}

/// The eyes with which somebody's devices pull.
pub fn view(profile: &Profile) -> View {
    View {
        user: profile.user,
        channels: access::held_channels(profile),
    }
}

async fn exchange(state: &AppState, profile: &Profile, body: &[u8]) -> Result<Answer, Failure> {
    let request = request::read(body)?;
    let asking = state.lines.exchange(profile.user, request.device);
    let mut reader = state.store.read(profile.org).await?;
    let (start, mut head) = start(&mut *reader, profile, request.cursor.as_ref()).await?;
    let since = push::Since {
        position: match start {
            Start::At(Place::Changes { after }) => after,
            _ => Version::NONE,
        },
        forked: matches!(start, Start::Rebuild { reoffer: true }),
    };
    let is_refused = matches!(start, Start::Rebuild { .. });
    let mut pushed = push::Pushed::default();
    if is_refused || !request.mutations.is_empty() {
        // Who waits for a writer must not keep a reader from others; and what is written now has to be seen.
        drop(reader);
        if is_refused {
            audit::refused_cursor(state, profile).await?;
        }
        pushed = push::push(state, profile, request.device, request.mutations, since).await?;
        reader = state.store.read(profile.org).await?;
        head = reader.head().await?;
    }
    let view = view(profile);
    let (place, rebuild, reoffer) = match start {
        Start::At(place) => (pushed.skip_own(place), false, false),
        Start::Rebuild { reoffer } => (Place::first(&head), true, reoffer),
    };
    let mut pull = pull::Pull {
        reader: &mut *reader,
        view: &view,
        until: head.sequence,
        own: &pushed.applied,
    };
    let pulled = pull.page(place, request.limit).await?;
    if !pulled.more {
        asking.reaches(head.sequence);
    }
    Ok(Answer {
        protocol: PROTOCOL,
        now: state.clock.now(),
        acknowledgements: pushed.acknowledgements,
        page: PageBody {
            records: pulled.records,
            history: pulled.history,
            evicted: pulled.evicted,
            rebuild,
            reoffer,
            cursor: cursor::write(pulled.next, &head, profile),
            more: pulled.more,
        },
    })
}

/// Where the page begins that is asked for with `cursor`, and where the order of commits stands.
async fn start(reader: &mut dyn Reader, profile: &Profile, cursor: Option<&Cursor>) -> Result<(Start, Head), Failure> {
    let head = reader.head().await?;
    let Some(cursor) = cursor else {
        return Ok((Start::At(Place::first(&head)), head));
    };
    let reach = match cursor::run(cursor) {
        Some(run) if run == head.epoch => Some(head.sequence),
        Some(run) => reader.run_until(run).await?,
        None => None,
    };
    Ok((cursor::read(cursor, reach, profile), head))
}

#[cfg(test)]
#[path = "sync/tests.rs"]
mod tests;
