//! What a replica shows in the middle of things, and that a restart shows the same.

use serde_json::json;

use super::*;
use crate::sync::fixtures::{CUSTOMER, customer, mutation, path, write};
use crate::sync::record::Scope;
use crate::sync::wire::RefusalCode;

fn with(ops: Vec<Op>) -> Replica {
    let mut replica = Replica::default();
    replica.apply(LogEntry(ops));
    replica
}

fn phone(replica: &Replica) -> Option<&str> {
    replica.get(CUSTOMER).and_then(|record| record.text("phone"))
}

fn restart(replica: &mut Replica) -> Replica {
    let checkpoint = replica.checkpoint().unwrap_or_else(|error| unreachable!("{error}"));
    replica.checkpointed();
    let mut restore = Restore::default();
    restore
        .head(&checkpoint.head)
        .unwrap_or_else(|error| unreachable!("{error}"));
    for (number, page) in checkpoint.pages {
        let Some(page) = page else { continue };
        restore
            .page(number, &page)
            .unwrap_or_else(|error| unreachable!("{error}"));
    }
    restore.finish([])
}

#[test]
fn own_work_is_shown_until_it_is_acknowledged_and_after() {
    let edit = mutation(1, 10, 1, write(&[("phone", json!("1"), json!("2"))]));
    let mut replica = with(vec![
        Op::Put(customer(&[("phone", json!("1"))])),
        Op::Enqueue(edit.clone()),
    ]);
    assert_eq!(phone(&replica), Some("2"));
    assert_eq!(replica.outbox().len(), 1);
    assert_eq!(
        replica.history(CUSTOMER).first().map(|entry| entry.stamp.version),
        Some(Version::NONE)
    );

    replica.apply(LogEntry(vec![Op::Acknowledge {
        id: edit.id,
        version: Version(5),
        clean: true,
        at: Timestamp::default(),
    }]));
    assert_eq!(phone(&replica), Some("2"));
    assert_eq!(replica.outbox(), []);
    assert_eq!(replica.base(CUSTOMER).map(|record| record.version), Some(Version(5)));
    assert_eq!(
        replica.history(CUSTOMER).first().map(|entry| entry.stamp.version),
        Some(Version(5))
    );
}

#[test]
fn refused_work_is_no_longer_shown_as_if_it_stood_but_is_kept() {
    let edit = mutation(1, 10, 1, write(&[("phone", json!("1"), json!("2"))]));
    let mut replica = with(vec![
        Op::Put(customer(&[("phone", json!("1"))])),
        Op::Enqueue(edit.clone()),
    ]);
    let refusal = Refusal::whole(RefusalCode::NotPermitted);
    replica.apply(LogEntry(vec![Op::Refuse {
        id: edit.id,
        refusal: refusal.clone(),
    }]));
    assert_eq!(phone(&replica), Some("1"));
    assert_eq!(
        replica
            .refused()
            .iter()
            .map(|refused| &refused.refusal)
            .collect::<Vec<_>>(),
        [&refusal]
    );
    replica.apply(LogEntry(vec![Op::Discard(edit.id)]));
    assert_eq!(replica.refused(), []);
}

#[test]
fn refused_work_says_whose_it_was_after_the_customer_has_gone() {
    let edit = mutation(1, 10, 1, write(&[("phone", json!("1"), json!("2"))]));
    let mut replica = with(vec![
        Op::Put(customer(&[("name", json!("Lantern Works"))])),
        Op::Enqueue(edit.clone()),
        Op::Evict(CUSTOMER),
        Op::Refuse {
            id: edit.id,
            refusal: Refusal::whole(RefusalCode::NotVisible),
        },
    ]);
    assert_eq!(replica.get(CUSTOMER), None);
    let name = |replica: &Replica| {
        replica
            .refused()
            .first()
            .and_then(|refused| refused.customer_name.clone())
    };
    assert_eq!(name(&replica).as_deref(), Some("Lantern Works"));
    assert_eq!(name(&restart(&mut replica)).as_deref(), Some("Lantern Works"));
}

#[test]
fn a_customer_goes_only_after_the_work_on_it_has_gone_up() {
    let edit = mutation(1, 10, 1, write(&[("phone", json!("1"), json!("2"))]));
    let mut replica = with(vec![
        Op::Put(customer(&[("phone", json!("1"))])),
        Op::Enqueue(edit.clone()),
        Op::Evict(CUSTOMER),
    ]);
    assert_eq!(phone(&replica), Some("2"));
    replica.apply(LogEntry(vec![Op::Acknowledge {
        id: edit.id,
        version: Version(5),
        clean: true,
        at: Timestamp::default(),
    }]));
    assert_eq!(phone(&replica), None);
    assert!(replica.is_empty());
    let restored = restart(&mut replica);
    assert!(restored.is_empty());
}

#[test]
fn a_rebuild_drops_what_the_server_does_not_send_again() {
    let mut other = customer(&[("phone", json!("9"))]);
    other.id = RecordId::from_u128(2);
    other.scope = Scope::Customer(other.id);
    let mut replica = with(vec![Op::Put(customer(&[("phone", json!("1"))])), Op::Put(other)]);
    let progress = |complete| Op::Progress {
        cursor: Cursor("c".to_owned()),
        clock_offset: 0,
        at: Timestamp::default(),
        complete,
    };
    replica.apply(LogEntry(vec![Op::BeginRebuild, progress(false)]));
    let mut replica = restart(&mut replica);
    assert_eq!(replica.len(), 2);
    replica.apply(LogEntry(vec![
        Op::Put(customer(&[("phone", json!("1"))])),
        progress(true),
    ]));
    assert_eq!(replica.len(), 1);
}

#[test]
fn a_restart_shows_the_same() {
    let edit = mutation(
        1,
        10,
        1,
        write(&[
            ("phone", json!("1"), json!("2")),
            ("tags.vip", Value::Null, json!(true)),
        ]),
    );
    let many = (10..700).map(|number| {
        let mut record = customer(&[("name", json!(format!("客户{number}")))]);
        record.id = RecordId::from_u128(number);
        record.scope = Scope::Customer(record.id);
        Op::Put(record)
    });
    let mut ops = vec![Op::Put(customer(&[("phone", json!("1"))])), Op::Enqueue(edit)];
    ops.extend(many);
    ops.push(Op::PutDraft {
        key: "note".to_owned(),
        value: json!({"text": "未写完"}),
    });
    let mut replica = with(ops);
    let restored = restart(&mut replica);
    assert_eq!(phone(&restored), Some("2"));
    assert_eq!(restored.outbox(), replica.outbox());
    assert_eq!(restored.draft("note"), Some(&json!({"text": "未写完"})));
    assert!(restored.iter(&Kind::Customer).eq(replica.iter(&Kind::Customer)));
    assert_eq!(
        restored
            .get(CUSTOMER)
            .and_then(|record| record.get(path("tags.vip").as_str())),
        Some(&json!(true))
    );
}

#[test]
fn a_record_of_an_unknown_kind_survives() {
    let mut future = serde_json::to_value(customer(&[])).unwrap_or_default();
    future["kind"] = json!("hologram");
    future["projector"] = json!({"lumen": 900});
    let record: Record = serde_json::from_value(future.clone()).unwrap_or_else(|error| unreachable!("{error}"));
    let mut replica = with(vec![Op::Put(record)]);
    let restored = restart(&mut replica);
    let held = restored.iter(&Kind::Other("hologram".to_owned())).next();
    assert_eq!(
        held.map(|record| serde_json::to_value(record).unwrap_or_default()),
        Some(future)
    );
}

#[test]
fn what_a_newer_program_stored_is_left_alone_or_kept() {
    #[derive(Debug, PartialEq)]
    enum Found {
        Read,
        Damaged,
        TooNew,
    }
    let found = |result: Result<(), RestoreError>| match result {
        Ok(()) => Found::Read,
        Err(RestoreError::Damaged(_)) => Found::Damaged,
        Err(RestoreError::TooNew(_)) => Found::TooNew,
    };
    let log = |text: &str| found(LogEntry::read(text.as_bytes()).map(drop));
    assert_eq!(log(r#"["reoffer"]"#), Found::Read);
    assert_eq!(log(r#"["reoffer", { "teleport": { "to": "Pudong" } }]"#), Found::TooNew);
    assert_eq!(log(r#"{ "format": 2, "steps": [] }"#), Found::TooNew);
    assert_eq!(log(r#"["reoffer""#), Found::Damaged);
    let page = |text: &str| found(Restore::default().page(PageNumber(0), text.as_bytes()));
    assert_eq!(page(r#"{ "records": [] }"#), Found::Read);
    assert_eq!(page(r#"{ "records": [{ "id": 7 }] }"#), Found::TooNew);
    let head = |text: &str| found(Restore::default().head(text.as_bytes()));
    assert_eq!(head(r#"{ "profile": { "rank": "general" } }"#), Found::TooNew);
    assert_eq!(head("not a head"), Found::Damaged);

    let mut restore = Restore::default();
    assert!(restore.head(br#"{ "last_device_seq": 7, "hobbies": ["go"] }"#).is_ok());
    let again = restart(&mut restore.finish([]));
    let kept = again.checkpoint().map(|checkpoint| checkpoint.head).unwrap_or_default();
    let kept: Value = serde_json::from_slice(&kept).unwrap_or_default();
    assert_eq!(
        (&kept["last_device_seq"], &kept["hobbies"]),
        (&json!(7), &json!(["go"]))
    );
}
