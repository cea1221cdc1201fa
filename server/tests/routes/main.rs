//! The server as its clients see it: the real router on a real store, without sockets; and the program itself.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::path::PathBuf;
use std::sync::Arc;

use rapport_server::store::Store;
use rapport_server::store::sqlite::SqliteStore;
use rapport_server::testing::Bank;
use tempfile::TempDir;

mod ages;
mod bad_input;
mod circles;
mod customers;
mod events;
mod handover;
mod http;
mod openapi;
mod people;
mod program;
mod pull;
mod push;
mod restored;
mod sign_in;
mod stream;
mod walk;

/// A bank of its own for each test. The folder is removed when it is dropped.
async fn bank() -> (Bank, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let bank = Bank::open(&folder.path().join("bank.db")).await.unwrap();
    (bank, folder)
}

/// A database file, and the backup beside it.
struct File(TempDir);

impl File {
    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}

impl restored::Database for File {
    async fn open(&self) -> Arc<dyn Store> {
        Arc::new(SqliteStore::open(&self.path("bank.db")).await.unwrap())
    }

    fn back_up(&mut self) {
        std::fs::copy(self.path("bank.db"), self.path("backup.db")).unwrap();
    }

    fn restore(&mut self) {
        std::fs::copy(self.path("backup.db"), self.path("bank.db")).unwrap();
    }
}

/// An empty database.
fn database_with_backup() -> Option<File> {
    Some(File(tempfile::tempdir().unwrap()))
}
