//! The form of a visit note, also for the correction of one that was submitted. The kit keeps and saves what is typed;
//! the face is the note's own.

mod next;

use leptos::prelude::*;
use rapport_shared::drafts::Here;
use rapport_shared::notes::{NoteProblem, NoteView, field, note_problems};
use rapport_shared::record::mutation::Edit;
use rapport_shared::record::{FieldPath, Fields, Kind};
use rapport_shared::time::Timestamp;
use serde_json::Value;

use self::next::NextContactFields;
use crate::book::{Book, use_book};
use crate::forms::{Entered, Form, FormOf, FormWords, Framed, Problem, Sheet, Subject, day_of, entry};
use crate::i18n::texts::note as words;
use crate::ui::{DateField, TextArea};

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
    problems,
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

fn problems(values: &Fields, here: Here) -> Vec<Problem> {
    let text = |path: &str| values.get(path).and_then(Value::as_str).unwrap_or_default();
    let visited = values.get(field::VISITED_AT).and_then(Value::as_i64);
    let visited = visited.map(|at| Timestamp::from_milliseconds(at).civil_date(here.utc_offset_minutes));
    let found = note_problems(
        text(field::TEXT),
        visited.unwrap_or(here.today()),
        text(field::NEXT_CONTACT).parse().ok(),
        text(field::NO_NEXT_CONTACT_REASON),
        here.today(),
    );
    found.into_iter().map(problem).collect()
}

fn problem(found: NoteProblem) -> Problem {
    match found {
        NoteProblem::TextMissing => Problem::told(field::TEXT, words::text_missing),
        NoteProblem::VisitInFuture => Problem::told(field::VISITED_AT, words::future),
        NoteProblem::NextContactMissing => Problem::told(field::NEXT_CONTACT, words::next_missing),
        NoteProblem::NextContactInPast => Problem::told(field::NEXT_CONTACT, words::past),
    }
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
                <DateField
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
