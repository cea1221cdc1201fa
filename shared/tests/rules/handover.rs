//! Handing customers over: to whom, what moves, and the way back.

use std::collections::BTreeMap;

use rapport_shared::customers::CustomerView;
use rapport_shared::handover::{Introduction, candidates, co_manage, hand_over, moving_work, take_back};
use rapport_shared::ids::{DeviceId, MutationId, RecordId};
use rapport_shared::people::PersonView;
use rapport_shared::record::mutation::{Edit, Mutation};
use rapport_shared::record::profile::Role;
use rapport_shared::record::{Kind, Record, Version};
use rapport_shared::sync::merge::merge;
use serde_json::{Value, json};

use crate::make::{customer, id, noon, profile, record, text, user};

fn person(number: u128, role: &str, team: u128, branch: u128, active: bool) -> Record {
    let fields = [
        ("name", json!(format!("P{number}"))),
        ("role", json!(role)),
        ("team", text(team)),
        ("branch", text(branch)),
        ("active", json!(active)),
    ];
    record(number, Kind::Person, 1, &fields)
}

fn task(number: u128, assignee: u128, done: bool) -> Record {
    let fields = [
        ("title", json!("t")),
        ("assignee", text(assignee)),
        ("done", json!(done)),
    ];
    record(number, Kind::Task, 50, &fields)
}

/// The customer of user 1, whom user 3 helps.
fn owned() -> Record {
    let helper = format!("co_managers.{}", user(3));
    customer(
        50,
        &[
            ("owner", text(1)),
            ("team", text(10)),
            ("branch", text(100)),
            (&helper, json!(true)),
        ],
    )
}

#[test]
fn only_whom_the_reach_covers_can_take_over() {
    let people = [
        person(2, "relationship_manager", 10, 100, true),
        person(3, "relationship_manager", 11, 100, true),
        person(4, "team_lead", 12, 101, true),
        person(5, "relationship_manager", 10, 100, false),
        person(6, "back_office", 10, 100, true),
    ];
    let check = |role: Role, expected: &[u128]| {
        let found: Vec<_> = candidates(&profile(role), &people)
            .iter()
            .map(|person| person.user())
            .collect();
        let expected: Vec<_> = expected.iter().map(|number| user(*number)).collect();
        assert_eq!(found, expected, "{role:?}");
    };
    check(Role::RelationshipManager, &[]);
    check(Role::TeamLead, &[2]);
    check(Role::BackOffice, &[2, 3]);
    check(Role::Administrator, &[2, 3, 4]);
}

#[test]
fn open_tasks_of_the_owner_move() {
    let records = [task(60, 1, false), task(61, 1, true), task(62, 3, false), owned()];
    let owned = owned();
    let moving = moving_work(CustomerView(&owned), &records);
    assert_eq!(moving.iter().map(|(task, _)| task.id).collect::<Vec<_>>(), [id(60)]);
}

/// The records after the edits.
fn carried_out(records: &BTreeMap<RecordId, Record>, edits: &[Edit], version: u64) -> BTreeMap<RecordId, Record> {
    let mut records = records.clone();
    for edit in edits {
        let mutation = Mutation {
            id: MutationId::from_u128(1),
            device: DeviceId::from_u128(1),
            device_seq: 1,
            author: user(1),
            at: noon("2026-04-01"),
            record: edit.record,
            kind: edit.kind.clone(),
            scope: edit.scope,
            base: edit.base,
            operation: edit.operation.clone(),
            unknown: Default::default(),
        };
        let after = merge(records.get(&edit.record), &mutation, Version(version)).record;
        records.insert(edit.record, after);
    }
    records
}

#[test]
fn owner_tasks_and_introduction_change_hands_and_come_back() {
    let held = [owned(), task(60, 1, false), task(62, 3, false)];
    let before: BTreeMap<_, _> = held.into_iter().map(|record| (record.id, record)).collect();
    let to = person(3, "relationship_manager", 11, 101, true);
    let introduction = Introduction {
        task: id(70),
        title: "call".to_owned(),
        reason: "from P1".to_owned(),
        due: "2026-04-04".parse().unwrap(),
    };
    let edits = hand_over(
        &before[&id(50)],
        before.values(),
        PersonView::of(&to).unwrap(),
        introduction,
    );
    assert_eq!(edits.last().unwrap().record, id(50), "the customer goes last");
    let after = carried_out(&before, &edits, 9);
    let customer = CustomerView(&after[&id(50)]);
    assert_eq!(customer.owner(), Some(user(3)));
    assert_eq!(
        (after[&id(50)].get("team"), after[&id(50)].get("branch")),
        (Some(&text(11)), Some(&text(101)))
    );
    assert_eq!(customer.co_managers().count(), 0, "the new owner no longer only helps");
    assert_eq!(after[&id(60)].get("assignee"), Some(&text(3)));
    assert_eq!(after[&id(70)].get("assignee"), Some(&text(3)));
    assert_eq!(after[&id(70)].text("due"), Some("2026-04-04"));

    let back = carried_out(&after, &take_back(&edits, |id| after.get(&id)), 10);
    assert!(back[&id(70)].is_deleted());
    for (id, record) in &before {
        assert_eq!(back[id].fields, record.fields);
    }
}

#[test]
fn what_somebody_wrote_since_is_not_taken_back() {
    let before = owned();
    let edit = co_manage(&before, user(2), true);
    let records = BTreeMap::from([(before.id, before)]);
    let mut after = carried_out(&records, std::slice::from_ref(&edit), 9);
    let path = crate::make::path(&format!("co_managers.{}", user(2)));
    assert_eq!(after[&id(50)].fields.get(&path), Some(&json!(true)));
    after.get_mut(&id(50)).unwrap().fields.insert(path, Value::from(false));
    assert_eq!(take_back(&[edit], |id| after.get(&id)), []);
}
