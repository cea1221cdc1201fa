//! Where records lie: cards apart from everything else, in books of any version.

use std::collections::BTreeMap;

use serde_json::json;

use super::*;
use crate::ids::MutationId;
use crate::record::{Scope, Stamp, Version};
use crate::sync::fixtures::{CUSTOMER, customer, path};
use crate::sync::replica::Op;

fn note(number: u128, text: &str) -> Record {
    Record {
        id: RecordId::from_u128(number),
        kind: Kind::Note,
        scope: Scope::Under(CUSTOMER),
        ..customer(&[("text", json!(text))])
    }
}

fn past(record: RecordId, from: &str) -> HistoryEntry {
    let now = customer(&[]);
    HistoryEntry {
        record,
        path: Some(path("phone")),
        from: json!(from),
        to: json!("1"),
        stamp: Stamp {
            version: Version(2),
            ..now.created
        },
        mutation: MutationId::from_u128(900),
        stands: true,
        unknown: BTreeMap::new(),
    }
}

/// What is stored of `replica`, by page.
fn stored(disk: &mut BTreeMap<PageNumber, Vec<u8>>, replica: &mut Replica) -> Vec<u8> {
    let checkpoint = replica.checkpoint(None).unwrap_or_else(|error| unreachable!("{error}"));
    for (number, page) in checkpoint.pages {
        match page {
            Some(page) => disk.insert(number, page),
            None => disk.remove(&number),
        };
    }
    replica.checkpointed();
    checkpoint.head
}

fn restored(head: &[u8], disk: &BTreeMap<PageNumber, Vec<u8>>, from: PageNumber) -> (bool, Replica) {
    let mut restore = Restore::default();
    restore.head(head).unwrap_or_else(|error| unreachable!("{error}"));
    for (number, page) in disk.range(from..) {
        let read = restore.page(*number, page);
        read.unwrap_or_else(|error| unreachable!("{error}"));
    }
    (restore.has_cards_apart(), restore.finish([]))
}

/// That the pages of the cards alone show the card, and all of them everything.
fn check(head: &[u8], disk: &BTreeMap<PageNumber, Vec<u8>>, whole: &Replica) {
    let (apart, cards) = restored(head, disk, PageNumber::FIRST_OF_CARDS);
    assert!(apart);
    assert_eq!(cards.get(CUSTOMER), whole.get(CUSTOMER));
    assert_eq!((cards.len(), cards.history(CUSTOMER).len()), (1, 0));
    let (_, all) = restored(head, disk, PageNumber(0));
    for id in [CUSTOMER, RecordId::from_u128(50)] {
        assert_eq!((all.get(id), all.history(id)), (whole.get(id), whole.history(id)));
    }
    assert_eq!(all.len(), whole.len());
}

#[test]
fn cards_are_read_without_the_rest() {
    let mut replica = Replica::default();
    // History may come before its record.
    let ops = vec![
        Op::History(past(CUSTOMER, "0")),
        Op::Put(note(50, "谈了贷款")),
        Op::Put(customer(&[("phone", json!("1"))])),
        Op::History(past(RecordId::from_u128(50), "2")),
    ];
    replica.apply(LogEntry(ops));
    let mut disk = BTreeMap::new();
    let head = stored(&mut disk, &mut replica);
    check(&head, &disk, &replica);

    replica.apply(LogEntry(vec![
        Op::Put(customer(&[("phone", json!("3"))])),
        Op::Put(note(50, "签了合同")),
    ]));
    let head = stored(&mut disk, &mut replica);
    check(&head, &disk, &replica);
    replica.apply(LogEntry(vec![Op::Evict(CUSTOMER)]));
    stored(&mut disk, &mut replica);
    assert_eq!(disk, BTreeMap::new());
}

#[test]
fn cards_are_parted_from_the_rest_in_a_book_of_the_first_version() {
    let record = customer(&[("phone", json!("1"))]);
    let page = PageRecords {
        records: vec![record.clone(), note(50, "谈了贷款")],
        history: vec![past(CUSTOMER, "0"), past(RecordId::from_u128(50), "2")],
    };
    let page = serde_json::to_vec(&page).unwrap_or_default();
    let mut disk = BTreeMap::from([(PageNumber(0), page)]);
    let (apart, mut replica) = restored(br#"{ "last_device_seq": 7 }"#, &disk, PageNumber(0));
    assert!(!apart);
    assert_eq!(replica.get(CUSTOMER), Some(&record));
    let head = stored(&mut disk, &mut replica);
    check(&head, &disk, &replica);
}

#[test]
fn pages_do_not_grow_beyond_their_size() {
    let mut replica = Replica::default();
    let cards = (1000..1600).map(|number| {
        let id = RecordId::from_u128(number);
        let scope = Scope::Under(id);
        Op::Put(Record {
            id,
            scope,
            ..customer(&[])
        })
    });
    let notes = (2000..2600).map(|number| Op::Put(note(number, "")));
    replica.apply(LogEntry(cards.chain(notes).collect()));
    let mut disk = BTreeMap::new();
    stored(&mut disk, &mut replica);
    let pages: Vec<u32> = disk.keys().map(|number| number.0).collect();
    let first = PageNumber::FIRST_OF_CARDS.0;
    assert_eq!(pages, [0, 1, 2, first, first + 1, first + 2]);
}
