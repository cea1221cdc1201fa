//! The first rows are those of the whole list, in its order, or there are none.

use std::collections::BTreeMap;

use serde_json::json;

use super::*;
use crate::ids::UserId;
use crate::record::mutation::Mutation;
use crate::record::refusal::{Refusal, RefusalCode};
use crate::record::{Scope, Stamp, Version};
use crate::search::in_order_of_names;
use crate::sync::fixtures::{customer, mutation, path, write};
use crate::sync::wire::{Cursor, HistoryEntry};

const OWNER: UserId = UserId::from_u128(500);
const CUSTOMERS: u128 = 120;
/// Mutations that wait since before the checkpoint: of a note, of a customer, and one that was refused.
const NOTE: u128 = 901;
const CARD: u128 = 902;
const REFUSED: u128 = 903;

fn record(kind: Kind, number: u128, fields: &[(&str, serde_json::Value)]) -> Record {
    let id = RecordId::from_u128(number);
    let of = if kind == Kind::Customer { number } else { 1 };
    let scope = Scope::Under(RecordId::from_u128(of));
    Record {
        id,
        kind,
        scope,
        ..customer(fields)
    }
}

fn named(number: u128, name: &str) -> Record {
    let owner = json!(OWNER.to_string());
    record(Kind::Customer, number, &[("name", json!(name)), ("owner", owner)])
}

fn change(number: u128, kind: Kind) -> Mutation {
    Mutation {
        id: MutationId::from_u128(number),
        kind,
        ..mutation(9, 1, 1, write(&[("phone", json!("1"), json!("2"))]))
    }
}

fn progress() -> Op {
    Op::Progress {
        cursor: Cursor("1".to_owned()),
        clock_offset: 0,
        at: Timestamp::from_milliseconds(1),
        complete: true,
    }
}

/// A book in which everything waits that the list shows.
fn book() -> Replica {
    const NAMES: [&str; 4] = ["上海华信", "杭州恒源", "安徽新材", "重庆川江"];
    let customers = (1..=CUSTOMERS).rev().map(|number| {
        let name = NAMES[usize::try_from(number).unwrap_or_default() % NAMES.len()];
        Op::Put(named(number, &format!("{name}{number}")))
    });
    let refuse = Op::Refuse {
        id: MutationId::from_u128(REFUSED),
        refusal: Refusal::whole(RefusalCode::NotPermitted),
    };
    let others = [
        Op::Put(record(Kind::Person, 500, &[("name", json!("陈晓东"))])),
        Op::Put(record(Kind::Conflict, 300, &[])),
        Op::Put(record(Kind::Note, 301, &[])),
        Op::Enqueue(change(NOTE, Kind::Note)),
        Op::Enqueue(change(CARD, Kind::Customer)),
        Op::Enqueue(change(REFUSED, Kind::Customer)),
        refuse,
        progress(),
    ];
    with(Replica::default(), customers.chain(others).collect())
}

fn with(mut replica: Replica, ops: Vec<Op>) -> Replica {
    replica.apply(LogEntry(ops));
    replica
}

fn first_rows(book: &Replica) -> Option<Vec<u8>> {
    let order: NameOrder = |names| in_order_of_names(names);
    let checkpoint = book
        .checkpoint(Some(order))
        .unwrap_or_else(|error| unreachable!("{error}"));
    checkpoint.first_rows
}

fn after(bytes: &[u8], log: &[LogEntry]) -> Option<FirstRows> {
    FirstRows::after(bytes, log).unwrap_or_else(|error| unreachable!("{error}"))
}

#[test]
fn the_first_rows_begin_the_list() {
    let book = book();
    let bytes = first_rows(&book).unwrap_or_default();
    let first = after(&bytes, &[]).unwrap_or_else(|| unreachable!("there are first rows"));
    assert!(first.begin(&book));
    assert_eq!((first.total, first.unsent, first.refused), (120, 2, 1));
    let all = book.iter(&Kind::Customer).filter_map(CustomerView::of);
    let all = in_order_of_names(all.map(|customer| (customer.id(), customer.name())));
    assert_eq!(first.rows, all[..ROWS]);
    assert_eq!(first.replica.iter(&Kind::Customer).count(), ROWS);
    assert_eq!(first.replica.person_name(OWNER), Some("陈晓东"));
    assert_eq!(first.replica.iter(&Kind::Conflict).count(), 1);
    assert_eq!(first.replica.iter(&Kind::Note).count(), 0);
}

#[test]
fn what_follows_in_the_log_leaves_them_or_there_are_none() {
    let acknowledge = |number| Op::Acknowledge {
        id: MutationId::from_u128(number),
        version: Version(7),
        clean: true,
        at: Timestamp::from_milliseconds(1),
    };
    let past = HistoryEntry {
        record: RecordId::from_u128(1),
        path: Some(path("phone")),
        from: json!("0"),
        to: json!("1"),
        stamp: Stamp { ..named(1, "").created },
        mutation: MutationId::from_u128(1),
        stands: true,
        unknown: BTreeMap::new(),
    };
    let draft = Op::PutDraft {
        key: "note".to_owned(),
        value: json!(1),
    };
    let refuse = Op::Refuse {
        id: MutationId::from_u128(NOTE),
        refusal: Refusal::whole(RefusalCode::NotPermitted),
    };
    let resend = Op::Resend {
        id: MutationId::from_u128(REFUSED),
        mutation: change(910, Kind::Customer),
    };
    let check = |ops: Vec<Op>, stand: bool| {
        let (before, said) = (book(), format!("{ops:?}"));
        let bytes = first_rows(&before).unwrap_or_default();
        let first = after(&bytes, &[LogEntry(ops.clone())]);
        let revision = before.list_revision();
        assert_eq!(first.is_some(), stand, "{said}");
        let book = with(before, ops);
        assert_eq!(book.list_revision() == revision, stand, "{said}");
        assert!(first.is_none_or(|first| first.begin(&book)), "{said}");
    };
    check(vec![], true);
    check(
        vec![Op::Put(record(Kind::Note, 302, &[])), Op::History(past), progress()],
        true,
    );
    check(vec![Op::Enqueue(change(904, Kind::Note)), acknowledge(904)], true);
    check(vec![Op::Enqueue(change(905, Kind::Touch)), draft], true);
    check(vec![acknowledge(NOTE)], true);
    check(vec![Op::RemoveDraft("note".to_owned())], true);

    check(vec![Op::Put(named(1, "阿里"))], false);
    check(vec![Op::Put(named(200, "新客户"))], false);
    check(
        vec![Op::Put(record(Kind::Person, 500, &[("name", json!("陈"))]))],
        false,
    );
    check(vec![Op::Put(record(Kind::Conflict, 303, &[]))], false);
    check(vec![Op::Enqueue(change(906, Kind::Customer))], false);
    check(vec![Op::Evict(RecordId::from_u128(1))], false);
    // What waits for the server is on top of what the server has; what it makes of it shows.
    check(vec![acknowledge(CARD)], false);
    check(vec![refuse], false);
    check(vec![Op::Discard(MutationId::from_u128(REFUSED))], false);
    check(vec![resend], false);
    check(vec![Op::BeginRebuild, progress()], false);
    check(vec![Op::Reoffer], false);
    // However much that changes nothing stands in front of it.
    check(vec![progress(), Op::Put(named(1, "阿里"))], false);
}

#[test]
fn there_are_none_while_customers_go_unnamed() {
    let check = |ops: Vec<Op>, expected: bool| {
        let book = with(book(), ops);
        assert_eq!(first_rows(&book).is_some(), expected);
    };
    check(vec![], true);
    check(vec![Op::BeginRebuild], false);
    check(vec![Op::BeginRebuild, progress()], true);
    // Held back by unsent work on it: it goes with an acknowledgement that does not say so.
    check(vec![Op::Evict(RecordId::from_u128(1))], false);
    assert_eq!(
        first_rows(&with(Replica::default(), vec![Op::Put(named(1, "阿里"))])),
        None
    );
}

#[test]
fn what_is_not_first_rows_is_not_read() {
    assert!(FirstRows::after(b"not first rows", &[]).is_err());
    assert!(FirstRows::after(b"{}", &[]).is_err());
}
