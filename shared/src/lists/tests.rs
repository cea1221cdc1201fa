//! Tables of cases over made-up records, and laws that hold for every kind and every field.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;

use jiff::civil::date;
use serde_json::{Value, json};

use super::*;
use crate::ids::{DeviceId, UserId};
use crate::record::{FieldPath, Scope, Stamp, Version};
use crate::schema::Field;
use crate::time::Timestamp;

const COLUMNS: &[Column] = &[
    Column::Field("title"),
    Column::Field("due"),
    Column::Field("done"),
    Column::Field("done_at"),
    Column::Field("promise"),
    Column::Field("assignee"),
    Column::Customer,
];

fn names_of(columns: &[Column]) -> Vec<&'static str> {
    columns.iter().map(|column| column.name()).collect()
}

fn record(number: u128, kind: Kind, fields: &[(&str, Value)]) -> Record {
    let path = |name: &str| FieldPath::parse(name).unwrap();
    Record {
        id: RecordId::from_u128(number),
        kind,
        scope: Scope::Under(RecordId::from_u128(900)),
        version: Version(1),
        fields: fields.iter().map(|(name, value)| (path(name), value.clone())).collect(),
        created: Stamp {
            version: Version(1),
            at: Timestamp::from_milliseconds(0),
            by: UserId::from_u128(1),
            device: DeviceId::from_u128(1),
        },
        stamps: BTreeMap::new(),
        deleted: None,
        unknown: BTreeMap::new(),
    }
}

fn name(id: RecordId) -> Option<&'static str> {
    [(900, "恒远集团"), (1, "王芳"), (2, "李强")]
        .into_iter()
        .find(|(number, _)| RecordId::from_u128(*number) == id)
        .map(|(_, name)| name)
}

/// Wednesday.
fn reader() -> Reader {
    Reader {
        today: date(2026, 11, 25),
        utc_offset_minutes: 480,
    }
}

fn tasks() -> Rows {
    let person = |number: u128| json!(RecordId::from_u128(number).to_string());
    let tasks = [
        record(
            1,
            Kind::Task,
            &[
                ("title", json!("送样册")),
                ("due", json!("2026-11-24")),
                ("assignee", person(1)),
            ],
        ),
        record(
            2,
            Kind::Task,
            &[
                ("title", json!("报价")),
                ("due", json!("2026-11-25")),
                ("assignee", person(2)),
                ("promise", json!("theirs")),
            ],
        ),
        record(
            3,
            Kind::Task,
            &[
                ("title", json!("Call back")),
                ("due", json!("2026-11-29")),
                ("promise", json!("ours")),
            ],
        ),
        // Half past seven in the morning of the 25th in China.
        record(
            4,
            Kind::Task,
            &[
                ("title", json!("阿里合同")),
                ("done", json!(true)),
                ("done_at", json!(1_795_563_000_000_i64)),
            ],
        ),
        record(
            5,
            Kind::Task,
            &[
                ("title", json!("回访")),
                ("due", json!("2026-12-01")),
                ("promise", json!("of tomorrow")),
            ],
        ),
    ];
    let columns = Columns::of(&Kind::Task, COLUMNS);
    let row = |record: &Record| (record.id, Arc::new(Row::of(record, &columns, &name)));
    tasks.iter().map(row).collect()
}

fn numbers(ids: &[RecordId]) -> Vec<u128> {
    ids.iter().map(|id| u128::from_be_bytes(*id.as_bytes())).collect()
}

fn listed(query: &ListQuery) -> Vec<u128> {
    let (rows, columns) = (tasks(), names_of(COLUMNS));
    let ordered = in_order(&rows, &columns, &query.sort);
    numbers(&shown(&ordered, &columns, query, reader()))
}

#[test]
fn lets_through_what_is_chosen_and_typed() {
    let person = |number: u128| RecordId::from_u128(number).to_string();
    let check = |query: ListQuery, expected: &[u128]| assert_eq!(listed(&query), expected, "{query:?}");
    let by_due = || ListQuery::by("due");
    let typed = |text: &str| ListQuery {
        text: text.to_owned(),
        ..by_due()
    };
    check(by_due(), &[1, 2, 3, 5, 4]);
    check(by_due().only("done", NO), &[1, 2, 3, 5]);
    check(by_due().only("done", YES), &[4]);
    for (when, expected) in [
        ("overdue", &[1][..]),
        ("today", &[2]),
        ("this_week", &[1, 2, 3]),
        ("next_week", &[5]),
        ("this_month", &[1, 2, 3]),
        ("later", &[5]),
        (NOTHING, &[4]),
        ("someday, says a newer version", &[]),
    ] {
        check(by_due().only("due", when), expected);
    }
    // Any of the values of one column, and all of the columns.
    check(by_due().only("due", "overdue").only("due", "today"), &[1, 2]);
    check(by_due().only("due", "this_week").only("promise", "ours"), &[3]);
    check(by_due().only("done_at", "today"), &[4]);
    check(by_due().only("promise", "of tomorrow"), &[5]);
    check(by_due().only("promise", NOTHING), &[1, 4]);
    check(by_due().only("assignee", &person(2)), &[2]);
    check(by_due().only("customer", &person(900)), &[1, 2, 3, 5, 4]);
    check(by_due().only("a column of tomorrow", "x"), &[1, 2, 3, 5, 4]);
    check(typed("报价"), &[2]);
    check(typed("bj"), &[2]);
    check(typed("hengyuan wangfang"), &[1]);
    check(typed("CALL"), &[3]);
    check(typed("nobody"), &[]);
    check(typed("  "), &[1, 2, 3, 5, 4]);
    check(typed("。"), &[]);
}

#[test]
fn orders_by_shape_with_nothing_last() {
    let check = |sort: &str, expected: &[u128]| {
        let query = ListQuery {
            sort: Sort::read(sort),
            ..ListQuery::by("")
        };
        assert_eq!(listed(&query), expected, "{sort}");
        assert_eq!(query.sort.to_text(), sort);
    };
    check("title", &[4, 2, 3, 5, 1]);
    check("-title", &[1, 5, 3, 2, 4]);
    check("due", &[1, 2, 3, 5, 4]);
    check("-due", &[5, 3, 2, 1, 4]);
    check("done", &[2, 3, 5, 1, 4]);
    // In the order of the choices, then what a newer version knows, then nothing.
    check("promise", &[3, 2, 5, 4, 1]);
    check("-promise", &[5, 2, 3, 4, 1]);
    // Equals, and what there is no order by, by the first column.
    check("customer", &[4, 2, 3, 5, 1]);
    check("a column of tomorrow", &[4, 2, 3, 5, 1]);
}

#[test]
fn offers_what_occurs_in_the_order_of_names() {
    let rows = tasks();
    let check = |column: &str, expected: &[&str]| {
        let place = names_of(COLUMNS).iter().position(|name| *name == column).unwrap();
        let found = occurring(rows.values(), place);
        assert_eq!(
            found.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>(),
            expected
        );
    };
    check("assignee", &["李强", "王芳"]);
    check("customer", &["恒远集团"]);
    check("due", &[]);
}

#[test]
fn goes_to_the_next_row_that_begins_so() {
    let rows = tasks();
    let shown: Vec<RecordId> = [1, 2, 3, 4, 5].map(RecordId::from_u128).into();
    let check = |from: usize, typed: &str, expected: Option<usize>| {
        assert_eq!(
            next_beginning_with(&rows, &shown, from, typed),
            expected,
            "{from} {typed}"
        );
    };
    check(0, "s", Some(0));
    check(1, "s", Some(0));
    check(0, "回", Some(4));
    check(0, "alht", Some(3));
    check(2, "call b", Some(2));
    check(0, "yb", None);
    check(9, "b", Some(1));
    check(0, "", None);
}

#[test]
fn a_day_lies_in_its_stretches_wherever_the_week_begins() {
    let check = |today: jiff::civil::Date, day: jiff::civil::Date, expected: &[When]| {
        let held: Vec<When> = When::ALL
            .iter()
            .copied()
            .filter(|when| when.holds(day, today))
            .collect();
        assert_eq!(held, expected, "{day} on {today}");
    };
    let (monday, sunday) = (date(2026, 11, 30), date(2026, 11, 29));
    check(monday, sunday, &[When::Overdue, When::ThisMonth]);
    check(monday, monday, &[When::Today, When::ThisWeek, When::ThisMonth]);
    check(sunday, monday, &[When::NextWeek, When::ThisMonth]);
    check(sunday, date(2026, 12, 7), &[When::Later]);
    check(monday, date(2026, 12, 6), &[When::ThisWeek, When::Later]);
    check(date(2026, 12, 31), date(2027, 1, 1), &[When::ThisWeek, When::Later]);
}

/// Some value that a field of this shape may hold, and at which entry of it.
fn value_of(shape: Shape) -> (Option<String>, Value) {
    let person = RecordId::from_u128(1).to_string();
    let value = match shape {
        Shape::Choice(choices) => json!(choices.names.last().unwrap()),
        Shape::Grade(grades) => json!(grades.from),
        Shape::Integer(least, _) => json!(least),
        Shape::Time => json!(1_795_563_000_000_i64),
        Shape::Date => json!("2026-11-25"),
        Shape::Decimal | Shape::Amount | Shape::Rate => json!("12.50"),
        Shape::Id | Shape::Person | Shape::Team | Shape::Branch => json!(person),
        Shape::Flag | Shape::Tags | Shape::People | Shape::Set(_) => json!(true),
        Shape::Each(_, inner) => value_of(*inner).1,
        _ => json!("万"),
    };
    let entry = match shape {
        Shape::Set(choices) | Shape::Each(choices, _) => choices.names.first().map(|name| (*name).to_owned()),
        Shape::Tags => Some("万".to_owned()),
        Shape::People => Some(person),
        _ => None,
    };
    (entry, value)
}

#[test]
fn every_field_of_every_kind_is_a_column_that_can_be_chosen_and_ordered_by() {
    for kind in Kind::KNOWN {
        for Field { name: field, shape, .. } in schema::fields_of(kind).iter().copied() {
            let column = Column::Field(field);
            let columns = Columns::of(kind, &[column]);
            let row = |number: u128, fields: &[(&str, Value)]| {
                let record = record(number, kind.clone(), fields);
                (record.id, Arc::new(Row::of(&record, &columns, &name)))
            };
            let (entry, value) = value_of(shape);
            let path = entry.map_or_else(|| field.to_owned(), |entry| format!("{field}.{entry}"));
            let rows = Rows::from([row(1, &[]), row(2, &[(&path, value)])]);
            let ordered = in_order(&rows, &[field], &Sort::by(field));
            let ids: Vec<RecordId> = ordered.iter().map(|row| row.id).collect();
            let first = if shape == Shape::Flag { [1, 2] } else { [2, 1] };
            assert_eq!(numbers(&ids), first, "{kind} {field}");
            let only = |value: &str| {
                let query = ListQuery::by(field).only(field, value);
                numbers(&shown(&ordered, &[field], &query, reader()))
            };
            let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
            let choices: Vec<String> = match column.offer(kind) {
                Offer::Names(choices) => names(choices.names),
                Offer::YesOrNo => names(&[YES]),
                Offer::Days => names(When::NAMES),
                Offer::Moments => names(Past::NAMES),
                Offer::Occurring => occurring(rows.values(), 0)
                    .into_iter()
                    .map(|(value, _)| value)
                    .collect(),
            };
            let is_number = matches!(
                shape,
                Shape::Grade(_) | Shape::Integer(..) | Shape::Decimal | Shape::Amount | Shape::Rate
            );
            assert_eq!(
                choices.iter().any(|value| only(value) == [2]),
                !is_number,
                "{kind} {field}"
            );
            assert_eq!(only(NOTHING).is_empty(), shape == Shape::Flag, "{kind} {field}");
        }
    }
}

#[test]
fn no_choice_is_called_what_stands_for_nothing() {
    for kind in Kind::KNOWN {
        for field in schema::fields_of(kind) {
            let choices = field.shape.choices().map_or(&[][..], |choices| choices.names);
            assert!(!choices.contains(&NOTHING), "{kind} {}", field.name);
            assert_ne!(field.name, Column::Customer.name(), "{kind}");
        }
    }
}

#[test]
fn a_stretch_of_rows_has_both_its_ends() {
    let id = RecordId::from_u128;
    let shown = [5, 3, 9, 1].map(id);
    let check = |from: u128, to: u128, expected: &[u128]| {
        let expected: Vec<RecordId> = expected.iter().copied().map(id).collect();
        assert_eq!(between(&shown, id(from), id(to)), expected, "{from} {to}");
    };
    check(3, 1, &[3, 9, 1]);
    check(1, 3, &[3, 9, 1]);
    check(9, 9, &[9]);
    check(7, 9, &[9]);
    check(9, 7, &[]);
}
