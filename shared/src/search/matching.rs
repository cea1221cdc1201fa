//! How one typed term meets one text: as characters, or as pinyin where every character may be typed as a full
//! reading or as its initial, and the last one unfinished. All readings of a character count. Never ranks texts.

use std::ops::Range;

use super::fold::{Cell, cell, fold, letter};
use crate::order;

/// Longest term that is looked at, in characters; what is typed beyond is ignored.
const LONGEST_TERM: usize = 63;

/// A text ready for matching: the characters that count, and a summary that rejects most terms at once.
#[derive(Clone, Debug)]
pub(super) struct Folded {
    cells: Box<[Cell]>,
    /// Bit of every character, and of the first letter of every reading; see [`bit`].
    summary: u64,
}

/// One word of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Term {
    characters: Box<[char]>,
    has_letters: bool,
    /// Bits of the characters that only match themselves: all but letters.
    exact_bits: u64,
    first_bit: u64,
}

/// How well a term met a text; better ones are smaller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    /// The text is the term.
    Whole,
    /// The text begins with the term.
    Start,
    /// The text, read as pinyin, is the term.
    PinyinWhole,
    /// The text, read as pinyin, begins with the term.
    PinyinStart,
    /// The text holds the term.
    Part,
    /// The text, read as pinyin, holds the term.
    PinyinPart,
}

/// A place where a term met a text: the cells from … to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub fit: Fit,
    pub cells: Range<usize>,
}

impl Term {
    /// The term of one typed word; `None` when nothing of it counts.
    pub fn new(word: &str) -> Option<Self> {
        let characters: Box<[char]> = word.chars().filter_map(fold).take(LONGEST_TERM).collect();
        let first = *characters.first()?;
        let exact = characters.iter().filter(|c| !c.is_ascii_lowercase());
        Some(Self {
            has_letters: characters.iter().any(char::is_ascii_lowercase),
            exact_bits: exact.fold(0, |bits, &character| bits | bit(character)),
            first_bit: bit(first),
            characters,
        })
    }

    /// The folded characters of the word.
    pub fn characters(&self) -> &[char] {
        &self.characters
    }
}

impl Folded {
    pub fn new(text: &str) -> Self {
        let cells: Box<[Cell]> = text.chars().filter_map(cell).collect();
        let mut summary = 0;
        for cell in &cells {
            summary |= bit(cell.folded) | u64::from(cell.letters);
        }
        Self { cells, summary }
    }

    /// The best place of the term, characters and pinyin.
    pub fn find(&self, term: &Term) -> Option<Place> {
        if self.lacks(term) {
            return None;
        }
        let literal = self.find_characters(term);
        let best_already = literal.as_ref().is_some_and(|place| place.fit <= Fit::Start);
        if best_already || !term.has_letters {
            return literal;
        }
        [literal, self.find_pinyin(term)]
            .into_iter()
            .flatten()
            .min_by_key(|place| place.fit)
    }

    /// The first place of the term's characters as they are.
    pub fn find_characters(&self, term: &Term) -> Option<Place> {
        if self.lacks(term) {
            return None;
        }
        let length = term.characters.len();
        let same = |window: &[Cell]| window.iter().zip(&term.characters).all(|(cell, c)| cell.folded == *c);
        let start = self.cells.windows(length).position(same)?;
        let fit = match start {
            0 if length == self.cells.len() => Fit::Whole,
            0 => Fit::Start,
            _ => Fit::Part,
        };
        Some(Place {
            fit,
            cells: start..start + length,
        })
    }

    /// Whether the text ends with the term's characters.
    pub fn ends_with(&self, term: &Term) -> bool {
        let start = self.cells.len().checked_sub(term.characters.len());
        start.is_some_and(|start| {
            self.cells[start..]
                .iter()
                .zip(&term.characters)
                .all(|(cell, c)| cell.folded == *c)
        })
    }

    fn lacks(&self, term: &Term) -> bool {
        let needed = term.exact_bits | term.first_bit;
        self.summary & needed != needed
    }

    fn find_pinyin(&self, term: &Term) -> Option<Place> {
        for start in 0..self.cells.len() {
            let Some(length) = read(&self.cells[start..], &term.characters) else {
                continue;
            };
            let cells = start..start + length;
            let fit = match start {
                0 if length == self.cells.len() => Fit::PinyinWhole,
                0 => Fit::PinyinStart,
                _ => Fit::PinyinPart,
            };
            return Some(Place { fit, cells });
        }
        None
    }
}

/// A summary bit: one for each small letter (as in [`letter`]), the digits share ten, all other characters share the rest.
fn bit(character: char) -> u64 {
    let code = u32::from(character);
    let place = match character {
        'a'..='z' => code - u32::from('a'),
        '0'..='9' => 26 + code - u32::from('0'),
        _ => 36 + code % 28,
    };
    1 << place
}

/// How many cells from the first on the typed characters use up, when all of them can be read off the cells.
///
/// Walks cell by cell and keeps the set of positions in the term that may have been reached (as bits), so that many
/// readings do not multiply into many paths.
fn read(cells: &[Cell], typed: &[char]) -> Option<usize> {
    let mut reached: u64 = 1;
    for (index, cell) in cells.iter().enumerate() {
        let mut next: u64 = 0;
        let mut positions = reached;
        while positions != 0 {
            let position = positions.trailing_zeros();
            positions &= positions - 1;
            let rest = typed.get(usize::try_from(position).unwrap_or(usize::MAX)..)?;
            match steps(*cell, rest) {
                Steps::Finished => return Some(index + 1),
                Steps::Lengths(lengths) => next |= lengths << position,
            }
        }
        if next == 0 {
            return None;
        }
        reached = next;
    }
    None
}

enum Steps {
    /// The cell uses up all that is left.
    Finished,
    /// The cell may use up so many characters, for each bit that is set.
    Lengths(u64),
}

fn steps(cell: Cell, rest: &[char]) -> Steps {
    let mut lengths = 0;
    let Some(&first) = rest.first() else {
        return Steps::Finished;
    };
    if first == cell.folded {
        if rest.len() == 1 {
            return Steps::Finished;
        }
        lengths |= 1 << 1;
    }
    if cell.letters & letter(first) == 0 {
        return Steps::Lengths(lengths);
    }
    for reading in cell.readings() {
        let common = reading.chars().zip(rest).take_while(|(a, b)| a == *b).count();
        if common == 0 {
            continue;
        }
        // Unfinished at the end of what is typed: any beginning of the reading will do.
        if common == rest.len() {
            return Steps::Finished;
        }
        lengths |= 1 << 1;
        if common >= 2 && reading.as_bytes()[1] == b'h' {
            lengths |= 1 << 2;
        }
        if common == reading.len() {
            lengths |= 1 << common;
        }
    }
    Steps::Lengths(lengths)
}

/// The byte ranges of `text` that meet the terms, in order and not touching.
pub(super) fn highlight(terms: &[Term], text: &str) -> Vec<Range<usize>> {
    let folded = Folded::new(text);
    let counted = text.char_indices().filter(|(_, character)| fold(*character).is_some());
    let bytes: Vec<Range<usize>> = counted
        .map(|(start, character)| start..start + character.len_utf8())
        .collect();
    let places = terms.iter().filter_map(|term| folded.find(term));
    let mut ranges: Vec<Range<usize>> = places
        .filter_map(|place| {
            let (first, last) = (
                bytes.get(place.cells.start)?,
                bytes.get(place.cells.end.checked_sub(1)?)?,
            );
            Some(first.start..last.end)
        })
        .collect();
    order::sort_by_key(&mut ranges, |range| range.start);
    ranges.dedup_by(|next, kept| {
        let touches = next.start <= kept.end;
        if touches {
            kept.end = kept.end.max(next.end);
        }
        touches
    });
    ranges
}
