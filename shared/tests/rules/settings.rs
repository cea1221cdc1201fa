//! What holds of the numbers a bank sets: on which day, set by whom first, out of range, withdrawn.

use std::collections::BTreeSet;

use rapport_shared::access::may_write;
use rapport_shared::drafts::undone;
use rapport_shared::ids::RecordId;
use rapport_shared::parameters;
use rapport_shared::record::mutation::Operation;
use rapport_shared::record::profile::Role;
use rapport_shared::record::{Kind, Record, Scope};
use rapport_shared::schema;
use rapport_shared::settings::{self, Dated, Fault, Parameter, Settings, Standing, Unit, field};
use rapport_shared::today::{MATURITY_NOTICES, UPCOMING_DAYS};
use serde_json::{Value, json};

use crate::make;

/// A value of `upcoming_days`, from a day on; set in the order of the numbers.
fn value(number: u128, value: &str, from: Option<&str>) -> Record {
    let fields = [
        ("name", json!(UPCOMING_DAYS.name)),
        ("value", json!(value)),
        ("valid_from", from.map_or(Value::Null, Value::from)),
    ];
    let mut record = make::record(number, Kind::Setting, 1, &fields);
    record.scope = Scope::Organisation;
    record.created.at = record.created.at.plus(i64::try_from(number).unwrap());
    record
}

fn on(records: &[Record], day: &str) -> Settings {
    settings::of(records, day.parse().unwrap())
}

#[test]
fn every_parameter_is_whole() {
    let mut names = BTreeSet::new();
    for parameter in parameters::ALL {
        let name = parameter.name;
        assert!(names.insert(name), "{name} twice");
        assert_eq!(parameters::named(name), Some(parameter));
        assert!(parameter.from < parameter.to && parameter.most > 0, "{name}");
        let shown = Parameter::show(parameter.default);
        assert_eq!(parameter.read(&shown).as_deref(), Ok(parameter.default), "{name}");
        assert_eq!(Settings::default().numbers(parameter), parameter.default);
        let beyond = [parameter.from - 1, parameter.to + 1].map(|number| number.to_string());
        assert!(
            beyond
                .iter()
                .all(|number| parameter.read(number) == Err(Fault::OutOfRange)),
            "{name}"
        );
    }
    assert_eq!(parameters::named("of_tomorrow"), None);
}

#[test]
fn a_value_is_read_as_people_write_it() {
    let check = |text: &str, expected: Result<&[i32], Fault>| {
        assert_eq!(MATURITY_NOTICES.read(text).as_deref(), expected.as_deref(), "{text}");
    };
    check("30, 7, 1", Ok(&[30, 7, 1]));
    check(" １、３０，７ ", Ok(&[30, 7, 1]));
    check("7 7 30", Ok(&[30, 7]));
    check("", Err(Fault::NoNumber));
    check("、", Err(Fault::NoNumber));
    check("七", Err(Fault::NoNumber));
    check("7.5", Err(Fault::NoNumber));
    check("99999999999", Err(Fault::NoNumber));
    check("7, -1", Err(Fault::OutOfRange));
    check("366", Err(Fault::OutOfRange));
    check("1 2 3 4 5 6 7", Err(Fault::TooMany));
    assert_eq!(UPCOMING_DAYS.read("7 8"), Err(Fault::TooMany));
    assert_eq!(UPCOMING_DAYS.unit, Unit::Days);
}

#[test]
fn the_value_that_holds_is_the_last_that_is_valid() {
    let check = |records: &[Record], day: &str, expected: i32| {
        assert_eq!(on(records, day).number(&UPCOMING_DAYS), expected, "{day}");
        let mut turned = records.to_vec();
        turned.reverse();
        assert_eq!(on(&turned, day), on(records, day), "the order of the records is none");
    };
    check(&[], "2026-03-10", 7);
    let dated = [value(1, "14", Some("2026-03-10")), value(2, "21", Some("2026-04-01"))];
    check(&dated, "2026-03-09", 7);
    check(&dated, "2026-03-10", 14);
    check(&dated, "2026-04-01", 21);
    check(&[value(1, "14", None)], "1990-01-01", 14);
    let same_day = [value(1, "14", Some("2026-03-10")), value(2, "21", Some("2026-03-10"))];
    check(&same_day, "2026-03-10", 21);
    // A day that is none is as if it were not there.
    check(&[value(1, "14", Some("soon"))], "2026-03-10", 14);
}

#[test]
fn what_is_no_value_is_passed_over_for_the_one_before() {
    for nonsense in ["900", "-1", "week", "", "[7]"] {
        let records = [value(1, "14", None), value(2, nonsense, Some("2026-03-10"))];
        assert_eq!(on(&records, "2026-03-10").number(&UPCOMING_DAYS), 14, "{nonsense}");
        assert_eq!(on(&records[1..], "2026-03-10").number(&UPCOMING_DAYS), 7, "{nonsense}");
    }
    let mut of_another_form = value(1, "", None);
    of_another_form
        .fields
        .insert(make::path("value"), json!([1, { "days": 2 }]));
    let mut deleted = value(2, "14", None);
    deleted.deleted = Some(deleted.created);
    let mut withdrawn = value(3, "14", None);
    withdrawn.fields.insert(make::path("withdrawn"), json!(true));
    let mut nameless = value(4, "14", None);
    nameless.fields.remove("name");
    let another_kind = make::record(
        5,
        Kind::Note,
        1,
        &[("name", json!("upcoming_days")), ("value", json!("14"))],
    );
    let records = [of_another_form, deleted, withdrawn, nameless, another_kind];
    assert_eq!(on(&records, "2026-03-10").number(&UPCOMING_DAYS), 7);
}

#[test]
fn the_past_of_a_parameter_is_told_with_how_it_stands() {
    let mut withdrawn = value(3, "5", Some("2026-02-01"));
    withdrawn.fields.insert(make::path("withdrawn"), json!(true));
    let records = [
        value(1, "14", None),
        value(2, "21", Some("2026-01-01")),
        withdrawn,
        value(4, "900", Some("2026-03-01")),
        value(5, "3", Some("2026-05-01")),
    ];
    let dated = settings::dated(&UPCOMING_DAYS, &records, "2026-03-10".parse().unwrap());
    let before: Vec<i32> = dated.iter().map(|dated| dated.before[0]).collect();
    assert_eq!(before, [21, 21, 21, 14, 7]);
    let told: Vec<(&str, Standing)> = dated
        .iter()
        .map(|Dated { view, standing, .. }| (view.value(), *standing))
        .collect();
    let expected = [
        ("3", Standing::Coming),
        ("900", Standing::Ignored(Fault::OutOfRange)),
        ("5", Standing::Withdrawn),
        ("21", Standing::InForce),
        ("14", Standing::Past),
    ];
    assert_eq!(told, expected);
    assert!(settings::dated(&MATURITY_NOTICES, &records, "2026-03-10".parse().unwrap()).is_empty());
}

#[test]
fn a_value_is_set_by_a_record_the_server_takes_from_administrators_only() {
    let day = "2026-03-10".parse().unwrap();
    let id = RecordId::from_u128(9);
    let edit = settings::set(id, &MATURITY_NOTICES, "7、90、30", day, " 总行通知 \u{0}").unwrap();
    let Operation::Write(changes) = &edit.operation else {
        unreachable!("{edit:?}")
    };
    let written = |name: &str| changes.get(name).map(|change| change.to.clone());
    assert_eq!(written(field::VALUE), Some(json!("90, 30, 7")));
    assert_eq!(written(field::SOURCE), Some(json!("总行通知")));
    for (path, change) in changes {
        assert_eq!(
            schema::check_value(&Kind::Setting, path, &change.to),
            Ok(()),
            "{path:?}"
        );
    }
    assert_eq!(
        settings::set(id, &MATURITY_NOTICES, "0", day, "").err(),
        Some(Fault::OutOfRange)
    );
    for role in [Role::RelationshipManager, Role::TeamLead, Role::BackOffice] {
        assert!(!may_write(&make::profile(role), &Kind::Setting));
    }
    assert!(may_write(&make::profile(Role::Administrator), &Kind::Setting));
}

#[test]
fn a_value_whose_setting_is_undone_stays_to_be_read() {
    let saved = settings::set(
        RecordId::from_u128(1),
        &UPCOMING_DAYS,
        "14",
        "2026-03-01".parse().unwrap(),
        "",
    )
    .unwrap();
    let record = value(1, "14", Some("2026-03-01"));
    let undone = undone(&saved, &record).operation;
    assert_eq!(undone.wanted(field::WITHDRAWN), Some(&json!(true)));
}

#[test]
fn a_value_is_taken_back_and_set_again() {
    let mut record = value(1, "14", None);
    for (is_withdrawn, expected) in [(true, 7), (false, 14)] {
        let Operation::Write(changes) = settings::withdraw(&record, is_withdrawn).operation else {
            unreachable!("a write")
        };
        for (path, change) in changes {
            record.fields.insert(path, change.to);
        }
        assert_eq!(on(&[record.clone()], "2026-03-10").number(&UPCOMING_DAYS), expected);
    }
}
