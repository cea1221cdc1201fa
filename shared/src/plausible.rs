//! What a form doubts before it saves: values that are almost certainly slips of the finger. The server never refuses
//! them, since imported data are what they are.

use jiff::civil::Date;

use crate::kinds;
use crate::record::{FieldPath, Kind};
use crate::settings::{Area, Parameter, Settings, Source, Unit};
use crate::shape::Shape;
use crate::time::stored_day;

/// The year before which no customer of today was founded or born.
pub const EARLIEST_YEAR: Parameter = Parameter {
    name: "earliest_year",
    area: Area::Forms,
    unit: Unit::Year,
    from: 1000,
    to: 2000,
    most: 1,
    default: &[1900],
    source: Source::Product,
};

/// The year before which no day of an import is taken: nothing the bank keeps is that old.
pub const IMPORT_EARLIEST_YEAR: Parameter = Parameter {
    name: "import_earliest_year",
    area: Area::Imports,
    unit: Unit::Year,
    from: 1000,
    to: 2000,
    most: 1,
    default: &[1800],
    source: Source::Product,
};

/// So many years ahead no day of an import is taken any more: no product ends that late.
pub const IMPORT_AHEAD_YEARS: Parameter = Parameter {
    name: "import_ahead_years",
    area: Area::Imports,
    unit: Unit::Years,
    from: 1,
    to: 200,
    most: 1,
    default: &[100],
    source: Source::Product,
};

/// Whether an import takes the day; one too far away is a slip of the pen.
pub fn is_imported(day: Date, today: Date, settings: &Settings) -> bool {
    let years = jiff::Span::new().years(settings.number(&IMPORT_AHEAD_YEARS));
    i32::from(day.year()) >= settings.number(&IMPORT_EARLIEST_YEAR) && day <= today.saturating_add(years)
}

/// What is doubtful about a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// Longer than so many characters, which the server would refuse.
    TooLong(usize),
    /// Not an e-mail address.
    Email,
    /// Not a telephone number.
    Phone,
    /// A day that has not come yet.
    Future,
    /// A day too long ago.
    TooEarly,
}

/// What is doubtful about `text` at `path` of a record of `kind`. An empty text never is.
pub fn doubt(kind: &Kind, path: &FieldPath, text: &str, today: Date, settings: &Settings) -> Option<Doubt> {
    let field = kinds::field(kind, path.field()).filter(|_| !text.is_empty())?;
    let shape = field.shape.at(path.entry())?;
    if let Some(limit) = shape.limit().filter(|limit| text.chars().count() > *limit) {
        return Some(Doubt::TooLong(limit));
    }
    match shape {
        Shape::Email => (!is_email(text)).then_some(Doubt::Email),
        Shape::Phone => (!is_phone(text)).then_some(Doubt::Phone),
        Shape::Date if field.is_past => {
            let day = stored_day(text)?;
            if day > today {
                Some(Doubt::Future)
            } else {
                (i32::from(day.year()) < settings.number(&EARLIEST_YEAR)).then_some(Doubt::TooEarly)
            }
        }
        _ => None,
    }
}

fn is_email(text: &str) -> bool {
    let Some((name, host)) = text.split_once('@') else {
        return false;
    };
    let labels = host.split('.');
    let spaced = text.chars().any(char::is_whitespace);
    !spaced && !name.is_empty() && host.contains('.') && !host.contains('@') && labels.clone().all(|l| !l.is_empty())
}

/// Digits with what is written between them, and perhaps an extension.
fn is_phone(text: &str) -> bool {
    let usual = |character: char| {
        character.is_ascii_digit() || "+-–()（） .,，、/;；#*转轉分机機内內线線ext".contains(character)
    };
    let digits = text.chars().filter(char::is_ascii_digit).count();
    digits >= 3 && text.chars().all(usual)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::{Doubt, doubt};
    use crate::record::{FieldPath, Kind};
    use crate::settings::Settings;

    #[test]
    fn doubts_slips_and_nothing_else() {
        let check = |name: &'static str, text: &str, expected: Option<Doubt>| {
            let doubt = doubt(
                &Kind::Customer,
                &FieldPath::known(name),
                text,
                date(2026, 11, 21),
                &Settings::default(),
            );
            assert_eq!(doubt, expected, "{name} {text}");
        };
        check("name", "Lantern Works", None);
        check("name", &"x".repeat(200), None);
        check("name", &"x".repeat(201), Some(Doubt::TooLong(200)));
        check("email", "", None);
        check("email", "li.wei@example.com.cn", None);
        check("email", "li.wei", Some(Doubt::Email));
        check("email", "li@wei@example.com", Some(Doubt::Email));
        check("email", "li wei@example.com", Some(Doubt::Email));
        check("email", "li@example", Some(Doubt::Email));
        check("email", "li@example.", Some(Doubt::Email));
        check("phone", "+86 (755) 2345-6789 转 801", None);
        check("phone", "13800138000", None);
        check("phone", "95555", None);
        check("phone", "0592-5551234分机801", None);
        check("phone", "abc", Some(Doubt::Phone));
        check("phone", "1380013800O", Some(Doubt::Phone));
        check("phone", "12", Some(Doubt::Phone));
        check("founded", "2026-11-21", None);
        check("founded", "2026-11-22", Some(Doubt::Future));
        check("founded", "1899-12-31", Some(Doubt::TooEarly));
        check("founded", "nonsense", None);
        check("remark", "@", None);
    }
}
