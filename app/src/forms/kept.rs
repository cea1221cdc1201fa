//! Where drafts of forms are kept, and how they come back. Two tabs, or a refused change and a draft, never overwrite each
//! other: the one that comes later is kept beside the first, and is shown when that one is done with.

use rapport_shared::drafts::{Draft, Here, Opened, Typed, draft_key, of_former_form};
use rapport_shared::ids::RecordId;
use rapport_shared::record::mutation::Change;
use rapport_shared::record::{Fields, Kind};
use serde_json::Value;

use super::{FormOf, Subject};
use crate::book::Book;

/// At most so many drafts of one form are kept.
const BESIDE: u32 = 9;

/// Where and when somebody types in this book.
pub fn here(book: Book) -> Here {
    Here {
        now: book.now(),
        utc_offset_minutes: book.utc_offset_minutes(),
    }
}

/// All places for drafts of the form whose first place is `key`.
fn places(key: &str) -> impl Iterator<Item = String> {
    let first = key.split_once("/+").map_or(key, |(first, _)| first).to_owned();
    let beside = {
        let first = first.clone();
        (2..=BESIDE).map(move |number| format!("{first}/+{number}"))
    };
    std::iter::once(first).chain(beside)
}

/// The first of these places with a draft, or else the first.
pub(super) fn key(book: Book, key: &str) -> String {
    let kept = places(key).find(|place| book.draft(place).is_some());
    kept.unwrap_or_else(|| key.to_owned())
}

/// The first of these places without a draft, or else the last.
pub(super) fn free_key(book: Book, key: &str) -> String {
    let free = places(key).find(|place| book.draft(place).is_none());
    free.or_else(|| places(key).last()).unwrap_or_else(|| key.to_owned())
}

/// Who wrote the draft at that place.
pub(super) fn writer(book: Book, key: &str) -> Option<RecordId> {
    Draft::parse(&book.draft(key)?)?.writer
}

/// Puts a draft where its form will show it next; what is there moves aside.
pub fn put_before(book: Book, key: &str, draft: &Draft) {
    if let Some(present) = book.draft(key) {
        book.put_draft(free_key(book, key), present);
    }
    book.put_draft(key.to_owned(), draft.to_value());
}

/// The form as it opens, with its draft, also with one that an earlier version kept.
pub(super) fn opened(of: &FormOf, book: Book, subject: &Subject) -> (Opened, Option<Draft>) {
    let mut opened = Opened::new(of.kind.clone(), subject.record.clone(), (of.start)(subject, book));
    let kept = book.draft(&subject.draft_key).and_then(|kept| {
        let former = || {
            let former = of_former_form(&of.kind, &kept, subject.record.as_ref(), here(book))?;
            let writer = Some(book.new_record_id());
            Some(Draft { writer, ..former })
        };
        Draft::parse(&kept).or_else(former)
    });
    if let Some(draft) = &kept {
        opened.restore(draft);
    }
    (opened, kept)
}

/// Hands what was typed in the form of a new record of one's own to the form of a customer.
pub(super) fn hand_on(book: Book, kind: &Kind, customer: RecordId, values: Fields) {
    let changes = values.into_iter().map(|(path, to)| {
        let from = Value::Null;
        (path, Change { from, to })
    });
    let draft = Draft {
        changes: changes.collect(),
        customer_name: book.read_untracked(|replica| replica.customer_name(customer).map(str::to_owned)),
        ..Draft::default()
    };
    put_before(book, &draft_key(kind, Some(customer), None), &draft);
}

/// Adds what was written elsewhere to the draft of a new record of that form; what is there already stays before it.
pub fn add_text(book: Book, of: &FormOf, subject: Subject, field: &str, text: &str) {
    let join = |before: &Typed| {
        let parts = [before.text().trim_end(), text.trim_end()];
        let parts = parts.into_iter().filter(|part| !part.is_empty());
        parts.collect::<Vec<_>>().join("\n")
    };
    put_text(book, of, subject, field, join);
}

/// Chooses a value in the draft of that form, which shows it the next time it is opened.
pub fn begin_with(book: Book, of: &FormOf, subject: Subject, field: &str, value: &str) {
    put_text(book, of, subject, field, |_| value.to_owned());
}

fn put_text(book: Book, of: &FormOf, mut subject: Subject, field: &str, text: impl FnOnce(&Typed) -> String) {
    let here = here(book);
    subject.draft_key = key(book, &subject.draft_key);
    let (opened, kept) = opened(of, book, &subject);
    let whole = Typed::Text(text(&opened.typed(field, here)));
    let values = opened.values(std::iter::once((field, &whole)), here);
    if let Some(draft) = opened.draft(&values) {
        let draft = Draft {
            customer_name: subject.root_name,
            writer: kept.and_then(|kept| kept.writer),
            ..draft
        };
        book.put_draft(subject.draft_key, draft.to_value());
    }
}
