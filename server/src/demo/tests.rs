//! What the demo promises: the same every time, within the rules, and of the size it says.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::{BTreeMap, HashSet};

use rapport_shared::access;
use rapport_shared::customers::CustomerView;
use rapport_shared::ids::MutationId;
use rapport_shared::opportunities::OpportunityView;
use rapport_shared::opportunities::board::{Alarm, alarm, lanes};
use rapport_shared::record::mutation::{Change, Mutation, Operation};
use rapport_shared::record::{Kind, Record};
use rapport_shared::schema;
use serde_json::Value;

use super::*;
use crate::store::sqlite::SqliteStore;

const DAY: Date = jiff::civil::date(2026, 11, 21);

fn of_kind(records: &[Record], kind: &Kind) -> usize {
    records.iter().filter(|record| record.kind == *kind).count()
}

#[test]
fn the_demo_is_the_same_every_time() {
    let [one, two] = [batch(DAY).unwrap(), batch(DAY).unwrap()];
    assert_eq!((one.records, one.history), (two.records, two.history));
}

#[test]
fn every_record_keeps_the_rules() {
    let records = batch(DAY).unwrap().records;
    for record in &records {
        let changes = record.fields.iter().map(|(path, to)| {
            (
                path.clone(),
                Change {
                    from: Value::Null,
                    to: to.clone(),
                },
            )
        });
        let mutation = Mutation {
            id: MutationId::from_u128(1),
            device: record.created.device,
            device_seq: 1,
            author: record.created.by,
            at: record.created.at,
            record: record.id,
            kind: record.kind.clone(),
            scope: record.scope,
            base: rapport_shared::record::Version::NONE,
            operation: Operation::Write(changes.collect()),
            unknown: BTreeMap::new(),
        };
        assert_eq!(schema::check(&mutation, None), Ok(()), "{record:?}");
    }
}

#[test]
fn it_is_a_bank_of_six_hundred_customers_with_work_around_today() {
    let batch = batch(DAY).unwrap();
    let records = &batch.records;
    assert_eq!(of_kind(records, &Kind::Customer), 600);
    let customers: Vec<&Record> = records.iter().filter(|record| record.kind == Kind::Customer).collect();
    let of_type = |name: &str| {
        customers
            .iter()
            .filter(|record| record.text("type") == Some(name))
            .count()
    };
    assert_eq!(
        [of_type("corporate"), of_type("sole_proprietor"), of_type("individual")],
        [400, 60, 140]
    );
    let codes: HashSet<&str> = customers.iter().filter_map(|record| record.text("code")).collect();
    assert_eq!(codes.len(), 600);
    let companies = customers
        .iter()
        .filter(|record| record.text("type") == Some("corporate"));
    let names: HashSet<&str> = companies.filter_map(|record| record.text("name")).collect();
    assert!(names.len() > 390, "{} names of companies", names.len());
    for kind in [
        Kind::Contact,
        Kind::Holding,
        Kind::Visit,
        Kind::Note,
        Kind::Touch,
        Kind::Task,
    ] {
        assert!(of_kind(records, &kind) > 100, "{kind}");
    }
    let due = |field: &str, days: std::ops::RangeInclusive<i64>| {
        let wanted: HashSet<String> = days
            .map(|days| DAY.saturating_add(jiff::ToSpan::days(days)).to_string())
            .collect();
        records
            .iter()
            .filter(|record| record.text(field).is_some_and(|day| wanted.contains(day)))
            .count()
    };
    assert!(due("maturity", 0..=30) > 50 && due("due", -6..=-1) > 10 && due("next_contact", 0..=7) > 20);
    assert!(!batch.history.is_empty());
}

#[test]
fn there_are_opportunities_in_every_stage_and_some_raise_an_alarm() {
    let records = batch(DAY).unwrap().records;
    let lanes = lanes(&records);
    for lane in &lanes {
        assert!(lane.cards.len() > 3, "{:?}", lane.stage);
        assert!(lane.sums["CNY"] > 1_000_000.into(), "{:?}", lane.stage);
    }
    let raised = |wanted: Alarm| {
        let opportunities = records.iter().filter_map(OpportunityView::of);
        opportunities.filter(|view| alarm(*view, DAY) == Some(wanted)).count()
    };
    assert!(raised(Alarm::Missing) > 5 && raised(Alarm::Past) > 5);
    let lost = records.iter().filter(|record| record.text("stage") == Some("lost"));
    assert!(
        lost.filter(|record| record.kind == Kind::Opportunity)
            .all(|record| record.text("lost_reason").is_some())
    );
}

#[test]
fn who_reads_wider_has_pinned_a_handful() {
    let records = batch(DAY).unwrap().records;
    let words: Words = serde_json::from_str(include_str!("words.json")).unwrap();
    let pinned = staff(&words, OrgId::from_u128(ORG)).into_iter().map(|(profile, _)| {
        let pinned = records.iter().filter(|record| {
            let customer = CustomerView::of(record);
            customer.is_some_and(|customer| customer.is_pinned_by(profile.user)) && access::holds(&profile, record)
        });
        (profile.login.clone(), pinned.count())
    });
    let expected = [
        ("rm1", 0),
        ("rm2", 0),
        ("rm3", 0),
        ("lead1", 12),
        ("office", 4),
        ("admin", 4),
    ];
    assert_eq!(
        pinned.collect::<Vec<_>>(),
        expected.map(|(login, count)| (login.to_owned(), count))
    );
}

#[tokio::test]
async fn only_an_empty_database_is_filled() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("demo.db")).await.unwrap();
    let (org, people) = fill(&store, DAY).await.unwrap();
    let logins: Vec<&str> = people.iter().map(|person| person.login.as_str()).collect();
    assert_eq!(logins, ["rm1", "rm2", "rm3", "lead1", "office", "admin"]);
    assert!(matches!(fill(&store, DAY).await, Err(DemoError::NotEmpty)));
    let people = store.read(org).await.unwrap().of_kind(&Kind::Person).await.unwrap();
    assert_eq!(people.len(), 6);
}
