//! The description of the HTTP interface (OpenAPI 3.1), made from the handlers, from the types that travel and from the
//! descriptors of the kinds. It holds no data, so everybody may read it. It describes; it decides nothing.

use std::sync::LazyLock;

use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use rapport_shared::sync::wire::{
    CSRF_HEADER, LINES_TYPE, MAXIMUM_MUTATION_BYTES, MAXIMUM_MUTATIONS, MAXIMUM_PAGES, MAXIMUM_REQUEST_BYTES, PROTOCOL,
    Problem,
};
use serde_json::Value;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityScheme};
use utoipa::{Modify, OpenApi};

use crate::auth::{self, COOKIE};
use crate::customers;
use crate::events;
use crate::health;
use crate::sync;

mod kinds;
mod plain;
mod problems;
mod shapes;
mod variants;

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
        let cookie = "Set by signing in; `HttpOnly`, `Secure`, `SameSite=Strict`. Over plain HTTP a program sends it \
                      itself: see the introduction.";
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
        if let Some(RefOr::T(Schema::Object(request))) = components.schemas.get_mut("SyncRequest")
            && let Some(RefOr::T(Schema::Object(protocol))) = request.properties.get_mut("protocol")
        {
            protocol.default = Some(PROTOCOL.into());
        }
        for (name, text) in EXAMPLES {
            if let Some(RefOr::T(Schema::Object(schema))) = components.schemas.get_mut(name) {
                schema.examples.extend(serde_json::from_str::<serde_json::Value>(text));
            }
        }
    }
}

fn introduction() -> String {
    format!(
        "The visit book for bank relationship managers: what its app speaks with the server. This is protocol \
         {PROTOCOL}. Every answer that is not a success is a `Problem` with a stable code.\n\n\
         ## Signing in\n\n\
         `POST /api/sign-in` answers with a `Session` and sets the cookie `{COOKIE}`. Every later request carries the \
         cookie; one that changes something carries the `csrf` of the session in the header `{CSRF_HEADER}` too. The \
         cookie is `Secure`: over HTTPS any cookie jar keeps it and sends it back. Over plain HTTP, as a program does \
         that runs beside the server and asks at a loopback address, most jars hold it back; such a program takes \
         `name=value` out of `Set-Cookie` and sends it as its own `Cookie` header. Do so on loopback only: beyond it the \
         server stands behind TLS.\n\n\
         ## Reading and writing\n\n\
         All data is records: an id, a kind, a scope that says who sees it, and values by path. `POST /api/sync` carries \
         what was written up and what changed down. A program is a device: it makes an id for itself and for each record \
         and mutation it creates (UUID version 7), keeps the cursor of the last page, and asks again while there is \
         `more`. Each mutation says what its author saw (`base`, and `from` of each change) besides what it wants, so that \
         what two people write at once is told as a conflict, with both values kept. For each kind there are \
         `…Fields` (what is read), `…Changes` (what is written) and a `…Mutation`; `x-refusals` lists the codes that \
         refusals of it have.\n\n\
         ## Newer versions\n\n\
         Shapes only grow: members that are not known are ignored, or kept where they belong to a record or a mutation. \
         Where something is one of several, the last, `Other…`, is what only a newer version knows; a choice that is read \
         may be a name that is not listed.\n\n\
         ## Limits\n\n\
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
    summary = "This document",
    tag = "service",
    responses((status = 200, description = "This document.", content_type = "application/json", body = Object), Any)
)]
pub async fn show() -> Response {
    static DOCUMENT: LazyLock<String> = LazyLock::new(document);
    ([(CONTENT_TYPE, "application/json")], DOCUMENT.as_str()).into_response()
}

/// The document. What the builder of it cannot say is put into it afterwards.
fn document() -> String {
    let mut document = serde_json::to_value(Interface::openapi()).unwrap_or_default();
    if let Some(Value::Object(schemas)) = document.pointer_mut("/components/schemas") {
        variants::add(schemas);
        kinds::add(schemas);
    }
    plain::speak(&mut document);
    document.to_string()
}
