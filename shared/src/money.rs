//! Amounts as numbers and digits: reading what people type, grouping digits, scaling to 万 and 亿. Never says a unit in
//! words; that is for the screen.

use rust_decimal::{Decimal, RoundingStrategy};

use crate::text;

/// How a yuan amount is marked, before or behind the number.
const YUAN: [&str; 11] = [
    "¥",
    "￥",
    "CNY",
    "RMB",
    "人民币",
    "人民幣",
    "元整",
    "元",
    "圆",
    "圓",
    "块",
];

/// Reads a number as people type or paste it: full-width digits, blanks and grouping commas, yuan, 千, 万 and 亿 are
/// fine. The result is what a decimal field stores (see `schema`); `None` for anything else: a comma that groups no
/// three or four digits may have been meant as the point.
pub fn parse(typed: &str) -> Option<Decimal> {
    let plain: String = text::clean_code(typed)
        .chars()
        .filter(|c| !matches!(c, ' ' | '_'))
        .map(|c| if matches!(c, '−' | '–') { '-' } else { c })
        .collect();
    let signed = without_yuan(&plain);
    let is_negative = signed.starts_with('-');
    let amount = in_units(without_yuan(signed.strip_prefix(['-', '+']).unwrap_or(signed)))?;
    match (amount.is_zero(), is_negative) {
        (true, _) => Some(Decimal::ZERO),
        (_, true) => Some(-amount),
        _ => Some(amount),
    }
}

fn without_yuan(mut text: &str) -> &str {
    for mark in YUAN {
        text = text.strip_prefix(mark).unwrap_or(text);
        text = text.strip_suffix(mark).unwrap_or(text);
    }
    text
}

/// `1.5亿`, `3千万`, `1亿2000万`: numbers with units, the larger first; or a number without one.
fn in_units(text: &str) -> Option<Decimal> {
    let (mut sum, mut last, mut rest) = (Decimal::ZERO, None, text);
    loop {
        let digits = rest.split(|c| unit(c).is_some()).next()?;
        let behind = &rest[digits.len()..];
        let number = plain_number(digits)?;
        let tail = behind.trim_start_matches(|c| unit(c).is_some());
        let units = behind[..behind.len() - tail.len()].chars().filter_map(unit);
        let scale = units.map(Decimal::from).try_fold(Decimal::ONE, Decimal::checked_mul)?;
        if behind.is_empty() {
            // `1亿5` is said for a hundred and fifty million, and may be meant as it is written.
            return last.is_none().then_some(number);
        }
        if last.is_some_and(|last| scale >= last) {
            return None;
        }
        sum = sum.checked_add(number.checked_mul(scale)?)?;
        if tail.is_empty() {
            return Some(sum.normalize());
        }
        (last, rest) = (Some(scale), tail);
    }
}

const fn unit(character: char) -> Option<u32> {
    match character {
        '百' => Some(100),
        '千' => Some(1_000),
        '万' | '萬' => Some(10_000),
        '亿' | '億' => Some(100_000_000),
        _ => None,
    }
}

/// Digits with a point, grouped by three or four or not at all.
fn plain_number(text: &str) -> Option<Decimal> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let lengths: Vec<usize> = groups.map(str::len).collect();
    let is_grouped = |size: usize| (1..=size).contains(&first.len()) && lengths.iter().all(|length| *length == size);
    let digits = whole.replace(',', "");
    let fits = (lengths.is_empty() || is_grouped(3) || is_grouped(4)) && all_digits(&digits) && all_digits(fraction);
    if !fits || digits.is_empty() && fraction.is_empty() || digits.len() + fraction.len() > 36 {
        return None;
    }
    let whole = if digits.is_empty() { "0" } else { &digits };
    let exact = if fraction.is_empty() {
        Decimal::from_str_exact(whole)
    } else {
        Decimal::from_str_exact(&format!("{whole}.{fraction}"))
    };
    exact.ok()
}

/// The digits with a comma after every three, rounded half up to `places` behind the point.
pub fn grouped(amount: Decimal, places: u32) -> String {
    let rounded = amount.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero);
    let text = format!("{:.*}", usize::try_from(places).unwrap_or_default(), rounded.abs());
    let (whole, fraction) = text
        .split_once('.')
        .map_or((text.as_str(), None), |(w, f)| (w, Some(f)));
    let mut grouped = String::with_capacity(text.len() + whole.len() / 3 + 1);
    if rounded.is_sign_negative() && !rounded.is_zero() {
        grouped.push('-');
    }
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if let Some(fraction) = fraction {
        grouped.push('.');
        grouped.push_str(fraction);
    }
    grouped
}

/// The unit in which a Chinese reader says a large amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scale {
    /// As it is.
    One,
    /// 万, ten thousand.
    TenThousand,
    /// 亿, a hundred million.
    HundredMillion,
}

/// The amount in the largest unit in which it is at least one.
pub fn scaled(amount: Decimal) -> (Decimal, Scale) {
    let units = [(100_000_000, Scale::HundredMillion), (10_000, Scale::TenThousand)];
    for (unit, scale) in units {
        let unit = Decimal::from(unit);
        if amount.abs() >= unit {
            return (amount / unit, scale);
        }
    }
    (amount, Scale::One)
}
