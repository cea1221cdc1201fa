//! What a value looks like, by the shape of its field, and what a change of it looks like: a named schema each, so that
//! a generated client has a few of them and not one a field. Whether a value is taken is decided in `shared`.

use rapport_shared::schema::{Choices, Grades, LINE, LONG_LINE, Shape, TEXT};
use serde_json::{Map, Value, json};

/// The first and the last point in time, in milliseconds.
const LATEST_MILLISECONDS: i64 = 253_402_300_799_999;
/// The longest number as text.
const LONGEST_NUMBER: usize = 40;

/// A reference to a schema of the document.
pub(super) fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// `some_name` as types are called.
pub(super) fn camel(name: &str) -> String {
    let capitalised = name.split('_').map(|word| {
        let mut letters = word.chars();
        letters.next().into_iter().flat_map(char::to_uppercase).chain(letters)
    });
    capitalised.flatten().collect()
}

/// The name of the schema of values with this shape.
fn name(shape: Shape) -> String {
    let limited = |name: &str, limit: usize| match limit {
        LINE => name.to_owned(),
        LONG_LINE => format!("Long{name}"),
        limit => format!("{name}{limit}"),
    };
    let word = match shape {
        Shape::Line(limit) => return limited("Line", limit),
        Shape::Code(limit) => return limited("Code", limit),
        Shape::Choice(choices) => return format!("{}Choice", camel(choices.group)),
        Shape::Grade(grades) => return format!("{}Grade", camel(grades.group)),
        Shape::Integer(from, to) => return format!("Integer{from}To{to}"),
        Shape::Name => "Name",
        Shape::Phone => "Phone",
        Shape::Email => "Email",
        Shape::Web => "Web",
        Shape::Text => "Text",
        Shape::Flag => "Flag",
        Shape::Date => "Day",
        Shape::Time => "Moment",
        Shape::Decimal => "Quantity",
        Shape::Amount => "Amount",
        Shape::Rate => "Rate",
        Shape::Id => "RecordId",
        Shape::Person => "UserId",
        Shape::Team => "TeamId",
        Shape::Branch => "BranchId",
        Shape::Region => "Region",
        Shape::CreditCode => "CreditCode",
        Shape::ResidentId => "ResidentId",
        // Maps are written entry by entry: they have no value of their own.
        Shape::Set(_) | Shape::Tags | Shape::People | Shape::Each(..) | Shape::Any => "Anything",
    };
    word.to_owned()
}

/// The schema of values with this shape; `None` for those that the document has already, since they travel elsewhere too.
fn schema(shape: Shape) -> Option<Value> {
    let text = |about: &str| json!({ "type": "string", "maxLength": shape.limit(), "description": about });
    let number = |about: &str| {
        let pattern = r"^-?[0-9]+(\.[0-9]+)?$";
        json!({ "type": "string", "maxLength": LONGEST_NUMBER, "pattern": pattern, "description": about })
    };
    let from_to = |from: i64, to: i64| json!({ "type": "integer", "minimum": from, "maximum": to });
    let schema = match shape {
        Shape::Line(_) => text("Text on one line, without control characters."),
        Shape::Name => text("The name of a person, a company or a place, on one line."),
        Shape::Code(_) => text("A number or code that some system gave, on one line."),
        Shape::Phone => text("A telephone number as people write it."),
        Shape::Email => text("An e-mail address."),
        Shape::Web => text("An address in the web."),
        Shape::Text => json!({
            "type": "string", "maxLength": TEXT,
            "description": "Text of many lines. What two people write into it at once is merged by paragraph.",
        }),
        Shape::Choice(choices) => choice(choices),
        Shape::Grade(Grades { from, to, .. }) => from_to(*from, *to),
        Shape::Integer(from, to) => from_to(from, to),
        Shape::Flag => json!({ "type": "boolean" }),
        Shape::Date => json!({ "type": "string", "format": "date", "description": "A civil day." }),
        Shape::Time => json!({
            "type": "integer", "format": "int64", "minimum": -LATEST_MILLISECONDS, "maximum": LATEST_MILLISECONDS,
            "description": "A point in time, in milliseconds since 1970-01-01T00:00:00Z.",
        }),
        Shape::Decimal => number("A quantity: plain digits, no exponent and no grouping."),
        Shape::Amount => number("Money: plain digits, no exponent and no grouping; in yuan unless another field says."),
        Shape::Rate => number("Percent: plain digits, no exponent."),
        Shape::Region => json!({
            "type": "string", "pattern": "^[0-9]{6}$", "description": "An administrative division (GB/T 2260).",
        }),
        Shape::CreditCode => json!({
            "type": "string", "pattern": "^[0-9A-HJ-NP-RT-UW-Y]{18}$",
            "description": "A unified social credit code (GB 32100) with its check character, in capitals.",
        }),
        Shape::ResidentId => json!({
            "type": "string", "pattern": "^[1-9][0-9]{16}[0-9X]$",
            "description": "A resident identity number (GB 11643) with its check character.",
        }),
        Shape::Id | Shape::Person | Shape::Team | Shape::Branch => return None,
        Shape::Set(_) | Shape::Tags | Shape::People | Shape::Each(..) | Shape::Any => {
            json!({ "description": "A copy of a value of another field." })
        }
    };
    Some(schema)
}

fn choice(choices: &Choices) -> Value {
    let lines = choices.names.iter().zip(choices.about);
    let lines: Vec<String> = lines
        .map(|(name, about)| format!("- `{name}`: {}", about.trim()))
        .collect();
    json!({
        "type": "string", "enum": choices.names,
        "description": format!("One of these names.\n\n{}", lines.join("\n")),
    })
}

/// What is read where a value of this shape stands: a name may be one that a newer version has added.
pub(super) fn read(shape: Shape) -> Value {
    match shape {
        Shape::Choice(_) => json!({ "anyOf": [reference(&name(shape)), { "type": "string" }] }),
        _ => reference(&name(shape)),
    }
}

/// What is written to change a value of this shape. What a record cannot be without is never emptied.
pub(super) fn change(shape: Shape, is_required: bool) -> Value {
    reference(&change_name(shape, is_required))
}

fn change_name(shape: Shape, is_required: bool) -> String {
    let required = if is_required { "Required" } else { "" };
    format!("{required}{}Change", name(shape))
}

/// Adds the schema of values of this shape.
pub(super) fn add(schemas: &mut Map<String, Value>, shape: Shape) {
    if let Some(schema) = schema(shape) {
        schemas.insert(name(shape), schema);
    }
}

/// Adds the schema of changes of this shape. `base` is that of any change.
pub(super) fn add_change(schemas: &mut Map<String, Value>, base: &Value, shape: Shape, is_required: bool) {
    let mut to = reference(&name(shape));
    if !is_required {
        to = json!({ "anyOf": [to, { "type": "null" }] });
    } else if shape.limit().is_some() {
        to["minLength"] = json!(1);
    }
    let mut change = base.clone();
    to["description"] = base["properties"]["to"]["description"].clone();
    change["properties"]["to"] = to;
    change["required"] = json!(["to"]);
    schemas.insert(change_name(shape, is_required), change);
}
