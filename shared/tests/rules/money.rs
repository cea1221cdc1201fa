//! Reading, grouping and scaling amounts.

use rapport_shared::holdings::{HoldingView, Totals, totals};
use rapport_shared::money::{Scale, grouped, parse, scaled};
use rapport_shared::record::Kind;
use rapport_shared::schema::check_value;
use rust_decimal::Decimal;
use serde_json::json;

use crate::make;

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

#[test]
fn what_people_type() {
    #[track_caller]
    fn check(typed: &str, expected: Option<&str>) {
        let read = parse(typed).map(|number| number.to_string());
        assert_eq!(read.as_deref(), expected, "{typed}");
        if let Some(text) = read {
            let stored = check_value(&Kind::Holding, &make::path("amount"), &json!(text));
            assert_eq!(stored, Ok(()), "{typed}");
        }
    }
    check("1000", Some("1000"));
    check(" 1,234,567.80 ", Some("1234567.80"));
    check("１２，３４５．６", Some("12345.6"));
    check("-0.5", Some("-0.5"));
    check("－５", Some("-5"));
    check("-0", Some("0"));
    check("1 000", Some("1000"));
    check("", None);
    check("-", None);
    check("1-2", None);
    check("1.2.3", None);
    check("10万", Some("100000"));
    check("５０００万", Some("50000000"));
    check("1.25亿元", Some("125000000"));
    check("3千万", Some("30000000"));
    check("1億2,000萬", Some("120000000"));
    check("￥1,000.50", Some("1000.50"));
    check("-¥5", Some("-5"));
    check("人民币1000元整", Some("1000"));
    check("\u{202d}1,0000,0000\u{202c}", Some("100000000"));
    check(".5", Some("0.5"));
    check("0", Some("0"));
    check("万", None);
    check("1亿5", None);
    check("1万2亿", None);
    check("1234,56", None);
    check("1.234,56", None);
    check("12,34", None);
    check(",123", None);
    check("$1000", None);
    check("1e5", None);
    check("NaN", None);
    check("99999999999999999999999999999999", None);
}

#[test]
fn digits_are_grouped() {
    #[track_caller]
    fn check(amount: &str, places: u32, expected: &str) {
        assert_eq!(grouped(decimal(amount), places), expected, "{amount}");
    }
    check("0", 2, "0.00");
    check("1234567.805", 2, "1,234,567.81");
    check("-1234.5", 0, "-1,235");
    check("999.995", 2, "1,000.00");
    check("-0.001", 2, "0.00");
    check("123", 0, "123");
    check("1000", 3, "1,000.000");
}

#[test]
fn large_amounts_are_scaled() {
    #[track_caller]
    fn check(amount: &str, number: &str, scale: Scale) {
        assert_eq!(scaled(decimal(amount)), (decimal(number), scale));
    }
    check("9999.99", "9999.99", Scale::One);
    check("10000", "1", Scale::TenThousand);
    check("-123456", "-12.3456", Scale::TenThousand);
    check("250000000", "2.5", Scale::HundredMillion);
    check("0", "0", Scale::One);
}

#[test]
fn totals_of_holdings() {
    let holdings = [
        json!({"amount": "100.50", "family": "deposit"}),
        json!({"amount": "200", "family": "loan", "currency": "CNY"}),
        json!({"amount": "7", "family": "fund", "currency": "USD"}),
        json!({"amount": "1", "status": "closed"}),
        json!({"family": "deposit"}),
        json!({"amount": "2"}),
    ];
    let records: Vec<_> = (10..)
        .zip(&holdings)
        .map(|(number, fields)| {
            let fields: Vec<_> = fields
                .as_object()
                .unwrap()
                .iter()
                .map(|(k, v)| (k.as_str(), v.clone()))
                .collect();
            make::record(number, Kind::Holding, 7, &fields)
        })
        .collect();
    let totals = totals(records.iter().filter_map(HoldingView::of));
    let expected = |assets: &str, loans: &str| Totals {
        assets: decimal(assets),
        loans: decimal(loans),
    };
    assert_eq!(totals["CNY"], expected("102.50", "200"));
    assert_eq!(totals["USD"], expected("7", "0"));
    assert_eq!(totals.len(), 2);
}
