//! What PostgreSQL adds to the contract of a store: several servers on one database, and a database that goes away.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::BTreeMap;

use rapport_shared::ids::{DeviceId, OrgId, RecordId, UserId};
use rapport_shared::record::{Kind, Record, Scope, Stamp, Version};
use rapport_shared::time::Timestamp;
use sqlx::postgres::PgConnection;
use sqlx::{Connection as _, Row as _};

use super::super::{Batch, Store, Writer};
use super::PostgresStore;

mod operation;
mod order;

const ORG: OrgId = OrgId::from_u128(1);

/// The URL of an empty database, where PostgreSQL is installed.
fn database() -> Option<String> {
    let cluster = crate::testing::postgres::shared().unwrap()?;
    Some(cluster.database().unwrap())
}

/// One of several servers, on a database with one organisation.
async fn server(url: &str) -> PostgresStore {
    let store = PostgresStore::open(url).await.unwrap();
    if store.organisation().await.unwrap().is_none() {
        store.create_organisation(ORG, "Bank", "e0").await.unwrap();
    }
    store
}

async fn connect(url: &str) -> PgConnection {
    PgConnection::connect(url).await.unwrap()
}

/// Puts `count` new records and returns the first one's version.
async fn put(writer: &mut dyn Writer, count: u64) -> u64 {
    let first = writer.head().await.unwrap().sequence.0 + 1;
    let records: Vec<Record> = (first..first + count).map(record).collect();
    let sequence = Version(first + count - 1);
    let batch = Batch {
        records,
        sequence,
        ..Batch::default()
    };
    writer.put(&batch).await.unwrap();
    first
}

fn record(version: u64) -> Record {
    Record {
        id: RecordId::from_u128(u128::from(version)),
        kind: Kind::Setting,
        scope: Scope::Organisation,
        version: Version(version),
        fields: Default::default(),
        created: Stamp {
            version: Version(version),
            at: Timestamp::from_milliseconds(0),
            by: UserId::from_u128(1),
            device: DeviceId::from_u128(1),
        },
        stamps: BTreeMap::new(),
        deleted: None,
        unknown: BTreeMap::new(),
    }
}
