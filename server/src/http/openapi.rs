//! The description of the HTTP interface (OpenAPI 3.1), made from the handlers and from the types that travel. It
//! holds no data, so everybody may read it. It describes; it decides nothing.

use std::sync::LazyLock;

use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use rapport_shared::sync::wire::{
    CSRF_HEADER, LINES_TYPE, MAXIMUM_MUTATION_BYTES, MAXIMUM_MUTATIONS, MAXIMUM_PAGES, MAXIMUM_REQUEST_BYTES, PROTOCOL,
    Problem,
};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityScheme};
use utoipa::{Modify, OpenApi};

use crate::auth::{self, COOKIE};
use crate::customers;
use crate::events;
use crate::health;
use crate::sync;

mod problems;

pub use problems::{Any, Listening, Reading, Searching, Signing, Syncing, WhileSignedIn, WhileSignedInChanging};

/// Whole messages, by the name of their type: the very ones that pin what travels.
const EXAMPLES: [(&str, &str); 2] = [
    (
        "SyncRequest",
        include_str!("../../../shared/tests/golden/wire/sync-request.json"),
    ),
    (
        "SyncResponse",
        include_str!("../../../shared/tests/golden/wire/sync-response.json"),
    ),
];

/// Every address of the interface. A new one is added here, with `#[utoipa::path]` on its handler.
#[derive(OpenApi)]
#[openapi(
    paths(
        auth::routes::sign_in,
        auth::routes::sign_out,
        auth::routes::session,
        sync::sync,
        customers::search,
        customers::show,
        events::events,
        show,
        health::healthz
    ),
    components(schemas(Problem)),
    modifiers(&Frame),
    tags(
        (name = "session", description = "Signing in and out."),
        (name = "sync", description = "Pushing what a device wrote and pulling what it has not seen."),
        (name = "customers", description = "Reading online what is not held on a device; every reading is audited."),
        (name = "service", description = "What tells nothing about the data.")
    )
)]
struct Interface;

/// What belongs to no single address: introduction, ways to sign in, limits.
struct Frame;

impl Modify for Frame {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        document.info.title = "Rapport".to_owned();
        document.info.description = Some(introduction());
        document.servers = Some(vec![utoipa::openapi::Server::new("/")]);
        let components = document.components.get_or_insert_default();
        let cookie = "Set by signing in; `HttpOnly`, `Secure`, `SameSite=Strict`.";
        let token = "The `csrf` of the session, on every request that changes something.";
        for (name, scheme) in [
            ("session", ApiKey::Cookie(ApiKeyValue::with_description(COOKIE, cookie))),
            (
                "csrf",
                ApiKey::Header(ApiKeyValue::with_description(CSRF_HEADER, token)),
            ),
        ] {
            components.add_security_scheme(name, SecurityScheme::ApiKey(scheme));
        }
        if let Some(RefOr::T(Schema::OneOf(outcome))) = components.schemas.get_mut("Outcome") {
            // No server answers it: a device makes it of what it cannot read.
            outcome.items.retain(|item| !is_variant(item, "other"));
        }
        for (name, text) in EXAMPLES {
            if let Some(RefOr::T(Schema::Object(schema))) = components.schemas.get_mut(name) {
                schema.examples.extend(serde_json::from_str::<serde_json::Value>(text));
            }
        }
    }
}

/// Whether `item` describes the variant with this name.
fn is_variant(item: &RefOr<Schema>, name: &str) -> bool {
    matches!(item, RefOr::T(Schema::Object(variant)) if variant.properties.contains_key(name))
}

fn introduction() -> String {
    format!(
        "The visit book for bank relationship managers: what its app speaks with the server. This is protocol \
         {PROTOCOL}. Every answer that is not a success is a `Problem` with a stable code. Shapes only grow: members \
         that are not known are ignored, or kept where they belong to a record or a mutation.\n\n\
         Request bodies are JSON in UTF-8, plain or with `Content-Encoding: gzip`, of at most {MAXIMUM_REQUEST_BYTES} \
         bytes when unpacked. A sync request carries at most {MAXIMUM_MUTATIONS} mutations of at most \
         {MAXIMUM_MUTATION_BYTES} bytes each; one that is malformed is refused alone as long as its `id` can be read. \
         Answers are packed as `Accept-Encoding` wishes. Who asks for several `pages` may be answered with several \
         `SyncResponse`s, a line each (`{LINES_TYPE}`): as many as wait, at most {MAXIMUM_PAGES}, or fewer."
    )
}

/// `GET /api/openapi.json`.
#[utoipa::path(
    get,
    path = "/api/openapi.json",
    operation_id = "describe",
    tag = "service",
    responses((status = 200, description = "This document.", content_type = "application/json", body = Object), Any)
)]
pub async fn show() -> Response {
    static DOCUMENT: LazyLock<String> = LazyLock::new(document);
    ([(CONTENT_TYPE, "application/json")], DOCUMENT.as_str()).into_response()
}

/// The document. Links between types, which only rustdoc follows, become plain names.
fn document() -> String {
    let text = Interface::openapi().to_json().unwrap_or_default();
    text.replace("[`", "`").replace("`]", "`")
}
