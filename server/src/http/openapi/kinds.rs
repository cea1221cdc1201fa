//! The kinds of records, field by field, made from their descriptors: what a record of each holds, what may be written to
//! it, and which refusals that can meet. It describes; rights and values are judged in `shared`.

use std::collections::BTreeSet;

use rapport_shared::descriptor::{Descriptor, Keeps, Place, Writers};
use rapport_shared::record::Kind;
use rapport_shared::record::refusal::RefusalCode;
use rapport_shared::schema::{Field, Shape};
use rapport_shared::{kinds, refusals};
use serde_json::{Map, Value, json};

use super::shapes::{self, camel, reference};
use crate::problem::name;

/// An id as the key of a map.
const ID: &str = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";

/// Puts the schemas of all kinds beside those that are there, and makes records and mutations one of them.
pub(super) fn add(schemas: &mut Map<String, Value>) {
    let taken = |name: &str| schemas.get(name).cloned().unwrap_or_default();
    let (record, mutation, change) = (taken("Record"), taken("Mutation"), taken("Change"));
    let (mut records, mut mutations) = (vec![reference("DeletedRecord")], Vec::new());
    for kind in Kind::KNOWN {
        let name = camel(kind.name());
        for field in kinds::of(kind).fields {
            for (_, shape) in paths(field).into_iter().chain(pattern(field)) {
                shapes::add(schemas, shape);
                if refusals::is_written(kind, field) {
                    shapes::add_change(schemas, &change, shape, field.is_required);
                }
            }
        }
        schemas.insert(format!("{name}Fields"), fields(kind));
        schemas.insert(format!("{name}Record"), record_of(kind, &record));
        schemas.insert(format!("{name}Changes"), changes(kind));
        schemas.insert(format!("Write{name}Operation"), write(&format!("{name}Changes")));
        schemas.insert(format!("{name}Mutation"), mutation_of(kind, &mutation));
        records.push(reference(&format!("{name}Record")));
        mutations.push(reference(&format!("{name}Mutation")));
    }
    schemas.insert("DeletedRecord".to_owned(), deleted(&record));
    schemas.insert(
        "OtherRecord".to_owned(),
        other(&record, "A record of a kind that a newer version knows."),
    );
    schemas.insert("OtherMutation".to_owned(), other_mutation(&mutation));
    records.push(reference("OtherRecord"));
    mutations.push(reference("OtherMutation"));
    for (name, base, variants) in [("Record", record, records), ("Mutation", mutation, mutations)] {
        let one = json!({ "description": base["description"], "oneOf": variants, "examples": base["examples"] });
        schemas.insert(name.to_owned(), without_nulls(one));
    }
}

fn without_nulls(mut schema: Value) -> Value {
    if let Some(members) = schema.as_object_mut() {
        members.retain(|_, member| !member.is_null());
    }
    schema
}

/// Where values of the field stand: in it, or in the entries whose names are known.
fn paths(field: &Field) -> Vec<(String, Shape)> {
    let entries = |names: &[&str], shape: Shape| {
        let entries = names.iter().map(|name| (format!("{}.{name}", field.name), shape));
        entries.collect()
    };
    match field.shape {
        Shape::Set(choices) => entries(choices.names, Shape::Flag),
        Shape::Each(choices, inner) => entries(choices.names, *inner),
        Shape::Tags | Shape::People => Vec::new(),
        shape => vec![(field.name.to_owned(), shape)],
    }
}

/// Where else values of the field stand: a pattern of paths, for a map whose keys are made up.
fn pattern(field: &Field) -> Option<(String, Shape)> {
    match field.shape {
        Shape::Tags => Some((format!(r"^{}\.[^.]+$", field.name), Shape::Flag)),
        Shape::People => Some((format!(r"^{}\.{ID}$", field.name), Shape::Flag)),
        Shape::Each(_, inner) => Some((format!(r"^{}\.[^.]+$", field.name), *inner)),
        _ => None,
    }
}

/// What is said of a field wherever it stands.
fn described(mut schema: Value, field: &Field) -> Value {
    schema["description"] = json!(field.about.trim());
    schema
}

/// What a record of `kind` holds.
fn fields(kind: &Kind) -> Value {
    let described_kind = kinds::of(kind);
    let (mut properties, mut patterns) = (Map::new(), Map::new());
    for field in described_kind.fields {
        let read = |(path, shape)| (path, described(shapes::read(shape), field));
        properties.extend(paths(field).into_iter().map(read));
        patterns.extend(pattern(field).map(read));
    }
    let required = described_kind.fields.iter().filter(|field| field.is_required);
    let required: Vec<&str> = required.map(|field| field.name).collect();
    let about = format!(
        "What a {kind} holds, by the path of each value; an absent path means no value. Paths that are not named here \
         are of a newer version and are kept."
    );
    object(&about, properties, patterns, &required)
}

/// What may be written to a record of `kind`.
fn changes(kind: &Kind) -> Value {
    let described_kind = kinds::of(kind);
    let (mut properties, mut patterns) = (Map::new(), Map::new());
    for field in described_kind
        .fields
        .iter()
        .filter(|field| refusals::is_written(kind, field))
    {
        let written = |(path, shape)| {
            let change = described(shapes::change(shape, field.is_required), field);
            (
                path,
                refused(change, &refusals::of_field(kind, field), "that names this path"),
            )
        };
        properties.extend(paths(field).into_iter().map(written));
        patterns.extend(pattern(field).map(written));
    }
    let required = described_kind.fields.iter().filter(|field| field.is_required);
    let required: Vec<String> = required.map(|field| format!("`{}`", field.name)).collect();
    let needed = if required.is_empty() {
        String::new()
    } else {
        format!(" A new record needs {}.", required.join(", "))
    };
    let about = format!("What is written to a {kind}, by path; what is not named stays as it is.{needed}");
    let mut schema = object(&about, properties, patterns, &[]);
    schema["additionalProperties"] = reference("Change");
    schema
}

fn object(about: &str, properties: Map<String, Value>, patterns: Map<String, Value>, required: &[&str]) -> Value {
    let mut schema = json!({ "type": "object", "description": about, "properties": properties });
    if !patterns.is_empty() {
        schema["patternProperties"] = Value::Object(patterns);
    }
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    schema
}

/// The schema with the codes of the refusals it can meet, in words and for programs.
fn refused(mut schema: Value, codes: &[RefusalCode], which: &str) -> Value {
    let codes: Vec<String> = codes.iter().map(name).collect();
    let about = schema["description"].as_str().unwrap_or_default();
    let listed: Vec<String> = codes.iter().map(|code| format!("`{code}`")).collect();
    schema["description"] = json!(format!("{about} A refusal {which} is {}.", listed.join(" or ")));
    schema["x-refusals"] = json!(codes);
    schema
}

/// Where records of a kind lie.
fn scope(described: &Descriptor) -> Value {
    // The organisation's is a word, and words come last: see `variants`.
    let names = described.places.iter().map(|place| match place {
        Place::Root { .. } | Place::Under(_) => (0, "CustomerScope"),
        Place::Own => (1, "UserScope"),
        Place::Organisation => (2, "OrganisationScope"),
    });
    let names: BTreeSet<(u8, &str)> = names.collect();
    let fitting: Vec<Value> = names.into_iter().map(|(_, name)| reference(name)).collect();
    match fitting.as_slice() {
        [only] => only.clone(),
        several => json!({ "oneOf": several }),
    }
}

/// In words, where records of a kind lie.
fn lies(described: &Descriptor) -> String {
    let places = described.places.iter().map(|place| match place {
        Place::Root { .. } => "as a root itself, whose scope is its own id".to_owned(),
        Place::Under(root) => format!("under a {root}"),
        Place::Own => "as one user's own".to_owned(),
        Place::Organisation => "with the organisation".to_owned(),
    });
    let places: Vec<String> = places.collect();
    format!("It lies {}.", places.join(" or "))
}

/// In words, who writes records of a kind.
const fn written_by(writers: Writers) -> &'static str {
    match writers {
        Writers::InSight => "Whoever sees it writes it.",
        Writers::Managed => {
            "Whoever sees it writes it; some fields, and removal, are for those who read wider than what is their own."
        }
        Writers::Lead => "Whoever leads it writes it.",
        Writers::Administrators => "Administrators write it.",
        Writers::Server(_) => "The server makes it; people change the fields that are named.",
        Writers::Nobody => "Nobody writes it here.",
    }
}

/// The members of `base`, with some of them said more exactly.
fn narrowed<const N: usize>(base: &Value, about: String, members: [(&str, Value); N]) -> Value {
    let mut schema = base.clone();
    schema["description"] = json!(about);
    for (member, narrower) in members {
        let about = base["properties"][member]["description"].clone();
        schema["properties"][member] = narrower;
        if !about.is_null() {
            schema["properties"][member]["description"] = about;
        }
    }
    schema
}

/// A record that is not deleted.
fn standing(mut schema: Value) -> Value {
    if let Some(properties) = schema["properties"].as_object_mut() {
        properties.remove("deleted");
    }
    schema["not"] = json!({ "required": ["deleted"] });
    schema
}

fn record_of(kind: &Kind, base: &Value) -> Value {
    let described = kinds::of(kind);
    let about = format!("{} {}", kind.about().trim(), lies(described));
    let members = [
        ("kind", json!({ "type": "string", "const": kind.name() })),
        ("scope", scope(described)),
        ("fields", reference(&format!("{}Fields", camel(kind.name())))),
    ];
    standing(narrowed(base, about, members))
}

fn deleted(base: &Value) -> Value {
    let about = "A record that was deleted: what is left of it, of whatever kind.".to_owned();
    let mut schema = narrowed(base, about, [("deleted", reference("Stamp"))]);
    if let Some(required) = schema["required"].as_array_mut() {
        required.push(json!("deleted"));
    }
    schema
}

/// The name of a kind that this version does not know.
fn other_kind() -> Value {
    let known: Vec<&str> = Kind::KNOWN.iter().map(Kind::name).collect();
    json!({ "type": "string", "not": { "enum": known } })
}

fn other(base: &Value, about: &str) -> Value {
    standing(narrowed(base, about.to_owned(), [("kind", other_kind())]))
}

fn write(changes: &str) -> Value {
    json!({
        "type": "object", "required": ["write"], "properties": { "write": reference(changes) },
        "description": "Sets fields; creates the record when the server does not know it.",
    })
}

fn mutation_of(kind: &Kind, base: &Value) -> Value {
    let described = kinds::of(kind);
    let name = camel(kind.name());
    let write = reference(&format!("Write{name}Operation"));
    let is_deleted = described.keeps == Keeps::Changes && !matches!(described.writers, Writers::Server(_));
    let operation = if is_deleted {
        json!({ "oneOf": [write, reference("DeleteOperation")] })
    } else {
        write
    };
    let keeps = match described.keeps {
        Keeps::Changes => "",
        Keeps::Revisions => " It is never changed: another one corrects it.",
    };
    let about = format!(
        "One intent about a {kind}. {} {}{keeps}",
        lies(described),
        written_by(described.writers)
    );
    let members = [
        ("kind", json!({ "type": "string", "const": kind.name() })),
        ("scope", scope(described)),
        ("operation", operation),
    ];
    let schema = narrowed(base, about, members);
    refused(schema, &refusals::of_kind(kind), "of the whole")
}

fn other_mutation(base: &Value) -> Value {
    let about = "One intent about a record of a kind that a newer version knows.".to_owned();
    let schema = narrowed(base, about, [("kind", other_kind())]);
    let unknown = Kind::Other(String::new());
    refused(schema, &refusals::of_kind(&unknown), "of the whole")
}
