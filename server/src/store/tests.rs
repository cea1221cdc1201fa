//! What every store promises, as tests that take any store. A new kind of store gets one line per test at the end.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use rapport_shared::ids::BranchId;
use rapport_shared::record::profile::Role;
use rapport_shared::record::refusal::{Refusal, RefusalCode};
use rapport_shared::record::{FieldPath, Scope, Stamp};
use serde_json::json;
use tempfile::TempDir;

use self::concurrent::{
    commits_are_told, those_whom_commits_concern_are_known, versions_are_commit_order_under_concurrency,
};
use self::sight::{
    cards_come_by_id_and_each_once, changes_are_in_commit_order_and_within_sight, channels_follow_their_events,
    history_keeps_versions_together, pages_are_as_long_as_asked_for,
};
use super::postgres::PostgresStore;
use super::sqlite::SqliteStore;
use super::*;

mod concurrent;
mod golden;
mod one_file;
mod sight;

const ORG: OrgId = OrgId::from_u128(1);
const OTHER_ORG: OrgId = OrgId::from_u128(2);
const USER: UserId = UserId::from_u128(10);
const NOW: Timestamp = Timestamp::from_milliseconds(1_795_219_200_000);
const PLENTY: Budget = Budget {
    rows: 1_000,
    bytes: usize::MAX,
};

fn stamp(version: u64) -> Stamp {
    Stamp {
        version: Version(version),
        at: NOW,
        by: USER,
        device: DeviceId::from_u128(5),
    }
}

fn record(id: u128, version: u64, scope: Scope, text: &str) -> Record {
    Record {
        id: RecordId::from_u128(id),
        kind: Kind::Note,
        scope,
        version: Version(version),
        fields: [(FieldPath::parse("text").unwrap(), json!(text))].into(),
        created: stamp(version),
        stamps: BTreeMap::new(),
        deleted: None,
        unknown: BTreeMap::from([("later".to_owned(), json!({ "a": [1, "二"] }))]),
    }
}

fn root(id: u128) -> Scope {
    Scope::Under(RecordId::from_u128(id))
}

fn channel(branch: u128) -> Channel {
    Channel::Branch(BranchId::from_u128(branch))
}

fn view(channels: &[Channel]) -> View {
    View {
        user: USER,
        channels: channels.iter().copied().collect(),
    }
}

fn batch(records: Vec<Record>, channels: &[(u128, Channel)]) -> Batch {
    let sequence = records.iter().map(|record| record.version).max().unwrap_or_default();
    let channels = channels
        .iter()
        .map(|(id, channel)| (RecordId::from_u128(*id), *channel))
        .collect();
    Batch {
        records,
        channels,
        sequence,
        ..Batch::default()
    }
}

async fn commit(store: &dyn Store, org: OrgId, batch: &Batch) {
    let mut writer = store.write(org).await.unwrap();
    writer.put(batch).await.unwrap();
    writer.commit().await.unwrap();
}

fn ids(slice: &Slice) -> Vec<(u128, u64)> {
    let bits = |id: RecordId| u128::from_be_bytes(*id.as_bytes());
    slice.rows.iter().map(|row| (bits(row.record), row.version.0)).collect()
}

async fn nothing_of_a_dropped_writer_is_kept(store: Arc<dyn Store>) {
    let mut writer = store.write(ORG).await.unwrap();
    writer
        .put(&batch(vec![record(1, 1, root(1), "weg")], &[(1, channel(1))]))
        .await
        .unwrap();
    drop(writer);
    let mut reader = store.read(ORG).await.unwrap();
    assert_eq!(reader.head().await.unwrap().sequence, Version(0));
    assert!(reader.records(&[RecordId::from_u128(1)]).await.unwrap().is_empty());
    // And the next writer gets on.
    commit(&*store, ORG, &batch(vec![record(1, 1, root(1), "da")], &[])).await;
    assert_eq!(
        store.read(ORG).await.unwrap().head().await.unwrap().sequence,
        Version(1)
    );
}

async fn records_come_back_as_they_were_written(store: Arc<dyn Store>) {
    let first = record(1, 1, root(1), "一\u{1f600}\u{0}\"'");
    commit(
        &*store,
        ORG,
        &batch(vec![first.clone(), record(2, 2, Scope::Organisation, "x")], &[]),
    )
    .await;
    let later = Record {
        version: Version(3),
        ..record(1, 1, root(1), "二")
    };
    commit(&*store, ORG, &batch(vec![later.clone()], &[])).await;
    let mut reader = store.read(ORG).await.unwrap();
    let wanted = [1, 2, 99].map(RecordId::from_u128);
    let found = reader.records(&wanted).await.unwrap();
    assert_eq!((found.len(), found.get(&wanted[0])), (2, Some(&later)));
    assert_eq!(reader.of_kind(&Kind::Note).await.unwrap().len(), 2);
    let mut each = Vec::new();
    reader
        .each_of_kind(&Kind::Note, &mut |record| each.push(record))
        .await
        .unwrap();
    each.sort_by_key(|record| record.version);
    assert_eq!(each, reader.of_kind(&Kind::Note).await.unwrap());
    assert!(reader.of_kind(&Kind::from("dragon")).await.unwrap().is_empty());
    assert!(
        store
            .read(OTHER_ORG)
            .await
            .unwrap()
            .records(&wanted)
            .await
            .unwrap()
            .is_empty(),
        "another organisation's"
    );
}

async fn what_was_settled_is_remembered(store: Arc<dyn Store>) {
    let refused = Outcome::Refused(Refusal::whole(RefusalCode::AppendOnly));
    let settled = Settled {
        id: MutationId::from_u128(7),
        author: USER,
        device: DeviceId::from_u128(5),
        record: RecordId::from_u128(1),
        written: NOW.plus(-5),
        received: NOW,
        outcome: refused,
    };
    commit(
        &*store,
        ORG,
        &Batch {
            settled: vec![settled.clone()],
            ..Batch::default()
        },
    )
    .await;
    let mut writer = store.write(ORG).await.unwrap();
    let found = writer
        .settled(&[MutationId::from_u128(7), MutationId::from_u128(8)])
        .await
        .unwrap();
    assert_eq!(found, HashMap::from([(settled.id, settled)]));
    let (device, other) = (DeviceId::from_u128(5), UserId::from_u128(11));
    assert_eq!(writer.claim_device(device, USER, NOW).await.unwrap(), USER);
    assert_eq!(
        writer.claim_device(device, other, NOW).await.unwrap(),
        USER,
        "the first one owns it"
    );
    let rows = BTreeMap::from([("name".to_owned(), "甲".to_owned())]);
    let row = ImportedRow {
        record: RecordId::from_u128(1),
        cells: rows,
    };
    writer
        .put_imported(&Kind::Customer, &[("C1".to_owned(), row.clone())])
        .await
        .unwrap();
    writer
        .put_imported(&Kind::Customer, &[("C1".to_owned(), row.clone())])
        .await
        .unwrap();
    let codes = ["C1", "C2"].map(str::to_owned);
    assert_eq!(
        writer.imported_codes(&Kind::Customer).await.unwrap(),
        [("C1".to_owned(), row.record)]
    );
    assert_eq!(
        writer.imported(&Kind::Customer, &codes).await.unwrap(),
        HashMap::from([("C1".to_owned(), row)])
    );
    assert!(writer.imported_codes(&Kind::Holding).await.unwrap().is_empty());
    assert!(writer.imported(&Kind::Holding, &codes).await.unwrap().is_empty());
}

async fn accounts_and_sessions_are_found(store: Arc<dyn Store>) {
    let profile = Profile {
        org: ORG,
        user: USER,
        login: "rm1".to_owned(),
        name: "张伟".to_owned(),
        role: Role::RelationshipManager,
        team: None,
        branch: Some(BranchId::from_u128(1)),
    };
    let account = Account {
        profile: profile.clone(),
        password: "hash".to_owned(),
        active: true,
    };
    let mut writer = store.write(ORG).await.unwrap();
    writer.put_account(&account).await.unwrap();
    let twin = Account {
        profile: Profile {
            user: UserId::from_u128(11),
            ..profile
        },
        ..account.clone()
    };
    assert!(matches!(writer.put_account(&twin).await, Err(StoreError::LoginTaken(login)) if login == "rm1"));
    writer.commit().await.unwrap();
    assert_eq!(store.organisation().await.unwrap(), Some(ORG));
    assert_eq!(store.account("rm1").await.unwrap().as_ref(), Some(&account));
    assert_eq!(store.account("RM1").await.unwrap(), None);
    assert_eq!(store.accounts(ORG).await.unwrap(), std::slice::from_ref(&account));
    let token = [7; 32];
    let session = SessionRow {
        token,
        org: ORG,
        user: USER,
        csrf: "c".to_owned(),
        created: NOW,
        expires: NOW.plus(10),
    };
    store.open_session(&session).await.unwrap();
    store.sweep_sessions(NOW.plus(5)).await.unwrap();
    assert_eq!(store.session(&token).await.unwrap(), Some((session.clone(), account)));
    store.extend_session(&token, NOW.plus(20)).await.unwrap();
    assert_eq!(store.session(&token).await.unwrap().unwrap().0.expires, NOW.plus(20));
    store.sweep_sessions(NOW.plus(21)).await.unwrap();
    assert_eq!(store.session(&token).await.unwrap(), None);
    store.open_session(&session).await.unwrap();
    store.close_session(&token).await.unwrap();
    assert_eq!(store.session(&token).await.unwrap(), None);
    store.open_session(&session).await.unwrap();
    store.close_sessions_of(UserId::from_u128(11)).await.unwrap();
    assert!(store.session(&token).await.unwrap().is_some());
    store.close_sessions_of(USER).await.unwrap();
    assert_eq!(store.session(&token).await.unwrap(), None);
    let entry = AuditEntry {
        org: Some(ORG),
        at: NOW,
        user: Some(USER),
        device: None,
        action: "x".to_owned(),
        subject: "y".to_owned(),
    };
    store.audit(&entry).await.unwrap();
    assert_eq!(store.audit_trail(ORG, 5).await.unwrap(), [entry]);
}

/// More rows than any store reads at once: nothing is missing and nothing comes twice.
/// Kinds and names come from devices and sign-in forms: whatever they are, nothing else must suffer.
async fn texts_no_database_likes_are_kept(store: Arc<dyn Store>) {
    let long = "长".repeat(30_000);
    let kinds = ["a\0b", "a\u{fffd}b", long.as_str()].map(Kind::from);
    let records = kinds.iter().zip(1..).map(|(kind, id)| Record {
        kind: kind.clone(),
        ..record(id, u64::try_from(id).unwrap(), Scope::Organisation, &long)
    });
    let records: Vec<Record> = records.collect();
    let entry = AuditEntry {
        org: None,
        at: NOW,
        user: None,
        device: None,
        action: "x".to_owned(),
        subject: "a\0b".to_owned(),
    };
    let audit = vec![entry];
    let all = Batch {
        audit,
        ..batch(records.clone(), &[])
    };
    commit(&*store, ORG, &all).await;
    for (kind, record) in kinds.iter().zip(records) {
        assert_eq!(store.read(ORG).await.unwrap().of_kind(kind).await.unwrap(), [record]);
    }
    assert_eq!(store.audit_trail(ORG, 5).await.unwrap().len(), 1);
    assert_eq!(store.account("\0").await.unwrap(), None);
}

async fn sqlite() -> (Arc<SqliteStore>, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("new folder/store.db"))
        .await
        .unwrap();
    for org in [ORG, OTHER_ORG] {
        store.create_organisation(org, "Bank", "e0").await.unwrap();
    }
    (Arc::new(store), folder)
}

/// A store in an empty database, where PostgreSQL is installed.
async fn postgres() -> Option<(Arc<PostgresStore>, ())> {
    let cluster = crate::testing::postgres::shared().unwrap()?;
    let store = PostgresStore::open(&cluster.database().unwrap()).await.unwrap();
    for org in [ORG, OTHER_ORG] {
        store.create_organisation(org, "Bank", "e0").await.unwrap();
    }
    Some((Arc::new(store), ()))
}

macro_rules! contract {
    ($opened:expr; $($test:ident),*) => {
        $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $test() {
            let Some((store, _folder)) = $opened else { return };
            super::$test(store).await;
        })*
    };
}

macro_rules! whole_contract {
    ($opened:expr) => {
        contract!($opened; nothing_of_a_dropped_writer_is_kept, records_come_back_as_they_were_written,
            changes_are_in_commit_order_and_within_sight, history_keeps_versions_together,
            pages_are_as_long_as_asked_for, cards_come_by_id_and_each_once, channels_follow_their_events, what_was_settled_is_remembered,
            accounts_and_sessions_are_found, commits_are_told, those_whom_commits_concern_are_known, texts_no_database_likes_are_kept,
            versions_are_commit_order_under_concurrency);
    };
}

mod on_sqlite {
    use super::sqlite;

    whole_contract!(Some(sqlite().await));
}

mod on_postgres {
    use super::postgres;

    whole_contract!(postgres().await);
}
