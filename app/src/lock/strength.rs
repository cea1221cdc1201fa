//! How hard a passphrase is to guess, roughly: advice while one types, never a rule.

use std::collections::HashSet;

/// 0 for nothing, then 1 (easy to guess) to 4 (strong).
pub fn strength(passphrase: &str) -> u8 {
    if passphrase.is_empty() {
        return 0;
    }
    let bits = guessing_bits(passphrase);
    match bits {
        0..32 => 1,
        32..44 => 2,
        44..60 => 3,
        _ => 4,
    }
}

/// Bits of guessing work: each character counts by its kind, but little when it repeats or continues the last one.
fn guessing_bits(passphrase: &str) -> u32 {
    let mut tenths = 0;
    let mut seen = HashSet::new();
    let mut last = None;
    for character in passphrase.chars() {
        let step = last.map(|last: char| i64::from(u32::from(character)) - i64::from(u32::from(last)));
        let is_run = matches!(step, Some(-1..=1));
        let fresh = seen.insert(character);
        tenths += match character {
            _ if is_run => 5,
            _ if !fresh => 20,
            '0'..='9' => 33,
            'a'..='z' => 42,
            'A'..='Z' => 47,
            ' ' => 20,
            _ if character.is_ascii() => 55,
            _ => 100,
        };
        last = Some(character);
    }
    let only_digits = passphrase.chars().all(|character| character.is_ascii_digit());
    if only_digits {
        (tenths / 10).min(31)
    } else {
        tenths / 10
    }
}

#[cfg(test)]
mod tests {
    use super::strength;

    #[test]
    fn rates_passphrases() {
        let check = |passphrase: &str, expected: u8| assert_eq!(strength(passphrase), expected, "{passphrase}");
        check("", 0);
        check("12345678", 1);
        check("20011225", 1);
        check("aaaaaaaaaaaa", 1);
        check("abcdefgh", 1);
        check("rapport1", 1);
        check("kahn-2931", 2);
        check("春江花月", 2);
        check("lamp river 92", 3);
        check("lantern copper ninety quay", 4);
        check("河边有三棵老柳树", 4);
    }
}
