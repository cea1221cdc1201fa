//! The HTTP shell around the server: addresses, headers, limits, the embedded app. It knows no customers.

use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::from_fn;
use axum::routing::{get, post};
use rapport_shared::sync::wire::MAXIMUM_REQUEST_BYTES;
use tower::ServiceBuilder;
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::decompression::RequestDecompressionLayer;
use tower_http::timeout::TimeoutLayer;

use crate::auth;
use crate::state::AppState;
use crate::sync;

pub mod assets;
mod headers;
mod health;
mod log;
pub mod problem;

/// A request that takes longer has failed; the device sends it again.
const LONGEST_REQUEST: Duration = Duration::from_secs(60);

/// The whole HTTP interface.
pub fn router(state: AppState) -> Router {
    // The first layer is the outermost.
    let layers = ServiceBuilder::new()
        .layer(from_fn(log::log))
        .layer(from_fn(headers::secure))
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .layer(from_fn(problem::explain))
        .layer(CatchPanicLayer::custom(problem::panicked))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            LONGEST_REQUEST,
        ))
        .layer(RequestDecompressionLayer::new())
        .layer(DefaultBodyLimit::max(MAXIMUM_REQUEST_BYTES));
    Router::new()
        .route("/api/sign-in", post(auth::sign_in))
        .route("/api/sign-out", post(auth::sign_out))
        .route("/api/session", get(auth::show_session))
        .route("/api/sync", post(sync::sync))
        .route("/api/{*rest}", axum::routing::any(problem::nothing_here))
        .route("/healthz", get(health::healthz))
        .fallback(assets::serve)
        .layer(layers)
        .with_state(state)
}
