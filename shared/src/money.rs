//! Amounts as numbers and digits: reading what people type, grouping digits, scaling to 万 and 亿, totals of holdings.
//! Never says a unit in words; that is for the screen.

use std::collections::BTreeMap;

use rust_decimal::{Decimal, RoundingStrategy};

use crate::holdings::{Family, HoldingView};

/// Reads a number as people type or paste it: full-width digits, blanks and grouping commas are fine, a unit is not.
/// The result is what a decimal field stores (see `schema`); `None` for anything else.
pub fn parse(typed: &str) -> Option<Decimal> {
    let mut plain = String::with_capacity(typed.len());
    for character in typed.trim().chars() {
        match character {
            '0'..='9' | '.' | '-' => plain.push(character),
            '\u{ff10}'..='\u{ff19}' => plain.push(char::from_digit(u32::from(character) - 0xff10, 10)?),
            '．' => plain.push('.'),
            '－' | '−' => plain.push('-'),
            ',' | '，' | '_' => {}
            blank if blank.is_whitespace() => {}
            _ => return None,
        }
    }
    let number = Decimal::from_str_exact(&plain).ok()?;
    Some(if number.is_zero() { Decimal::ZERO } else { number })
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

/// What a customer has with us in one currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Deposits, wealth, funds, insurance, bonds and whatever else is not a loan.
    pub assets: Decimal,
    /// Loans.
    pub loans: Decimal,
}

/// Totals of the active holdings by currency; those without an amount are left out, and so is a sum beyond what a
/// decimal can hold.
pub fn totals<'a>(holdings: impl IntoIterator<Item = HoldingView<'a>>) -> BTreeMap<&'a str, Totals> {
    let mut totals: BTreeMap<&str, Totals> = BTreeMap::new();
    for holding in holdings.into_iter().filter(|holding| holding.is_active()) {
        let Some(amount) = holding.amount() else {
            continue;
        };
        let entry = totals.entry(holding.currency()).or_default();
        let sum = match holding.family() {
            Some(Family::Loan) => &mut entry.loans,
            _ => &mut entry.assets,
        };
        *sum = sum.checked_add(amount).unwrap_or(*sum);
    }
    totals
}
