//! Amounts, counts and rates as the reader writes them. The digits come from `shared::money`; the units are words.

use rapport_shared::money::{self, Scale};
use rust_decimal::Decimal;

use super::{Language, language, texts};

/// A count, grouped by thousands.
pub fn count(number: usize) -> String {
    money::grouped(Decimal::from(number), 0)
}

/// Room on the device, in megabytes.
pub fn megabytes(bytes: u64) -> String {
    let tenths = Decimal::new(i64::try_from(bytes / 100_000).unwrap_or(i64::MAX), 1);
    texts::money::megabytes(money::grouped(tenths, u32::from(tenths < Decimal::from(10))))
}

/// A number grouped by thousands, with as many places as it has.
pub fn grouped(number: Decimal) -> String {
    money::grouped(number, number.normalize().scale())
}

/// The number alone, in the unit the head of a column names (`money.unit`): 万元 with two places in Chinese,
/// yuan without places in English.
pub fn in_unit(amount: Decimal) -> String {
    if language() == Language::English {
        money::grouped(amount, 0)
    } else {
        money::grouped(amount / Decimal::from(10_000), 2)
    }
}

/// An amount with its unit or currency, in running text.
pub fn amount(amount: Decimal, currency: &str) -> String {
    let plain = |value: Decimal| money::grouped(value, value.round_dp(2).normalize().scale());
    if currency != "CNY" {
        return texts::money::foreign(plain(amount), currency);
    }
    match money::scaled(amount) {
        _ if language() == Language::English => texts::money::amount(plain(amount)),
        (value, Scale::One) => texts::money::amount(plain(value)),
        (value, Scale::TenThousand) => texts::money::ten_thousand(plain(value)),
        (value, Scale::HundredMillion) => texts::money::hundred_million(plain(value)),
    }
}

/// A rate in percent, as stored.
pub fn percent(rate: &str) -> String {
    texts::money::percent(rate)
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::{amount, grouped, in_unit};
    use crate::i18n::{Language, set_language};

    #[test]
    fn groups_thousands() {
        let check = |number: Decimal, expected: &str| assert_eq!(grouped(number), expected);
        check(Decimal::from(999), "999");
        check(Decimal::new(123_456_750, 2), "1,234,567.5");
        check(Decimal::new(-12_345, 1), "-1,234.5");
    }

    #[test]
    fn names_the_unit_of_the_reader() {
        let check = |language: Language, cents: i64, text: &str, column: &str| {
            set_language(language);
            let value = Decimal::new(cents, 2);
            assert_eq!((amount(value, "CNY").as_str(), in_unit(value).as_str()), (text, column));
        };
        check(Language::SimplifiedChinese, 123_456_700, "123.46 万元", "123.46");
        check(Language::TraditionalChinese, 200_000_000, "200 萬元", "200.00");
        check(Language::SimplifiedChinese, 500_000, "5,000 元", "0.50");
        check(Language::SimplifiedChinese, 25_000_000_000, "2.5 亿元", "25,000.00");
        check(Language::English, 123_456_700, "CNY 1,234,567", "1,234,567");
    }
}
