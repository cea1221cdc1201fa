//! What is typed and pressed in the note form, its draft, and the record that comes of it.

use std::collections::BTreeSet;

use jiff::civil::Date;
use leptos::prelude::*;
use rapport_shared::ids::RecordId;
use rapport_shared::record::mutation::Edit;
use rapport_shared::record::{FieldPath, Kind, Scope};
use rapport_shared::time::Timestamp;
use rapport_shared::visits::{NoteProblem, NoteView, note_field, note_problems};
use serde_json::{Value, json};

use crate::book::Book;
use crate::forms::put_named_draft;
use crate::i18n::texts::note as words;
use crate::routes;

/// The choice of no next contact.
pub const NO_CONTACT: &str = "none";

/// One of the quick choices of the next contact.
pub struct NextContact {
    pub name: &'static str,
    pub words: fn() -> &'static str,
    /// Days and months ahead.
    ahead: (i32, i32),
}

impl NextContact {
    pub const ALL: &[Self] = &[
        Self {
            name: "tomorrow",
            words: words::next_tomorrow,
            ahead: (1, 0),
        },
        Self {
            name: "week",
            words: words::next_week,
            ahead: (7, 0),
        },
        Self {
            name: "fortnight",
            words: words::next_fortnight,
            ahead: (14, 0),
        },
        Self {
            name: "month",
            words: words::next_month,
            ahead: (0, 1),
        },
        Self {
            name: NO_CONTACT,
            words: words::next_none,
            ahead: (0, 0),
        },
    ];

    /// The day the choice means.
    pub fn day(name: &str, today: Date) -> Option<Date> {
        let chosen = Self::ALL
            .iter()
            .find(|choice| choice.name == name && choice.name != NO_CONTACT)?;
        let (days, months) = chosen.ahead;
        Some(today.saturating_add(jiff::Span::new().days(days).months(months)))
    }
}

/// State of one form.
#[derive(Clone, Copy)]
pub struct NoteState {
    customer: RecordId,
    revises: Option<RecordId>,
    pub text: RwSignal<String>,
    pub signals: RwSignal<BTreeSet<String>>,
    pub needs: RwSignal<BTreeSet<String>>,
    /// Which quick choice of the next contact is pressed.
    pub next_choice: RwSignal<String>,
    pub next_contact: RwSignal<String>,
    pub reason: RwSignal<String>,
    pub visited_on: RwSignal<String>,
    /// The form as it opened: nobody's draft.
    blank: StoredValue<Value>,
    /// Set once submitted: nothing is kept as a draft any more.
    finished: StoredValue<bool>,
}

impl NoteState {
    /// An empty form, or that of the note to be corrected.
    pub fn new(book: Book, customer: RecordId, revises: Option<RecordId>) -> Self {
        let text = || RwSignal::new(String::new());
        let state = Self {
            customer,
            revises,
            text: text(),
            signals: RwSignal::new(BTreeSet::new()),
            needs: RwSignal::new(BTreeSet::new()),
            next_choice: text(),
            next_contact: text(),
            reason: text(),
            visited_on: text(),
            blank: StoredValue::new(Value::Null),
            finished: StoredValue::new(false),
        };
        state.reset(book);
        state
    }

    /// Takes back everything typed.
    pub fn reset(self, book: Book) {
        self.fill(book);
        self.blank.set_value(untrack(|| self.snapshot()));
    }

    fn fill(self, book: Book) {
        let offset = book.utc_offset_minutes();
        for signal in [self.text, self.next_choice, self.next_contact, self.reason] {
            signal.set(String::new());
        }
        self.signals.set(BTreeSet::new());
        self.needs.set(BTreeSet::new());
        self.visited_on.set(book.today().to_string());
        let revised = self
            .revises
            .and_then(|id| book.read_untracked(|replica| replica.get(id).cloned()));
        let Some(record) = revised else { return };
        let Some(note) = NoteView::of(&record) else { return };
        let pressed = |field: &str| record.entries(field).map(|(name, _)| name.to_owned()).collect();
        self.text.set(note.text().to_owned());
        self.signals.set(pressed("signals"));
        self.needs.set(pressed("needs"));
        self.next_contact
            .set(note.next_contact().map_or_else(String::new, |day| day.to_string()));
        if let Some(reason) = record.text(note_field::NO_NEXT_CONTACT_REASON) {
            self.next_choice.set(NO_CONTACT.to_owned());
            self.reason.set(reason.to_owned());
        }
        self.visited_on.set(note.at().civil_date(offset).to_string());
    }

    /// Where the draft is kept.
    pub fn draft_key(self) -> String {
        routes::note_draft(self.customer, self.revises)
    }

    /// Puts back what was typed and not submitted; whether there was anything.
    pub fn restore_draft(self, book: Book) -> bool {
        let Some(draft) = book.draft(&self.draft_key()) else {
            return false;
        };
        for (name, signal) in self.texts() {
            if let Some(text) = draft.get(name).and_then(Value::as_str) {
                signal.set(text.to_owned());
            }
        }
        for (name, signal) in [("signals", self.signals), ("needs", self.needs)] {
            if let Some(pressed) = draft.get(name).and_then(Value::as_array) {
                signal.set(pressed.iter().filter_map(Value::as_str).map(str::to_owned).collect());
            }
        }
        true
    }

    fn texts(self) -> [(&'static str, RwSignal<String>); 5] {
        [
            ("text", self.text),
            ("next_choice", self.next_choice),
            ("next_contact", self.next_contact),
            ("reason", self.reason),
            ("visited_on", self.visited_on),
        ]
    }

    fn snapshot(self) -> Value {
        let mut draft = serde_json::Map::new();
        for (name, signal) in self.texts() {
            draft.insert(name.to_owned(), Value::String(signal.get()));
        }
        draft.insert("signals".to_owned(), json!(self.signals.get()));
        draft.insert("needs".to_owned(), json!(self.needs.get()));
        Value::Object(draft)
    }

    /// Keeps what is typed from now on.
    pub fn keep_draft(self, book: Book) {
        Effect::new(move |last: Option<Value>| {
            let draft = self.snapshot();
            let changed = last.is_some_and(|last| last != draft) && !self.finished.get_value();
            if changed && self.blank.with_value(|blank| *blank == draft) {
                book.remove_draft(&self.draft_key());
            } else if changed {
                put_named_draft(book, self.customer, self.draft_key(), draft.clone());
            }
            draft
        });
    }

    /// Forgets the draft: it was submitted.
    pub fn forget_draft(self, book: Book) {
        self.finished.set_value(true);
        book.remove_draft(&self.draft_key());
    }

    fn next_day(self) -> Option<Date> {
        (*self.next_choice.read() != NO_CONTACT)
            .then(|| self.next_contact.read().parse().ok())
            .flatten()
    }

    fn no_contact_reason(self) -> String {
        if *self.next_choice.read() == NO_CONTACT {
            self.reason.get().trim().to_owned()
        } else {
            String::new()
        }
    }

    /// What still keeps it from being submitted.
    pub fn problems(self, today: Date) -> Vec<NoteProblem> {
        let visited = self.visited_on.read().parse().unwrap_or(today);
        note_problems(
            &self.text.read(),
            visited,
            self.next_day(),
            &self.no_contact_reason(),
            today,
        )
    }

    /// The note.
    pub fn edit(self, book: Book) -> Edit {
        untrack(|| {
            let scope = Scope::Customer(self.customer);
            let offset = book.utc_offset_minutes();
            let revised = self
                .revises
                .and_then(|id| book.read_untracked(|replica| replica.get(id).cloned()));
            // A correction stays where the visit was, to the minute, unless its day was corrected.
            let before = revised.as_ref().and_then(NoteView::of).map(NoteView::at);
            let day = self.visited_on.get();
            let same_day = before.filter(|at| at.civil_date(offset).to_string() == day);
            let visited = same_day.unwrap_or_else(|| visited_at(&day, book.now(), offset));
            let mut edit = Edit::create(book.new_record_id(), Kind::Note, scope)
                .set(FieldPath::known(note_field::TEXT), self.text.read().trim_end())
                .set(FieldPath::known(note_field::VISITED_AT), visited.milliseconds())
                .set(
                    FieldPath::known(note_field::NO_NEXT_CONTACT_REASON),
                    self.no_contact_reason(),
                );
            if let Some(day) = self.next_day() {
                edit = edit.set(FieldPath::known(note_field::NEXT_CONTACT), day.to_string());
            }
            if let Some(note) = self.revises {
                edit = edit.set(FieldPath::known(note_field::REVISES), note.to_string());
            }
            if let Some(visit) = revised.as_ref().and_then(|note| note.text(note_field::VISIT)) {
                edit = edit.set(FieldPath::known(note_field::VISIT), visit);
            }
            for (field, pressed) in [("signals", self.signals), ("needs", self.needs)] {
                for name in pressed.read().iter() {
                    if let Ok(path) = FieldPath::parse(&format!("{field}.{name}")) {
                        edit = edit.set(path, true);
                    }
                }
            }
            edit
        })
    }
}

/// The point in time of a visit on `day`: now for today, else noon of that day where the writer is.
fn visited_at(day: &str, now: Timestamp, offset_minutes: i32) -> Timestamp {
    const DAY: i64 = 86_400_000;
    let day: Date = match day.parse() {
        Ok(day) if day != now.civil_date(offset_minutes) => day,
        _ => return now,
    };
    let days = rapport_shared::today::days_between(jiff::civil::date(1970, 1, 1), day);
    Timestamp::from_milliseconds(i64::from(days) * DAY + DAY / 2).plus(-i64::from(offset_minutes) * 60_000)
}

#[cfg(test)]
mod tests {
    use rapport_shared::time::Timestamp;

    use super::visited_at;

    #[test]
    fn visits_of_other_days_are_at_noon() {
        let now = Timestamp::from_milliseconds(1_795_219_200_000);
        let check = |day: &str, offset: i32, expected: i64| {
            assert_eq!(visited_at(day, now, offset).milliseconds(), expected, "{day}");
        };
        check("2026-11-21", 480, 1_795_219_200_000);
        check("2026-11-20", 0, 1_795_219_200_000 - 43_200_000);
        check("2026-11-20", 480, 1_795_219_200_000 - 43_200_000 - 28_800_000);
        check("", 480, 1_795_219_200_000);
    }
}
