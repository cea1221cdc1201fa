//! Which values which fields take.

use rapport_shared::record::mutation::Operation;
use rapport_shared::record::refusal::{Refusal, RefusalCode};
use rapport_shared::record::{Kind, Scope};
use rapport_shared::schema::{check, check_value, clean_line, clean_text};
use serde_json::{Value, json};

use crate::make;

#[test]
fn values() {
    #[track_caller]
    fn check(kind: Kind, path: &str, value: impl Into<Value>, valid: bool) {
        let value = value.into();
        let result = check_value(&kind, &make::path(path), &value);
        let refused = Refusal::field(RefusalCode::InvalidValue, make::path(path));
        assert_eq!(
            result,
            if valid { Ok(()) } else { Err(refused) },
            "{kind} {path} {value}"
        );
    }
    let customer = || Kind::Customer;
    check(customer(), "name", "平安银行股份有限公司", true);
    check(customer(), "name", Value::Null, true);
    check(customer(), "name", 5, false);
    check(customer(), "name", json!(["a"]), false);
    check(customer(), "name", "a\nb", false);
    check(customer(), "name", "a\u{0}b", false);
    check(customer(), "name", "a\u{2028}b", false);
    check(customer(), "name", "国".repeat(200), true);
    check(customer(), "name", "国".repeat(201), false);
    check(customer(), "name.first", "x", false);
    check(customer(), "type", "corporate", true);
    check(customer(), "type", "企业", false);
    check(customer(), "credit_code", "91350100M000100Y43", true);
    check(customer(), "credit_code", "91350100M000100Y44", false);
    check(customer(), "id_number", "11010519491231002X", true);
    check(customer(), "id_number", "110105194912310020", false);
    check(customer(), "region", "440305", true);
    check(customer(), "region", "深圳", false);
    check(customer(), "founded", "1987-12-22", true);
    check(customer(), "founded", "1987-02-30", false);
    check(customer(), "founded", "1987-12-22T00:00", false);
    check(customer(), "founded", "19871222", false);
    check(customer(), "registered_capital", "19405918198.00", true);
    check(customer(), "registered_capital", "-0.5", true);
    check(customer(), "registered_capital", "1,000", false);
    check(customer(), "registered_capital", "1e9", false);
    check(customer(), "registered_capital", "+1", false);
    check(customer(), "registered_capital", ".5", false);
    check(customer(), "registered_capital", "1.", false);
    check(customer(), "registered_capital", "-", false);
    check(customer(), "registered_capital", 1000, false);
    check(customer(), "registered_capital", "9".repeat(39), false);
    check(customer(), "headcount", 12, true);
    check(customer(), "headcount", -1, false);
    check(customer(), "headcount", 1.5, false);
    check(customer(), "headcount", "12", false);
    check(customer(), "restricted", true, true);
    check(customer(), "restricted", "true", false);
    check(customer(), "owner", "0193e1b2-0000-7000-8000-000000000001", true);
    check(customer(), "owner", "0193E1B2-0000-7000-8000-000000000001", false);
    check(customer(), "owner", "0193e1b2000070008000000000000001", false);
    check(customer(), "owner", "王芳", false);
    check(
        customer(),
        "co_managers.0193e1b2-0000-7000-8000-000000000001",
        true,
        true,
    );
    check(customer(), "co_managers.王芳", true, false);
    check(customer(), "co_managers", json!({}), false);
    check(customer(), "tags.重点客户", true, true);
    check(customer(), "tags.重点客户", "yes", false);
    check(customer(), "tags", json!({"a": true}), false);
    check(customer(), "consent.call", false, true);
    check(customer(), "consent.pigeon", true, false);
    check(Kind::Note, "signals.brochure", true, true);
    check(Kind::Note, "signals.brochure", "yes", false);
    check(Kind::Note, "needs.money", true, false);
    check(Kind::Note, "needs", json!(["loan"]), false);
    check(customer(), "risk_rating", 5, true);
    check(customer(), "risk_rating", 6, false);
    check(customer(), "remark", "一\n二\t三", true);
    check(customer(), "remark", "bell\u{7}", false);
    check(customer(), "remark", "国".repeat(100_000), true);
    check(customer(), "remark", "国".repeat(100_001), false);
    check(customer(), "a_field_of_tomorrow", json!({"any": ["thing"]}), true);
    check(Kind::Contact, "phone.mobile", "138 0013 8000", true);
    check(Kind::Contact, "phone.pager", "1", true);
    check(Kind::Contact, "phone", "1", false);
    check(Kind::Contact, "attitude", -2, true);
    check(Kind::Contact, "attitude", 3, false);
    check(Kind::Holding, "rate", "2.75", true);
    check(Kind::Holding, "currency", "CNY", true);
    check(Kind::Holding, "currency", "YUAN", false);
    check(Kind::Note, "visited_at", 1_780_000_000_000_i64, true);
    check(Kind::Note, "visited_at", i64::MAX, false);
    check(Kind::Note, "visited_at", "2026-01-01", false);
    check(Kind::Conflict, "aside", json!(null), true);
    check(Kind::Conflict, "aside", json!("x\u{0}"), true);
    check(Kind::Person, "role", "back_office", true);
    check(Kind::Person, "role", "king", false);
    check(Kind::Setting, "anything", json!([1, 2]), true);
    check(Kind::Other("plan".to_owned()), "name", 5, true);
    let nested = |depth: usize| (0..depth).fold(json!(1), |value, _| json!([value]));
    check(Kind::Other("plan".to_owned()), "name", nested(64), true);
    check(Kind::Other("plan".to_owned()), "name", nested(65), false);
    check(
        Kind::Other("plan".to_owned()),
        "name",
        json!({ "x": nested(64) }),
        false,
    );
}

#[test]
fn required_fields() {
    #[track_caller]
    fn case(kind: Kind, fields: &[(&str, Value)], missing: Option<&str>) {
        let mutation = make::write(7, kind, Scope::Under(make::id(7)), fields);
        let expected = missing.map(|name| Refusal::field(RefusalCode::MissingField, make::path(name)));
        assert_eq!(check(&mutation, None).err(), expected, "{:?}", mutation.kind);
    }
    let name = || ("name", json!("平安"));
    case(Kind::Customer, &[name(), ("type", json!("corporate"))], None);
    case(Kind::Customer, &[name()], Some("type"));
    case(Kind::Customer, &[("type", json!("corporate"))], Some("name"));
    case(
        Kind::Customer,
        &[("name", json!(" 　")), ("type", json!("corporate"))],
        Some("name"),
    );
    for invisible in ["\u{200b}", "\u{3164}\u{2800}", "\u{feff} \u{202e}"] {
        case(Kind::Contact, &[("name", json!(invisible))], Some("name"));
    }
    case(Kind::Contact, &[("name", json!("👨\u{200d}👩\u{200d}👧"))], None);
    case(Kind::Contact, &[], Some("name"));
    case(Kind::Holding, &[], Some("product"));
    case(Kind::Visit, &[], None);
    case(Kind::Note, &[("text", Value::Null)], Some("text"));
    case(Kind::Touch, &[("text", json!("x"))], Some("channel"));
    case(Kind::Task, &[], Some("title"));
    case(Kind::Other("plan".to_owned()), &[], None);
}

#[test]
fn a_required_field_is_not_emptied_later() {
    let current = make::customer(7, &[("name", json!("平安")), ("type", json!("corporate"))]);
    let write = |fields: &[(&str, Value)]| make::write(7, Kind::Customer, current.scope, fields);
    assert_eq!(check(&write(&[("phone", json!("1"))]), Some(&current)), Ok(()));
    let emptied = check(&write(&[("name", Value::Null)]), Some(&current));
    assert_eq!(emptied.map_err(|refusal| refusal.code), Err(RefusalCode::MissingField));
    let mut delete = write(&[]);
    delete.operation = Operation::Delete;
    assert_eq!(check(&delete, Some(&current)), Ok(()));
}

#[test]
fn kind_and_scope_go_together() {
    #[track_caller]
    fn case(kind: Kind, scope: Scope, fits: bool) {
        let fields = [
            ("name", json!("x")),
            ("type", json!("corporate")),
            ("title", json!("x")),
        ];
        let mutation = make::write(7, kind, scope, &fields);
        let refused = check(&mutation, None).err().map(|refusal| refusal.code);
        let contradicts = refused == Some(RefusalCode::Contradiction);
        assert_eq!(contradicts, !fits, "{:?} {scope:?}", mutation.kind);
    }
    let (own, other) = (Scope::Under(make::id(7)), Scope::Under(make::id(8)));
    let person = Scope::User(make::user(1));
    case(Kind::Customer, own, true);
    case(Kind::Customer, other, false);
    case(Kind::Customer, Scope::Organisation, false);
    case(Kind::Note, other, true);
    case(Kind::Note, person, false);
    case(Kind::Task, other, true);
    case(Kind::Task, person, true);
    case(Kind::Task, Scope::Organisation, false);
    case(Kind::Person, Scope::Organisation, true);
    case(Kind::Setting, own, false);
    case(Kind::Other("plan".to_owned()), Scope::Organisation, true);
}

#[test]
fn a_record_keeps_its_kind_and_scope() {
    let current = make::record(9, Kind::Contact, 7, &[("name", json!("王芳"))]);
    let refused = |kind: Kind, scope: u128| {
        let mutation = make::write(9, kind, Scope::Under(make::id(scope)), &[("name", json!("x"))]);
        check(&mutation, Some(&current)).err().map(|refusal| refusal.code)
    };
    assert_eq!(refused(Kind::Contact, 7), None);
    assert_eq!(refused(Kind::Contact, 8), Some(RefusalCode::Contradiction));
    assert_eq!(refused(Kind::Visit, 7), Some(RefusalCode::Contradiction));
}

#[test]
fn naughty_strings_either_fit_or_fit_after_cleaning() {
    for text in crate::data::naughty_strings() {
        for (path, clean) in [("name", clean_line(&text)), ("remark", clean_text(&text))] {
            let path = make::path(path);
            let is_short = clean.chars().count() <= 200;
            let result = check_value(&Kind::Customer, &path, &json!(clean));
            assert_eq!(result.is_ok(), is_short || path.as_str() == "remark", "{text:?}");
            assert_eq!(clean_line(&clean_line(&text)), clean_line(&text));
        }
    }
}
