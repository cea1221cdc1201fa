//! One line in the log for each request: method, route, status, time. Never an address with its parameters, never a
//! body, never a name.

use std::time::Instant;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;

/// Logs a request.
pub async fn log(request: Request, next: Next) -> Response {
    // The path of a page holds a customer's id; only the interface's own addresses are fixed texts.
    let path = request.uri().path();
    let route = if path.starts_with("/api/") || path == "/healthz" {
        path.to_owned()
    } else {
        "app".to_owned()
    };
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
