//! The description of the interface against the interface: every address is in it, and nothing else.

use std::collections::BTreeSet;

use axum::http::{Method, Request, StatusCode};
use rapport_server::testing::Bank;
use rapport_shared::sync::wire::MAXIMUM_MUTATIONS;
use serde_json::Value;

use crate::bank;

const METHODS: [&str; 5] = ["get", "put", "post", "delete", "patch"];

async fn document(bank: &Bank) -> Value {
    let request = Request::get("/api/openapi.json").body("".into()).unwrap();
    let (status, headers, body) = bank.send(request).await.unwrap();
    assert_eq!(status, StatusCode::OK, "nobody needs to sign in for it");
    assert_eq!(headers["content-type"], "application/json");
    serde_json::from_slice(&body).unwrap()
}

/// Method, path and description of every operation.
fn operations(document: &Value) -> Vec<(&str, &str, &Value)> {
    let paths = document["paths"].as_object().unwrap();
    let operations = paths.iter().flat_map(|(path, item)| {
        let methods = METHODS.iter().filter(|method| item.get(**method).is_some());
        methods.map(move |method| (*method, path.as_str(), &item[*method]))
    });
    operations.collect()
}

/// The addresses the router knows. It tells them only to those who debug it.
fn routed(bank: &Bank) -> BTreeSet<String> {
    let shown = format!("{:?}", bank.router);
    let strings = shown.split('"').skip(1).step_by(2);
    // What takes every path is the app, or answers that nothing is there.
    let own = strings.filter(|text| text.starts_with('/') && text.len() > 1 && !text.contains("{*"));
    let paths: BTreeSet<String> = own.map(str::to_owned).collect();
    assert!(paths.contains("/api/sync"), "the router shows its addresses: {shown}");
    paths
}

#[tokio::test]
async fn every_address_is_described_and_nothing_else() {
    let (bank, _folder) = bank().await;
    let document = document(&bank).await;
    let described: BTreeSet<String> = document["paths"].as_object().unwrap().keys().cloned().collect();
    let routed = routed(&bank);
    assert_eq!(
        described, routed,
        "add what is missing to http/openapi.rs, or take out what is gone"
    );
    for path in &routed {
        for method in METHODS {
            let known = document["paths"][path].get(method).is_some();
            let uri = path.replace(['{', '}'], "");
            let request = Request::builder().method(method.to_uppercase().as_str()).uri(&uri);
            let (status, ..) = bank.send(request.body("".into()).unwrap()).await.unwrap();
            assert_eq!(status != StatusCode::METHOD_NOT_ALLOWED, known, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn the_description_is_whole() {
    let (bank, _folder) = bank().await;
    let document = document(&bank).await;
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1."));
    let mut references = Vec::new();
    collect_references(&document, &mut references);
    for reference in references {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
    let schemas = &document["components"]["schemas"];
    for name in ["SyncRequest", "SyncResponse"] {
        assert!(schemas[name]["examples"][0].is_object(), "{name} has an example");
    }
    let outcomes = schemas["Outcome"]["oneOf"].as_array().unwrap();
    let outcomes: Vec<&Value> = outcomes.iter().map(|outcome| &outcome["required"][0]).collect();
    assert_eq!(outcomes, ["applied", "merged", "refused"], "what a server answers");
    let most = schemas["SyncRequest"]["properties"]["mutations"]["maxItems"].as_u64();
    assert_eq!(most, u64::try_from(MAXIMUM_MUTATIONS).ok());
    let schemes = &document["components"]["securitySchemes"];
    let mut ids = BTreeSet::new();
    for (method, path, operation) in operations(&document) {
        assert!(ids.insert(operation["operationId"].as_str().unwrap()), "{path}");
        let responses = operation["responses"].as_object().unwrap();
        assert!(
            responses.keys().any(|status| status.starts_with('2')),
            "{method} {path}"
        );
        for scheme in operation["security"].as_array().into_iter().flatten() {
            let names = scheme.as_object().unwrap().keys();
            assert!(names.into_iter().all(|name| schemes.get(name).is_some()), "{path}");
        }
    }
}

#[tokio::test]
async fn an_id_that_is_no_text_is_answered_as_described() {
    let (bank, _folder) = bank().await;
    let document = document(&bank).await;
    let tablet = bank.sign_in("rm1").await.unwrap();
    let request = tablet.request(Method::GET, "/api/customers/%FF", "").unwrap();
    let (status, _, body) = bank.send(request).await.unwrap();
    let described = &document["paths"]["/api/customers/{id}"]["get"]["responses"][status.as_str()];
    let codes = &described["content"]["application/json"]["schema"]["allOf"][1]["properties"]["code"]["enum"];
    let answered: Value = serde_json::from_slice(&body).unwrap();
    assert!(
        codes.as_array().unwrap().contains(&answered["code"]),
        "{status} {answered}: {described}"
    );
}

fn collect_references<'a>(value: &'a Value, references: &mut Vec<&'a str>) {
    if let Some(reference) = value.get("$ref").and_then(Value::as_str) {
        references.push(reference);
    }
    match value {
        Value::Object(members) => members
            .values()
            .for_each(|member| collect_references(member, references)),
        Value::Array(items) => items.iter().for_each(|item| collect_references(item, references)),
        _ => {}
    }
}
