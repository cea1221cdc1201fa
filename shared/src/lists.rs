//! Lists of the records of a kind: what a column holds of each record, which rows pass what is chosen and typed, and in
//! which order they come. It goes by the shapes of fields, so a new kind brings no code for it. Never draws anything, and
//! is told what day it is.

mod cell;
pub mod kept;
mod query;

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use crate::ids::RecordId;
use crate::order;
use crate::record::{Kind, Record};
use crate::schema::{self, Choices, Shape};
use crate::search::{Findable, Query, sort_key};

pub use cell::{Cell, Names};
pub use query::{Filters, ListQuery, NO, NOTHING, Past, Reader, Sort, When, YES};

/// A column of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// A field of the kind.
    Field(&'static str),
    /// The customer whom the record is about.
    Customer,
}

impl Column {
    /// The column's name in filters and orders. No field is called what the customer's column is.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Field(name) => name,
            Self::Customer => "customer",
        }
    }

    /// The form of the field's values; `None` for what is no field of this kind.
    pub fn shape(self, kind: &Kind) -> Option<Shape> {
        match self {
            Self::Field(name) => schema::of_field(kind, name),
            Self::Customer => None,
        }
    }

    /// What somebody may choose from in a filter by this column.
    pub fn offer(self, kind: &Kind) -> Offer {
        match self.shape(kind) {
            Some(Shape::Choice(choices) | Shape::Set(choices)) => Offer::Names(choices),
            Some(Shape::Flag) => Offer::YesOrNo,
            Some(Shape::Date) => Offer::Days,
            Some(Shape::Time) => Offer::Moments,
            _ => Offer::Occurring,
        }
    }
}

/// What a filter offers, by the shape of its column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offer {
    /// One of the names of a choice.
    Names(&'static Choices),
    /// Set or not.
    YesOrNo,
    /// A [`When`].
    Days,
    /// A [`Past`].
    Moments,
    /// What occurs in the rows: see [`occurring`].
    Occurring,
}

/// The columns of a list of records, with the forms of their values: looked up once, not for every row.
#[derive(Clone, Debug)]
pub struct Columns(Box<[(Column, Option<Shape>)]>);

impl Columns {
    /// These columns of records of `kind`.
    pub fn of(kind: &Kind, columns: &[Column]) -> Self {
        Self(columns.iter().map(|column| (*column, column.shape(kind))).collect())
    }
}

/// One row: what each column holds.
#[derive(Debug)]
pub struct Row {
    /// The record.
    pub id: RecordId,
    cells: Box<[Cell]>,
    /// Places in the order of names, made when they are first needed.
    keys: Box<[OnceLock<Box<str>>]>,
    texts: OnceLock<Findable>,
}

impl PartialEq for Row {
    /// All else is made of the cells.
    fn eq(&self, other: &Self) -> bool {
        (self.id, &self.cells) == (other.id, &other.cells)
    }
}

impl Row {
    /// A row of cells that were made elsewhere.
    pub fn new(id: RecordId, cells: impl IntoIterator<Item = Cell>) -> Self {
        let cells: Box<[Cell]> = cells.into_iter().collect();
        Self {
            id,
            keys: cells.iter().map(|_| OnceLock::new()).collect(),
            cells,
            texts: OnceLock::new(),
        }
    }

    /// The row of a record.
    pub fn of(record: &Record, columns: &Columns, names: Names<'_>) -> Self {
        let cell = |(column, shape): &(Column, Option<Shape>)| match column {
            Column::Field(name) => Cell::of_field(record, name, *shape, names),
            Column::Customer => record.root().map_or(Cell::None, |id| Cell::named(id, names)),
        };
        Self::new(record.id, columns.0.iter().map(cell))
    }

    /// What the column at `place` holds.
    pub fn cell(&self, place: usize) -> &Cell {
        self.cells.get(place).unwrap_or(&Cell::None)
    }

    fn findable(&self) -> &Findable {
        self.texts
            .get_or_init(|| Findable::new(self.cells.iter().filter_map(Cell::text)))
    }

    fn key(&self, place: usize) -> &str {
        let key = || sort_key(self.cell(place).text().unwrap_or_default()).into();
        self.keys.get(place).map_or("", |kept| kept.get_or_init(key))
    }

    /// Which comes first by a column: what holds nothing comes last, whichever way the others go.
    fn compare(&self, other: &Self, place: usize, descending: bool) -> Ordering {
        let (own, others) = (self.cell(place), other.cell(place));
        let nothing_last = own.is_none().cmp(&others.is_none());
        let by_value = own
            .compare(others)
            .unwrap_or_else(|| self.key(place).cmp(other.key(place)));
        nothing_last.then(if descending { by_value.reverse() } else { by_value })
    }
}

/// The rows of one list by record.
pub type Rows = BTreeMap<RecordId, Arc<Row>>;

/// All rows in an order: by the column, equals by the first column, and in the end as they were created, so that two
/// devices show the same.
pub fn in_order(rows: &Rows, columns: &[&'static str], sort: &Sort) -> Vec<Arc<Row>> {
    let place = columns.iter().position(|name| *name == sort.column);
    let mut rows: Vec<Arc<Row>> = rows.values().cloned().collect();
    order::sort_by(&mut rows, |a, b| {
        let by_column = place.map_or(Ordering::Equal, |place| a.compare(b, place, sort.descending));
        by_column.then_with(|| a.compare(b, 0, false))
    });
    rows
}

/// Those of the rows that pass everything chosen and hold everything typed, in the order in which they come.
pub fn shown(rows: &[Arc<Row>], columns: &[&'static str], query: &ListQuery, reader: Reader) -> Vec<RecordId> {
    let filters = Filters::new(query, columns);
    let typed = Query::new(&query.text);
    let passes =
        |row: &&Arc<Row>| filters.let_through(row, reader) && (typed.is_blank() || typed.is_found_in(row.findable()));
    rows.iter().filter(passes).map(|row| row.id).collect()
}

/// What occurs in a column, as filters choose it, with its name: people and customers by id, all else by itself. In the
/// order of names.
pub fn occurring<'a>(rows: impl IntoIterator<Item = &'a Arc<Row>>, place: usize) -> Vec<(String, String)> {
    let mut found: BTreeSet<(&str, Option<RecordId>)> = BTreeSet::new();
    for row in rows {
        row.cell(place).each(|name, id| {
            found.insert((name, id));
        });
    }
    // A text sorts by its reading: most occur many times, and are read once.
    let mut found: Vec<_> = found.into_iter().map(|it| (sort_key(it.0), it)).collect();
    order::sort_by(&mut found, Ord::cmp);
    let value = |name: &str, id: Option<RecordId>| id.map_or_else(|| name.to_owned(), |id| id.to_string());
    found
        .into_iter()
        .map(|(_, (name, id))| (value(name, id), name.to_owned()))
        .collect()
}

/// The next row after `from`, then from the first one, whose first column begins with what was typed, in characters or in
/// pinyin. What is typed letter by letter goes on from the row it is at.
pub fn next_beginning_with(rows: &Rows, shown: &[RecordId], from: usize, typed: &str) -> Option<usize> {
    let typed = Query::new(typed);
    let begins = |place: &usize| {
        let row = shown.get(*place).and_then(|id| rows.get(id));
        row.and_then(|row| row.cell(0).text())
            .is_some_and(|text| typed.begins(text))
    };
    (from..shown.len()).chain(0..from.min(shown.len())).find(begins)
}

/// The rows from one to another, both included, whichever comes first; the one alone when the other is not shown.
pub fn between(shown: &[RecordId], from: RecordId, to: RecordId) -> Vec<RecordId> {
    let place = |id: RecordId| shown.iter().position(|other| *other == id);
    let Some(end) = place(to) else { return Vec::new() };
    let start = place(from).unwrap_or(end);
    shown
        .iter()
        .copied()
        .skip(start.min(end))
        .take(start.abs_diff(end) + 1)
        .collect()
}

#[cfg(test)]
mod tests;
