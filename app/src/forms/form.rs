//! One open form as its face and its buttons have it. Every method survives the form's being left.

use std::collections::BTreeSet;

use leptos::prelude::*;
use rapport_shared::access;
use rapport_shared::record::{FieldPath, Kind};
use rapport_shared::schema;

use super::typing::Typing;
use super::{Entry, FormOf, Problem, Subject};
use crate::book::{SaveError, use_book};
use crate::i18n::field_name;
use crate::i18n::texts::form as words;
use crate::routes::Leave;
use crate::ui::{Toasts, page, use_toasts};

/// One open form.
#[derive(Clone, Copy)]
pub struct Form {
    pub(super) typing: Typing,
    pub(super) toasts: Toasts,
    pub(super) leave: Leave,
    /// Whether somebody has tried to save: from then on, what is wrong is told.
    pub(super) tried: RwSignal<bool>,
    /// Why the last attempt failed though nothing seemed wrong.
    pub(super) failure: RwSignal<Option<SaveError>>,
    pub(super) working: RwSignal<bool>,
    /// The doubts that were told when somebody last tried to save: who then saves once more means it.
    pub(super) told: RwSignal<Vec<Problem>>,
    /// Whether what is shown was typed earlier.
    pub(super) restored: RwSignal<bool>,
    /// Rises when all of what is shown changes at once.
    pub(super) drawn_anew: RwSignal<u32>,
    pub(super) problems: Memo<Vec<Problem>>,
}

impl Form {
    /// Opens the form of `of` about `subject`: restores its draft, and keeps what is typed from now on.
    pub fn open(of: &'static FormOf, subject: Subject, leave: Leave) -> Self {
        let typing = Typing::open(of, use_book(), subject);
        typing.keep_draft();
        let (tried, failure) = (RwSignal::new(false), RwSignal::new(None));
        let problems = Memo::new(move |_| {
            if !tried.get() {
                return Vec::new();
            }
            let mut problems = typing.problems();
            problems.extend(failure.get().map(Problem::failed));
            problems
        });
        Self {
            typing,
            toasts: use_toasts(),
            leave,
            tried,
            failure,
            working: RwSignal::new(false),
            told: RwSignal::new(Vec::new()),
            restored: RwSignal::new(typing.was_restored),
            drawn_anew: RwSignal::new(0),
            problems,
        }
    }

    /// The kind of the record.
    pub fn kind(self) -> &'static Kind {
        &self.typing.of.kind
    }

    /// The customer or circle it is about; none for what is one's own.
    pub fn subject_root(self) -> Option<rapport_shared::ids::RecordId> {
        self.typing.subject()?.root
    }

    /// What is typed at a field; of a flag, `true` or nothing.
    pub fn text(self, field: &str) -> RwSignal<String> {
        self.typing.text(field)
    }

    /// What is pressed at a field.
    pub fn pressed(self, field: &str) -> RwSignal<BTreeSet<String>> {
        self.typing.pressed(field)
    }

    /// Whether there is nothing but doubts, which are told: it may be saved all the same. Tracked.
    pub(super) fn is_only_doubted(self) -> bool {
        let problems = self.problems.try_get().unwrap_or_default();
        !problems.is_empty() && problems.iter().all(Problem::is_doubt)
    }

    /// What is wrong with a field.
    pub fn error(self, field: &'static str) -> Signal<Option<String>> {
        let problems = self.problems;
        Signal::derive(move || {
            let problems = problems.try_read()?;
            let problem = problems.iter().find(|problem| problem.is_at(field));
            problem.map(|problem| self.why(problem))
        })
    }

    /// Whether the field is asked for. One with an error always is: it has to be mended.
    pub fn shows(self, entry: Entry) -> bool {
        let is_asked = entry.when.is_none_or(|when| when(self))
            && (self.may_manage() || !schema::is_managed(self.kind(), entry.path));
        is_asked || self.problems.read().iter().any(|problem| problem.is_at(entry.path))
    }

    /// Whether the signed-in person may set what is not a relationship manager's to set.
    fn may_manage(self) -> bool {
        let profile = self.typing.book.profile();
        profile
            .read()
            .as_ref()
            .is_some_and(|profile| access::wider(profile).is_some())
    }

    /// Shows the form without its draft, with the way back.
    pub(super) fn discard(self) {
        let key = self.typing.draft_key();
        let draft = self.typing.discard();
        self.show_anew(false);
        let Some(draft) = draft else { return };
        self.toasts.say_with_undo(words::draft_discarded(), move || {
            self.typing.bring_back(&key, &draft);
            self.show_anew(true);
        });
    }

    fn show_anew(self, restored: bool) {
        self.restored.try_set(restored);
        self.drawn_anew.try_update(|drawn| *drawn += 1);
    }

    /// Leads to the first field at which something is wrong.
    pub(super) fn go_to_problem(self) {
        let problems = self.problems.try_get_untracked().unwrap_or_default();
        let entries: Vec<Entry> = self.typing.of.entries().copied().collect();
        let entry = problems
            .iter()
            .find_map(|problem| entries.iter().find(|entry| problem.is_at(entry.path)));
        if let Some(entry) = entry {
            go_to(entry.path);
        }
    }

    /// A line for each thing that is wrong: the field it leads to, where the form has one, and what to say. Tracked.
    pub fn lines(self) -> Vec<(Option<&'static str>, String)> {
        let problems = self.problems.try_get().unwrap_or_default();
        problems.iter().map(|problem| self.line(problem)).collect()
    }

    fn line(self, problem: &Problem) -> (Option<&'static str>, String) {
        let entry = self.typing.of.entries().find(|entry| problem.is_at(entry.path));
        let text = self.why(problem);
        let label = problem.path.as_ref().map(|path| match entry {
            Some(entry) => field_name(self.kind(), &FieldPath::known(entry.path)),
            None => field_name(self.kind(), path),
        });
        let text = label.map_or_else(|| text.clone(), |label| words::at_field(label, &text));
        (entry.map(|entry| entry.path), text)
    }

    /// Why, in the words of the field. Tracked.
    fn why(self, problem: &Problem) -> String {
        let typed = problem.path.as_ref().map(|path| self.text(path.field()));
        let typed = typed.and_then(|typed| typed.try_get()).unwrap_or_default();
        problem.text_of(self.kind(), &typed, self.typing.book.today())
    }

    /// As if the rules had refused that field.
    #[cfg(all(test, target_arch = "wasm32"))]
    pub fn refuse(self, field: &'static str) {
        let refusal = rapport_shared::record::refusal::Refusal::field(
            rapport_shared::record::refusal::RefusalCode::NotPermitted,
            FieldPath::known(field),
        );
        self.tried.set(true);
        self.failure.set(Some(SaveError::Refused(refusal)));
    }
}

/// Puts the focus into the field at `path`, once it is drawn.
pub(super) fn go_to(path: &'static str) {
    request_animation_frame(move || {
        let in_error = format!("[data-field=\"{path}\"] :is(input, textarea, select)[aria-invalid=true]");
        if !page::focus_first(&in_error) {
            page::focus_first(&format!("[data-field=\"{path}\"] :is(input, textarea, select, button)"));
        }
    });
}
