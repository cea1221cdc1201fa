//! What is typed into the form, and the edit that comes of it.

use std::collections::{BTreeMap, BTreeSet};

use leptos::prelude::*;
use rapport_shared::customers::{ConsentChannel, CustomerView, field, new_customer};
use rapport_shared::ids::RecordId;
use rapport_shared::record::mutation::Edit;
use rapport_shared::record::{FieldPath, Kind, Record, Scope};
use serde_json::{Map, Value, json};

use super::fields;
use crate::book::Book;
use crate::forms::put_named_draft;
use crate::routes;

/// State of one form.
#[derive(Clone, Copy)]
pub struct FormState {
    /// The record as it was when the form opened; `None` for a new customer.
    original: StoredValue<Option<Record>>,
    texts: StoredValue<BTreeMap<&'static str, RwSignal<String>>>,
    /// Channels the customer agreed to.
    pub consent: RwSignal<BTreeSet<String>>,
    draft_key: StoredValue<String>,
    /// Set once saved or given up: nothing is kept as a draft any more.
    finished: StoredValue<bool>,
}

impl FormState {
    /// The form as `original` has it.
    pub fn new(_book: Book, original: Option<Record>) -> Self {
        let key = routes::customer_draft(original.as_ref().map(|record| record.id));
        let texts = fields::names()
            .map(|name| (name, RwSignal::new(String::new())))
            .collect();
        let state = Self {
            original: StoredValue::new(original),
            texts: StoredValue::new(texts),
            consent: RwSignal::new(BTreeSet::new()),
            draft_key: StoredValue::new(key),
            finished: StoredValue::new(false),
        };
        state.reset();
        state
    }

    /// What is typed for a field.
    pub fn signal(self, name: &'static str) -> RwSignal<String> {
        let known = self.texts.with_value(|texts| texts.get(name).copied());
        known.unwrap_or_else(|| RwSignal::new(String::new()))
    }

    /// What is typed for a field, without tracking.
    pub fn text(self, name: &'static str) -> String {
        self.signal(name).get_untracked()
    }

    /// Where one comes from and goes back to.
    pub fn back(self) -> String {
        self.original.with_value(|record| {
            record
                .as_ref()
                .map_or_else(|| routes::CUSTOMERS.to_owned(), |record| routes::customer(record.id))
        })
    }

    /// Takes back everything typed.
    pub fn reset(self) {
        self.original.with_value(|record| {
            self.texts.with_value(|texts| {
                for (name, signal) in texts {
                    signal.set(
                        record
                            .as_ref()
                            .map_or_else(String::new, |record| original_text(record, name)),
                    );
                }
            });
            let agreed = |channel: &&ConsentChannel| {
                record
                    .as_ref()
                    .and_then(CustomerView::of)
                    .is_some_and(|customer| customer.consents_to(**channel))
            };
            let agreed = ConsentChannel::ALL
                .iter()
                .filter(agreed)
                .map(|channel| channel.as_str().to_owned());
            self.consent.set(agreed.collect());
        });
    }

    /// Puts back what was typed and not saved; whether there was anything.
    pub fn restore_draft(self, book: Book) -> bool {
        let draft = self.draft_key.with_value(|key| book.draft(key));
        let Some(Value::Object(draft)) = draft else {
            return false;
        };
        for (name, text) in &draft {
            let signal = self.texts.with_value(|texts| texts.get(name.as_str()).copied());
            if let (Some(signal), Some(text)) = (signal, text.as_str()) {
                signal.set(text.to_owned());
            }
        }
        if let Some(Value::Array(channels)) = draft.get("consent") {
            self.consent
                .set(channels.iter().filter_map(Value::as_str).map(str::to_owned).collect());
        }
        true
    }

    /// Keeps what is typed from now on.
    pub fn keep_draft(self, book: Book) {
        Effect::new(move |first: Option<()>| {
            let draft = self.changed_texts();
            if first.is_none() || self.finished.get_value() {
                return;
            }
            let key = self.draft_key.get_value();
            if draft.is_empty() {
                book.remove_draft(&key);
            } else {
                let id = self
                    .original
                    .with_value(|record| record.as_ref().map(|record| record.id));
                match id {
                    Some(id) => put_named_draft(book, id, key, Value::Object(draft)),
                    None => book.put_draft(key, Value::Object(draft)),
                }
            }
        });
    }

    fn changed_texts(self) -> Map<String, Value> {
        let mut draft = Map::new();
        self.original.with_value(|record| {
            self.texts.with_value(|texts| {
                for (name, signal) in texts {
                    let text = signal.get();
                    let before = record
                        .as_ref()
                        .map_or_else(String::new, |record| original_text(record, name));
                    if text != before {
                        draft.insert((*name).to_owned(), Value::String(text));
                    }
                }
            });
        });
        let consent = self.consent.get();
        if !draft.is_empty() {
            draft.insert("consent".to_owned(), json!(consent));
        }
        draft
    }

    /// Where the draft is kept.
    pub fn draft_key(self) -> String {
        self.draft_key.get_value()
    }

    /// Forgets the draft: it was saved or given up.
    pub fn forget_draft(self, book: Book) {
        self.finished.set_value(true);
        self.draft_key.with_value(|key| book.remove_draft(key));
    }

    /// What was changed, against what the form opened with, and whose record it is.
    pub fn edit(self, book: Book) -> (RecordId, Edit) {
        self.original.with_value(|original| {
            let id = original
                .as_ref()
                .map_or_else(|| book.new_record_id(), |record| record.id);
            let mut edit = match (original, book.profile().get_untracked()) {
                (Some(record), _) => Edit::of(record),
                (None, Some(profile)) => new_customer(id, &profile),
                (None, None) => Edit::create(id, Kind::Customer, Scope::Customer(id)),
            };
            let mut write = |path: FieldPath, value: Value| {
                edit = match original {
                    Some(record) => edit.clone().change(record, path, value),
                    None => edit.clone().set(path, value),
                };
            };
            for name in fields::names().filter(|name| *name != field::TAGS) {
                let text = self.text(name);
                let untouched = original
                    .as_ref()
                    .is_some_and(|record| original_text(record, name) == text);
                if !untouched {
                    write(FieldPath::known(name), value_of(name, &text));
                }
            }
            for (path, value) in self
                .tags(original.as_ref())
                .into_iter()
                .chain(self.consents(original.as_ref()))
            {
                write(path, value);
            }
            (id, edit)
        })
    }

    /// Tags added and taken away.
    fn tags(self, original: Option<&Record>) -> Vec<(FieldPath, Value)> {
        let wanted = split_tags(&self.text(field::TAGS));
        let had: BTreeSet<String> = original.map(tags_of).unwrap_or_default();
        let path = |tag: &str| {
            let path = FieldPath::parse(&format!("{}.{tag}", field::TAGS));
            // A tag that cannot be one is left for the rules to refuse, at this field.
            path.unwrap_or_else(|_| FieldPath::known(field::TAGS))
        };
        let added = wanted.difference(&had).map(|tag| (path(tag), Value::Bool(true)));
        let gone = had.difference(&wanted).map(|tag| (path(tag), Value::Null));
        added.chain(gone).collect()
    }

    /// Consents given, and those withdrawn; a channel never asked about stays so.
    fn consents(self, original: Option<&Record>) -> Vec<(FieldPath, Value)> {
        let now = self.consent.get_untracked();
        let before = |name: &str| {
            original
                .and_then(|record| record.get(&format!("{}.{name}", field::CONSENT)))
                .and_then(Value::as_bool)
        };
        let changed = ConsentChannel::NAMES.iter().filter_map(|name| {
            let value = match (before(name), now.contains(*name)) {
                (Some(true), true) | (None | Some(false), false) => return None,
                (_, agreed) => Value::Bool(agreed),
            };
            let path = FieldPath::parse(&format!("{}.{name}", field::CONSENT)).ok()?;
            Some((path, value))
        });
        changed.collect()
    }
}

fn tags_of(record: &Record) -> BTreeSet<String> {
    CustomerView::of(record)
        .into_iter()
        .flat_map(CustomerView::tags)
        .map(str::to_owned)
        .collect()
}

fn split_tags(text: &str) -> BTreeSet<String> {
    let tags = text.split([',', '，', '、', ';', '；']).map(str::trim);
    tags.filter(|tag| !tag.is_empty()).map(str::to_owned).collect()
}

fn original_text(record: &Record, name: &str) -> String {
    if name == field::TAGS {
        return tags_of(record).into_iter().collect::<Vec<_>>().join(", ");
    }
    match record.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

/// The value to store for what was typed. A number that is none stays text, for the rules to refuse.
fn value_of(name: &str, text: &str) -> Value {
    let text = if name == field::REMARK {
        text.trim_end()
    } else {
        text.trim()
    };
    if matches!(name, field::HEADCOUNT | field::RISK_RATING)
        && let Ok(number) = text.parse::<i64>()
    {
        return Value::from(number);
    }
    match name {
        // Written as on paper, with spaces and small letters.
        field::CREDIT_CODE | field::ID_NUMBER => Value::from(text.replace(' ', "").to_uppercase()),
        field::REGISTERED_CAPITAL => Value::from(text.replace([',', '，', ' '], "")),
        _ => Value::from(text),
    }
}

#[cfg(test)]
mod tests {
    use rapport_shared::customers::field;
    use serde_json::{Value, json};

    use super::{split_tags, value_of};

    #[test]
    fn stores_what_was_typed() {
        let check = |name: &str, text: &str, expected: Value| assert_eq!(value_of(name, text), expected);
        check(field::NAME, " 长江实业 ", json!("长江实业"));
        check(field::HEADCOUNT, "120", json!(120));
        check(field::HEADCOUNT, "many", json!("many"));
        check(field::REGISTERED_CAPITAL, "5,000,000", json!("5000000"));
        check(field::CREDIT_CODE, "91350211m000100y43", json!("91350211M000100Y43"));
        check(field::PHONE, "", json!(""));
    }

    #[test]
    fn splits_tags_at_commas_of_both_scripts() {
        let check = |text: &str, expected: &[&str]| {
            assert_eq!(split_tags(text).into_iter().collect::<Vec<_>>(), expected, "{text}");
        };
        check("出口，制造、VIP", &["VIP", "出口", "制造"]);
        check(" , ", &[]);
    }
}
