//! Whether this process can serve: for balancers and for those who watch. It tells nothing about the data.

use axum::extract::State;
use axum::http::StatusCode;
use rapport_shared::time::Timestamp;
use tokio::sync::Mutex;

use crate::state::AppState;
use crate::store::{Result, SessionRow};

/// For so long a write that was tried counts, in milliseconds: whoever asks more often costs nothing.
const COUNTS: i64 = 5_000;

/// When the store was last tried, and whether it could be written.
#[derive(Default)]
pub struct Health(Mutex<Option<(Timestamp, bool)>>);

/// `GET /healthz`: 200 `ok` when the store answers and can be written, 503 otherwise.
#[utoipa::path(
    get,
    path = "/healthz",
    operation_id = "health",
    summary = "Whether the server can serve",
    tag = "service",
    responses(
        (status = 200, description = "The store answers and can be written.", body = String, content_type = "text/plain"),
        (status = 503, description = "It does not, or cannot.", body = String, content_type = "text/plain")
    )
)]
pub async fn healthz(State(state): State<AppState>) -> (StatusCode, &'static str) {
    if let Err(error) = state.store.ping().await {
        tracing::error!(%error, "the store does not answer");
        return (StatusCode::SERVICE_UNAVAILABLE, "store");
    }
    if can_write(&state).await {
        (StatusCode::OK, "ok")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "read-only")
    }
}

async fn can_write(state: &AppState) -> bool {
    // Those who ask meanwhile wait for the one answer.
    let mut last = state.health.0.lock().await;
    let now = state.clock.now();
    if let Some((_, can)) = last.filter(|(at, _)| (0..COUNTS).contains(&now.since(*at))) {
        return can;
    }
    let written = try_write(state, now).await;
    if let Err(error) = &written {
        tracing::error!(%error, "the store cannot be written");
    }
    *last = Some((now, written.is_ok()));
    written.is_ok()
}

/// Opens a session that has ended already, and closes it: the smallest thing there is to write.
async fn try_write(state: &AppState, now: Timestamp) -> Result<()> {
    let Some(account) = state.store.accounts(state.org).await?.into_iter().next() else {
        return Ok(());
    };
    let ended = Timestamp::from_milliseconds(0);
    let session = SessionRow {
        token: rand::random(),
        org: state.org,
        user: account.profile.user,
        csrf: String::new(),
        created: now,
        expires: ended,
    };
    state.store.open_session(&session).await?;
    state.store.close_session(&session.token).await
}
