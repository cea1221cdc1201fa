//! What a replica shows in the middle of things, and that a restart shows the same.

use serde_json::json;

use super::*;
use crate::record::refusal::RefusalCode;
use crate::sync::fixtures::{CUSTOMER, customer, mutation, path, write};

mod gathered;

fn with(ops: Vec<Op>) -> Replica {
    let mut replica = Replica::default();
    replica.apply(LogEntry(ops));
    replica
}

fn phone(replica: &Replica) -> Option<&str> {
    replica.get(CUSTOMER).and_then(|record| record.text("phone"))
}

/// What a restart gives of a replica that was never stored before.
fn restart(replica: &mut Replica) -> Replica {
    restart_from(&mut BTreeMap::new(), replica)
}

/// What a restart gives once a checkpoint has brought these pages up to date.
fn restart_from(disk: &mut BTreeMap<PageNumber, Vec<u8>>, replica: &mut Replica) -> Replica {
    let checkpoint = replica.checkpoint(None).unwrap_or_else(|error| unreachable!("{error}"));
    replica.checkpointed();
    for (number, page) in checkpoint.pages {
        match page {
            Some(page) => disk.insert(number, page),
            None => disk.remove(&number),
        };
    }
    let mut restore = Restore::default();
    restore
        .head(&checkpoint.head)
        .unwrap_or_else(|error| unreachable!("{error}"));
    for (number, page) in disk {
        restore
            .page(*number, page)
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
    assert!(replica.outbox().is_empty());
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
    other.scope = Scope::Under(other.id);
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
        record.scope = Scope::Under(record.id);
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
    let brief = |more: &str| {
        let common = r#""common": { "device": "00000000-0000-0000-0000-000000000007", "author": "00000000-0000-0000-0000-000000000005", "at": 1 }"#;
        log(&format!(
            r#"{{ {common}, "before": [], "changes": [], "after": []{more} }}"#
        ))
    };
    assert_eq!(brief(""), Found::Read);
    assert_eq!(brief(r#", "teleported": []"#), Found::TooNew);
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
    let kept = again
        .checkpoint(None)
        .map(|checkpoint| checkpoint.head)
        .unwrap_or_default();
    let kept: Value = serde_json::from_slice(&kept).unwrap_or_default();
    assert_eq!(
        (&kept["last_device_seq"], &kept["hobbies"]),
        (&json!(7), &json!(["go"]))
    );
}

/// A note about [`CUSTOMER`] that nobody has yet.
fn new_note(number: u128) -> Mutation {
    Mutation {
        id: crate::ids::MutationId::from_u128(number),
        record: RecordId::from_u128(number),
        kind: Kind::Note,
        ..mutation(1, 10, 0, write(&[("text", Value::Null, json!("谈了贷款"))]))
    }
}

/// Everything a device may show or keep about [`CUSTOMER`].
fn traces(replica: &Replica) -> usize {
    let shown: usize = Kind::KNOWN.iter().map(|kind| replica.iter(kind).count()).sum();
    shown + replica.of_customer(CUSTOMER).count() + replica.len()
}

#[test]
fn work_on_what_is_read_online_waits_unshown_and_only_it_is_held_to_be_offered_again() {
    let progress = Op::Progress {
        cursor: Cursor("c".to_owned()),
        clock_offset: 0,
        at: Timestamp::default(),
        complete: true,
    };
    for (work, clean) in [
        (mutation(1, 10, 7, write(&[("phone", json!("1"), json!("2"))])), false),
        (mutation(1, 10, 7, Operation::Delete), false),
        (new_note(77), false),
    ] {
        let name = "Lantern Works".to_owned();
        let mut replica = with(vec![
            Op::Remember {
                customer: CUSTOMER,
                name,
            },
            Op::Enqueue(work.clone()),
        ]);
        for replica in [&replica.clone(), &restart(&mut replica)] {
            assert_eq!((traces(replica), replica.outbox().len()), (0, 1), "{work:?}");
            assert_eq!(replica.customer_name(CUSTOMER), Some("Lantern Works"));
        }
        let acknowledge = Op::Acknowledge {
            id: work.id,
            version: Version(9),
            clean,
            at: Timestamp::default(),
        };
        replica.apply(LogEntry(vec![acknowledge, progress.clone()]));
        for replica in [&replica.clone(), &restart(&mut replica)] {
            assert_eq!((traces(replica), replica.outbox().len()), (0, 0), "{work:?}");
            assert_eq!(replica.customer_name(CUSTOMER), None);
            assert!(replica.could_reoffer(work.scope), "{work:?}");
        }
    }
}

#[test]
fn work_on_what_is_read_online_is_shown_with_its_customer_once_that_is_held() {
    let edit = mutation(1, 10, 1, write(&[("phone", json!("1"), json!("2"))]));
    let mut replica = with(vec![Op::Enqueue(edit), Op::Enqueue(new_note(77))]);
    assert_eq!(replica.of_customer(CUSTOMER).count(), 0);
    replica.apply(LogEntry(vec![Op::Put(customer(&[("phone", json!("1"))]))]));
    for replica in [&replica.clone(), &restart(&mut replica)] {
        assert_eq!(phone(replica), Some("2"));
        assert_eq!(replica.of_customer(CUSTOMER).count(), 2);
    }
}

#[test]
fn a_refusal_says_whose_work_it_was_however_often_it_comes() {
    let edit = mutation(1, 10, 7, write(&[("phone", json!("1"), json!("2"))]));
    let again = Mutation {
        id: crate::ids::MutationId::from_u128(99),
        ..edit.clone()
    };
    let refuse = |id| Op::Refuse {
        id,
        refusal: Refusal::whole(RefusalCode::NotVisible),
    };
    let mut replica = with(vec![
        Op::Remember {
            customer: CUSTOMER,
            name: "Lantern Works".to_owned(),
        },
        Op::Enqueue(edit.clone()),
        refuse(edit.id),
        Op::Resend {
            id: edit.id,
            mutation: again.clone(),
        },
    ]);
    assert_eq!(replica.customer_name(CUSTOMER), Some("Lantern Works"));
    replica.apply(LogEntry(vec![refuse(again.id)]));
    assert_eq!(replica.customer_name(CUSTOMER), None);
    let named = replica
        .refused()
        .first()
        .and_then(|refused| refused.customer_name.clone());
    assert_eq!(named.as_deref(), Some("Lantern Works"));
}

#[test]
fn an_unsent_customer_and_its_notes_are_shown_together_and_refused_together() {
    let create = mutation(1, 5, 0, write(&[("name", Value::Null, json!("新客户"))]));
    let note = new_note(77);
    let mut replica = with(vec![Op::Enqueue(create.clone()), Op::Enqueue(note)]);
    assert_eq!(replica.of_customer(CUSTOMER).count(), 2);
    replica.apply(LogEntry(vec![Op::Refuse {
        id: create.id,
        refusal: Refusal::whole(RefusalCode::NotPermitted),
    }]));
    assert_eq!(traces(&replica), 0, "a note of no customer");
}

#[test]
fn history_without_its_record_goes_when_all_was_received() {
    let progress = |complete| Op::Progress {
        cursor: Cursor("1".to_owned()),
        clock_offset: 0,
        at: Timestamp::default(),
        complete,
    };
    let written = mutation(1, 10, 1, write(&[("phone", json!(null), json!("1"))]));
    let merged = merge(Some(&customer(&[])), &written, Version(5));
    let entry = merged.history[0].clone();
    let check = |later: Vec<Op>, expected: usize| {
        let mut disk = BTreeMap::new();
        let mut replica = with(vec![Op::History(entry.clone()), progress(false)]);
        replica = restart_from(&mut disk, &mut replica);
        replica.apply(LogEntry(later));
        replica.apply(LogEntry(vec![progress(true)]));
        assert_eq!(replica.history(CUSTOMER).len(), expected);
        assert_eq!(restart_from(&mut disk, &mut replica).history(CUSTOMER).len(), expected);
    };
    check(vec![Op::Put(customer(&[("phone", json!("1"))]))], 1);
    // It left this user's sight between two pages.
    check(vec![Op::Evict(CUSTOMER)], 0);
}

#[test]
fn the_outbox_finds_what_it_holds_and_nothing_else() {
    let of = |number: u128, record: u128, customer: u128| Mutation {
        id: crate::ids::MutationId::from_u128(number),
        record: RecordId::from_u128(record),
        scope: Scope::Under(RecordId::from_u128(customer)),
        ..mutation(1, 10, 1, Operation::Delete)
    };
    let written = [of(5, 20, 1), of(4, 21, 2), of(3, 20, 1), of(2, 22, 1)];
    let check = |outbox: &Outbox, expected: &[&Mutation]| {
        assert!(outbox.iter().eq(expected.iter().copied()), "{outbox:?}");
        let first = outbox.first();
        assert_eq!((outbox.len(), first), (expected.len(), expected.first().copied()));
        for number in 0..30 {
            let id = RecordId::from_u128(number);
            let record = expected.iter().copied().filter(|it| it.record == id);
            assert!(outbox.of_record(id).eq(record), "{number}");
            let customer = expected.iter().copied().filter(|it| it.scope == Scope::Under(id));
            assert!(outbox.of_customer(id).eq(customer), "{number}");
        }
    };
    let [a, b, c, d] = &written;
    let mut outbox: Outbox = written.iter().cloned().collect();
    check(&outbox, &[a, b, c, d]);
    // An identity waits once.
    outbox.push(a.clone());
    assert_eq!(outbox.take(a.id).as_ref(), Some(a));
    assert_eq!(outbox.take(a.id), None);
    check(&outbox, &[b, c, d]);
    assert_eq!(outbox.take(d.id).as_ref(), Some(d));
    outbox.push(a.clone());
    check(&outbox, &[b, c, a]);
    let stored = serde_json::to_value(&outbox).unwrap_or_default();
    assert_eq!(stored, json!([b, c, a]));
    assert_eq!(serde_json::from_value::<Outbox>(stored).ok(), Some(outbox));
}

#[test]
fn only_customers_whose_records_change_are_said_to_have_changed() {
    let other = Record {
        id: RecordId::from_u128(2),
        scope: Scope::Under(RecordId::from_u128(2)),
        ..customer(&[("name", json!("别家"))])
    };
    let (edit, note) = (
        mutation(1, 10, 1, write(&[("phone", json!(null), json!("2"))])),
        new_note(77),
    );
    let mut replica = Replica::default();
    let mut check = |op: Op, expected: [bool; 2]| {
        let before = replica.revision();
        let said = format!("{op:?}");
        replica.apply(LogEntry(vec![op]));
        let since = |revision| -> BTreeSet<RecordId> { replica.changed_since(revision).unwrap_or_default() };
        let changed = [CUSTOMER, RecordId::from_u128(2)].map(|customer| since(before).contains(&customer));
        assert_eq!(changed, expected, "{said}");
        assert_eq!(since(replica.revision()), BTreeSet::new(), "{said}: not again");
    };
    let refusal = Refusal::whole(RefusalCode::Unknown);
    check(Op::Put(customer(&[("name", json!("这家"))])), [true, false]);
    check(Op::Put(other.clone()), [false, true]);
    check(Op::Enqueue(note.clone()), [true, false]);
    check(Op::RemoveDraft("note".to_owned()), [false, false]);
    check(Op::Refuse { id: note.id, refusal }, [true, false]);
    check(Op::Enqueue(edit.clone()), [true, false]);
    let acknowledge = Op::Acknowledge {
        id: edit.id,
        version: Version(5),
        clean: true,
        at: Timestamp::default(),
    };
    check(acknowledge, [true, false]);
    check(Op::Evict(other.id), [false, true]);
    check(Op::Put(other), [false, true]);
    let mut opened = restart(&mut replica);
    let before = opened.revision();
    assert_eq!(
        opened.changed_since(before),
        Some(BTreeSet::new()),
        "all was there before"
    );
    opened.apply(LogEntry(vec![Op::Enqueue(edit)]));
    assert_eq!(opened.changed_since(before), Some(BTreeSet::from([CUSTOMER])));
}
