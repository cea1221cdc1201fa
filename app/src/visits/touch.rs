//! A call, message, letter or branch meeting, written down in ten seconds.

use rapport_shared::record::mutation::Edit;
use rapport_shared::record::{FieldPath, Fields, Kind};
use rapport_shared::touches::{TouchChannel, field as touch_field};

use crate::book::Book;
use crate::forms::{FormOf, FormWords, Sheet, Subject, by_rules, entry};
use crate::i18n::texts::touch as words;

/// The form.
pub static FORM: FormOf = FormOf {
    kind: Kind::Touch,
    words: FormWords {
        new: words::title,
        change: words::title,
        lead: || "",
        save: words::save,
        created: |_| words::saved().to_owned(),
        removal: None,
    },
    sheets: &[Sheet(
        words::title,
        &[
            entry(touch_field::CHANNEL).chips(),
            entry(touch_field::ANSWERED),
            entry(touch_field::TEXT),
        ],
    )],
    body: None,
    start: an_answered_call,
    complete: now,
    judge: by_rules,
};

fn an_answered_call(_: &Subject, _: Book) -> Fields {
    Fields::from([
        (
            FieldPath::known(touch_field::CHANNEL),
            TouchChannel::Call.as_str().into(),
        ),
        (FieldPath::known(touch_field::ANSWERED), true.into()),
    ])
}

/// It was now, unless a refused one is written again.
fn now(subject: &Subject, book: Book, edit: Edit) -> Edit {
    if subject.is_new() && edit.operation.wanted(touch_field::AT).is_none() {
        edit.set(FieldPath::known(touch_field::AT), book.now().milliseconds())
    } else {
        edit
    }
}
