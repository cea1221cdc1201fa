//! Every answer that is not a success has one shape: a stable code the app shows in the reader's language. What went
//! wrong inside goes to the log, never to the client.

use std::any::Any;
use std::time::Duration;

use axum::Json;
use axum::body::Body;
use axum::extract::Request;
use axum::extract::rejection::BytesRejection;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, Response, StatusCode};
use axum::middleware::Next;
use axum::response::IntoResponse;
use rapport_shared::sync::wire::{Problem, ProblemCode};
use serde::Serialize;
use serde_json::Value;

use crate::store::StoreError;

/// A request that was not carried out.
#[derive(Debug)]
pub struct Failure {
    code: ProblemCode,
    /// Whether the same again may succeed.
    passing: bool,
    /// When the same again may succeed, in seconds.
    retry_after: Option<u64>,
}

impl Failure {
    /// The failure with this code.
    pub const fn new(code: ProblemCode) -> Self {
        Self {
            code,
            passing: false,
            retry_after: None,
        }
    }

    /// Asked too often: not before `wait` has passed.
    pub const fn too_many(wait: Duration) -> Self {
        Self {
            code: ProblemCode::TooManyRequests,
            passing: false,
            // Whole seconds, and not too early.
            retry_after: Some(wait.as_secs() + 1),
        }
    }

    /// Whether the sender is to blame: the request was refused for what it holds.
    pub const fn is_the_senders(&self) -> bool {
        matches!(
            self.code,
            ProblemCode::BadCsrfToken | ProblemCode::BadRequest | ProblemCode::ProtocolTooNew | ProblemCode::TooLarge
        )
    }

    /// The name of the code on the wire.
    pub fn name(&self) -> String {
        name(&self.code)
    }

    /// Whether the store was interrupted, so that the same again may succeed.
    pub const fn is_passing(&self) -> bool {
        self.passing
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "the store failed");
        let code = match error {
            StoreError::Full => ProblemCode::StorageFull,
            StoreError::Busy(_) => ProblemCode::TooManyRequests,
            _ => ProblemCode::Internal,
        };
        Self {
            code,
            passing: matches!(error, StoreError::Interrupted(_)),
            retry_after: None,
        }
    }
}

impl From<BytesRejection> for Failure {
    fn from(rejection: BytesRejection) -> Self {
        Self::new(code(rejection.status()))
    }
}

/// The name of a code on the wire.
pub fn name(code: &impl Serialize) -> String {
    let name = serde_json::to_value(code).ok();
    let name = name.as_ref().and_then(Value::as_str);
    name.unwrap_or_default().to_owned()
}

/// The status a code is answered with.
pub(super) const fn status(code: ProblemCode) -> StatusCode {
    match code {
        ProblemCode::WrongCredentials | ProblemCode::SignedOut => StatusCode::UNAUTHORIZED,
        ProblemCode::BadCsrfToken => StatusCode::FORBIDDEN,
        ProblemCode::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
        ProblemCode::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        ProblemCode::BadRequest => StatusCode::BAD_REQUEST,
        ProblemCode::ProtocolTooNew => StatusCode::CONFLICT,
        ProblemCode::NotFound => StatusCode::NOT_FOUND,
        ProblemCode::StorageFull => StatusCode::INSUFFICIENT_STORAGE,
        ProblemCode::Internal | ProblemCode::Unknown => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

fn code(status: StatusCode) -> ProblemCode {
    match status {
        StatusCode::UNAUTHORIZED => ProblemCode::SignedOut,
        StatusCode::TOO_MANY_REQUESTS => ProblemCode::TooManyRequests,
        StatusCode::PAYLOAD_TOO_LARGE => ProblemCode::TooLarge,
        StatusCode::NOT_FOUND => ProblemCode::NotFound,
        _ if status.is_server_error() => ProblemCode::Internal,
        _ => ProblemCode::BadRequest,
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> axum::response::Response {
        let mut response = (status(self.code), Json(Problem { code: self.code })).into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// The answer of an address under `/api` where there is nothing.
pub async fn nothing_here() -> Failure {
    Failure::new(ProblemCode::NotFound)
}

/// The answer when a handler panicked. The panic itself was logged by the hook.
pub fn panicked(_: Box<dyn Any + Send + 'static>) -> Response<Body> {
    tracing::error!("a request handler panicked");
    Failure::new(ProblemCode::Internal).into_response()
}

/// Gives failures that came from a layer, and so have no body of ours, the common shape.
pub async fn explain(request: Request, next: Next) -> axum::response::Response {
    let is_api = request.uri().path().starts_with("/api/");
    let response = next.run(request).await;
    let is_problem = response
        .headers()
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind == "application/json");
    let status = response.status();
    if is_api && !is_problem && (status.is_client_error() || status.is_server_error()) {
        return (status, Json(Problem { code: code(status) })).into_response();
    }
    response
}
