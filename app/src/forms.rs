//! The kit of all forms of the book: a form is a table of its fields, drawn by their shapes, and one state that keeps
//! what is typed, finds what is wrong with it and saves it. It knows kinds by their rules only, and no feature.

mod draft_note;
mod form;
mod inputs;
mod kept;
mod page;
mod problem;
mod save;
mod sheets;
mod subject;
mod summary;
mod typing;

use leptos::prelude::*;
use rapport_shared::record::mutation::Edit;
use rapport_shared::record::{Fields, Kind};

use crate::book::Book;

pub use draft_note::{DraftNote, put_named_draft};
pub use form::Form;
pub use inputs::{Entered, Framed, day_of};
pub use kept::{add_text, begin_with, here, put_before};
pub use page::{FormInPlace, FormPage, Gone};
pub use problem::Problem;
pub use sheets::Sheets;
pub use subject::Subject;

/// Words that do not depend on the record.
pub type Words = fn() -> &'static str;

/// The form of one kind.
pub struct FormOf {
    /// The kind.
    pub kind: Kind,
    /// What it says.
    pub words: FormWords,
    /// Its fields, in the order in which they are asked for.
    pub sheets: &'static [Sheet],
    /// A face of its own instead of the sheets. What it shows is in the sheets all the same.
    pub body: Option<fn(Form) -> AnyView>,
    /// What a new record begins with.
    pub start: fn(&Subject, Book) -> Fields,
    /// Adds what is not typed: when, whose.
    pub complete: fn(&Subject, Book, Edit) -> Edit,
    /// What only this form can tell is wrong: a rule that asks more than the values. At which field, and why.
    pub judge: fn(&Subject, Book, &Fields) -> Option<Wrong>,
}

/// What a form says.
pub struct FormWords {
    /// The heading for a new record.
    pub new: Words,
    /// The heading for a record that is changed or corrected.
    pub change: Words,
    /// What has to be known before correcting; empty for nothing.
    pub lead: Words,
    /// On the button.
    pub save: Words,
    /// That a new record of this name was saved.
    pub created: fn(&str) -> String,
    /// For kinds whose records may be removed in their form.
    pub removal: Option<Removal>,
}

/// What is said when a record is removed and brought back.
pub struct Removal {
    /// On the button.
    pub remove: Words,
    /// That the record of this name is gone.
    pub removed: fn(&str) -> String,
    /// That it is back.
    pub restored: fn(&str) -> String,
}

/// A group of fields with its heading.
pub struct Sheet(pub Words, pub &'static [Entry]);

/// One field of a form.
#[derive(Clone, Copy)]
pub struct Entry {
    path: &'static str,
    is_wide: bool,
    is_chips: bool,
    when: Option<fn(Form) -> bool>,
}

/// The field at `path`; an entry of a map by its own path (`phone.mobile`).
pub const fn entry(path: &'static str) -> Entry {
    Entry {
        path,
        is_wide: false,
        is_chips: false,
        when: None,
    }
}

impl Entry {
    /// Over the whole width.
    pub const fn wide(mut self) -> Self {
        self.is_wide = true;
        self
    }

    /// A choice as chips instead of a list.
    pub const fn chips(mut self) -> Self {
        self.is_chips = true;
        self
    }

    /// Asked for only then.
    pub const fn when(mut self, when: fn(Form) -> bool) -> Self {
        self.when = Some(when);
        self
    }

    /// The path of the field.
    #[cfg(test)]
    pub const fn path(&self) -> &'static str {
        self.path
    }
}

impl FormOf {
    /// All its fields.
    pub fn entries(&self) -> impl Iterator<Item = &'static Entry> + use<> {
        self.sheets.iter().flat_map(|sheet| sheet.1)
    }
}

/// Nothing to begin with, for [`FormOf::start`].
pub fn blank(_: &Subject, _: Book) -> Fields {
    Fields::new()
}

/// Something wrong at a field, in words.
pub type Wrong = (&'static str, String);

/// Nothing that the rules of the kind do not tell, for [`FormOf::judge`].
pub fn by_rules(_: &Subject, _: Book, _: &Fields) -> Option<Wrong> {
    None
}

/// Nothing to add, for [`FormOf::complete`].
pub fn as_typed(_: &Subject, _: Book, edit: Edit) -> Edit {
    edit
}

/// The forms there are, for the screens below.
#[derive(Clone, Copy)]
pub struct Forms(pub fn(&Kind) -> Option<&'static FormOf>);

/// The form of `kind`; `None` where it has none.
pub fn form_of(kind: &Kind) -> Option<&'static FormOf> {
    use_context::<Forms>().and_then(|forms| (forms.0)(kind))
}
