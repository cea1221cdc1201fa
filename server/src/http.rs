//! The HTTP shell around the server: addresses, headers, limits, the embedded app. It knows no customers.

use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::header::CONTENT_TYPE;
use axum::http::{Extensions, HeaderMap, StatusCode, Version};
use axum::middleware::from_fn;
use axum::routing::{MethodRouter, any, get, post};
use rapport_shared::sync::wire::{LINES_TYPE, MAXIMUM_REQUEST_BYTES};
use tower::ServiceBuilder;
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::decompression::RequestDecompressionLayer;
use tower_http::timeout::TimeoutLayer;

use crate::auth;
use crate::customers;
use crate::events;
use crate::health;
use crate::problem;
use crate::state::AppState;
use crate::sync;

pub mod assets;
mod headers;
mod log;
pub mod openapi;

/// A request that takes longer has failed; the device sends it again.
const LONGEST_REQUEST: Duration = Duration::from_secs(60);

/// How hard answers are compressed.
const COMPRESSION: CompressionLevel = CompressionLevel::Precise(3);
/// How hard answers of many pages are compressed. Against level 3 a first pull is a tenth smaller, which a device in
/// the field feels, for a tenth of a second of the server's time. Short answers would pay for its tables alone.
const LONG_COMPRESSION: CompressionLevel = CompressionLevel::Precise(7);

/// Every address, and what answers there. What is at none of them is a file of the app.
fn addresses() -> [(&'static str, MethodRouter<AppState>); 10] {
    [
        ("/api/sign-in", post(auth::sign_in)),
        ("/api/sign-out", post(auth::sign_out)),
        ("/api/session", get(auth::show_session)),
        ("/api/sync", post(sync::sync)),
        ("/api/openapi.json", get(openapi::show)),
        ("/api/events", get(events::events)),
        ("/api/customers/search", post(customers::search)),
        ("/api/customers/{id}", get(customers::show)),
        ("/api/{*rest}", any(problem::nothing_here)),
        ("/healthz", get(health::healthz)),
    ]
}

/// The addresses alone, for the test that walks through all of them.
pub fn paths() -> impl Iterator<Item = &'static str> {
    addresses().into_iter().map(|(path, _)| path)
}

/// The whole HTTP interface.
pub fn router(state: AppState) -> Router {
    let routes = addresses().into_iter();
    let routes = routes.fold(Router::new(), |router, (path, answers)| router.route(path, answers));
    layered(routes.fallback(assets::serve)).with_state(state)
}

/// What every address has around it; the first layer is the outermost.
fn layered<S: Clone + Send + Sync + 'static>(routes: Router<S>) -> Router<S> {
    let layers = ServiceBuilder::new()
        .layer(from_fn(log::log))
        .layer(from_fn(headers::secure))
        .layer(CompressionLayer::new().quality(COMPRESSION))
        // What it has compressed, the one around it leaves alone.
        .layer(CompressionLayer::new().quality(LONG_COMPRESSION).compress_when(is_long))
        .layer(from_fn(problem::explain))
        .layer(CatchPanicLayer::custom(problem::panicked))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            LONGEST_REQUEST,
        ))
        .layer(RequestDecompressionLayer::new())
        .layer(DefaultBodyLimit::max(MAXIMUM_REQUEST_BYTES));
    routes.layer(layers)
}

/// Whether an answer has many pages.
fn is_long(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    headers.get(CONTENT_TYPE).is_some_and(|kind| kind == LINES_TYPE)
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::Request;
    use tower::ServiceExt as _;

    use super::*;

    #[tokio::test]
    #[expect(clippy::unwrap_used, clippy::panic, reason = "the panic is what is tested")]
    async fn a_panic_is_a_problem_and_keeps_its_secrets() {
        let explode = get(|| async {
            if true {
                panic!("the customer's name")
            }
        });
        let router = layered(Router::<()>::new().route("/api/explode", explode));
        let response = router
            .oneshot(Request::get("/api/explode").body(Body::empty()).unwrap())
            .await
            .unwrap();
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let body = axum::body::to_bytes(response.into_body(), 1_000).await.unwrap();
        assert_eq!(body, r#"{"code":"internal"}"#.as_bytes());
    }
}
