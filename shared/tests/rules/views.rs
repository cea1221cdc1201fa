//! Views that somebody keeps: what is read is what was kept, names are judged, and what a newer version asks stays.

use rapport_shared::access::check_write;
use rapport_shared::lists::ListQuery;
use rapport_shared::lists::kept::{self, NameProblem, asks_more, labels, name_problem};
use rapport_shared::record::mutation::{Edit, Mutation};
use rapport_shared::record::profile::Role;
use rapport_shared::record::{Kind, Record, Scope, Version};
use rapport_shared::schema;
use rapport_shared::sync::merge::merge;
use rapport_shared::views::{SavedView, of_list};
use serde_json::{Value, json};

use crate::make::{id, profile, record, user, write};

fn begins() -> ListQuery {
    ListQuery::by("due")
}

fn mutation(edit: &Edit) -> Mutation {
    Mutation {
        operation: edit.operation.clone(),
        base: edit.base,
        ..write(20, edit.kind.clone(), edit.scope, &[])
    }
}

fn made(edit: &Edit, before: Option<&Record>) -> Record {
    let mutation = mutation(edit);
    assert_eq!(schema::check(&mutation, before), Ok(()), "{mutation:?}");
    merge(before, &mutation, Version(2)).record
}

fn view(number: u128, fields: &[(&str, Value)]) -> Record {
    Record {
        scope: Scope::User(user(1)),
        ..record(number, Kind::View, number, fields)
    }
}

#[test]
fn what_is_read_is_what_was_kept() {
    let check = |query: ListQuery| {
        let edit = kept::create(id(20), user(1), "task", " 本周 ", &query);
        let record = made(&edit, None);
        let view = SavedView(&record);
        assert_eq!((view.name(), view.is_of("task")), ("本周", true));
        assert_eq!(kept::read(view, &begins()), query);
        assert!(kept::change(&record, &query).is_empty(), "{query:?}");
    };
    check(begins());
    check(
        ListQuery::by("x")
            .only("done", "no")
            .only("tag", "a=b")
            .only("tag", "重点"),
    );
    let mut query = begins().only("due", "-");
    query.text = "张 三".to_owned();
    query.sort.descending = true;
    query.hidden = ["assignee".to_owned(), "of_tomorrow".to_owned()].into();
    check(query);
}

#[test]
fn a_view_follows_what_is_asked_and_is_its_owners_alone() {
    let record = made(&kept::create(id(20), user(1), "task", "a", &begins()), None);
    let other = begins().only("done", "yes");
    let record = made(&kept::change(&record, &other), Some(&record));
    let record = made(&kept::rename(&record, "b\u{202e}"), Some(&record));
    assert_eq!(
        (SavedView(&record).name(), kept::read(SavedView(&record), &begins())),
        ("b", other)
    );
    let stranger = mutation(&kept::create(id(20), user(2), "task", "a", &begins()));
    assert!(check_write(&profile(Role::Administrator), &stranger, None, None).is_err());
}

#[test]
fn names_are_judged() {
    let there = view(1, &[("list", json!("task")), ("name", json!("Ａbc"))]);
    let check = |name: &str, expected: Option<NameProblem>| {
        assert_eq!(name_problem(name, [SavedView(&there)]), expected, "{name:?}");
    };
    check("本周到期", None);
    check("", Some(NameProblem::Missing));
    check(" \u{200b}\t", Some(NameProblem::Missing));
    check(&"名".repeat(500), Some(NameProblem::TooLong(200)));
    check(&"名".repeat(200), None);
    check(" aBc ", Some(NameProblem::Taken));
}

#[test]
fn one_name_given_on_two_devices_is_told_apart() {
    let named = |number, name: &str| view(number, &[("list", json!("task")), ("name", json!(name))]);
    let all = [
        named(3, "a"),
        named(1, "a"),
        named(2, "b"),
        view(4, &[("list", json!("customer")), ("name", json!("a"))]),
    ];
    let labels = labels(&of_list(&all, "task"));
    let labels: Vec<_> = labels.iter().map(|(id, label)| (*id, label.as_str())).collect();
    assert_eq!(labels, [(id(1), "a"), (id(2), "b"), (id(3), "a (2)")]);
}

#[test]
fn what_a_newer_version_asks_stays_and_is_told() {
    let newer = view(
        1,
        &[
            ("filters", json!("mood=good\nno equals sign\ndone=no")),
            ("sort", json!("-mood")),
            ("of_tomorrow", json!(7)),
        ],
    );
    let query = kept::read(SavedView(&newer), &begins());
    assert!(asks_more(&query, &["done", "due"]));
    assert!(!asks_more(&query, &["done", "mood"]));
    let renamed = kept::rename(&newer, "x");
    let made = merge(Some(&newer), &mutation(&renamed), Version(2)).record;
    assert_eq!(made.get("of_tomorrow"), Some(&json!(7)));
    assert_eq!(kept::read(SavedView(&made), &begins()), query);
}
