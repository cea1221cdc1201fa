//! The numbers of the bank's rules, as the bank has set them: each with its default, its range and its source, each
//! value from a day on. A value that is out of range, or of a form this version does not know, is passed over for the
//! one before it: whatever lies in the records, there is a number for every rule. Which numbers there are is told by
//! `parameters`; what they mean, by the rule that has them.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::descriptor::{Descriptor, Keeps, Place, Writers, never_due, never_happened};
use crate::ids::RecordId;
use crate::order;
use crate::record::mutation::Edit;
use crate::record::{FieldPath, Kind, Record, Scope};
use crate::shape::{LINE, LONG_LINE, Shape, choices, fields, view};
use crate::text;
use crate::time::Timestamp;

fields! {
    /// Which number: the name of a parameter.
    NAME = "name": Shape::Line(LINE),
    /// What it is to be: a whole number, or several with commas between them, the largest first.
    VALUE = "value": Shape::Line(LINE) => required(),
    /// From which day on; without one it always was.
    VALID_FROM = "valid_from": Shape::Date,
    /// Who decided it, or where it is laid down.
    SOURCE = "source": Shape::Line(LONG_LINE),
    /// Whether it counts no longer, as if it had never been set.
    WITHDRAWN = "withdrawn": Shape::Flag,
}

choices! {
    /// What a number counts.
    Unit in "parameter_unit" {
        /// Calendar days.
        Days = "days",
        /// A calendar year.
        Year = "year",
        /// So many years.
        Years = "years",
        /// Minutes.
        Minutes = "minutes",
    }
}

choices! {
    /// What a number is about, in the order in which they are shown.
    Area in "parameter_area" {
        /// The list of what is due.
        Today = "today",
        /// The list of customers, and the card.
        Customers = "customers",
        /// Handing customers over.
        Handover = "handover",
        /// Deals that may come.
        Opportunities = "opportunities",
        /// What forms doubt.
        Forms = "forms",
        /// What imports take.
        Imports = "imports",
        /// What keeps a device safe.
        Device = "device",
    }
}

choices! {
    /// Where a default comes from.
    Source in "parameter_source" {
        /// What relationship managers commonly go by.
        Practice = "practice",
        /// Suggested by this product.
        Product = "product",
    }
}

/// A number of a rule, or a few of them, that a bank may set. A literal names every member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// The name, as stored; never given to another.
    pub name: &'static str,
    /// What it is about.
    pub area: Area,
    /// What it counts.
    pub unit: Unit,
    /// The smallest number allowed.
    pub from: i32,
    /// The largest number allowed.
    pub to: i32,
    /// How many numbers it may be: one for most.
    pub most: usize,
    /// What holds while nothing was set.
    pub default: &'static [i32],
    /// Where the default comes from.
    pub source: Source,
}

/// Why a text is no value of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Nothing, or something else than whole numbers.
    #[error("no whole number")]
    NoNumber,
    /// Smaller or larger than allowed.
    #[error("a number out of range")]
    OutOfRange,
    /// More numbers than allowed.
    #[error("too many numbers")]
    TooMany,
}

impl Parameter {
    /// The value that somebody wrote: whole numbers with anything usual between them, in any usual width. Several are put
    /// in order, the largest first, each once.
    ///
    /// # Errors
    /// See [`Fault`].
    pub fn read(&self, typed: &str) -> Result<Vec<i32>, Fault> {
        let plain = text::in_half_width(typed);
        let parts = plain
            .split([',', '、', ';', '/', ' ', '\u{a0}'])
            .filter(|part| !part.is_empty());
        let numbers: Result<Vec<i32>, _> = parts.map(str::parse).collect();
        let mut numbers = numbers.map_err(|_| Fault::NoNumber)?;
        order::sort_by_key(&mut numbers, |number| Reverse(*number));
        numbers.dedup();
        if numbers.is_empty() {
            Err(Fault::NoNumber)
        } else if numbers.iter().any(|number| !(self.from..=self.to).contains(number)) {
            Err(Fault::OutOfRange)
        } else if numbers.len() > self.most {
            Err(Fault::TooMany)
        } else {
            Ok(numbers)
        }
    }

    /// The value as it is stored, and read again.
    pub fn show(numbers: &[i32]) -> String {
        let numbers: Vec<String> = numbers.iter().map(i32::to_string).collect();
        numbers.join(", ")
    }
}

/// What the house must know of settings.
pub static KIND: Descriptor = Descriptor {
    fields: FIELDS,
    places: &[Place::Organisation],
    writers: Writers::Administrators,
    keeps: Keeps::Changes,
    named_by: &[field::NAME],
    in_hand: None,
    problems: &[],
    due: never_due,
    happened: never_happened,
};

view! {
    /// A value somebody set.
    SettingView of Setting
}

impl<'a> SettingView<'a> {
    /// Which parameter, by name.
    pub fn name(self) -> Option<&'a str> {
        self.0.text(field::NAME)
    }

    /// The value as it was written.
    pub fn value(self) -> &'a str {
        self.0.text(field::VALUE).unwrap_or_default()
    }

    /// From which day on; `None`: always.
    pub fn valid_from(self) -> Option<Date> {
        self.0.date(field::VALID_FROM)
    }

    /// Who decided it, or where it is laid down, in the words of whoever set it.
    pub fn source(self) -> Option<&'a str> {
        self.0.text(field::SOURCE)
    }

    /// Whether it counts no longer.
    pub fn is_withdrawn(self) -> bool {
        self.0.get(field::WITHDRAWN).and_then(serde_json::Value::as_bool) == Some(true)
    }

    /// Of two values of one parameter the one with the greater rank counts: that from the later day, of one day that
    /// which was set later.
    fn rank(self) -> (Option<Date>, Timestamp, RecordId) {
        (self.valid_from(), self.0.created.at, self.0.id)
    }
}

/// What is set, as it stands on one day. Without anything set, the defaults.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// For each name the values that are valid, the one that counts first.
    valid: BTreeMap<String, Vec<String>>,
}

/// The settings of an organisation on the day `today`. `records`: those of the kind setting; others are passed over.
pub fn of<'a>(records: impl IntoIterator<Item = &'a Record>, today: Date) -> Settings {
    let views = records.into_iter().filter(|record| !record.is_deleted());
    let views = views.filter_map(SettingView::of);
    let is_valid = |view: &SettingView<'_>| !view.is_withdrawn() && view.valid_from().is_none_or(|from| from <= today);
    let mut views: Vec<SettingView<'_>> = views.filter(is_valid).collect();
    order::sort_by_key(&mut views, |view| Reverse(view.rank()));
    let mut valid: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for view in views {
        let Some(name) = view.name() else { continue };
        valid.entry(name.to_owned()).or_default().push(view.value().to_owned());
    }
    Settings { valid }
}

impl Settings {
    /// The numbers of a parameter, the largest first.
    pub fn numbers(&self, parameter: &Parameter) -> Vec<i32> {
        let valid = self.valid.get(parameter.name).into_iter().flatten();
        let found = valid.filter_map(|text| parameter.read(text).ok()).next();
        found.unwrap_or_else(|| parameter.default.to_vec())
    }

    /// The number of a parameter that has one.
    pub fn number(&self, parameter: &Parameter) -> i32 {
        self.numbers(parameter).first().copied().unwrap_or_default()
    }
}

/// How a value that was set stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It counts.
    InForce,
    /// It will count from its day on.
    Coming,
    /// Another took its place.
    Past,
    /// It was taken back.
    Withdrawn,
    /// It never counts, for it is no value of this parameter.
    Ignored(Fault),
}

/// A value that was set.
#[derive(Clone, Debug)]
pub struct Dated<'a> {
    /// The value.
    pub view: SettingView<'a>,
    /// How it stands.
    pub standing: Standing,
    /// What it is, in numbers; or why it is no value.
    pub numbers: Result<Vec<i32>, Fault>,
    /// What counts before it does: the one set before that is a value and was not taken back, or else the default.
    pub before: Vec<i32>,
}

/// Every value that was set of a parameter, the one that would count last of all days first.
pub fn dated<'a>(parameter: &Parameter, records: impl IntoIterator<Item = &'a Record>, today: Date) -> Vec<Dated<'a>> {
    let views = records.into_iter().filter_map(SettingView::of);
    let mut views: Vec<SettingView<'a>> = views.filter(|view| view.name() == Some(parameter.name)).collect();
    order::sort_by_key(&mut views, |view| Reverse(view.rank()));
    let mut told = Vec::with_capacity(views.len());
    let mut before = parameter.default.to_vec();
    // From the first to the last, so that each knows what it took the place of.
    for view in views.into_iter().rev() {
        let numbers = parameter.read(view.value());
        let standing = match &numbers {
            _ if view.is_withdrawn() => Standing::Withdrawn,
            Err(fault) => Standing::Ignored(*fault),
            Ok(_) if view.valid_from().is_some_and(|from| from > today) => Standing::Coming,
            Ok(_) => Standing::InForce,
        };
        told.push(Dated {
            view,
            standing,
            before: before.clone(),
            numbers: numbers.clone(),
        });
        if let (Standing::InForce | Standing::Coming, Ok(numbers)) = (standing, numbers) {
            before = numbers;
        }
    }
    told.reverse();
    let valid = told.iter_mut().filter(|dated| dated.standing == Standing::InForce);
    // The last of those whose day has come counts; the others had their time.
    valid.skip(1).for_each(|dated| dated.standing = Standing::Past);
    told
}

/// Sets a parameter from a day on, by a new record: what counted before stays to be read.
///
/// # Errors
/// When the text is no value of the parameter: [`Fault`].
pub fn set(id: RecordId, parameter: &Parameter, typed: &str, from: Date, source: &str) -> Result<Edit, Fault> {
    let value = Parameter::show(&parameter.read(typed)?);
    let edit = Edit::create(id, Kind::Setting, Scope::Organisation)
        .set(FieldPath::known(field::NAME), parameter.name)
        .set(FieldPath::known(field::VALUE), value)
        .set(FieldPath::known(field::VALID_FROM), from.to_string());
    let source = text::clean_line(source);
    Ok(if source.is_empty() {
        edit
    } else {
        edit.set(FieldPath::known(field::SOURCE), source)
    })
}

/// Takes a value back, or lets it count again.
pub fn withdraw(record: &Record, is_withdrawn: bool) -> Edit {
    Edit::of(record).change(record, FieldPath::known(field::WITHDRAWN), is_withdrawn)
}
