//! What can go wrong at an address, for its description: which codes, under which status. The statuses are asked from
//! the code that answers with them.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::StatusCode;
use rapport_shared::sync::wire::ProblemCode;
use serde_json::json;
use utoipa::IntoResponses;
use utoipa::openapi::example::ExampleBuilder;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder};

use crate::problem::{name, status};

macro_rules! problems {
    ($($(#[$doc:meta])* $name:ident = [$($code:ident),*];)*) => {$(
        $(#[$doc])*
        pub struct $name;

        impl IntoResponses for $name {
            fn responses() -> BTreeMap<String, RefOr<Response>> {
                responses(&[$(ProblemCode::$code),*])
            }
        }
    )*};
}

problems! {
    /// Of any address.
    Any = [];
    /// Of signing in.
    Signing = [BadRequest, WrongCredentials, TooLarge, TooManyRequests, StorageFull];
    /// Of asking something while signed in.
    WhileSignedIn = [SignedOut, TooManyRequests, StorageFull];
    /// Of changing something while signed in.
    WhileSignedInChanging = [SignedOut, BadCsrfToken, StorageFull];
    /// Of searching.
    Searching = [BadRequest, SignedOut, BadCsrfToken, TooLarge, TooManyRequests, StorageFull];
    /// Of reading one thing.
    Reading = [BadRequest, SignedOut, NotFound, TooManyRequests, StorageFull];
    /// Of listening.
    Listening = [BadRequest, SignedOut, TooManyRequests, StorageFull];
    /// Of exchanging.
    Syncing = [
        BadRequest, SignedOut, BadCsrfToken, ProtocolTooNew, TooLarge, TooManyRequests, StorageFull
    ];
}

/// What the layers around every address answer by themselves: a coding that is not known, a panic, a time-out.
const EVERYWHERE: [(StatusCode, ProblemCode); 3] = [
    (StatusCode::UNSUPPORTED_MEDIA_TYPE, ProblemCode::BadRequest),
    (StatusCode::INTERNAL_SERVER_ERROR, ProblemCode::Internal),
    (StatusCode::SERVICE_UNAVAILABLE, ProblemCode::Internal),
];

fn responses(codes: &[ProblemCode]) -> BTreeMap<String, RefOr<Response>> {
    let mut by_status: BTreeMap<StatusCode, BTreeSet<String>> = BTreeMap::new();
    let own = codes.iter().map(|code| (status(*code), *code));
    for (status, code) in own.chain(EVERYWHERE) {
        by_status.entry(status).or_default().insert(name(&code));
    }
    let described = by_status.into_iter().map(|(status, codes)| {
        let response = response(status, &codes);
        (status.as_str().to_owned(), RefOr::T(response))
    });
    described.collect()
}

fn response(status: StatusCode, codes: &BTreeSet<String>) -> Response {
    // One example a code, by its name: a schema with these codes alone would refuse those of newer servers.
    let examples = codes.iter().map(|code| {
        let example = ExampleBuilder::new().value(Some(json!({ "code": code })));
        (code.clone(), example.build())
    });
    let content = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name("Problem")))
        .examples_from_iter(examples)
        .build();
    let reason = status.canonical_reason().unwrap_or_default();
    let listed: Vec<String> = codes.iter().map(|code| format!("`{code}`")).collect();
    let response = ResponseBuilder::new()
        .description(format!("{reason}: {}.", listed.join(" or ")))
        .content("application/json", content);
    if status == StatusCode::TOO_MANY_REQUESTS {
        let seconds = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1));
        let header = HeaderBuilder::new()
            .schema(seconds)
            .description(Some("Seconds to wait."))
            .build();
        return response.header("Retry-After", header).build();
    }
    response.build()
}
