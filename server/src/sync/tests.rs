//! What cannot be seen from outside: the shape of answers against the shared types, and a full disk.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::sync::Arc;

use rapport_shared::sync::wire::{Acknowledgement, Outcome, Page, ProblemCode, SyncResponse};
use rapport_shared::time::Timestamp;

use super::*;
use crate::store::sqlite::SqliteStore;
use crate::testing::{Bank, problem};

#[test]
fn answers_have_the_shape_the_devices_read() {
    let id = rapport_shared::ids::MutationId::from_u128(1);
    let outcome = Outcome::Applied { version: Version(3) };
    let page = PageBody {
        records: Vec::new(),
        history: Vec::new(),
        evicted: vec![rapport_shared::ids::RecordId::from_u128(2)],
        rebuild: true,
        reoffer: true,
        listed: true,
        cursor: Cursor("c".to_owned()),
        more: true,
    };
    let now = Timestamp::from_milliseconds(5);
    let acknowledgements = vec![Acknowledgement {
        id,
        outcome: outcome.clone(),
    }];
    let answer = Answer {
        protocol: PROTOCOL,
        now,
        acknowledgements,
        page,
    };
    let read: SyncResponse = serde_json::from_str(&serde_json::to_string(&answer).unwrap()).unwrap();
    let page = Page {
        records: Vec::new(),
        history: Vec::new(),
        evicted: vec![rapport_shared::ids::RecordId::from_u128(2)],
        rebuild: true,
        reoffer: true,
        listed: true,
        cursor: Cursor("c".to_owned()),
        more: true,
        unread: false,
    };
    let acknowledgements = vec![Acknowledgement { id, outcome }];
    assert_eq!(
        read,
        SyncResponse {
            protocol: PROTOCOL,
            now,
            acknowledgements,
            page
        }
    );
}

#[tokio::test]
async fn a_full_disk_refuses_the_batch_and_a_freed_one_takes_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(SqliteStore::open(&folder.path().join("bank.db")).await.unwrap());
    let bank = Bank::on(Arc::clone(&store) as Arc<dyn crate::store::Store>)
        .await
        .unwrap();
    let mut tablet = bank.sign_in("rm1").await.unwrap();
    let create = tablet.mutation(tablet.new_customer("甲").unwrap()).unwrap();
    tablet.sync(std::slice::from_ref(&create)).await.unwrap();
    store.limit_pages(1).await.unwrap();
    let text = "长".repeat(50_000);
    let notes: Vec<_> = (0..5)
        .map(|_| tablet.mutation(tablet.new_note(create.record, &text).unwrap()).unwrap())
        .collect();
    let body = tablet.body(&notes, 10).unwrap().to_string();
    let (status, answer) = tablet.post(body.clone()).await.unwrap();
    assert_eq!(problem(&answer).unwrap(), ProblemCode::StorageFull, "{status}");
    store.limit_pages(100_000).await.unwrap();
    let response = tablet.exchange(body).await.unwrap();
    assert!(
        response
            .acknowledgements
            .iter()
            .all(|a| matches!(a.outcome, Outcome::Applied { .. })),
        "{response:?}"
    );
}
