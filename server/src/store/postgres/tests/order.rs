//! The order of commits: a device that reads page after page misses nothing, whoever commits when. The same test is
//! run on a plain sequence, where it has to find what is missed.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use sqlx::{PgPool, Postgres, Transaction};

use super::super::super::{Budget, View};
use super::*;

/// A way to give out versions.
#[async_trait]
trait Order: Send + Sync + 'static {
    type Transaction: Send + 'static;
    /// Begins to write, and writes one row.
    async fn write(&self) -> (Self::Transaction, u64);
    async fn commit(&self, transaction: Self::Transaction);
    /// The rows after a version, and where the order stands, in one snapshot.
    async fn page(&self, after: u64) -> (Vec<u64>, u64);
}

#[async_trait]
impl Order for PostgresStore {
    type Transaction = Box<dyn Writer>;

    async fn write(&self) -> (Self::Transaction, u64) {
        let mut writer = Store::write(self, ORG).await.unwrap();
        let version = put(&mut *writer, 1).await;
        (writer, version)
    }

    async fn commit(&self, transaction: Self::Transaction) {
        transaction.commit().await.unwrap();
    }

    async fn page(&self, after: u64) -> (Vec<u64>, u64) {
        page(self, after, usize::MAX).await
    }
}

/// A page as a sync request reads it: where it ends is where the budget cut it, or else the head of the same snapshot.
async fn page(store: &PostgresStore, after: u64, rows: usize) -> (Vec<u64>, u64) {
    let mut reader = store.read(ORG).await.unwrap();
    let head = reader.head().await.unwrap();
    let view = View {
        user: UserId::from_u128(1),
        channels: BTreeSet::new(),
    };
    let budget = Budget {
        rows,
        bytes: usize::MAX,
    };
    let slice = reader.changes(&view, Version(after), budget).await.unwrap();
    let versions: Vec<u64> = slice.rows.iter().map(|row| row.version.0).collect();
    let end = if slice.cut {
        *versions.last().unwrap()
    } else {
        head.sequence.0
    };
    (versions, end)
}

/// Versions from a sequence, given out while others write: what the store must not do.
struct PlainSequence(PgPool);

#[async_trait]
impl Order for PlainSequence {
    type Transaction = Transaction<'static, Postgres>;

    async fn write(&self) -> (Self::Transaction, u64) {
        let mut transaction = self.0.begin().await.unwrap();
        let version: i64 = sqlx::query_scalar("INSERT INTO plain VALUES (nextval('counter')) RETURNING version")
            .fetch_one(&mut *transaction)
            .await
            .unwrap();
        (transaction, u64::try_from(version).unwrap())
    }

    async fn commit(&self, transaction: Self::Transaction) {
        transaction.commit().await.unwrap();
    }

    async fn page(&self, after: u64) -> (Vec<u64>, u64) {
        let versions: Vec<i64> = sqlx::query_scalar("SELECT version FROM plain WHERE version > $1 ORDER BY version")
            .bind(i64::try_from(after).unwrap())
            .fetch_all(&self.0)
            .await
            .unwrap();
        let versions: Vec<u64> = versions
            .into_iter()
            .map(|version| u64::try_from(version).unwrap())
            .collect();
        let head = versions.last().copied().unwrap_or(after);
        (versions, head)
    }
}

/// A device that follows the order of commits.
#[derive(Default)]
struct Follower {
    after: u64,
    seen: BTreeSet<u64>,
}

impl Follower {
    async fn read(&mut self, order: &impl Order) {
        let (versions, end) = order.page(self.after).await;
        self.seen.extend(versions);
        self.after = end;
    }
}

/// What became of two writers that overlap, the second one of which commits first if it can.
#[derive(Debug, PartialEq)]
struct Overlap {
    /// Committed versions the device never saw.
    skipped: Vec<u64>,
    /// Whether the device's cursor went past the version of a writer still at work.
    passed_uncommitted: bool,
}

async fn overlap<O: Order>(order: O, url: &str) -> Overlap {
    let order = Arc::new(order);
    let mut follower = Follower::default();
    let (first, first_version) = order.write().await;
    let second = tokio::spawn({
        let order = Arc::clone(&order);
        async move {
            let (transaction, version) = order.write().await;
            order.commit(transaction).await;
            version
        }
    });
    let mut observer = connect(url).await;
    while !second.is_finished() && !somebody_waits(&mut observer).await {
        tokio::task::yield_now().await;
    }
    follower.read(&*order).await;
    let passed_uncommitted = follower.after >= first_version;
    order.commit(first).await;
    let second_version = second.await.unwrap();
    follower.read(&*order).await;
    let committed = [first_version, second_version];
    Overlap {
        skipped: committed
            .into_iter()
            .filter(|version| !follower.seen.contains(version))
            .collect(),
        passed_uncommitted,
    }
}

/// Whether a transaction waits for another one.
async fn somebody_waits(observer: &mut PgConnection) -> bool {
    let statement =
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let waiting: i64 = sqlx::query_scalar(statement).fetch_one(observer).await.unwrap();
    waiting > 0
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_skipped_when_writers_overlap() {
    let Some(url) = database() else { return };
    let expected = Overlap {
        skipped: Vec::new(),
        passed_uncommitted: false,
    };
    assert_eq!(overlap(server(&url).await, &url).await, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plain_sequence_would_skip_and_be_found_out() {
    let Some(url) = database() else { return };
    let pool = PgPool::connect(&url).await.unwrap();
    sqlx::raw_sql("CREATE TABLE plain (version bigint PRIMARY KEY); CREATE SEQUENCE counter")
        .execute(&pool)
        .await
        .unwrap();
    let expected = Overlap {
        skipped: vec![1],
        passed_uncommitted: true,
    };
    assert_eq!(overlap(PlainSequence(pool), &url).await, expected);
}

/// Six writers at two servers, and a device at each of them that reads all the while in small pages.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn devices_at_two_servers_read_everything_in_order() {
    const COMMITS: u64 = 40;
    let Some(url) = database() else { return };
    let servers = [Arc::new(server(&url).await), Arc::new(server(&url).await)];
    let mut writers = Vec::new();
    for number in 0..6_u64 {
        let store = Arc::clone(&servers[usize::try_from(number % 2).unwrap()]);
        writers.push(tokio::spawn(async move {
            let mut written = 0;
            for round in 0..COMMITS {
                let mut writer = Store::write(&*store, ORG).await.unwrap();
                let count = 1 + (number + round) % 3;
                put(&mut *writer, count).await;
                // Some change their minds: their versions are given out again.
                if round % 5 == 4 {
                    drop(writer);
                } else {
                    writer.commit().await.unwrap();
                    written += count;
                }
            }
            written
        }));
    }
    let (done, told) = tokio::sync::watch::channel(None);
    let readers = servers.map(|store| {
        let told = told.clone();
        tokio::spawn(async move {
            let mut after = 0;
            while told.borrow().is_none_or(|total| after < total) {
                let (versions, end) = page(&store, after, 7).await;
                let expected: Vec<u64> = (after + 1..=end).collect();
                assert_eq!(versions, expected, "after {after}");
                after = end;
            }
            after
        })
    });
    let mut total = 0;
    for writer in writers {
        total += writer.await.unwrap();
    }
    done.send(Some(total)).unwrap();
    for reader in readers {
        assert_eq!(reader.await.unwrap(), total);
    }
}
