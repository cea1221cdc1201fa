//! Which column holds which field: found by the headers people use, or told by a mapping file. It reads no values.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use rapport_shared::record::{FieldPath, Kind};
use rapport_shared::schema;
use rapport_shared::text::in_half_width;
use serde::Deserialize;

use super::table::Row;
use crate::messages::Message;

/// Rows looked at to find the header: some files begin with a title.
pub(super) const HEADER_WITHIN: usize = 10;

#[derive(Deserialize)]
pub(super) struct Vocabulary {
    customer: BTreeMap<String, Vec<String>>,
    holding: BTreeMap<String, Vec<String>>,
    pub(super) values: HashMap<String, BTreeMap<String, Vec<String>>>,
    pub(super) none: Vec<String>,
}

/// The words of headers and values. The file is part of the program and read by a test.
pub(super) static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(|| {
    serde_json::from_str(include_str!("headers.json")).unwrap_or(Vocabulary {
        customer: BTreeMap::new(),
        holding: BTreeMap::new(),
        values: HashMap::new(),
        none: Vec::new(),
    })
});

/// Field by column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mapping {
    /// Index among the rows of the header.
    pub(super) header_row: usize,
    /// Column and header of each field.
    pub(super) columns: BTreeMap<String, (usize, String)>,
    /// Headers of columns that are not taken over.
    pub(super) ignored: Vec<String>,
}

fn words(kind: &Kind) -> &'static BTreeMap<String, Vec<String>> {
    if *kind == Kind::Holding {
        &VOCABULARY.holding
    } else {
        &VOCABULARY.customer
    }
}

/// A header as it is compared: no blanks, no marks, half-width, lower case.
pub(super) fn fold(text: &str) -> String {
    // A unit or a hint in brackets is no part of the name.
    let name = text
        .split(['(', '（'])
        .next()
        .filter(|name| !name.trim().is_empty())
        .unwrap_or(text);
    let name = in_half_width(name);
    let kept = name
        .chars()
        .filter(|c| !c.is_whitespace() && !c.is_control() && !matches!(c, '_' | '-' | '*' | ':' | '.'));
    kept.flat_map(char::to_lowercase).collect()
}

/// Finds the header row and the columns in the first [`HEADER_WITHIN`] rows.
pub(super) fn by_headers(kind: &Kind, file: &str, rows: &[Row]) -> Result<Mapping, Message> {
    // Headers in the order of preference: a file with two columns for one field is read by the better one.
    let mut fields: HashMap<String, (usize, &str)> = HashMap::new();
    for (field, names) in words(kind) {
        fields.insert(fold(field), (0, field));
        let others = names
            .iter()
            .zip(1..)
            .map(|(name, rank)| (fold(name), (rank, field.as_str())));
        others.for_each(|(name, found)| {
            fields.entry(name).or_insert(found);
        });
    }
    let known = |row: &Row| row.cells.iter().filter(|cell| fields.contains_key(&fold(cell))).count();
    let candidates = rows.iter().map(known).enumerate();
    let header = candidates
        .rev()
        .max_by_key(|(_, known)| *known)
        .filter(|(_, known)| *known > 0);
    let Some((header_row, _)) = header else {
        return Err(Message::new("file.no_header")
            .with("file", file)
            .with_text("examples", format!("headers.{}", required(kind)[1])));
    };
    let mut mapping = Mapping {
        header_row,
        columns: BTreeMap::new(),
        ignored: Vec::new(),
    };
    let mut ranks: HashMap<&str, usize> = HashMap::new();
    for (column, header) in rows[header_row]
        .cells
        .iter()
        .enumerate()
        .filter(|(_, header)| !header.is_empty())
    {
        let Some((rank, field)) = fields.get(&fold(header)).copied() else {
            mapping.ignored.push(header.clone());
            continue;
        };
        let found = (column, header.clone());
        match (ranks.get(field).copied(), mapping.columns.get(field).cloned()) {
            (Some(best), Some((_, first))) if best == rank => {
                let message = Message::new("file.duplicate_column")
                    .with("file", file)
                    .with("field", field);
                return Err(message.with("first", first).with("second", header));
            }
            (Some(best), _) if best < rank => mapping.ignored.push(header.clone()),
            (_, worse) => {
                mapping.ignored.extend(worse.map(|(_, header)| header));
                mapping.columns.insert(field.to_owned(), found);
                ranks.insert(field, rank);
            }
        }
    }
    require(kind, file, mapping)
}

/// The fields there must be a column for, as the locale files call them.
fn required(kind: &Kind) -> &'static [&'static str] {
    if *kind == Kind::Holding {
        &["holding.code", "holding.product", "holding.customer_code"]
    } else {
        &["customer.code", "customer.name"]
    }
}

fn require(kind: &Kind, file: &str, mapping: Mapping) -> Result<Mapping, Message> {
    let field = |name: &str| {
        name.split_once('.')
            .map(|(_, field)| field.to_owned())
            .unwrap_or_default()
    };
    match required(kind)
        .iter()
        .find(|name| !mapping.columns.contains_key(&field(name)))
    {
        None => Ok(mapping),
        Some(name) => Err(Message::new("file.missing_column")
            .with("file", file)
            .with_text("field", format!("field.{name}"))
            .with_text("examples", format!("headers.{name}"))),
    }
}

/// Takes the columns from a mapping file: a field and the header of its column in each line. The header row is among
/// these, the first [`HEADER_WITHIN`].
pub(super) fn by_file(kind: &Kind, file: &str, rows: &[Row], content: &str) -> Result<Mapping, Message> {
    let unreadable = |detail: String| Message::new("mapping.unreadable").with("detail", detail);
    let wanted: BTreeMap<String, String> = if content.trim_start().starts_with('{') {
        serde_json::from_str(content).map_err(|error| unreadable(error.to_string()))?
    } else {
        toml::from_str(content).map_err(|error| unreadable(error.message().to_owned()))?
    };
    if let Some(field) = wanted.keys().find(|field| !is_field(kind, field)) {
        return Err(Message::new("mapping.unknown_field").with("field", field));
    }
    let position = |row: &Row, header: &str| row.cells.iter().position(|cell| fold(cell) == fold(header));
    let found = |row: &Row| wanted.values().filter(|header| position(row, header).is_some()).count();
    let candidates = rows.iter().map(found).enumerate();
    let header_row = candidates
        .rev()
        .max_by_key(|(_, found)| *found)
        .map_or(0, |(row, _)| row);
    let mut mapping = Mapping {
        header_row,
        columns: BTreeMap::new(),
        ignored: Vec::new(),
    };
    for (field, header) in wanted {
        let Some(column) = position(&rows[header_row], &header) else {
            return Err(Message::new("mapping.missing_header")
                .with("file", file)
                .with("header", header));
        };
        mapping.columns.insert(field, (column, header));
    }
    let taken: Vec<usize> = mapping.columns.values().map(|(column, _)| *column).collect();
    let headers = rows[header_row].cells.iter().enumerate();
    let ignored = headers.filter(|(column, header)| !taken.contains(column) && !header.is_empty());
    mapping.ignored = ignored.map(|(_, header)| header.clone()).collect();
    require(kind, file, mapping)
}

fn is_field(kind: &Kind, field: &str) -> bool {
    let known = FieldPath::parse(field).ok().and_then(|path| schema::shape(kind, &path));
    known.is_some() || words(kind).contains_key(field)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::{Language, Messages};

    #[test]
    fn headers_the_messages_name_are_accepted() {
        for language in [Language::ZhHans, Language::ZhHant, Language::En] {
            for kind in [Kind::Customer, Kind::Holding] {
                for name in required(&kind) {
                    let text = |place: &str| {
                        let message = Message::new("{text}").with_text("text", format!("{place}.{name}"));
                        Messages::new(language).text(&message)
                    };
                    let field = name.split_once('.').map(|(_, field)| field);
                    let names = text("headers");
                    assert!(names.contains(" / "), "{language:?} {name}");
                    for header in names.split(" / ").chain([text("field").as_str()]) {
                        let mut found = words(&kind)
                            .iter()
                            .filter(|(_, names)| names.iter().any(|accepted| fold(accepted) == fold(header)));
                        assert_eq!(found.next().map(|(field, _)| field.as_str()), field, "{header}");
                    }
                }
            }
        }
    }
}
