//! From the text of a cell to the value of a field, by the form the field has. What people write (1,234.00, 是, 2026年1月2日)
//! is understood; what is not understood is refused with a reason, never guessed.

use std::collections::BTreeMap;

use jiff::Span;
use jiff::civil::Date;
use rapport_shared::customers::field as customer_field;
use rapport_shared::identity;
use rapport_shared::ids::UserId;
use rapport_shared::people::PersonView;
use rapport_shared::record::profile::Role;
use rapport_shared::record::{FieldPath, Kind, Record};
use rapport_shared::schema::{self, Shape};
use serde_json::Value;

use super::mapping::{VOCABULARY, fold};
use crate::messages::Message;
use crate::people::half_width;

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
///
/// `today` bounds the dates.
pub(super) fn convert(
    kind: &Kind,
    field: &str,
    cell: &str,
    directory: &Directory,
    today: Date,
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
    if cell.chars().any(turns_writing) {
        return Err(Message::new("reason.hidden_character"));
    }
    if *kind == Kind::Customer && field == customer_field::OWNER {
        return directory.in_care_of(cell);
    }
    let invalid = || Message::new("reason.invalid_value");
    let path = FieldPath::parse(field).map_err(|_| invalid())?;
    let shape = field_shape(kind, field, &path);
    let value = match shape {
        Shape::Map(Shape::Flag) => return tags(field, cell),
        Shape::Line(limit) => line(field, cell, limit)?,
        Shape::Text => Value::from(schema::clean_text(cell)),
        Shape::Choice(names) => choice(field, cell, names)?,
        Shape::Integer(from, to) => integer(cell, from, to)?,
        Shape::Flag => flag(cell)?,
        Shape::Date => within_reason(date(cell), today)?,
        Shape::Decimal => decimal(cell)
            .map(Value::from)
            .ok_or(Message::new("reason.invalid_number"))?,
        Shape::Region => checked(cell, identity::is_region, "reason.invalid_region")?,
        Shape::CreditCode => checked(cell, identity::is_credit_code, "reason.invalid_credit_code")?,
        Shape::ResidentId => checked(cell, identity::is_resident_id, "reason.invalid_id_number")?,
        Shape::Time | Shape::Id | Shape::Map(_) | Shape::MapById(_) | Shape::Any => return Err(invalid()),
    };
    if !value.is_string() || value.as_str().is_some_and(|text| !text.is_empty()) {
        return Ok(Entries::from([(path, value)]));
    }
    Ok(Entries::new())
}

/// Marks that turn the direction of writing (UAX #9): with them a name reads differently from what it is.
fn turns_writing(character: char) -> bool {
    matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn field_shape(kind: &Kind, field: &str, path: &FieldPath) -> Shape {
    let whole = schema::shape(kind, path);
    // A map is no place for a value itself; its entries tell what it holds.
    let entry = || {
        FieldPath::parse(&format!("{field}.x"))
            .ok()
            .and_then(|entry| schema::shape(kind, &entry))
    };
    match whole {
        Some(shape) => shape,
        None if entry() == Some(Shape::Flag) => Shape::Map(&Shape::Flag),
        None => Shape::Line(LONGEST_UNKNOWN),
    }
}

fn line(field: &str, cell: &str, limit: usize) -> Result<Value, Message> {
    let text = match VOCABULARY.values.get(field).and_then(|words| word(words, cell)) {
        Some(name) => name.to_owned(),
        None if field == customer_field::CODE => schema::clean_line(&half_width(cell)),
        None => schema::clean_line(cell),
    };
    if field == customer_field::PHONE && !half_width(&text).contains(|c: char| c.is_ascii_digit()) {
        return Err(Message::new("reason.invalid_phone"));
    }
    if text.chars().count() > limit {
        return Err(Message::new("reason.too_long").with("limit", limit));
    }
    Ok(Value::from(text))
}

fn word<'a>(words: &'a BTreeMap<String, Vec<String>>, cell: &str) -> Option<&'a str> {
    let cell = fold(cell);
    let same =
        |(name, others): &(&String, &Vec<String>)| fold(name) == cell || others.iter().any(|other| fold(other) == cell);
    words.iter().find(same).map(|(name, _)| name.as_str())
}

fn choice(field: &str, cell: &str, names: &[&'static str]) -> Result<Value, Message> {
    let exact = names.iter().find(|name| fold(name) == fold(cell)).copied();
    let name = exact.or_else(|| VOCABULARY.values.get(field).and_then(|words| word(words, cell)));
    match name.filter(|name| names.contains(name)) {
        Some(name) => Ok(Value::from(name)),
        None => Err(Message::new("reason.invalid_choice").with("choices", names.join(", "))),
    }
}

fn integer(cell: &str, from: i64, to: i64) -> Result<Value, Message> {
    let digits = decimal(cell).unwrap_or_default();
    let whole = digits.split_once('.').map_or(Some(&*digits), |(whole, rest)| {
        rest.bytes().all(|digit| digit == b'0').then_some(whole)
    });
    let number = whole
        .and_then(|whole| whole.parse::<i64>().ok())
        .filter(|number| (from..=to).contains(number));
    number
        .map(Value::from)
        .ok_or(Message::new("reason.invalid_whole_number"))
}

fn flag(cell: &str) -> Result<Value, Message> {
    let cell = fold(cell);
    let is_one_of = |words: &[String]| words.iter().any(|word| fold(word) == cell);
    match (is_one_of(&VOCABULARY.yes), is_one_of(&VOCABULARY.no)) {
        (true, _) => Ok(Value::from(true)),
        (_, true) => Ok(Value::from(false)),
        _ => Err(Message::new("reason.invalid_flag")),
    }
}

fn checked(cell: &str, accepts: fn(&str) -> bool, reason: &'static str) -> Result<Value, Message> {
    let text = identity::normalise(cell);
    if accepts(&text) {
        Ok(Value::from(text))
    } else {
        Err(Message::new(reason))
    }
}

fn tags(field: &str, cell: &str) -> Result<Entries, Message> {
    let tags = cell
        .split([',', ';', '，', '；', '、', '|'])
        .map(schema::clean_line)
        .filter(|tag| !tag.is_empty());
    let path = |tag: String| {
        let path = FieldPath::parse(&format!("{field}.{tag}"));
        path.map(|path| (path, Value::from(true)))
            .map_err(|_| Message::new("reason.invalid_value"))
    };
    tags.map(path).collect()
}

/// A date as people write it. A time after it is dropped.
fn date(cell: &str) -> Option<Date> {
    let day = cell.split([' ', 'T']).next()?.trim_end_matches(['日', '号']);
    let compact = day.len() == 8 && day.bytes().all(|byte| byte.is_ascii_digit());
    let (year, month, day) = if compact {
        (day.get(..4)?, day.get(4..6)?, day.get(6..)?)
    } else {
        let mut parts = day.split(['-', '/', '.', '年', '月']);
        let parts = (parts.next()?, parts.next()?, parts.next()?, parts.next());
        if parts.3.is_some() || parts.0.len() != 4 {
            return None;
        }
        (parts.0, parts.1, parts.2)
    };
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// No customer was founded and no product ends this far away; such a date is a slip of the pen.
fn within_reason(date: Option<Date>, today: Date) -> Result<Value, Message> {
    const FIRST_YEAR: i16 = 1800;
    const YEARS_AHEAD: i16 = 100;
    let date = date.ok_or(Message::new("reason.invalid_date"))?;
    let last = today.saturating_add(Span::new().years(YEARS_AHEAD));
    if date.year() < FIRST_YEAR || date > last {
        return Err(Message::new("reason.date_out_of_range"));
    }
    Ok(Value::from(date.to_string()))
}

/// An amount as people write it, as plain digits: grouping, currency signs and percent signs are dropped, 万 and 亿
/// are written out.
fn decimal(cell: &str) -> Option<String> {
    let text: String = half_width(cell)
        .chars()
        .filter(|c| !c.is_whitespace() && *c != ',')
        .collect();
    let text = text
        .trim_start_matches(['¥', '￥', '$', '€'])
        .trim_end_matches(['%', '元']);
    let (text, shift) = match (text.strip_suffix('万'), text.strip_suffix('亿')) {
        (Some(text), _) => (text, 4),
        (_, Some(text)) => (text, 8),
        _ => (text, 0),
    };
    let negative = text.starts_with('-');
    let (whole, fraction) = text
        .trim_start_matches(['-', '+'])
        .split_once('.')
        .unwrap_or((text.trim_start_matches(['-', '+']), ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) || whole.len() + fraction.len() > 24 {
        return None;
    }
    let mut fraction = fraction.to_owned();
    let mut whole = whole.to_owned();
    for _ in 0..shift {
        whole.push(if fraction.is_empty() { '0' } else { fraction.remove(0) });
    }
    let trimmed = whole.trim_start_matches('0');
    let whole = if trimmed.is_empty() { "0" } else { trimmed };
    let sign = if negative { "-" } else { "" };
    Some(if fraction.is_empty() {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{fraction}")
    })
}

#[cfg(test)]
#[path = "value/tests.rs"]
mod tests;
