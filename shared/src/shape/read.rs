//! From what somebody typed, pasted or sent to the value of a field: the one place for forms, imports and the API. What
//! cannot be read stays text, for the rules to refuse; nothing is guessed.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde_json::Value;

use super::{Choices, Shape};
use crate::order::InOrder as _;
use crate::time::stored_day;
use crate::{dates, identity, money, text};

/// What people write for yes.
const YES: [&str; 9] = ["true", "yes", "y", "1", "是", "有", "对", "√", "✓"];
/// What people write for no.
const NO: [&str; 8] = ["false", "no", "n", "0", "否", "无", "無", "×"];
/// What may stand behind a count: 1,200人.
const COUNTERS: [char; 8] = ['人', '名', '位', '个', '個', '家', '户', '戶'];
/// What divides tags.
const DIVIDERS: [char; 6] = [',', '，', '、', ';', '；', '|'];

/// The value that `typed` means in a field of this shape; `null` when there is nothing to be seen. `today`: for days
/// named from it.
pub fn read(shape: Shape, typed: &str, today: Date) -> Value {
    if text::is_blank(typed) {
        return Value::Null;
    }
    let code = || text::clean_code(typed);
    let value = match shape {
        Shape::Line(_) | Shape::Name => Some(Value::from(text::clean_line(typed))),
        Shape::Text | Shape::Any => Some(Value::from(text::clean_text(typed))),
        Shape::Code(_) => Some(Value::from(code())),
        Shape::Phone => Some(Value::from(phone(&code()))),
        Shape::Email => Some(Value::from(email(&code()))),
        Shape::Web => Some(Value::from(code())),
        Shape::Choice(choices) => choice(choices, &code()).map(Value::from),
        Shape::Grade(_) | Shape::Integer(..) => whole_number(&code()).map(Value::from),
        Shape::Flag => flag(&code()).map(Value::from),
        Shape::Date => day(&code(), today).map(|day| Value::from(day.to_string())),
        Shape::Time => code().parse::<i64>().ok().map(Value::from),
        Shape::Decimal | Shape::Amount => money::parse(typed).map(|number| Value::from(number.to_string())),
        Shape::Rate => money::parse(code().trim_end_matches('%')).map(|number| Value::from(number.to_string())),
        Shape::Id | Shape::Person | Shape::Team | Shape::Branch => Some(Value::from(code().to_ascii_lowercase())),
        Shape::Region => Some(Value::from(code().replace(' ', ""))),
        Shape::CreditCode | Shape::ResidentId => Some(Value::from(identity::normalise(typed))),
        // A map is written entry by entry, each in the shape of the entry.
        Shape::Set(_) | Shape::Tags | Shape::People | Shape::Each(..) => None,
    };
    let value = value.filter(|value| value.as_str() != Some(""));
    value.unwrap_or_else(|| Value::from(text::clean_line(typed)))
}

/// Hyphens of every kind become the plain one. A country code and an extension stay.
fn phone(code: &str) -> String {
    let code = code.strip_prefix("tel:").unwrap_or(code);
    let hyphen = |c: char| matches!(c, '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}');
    let plain: String = code.chars().map(|c| if hyphen(c) { '-' } else { c }).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The address alone, of a link or with a name before it.
fn email(code: &str) -> String {
    let named = code.strip_suffix('>').and_then(|code| code.rsplit_once('<'));
    let address = named.map_or(code, |(_, address)| address).trim();
    let scheme = address.get(..7).filter(|scheme| scheme.eq_ignore_ascii_case("mailto:"));
    let address = scheme.and_then(|_| address.get(7..)).unwrap_or(address);
    address.split('?').next().unwrap_or(address).trim().to_owned()
}

fn choice(choices: &Choices, code: &str) -> Option<&'static str> {
    let same = |name: &&&'static str| name.eq_ignore_ascii_case(code);
    choices.names.iter().find(same).copied()
}

fn whole_number(code: &str) -> Option<i64> {
    let number = money::parse(code.trim_end_matches(COUNTERS))?;
    let whole = number.is_integer().then(|| number.trunc())?;
    whole.try_into().ok()
}

fn flag(code: &str) -> Option<bool> {
    let is_one_of = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(code));
    match (is_one_of(&YES), is_one_of(&NO)) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    }
}

/// A day in any usual form. A time behind it, as spreadsheets and systems write one, is dropped.
fn day(code: &str, today: Date) -> Option<Date> {
    let with_time = || {
        let (day, time) = code.split_once([' ', 'T'])?;
        time.starts_with(|c: char| c.is_ascii_digit())
            .then(|| stored_day(day).or_else(|| dates::read_date(day, today)))?
    };
    dates::read_date(code, today).or_else(with_time)
}

/// The keys of the tags somebody typed, in one line with commas between them. A point divides the parts of a path, so
/// it is kept as the full-width one; [`super::tag_text`] gives it back.
pub fn tag_keys(typed: &str) -> BTreeSet<String> {
    let tags = typed.split(DIVIDERS).map(text::clean_line);
    let tags = tags.filter(|tag| !text::is_blank(tag));
    tags.map(|tag| tag.replace('.', "．")).into_set()
}
