//! What the buttons of a form do: save with the rules, the end of the draft, a word and the way back; remove with undo.
//! Whoever leaves the form meanwhile is not called back.

use leptos::prelude::*;
use leptos::task::spawn_local;
use rapport_shared::drafts::{can_be_undone, undone};
use rapport_shared::filing::file;
use rapport_shared::ids::RecordId;
use rapport_shared::kinds;
use rapport_shared::record::mutation::{Edit, Operation};
use rapport_shared::record::{Kind, Record};

use super::kept::hand_on;
use super::{Form, Problem, Removal};
use crate::book::{Book, SaveError};
use crate::filing::say_filed;
use crate::i18n::texts::{common, form as words};
use crate::i18n::{field_name, save_error};
use crate::routes;
use crate::ui::Toasts;

/// At most so many fields are named when they are saved.
const NAMED: usize = 3;

impl Form {
    /// Saves what was typed.
    pub fn save(self) {
        if self.working.try_get_untracked() != Some(false) {
            return;
        }
        self.failure.set(None);
        self.tried.set(true);
        let Some((_, edit)) = self.typing.edit() else { return };
        if edit.is_empty() && self.typing.record().is_some() {
            self.give_up();
            self.toasts.say(words::nothing_changed());
            self.leave.go();
        } else if self.is_in_order() {
            self.write(edit);
        } else {
            self.go_to_problem();
        }
    }

    /// Whether nothing stands against saving. A doubt does until it has been told.
    fn is_in_order(self) -> bool {
        let problems = self.problems.get_untracked();
        let is_told = |problem: &Problem| problem.is_doubt() && self.told.read_untracked().contains(problem);
        let in_order = problems.iter().all(is_told);
        self.told.set(problems.into_iter().filter(Problem::is_doubt).collect());
        in_order
    }

    /// Forgets the draft.
    fn give_up(self) {
        self.typing.finish();
        self.typing.book.remove_draft(&self.typing.draft_key());
    }

    fn write(self, edit: Edit) {
        let (book, toasts, leave) = (self.typing.book, self.toasts, self.leave);
        let said = self.said(&edit);
        let is_new_root = self.typing.record().is_none() && edit.kind == Kind::Customer;
        let saved = edit.clone();
        self.commit(vec![edit], move || {
            let role = book.profile().get_untracked().map(|profile| profile.role);
            if role.is_some_and(|role| can_be_undone(&saved, role)) {
                let saved = saved.clone();
                toasts.say_with_undo(said, move || undo(book, toasts, &saved));
            } else {
                toasts.say(said);
            }
            if is_new_root {
                leave.on_to(routes::customer(saved.record));
            } else {
                leave.go();
            }
        });
    }

    /// Takes the record away, with the way back.
    pub fn remove(self, removal: &'static Removal) {
        let Some(record) = self.typing.record() else { return };
        let (book, toasts, leave) = (self.typing.book, self.toasts, self.leave);
        self.commit(vec![Edit::delete(&record)], move || {
            let said = (removal.removed)(&name_of(&record));
            toasts.say_with_undo(said, move || bring_back(book, toasts, &record, removal));
            leave.go();
        });
    }

    /// Files to a customer what is one's own, with what was typed. What was not saved yet goes on in that customer's form.
    pub fn file(self, customer: RecordId) {
        let (book, toasts, leave) = (self.typing.book, self.toasts, self.leave);
        let Some((values, edit)) = self.typing.edit() else {
            return;
        };
        let Some(record) = self.typing.record() else {
            hand_on(book, self.kind(), customer, values);
            self.give_up();
            return leave.on_to(routes::new_record(customer, self.kind()));
        };
        self.tried.set(true);
        if !self.problems.read_untracked().is_empty() {
            return self.go_to_problem();
        }
        let record = Record {
            fields: values,
            ..record
        };
        let id = book.new_record_id();
        let edits = std::iter::once(edit).chain(file(&record, id, customer));
        self.commit(edits.collect(), move || {
            say_filed(book, toasts, record, id);
            leave.go();
        });
    }

    /// Commits the edits together with the end of the draft. The form may be left before that is done.
    fn commit(self, edits: Vec<Edit>, then: impl FnOnce() + 'static) {
        if self.working.try_get_untracked() != Some(false) {
            return;
        }
        self.working.set(true);
        self.failure.set(None);
        let (book, draft) = (self.typing.book, self.typing.draft_key());
        spawn_local(async move {
            match book.write_form(edits, &draft).await {
                Ok(()) => {
                    self.typing.finish();
                    then();
                }
                Err(error) => self.fail(error),
            }
        });
    }

    /// Says why nothing was saved: at the field, or elsewhere when the form was left meanwhile.
    fn fail(self, error: SaveError) {
        self.working.try_set(false);
        if let Some(error) = self.failure.try_set(Some(error)).flatten() {
            self.toasts.warn(save_error(self.kind(), &error));
            return;
        }
        self.go_to_problem();
    }

    /// What was saved, in words.
    fn said(self, edit: &Edit) -> String {
        let Operation::Write(changes) = &edit.operation else {
            return common::saved().to_owned();
        };
        if self.typing.record().is_none() {
            let mut named_by = kinds::of(&edit.kind).named_by.iter();
            let name = named_by.find_map(|field| changes.get(*field)?.to.as_str());
            return (self.typing.of.words.created)(name.unwrap_or_default());
        }
        let mut names: Vec<String> = changes.keys().map(|path| field_name(&edit.kind, path)).collect();
        names.dedup();
        if names.len() > NAMED {
            return words::saved_fields(names.len());
        }
        words::saved_what(names.join(common::list_separator()))
    }
}

fn name_of(record: &Record) -> String {
    kinds::name_of(record).unwrap_or_default().to_owned()
}

/// Takes back what was saved.
fn undo(book: Book, toasts: Toasts, saved: &Edit) {
    let record = book.read_untracked(|replica| replica.get(saved.record).cloned());
    let Some(record) = record else { return };
    let edit = undone(saved, &record);
    write(book, toasts, edit, common::undone().to_owned());
}

/// Brings back a record that was removed.
fn bring_back(book: Book, toasts: Toasts, record: &Record, removal: &Removal) {
    let Some(path) = record.fields.keys().next().cloned() else {
        return;
    };
    write(
        book,
        toasts,
        Edit::revive(record, path),
        (removal.restored)(&name_of(record)),
    );
}

fn write(book: Book, toasts: Toasts, edit: Edit, said: String) {
    let kind = edit.kind.clone();
    spawn_local(async move {
        match book.write(vec![edit]).await {
            Ok(()) => toasts.say(said),
            Err(error) => toasts.warn(save_error(&kind, &error)),
        }
    });
}
