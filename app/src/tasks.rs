//! Tasks: their form, their list, and what is done to one wherever it is shown: ticked off, taken or not. What that
//! means, for one that repeats or was given away, is decided in `shared::tasks`.

mod chosen;
mod list;
mod section;

use leptos::prelude::*;
use rapport_shared::record::Kind;
use rapport_shared::record::mutation::Edit;
use rapport_shared::tasks::{delegate, field};

pub use self::list::TasksPage;
pub use self::section::SECTION;
use crate::book::Book;
use crate::forms::{Form, FormOf, FormWords, Removal, Sheet, Subject, blank, by_rules, entry};
use crate::i18n::texts::common;
use crate::i18n::texts::task as words;

/// The form.
pub static FORM: FormOf = FormOf {
    kind: Kind::Task,
    words: FormWords {
        new: words::new_title,
        change: words::edit_title,
        lead: || "",
        save: common::save,
        created: |name| words::created(name),
        removal: Some(Removal {
            remove: words::remove,
            removed: |name| words::removed(name),
            restored: |name| words::restored(name),
        }),
    },
    sheets: &[
        Sheet(
            words::what,
            &[
                entry(field::TITLE).wide(),
                entry(field::DUE),
                entry(field::REPEAT),
                entry(field::REPEAT_UNTIL).when(repeats),
                entry(field::PROMISE),
                entry(field::REASON).wide(),
            ],
        ),
        Sheet(words::who, &[entry(field::ASSIGNEE).when(is_at_customer)]),
    ],
    body: None,
    start: blank,
    complete,
    judge: by_rules,
};

/// A task of one's own is seen by nobody else, who could not be asked to do it.
fn is_at_customer(form: Form) -> bool {
    form.subject_root().is_some()
}

fn repeats(form: Form) -> bool {
    !form.text(field::REPEAT).read().is_empty()
}

/// Whoever is named in place of oneself is asked first.
fn complete(subject: &Subject, book: Book, edit: Edit) -> Edit {
    let named = edit
        .operation
        .wanted(field::ASSIGNEE)
        .and_then(|value| value.as_str()?.parse().ok());
    let by = book.profile().get_untracked().map(|profile| profile.user);
    match (named, by) {
        (Some(to), Some(by)) => delegate(edit, subject.record.as_ref(), to, by),
        _ => edit,
    }
}
