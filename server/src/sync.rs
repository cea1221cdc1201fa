//! `POST /api/sync`: takes over what a device wrote, then answers with what it has not seen. Pushing is one
//! transaction; each page that is pulled reads one snapshot after it. Merging and rights are decided in the shared
//! crate.

use std::collections::HashSet;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::response::{IntoResponse as _, Response};
use rapport_shared::access;
use rapport_shared::record::Version;
use rapport_shared::record::profile::Profile;
use rapport_shared::sync::wire::{Cursor, PROTOCOL, SyncRequest, SyncResponse};

use crate::audit;
use crate::auth::Guarded;
use crate::http::openapi::Syncing;
use crate::problem::Failure;
use crate::state::AppState;
use crate::store::{Head, Reader, View};

mod answer;
mod cursor;
pub mod ledger;
mod pull;
mod push;
mod request;

use answer::{Answer, More, PageBody};
use cursor::{Place, Start};

/// How often a request is carried out when the database breaks off.
const ATTEMPTS: u32 = 3;

/// `POST /api/sync`.
///
/// # Errors
/// `SignedOut`, `BadCsrfToken`, `BadRequest`, `ProtocolTooNew`, `TooLarge`, `TooManyRequests`, `StorageFull` or
/// `Internal`; nothing of the request was then carried out.
#[utoipa::path(
    post,
    path = "/api/sync",
    operation_id = "sync",
    summary = "Push what a device wrote, pull what it has not seen",
    tag = "sync",
    security(("session" = [], "csrf" = [])),
    request_body = SyncRequest,
    responses(
        (status = 200, description = "One acknowledgement a mutation, and a page. To who asks for several `pages`, and \
            for whom several wait: one such answer a line, each with its page, the acknowledgements in the first. A body \
            that is cut off holds as far as its lines are whole.",
            content((SyncResponse = "application/json"), (String = "application/x-ndjson"))),
        Syncing
    )
)]
pub async fn sync(
    State(state): State<AppState>,
    Guarded(signed_in): Guarded,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Failure> {
    let profile = &signed_in.profile;
    let outcome = match body {
        Ok(body) => persist(&state, profile, &body).await,
        Err(rejection) => Err(rejection.into()),
    };
    if let Err(failure) = &outcome {
        audit::refused_request(&state, profile, failure).await?;
    }
    let (answer, more) = outcome?;
    match more {
        None => Ok(Json(answer).into_response()),
        Some(more) => answer::stream(&state, signed_in, answer, more),
    }
}

/// Carries a request out, again when the database breaks off.
async fn persist(state: &AppState, profile: &Profile, body: &[u8]) -> Result<(Answer, Option<More>), Failure> {
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

/// The first page of the answer, and what is to follow if anything is.
async fn exchange(state: &AppState, profile: &Profile, body: &[u8]) -> Result<(Answer, Option<More>), Failure> {
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
    let (place, rebuild, reoffer) = match start {
        Start::At(place) => (pushed.skip_own(place), false, false),
        Start::Rebuild { reoffer } => (Place::first(&head), true, reoffer),
    };
    let page = page(&mut *reader, profile, &head, &pushed.applied, place, request.limit).await?;
    let more = if page.more {
        let (limit, pages) = (request.limit, request.pages - 1);
        Some(More { asking, limit, pages }).filter(|more| more.pages > 0)
    } else {
        asking.reaches(head.sequence);
        None
    };
    let answer = Answer {
        protocol: PROTOCOL,
        now: state.clock.now(),
        acknowledgements: pushed.acknowledgements,
        page: PageBody {
            rebuild,
            reoffer,
            ..page
        },
    };
    Ok((answer, more))
}

/// The page at `place`, as of the moment of `head`.
async fn page(
    reader: &mut dyn Reader,
    profile: &Profile,
    head: &Head,
    own: &HashSet<Version>,
    place: Place,
    limit: usize,
) -> Result<PageBody, Failure> {
    let mut pull = pull::Pull {
        reader,
        view: &view(profile),
        until: head.sequence,
        own,
    };
    let pulled = pull.page(place, limit).await?;
    Ok(PageBody {
        records: pulled.records,
        history: pulled.history,
        evicted: pulled.evicted,
        rebuild: false,
        reoffer: false,
        cursor: cursor::write(pulled.next, head, profile),
        listed: pulled.next.is_past_cards(),
        more: pulled.more,
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
