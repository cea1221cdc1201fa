//! A visit that is planned: when, where and what for. Once it is planned the same form says what became of it.

use rapport_shared::record::mutation::Edit;
use rapport_shared::record::{FieldPath, Kind};
use rapport_shared::visits::{VisitStatus, field};

use crate::book::Book;
use crate::forms::{Form, FormOf, FormWords, Sheet, Subject, blank, by_rules, entry};
use crate::i18n::texts::appointment as words;
use leptos::prelude::*;

/// The form.
pub static FORM: FormOf = FormOf {
    kind: Kind::Visit,
    words: FormWords {
        new: words::title,
        change: words::change,
        lead: || "",
        save: words::save,
        created: |_| words::saved().to_owned(),
        removal: None,
    },
    sheets: &[Sheet(
        words::title,
        &[
            entry(field::PURPOSE).wide(),
            entry(field::PLANNED_AT).wide(),
            entry(field::PLACE).wide(),
            entry(field::STATUS).chips().when(is_planned),
        ],
    )],
    body: None,
    start: blank,
    complete: as_planned,
    judge: by_rules,
};

/// Whether it is planned already: before, nothing can have become of it.
fn is_planned(form: Form) -> bool {
    !form.text(field::STATUS).read().is_empty()
}

fn as_planned(subject: &Subject, _: Book, edit: Edit) -> Edit {
    if subject.is_new() && edit.operation.wanted(field::STATUS).is_none() {
        edit.set(FieldPath::known(field::STATUS), VisitStatus::Planned.as_str())
    } else {
        edit
    }
}
