//! The description of the interface against the interface: every address and every kind is in it, and nothing else.

use std::collections::BTreeSet;

use axum::http::{Method, Request, StatusCode};
use rapport_server::testing::Bank;
use rapport_shared::record::Kind;
use rapport_shared::schema::{Field, LONG_LINE, Shape, TEXT, fields_of};
use rapport_shared::sync::wire::MAXIMUM_MUTATIONS;
use rapport_shared::{kinds, refusals};
use serde_json::{Value, json};

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
    for reference in &references {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
    let schemas = &document["components"]["schemas"];
    for name in schemas.as_object().unwrap().keys() {
        let reference = format!("#/components/schemas/{name}");
        assert!(references.contains(&&*reference), "nothing uses {name}");
    }
    for name in ["SyncRequest", "SyncResponse"] {
        assert!(schemas[name]["examples"][0].is_object(), "{name} has an example");
    }
    let mut choices = Vec::new();
    collect_choices(&document, &mut choices);
    assert!(choices.len() > 10, "{choices:?}");
    for variants in choices {
        let is_word = |variant: &Value| {
            let reference = variant["$ref"].as_str().unwrap_or_default();
            let target = document.pointer(reference.trim_start_matches('#')).unwrap();
            target.get("const").is_some()
        };
        let (_, first) = variants.split_last().unwrap();
        // Generated readers take variants in turn, and some give up at a word that is not the right one.
        assert!(!first.iter().any(is_word), "a word is not the last of {variants:?}");
    }
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
    let codes = &described["content"]["application/json"]["examples"];
    let answered: Value = serde_json::from_slice(&body).unwrap();
    assert!(
        codes.get(answered["code"].as_str().unwrap()).is_some(),
        "{status} {answered}: {described}"
    );
}

fn collect_choices<'a>(value: &'a Value, choices: &mut Vec<&'a [Value]>) {
    choices.extend(value.get("oneOf").and_then(Value::as_array).map(Vec::as_slice));
    match value {
        Value::Object(members) => members.values().for_each(|member| collect_choices(member, choices)),
        Value::Array(items) => items.iter().for_each(|item| collect_choices(item, choices)),
        _ => {}
    }
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

/// Whether the document lets `value` stand where `schema` is. What a text looks like inside is not asked.
fn lets(document: &Value, schema: &Value, value: &Value) -> bool {
    let of = |word: &str| schema.get(word);
    let any = |word: &str, least: usize, most: usize| {
        of(word).is_none_or(|variants| {
            let variants = variants.as_array().unwrap().iter();
            (least..=most).contains(&variants.filter(|variant| lets(document, variant, value)).count())
        })
    };
    let is_of = |name: &Value| {
        let types = [
            ("string", value.is_string()),
            ("integer", value.is_i64()),
            ("boolean", value.is_boolean()),
            ("object", value.is_object()),
            ("array", value.is_array()),
            ("null", value.is_null()),
        ];
        assert!(types.iter().any(|(known, _)| name == known), "{name}");
        types.iter().any(|(known, is_of)| name == known && *is_of)
    };
    let has = |value: &Value, name: &Value| value.get(name.as_str().unwrap()).is_some();
    let members = |word: &str| of(word).and_then(Value::as_object).into_iter().flatten();
    let letters = value.as_str().map(|text| text.chars().count() as u64);
    let number = |word: &str| of(word).and_then(Value::as_i64);
    let target = of("$ref").map(|reference| {
        let pointer = reference.as_str().unwrap().strip_prefix('#').unwrap();
        document.pointer(pointer).unwrap()
    });
    target.is_none_or(|target| lets(document, target, value))
        && any("anyOf", 1, usize::MAX)
        && any("oneOf", 1, 1)
        && of("not").is_none_or(|not| !lets(document, not, value))
        && of("required").is_none_or(|names| names.as_array().unwrap().iter().all(|name| has(value, name)))
        && members("properties").all(|(name, schema)| value.get(name).is_none_or(|value| lets(document, schema, value)))
        && of("items").is_none_or(|schema| {
            value
                .as_array()
                .into_iter()
                .flatten()
                .all(|item| lets(document, schema, item))
        })
        && of("type").is_none_or(is_of)
        && of("enum").is_none_or(|names| names.as_array().unwrap().contains(value))
        && of("const").is_none_or(|word| word == value)
        && of("maxLength").is_none_or(|most| letters.is_none_or(|letters| letters <= most.as_u64().unwrap()))
        && of("minLength").is_none_or(|least| letters.is_none_or(|letters| letters >= least.as_u64().unwrap()))
        && number("minimum").is_none_or(|least| value.as_i64().is_none_or(|value| value >= least))
        && number("maximum").is_none_or(|most| value.as_i64().is_none_or(|value| value <= most))
}

/// Paths that are named, and patterns that others match, of all fields; each with the shape of what stands there.
fn places<'a>(fields: impl Iterator<Item = &'a Field>) -> Vec<(String, Shape, &'a Field)> {
    let places = fields.flat_map(|field| {
        let entries = |names: &[&str], shape: Shape| {
            let entries = names
                .iter()
                .map(|name| (format!("{}.{name}", field.name), shape, field));
            entries.collect::<Vec<_>>()
        };
        let others = |shape: Shape| (format!(r"^{}\.", field.name), shape, field);
        match field.shape {
            Shape::Set(choices) => entries(choices.names, Shape::Flag),
            Shape::Each(choices, inner) => [entries(choices.names, *inner), vec![others(*inner)]].concat(),
            Shape::Tags | Shape::People => vec![others(Shape::Flag)],
            shape => vec![(field.name.to_owned(), shape, field)],
        }
    });
    places.collect()
}

/// What the schema says of each path and each pattern, the latter by their beginnings.
fn said(schema: &Value) -> Vec<(String, &Value)> {
    let members = |word: &str| schema[word].as_object().into_iter().flatten();
    let named = members("properties").map(|(path, schema)| (path.clone(), schema));
    let others = members("patternProperties");
    let others = others.map(|(pattern, schema)| {
        let (map, _) = pattern.split_once(r"\.").unwrap();
        (format!(r"{map}\."), schema)
    });
    named.chain(others).collect()
}

/// Values of all sorts.
fn samples(shape: Shape) -> Vec<Value> {
    let texts = [
        "",
        "x",
        "2026-12-05",
        "1.5",
        "00000000-0000-0000-0000-000000000001",
        "440305",
    ];
    let long = [4, 201, LONG_LINE + 1, TEXT + 1].map(|length| "x".repeat(length).into());
    let numbers = [-3, -2, 0, 1, 5, 6, 100, 101, 100_000_001].map(Value::from);
    let choices = shape.choices().into_iter().flat_map(|choices| choices.names);
    let texts = texts.iter().chain(choices).map(|text| Value::from(*text));
    texts
        .chain(long)
        .chain(numbers)
        .chain([json!(true), json!(["x"])])
        .collect()
}

#[track_caller]
fn check_values(document: &Value, schema: &Value, shape: Shape, path: &str) {
    // What is inside a text, an identity number for one, only the shape says.
    let is_exact = shape.is_line()
        || matches!(shape, Shape::Text | Shape::Choice(_) | Shape::Flag)
        || matches!(shape, Shape::Grade(_) | Shape::Integer(..));
    for value in samples(shape) {
        let (takes, lets) = (shape.accepts(&value), lets(document, schema, &value));
        assert!(lets || !takes, "{path}: {value} is taken and not described");
        assert!(
            takes || !lets || !is_exact,
            "{path}: {value} is described and not taken"
        );
        assert!(
            shape == Shape::Any || !lets || value.is_string() || takes,
            "{path}: {value}"
        );
    }
}

#[tokio::test]
async fn every_kind_is_described_field_by_field_and_nothing_else() {
    let (bank, _folder) = bank().await;
    let document = document(&bank).await;
    let schemas = &document["components"]["schemas"];
    for kind in Kind::KNOWN {
        let name = kind.name();
        let title = format!("{}{}", name[..1].to_uppercase(), &name[1..]);
        let schema = |suffix: &str| &schemas[format!("{title}{suffix}")];
        for whole in ["Record", "Mutation"] {
            let described = &schema(whole)["properties"]["kind"];
            assert!(lets(&document, described, &json!(name)) && !lets(&document, described, &json!("other")));
            let reference = json!({ "$ref": format!("#/components/schemas/{title}{whole}") });
            assert!(
                schemas[whole]["oneOf"].as_array().unwrap().contains(&reference),
                "{kind}"
            );
        }
        let codes = |codes: Vec<_>| serde_json::to_value(codes).unwrap();
        assert_eq!(
            schema("Mutation")["x-refusals"],
            codes(refusals::of_kind(kind)),
            "{kind}"
        );

        let fields = fields_of(kind);
        let required: Vec<_> = fields
            .iter()
            .filter(|field| field.is_required)
            .map(|field| field.name)
            .collect();
        let described = schema("Fields").get("required").cloned().unwrap_or_else(|| json!([]));
        assert_eq!(described, json!(required), "{kind}");
        let (mut read, mut expected) = (said(schema("Fields")), places(fields.iter()));
        read.sort_by(|a, b| a.0.cmp(&b.0));
        expected.sort_by(|a, b| a.0.cmp(&b.0));
        let paths = |places: &[(String, Shape, &Field)]| places.iter().map(|place| place.0.clone()).collect::<Vec<_>>();
        assert_eq!(
            read.iter().map(|place| place.0.clone()).collect::<Vec<_>>(),
            paths(&expected),
            "{kind}"
        );
        for ((path, described), (_, shape, _)) in read.iter().zip(&expected) {
            // A newer version may have more names.
            let open = json!({ "anyOf": [described["anyOf"][0], { "type": "string" }] });
            let is_choice = matches!(shape, Shape::Choice(_));
            assert_eq!(is_choice, described["anyOf"] == open["anyOf"], "{kind} {path}");
            let described = if is_choice { &described["anyOf"][0] } else { described };
            check_values(&document, described, *shape, &format!("{kind} {path}"));
        }

        let (mut written, mut expected) = (
            said(schema("Changes")),
            places(fields.iter().filter(|field| refusals::is_written(kind, field))),
        );
        written.sort_by(|a, b| a.0.cmp(&b.0));
        expected.sort_by(|a, b| a.0.cmp(&b.0));
        assert_eq!(
            written.iter().map(|place| place.0.clone()).collect::<Vec<_>>(),
            paths(&expected),
            "{kind}"
        );
        for ((path, described), (_, shape, field)) in written.iter().zip(&expected) {
            let path = format!("{kind} {path}");
            assert_eq!(
                described["x-refusals"],
                codes(refusals::of_field(kind, field)),
                "{path}"
            );
            let change = document.pointer(described["$ref"].as_str().unwrap().strip_prefix('#').unwrap());
            let to = &change.unwrap()["properties"]["to"];
            assert_eq!(lets(&document, to, &json!(null)), !field.is_required, "{path}");
            let value = if field.is_required { to } else { &to["anyOf"][0] };
            let mut value = value.clone();
            value.as_object_mut().unwrap().remove("minLength");
            check_values(&document, &value, *shape, &path);
        }
    }
    // As many as there are kinds, and what is deleted or of a newer version.
    let ending = |suffix: &str| {
        schemas
            .as_object()
            .unwrap()
            .keys()
            .filter(|name| name.ends_with(suffix))
            .count()
    };
    let kinds = Kind::KNOWN.len();
    assert_eq!(
        [
            ending("Fields"),
            ending("Changes"),
            ending("Record"),
            ending("Mutation")
        ],
        [kinds, kinds, kinds + 3, kinds + 2]
    );
    assert!(Kind::KNOWN.iter().all(|kind| !kinds::of(kind).fields.is_empty()));
}

/// Every text for people, and where it stands.
fn texts<'a>(value: &'a Value, path: &str, found: &mut Vec<(String, &'a str)>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let path = format!("{path}/{name}");
                match member {
                    Value::String(text) if ["description", "summary"].contains(&&**name) => found.push((path, text)),
                    member => texts(member, &path, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| texts(item, path, found)),
        _ => {}
    }
}

/// Words in capitals that are no schemas: of cookies, and the tiers of customers.
const OTHERS: [&str; 7] = ["HttpOnly", "Secure", "Cookie", "A", "B", "C", "D"];

#[tokio::test]
async fn no_text_speaks_of_the_code() {
    let (bank, _folder) = bank().await;
    let document = document(&bank).await;
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let mut found = Vec::new();
    texts(&document, "", &mut found);
    assert!(found.len() > 500, "only {} texts", found.len());
    for (path, text) in found {
        assert!(!text.trim().is_empty(), "{path} says nothing");
        for of_code in ["::", "[`", "`]", "# Errors", "(R"] {
            assert!(!text.contains(of_code), "{path}: {text}");
        }
        for quoted in text.split('`').skip(1).step_by(2) {
            let is_word = quoted.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
            let is_type = is_word && quoted.starts_with(|c: char| c.is_ascii_uppercase());
            let is_name = schemas.contains_key(quoted) || OTHERS.contains(&quoted);
            assert!(!is_type || is_name, "{path} names {quoted}: {text}");
        }
    }
}

#[tokio::test]
async fn what_only_a_newer_version_knows_is_allowed_and_what_is_wrong_is_not() {
    let (bank, _folder) = bank().await;
    let document = document(&bank).await;
    let check = |name: &str, value: Value, is_allowed: bool| {
        let schema = json!({ "$ref": format!("#/components/schemas/{name}") });
        assert_eq!(lets(&document, &schema, &value), is_allowed, "{name} {value}");
    };
    for name in ["SyncRequest", "SyncResponse"] {
        check(
            name,
            document["components"]["schemas"][name]["examples"][0].clone(),
            true,
        );
    }
    check("Outcome", json!({ "applied": { "version": 3 } }), true);
    check("Outcome", json!({ "applied": {} }), false);
    check("Outcome", json!({ "postponed": {} }), true);
    check("Refusal", json!({ "code": "missing_field", "field": "title" }), true);
    check("Refusal", json!({ "code": "missing_field" }), false);
    check("Refusal", json!({ "code": "too_late" }), true);
    check("Problem", json!({ "code": "of_tomorrow" }), true);
    check("Scope", json!("organisation"), true);
    check("Scope", json!("planet"), false);

    let id = "00000000-0000-0000-0000-000000000001";
    let stamp = json!({ "version": 1, "at": 1, "by": id, "device": id });
    let record = |kind: &str, fields: Value| {
        json!({
            "id": id, "kind": kind, "scope": { "customer": id }, "version": 1, "fields": fields, "created": stamp,
            "of_tomorrow": true,
        })
    };
    check(
        "Record",
        record("task", json!({ "title": "x", "repeat": "hourly", "of_tomorrow": 1 })),
        true,
    );
    check("Record", record("task", json!({ "title": 1 })), false);
    check("Record", record("task", json!({})), false);
    check("Record", record("hologram", json!({})), true);
    let mut deleted = record("task", json!({}));
    deleted["deleted"] = stamp.clone();
    check("Record", deleted, true);

    let mutation = |kind: &str, operation: Value| {
        json!({
            "id": id, "device": id, "device_seq": 1, "author": id, "at": 1, "record": id, "kind": kind,
            "scope": { "customer": id }, "base": 0, "operation": operation, "of_tomorrow": true,
        })
    };
    let write = |path: &str, to: Value| json!({ "write": { path: { "to": to } } });
    check("Mutation", mutation("task", write("repeat", json!("weekly"))), true);
    check("Mutation", mutation("task", write("repeat", json!(null))), true);
    check("Mutation", mutation("task", write("repeat", json!("hourly"))), false);
    check("Mutation", mutation("task", write("title", json!(null))), false);
    check("Mutation", mutation("task", write("of_tomorrow", json!(["x"]))), true);
    check("Mutation", mutation("task", json!("delete")), true);
    check("Mutation", mutation("note", json!("delete")), false);
    check("Mutation", mutation("hologram", json!("delete")), true);
}
