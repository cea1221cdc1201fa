//! What is typed, taken apart: numbers, words, and the signs between them. Full-width and half-width, traditional and
//! simplified, digits and Chinese numerals come out the same. It knows no calendar.

use crate::text::half_width;

/// More is no date.
const LONGEST: usize = 64;
/// Traditional characters of the words that are read, and what they are in the simplified ones.
const SIMPLIFIED: [(char, char); 12] = [
    ('後', '后'),
    ('週', '周'),
    ('禮', '礼'),
    ('號', '号'),
    ('點', '点'),
    ('時', '时'),
    ('鐘', '钟'),
    ('個', '个'),
    ('這', '这'),
    ('兩', '两'),
    ('〇', '零'),
    ('幾', '几'),
];
/// Numerals by their value.
const NUMERALS: [char; 10] = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'];

/// A number and how many digits it was written with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Digits {
    pub(super) value: u32,
    pub(super) digits: usize,
}

/// A part of what was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// A number.
    Number(Digits),
    /// Letters.
    Word(&'a str),
    /// What stands between two numbers, before the first or after the last.
    Between(char),
}

/// What was typed, in one script: half-width, simplified, small letters, a blank for every kind of blank, nothing that
/// is not seen. `None` for what is too long to be a date.
pub(super) fn folded(typed: &str) -> Option<String> {
    let typed = typed.trim();
    if typed.len() > LONGEST * 4 {
        return None;
    }
    let seen = typed.chars().filter(|c| !is_unseen(*c)).map(|original| {
        let plain = half_width(original).to_ascii_lowercase();
        match plain {
            '–' | '—' | '−' | '‐' | '‑' => '-',
            '。' | '·' => '.',
            '、' => ',',
            '(' | ')' => ' ',
            blank if blank.is_whitespace() => ' ',
            other => SIMPLIFIED
                .into_iter()
                .find(|(traditional, _)| *traditional == other)
                .map_or(other, |(_, simplified)| simplified),
        }
    });
    Some(seen.collect::<String>().trim().to_owned())
}

/// Marks of direction and joining that come along when a date is copied.
const fn is_unseen(character: char) -> bool {
    matches!(
        character,
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'
    )
}

/// The parts of a folded text; `None` where something in it belongs to no date.
pub(super) fn tokens(folded: &str) -> Option<Vec<Token<'_>>> {
    let mut found = Vec::new();
    let mut rest = folded;
    while let Some(first) = rest.chars().next() {
        let (token, length) = match Class::of(first) {
            Class::Digit => {
                let run = run(rest, |c| Class::of(c) == Class::Digit);
                (Token::Number(digits(run)?), run.len())
            }
            Class::Numeral => {
                let run = run(rest, |c| Class::of(c) == Class::Numeral);
                (Token::Number(numerals(run)?), run.len())
            }
            Class::Latin => {
                let run = run(rest, |c| Class::of(c) == Class::Latin);
                (Token::Word(run), run.len())
            }
            Class::Character => {
                let run = before_weekday(run(rest, |c| Class::of(c) == Class::Character));
                (Token::Word(run), run.len())
            }
            Class::Sign => {
                let run = run(rest, |c| Class::of(c) == Class::Sign);
                (Token::Between(one_sign(run)?), run.len())
            }
            Class::Foreign => return None,
        };
        found.push(token);
        rest = rest.get(length..)?;
    }
    let mut said = without_signs_at_words(&found);
    said.retain(|token| !matches!(token, Token::Word("st" | "nd" | "rd" | "th" | "of" | "on" | "the")));
    Some(said)
}

#[derive(PartialEq, Eq)]
enum Class {
    Digit,
    Numeral,
    Latin,
    Character,
    Sign,
    Foreign,
}

impl Class {
    fn of(character: char) -> Self {
        match character {
            '0'..='9' => Self::Digit,
            'a'..='z' => Self::Latin,
            ' ' | '-' | '/' | '.' | ',' | ':' | '+' => Self::Sign,
            '十' | '两' => Self::Numeral,
            numeral if NUMERALS.contains(&numeral) => Self::Numeral,
            letter if letter.is_alphabetic() => Self::Character,
            _ => Self::Foreign,
        }
    }
}

fn run(text: &str, belongs: impl Fn(char) -> bool) -> &str {
    let end = text.find(|c| !belongs(c)).unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

/// `日周六` are two words: the end of a day, and its weekday.
fn before_weekday(word: &str) -> &str {
    let ends = word.strip_prefix(['日', '号']);
    match ends {
        Some(weekday) if weekday.starts_with(['周', '星', '礼']) => word.strip_suffix(weekday).unwrap_or(word),
        _ => word,
    }
}

fn digits(run: &str) -> Option<Digits> {
    (run.len() <= 8).then_some(Digits {
        value: run.parse().ok()?,
        digits: run.len(),
    })
}

/// `二〇二六`, `十二`, `三十一`.
fn numerals(run: &str) -> Option<Digits> {
    let value_of = |numeral: char| match numeral {
        '两' => Some(2),
        _ => NUMERALS
            .iter()
            .position(|known| *known == numeral)
            .and_then(|value| u32::try_from(value).ok()),
    };
    let one = |text: &str, none: u32| {
        let mut numerals = text.chars();
        match (numerals.next(), numerals.next()) {
            (None, _) => Some(none),
            (Some(numeral), None) => value_of(numeral).filter(|value| *value > 0),
            _ => None,
        }
    };
    if let Some((tens, ones)) = run.split_once('十') {
        let value = one(tens, 1)? * 10 + one(ones, 0)?;
        return Some(Digits { value, digits: 2 });
    }
    let count = run.chars().count();
    let value = run.chars().try_fold(0, |value: u32, numeral| {
        value.checked_mul(10)?.checked_add(value_of(numeral)?)
    })?;
    Some(Digits { value, digits: count })
}

/// The sign that a run of signs and blanks is; a blank where there are only blanks.
fn one_sign(run: &str) -> Option<char> {
    let mut signs = run.chars().filter(|sign| *sign != ' ');
    match (signs.next(), signs.next()) {
        (sign, None) => Some(sign.unwrap_or(' ')),
        _ => None,
    }
}

/// Signs beside a word say nothing; between two numbers they tell the parts, and one at the end is half a date.
fn without_signs_at_words<'a>(tokens: &[Token<'a>]) -> Vec<Token<'a>> {
    let is_word = |place: Option<usize>| {
        let token = place.and_then(|place| tokens.get(place));
        matches!(token, Some(Token::Word(_)))
    };
    let kept = tokens.iter().enumerate().filter(|(place, token)| {
        let inside = *place > 0 && *place + 1 < tokens.len();
        let at_word = is_word(place.checked_sub(1)) || is_word(Some(place + 1));
        !(matches!(token, Token::Between(_)) && inside && at_word)
    });
    kept.map(|(_, token)| *token).collect()
}
