//! Cells as people write them, and what becomes of each.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use serde_json::json;

use super::*;

fn reading() -> Reading {
    Reading {
        today: jiff::civil::date(2026, 11, 21),
        settings: Settings::default(),
    }
}

fn nobody() -> Directory {
    Directory::new(&[])
}

fn check(kind: &Kind, field: &str, cell: &str, expected: Result<Value, &str>) {
    let found = convert(kind, field, cell, &nobody(), &reading());
    let found = found
        .map(|entries| entries.into_values().next().unwrap_or(Value::Null))
        .map_err(|reason| reason.key);
    assert_eq!(found, expected, "{field}: {cell:?}");
}

#[test]
fn cells_of_customers_are_understood_or_refused() {
    let kind = Kind::Customer;
    for (field, cell, expected) in [
        ("name", "杭州\t恒源\n公司", Ok(json!("杭州 恒源 公司"))),
        ("name", "杭州\u{0}恒源", Err("reason.control_character")),
        ("name", "杭州\u{7}恒源", Err("reason.control_character")),
        (
            "name",
            "=HYPERLINK(\"http://x\")",
            Ok(json!("=HYPERLINK(\"http://x\")")),
        ),
        ("name", "-", Ok(Value::Null)),
        ("name", "", Ok(Value::Null)),
        ("name", "#REF!", Err("reason.cell_error")),
        ("code", "Ｋ００１", Ok(json!("K001"))),
        ("type", "对公", Ok(json!("corporate"))),
        ("type", "个体工商户", Ok(json!("sole_proprietor"))),
        ("type", "Individual", Ok(json!("individual"))),
        ("type", "外星人", Err("reason.invalid_choice")),
        ("tier", "a", Ok(json!("A"))),
        ("founded", "2001-02-28", Ok(json!("2001-02-28"))),
        ("founded", "2001/2/8", Ok(json!("2001-02-08"))),
        ("founded", "2001.02.08", Ok(json!("2001-02-08"))),
        ("founded", "2001年2月8日", Ok(json!("2001-02-08"))),
        ("founded", "２００１年２月８日", Ok(json!("2001-02-08"))),
        ("founded", "20010208", Ok(json!("2001-02-08"))),
        ("founded", "2001-02-08 00:00:00", Ok(json!("2001-02-08"))),
        ("founded", "2001-02-30", Err("reason.invalid_date")),
        ("founded", "08/02/2001", Err("reason.invalid_date")),
        ("founded", "1799-12-31", Err("reason.date_out_of_range")),
        ("founded", "1800-01-01", Ok(json!("1800-01-01"))),
        ("founded", "2126-11-21", Ok(json!("2126-11-21"))),
        ("founded", "2126-11-22", Err("reason.date_out_of_range")),
        ("phone", "０５７１-88", Ok(json!("0571-88"))),
        ("phone", "打不通", Err("reason.invalid_phone")),
        ("name", "甲\u{202e}乙", Ok(json!("甲乙"))),
        ("name", "\u{200b}", Ok(Value::Null)),
        (
            "credit_code",
            "\u{202d}91330100799655058B\u{202c}",
            Ok(json!("91330100799655058B")),
        ),
        ("founded", "soon", Err("reason.invalid_date")),
        ("founded", "明天", Err("reason.invalid_date")),
        ("founded", "12-5", Err("reason.invalid_date")),
        ("founded", "1205", Err("reason.invalid_date")),
        ("founded", "01-12-05", Err("reason.invalid_date")),
        ("registered_capital", "19,405,918,198", Ok(json!("19405918198"))),
        ("registered_capital", "¥1,000.50", Ok(json!("1000.50"))),
        ("registered_capital", "500万", Ok(json!("5000000"))),
        ("registered_capital", "1.25亿元", Ok(json!("125000000"))),
        ("registered_capital", "１２３", Ok(json!("123"))),
        ("registered_capital", "12,34", Err("reason.invalid_number")),
        ("registered_capital", "12.3.4", Err("reason.invalid_number")),
        ("registered_capital", "1e9", Err("reason.invalid_number")),
        ("headcount", "1,200", Ok(json!(1200))),
        ("headcount", "1200人", Ok(json!(1200))),
        ("headcount", "12.0", Ok(json!(12))),
        ("headcount", "12.5", Err("reason.invalid_whole_number")),
        ("headcount", "-3", Err("reason.invalid_whole_number")),
        ("restricted", "是", Ok(json!(true))),
        ("restricted", "N", Ok(json!(false))),
        ("restricted", "maybe", Err("reason.invalid_flag")),
        ("region", "330108", Ok(json!("330108"))),
        ("region", "杭州", Err("reason.invalid_region")),
        (
            "credit_code",
            " 9133 0100 7996 5505 8b ",
            Ok(json!("91330100799655058B")),
        ),
        ("credit_code", "913301007996550581", Err("reason.invalid_credit_code")),
        ("id_number", "11010519491231002x", Ok(json!("11010519491231002X"))),
        ("id_number", "110105194912310021", Err("reason.invalid_id_number")),
        (
            "english_name",
            "Ping An Bank Co., Ltd.",
            Ok(json!("Ping An Bank Co., Ltd.")),
        ),
        ("risk_rating", "6", Err("reason.invalid_whole_number")),
        ("remark", "一\r\n二", Ok(json!("一\n二"))),
        ("remark", "一\u{1b}[31m", Err("reason.control_character")),
        ("owner", "无名氏", Err("reason.unknown_person")),
        ("co_managers", "rm1", Ok(Value::Null)),
    ] {
        if field == "co_managers" {
            assert!(convert(&kind, field, cell, &nobody(), &reading()).is_ok_and(|entries| entries.len() <= 1));
            continue;
        }
        check(&kind, field, cell, expected);
    }
    check(&kind, "name", &"长".repeat(201), Err("reason.too_long"));
}

#[test]
fn cells_of_holdings_are_understood_or_refused() {
    for (field, cell, expected) in [
        ("family", "理财", Ok(json!("wealth"))),
        ("family", "古董", Err("reason.invalid_choice")),
        ("rate", "3.65%", Ok(json!("3.65"))),
        ("amount", "-100", Ok(json!("-100"))),
        ("currency", "人民币", Ok(json!("CNY"))),
        ("currency", "dollars", Err("reason.too_long")),
        ("status", "已结清", Ok(json!("closed"))),
        ("risk_level", "3", Ok(json!(3))),
    ] {
        check(&Kind::Holding, field, cell, expected);
    }
}

#[test]
fn tags_become_entries_of_a_map() {
    let entries = convert(
        &Kind::Customer,
        "tags",
        "外贸；重点维护, 老客户|1.5亿授信",
        &nobody(),
        &reading(),
    )
    .unwrap();
    let paths: Vec<&str> = entries.keys().map(FieldPath::as_str).collect();
    assert_eq!(paths, ["tags.1．5亿授信", "tags.外贸", "tags.老客户", "tags.重点维护"]);
    assert!(entries.values().all(|value| *value == json!(true)));
}

#[test]
fn no_nasty_text_is_a_panic() {
    let Some(folder) = super::super::table::tests::data("07_naughty_strings") else {
        return;
    };
    let mut texts = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let content = std::fs::read(entry.unwrap().path()).unwrap();
        for text in String::from_utf8_lossy(&content).lines() {
            for field in [
                "name",
                "type",
                "founded",
                "registered_capital",
                "headcount",
                "tags",
                "credit_code",
                "owner",
            ] {
                let _ = convert(&Kind::Customer, field, text, &nobody(), &reading());
            }
            texts += 1;
        }
    }
    assert!(texts > 400, "{texts}");
}
