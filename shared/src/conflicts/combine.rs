//! What two versions of a value give together, as a start for the person who puts them in order. It drops nothing that
//! only one of them says.

use serde_json::Value;

use crate::record::{FieldPath, Kind};
use crate::schema::{self, Shape};

/// Texts longer than this (in bytes, all versions together) are put below each other without being compared.
const MAXIMUM_COMPARED: usize = 300_000;
/// Stands for the end of a sentence while texts are compared; from the area no writing uses.
const SENTENCE: char = '\u{e000}';
/// A line of its own between sentences and paragraphs while texts are compared: changes of neighbours are no conflict.
const BETWEEN: &str = "\u{e001}\n";

/// Both versions of the field in one value: texts by paragraphs and sentences, short texts beside each other, lists and
/// maps as their union. `None` when the field holds one thing only (a day, a choice, a number), when one of the
/// versions is empty, or when nothing is gained over what is `in_force`.
pub fn combine(kind: &Kind, path: &FieldPath, before: &Value, in_force: &Value, other: &Value) -> Option<Value> {
    let both = match (schema::shape(kind, path), in_force, other) {
        (Some(Shape::Text), Value::String(one), Value::String(two)) => {
            Value::from(texts(before.as_str().unwrap_or_default(), one, two))
        }
        (Some(shape), Value::String(one), Value::String(two)) if shape.is_line() => Value::from(lines(one, two)),
        (None, Value::Array(one), Value::Array(two)) => {
            let more = two.iter().filter(|item| !one.contains(item));
            Value::Array(one.iter().chain(more).cloned().collect())
        }
        (None, Value::Object(one), Value::Object(two)) => {
            let mut all = two.clone();
            all.extend(one.clone());
            Value::Object(all)
        }
        _ => return None,
    };
    (both != *in_force && both != *other).then_some(both)
}

fn lines(one: &str, two: &str) -> String {
    if one.contains(two) {
        return one.to_owned();
    }
    if two.contains(one) {
        return two.to_owned();
    }
    let separator = if one.is_ascii() && two.is_ascii() { "; " } else { "；" };
    format!("{one}{separator}{two}")
}

/// Merges by sentences; where both changed the same one, both stand, the one in force first.
fn texts(before: &str, one: &str, two: &str) -> String {
    if one.contains(two) {
        return one.to_owned();
    }
    if two.contains(one) {
        return two.to_owned();
    }
    let versions = [before, one, two];
    let size: usize = versions.iter().map(|text| text.len()).sum();
    if size > MAXIMUM_COMPARED || versions.iter().any(|text| text.contains(['\u{e000}', '\u{e001}'])) {
        return format!("{one}\n\n{two}");
    }
    let [before, one, two] = versions.map(split);
    // Longer than any line, so that a mark cannot be mistaken for something somebody wrote.
    let lines = [&before, &one, &two].into_iter().flat_map(|text| text.lines());
    let marker = lines.map(str::len).max().unwrap_or_default() + 1;
    let mut options = diffy::MergeOptions::new();
    options
        .set_conflict_marker_length(marker)
        .set_conflict_style(diffy::ConflictStyle::Merge);
    let merged = match options.merge(&before, &one, &two) {
        Ok(merged) => merged,
        Err(marked) => {
            let kept = marked
                .split_inclusive('\n')
                .filter(|line| line.trim_end().len() < marker);
            kept.collect()
        }
    };
    joined(&merged)
}

/// Every sentence on a line of its own.
fn split(text: &str) -> String {
    let mut lines = String::with_capacity(text.len() * 2);
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        lines.push(character);
        let more_follows = rest.peek().is_some_and(|next| *next != '\n');
        if matches!(character, '。' | '！' | '？' | '；') && more_follows {
            lines.push(SENTENCE);
            lines.push('\n');
        }
        if lines.ends_with('\n') {
            lines.push_str(BETWEEN);
        }
    }
    lines.push('\n');
    lines
}

/// The lines of [`split`] as a text again.
fn joined(lines: &str) -> String {
    let text = lines.replace(BETWEEN, "").replace(&format!("{SENTENCE}\n"), "");
    text.trim_end_matches('\n').to_owned()
}
