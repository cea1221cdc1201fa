//! What is typed into the form of a key person, its draft, and the edit that comes of it.

use std::collections::BTreeMap;

use leptos::prelude::*;
use rapport_shared::contacts::field;
use rapport_shared::ids::RecordId;
use rapport_shared::record::mutation::Edit;
use rapport_shared::record::{FieldPath, Kind, Record, Scope};
use serde_json::{Map, Value};

use super::fields;
use crate::book::Book;
use crate::forms::put_named_draft;
use crate::routes;

/// State of one form.
#[derive(Clone, Copy)]
pub struct ContactState {
    /// The customer whose key person this is.
    pub customer: RecordId,
    /// The record as it was when the form opened; `None` for a new person.
    original: StoredValue<Option<Record>>,
    texts: StoredValue<BTreeMap<&'static str, RwSignal<String>>>,
    /// Set once saved or given up: nothing is kept as a draft any more.
    finished: StoredValue<bool>,
}

impl ContactState {
    /// The form as `original` has it.
    pub fn new(customer: RecordId, original: Option<Record>) -> Self {
        let texts = fields::names().map(|name| (name, RwSignal::new(String::new())));
        let state = Self {
            customer,
            original: StoredValue::new(original),
            texts: StoredValue::new(texts.collect()),
            finished: StoredValue::new(false),
        };
        state.reset();
        state
    }

    /// The record as it was when the form opened.
    pub fn original(self) -> Option<Record> {
        self.original.get_value()
    }

    /// What is typed for a field.
    pub fn signal(self, name: &'static str) -> RwSignal<String> {
        let known = self.texts.with_value(|texts| texts.get(name).copied());
        known.unwrap_or_else(|| RwSignal::new(String::new()))
    }

    /// Where the draft is kept.
    pub fn draft_key(self) -> String {
        let contact = self
            .original
            .with_value(|record| record.as_ref().map(|record| record.id));
        routes::contact_draft(self.customer, contact)
    }

    /// Takes back everything typed.
    pub fn reset(self) {
        self.each(|_, signal, before| signal.set(before));
    }

    /// Calls `visit` with every field, what is typed for it, and the text the form opened with.
    fn each(self, mut visit: impl FnMut(&'static str, RwSignal<String>, String)) {
        self.original.with_value(|record| {
            self.texts.with_value(|texts| {
                for (name, signal) in texts {
                    let before = record.as_ref().map(|record| original_text(record, name));
                    visit(name, *signal, before.unwrap_or_default());
                }
            });
        });
    }

    /// Puts back what was typed and not saved; whether there was anything.
    pub fn restore_draft(self, book: Book) -> bool {
        let Some(Value::Object(draft)) = book.draft(&self.draft_key()) else {
            return false;
        };
        self.each(|name, signal, _| {
            if let Some(text) = draft.get(name).and_then(Value::as_str) {
                signal.set(text.to_owned());
            }
        });
        true
    }

    /// Keeps what is typed from now on.
    pub fn keep_draft(self, book: Book) {
        Effect::new(move |first: Option<()>| {
            let mut draft = Map::new();
            self.each(|name, signal, before| {
                let text = signal.get();
                if text != before {
                    draft.insert(name.to_owned(), Value::String(text));
                }
            });
            if first.is_none() || self.finished.get_value() {
                return;
            }
            if draft.is_empty() {
                book.remove_draft(&self.draft_key());
            } else {
                put_named_draft(book, self.customer, self.draft_key(), Value::Object(draft));
            }
        });
    }

    /// Keeps no draft from now on: the form was saved or given up. The form may have been left by then.
    pub fn finish(self) {
        self.finished.try_set_value(true);
    }

    /// What was changed, against what the form opened with.
    pub fn edit(self, book: Book) -> Edit {
        let original = self.original();
        let mut edit = match &original {
            Some(record) => Edit::of(record),
            None => Edit::create(book.new_record_id(), Kind::Contact, Scope::Customer(self.customer)),
        };
        self.each(|name, signal, before| {
            let text = signal.get_untracked();
            if text == before {
                return;
            }
            let (path, value) = (FieldPath::known(name), value_of(name, &text));
            edit = match &original {
                Some(record) => edit.clone().change(record, path, value),
                None => edit.clone().set(path, value),
            };
        });
        edit
    }
}

fn original_text(record: &Record, name: &str) -> String {
    match record.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

/// The value to store for what was typed. A number that is none stays text, for the rules to refuse.
fn value_of(name: &str, text: &str) -> Value {
    match name {
        field::REMARK => Value::from(text.trim_end()),
        field::POWER | field::ATTITUDE => text.parse::<i64>().map_or_else(|_| Value::from(text), Value::from),
        _ => Value::from(text.trim()),
    }
}

#[cfg(test)]
mod tests {
    use rapport_shared::contacts::field;
    use serde_json::{Value, json};

    use super::value_of;

    #[test]
    fn stores_what_was_typed() {
        let check = |name: &str, text: &str, expected: Value| assert_eq!(value_of(name, text), expected);
        check(field::NAME, " 王芳 ", json!("王芳"));
        check(field::POWER, "5", json!(5));
        check(field::ATTITUDE, "-2", json!(-2));
        check(field::ATTITUDE, "", json!(""));
        check(field::REMARK, "  一\n二\n", json!("  一\n二"));
        check("phone.mobile", " 13800138000", json!("13800138000"));
    }
}
