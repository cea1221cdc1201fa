//! Views of lists that somebody keeps under a name: what is let through, in which order, with which columns. They are
//! their owner's alone and come along to each of their devices. What a view says is read by `lists`, never here.

use crate::descriptor::{Descriptor, Keeps, Place, Writers, never_due, never_happened};
use crate::order;
use crate::record::Record;
use crate::shape::{LINE, LONG_LINE, Shape, fields, view};

fields! {
    /// Of which list.
    LIST = "list": Shape::Line(LINE) => required(),
    /// What it is called.
    NAME = "name": Shape::Line(LINE) => required(),
    /// What is typed into the search.
    SEARCH = "search": Shape::Line(LONG_LINE),
    /// A line for each value that is let through: the column, `=`, the value.
    FILTERS = "filters": Shape::Text,
    /// The column it is ordered by; behind a minus when the last comes first.
    SORT = "sort": Shape::Line(LINE),
    /// The columns that are not shown, with blanks between them.
    HIDDEN = "hidden": Shape::Line(LONG_LINE),
}

/// What the house must know of views.
pub static KIND: Descriptor = Descriptor {
    fields: FIELDS,
    places: &[Place::Own],
    writers: Writers::InSight,
    keeps: Keeps::Changes,
    named_by: &[field::NAME],
    in_hand: None,
    problems: &[],
    due: never_due,
    happened: never_happened,
};

view!(
    /// A view record, read by its fields' meaning.
    SavedView of View
);

impl<'a> SavedView<'a> {
    /// What it is called.
    pub fn name(self) -> &'a str {
        self.0.text(field::NAME).unwrap_or_default()
    }

    /// Whether it is one of that list.
    pub fn is_of(self, list: &str) -> bool {
        self.0.text(field::LIST) == Some(list)
    }
}

/// The views of a list, in the order in which they were made.
pub fn of_list<'a>(views: impl IntoIterator<Item = &'a Record>, list: &str) -> Vec<SavedView<'a>> {
    let views = views.into_iter().filter_map(SavedView::of);
    let mut views: Vec<SavedView<'a>> = views.filter(|view| view.is_of(list)).collect();
    order::sort_by_key(&mut views, |view| view.0.id);
    views
}
