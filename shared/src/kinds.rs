//! The registry: which kind is described where. A new kind has one line here and one in `record`; the compiler tells the
//! second one who wrote the first. Never describes a kind itself.

use crate::descriptor::{Descriptor, Keeps, Problem, Writers, never_due, never_happened};
use crate::record::{Fields, Kind, Record};
use crate::shape::Field;
use crate::time::Here;
use crate::{
    circles, conflicts, contacts, customers, holdings, notes, opportunities, people, settings, tasks, touches, views,
    visits,
};

/// What is told of a kind.
pub const fn of(kind: &Kind) -> &'static Descriptor {
    match kind {
        Kind::Customer => &customers::KIND,
        Kind::Contact => &contacts::KIND,
        Kind::Holding => &holdings::KIND,
        Kind::Visit => &visits::KIND,
        Kind::Note => &notes::KIND,
        Kind::Touch => &touches::KIND,
        Kind::Task => &tasks::KIND,
        Kind::Circle => &circles::KIND,
        Kind::Opportunity => &opportunities::KIND,
        Kind::Conflict => &conflicts::KIND,
        Kind::Person => &people::KIND,
        Kind::Setting => &settings::KIND,
        Kind::View => &views::KIND,
        Kind::Other(_) => &UNKNOWN,
    }
}

/// A kind of a newer version. Its records are kept, shown to whoever sees their place, and written by nobody through
/// this version, which does not know who may.
static UNKNOWN: Descriptor = Descriptor {
    fields: &[],
    places: &[],
    writers: Writers::Nobody,
    keeps: Keeps::Revisions,
    named_by: &[],
    in_hand: None,
    problems: &[],
    due: never_due,
    happened: never_happened,
};

/// A field of a kind; `None` for one this version does not know.
pub fn field(kind: &Kind, name: &str) -> Option<&'static Field> {
    of(kind).fields.iter().find(|field| field.name == name)
}

/// What `values` of a record of `kind` have wrong together.
pub fn problems<'a>(kind: &Kind, values: &'a Fields, here: Here) -> impl Iterator<Item = &'static Problem> + use<'a> {
    let problems = of(kind).problems.iter();
    problems.filter(move |problem| (problem.is_there)(values, here))
}

/// What a record is called in lists, conflicts and history; `None` when nothing names it.
pub fn name_of(record: &Record) -> Option<&str> {
    let named_by = of(&record.kind).named_by;
    named_by.iter().find_map(|field| record.text(field))
}
