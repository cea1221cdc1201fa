//! Filing afterwards: what was one's own becomes a customer's, whole, and back again.

use rapport_shared::access::check_write;
use rapport_shared::filing::{can_be_filed, file, is_for_either, take_back};
use rapport_shared::record::mutation::{Edit, Mutation};
use rapport_shared::record::profile::Role;
use rapport_shared::record::{Kind, Record, Scope, Version};
use rapport_shared::schema;
use rapport_shared::sync::merge::merge;
use serde_json::json;

use crate::make::{customer, id, profile, record, text, user, write};

fn own() -> Record {
    let fields = [("title", json!("对账")), ("due", json!("2026-12-01"))];
    Record {
        scope: Scope::User(user(1)),
        ..record(20, Kind::Task, 20, &fields)
    }
}

fn mutation(edit: &Edit) -> Mutation {
    Mutation {
        operation: edit.operation.clone(),
        base: edit.base,
        record: edit.record,
        ..write(1, edit.kind.clone(), edit.scope, &[])
    }
}

#[test]
fn only_what_is_ones_own_can_be_filed() {
    assert!(can_be_filed(&own()));
    assert!(!can_be_filed(&record(20, Kind::Task, 7, &[])), "a customer's already");
    let kinds = Kind::KNOWN.iter().filter(|kind| is_for_either(kind));
    assert_eq!(kinds.collect::<Vec<_>>(), [&Kind::Task]);
}

#[test]
fn the_whole_of_it_moves_within_the_rights_of_its_author() {
    let (own, root) = (own(), customer(7, &[("owner", text(1))]));
    let [filed, ended] = file(&own, id(21), id(7)).map(|edit| mutation(&edit));
    let author = profile(Role::RelationshipManager);
    assert_eq!(check_write(&author, &filed, None, Some(&root)), Ok(()));
    assert_eq!(schema::check(&filed, None), Ok(()));
    assert_eq!(check_write(&author, &ended, Some(&own), None), Ok(()));
    let others = customer(7, &[("owner", text(2))]);
    assert!(
        check_write(&author, &filed, None, Some(&others)).is_err(),
        "out of sight"
    );

    let now = merge(None, &filed, Version(2)).record;
    assert_eq!(
        (now.fields.clone(), now.scope),
        (own.fields.clone(), Scope::Under(id(7)))
    );
    let gone = merge(Some(&own), &ended, Version(3)).record;
    assert!(gone.deleted.is_some());

    let back: Vec<Mutation> = take_back(&own, Some(&now)).iter().map(mutation).collect();
    let [again, removed] = <[Mutation; 2]>::try_from(back).unwrap();
    let again = merge(Some(&gone), &again, Version(4)).record;
    assert_eq!((again.deleted, again.fields), (None, own.fields));
    assert!(merge(Some(&now), &removed, Version(5)).record.deleted.is_some());
}
