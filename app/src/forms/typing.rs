//! What is typed in one open form, and what follows from it: the values, the draft, the edit, what is wrong. Every
//! method survives the form's being left. It saves nothing.

use std::collections::{BTreeMap, BTreeSet};

use leptos::prelude::*;
use rapport_shared::drafts::{Draft, Opened, Typed, refusals};
use rapport_shared::ids::RecordId;
use rapport_shared::kinds;
use rapport_shared::order::{self, InOrder as _};
use rapport_shared::plausible::doubt;
use rapport_shared::record::mutation::{Edit, Operation};
use rapport_shared::record::{Fields, Record};

use super::kept::{self, here, put_before};
use super::{FormOf, Problem, Subject};
use crate::book::Book;

/// The signal behind an input.
#[derive(Clone, Copy)]
enum Input {
    Text(RwSignal<String>),
    Pressed(RwSignal<BTreeSet<String>>),
}

impl Input {
    fn new(typed: Typed) -> Self {
        match typed {
            Typed::Text(text) => Self::Text(RwSignal::new(text)),
            Typed::Pressed(names) => Self::Pressed(RwSignal::new(names)),
        }
    }

    /// What is entered; tracked. `None` once the form was left.
    fn typed(self) -> Option<Typed> {
        match self {
            Self::Text(text) => text.try_get().map(Typed::Text),
            Self::Pressed(names) => names.try_get().map(Typed::Pressed),
        }
    }

    fn set(self, typed: Typed) {
        match (self, typed) {
            (Self::Text(signal), Typed::Text(text)) => drop(signal.try_set(text)),
            (Self::Pressed(signal), Typed::Pressed(names)) => drop(signal.try_set(names)),
            (Self::Text(_), Typed::Pressed(_)) | (Self::Pressed(_), Typed::Text(_)) => {}
        }
    }
}

/// What is typed in one form.
#[derive(Clone, Copy)]
pub(super) struct Typing {
    pub of: &'static FormOf,
    pub book: Book,
    subject: StoredValue<Subject>,
    opened: StoredValue<Opened>,
    inputs: StoredValue<BTreeMap<&'static str, Input>>,
    /// As whom it writes drafts.
    writer: RecordId,
    /// Whose draft it took over.
    found: Option<RecordId>,
    /// Whether it opened with what was typed in it before. What was handed on to it is no news to who did so.
    pub was_restored: bool,
    /// Set once saved or given up: nothing is kept as a draft any more.
    finished: StoredValue<bool>,
}

impl Typing {
    /// The form of `of` about `subject`, with its draft put back.
    pub fn open(of: &'static FormOf, book: Book, mut subject: Subject) -> Self {
        let here = here(book);
        subject.draft_key = kept::key(book, &subject.draft_key);
        let (opened, draft) = kept::opened(of, book, &subject);
        let inputs = of
            .entries()
            .map(|entry| (entry.path, Input::new(opened.typed(entry.path, here))));
        Self {
            of,
            book,
            inputs: StoredValue::new(inputs.into_map()),
            subject: StoredValue::new(subject),
            opened: StoredValue::new(opened),
            writer: book.new_record_id(),
            found: draft.as_ref().and_then(|draft| draft.writer),
            was_restored: draft.is_some_and(|draft| draft.writer.is_some()),
            finished: StoredValue::new(false),
        }
    }

    /// What the form is about; `None` once the form was left.
    pub fn subject(self) -> Option<Subject> {
        self.subject.try_get_value()
    }

    /// The record that is changed.
    pub fn record(self) -> Option<Record> {
        self.subject()?.record
    }

    /// Where the draft is kept.
    pub fn draft_key(self) -> String {
        self.subject().map(|subject| subject.draft_key).unwrap_or_default()
    }

    fn input(self, path: &str) -> Option<Input> {
        self.inputs.try_with_value(|inputs| inputs.get(path).copied()).flatten()
    }

    /// What is typed at a field.
    pub fn text(self, path: &str) -> RwSignal<String> {
        match self.input(path) {
            Some(Input::Text(text)) => text,
            _ => RwSignal::new(String::new()),
        }
    }

    /// What is pressed at a field.
    pub fn pressed(self, path: &str) -> RwSignal<BTreeSet<String>> {
        match self.input(path) {
            Some(Input::Pressed(names)) => names,
            _ => RwSignal::new(BTreeSet::new()),
        }
    }

    /// The values of the form as they are typed; tracked. `None` once the form was left.
    pub fn values(self) -> Option<Fields> {
        let inputs = self.inputs.try_get_value()?;
        let typed: Option<Vec<_>> = inputs
            .iter()
            .map(|(path, input)| Some((*path, input.typed()?)))
            .collect();
        let (typed, here) = (typed?, here(self.book));
        self.opened
            .try_with_value(|opened| opened.values(typed.iter().map(|(path, typed)| (*path, typed)), here))
    }

    /// The values and the edit that makes them, with what is not typed; not tracked. `None` once the form was left.
    pub fn edit(self) -> Option<(Fields, Edit)> {
        let (values, subject) = (untrack(|| self.values())?, self.subject()?);
        let id = self.book.new_record_id();
        let scope = subject.scope(self.book, &self.of.kind, id);
        let edit = self.opened.try_with_value(|opened| opened.edit(&values, id, scope))?;
        let given = subject.given.iter();
        let edit = given.fold(edit, |edit, (path, value)| edit.set(path.clone(), value.clone()));
        Some((values, (self.of.complete)(&subject, self.book, edit)))
    }

    /// Everything that is wrong, in the order of the fields; tracked. What was there before is not the writer's to mend.
    pub fn problems(self) -> Vec<Problem> {
        let today = self.book.today();
        let values = self.values();
        let edit = self.edit().map(|(_, edit)| edit);
        let Some((values, edit)) = values.zip(edit) else {
            return Vec::new();
        };
        let mut problems: Vec<Problem> = refusals(&edit, &values).into_iter().map(Problem::refused).collect();
        let together = kinds::problems(&edit.kind, &values, here(self.book));
        problems.extend(together.map(Problem::together));
        let wrong = self
            .subject()
            .and_then(|subject| (self.of.judge)(&subject, self.book, &values));
        problems.extend(wrong.map(Problem::said));
        if let Operation::Write(changes) = &edit.operation {
            let settings = self.book.settings();
            problems.extend(changes.iter().filter_map(|(path, change)| {
                let text = change.to.as_str()?;
                let doubt = doubt(&edit.kind, path, text, today, &settings)?;
                Some(Problem::doubted(path.clone(), doubt, text))
            }));
        }
        let mut told = BTreeSet::new();
        problems.retain(|problem| problem.path.clone().is_none_or(|path| told.insert(path)));
        let place = |problem: &Problem| self.of.entries().position(|entry| problem.is_at(entry.path));
        order::sort_by_key(&mut problems, |problem| place(problem).unwrap_or(usize::MAX));
        problems
    }

    /// Keeps what is typed from now on. Another tab's draft of the same form is not overwritten: this one's is kept
    /// beside it then.
    pub fn keep_draft(self) {
        let as_opened = untrack(|| self.draft());
        Effect::new(move |last: Option<Option<Draft>>| {
            let draft = self.draft();
            let is_new = last.as_ref().unwrap_or(&as_opened) != &draft;
            if is_new && self.finished.try_get_value() == Some(false) {
                self.put_draft(draft.clone());
            }
            draft
        });
    }

    /// What is typed, as a draft; tracked. `None` when nothing is, and once the form was left.
    fn draft(self) -> Option<Draft> {
        let values = self.values()?;
        self.opened.try_with_value(|opened| opened.draft(&values)).flatten()
    }

    fn put_draft(self, draft: Option<Draft>) {
        let Some(mut subject) = self.subject() else { return };
        let is_own = |writer: RecordId| writer == self.writer || Some(writer) == self.found;
        if kept::writer(self.book, &subject.draft_key).is_some_and(|writer| !is_own(writer)) {
            subject.draft_key = kept::free_key(self.book, &subject.draft_key);
            self.subject.try_set_value(subject.clone());
        }
        match draft {
            Some(draft) => {
                let draft = Draft {
                    customer_name: subject.root_name,
                    writer: Some(self.writer),
                    ..draft
                };
                self.book.put_draft(subject.draft_key, draft.to_value());
            }
            None => self.book.remove_draft(&subject.draft_key),
        }
    }

    /// Shows what the form would show without its draft. Gives what was typed, for the way back.
    pub fn discard(self) -> Option<Draft> {
        let (draft, subject) = (untrack(|| self.draft())?, self.subject()?);
        self.opened.try_update_value(Opened::discard);
        self.show();
        Some(Draft {
            customer_name: subject.root_name,
            writer: Some(self.writer),
            ..draft
        })
    }

    /// Shows a draft that was given up once more. Where the form was left meanwhile, it is there the next time.
    pub fn bring_back(self, key: &str, draft: &Draft) {
        if self.opened.try_update_value(|opened| opened.restore(draft)).is_some() {
            self.show();
        } else {
            put_before(self.book, key, draft);
        }
    }

    fn show(self) {
        let here = here(self.book);
        let Some(inputs) = self.inputs.try_get_value() else {
            return;
        };
        for (path, input) in inputs {
            if let Some(typed) = self.opened.try_with_value(|opened| opened.typed(path, here)) {
                input.set(typed);
            }
        }
    }

    /// Keeps no draft from now on: the form was saved or given up.
    pub fn finish(self) {
        self.finished.try_set_value(true);
    }
}
