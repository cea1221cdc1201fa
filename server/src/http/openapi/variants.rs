//! What is one of several things gets a name for each of them, so that a generated client has a type for each. What a
//! newer version may send stays possible, as the last of them.

use rapport_shared::record::refusal::{FieldAtFault, RefusalCode};
use serde_json::{Map, Value, json};

use super::shapes::{camel, reference};
use crate::problem::name;

/// The types whose variants get names.
const ENUMS: [&str; 3] = ["Scope", "Operation", "Outcome"];

/// Names the variants of the schemas that are there.
pub(super) fn add(schemas: &mut Map<String, Value>) {
    for of in ENUMS {
        let variants = schemas.get(of).and_then(|schema| schema["oneOf"].as_array());
        let named: Vec<(String, Value)> = variants
            .into_iter()
            .flatten()
            .map(|variant| named(of, variant))
            .collect();
        choose(schemas, of, named);
    }
    let refusals = schemas.get("Refusal").cloned().unwrap_or_default();
    let mut named: Vec<(String, Value)> = RefusalCode::KNOWN
        .iter()
        .map(|(code, about)| {
            let variant = refusal(&refusals, about, *code);
            (format!("{}Refusal", camel(&name(code))), variant)
        })
        .collect();
    named.push(("OtherRefusal".to_owned(), other_refusal(&refusals)));
    choose(schemas, "Refusal", named);
    schemas.remove("RefusalCode");
    if let Some(code) = schemas
        .get_mut("Problem")
        .and_then(|problem| problem.pointer_mut("/properties/code"))
    {
        *code = json!({
            "anyOf": [reference("ProblemCode"), { "type": "string" }],
            "description": "A stable code. A newer server may have others.",
        });
    }
}

/// Makes `of` one of these. Words come last: generated readers take the variants in turn, and some refuse whatever is not
/// the word where they meet one.
fn choose(schemas: &mut Map<String, Value>, of: &str, mut variants: Vec<(String, Value)>) {
    variants.sort_by_key(|(_, schema)| schema.get("const").is_some());
    let references: Vec<Value> = variants.iter().map(|(name, _)| reference(name)).collect();
    schemas.extend(variants);
    if let Some(Value::Object(schema)) = schemas.get_mut(of) {
        schema.retain(|member, _| member == "description");
        schema.insert("oneOf".to_owned(), references.into());
    }
}

/// The variant by its name: a word alone, or an object with one member.
fn named(of: &str, variant: &Value) -> (String, Value) {
    let mut variant = variant.clone();
    if let Some([word]) = variant["enum"].as_array().map(Vec::as_slice) {
        let name = format!("{}{of}", camel(word.as_str().unwrap_or_default()));
        let schema = json!({ "type": "string", "const": word, "description": variant["description"] });
        return (name, schema);
    }
    let member = variant["properties"]
        .as_object()
        .and_then(|members| members.keys().next());
    let member = member.cloned().unwrap_or_default();
    if member == "other" {
        // It is what the others are not.
        let others = ["applied", "merged", "refused"].map(|member| json!({ "required": [member] }));
        variant = json!({ "type": "object", "description": variant["description"], "not": { "anyOf": others } });
    } else if let Some(content) = variant["properties"][&member].as_object_mut() {
        // What is said of the variant is said once.
        content.remove("description");
    }
    (format!("{}{of}", camel(&member)), variant)
}

fn refusal(base: &Value, about: &str, code: RefusalCode) -> Value {
    let mut schema = base.clone();
    schema["description"] = json!(about.trim());
    schema["properties"]["code"] = json!({ "type": "string", "const": name(&code) });
    match code.field_at_fault() {
        FieldAtFault::Always => schema["required"] = json!(["code", "field"]),
        FieldAtFault::Sometimes => {}
        FieldAtFault::Never => {
            if let Some(properties) = schema["properties"].as_object_mut() {
                properties.remove("field");
            }
        }
    }
    // Absent, it is no `null`.
    if let Some(field) = schema["properties"].get_mut("field") {
        *field = at_fault();
    }
    schema
}

fn at_fault() -> Value {
    let mut field = reference("FieldPath");
    field["description"] = json!("The field at fault, or the entry of a map.");
    field
}

fn other_refusal(base: &Value) -> Value {
    let known: Vec<String> = RefusalCode::KNOWN.iter().map(|(code, _)| name(code)).collect();
    let mut schema = base.clone();
    schema["description"] = json!("A refusal that a newer server knows.");
    schema["properties"]["code"] = json!({ "type": "string", "not": { "enum": known } });
    schema["properties"]["field"] = at_fault();
    schema
}
