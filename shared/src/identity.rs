//! Identity numbers with check digits: the unified social credit code of an organisation (GB 32100-2015) and the
//! resident identity number of a person (GB 11643-1999). Judges form only; never asks a register.

use jiff::civil::Date;

use crate::text;

/// The 31 characters of a credit code in the order of their values: digits and letters without I, O, S, V, Z.
const CREDIT_ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// GB 32100-2015, 5.2: weights of the first 17 places, powers of 3 modulo 31.
const CREDIT_WEIGHTS: [u32; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
/// GB 11643-1999, appendix A: weights of the first 17 places.
const RESIDENT_WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
/// GB 11643-1999: the check character for each remainder modulo 11.
const RESIDENT_CHECKS: &[u8; 11] = b"10X98765432";

/// What a person typed or pasted, as these numbers are stored: full-width characters made half-width, capitals, no
/// blanks, hyphens or anything nobody sees.
pub fn normalise(typed: &str) -> String {
    typed
        .chars()
        .map(text::half_width)
        .filter(|c| !c.is_whitespace() && !text::breaks_line(*c) && !text::is_invisible(*c) && *c != '-')
        .map(|c| c.to_ascii_uppercase())
        .collect()
}

/// Whether `text` is a unified social credit code in stored form (see [`normalise`]).
pub fn is_credit_code(text: &str) -> bool {
    let Some((body, check)) = text.as_bytes().split_last_chunk::<1>() else {
        return false;
    };
    let has_region = body
        .get(2..8)
        .and_then(|region| str::from_utf8(region).ok())
        .is_some_and(is_region);
    has_region && credit_code_check(body) == Some(check[0])
}

/// The check character that belongs to the first 17 characters of a credit code; `None` when they are not of the
/// alphabet or not 17.
pub fn credit_code_check(body: &[u8]) -> Option<u8> {
    if body.len() != CREDIT_WEIGHTS.len() {
        return None;
    }
    let mut sum = 0;
    for (&byte, weight) in body.iter().zip(CREDIT_WEIGHTS) {
        let value = CREDIT_ALPHABET.iter().position(|&letter| letter == byte)?;
        sum += u32::try_from(value).ok()? * weight;
    }
    let index = (31 - sum % 31) % 31;
    CREDIT_ALPHABET.get(usize::try_from(index).ok()?).copied()
}

/// Whether `text` is a resident identity number of 18 places in stored form (see [`normalise`]), with a real date of
/// birth. Numbers of residence permits (regions 81, 82, 83 and 9) are built alike and pass.
pub fn is_resident_id(text: &str) -> bool {
    resident(text).is_some()
}

/// The check character that belongs to the first 17 digits of a resident identity number; `None` when they are not
/// 17 digits.
pub fn resident_id_check(body: &[u8]) -> Option<u8> {
    if body.len() != RESIDENT_WEIGHTS.len() || !body.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let sum: u32 = body
        .iter()
        .zip(RESIDENT_WEIGHTS)
        .map(|(&byte, weight)| u32::from(byte - b'0') * weight)
        .sum();
    RESIDENT_CHECKS.get(usize::try_from(sum % 11).ok()?).copied()
}

/// What a resident identity number says about its holder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resident {
    /// The date of birth.
    pub birthday: Date,
    /// Whether it is a man: the 17th place is odd for them.
    pub is_male: bool,
}

/// Reads the date of birth and the sex out of a valid number; `None` for an invalid one.
pub fn resident(text: &str) -> Option<Resident> {
    let (body, check) = text.as_bytes().split_last_chunk::<1>()?;
    if resident_id_check(body)? != check[0] || body[0] == b'0' {
        return None;
    }
    let number = |range: std::ops::Range<usize>| text.get(range)?.parse::<i16>().ok();
    let (month, day) = (number(10..12)?, number(12..14)?);
    let birthday = Date::new(number(6..10)?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    let is_male = body[16] % 2 == 1;
    Some(Resident { birthday, is_male })
}

/// Whether `text` is the code of an administrative division: six digits, not starting with 0 (GB/T 2260).
pub fn is_region(text: &str) -> bool {
    text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0')
}
