//! What characters count as the same when one searches, and how Chinese ones are read: full width = half width,
//! capital = small, traditional = simplified, accents and punctuation do not matter. Never looks at whole words.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::text;

// STRETCHES, SETS, LOW and HIGH: readings.txt, packed by the build script.
include!(concat!(env!("OUT_DIR"), "/readings.rs"));
const TRADITIONAL: &str = include_str!("traditional.txt");

/// One character that counts, ready for comparing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cell {
    /// The folded character.
    pub folded: char,
    /// Which set of readings it has: an index into [`Tables::sets`]; 0 is the empty set.
    readings: u16,
    /// A bit for every small letter that it is or that one of its readings begins with, `a` being the lowest. Most
    /// attempts to match end here, without a look at the readings.
    pub letters: u32,
}

impl Cell {
    /// The readings without tones, the usual one first; none for what is not Chinese.
    pub fn readings(self) -> &'static [&'static str] {
        TABLES.sets.get(usize::from(self.readings)).map_or(&[], |set| set)
    }
}

/// The cell of a character, or `None` when it does not count (blanks, punctuation, signs, marks).
pub(super) fn cell(original: char) -> Option<Cell> {
    let folded = fold(original)?;
    let own = TABLES.readings(original);
    let readings = if own == 0 { TABLES.readings(folded) } else { own };
    let mut cell = Cell {
        folded,
        readings,
        letters: letter(folded),
    };
    let firsts = cell.readings().iter().filter_map(|reading| reading.chars().next());
    cell.letters |= firsts.fold(0, |letters, first| letters | letter(first));
    Some(cell)
}

/// The bit of a small letter; none for any other character.
pub(super) fn letter(character: char) -> u32 {
    match character {
        'a'..='z' => 1 << (u32::from(character) - u32::from('a')),
        _ => 0,
    }
}

/// The character as it is compared, or `None` when it does not count.
pub(super) fn fold(original: char) -> Option<char> {
    let half = text::half_width(original);
    if half.is_ascii() {
        return half.is_ascii_alphanumeric().then(|| half.to_ascii_lowercase());
    }
    if let Some(&simplified) = place(half).and_then(|place| TABLES.simplified.get(place)) {
        return Some(simplified);
    }
    if !half.is_alphanumeric() {
        return None;
    }
    let small = half.to_lowercase().next().unwrap_or(half);
    Some(without_accent(small))
}

/// All characters of a text that count, folded, in UTF-16. Quicker than one by one: nearly all come from one table.
pub(super) fn fold_utf16(text: &str) -> Vec<u16> {
    let simplified = &TABLES.simplified;
    let mut folded = Vec::with_capacity(text.len() / 2);
    for character in text.chars() {
        let common = place(character).and_then(|place| simplified.get(place));
        if let Some(character) = common.copied().or_else(|| fold(character)) {
            match u16::try_from(character) {
                Ok(unit) => folded.push(unit),
                Err(_) => folded.extend_from_slice(character.encode_utf16(&mut [0; 2])),
            }
        }
    }
    folded
}

/// Small Latin letters with accents, as names of companies and pinyin with tones have them. ü is typed as v.
fn without_accent(small: char) -> char {
    match small {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' | 'ă' | 'ą' | 'ǎ' => 'a',
        'ç' | 'ć' | 'č' => 'c',
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ė' | 'ę' | 'ě' => 'e',
        'ì' | 'í' | 'î' | 'ï' | 'ī' | 'ǐ' => 'i',
        'ł' => 'l',
        'ñ' | 'ń' | 'ň' => 'n',
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ō' | 'ő' | 'ǒ' => 'o',
        'ř' => 'r',
        'ś' | 'š' => 's',
        'ù' | 'ú' | 'û' | 'ū' | 'ů' | 'ű' | 'ǔ' => 'u',
        'ü' | 'ǖ' | 'ǘ' | 'ǚ' | 'ǜ' => 'v',
        'ý' | 'ÿ' => 'y',
        'ź' | 'ż' | 'ž' => 'z',
        _ => small,
    }
}

/// First and one past the last code point of the block that nearly all Chinese text comes from.
const BLOCK: std::ops::Range<u32> = 0x4e00..0xa000;

struct Tables {
    /// Distinct sets of readings.
    sets: Vec<Box<[&'static str]>>,
    /// Index into `sets` for the characters of [`BLOCK`].
    block: Vec<u16>,
    /// The same for rare characters.
    rare: BTreeMap<char, u16>,
    /// The simplified form of the characters of [`BLOCK`], for most the character itself.
    simplified: Vec<char>,
}

static TABLES: LazyLock<Tables> = LazyLock::new(Tables::parse);

impl Tables {
    fn readings(&self, character: char) -> u16 {
        let code = u32::from(character);
        let place = code
            .checked_sub(BLOCK.start)
            .and_then(|place| usize::try_from(place).ok());
        let common = place.and_then(|place| self.block.get(place));
        common.or_else(|| self.rare.get(&character)).copied().unwrap_or(0)
    }

    fn parse() -> Self {
        let mut tables = Self {
            // The first is that of characters without readings, written as a dash.
            sets: SETS
                .split(' ')
                .map(|set| set.split(',').filter(|reading| *reading != "-").collect())
                .collect(),
            block: vec![0; BLOCK.len()],
            rare: BTreeMap::new(),
            simplified: BLOCK.filter_map(char::from_u32).collect(),
        };
        let codes = STRETCHES.iter().flat_map(|(start, length)| (*start..).take(*length));
        for (code, (low, high)) in codes.zip(LOW.iter().zip(&HIGH)) {
            if let Some(character) = char::from_u32(code) {
                tables.put(character, u16::from_le_bytes([*low, *high]));
            }
        }
        for pair in lines(TRADITIONAL).flat_map(|line| line.split(' ')) {
            let mut characters = pair.chars();
            let Some((traditional, simplified)) = characters.next().zip(characters.next()) else {
                continue;
            };
            if let Some(form) = place(traditional).and_then(|place| tables.simplified.get_mut(place)) {
                *form = simplified;
            }
        }
        tables
    }

    fn put(&mut self, character: char, set: u16) {
        if let Some(common) = place(character).and_then(|place| self.block.get_mut(place)) {
            *common = set;
        } else {
            self.rare.insert(character, set);
        }
    }
}

/// Where a character stands in [`BLOCK`]; `None`, or beyond its end, when it does not.
fn place(character: char) -> Option<usize> {
    let place = u32::from(character).checked_sub(BLOCK.start)?;
    usize::try_from(place).ok()
}

fn lines(table: &'static str) -> impl Iterator<Item = &'static str> {
    table.lines().filter(|line| !line.starts_with('#'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const READINGS: &str = include_str!("readings.txt");

    #[test]
    fn tables_are_well_formed() {
        for line in lines(READINGS).filter(|line| !line.starts_with('@')) {
            for entry in line.split(' ').filter(|entry| *entry != "-") {
                let is_reading =
                    |text: &str| (1..=6).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_lowercase());
                assert!(entry.split(',').all(is_reading), "{line}");
            }
        }
        for pair in lines(TRADITIONAL).flat_map(|line| line.split(' ')) {
            let characters: Vec<char> = pair.chars().collect();
            assert!(
                characters.len() == 2 && place(characters[0]).is_some_and(|at| at < BLOCK.len()),
                "{pair}"
            );
            // Folding once must be enough, or the two forms of a name would not meet.
            assert_eq!(fold(characters[1]), Some(characters[1]), "{pair}");
        }
    }

    #[test]
    fn packing_loses_no_reading() {
        let mut code = 0;
        for line in lines(READINGS) {
            if let Some(start) = line.strip_prefix('@') {
                code = u32::from_str_radix(start, 16).unwrap_or_default();
                continue;
            }
            for (entry, code) in line.split(' ').zip(code..) {
                let set = char::from_u32(code).map(|character| usize::from(TABLES.readings(character)));
                let packed = set.and_then(|set| TABLES.sets.get(set)).map(|set| set.join(","));
                assert_eq!(packed.as_deref(), Some(entry.trim_matches('-')), "{code:x}");
            }
            code += u32::try_from(line.split(' ').count()).unwrap_or_default();
        }
    }

    #[test]
    fn characters_stand_where_they_belong() {
        #[track_caller]
        fn check(character: char, expected: &[&str]) {
            let readings = cell(character).map(Cell::readings);
            assert_eq!(readings, Some(expected), "{character}");
        }
        check('一', &["yi"]);
        check('〇', &["ling"]);
        check('龥', &["yu"]);
        check('䶮', &["yan"]);
        check('𬭎', &["hong"]);
        check('绿', &["lv", "lu"]);
        check('銀', &["yin"]);
        check('a', &[]);
        check('一', &["yi"]);
    }
}
