//! A conflict in the words of the reader: about whom, which field, who wrote what and when.

use leptos::prelude::*;
use rapport_shared::conflicts::{ConflictView, Side, sides, written_on};
use rapport_shared::customers::CustomerView;
use rapport_shared::ids::{RecordId, UserId};
use rapport_shared::kinds;
use rapport_shared::record::{Kind, Record};
use rapport_shared::time::Timestamp;
use serde_json::Value;

use crate::book::Book;
use crate::i18n::texts::conflict as words;
use crate::i18n::{choice, field_name, person, texts, time, value_text};

/// The record a conflict is about, as the reader sees it now.
pub fn subject(book: Book, conflict: ConflictView<'_>) -> Option<Record> {
    let id = conflict.record()?;
    book.read(|replica| replica.get(id).cloned())
}

/// What was changed: the field, and of which record where the customer has several of the kind.
pub fn title(conflict: ConflictView<'_>, subject: Option<&Record>) -> String {
    let kind = conflict.record_kind();
    let named = subject.and_then(kinds::name_of);
    let record = match (&kind, named) {
        (None | Some(Kind::Customer | Kind::Other(_)), _) => None,
        (Some(kind), Some(name)) => Some(format!("{} {name}", choice("kind", kind.name()))),
        (Some(kind), None) => Some(choice("kind", kind.name())),
    };
    let field = kind.zip(conflict.path()).map(|(kind, path)| field_name(&kind, &path));
    let parts: Vec<String> = [record, field].into_iter().flatten().collect();
    if parts.is_empty() {
        return choice("kind", "customer");
    }
    parts.join(" · ")
}

/// The name of the customer; `None` where there is none.
pub fn customer_name(book: Book, customer: Option<RecordId>) -> Option<String> {
    book.read(|replica| {
        let customer = replica.get(customer?).and_then(CustomerView::of)?;
        Some(customer.name().to_owned())
    })
}

/// A value of the field in words.
pub fn value(book: Book, conflict: ConflictView<'_>, value: &Value) -> String {
    match conflict.record_kind().zip(conflict.path()) {
        Some((kind, path)) => value_text(book, &kind, &path, value),
        None if value.is_null() => words::edited_short().to_owned(),
        None => words::removed_short().to_owned(),
    }
}

/// Who wrote a side, as a heading; of a removal, who did it.
pub fn writer(book: Book, conflict: ConflictView<'_>, side: Side<'_>) -> String {
    match side.author {
        Some(_) if conflict.is_removal() && side.mine => words::you().to_owned(),
        Some((user, _)) if conflict.is_removal() => person(book, user),
        Some(_) if side.mine => mine(book, conflict, side).to_owned(),
        Some((user, _)) => words::theirs(person(book, user)),
        None => words::theirs(texts::common::unknown_person()),
    }
}

/// The heading of a side the reader wrote: with the device, where the other side is the reader's as well.
fn mine(book: Book, conflict: ConflictView<'_>, side: Side<'_>) -> &'static str {
    let reader = book.profile().read_untracked().as_ref().map(|profile| profile.user);
    if !sides(conflict, reader).iter().all(|side| side.mine) {
        return words::mine();
    }
    let history = conflict.record().map(|id| book.read(|replica| replica.history(id)));
    match written_on(conflict, side, &history.unwrap_or_default()) {
        Some(device) if Some(device) == book.device() => words::mine_here(),
        Some(_) => words::mine_elsewhere(),
        None => words::mine(),
    }
}

/// When, in the reader's words.
pub fn when(book: Book, at: Timestamp) -> String {
    time(at, book.today(), book.utc_offset_minutes())
}

/// Who and when.
pub fn by_at(book: Book, author: Option<(UserId, Timestamp)>) -> Option<String> {
    author.map(|(user, at)| texts::common::by_at(person(book, user), when(book, at)))
}
