//! Words for names that come from the data: fields, choices, refusals, and values of any field as text. A name of a
//! newer version that has no words yet is shown as it is.

use leptos::prelude::*;
use rapport_shared::ids::UserId;
use rapport_shared::record::refusal::{Refusal, RefusalCode};
use rapport_shared::record::{FieldPath, Kind, Record};
use rapport_shared::time::Timestamp;
use serde_json::Value;

use super::{grouped, look_up, short_date, texts, time};
use crate::book::{Book, SaveError};

/// The words for a choice stored as `name`, in the group `group` (`tier`, `stage` …).
pub fn choice(group: &str, name: &str) -> String {
    look_up(&format!("choice.{group}.{name}")).unwrap_or(name).to_owned()
}

/// The label of a field. An entry of a map is named by the map and the entry, unless that is the id of a person.
pub fn field_name(kind: &Kind, path: &FieldPath) -> String {
    let label = look_up(&format!("field.{kind}.{}", path.field())).unwrap_or(path.field());
    match path.entry().filter(|entry| entry.parse::<UserId>().is_err()) {
        Some(entry) => format!("{label} · {}", choice(path.field(), entry)),
        None => label.to_owned(),
    }
}

/// The name of a colleague; the reader is "我", in English "you", as it stands within a sentence.
pub fn person(book: Book, user: UserId) -> String {
    if book
        .profile()
        .read_untracked()
        .as_ref()
        .is_some_and(|profile| profile.user == user)
    {
        return texts::common::me().to_owned();
    }
    let name = book.read(|replica| replica.person_name(user).map(str::to_owned));
    name.unwrap_or_else(|| texts::common::unknown_person().to_owned())
}

/// Why something was refused. Some fields have words of their own; all others share those of the code.
pub fn refusal(kind: &Kind, refusal: &Refusal) -> String {
    let own_words = matches!(refusal.code, RefusalCode::InvalidValue | RefusalCode::MissingField);
    let field = refusal.field.as_ref().filter(|_| own_words);
    let special = field.and_then(|path| look_up(&format!("refusal.{kind}.{}", path.field())));
    let code = serde_json::to_value(refusal.code).ok();
    let code = code.as_ref().and_then(Value::as_str).unwrap_or("unknown");
    let general = || look_up(&format!("refusal.{code}")).or_else(|| look_up("refusal.unknown"));
    special.or_else(general).unwrap_or_default().to_owned()
}

/// Any value of a field as text for reading: choices in words, days and times as the reader writes them, people by
/// name.
pub fn value_text(book: Book, kind: &Kind, path: &FieldPath, value: &Value) -> String {
    match value {
        Value::Null => texts::common::no_value().to_owned(),
        Value::Bool(true) => texts::common::yes().to_owned(),
        Value::Bool(false) => texts::common::no().to_owned(),
        Value::Number(number) if path.as_str().ends_with("_at") || path.as_str() == "at" => {
            let at = Timestamp::from_milliseconds(number.as_i64().unwrap_or_default());
            time(at, book.today(), book.utc_offset_minutes())
        }
        Value::Number(number) => choice(path.field(), &number.to_string()),
        Value::String(text) => words_of(book, kind, path, text),
        other => other.to_string(),
    }
}

fn words_of(book: Book, kind: &Kind, path: &FieldPath, text: &str) -> String {
    let group = match (kind, path.field()) {
        (Kind::Holding | Kind::Visit, "status") => format!("{kind}_status"),
        (_, field) => field.to_owned(),
    };
    if path.entry().is_none()
        && let Some(words) = look_up(&format!("choice.{group}.{text}"))
    {
        return words.to_owned();
    }
    if matches!(path.field(), "registered_capital" | "amount") {
        return grouped(text);
    }
    if let Ok(day) = text.parse::<jiff::civil::Date>() {
        return short_date(day, book.today());
    }
    if matches!(path.field(), "owner" | "assignee")
        && let Ok(user) = text.parse()
    {
        let name = book.read(|replica| replica.person_name(user).map(str::to_owned));
        return name.unwrap_or_else(|| texts::common::unknown_person().to_owned());
    }
    match path.field() {
        "team" | "branch" => place_name(book, path.field(), text).unwrap_or_else(|| text.to_owned()),
        _ => text.to_owned(),
    }
}

/// The name of a team or branch, as the directory has it with its people.
fn place_name(book: Book, field: &str, id: &str) -> Option<String> {
    book.read(|replica| {
        let person = replica
            .iter(&Kind::Person)
            .find(|person| person.text(field) == Some(id))?;
        person.text(&format!("{field}_name")).map(str::to_owned)
    })
}

/// The value of a field of `record` as text; `None` when there is none.
pub fn field_text(book: Book, record: &Record, path: &FieldPath) -> Option<String> {
    record
        .fields
        .get(path)
        .map(|value| value_text(book, &record.kind, path, value))
}

/// Why something was not saved.
pub fn save_error(kind: &Kind, error: &SaveError) -> String {
    match error {
        SaveError::Refused(reason) => refusal(kind, reason),
        SaveError::Full => texts::save_error::full().to_owned(),
        SaveError::Storage => texts::save_error::storage().to_owned(),
        SaveError::Locked => texts::save_error::locked().to_owned(),
    }
}
