//! Texts written for those who read the code, as those read them who do not: links become plain words, the names of
//! constants their values, and what only the code is told is left out.

use rapport_shared::sync::wire::{
    ALIVE_EVENT, CSRF_HEADER, MAXIMUM_MUTATION_BYTES, MAXIMUM_MUTATIONS, MAXIMUM_SEARCH_ROWS, POKE_EVENT,
};
use serde_json::Value;

/// Members whose texts people read.
const READ: [&str; 2] = ["description", "summary"];

/// Makes all texts of the document plain.
pub(super) fn speak(document: &mut Value) {
    match document {
        Value::Object(members) => {
            members.retain(|name, member| match member {
                Value::String(text) if READ.contains(&name.as_str()) => {
                    *text = plain(text);
                    !text.is_empty()
                }
                member => {
                    speak(member);
                    true
                }
            });
        }
        Value::Array(items) => items.iter_mut().for_each(speak),
        _ => {}
    }
}

fn plain(text: &str) -> String {
    // Which errors a function gives is told by the answers.
    let text = text.split("# Errors").next().unwrap_or_default();
    // A link may say where it leads.
    let text = without(&text.replace("[`", "`"), "`](", ')', "`").replace("`]", "`");
    let text = values()
        .iter()
        .fold(text, |text, (name, value)| text.replace(name, value));
    // Where a rule was found.
    without(&text, " (R", ')', "").trim().to_owned()
}

/// The text without what begins with `start` and ends with `end`; `instead` stands there.
fn without(text: &str, start: &str, end: char, instead: &str) -> String {
    let mut pieces = text.split(start);
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |text, piece| {
        let rest = piece.split_once(end).map_or(piece, |(_, rest)| rest);
        format!("{text}{instead}{rest}")
    })
}

/// Names of constants, and what stands for them.
fn values() -> [(&'static str, String); 6] {
    let quoted = |text: &str| format!("`{text}`");
    [
        ("`CSRF_HEADER`", quoted(CSRF_HEADER)),
        ("`POKE_EVENT`", quoted(POKE_EVENT)),
        ("`ALIVE_EVENT`", quoted(ALIVE_EVENT)),
        ("`MAXIMUM_MUTATIONS`", MAXIMUM_MUTATIONS.to_string()),
        ("`MAXIMUM_MUTATION_BYTES`", MAXIMUM_MUTATION_BYTES.to_string()),
        ("`MAXIMUM_SEARCH_ROWS`", MAXIMUM_SEARCH_ROWS.to_string()),
    ]
}
