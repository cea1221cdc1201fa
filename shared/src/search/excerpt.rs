//! One line of a longer text, cut so that what was searched for can be seen in it. Never looks at more than one text.

use std::ops::Range;

use super::Query;
use super::fold::fold;

/// How far before the first place the line may begin, in columns: a Chinese character takes two. Short, so that the
/// place is in sight on a phone as well.
const BEFORE: usize = 16;
/// How many columns follow at most; what shows the line cuts it where its room ends.
const AFTER: usize = 160;
/// Stands where something was left out.
const LEFT_OUT: char = '…';

/// A line of a longer text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Excerpt {
    /// The line; blanks and line ends are one blank each.
    pub text: String,
    /// The byte ranges to be marked, in order and not touching; all at character boundaries.
    pub marks: Vec<Range<usize>>,
}

impl Query {
    /// The line of `text` around the first place of the first word, with all places of all words marked, by characters
    /// alone. Begins with the sentence when that is near; without any place, at the beginning of the text.
    pub fn excerpt(&self, text: &str) -> Excerpt {
        let characters: Vec<char> = text.chars().collect();
        let places = self.places(&characters);
        let first = places.first().and_then(|word| word.first());
        let first = first.map_or(0, |place| place.start);
        let start = beginning(&characters, first);
        let end = ending(&characters, first);
        let mut is_marked = vec![false; characters.len()];
        for place in places.into_iter().flatten() {
            is_marked[place].fill(true);
        }
        let mut excerpt = Excerpt::default();
        if start > 0 && !ends_sentence(characters[start - 1]) {
            excerpt.text.push(LEFT_OUT);
        }
        for at in start..end {
            excerpt.add(characters[at], is_marked[at]);
        }
        if end < characters.len() {
            excerpt.text.push(LEFT_OUT);
        }
        excerpt
    }

    /// For each word all its places among the characters of a text.
    fn places(&self, characters: &[char]) -> Vec<Vec<Range<usize>>> {
        let counted = characters.iter().enumerate();
        let counted: Vec<(usize, char)> = counted.filter_map(|(at, c)| Some((at, fold(*c)?))).collect();
        let of_word = |word: &[char]| {
            let is_it = |window: &&[(usize, char)]| window.iter().map(|(_, c)| c).eq(word);
            let places = counted.windows(word.len()).filter(is_it);
            places
                .filter_map(|window| Some(window.first()?.0..window.last()?.0 + 1))
                .collect()
        };
        self.terms.iter().map(|term| of_word(term.characters())).collect()
    }
}

impl Excerpt {
    fn add(&mut self, character: char, is_marked: bool) {
        let start = self.text.len();
        match character.is_whitespace() {
            true if self.text.is_empty() || self.text.ends_with([' ', LEFT_OUT]) => return,
            true => self.text.push(' '),
            false => self.text.push(character),
        }
        let end = self.text.len();
        match self.marks.last_mut() {
            Some(last) if is_marked && last.end == start => last.end = end,
            _ if is_marked => self.marks.push(start..end),
            _ => {}
        }
    }
}

/// Where the line begins: with the sentence that `first` is in, or [`BEFORE`] columns before it, at a whole word.
fn beginning(characters: &[char], first: usize) -> usize {
    let mut start = first;
    let mut columns = 0;
    while start > 0 && !ends_sentence(characters[start - 1]) {
        columns += width(characters[start - 1]);
        if columns > BEFORE {
            return whole_word(characters, start, first);
        }
        start -= 1;
    }
    start
}

/// Moves `start` forward past the rest of a word written in letters and past signs, but never past `first`.
fn whole_word(characters: &[char], start: usize, first: usize) -> usize {
    let is_letter = |at: usize| characters[at].is_alphanumeric() && width(characters[at]) == 1;
    let mut whole = start;
    while whole < first && whole > 0 && is_letter(whole - 1) && is_letter(whole) {
        whole += 1;
    }
    // What ends the part left out is no beginning.
    while whole < first && !characters[whole].is_alphanumeric() {
        whole += 1;
    }
    whole
}

fn ending(characters: &[char], first: usize) -> usize {
    let mut columns = 0;
    let fits = |character: &&char| {
        columns += width(**character);
        columns <= AFTER
    };
    first + characters[first..].iter().take_while(fits).count()
}

/// Whether a sentence, or a line, ends with this. A dot may stand in a number.
const fn ends_sentence(character: char) -> bool {
    matches!(character, '。' | '！' | '？' | '；' | '!' | '?' | ';' | '\n')
}

/// Columns that a character takes: Chinese ones and their punctuation are twice as wide.
const fn width(character: char) -> usize {
    if character < '\u{2e80}' { 1 } else { 2 }
}
