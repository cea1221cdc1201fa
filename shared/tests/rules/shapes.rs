//! What is typed becomes a value, and the value is what was typed, for every field of every kind.

use jiff::civil::{Date, date};
use rapport_shared::record::Kind;
use rapport_shared::schema::{self, Shape, check_value, fields_of, read, show, tag_keys, tag_text};
use serde_json::{Value, json};

use crate::make;

const TODAY: Date = date(2026, 11, 30);

/// Values as they are stored, of every shape that holds one.
fn stored(shape: Shape) -> Vec<Value> {
    let id = || json!("0193e1b2-0000-7000-8000-000000000001");
    match shape {
        Shape::Line(_) | Shape::Name => vec![json!("恒源 ＡＢ"), json!("👨\u{200d}👩 Li Wei"), json!("שלום")],
        Shape::Code(_) => vec![json!("K01")],
        Shape::Phone => vec![json!("138 0013 8000"), json!("+86 0592-5551234 分机801")],
        Shape::Email => vec![json!("li.wei@example.com")],
        Shape::Web => vec![json!("https://example.com/a?b=c")],
        Shape::Text | Shape::Any => vec![json!("一\n\n  二\t三")],
        Shape::Choice(choices) => choices.names.iter().map(|name| json!(name)).collect(),
        Shape::Grade(grades) => (grades.from..=grades.to).map(Value::from).collect(),
        Shape::Integer(from, to) => vec![json!(from), json!(to)],
        Shape::Flag => vec![json!(true), json!(false)],
        Shape::Date => vec![json!("1987-12-22"), json!("2026-02-28")],
        Shape::Time => vec![json!(1_780_000_000_000_i64), json!(-5)],
        Shape::Decimal | Shape::Amount | Shape::Rate => vec![json!("0"), json!("-12345678.50"), json!("0.5")],
        Shape::Id | Shape::Person | Shape::Team | Shape::Branch => vec![id()],
        Shape::Region => vec![json!("350203")],
        Shape::CreditCode => vec![json!("91350100M000100Y43")],
        Shape::ResidentId => vec![json!("11010519491231002X")],
        Shape::Set(_) | Shape::Tags | Shape::People => vec![json!(true)],
        Shape::Each(_, inner) => stored(*inner),
    }
}

/// Shape of what is typed in the field: of an entry, where it has entries.
fn typed_in(field: Shape) -> Shape {
    let entry = match field {
        Shape::Set(choices) | Shape::Each(choices, _) => choices.names.first().copied(),
        Shape::Tags => Some("x"),
        Shape::People => Some("0193e1b2-0000-7000-8000-000000000001"),
        _ => None,
    };
    field.at(entry).unwrap_or(field)
}

#[test]
fn what_is_shown_reads_as_what_is_stored() {
    for kind in Kind::KNOWN {
        for field in fields_of(kind) {
            let shape = typed_in(field.shape);
            for value in stored(field.shape) {
                assert!(shape.accepts(&value), "{kind} {}: {value}", field.name);
                let written = show(shape, &value).written();
                assert_eq!(read(shape, &written, TODAY), value, "{kind} {}: {written}", field.name);
            }
            assert_eq!(read(shape, &show(shape, &Value::Null).written(), TODAY), Value::Null);
        }
    }
}

#[test]
fn whatever_is_typed_is_a_value_or_refused() {
    let mut typed: Vec<String> = [
        "１２００",
        "1,200人",
        "5000万",
        "2026-02-30",
        "99999-01-01",
        "\u{200b}\u{200b}",
        "👨\u{200d}👩\u{200d}👧",
        "\u{202e}evil\u{202c}",
        "שלום עולם",
        "a\u{0}\u{b}\u{85}b\u{2028}c",
        "１",
        "-",
        "NaN",
        "1e400",
        "99999999999999999999999999999999999999",
        "mailto:",
        "<>",
        "…",
    ]
    .map(str::to_owned)
    .to_vec();
    typed.push("长".repeat(500));
    typed.push("9".repeat(500));
    typed.extend(crate::data::naughty_strings());
    for kind in Kind::KNOWN {
        for field in fields_of(kind).iter().filter(|field| !field.shape.is_map()) {
            for text in &typed {
                let value = read(field.shape, text, TODAY);
                let again = read(field.shape, &show(field.shape, &value).written(), TODAY);
                assert_eq!(again, value, "{kind} {}: {text:?}", field.name);
                let fits = value.is_null() || field.shape.accepts(&value);
                let accepted = check_value(kind, &make::path(field.name), &value).is_ok();
                assert_eq!(accepted, fits, "{kind} {}: {text:?}", field.name);
            }
        }
    }
}

#[test]
fn pastes_are_read_as_they_were_meant() {
    #[track_caller]
    fn check(kind: Kind, field: &str, typed: &str, expected: impl Into<Value>) {
        let shape = schema::of_field(&kind, field).map(typed_in);
        let value = shape.map(|shape| read(shape, typed, TODAY));
        assert_eq!(value, Some(expected.into()), "{kind} {field}: {typed:?}");
    }
    let customer = || Kind::Customer;
    for (typed, expected) in [
        ("１３８００１３８０００", "13800138000"),
        ("０５９２－５５５１２３４", "0592-5551234"),
        ("0592—5551234", "0592-5551234"),
        ("\u{202d}13800138000\u{202c}", "13800138000"),
        ("138\u{a0}0013\u{a0}8000", "138 0013 8000"),
        ("138\u{200b}00138000", "13800138000"),
        ("\u{2068}+86 13800138000\u{2069}", "+86 13800138000"),
        ("0592-5551234分机801", "0592-5551234分机801"),
        ("tel:+86-592-5551234", "+86-592-5551234"),
    ] {
        check(customer(), "phone", typed, expected);
        check(Kind::Contact, "phone", typed, expected);
    }
    check(customer(), "headcount", "１２０", 120);
    check(customer(), "headcount", "1,200", 1200);
    check(customer(), "headcount", "1200人", 1200);
    check(customer(), "headcount", "1.5", "1.5");
    check(customer(), "registered_capital", "５０００００００", "50000000");
    check(customer(), "registered_capital", "5000万", "50000000");
    check(customer(), "registered_capital", "1.5亿", "150000000");
    check(customer(), "registered_capital", "many", "many");
    check(customer(), "region", "３５０２０３", "350203");
    for typed in [
        "９１３３０１１０ＭＡ０８４７５６６７",
        "\u{202d}91330110MA08475667\u{202c}",
        "91330110MA08475667\u{200b}",
        "91330110 ma08475667",
    ] {
        check(customer(), "credit_code", typed, "91330110MA08475667");
    }
    check(customer(), "email", "ａ＠ｂ．ｃｏｍ", "a@b.com");
    check(customer(), "email", "a@b.com\u{200b}", "a@b.com");
    check(customer(), "email", "mailto:a@b.com?subject=x", "a@b.com");
    check(customer(), "email", "Li Wei <a@b.com>", "a@b.com");
    check(customer(), "remark", "第一行\u{b}第二行", "第一行\n第二行");
    check(customer(), "remark", " \u{200b}\n", Value::Null);
    check(customer(), "short_name", "甲\t乙", "甲 乙");
    check(customer(), "founded", "2001年2月8日", "2001-02-08");
    check(customer(), "founded", "２００１/2/8", "2001-02-08");
    check(customer(), "founded", "2001-02-30", "2001-02-30");
    check(customer(), "tier", "a", "A");
    check(customer(), "restricted", "是", true);
    check(customer(), "restricted", "不清楚", "不清楚");
    check(Kind::Contact, "attitude", "−2", -2);
    check(Kind::Holding, "rate", "3.65％", "3.65");
}

#[test]
fn a_tag_may_hold_a_point() {
    let keys: Vec<String> = tag_keys("1.5亿授信，VIP、 \u{200b};出口").into_iter().collect();
    assert_eq!(keys, ["1．5亿授信", "VIP", "出口"]);
    let shown: Vec<_> = keys.iter().map(|key| tag_text(key)).collect();
    assert_eq!(shown, ["1.5亿授信", "VIP", "出口"]);
    for key in keys {
        let path = make::path(&format!("tags.{key}"));
        assert_eq!(check_value(&Kind::Customer, &path, &json!(true)), Ok(()));
    }
}
