//! What is chosen and typed above a list, and whether a row passes it. A view that somebody saves is such a query. What a
//! newer version chose by stays in it, and lets nothing through.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::{Cell, Row};
use crate::ids::RecordId;
use crate::shape::choices;
use crate::time::Timestamp;
use crate::time::days_between;

/// Chooses what has no value. No choice is called that.
pub const NOTHING: &str = "-";
/// Chooses what is set.
pub const YES: &str = "yes";
/// Chooses what is not set.
pub const NO: &str = "no";

choices!(
    /// A stretch of days that something is due in.
    When in "when" {
        /// Before today.
        Overdue = "overdue",
        /// Today.
        Today = "today",
        /// The week, from Monday on, that today is in.
        ThisWeek = "this_week",
        /// The week after that.
        NextWeek = "next_week",
        /// The month that today is in.
        ThisMonth = "this_month",
        /// After this month.
        Later = "later",
    }
);

choices!(
    /// How long ago something was.
    Past in "past" {
        /// Today.
        Today = "today",
        /// Within the last seven days.
        Week = "week",
        /// Within the last thirty days.
        Month = "month",
        /// Within the last ninety days.
        Quarter = "quarter",
        /// Longer ago.
        Longer = "longer",
    }
);

impl When {
    /// Whether `day` lies in it.
    pub fn holds(self, day: Date, today: Date) -> bool {
        let days = days_between(today, day);
        let to_monday = i32::from(today.weekday().to_monday_zero_offset());
        let month = |date: Date| (date.year(), date.month());
        match self {
            Self::Overdue => days < 0,
            Self::Today => days == 0,
            Self::ThisWeek => (0..7).contains(&(days + to_monday)),
            Self::NextWeek => (7..14).contains(&(days + to_monday)),
            Self::ThisMonth => month(day) == month(today),
            Self::Later => month(day) > month(today),
        }
    }
}

impl Past {
    /// Whether `day` lies in it.
    pub fn holds(self, day: Date, today: Date) -> bool {
        let days = days_between(day, today);
        match self {
            Self::Today => days == 0,
            Self::Week => (0..7).contains(&days),
            Self::Month => (0..30).contains(&days),
            Self::Quarter => (0..90).contains(&days),
            Self::Longer => days >= 90,
        }
    }
}

/// Where and when the list is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reader {
    /// The calendar day.
    pub today: Date,
    /// How far the reader's clock is ahead of UTC.
    pub utc_offset_minutes: i32,
}

/// An order: by which column, and which way.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sort {
    /// The column.
    pub column: String,
    /// Whether the last comes first.
    pub descending: bool,
}

impl Sort {
    /// From the first to the last.
    pub fn by(column: &str) -> Self {
        Self {
            column: column.to_owned(),
            descending: false,
        }
    }

    /// As it is kept: the column, behind a minus when the last comes first.
    pub fn to_text(&self) -> String {
        format!("{}{}", if self.descending { "-" } else { "" }, self.column)
    }

    /// What [`Sort::to_text`] wrote.
    pub fn read(text: &str) -> Self {
        let column = text.strip_prefix('-');
        Self {
            column: column.unwrap_or(text).to_owned(),
            descending: column.is_some(),
        }
    }
}

/// Everything asked of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListQuery {
    /// What is typed.
    pub text: String,
    /// By column, what its value may be; a column without an entry may be anything.
    pub filters: BTreeMap<String, BTreeSet<String>>,
    /// The order.
    pub sort: Sort,
    /// The columns that are not shown. They are searched and chosen by all the same.
    pub hidden: BTreeSet<String>,
}

impl ListQuery {
    /// Everything, by a column.
    pub fn by(column: &str) -> Self {
        Self {
            text: String::new(),
            filters: BTreeMap::new(),
            sort: Sort::by(column),
            hidden: BTreeSet::new(),
        }
    }

    /// Only what has this value in that column.
    #[must_use]
    pub fn only(mut self, column: &str, value: &str) -> Self {
        self.filters
            .entry(column.to_owned())
            .or_default()
            .insert(value.to_owned());
        self
    }

    /// Chooses one value of a column, or any again.
    pub fn choose(&mut self, column: &str, value: Option<&str>) {
        match value {
            Some(value) => {
                self.filters
                    .insert(column.to_owned(), BTreeSet::from([value.to_owned()]));
            }
            None => {
                self.filters.remove(column);
            }
        }
    }

    /// Whether it lets through what `other` does, in whatever order.
    pub fn lets_through_the_same_as(&self, other: &Self) -> bool {
        self.filters == other.filters && self.text.trim() == other.text.trim()
    }
}

/// The filters of a query, made ready for many rows.
pub struct Filters<'q>(Vec<(usize, Vec<Chosen<'q>>)>);

/// A value that is let through.
struct Chosen<'q> {
    text: &'q str,
    id: Option<RecordId>,
    when: Option<When>,
    past: Option<Past>,
}

impl<'q> Filters<'q> {
    /// The filters by these columns. One by another column is left alone.
    pub fn new(query: &'q ListQuery, columns: &[&'static str]) -> Self {
        let chosen = |text: &'q String| Chosen {
            text,
            id: text.parse().ok(),
            when: When::parse(text),
            past: Past::parse(text),
        };
        let filters = query.filters.iter().filter_map(|(column, values)| {
            let place = columns.iter().position(|name| name == column)?;
            Some((place, values.iter().map(chosen).collect()))
        });
        Self(filters.collect())
    }

    /// Whether the row passes all of them.
    pub fn let_through(&self, row: &Row, reader: Reader) -> bool {
        let is_chosen = |place: usize, values: &[Chosen<'_>]| {
            let cell = row.cell(place);
            values.iter().any(|value| value.is(cell, reader))
        };
        self.0.iter().all(|(place, values)| is_chosen(*place, values))
    }
}

impl Chosen<'_> {
    fn is(&self, cell: &Cell, reader: Reader) -> bool {
        let day = |at: Timestamp| at.civil_date(reader.utc_offset_minutes);
        match cell {
            Cell::None => self.text == NOTHING,
            Cell::Choice(name, _) => self.text == *name,
            Cell::Flag(set) => self.text == if *set { YES } else { NO },
            Cell::Day(on) => self.when.is_some_and(|when| when.holds(*on, reader.today)),
            Cell::Moment(at) => self.past.is_some_and(|past| past.holds(day(*at), reader.today)),
            Cell::Named(id, _) => self.id == Some(*id),
            Cell::Several(texts) => texts.iter().any(|text| **text == *self.text),
            Cell::Text(text) => **text == *self.text,
            Cell::Number(_) => false,
        }
    }
}
