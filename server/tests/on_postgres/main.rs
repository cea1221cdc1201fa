//! The routes' own tests of pushing, pulling, reading online and listening, the walk, and several servers for one bank,
//! on PostgreSQL.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::sync::Arc;

use rapport_server::store::Store;
use rapport_server::store::postgres::PostgresStore;
use rapport_server::testing::{Bank, postgres};
use tempfile::TempDir;

#[path = "../routes/ages.rs"]
mod ages;
#[path = "../routes/bad_input.rs"]
mod bad_input;
#[path = "../routes/circles.rs"]
mod circles;
#[path = "../routes/customers.rs"]
mod customers;
#[path = "../routes/events.rs"]
mod events;
#[path = "../routes/pull.rs"]
mod pull;
#[path = "../routes/push.rs"]
mod push;
#[path = "../routes/restored.rs"]
mod restored;
mod servers;
#[path = "../routes/walk.rs"]
mod walk;

/// The URL of an empty database, where PostgreSQL is installed.
fn database() -> Option<String> {
    let cluster = postgres::shared().unwrap()?;
    Some(cluster.database().unwrap())
}

async fn open(url: &str) -> Arc<PostgresStore> {
    Arc::new(PostgresStore::open(url).await.unwrap())
}

/// A bank of its own for each test. Where PostgreSQL is not installed, which has been said by then, the test runs on
/// SQLite once more.
async fn bank() -> (Bank, Option<TempDir>) {
    if let Some(url) = database() {
        return (Bank::on(open(&url).await).await.unwrap(), None);
    }
    let folder = tempfile::tempdir().unwrap();
    let bank = Bank::open(&folder.path().join("bank.db")).await.unwrap();
    (bank, Some(folder))
}

/// A database, and its copy.
struct Databases {
    cluster: &'static postgres::Cluster,
    url: String,
    backup: String,
}

impl restored::Database for Databases {
    async fn open(&self) -> Arc<dyn Store> {
        open(&self.url).await
    }

    fn back_up(&mut self) {
        self.backup = self.cluster.copy(&self.url).unwrap();
    }

    fn restore(&mut self) {
        self.url.clone_from(&self.backup);
    }
}

/// An empty database, where PostgreSQL is installed.
fn database_with_backup() -> Option<Databases> {
    let cluster = postgres::shared().unwrap()?;
    let (url, backup) = (cluster.database().unwrap(), String::new());
    Some(Databases { cluster, url, backup })
}
