//! What somebody asks of a list, as it is kept in a view under a name, and how names of views are judged. What a newer
//! version chose by is kept as it is; this one says that there is more than it knows.

use std::collections::{BTreeMap, BTreeSet};

use super::{ListQuery, Sort};
use crate::ids::{RecordId, UserId};
use crate::record::mutation::Edit;
use crate::record::{FieldPath, Kind, Record, Scope};
use crate::shape::LINE;
use crate::text;
use crate::views::{SavedView, field};

/// Why a view can not be called that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameProblem {
    /// There is no name.
    Missing,
    /// It is longer than so many characters.
    TooLong(usize),
    /// Another view of the list is called that.
    Taken,
}

/// What is wrong with a name. `others`: the views of the list but the one that is named.
pub fn name_problem<'a>(name: &str, others: impl IntoIterator<Item = SavedView<'a>>) -> Option<NameProblem> {
    let name = text::clean_line(name);
    if text::is_blank(&name) {
        return Some(NameProblem::Missing);
    }
    if name.chars().count() > LINE {
        return Some(NameProblem::TooLong(LINE));
    }
    let key = |name: &str| text::in_half_width(name).to_lowercase();
    let mut others = others.into_iter();
    let is_taken = others.any(|other| key(other.name()) == key(&name));
    is_taken.then_some(NameProblem::Taken)
}

/// What each view is called where all are offered: two devices may have given one name to two of them.
pub fn labels(views: &[SavedView<'_>]) -> Vec<(RecordId, String)> {
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    let label = |view: &SavedView<'_>| {
        let name = view.0.text(field::NAME).unwrap_or_default();
        (view.0.id, name.to_owned())
    };
    let mut labels: Vec<(RecordId, String)> = views.iter().map(label).collect();
    for (view, (_, label)) in views.iter().zip(&mut labels) {
        let time = times.entry(view.0.text(field::NAME).unwrap_or_default()).or_default();
        *time += 1;
        if *time > 1 {
            label.push_str(&format!(" ({time})"));
        }
    }
    labels
}

/// A new view `id` of a list, called that.
pub fn create(id: RecordId, user: UserId, list: &str, name: &str, query: &ListQuery) -> Edit {
    let start = Edit::create(id, Kind::View, Scope::User(user))
        .set(FieldPath::known(field::LIST), list)
        .set(FieldPath::known(field::NAME), text::clean_line(name));
    fields(query)
        .into_iter()
        .fold(start, |edit, (field, value)| edit.set(FieldPath::known(field), value))
}

/// The view with what is asked now.
pub fn change(view: &Record, query: &ListQuery) -> Edit {
    fields(query).into_iter().fold(Edit::of(view), |edit, (field, value)| {
        edit.change(view, FieldPath::known(field), value)
    })
}

/// The view by another name.
pub fn rename(view: &Record, name: &str) -> Edit {
    Edit::of(view).change(view, FieldPath::known(field::NAME), text::clean_line(name))
}

fn fields(query: &ListQuery) -> [(&'static str, String); 4] {
    let filters = query.filters.iter();
    let lines = filters.flat_map(|(column, values)| values.iter().map(move |value| format!("{column}={value}")));
    let hidden: Vec<&str> = query.hidden.iter().map(String::as_str).collect();
    [
        (field::SEARCH, text::clean_line(&query.text)),
        (field::FILTERS, lines.collect::<Vec<_>>().join("\n")),
        (field::SORT, query.sort.to_text()),
        (field::HIDDEN, hidden.join(" ")),
    ]
}

/// What a view asks; what it says nothing of is as the list begins.
pub fn read(view: SavedView<'_>, begins: &ListQuery) -> ListQuery {
    let text = |field| view.0.text(field).unwrap_or_default();
    let mut filters: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (column, value) in text(field::FILTERS).lines().filter_map(|line| line.split_once('=')) {
        filters.entry(column.to_owned()).or_default().insert(value.to_owned());
    }
    ListQuery {
        text: text(field::SEARCH).to_owned(),
        filters,
        sort: view.0.text(field::SORT).map_or_else(|| begins.sort.clone(), Sort::read),
        hidden: text(field::HIDDEN).split_whitespace().map(str::to_owned).collect(),
    }
}

/// Whether a query chooses or orders by a column that is none of these: a newer version made it, and more is shown than
/// was meant.
pub fn asks_more(query: &ListQuery, columns: &[&str]) -> bool {
    let is_unknown = |column: &String| !columns.contains(&column.as_str());
    query.filters.keys().any(is_unknown) || is_unknown(&query.sort.column)
}
