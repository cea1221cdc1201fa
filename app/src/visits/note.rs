//! The form of a visit note, also for the correction of one that was submitted. The kit keeps and saves what is typed;
//! the face is the note's own.

mod next;

use leptos::prelude::*;
use rapport_shared::notes::{NoteView, field};
use rapport_shared::record::mutation::Edit;
use rapport_shared::record::{FieldPath, Fields, Kind};

use self::next::NextContactFields;
use crate::book::{Book, use_book};
use crate::forms::{Entered, Form, FormOf, FormWords, Framed, Sheet, Subject, by_rules, day_of, entry};
use crate::i18n::texts::note as words;
use crate::ui::{Moment, MomentField, TextArea};

/// The form.
pub static FORM: FormOf = FormOf {
    kind: Kind::Note,
    words: FormWords {
        new: words::title,
        change: words::correct_title,
        lead: words::correct_lead,
        save: words::save,
        created: |_| words::saved().to_owned(),
        removal: None,
    },
    sheets: &[Sheet(
        words::title,
        &[
            entry(field::TEXT),
            entry(field::SIGNALS),
            entry(field::NEEDS),
            entry(field::NEXT_CONTACT),
            entry(field::NO_NEXT_CONTACT_REASON),
            entry(field::VISITED_AT),
        ],
    )],
    body: Some(body),
    start,
    complete,
    judge: by_rules,
};

/// A note of today, or a copy of the one that is corrected.
fn start(subject: &Subject, book: Book) -> Fields {
    let revised = subject.revised.as_ref().and_then(NoteView::of);
    let mut start = revised.map(|note| note.0.fields.clone()).unwrap_or_default();
    let at = revised.map_or_else(|| book.now(), NoteView::at);
    start.insert(FieldPath::known(field::VISITED_AT), at.milliseconds().into());
    start.remove(field::REVISES);
    start
}

/// What it corrects, the visit it belongs to, and that it was now unless it says otherwise.
fn complete(subject: &Subject, book: Book, mut edit: Edit) -> Edit {
    let put = |edit: &mut Edit, path, value: Option<String>| {
        if let Some(value) = value {
            *edit = edit.clone().set(FieldPath::known(path), value);
        }
    };
    put(&mut edit, field::REVISES, subject.revises.map(|note| note.to_string()));
    let visit = subject.revised.as_ref().and_then(|note| note.text(field::VISIT));
    if edit.operation.wanted(field::VISIT).is_none() {
        put(&mut edit, field::VISIT, visit.map(str::to_owned));
    }
    if edit.operation.wanted(field::VISITED_AT).is_none() {
        edit = edit.set(FieldPath::known(field::VISITED_AT), book.now().milliseconds());
    }
    edit
}

fn body(form: Form) -> AnyView {
    let today = use_book().today().to_string();
    view! {
        // Where one begins to write.
        <div data-cursor="true">
            <Framed path=field::TEXT>
                <TextArea
                    name="note-text"
                    label=words::text
                    help=words::text_help
                    value=form.text(field::TEXT)
                    error=form.error(field::TEXT)
                    lines=9
                    class="note-text"
                    required=true
                    test="note-text"
                />
            </Framed>
        </div>
        <Entered form path=field::SIGNALS/>
        <Entered form path=field::NEEDS/>
        <NextContactFields form/>
        <Framed path=field::VISITED_AT>
            <div class="form-grid">
                <MomentField
                    of=Moment::Day
                    name="visited-on"
                    label=words::visited_on
                    value=day_of(form, field::VISITED_AT)
                    error=form.error(field::VISITED_AT)
                    to=today
                    test="visited-on"
                />
            </div>
        </Framed>
    }
    .into_any()
}
