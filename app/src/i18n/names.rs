//! Words for names that come from the data: fields, choices, refusals, and values of any field as text. A name of a
//! newer version that has no words yet is shown as it is.

use leptos::prelude::*;
use rapport_shared::ids::UserId;
use rapport_shared::record::refusal::{Refusal, RefusalCode};
use rapport_shared::record::{FieldPath, Kind, Record};
use rapport_shared::schema::{self, Shape, Shown};
use serde_json::Value;

use super::{grouped, look_up, percent, short_date, texts, time};
use crate::book::{Book, SaveError};

/// The words for a choice stored as `name`, in the group `group` (`tier`, `stage` …).
pub fn choice(group: &str, name: &str) -> String {
    look_up(&format!("choice.{group}.{name}")).unwrap_or(name).to_owned()
}

/// The label of a field. An entry of a map is named by the map and the entry, unless that is the id of a person.
pub fn field_name(kind: &Kind, path: &FieldPath) -> String {
    let label = look_up(&format!("field.{kind}.{}", path.field())).unwrap_or(path.field());
    let Some(entry) = path.entry() else {
        return label.to_owned();
    };
    let entry = match schema::of_field(kind, path.field()) {
        Some(Shape::People) => return label.to_owned(),
        Some(Shape::Tags) => schema::tag_text(entry).into_owned(),
        shape => match shape.and_then(Shape::choices) {
            Some(choices) => choice(choices.group, entry),
            None => entry.to_owned(),
        },
    };
    format!("{label} · {entry}")
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

/// What several fields of a record have wrong together.
pub fn problem(kind: &Kind, name: &str) -> String {
    look_up(&format!("problem.{kind}.{name}")).unwrap_or(name).to_owned()
}

/// Why something was refused. Some fields have words of their own; all others share those of the code.
pub fn refusal(kind: &Kind, refusal: &Refusal) -> String {
    let field = refusal
        .field
        .as_ref()
        .filter(|path| has_own_words(kind, refusal.code, path));
    let special = field.and_then(|path| look_up(&format!("refusal.{kind}.{}", path.field())));
    let code = serde_json::to_value(refusal.code).ok();
    let code = code.as_ref().and_then(Value::as_str).unwrap_or("unknown");
    let general = || look_up(&format!("refusal.{code}")).or_else(|| look_up("refusal.unknown"));
    special.or_else(general).unwrap_or_default().to_owned()
}

/// Of a field that is required the words ask for it: they do not fit a text that is there and too long.
fn has_own_words(kind: &Kind, code: RefusalCode, path: &FieldPath) -> bool {
    let is_words = schema::shape(kind, path).is_some_and(|shape| shape == Shape::Text || shape.is_line());
    match code {
        RefusalCode::MissingField => true,
        RefusalCode::InvalidValue => !(is_words && schema::is_required(kind, path.field())),
        _ => false,
    }
}

/// Any value of a field as text for reading: choices in words, days and times as the reader writes them, people by
/// name.
pub fn value_text(book: Book, kind: &Kind, path: &FieldPath, value: &Value) -> String {
    let shape = schema::shape(kind, path).unwrap_or(Shape::Any);
    match schema::show(shape, value) {
        Shown::Nothing => texts::common::no_value().to_owned(),
        Shown::Word { group, name } => choice(group, &name),
        Shown::Flag(true) => texts::common::yes().to_owned(),
        Shown::Flag(false) => texts::common::no().to_owned(),
        Shown::Day(day) => short_date(day, book.today()),
        Shown::Moment(at) => time(at, book.today(), book.utc_offset_minutes()),
        Shown::Amount(number) | Shown::Number(number) => grouped(number),
        Shown::Percent(rate) => percent(&rate.to_string()),
        Shown::Person(user) => {
            let name = book.read(|replica| replica.person_name(user).map(str::to_owned));
            name.unwrap_or_else(|| texts::common::unknown_person().to_owned())
        }
        Shown::Team(id) => place_name(book, "team", &id.to_string()),
        Shown::Branch(id) => place_name(book, "branch", &id.to_string()),
        Shown::Record(id) => {
            let kind = book.read(|replica| replica.get(id).map(|record| record.kind.clone()));
            kind.map_or_else(|| id.to_string(), |kind| choice("kind", kind.name()))
        }
        Shown::Text(text) => text.into_owned(),
    }
}

/// The name of a team or branch, as the directory has it with its people.
fn place_name(book: Book, field: &str, id: &str) -> String {
    let name = book.read(|replica| {
        let person = replica
            .iter(&Kind::Person)
            .find(|person| person.text(field) == Some(id))?;
        person.text(&format!("{field}_name")).map(str::to_owned)
    });
    name.unwrap_or_else(|| id.to_owned())
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

#[cfg(test)]
mod tests {
    use rapport_shared::kinds;
    use rapport_shared::record::{FieldPath, Kind};
    use rapport_shared::schema::{self, Shape};

    use crate::i18n::{field_name, look_up};

    #[test]
    fn every_kind_field_and_choice_has_words() {
        let mut without = Vec::new();
        let mut ask = |key: String| {
            if look_up(&key).is_none() {
                without.push(key);
            }
        };
        for kind in Kind::KNOWN {
            ask(format!("choice.kind.{kind}"));
            for problem in kinds::of(kind).problems {
                ask(format!("problem.{kind}.{}", problem.name));
            }
            for field in schema::fields_of(kind) {
                ask(format!("field.{kind}.{}", field.name));
                if let Some(choices) = field.shape.choices() {
                    for name in choices.names {
                        ask(format!("choice.{}.{name}", choices.group));
                    }
                }
                if let Shape::Grade(grades) = field.shape {
                    for number in grades.from..=grades.to {
                        ask(format!("choice.{}.{number}", grades.group));
                    }
                }
            }
        }
        assert!(without.is_empty(), "no words for {}", without.join(", "));
    }

    #[test]
    fn entries_are_named_with_their_map() {
        let check = |kind: Kind, path: &str, expected: &str| {
            assert_eq!(
                FieldPath::parse(path).map(|path| field_name(&kind, &path)).as_deref(),
                Ok(expected)
            );
        };
        check(Kind::Note, "signals.brochure", "客户信号 · 索要资料");
        check(Kind::Contact, "phone.mobile", "电话 · 手机");
        check(Kind::Contact, "phone.pager", "电话 · pager");
        check(Kind::Customer, "tags.1．5亿授信", "标签 · 1.5亿授信");
        check(Kind::Customer, "owner", "客户经理");
        check(
            Kind::Customer,
            "co_managers.0193e1b2-0000-7000-8000-000000000001",
            "协办客户经理",
        );
        check(Kind::Customer, "field_of_tomorrow", "field_of_tomorrow");
    }
}
