//! One line in the log for each request: method, route, status, time. Never an address with its parameters, never a
//! body, never a name.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;

/// Logs a request.
pub async fn log(request: Request, next: Next) -> Response {
    // Addresses hold ids of customers; the routes they match are fixed texts.
    let matched = request.extensions().get::<MatchedPath>();
    let route = matched.map_or("app", MatchedPath::as_str).to_owned();
    let method = request.method().clone();
    let started = Instant::now();
    let response = next.run(request).await;
    let milliseconds = started.elapsed().as_millis();
    let status = response.status().as_u16();
    if route == "app" || route == "/healthz" {
        tracing::debug!(%method, %route, status, milliseconds, "request");
    } else {
        tracing::info!(%method, %route, status, milliseconds, "request");
    }
    response
}
