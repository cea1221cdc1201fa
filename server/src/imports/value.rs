//! From the text of a cell to the value of a field. What a cell means is read by the shape of its field, as in a form;
//! here are the words of files for it, the colleagues they name, and the reasons for what is refused.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use rapport_shared::customers::field as customer_field;
use rapport_shared::ids::UserId;
use rapport_shared::people::PersonView;
use rapport_shared::plausible;
use rapport_shared::record::profile::Role;
use rapport_shared::record::{FieldPath, Kind, Record};
use rapport_shared::schema::{self, Choices, Shape};
use rapport_shared::settings::Settings;
use rapport_shared::text::in_half_width;
use serde_json::Value;

use super::mapping::{VOCABULARY, fold};
use crate::messages::Message;

/// When, and by which numbers of the bank, cells are read.
pub(super) struct Reading {
    pub(super) today: Date,
    pub(super) settings: Settings,
}

/// Values by path.
pub(super) type Entries = BTreeMap<FieldPath, Value>;

/// Longest text of a field the schema does not know.
const LONGEST_UNKNOWN: usize = 2_000;
const CELL_ERRORS: [&str; 8] = [
    "#DIV/0!",
    "#N/A",
    "#NAME?",
    "#NULL!",
    "#NUM!",
    "#REF!",
    "#VALUE!",
    "#GETTING_DATA",
];

/// Colleagues by the names files call them.
pub(super) struct Directory(BTreeMap<String, Vec<Colleague>>);

#[derive(Clone)]
struct Colleague {
    user: UserId,
    is_login: bool,
    role: Option<Role>,
    /// Team and branch, as ids.
    place: [Option<String>; 2],
}

impl Directory {
    pub(super) fn new(people: &[Record]) -> Self {
        let mut names: BTreeMap<String, Vec<Colleague>> = BTreeMap::new();
        for person in people
            .iter()
            .filter_map(PersonView::of)
            .filter(|person| person.is_active())
        {
            let place = [
                person.team().map(|id| id.to_string()),
                person.branch().map(|id| id.to_string()),
            ];
            let login = person.0.text(rapport_shared::people::field::LOGIN).unwrap_or_default();
            for (name, is_login) in [(login, true), (person.name(), false)] {
                let colleague = Colleague {
                    user: person.user(),
                    is_login,
                    role: person.role(),
                    place: place.clone(),
                };
                names.entry(fold(name)).or_default().push(colleague);
            }
        }
        Self(names)
    }

    /// Owner, team and branch of a customer in the care of the colleague called `name`.
    pub(super) fn in_care_of(&self, name: &str) -> Result<Entries, Message> {
        let colleague = self.find(name)?;
        let [team, branch] = colleague.place.clone();
        let fields = [
            (customer_field::OWNER, Some(colleague.user.to_string())),
            (customer_field::TEAM, team),
            (customer_field::BRANCH, branch),
        ];
        let filled = fields
            .into_iter()
            .filter_map(|(field, id)| Some((FieldPath::known(field), Value::from(id?))));
        Ok(filled.collect())
    }

    /// Whether the colleague called `name` has customers.
    pub(super) fn may_own(&self, name: &str) -> bool {
        let role = self.find(name).ok().and_then(|colleague| colleague.role);
        matches!(role, Some(Role::RelationshipManager | Role::TeamLead))
    }

    fn find(&self, name: &str) -> Result<&Colleague, Message> {
        let named = self.0.get(&fold(name)).map_or(&[][..], Vec::as_slice);
        match named {
            [] => Err(Message::new("reason.unknown_person")),
            [one] => Ok(one),
            // A sign-in name belongs to one colleague; another may be called like it.
            several => several
                .iter()
                .find(|colleague| colleague.is_login)
                .or_else(|| {
                    several
                        .first()
                        .filter(|first| several.iter().all(|other| other.user == first.user))
                })
                .ok_or(Message::new("reason.ambiguous_person")),
        }
    }
}

/// What the cell of `field` says. An empty cell says nothing.
pub(super) fn convert(
    kind: &Kind,
    field: &str,
    cell: &str,
    directory: &Directory,
    reading: &Reading,
) -> Result<Entries, Message> {
    let is_none = VOCABULARY.none.iter().any(|none| none.eq_ignore_ascii_case(cell));
    if cell.is_empty() || is_none {
        return Ok(Entries::new());
    }
    if CELL_ERRORS.contains(&cell) {
        return Err(Message::new("reason.cell_error"));
    }
    // A tab or a line end is a blank to whoever typed it; the others tell of a damaged file.
    if cell.chars().any(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r')) {
        return Err(Message::new("reason.control_character"));
    }
    if *kind == Kind::Customer && field == customer_field::OWNER {
        return directory.in_care_of(cell);
    }
    match schema::of_field(kind, field) {
        Some(Shape::Tags) => return set(field, schema::tag_keys(cell)),
        Some(Shape::Set(choices)) => {
            let names = schema::tag_keys(cell)
                .into_iter()
                .map(|name| in_words(field, &name).to_owned());
            let names: BTreeSet<String> = names.collect();
            if names.iter().any(|name| !choices.names.contains(&name.as_str())) {
                return Err(invalid_choice(choices));
            }
            return set(field, names);
        }
        _ => {}
    }
    let path = FieldPath::parse(field).map_err(|_| Message::new("reason.invalid_value"))?;
    // The column may be an entry of a field: `consent.call`.
    let shape = schema::shape(kind, &path).unwrap_or(Shape::Line(LONGEST_UNKNOWN));
    // In a form a day without its year is the nearest one; a file may be years old.
    if shape == Shape::Date && !names_its_year(cell) {
        return Err(Message::new("reason.invalid_date"));
    }
    let value = schema::read(shape, in_words(field, cell), reading.today);
    if value.is_null() {
        return Ok(Entries::new());
    }
    judge(shape, &value, reading)?;
    Ok(Entries::from([(path, value)]))
}

/// The name as stored for a word that people use in its place, or else the cell as it is.
fn in_words<'a>(field: &str, cell: &'a str) -> &'a str {
    let Some(words) = VOCABULARY.values.get(field) else {
        return cell;
    };
    let folded = fold(cell);
    let same = |(name, others): &(&String, &Vec<String>)| {
        fold(name) == folded || others.iter().any(|other| fold(other) == folded)
    };
    words.iter().find(same).map_or(cell, |(name, _)| name.as_str())
}

/// Whether a day is written with four digits for its year, or with eight for all of it.
fn names_its_year(cell: &str) -> bool {
    let half = in_half_width(cell);
    let runs: Vec<usize> = half
        .split(|c: char| !c.is_ascii_digit())
        .map(str::len)
        .filter(|digits| *digits > 0)
        .collect();
    runs.contains(&8) || runs.contains(&4) && runs.len() > 2
}

/// Whether what was read may stand in the field; the reason for the reader when it may not.
fn judge(shape: Shape, value: &Value, reading: &Reading) -> Result<(), Message> {
    let text = value.as_str().unwrap_or_default();
    if shape == Shape::Phone && !text.contains(|c: char| c.is_ascii_digit()) {
        return Err(Message::new("reason.invalid_phone"));
    }
    if shape.accepts(value) {
        return match shape {
            Shape::Date => within_reason(text.parse().ok(), reading),
            _ => Ok(()),
        };
    }
    Err(match shape {
        Shape::Choice(choices) => invalid_choice(choices),
        Shape::Grade(_) | Shape::Integer(..) => Message::new("reason.invalid_whole_number"),
        Shape::Flag => Message::new("reason.invalid_flag"),
        Shape::Date => Message::new("reason.invalid_date"),
        Shape::Decimal | Shape::Amount | Shape::Rate => Message::new("reason.invalid_number"),
        Shape::Region => Message::new("reason.invalid_region"),
        Shape::CreditCode => Message::new("reason.invalid_credit_code"),
        Shape::ResidentId => Message::new("reason.invalid_id_number"),
        _ => match shape.limit() {
            Some(limit) => Message::new("reason.too_long").with("limit", limit),
            None => Message::new("reason.invalid_value"),
        },
    })
}

fn invalid_choice(choices: &Choices) -> Message {
    Message::new("reason.invalid_choice").with("choices", choices.names.join(", "))
}

/// An entry of the map `field` for each of the names.
fn set(field: &str, names: BTreeSet<String>) -> Result<Entries, Message> {
    let path = |name: String| {
        let path = FieldPath::parse(&format!("{field}.{name}"));
        path.map(|path| (path, Value::from(true)))
            .map_err(|_| Message::new("reason.invalid_value"))
    };
    names.into_iter().map(path).collect()
}

/// Whether the day is one an import takes.
fn within_reason(date: Option<Date>, reading: &Reading) -> Result<(), Message> {
    let date = date.ok_or(Message::new("reason.invalid_date"))?;
    if plausible::is_imported(date, reading.today, &reading.settings) {
        Ok(())
    } else {
        Err(Message::new("reason.date_out_of_range"))
    }
}

#[cfg(test)]
#[path = "value/tests.rs"]
mod tests;
