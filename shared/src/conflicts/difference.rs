//! What differs between two versions of a text, for the eye: by character in Chinese, by word elsewhere. It judges
//! nothing and never says which is better.

use serde_json::Value;
use similar::{Algorithm, DiffTag, capture_diff_slices};

use crate::record::{FieldPath, Kind};
use crate::schema::{self, Shape};

/// A changed passage with more words than this is shown as changed altogether: the cost of a comparison grows with the
/// square of what differs.
const MOST_COMPARED: usize = 4_000;
/// The most lines compared.
const MOST_LINES: usize = 20_000;

/// A part of the comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// In both.
    Same(String),
    /// Only in the earlier version.
    Gone(String),
    /// Only in the later version.
    New(String),
}

/// What an author changed in the words both had seen; `None` where the field does not hold words, or marks would only
/// disturb.
pub fn marked(kind: &Kind, path: &FieldPath, before: &Value, value: &Value) -> Option<Vec<Piece>> {
    let holds_words = schema::shape(kind, path).is_some_and(|shape| shape == Shape::Text || shape.is_line());
    let (before, value) = (before.as_str()?, value.as_str()?);
    if holds_words { differences(before, value) } else { None }
}

/// How `after` comes from `before`, in the order of reading. `None` when they have so little in common that marking the
/// differences would only disturb; then the text is best shown as it is.
pub fn differences(before: &str, after: &str) -> Option<Vec<Piece>> {
    let mut comparison = Comparison::default();
    let (old, new): (Vec<&str>, Vec<&str>) = (
        before.split_inclusive('\n').collect(),
        after.split_inclusive('\n').collect(),
    );
    if before == after || old.len() + new.len() > MOST_LINES {
        return None;
    }
    for operation in capture_diff_slices(Algorithm::Myers, &old, &new) {
        let (tag, was, is) = operation.as_tag_tuple();
        let (was, is) = (old[was].concat(), new[is].concat());
        match tag {
            DiffTag::Equal => comparison.same(&was),
            DiffTag::Delete => comparison.changed(&was, ""),
            DiffTag::Insert => comparison.changed("", &is),
            DiffTag::Replace => comparison.within(&was, &is),
        }
    }
    let pieces = comparison.pieces();
    let same = pieces.iter().filter_map(|piece| match piece {
        Piece::Same(text) => Some(text.chars().count()),
        Piece::Gone(_) | Piece::New(_) => None,
    });
    let same: usize = same.sum();
    let shorter = before.chars().count().min(after.chars().count());
    (same > 0 && same * 3 >= shorter).then_some(pieces)
}

/// Words of letters and digits; every other character by itself.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut start = 0;
    let mut in_word = false;
    for (at, character) in text.char_indices() {
        let joins = character.is_alphanumeric() && !is_ideograph(character);
        if at > start && !(joins && in_word) {
            words.push(&text[start..at]);
            start = at;
        }
        in_word = joins;
    }
    if start < text.len() {
        words.push(&text[start..]);
    }
    words
}

fn is_ideograph(character: char) -> bool {
    matches!(character, '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Stretches of what is the same and what was changed, in turn.
#[derive(Default)]
struct Comparison {
    /// Same text, then what was and what is behind it.
    stretches: Vec<(String, String, String)>,
}

impl Comparison {
    fn last(&mut self) -> &mut (String, String, String) {
        if self.stretches.is_empty() {
            self.stretches.push(Default::default());
        }
        let last = self.stretches.len() - 1;
        &mut self.stretches[last]
    }

    fn same(&mut self, text: &str) {
        let (_, was, is) = self.last();
        if was.is_empty() && is.is_empty() {
            self.last().0.push_str(text);
        } else {
            self.stretches.push((text.to_owned(), String::new(), String::new()));
        }
    }

    fn changed(&mut self, was: &str, is: &str) {
        let last = self.last();
        last.1.push_str(was);
        last.2.push_str(is);
    }

    /// Compares two passages by words.
    fn within(&mut self, was: &str, is: &str) {
        let (old, new) = (words(was), words(is));
        if old.len() + new.len() > MOST_COMPARED {
            self.changed(was, is);
            return;
        }
        for operation in capture_diff_slices(Algorithm::Myers, &old, &new) {
            let (tag, was, is) = operation.as_tag_tuple();
            match tag {
                DiffTag::Equal => self.same(&old[was].concat()),
                DiffTag::Delete | DiffTag::Insert | DiffTag::Replace => {
                    self.changed(&old[was].concat(), &new[is].concat());
                }
            }
        }
    }

    /// The pieces. A single character that happens to be the same between two changes belongs to them: it would only
    /// tear them apart.
    fn pieces(self) -> Vec<Piece> {
        let mut calm: Vec<(String, String, String)> = Vec::new();
        for (same, was, is) in self.stretches {
            let lonely = same.chars().count() == 1 && !same.contains('\n');
            let changes = !(was.is_empty() && is.is_empty());
            match calm.last_mut() {
                Some(before) if lonely && changes => {
                    before.1.push_str(&same);
                    before.1.push_str(&was);
                    before.2.push_str(&same);
                    before.2.push_str(&is);
                }
                _ => calm.push((same, was, is)),
            }
        }
        let pieces = calm
            .into_iter()
            .flat_map(|(same, was, is)| [Piece::Same(same), Piece::Gone(was), Piece::New(is)]);
        let is_something = |piece: &Piece| match piece {
            Piece::Same(text) | Piece::Gone(text) | Piece::New(text) => !text.is_empty(),
        };
        pieces.filter(is_something).collect()
    }
}
