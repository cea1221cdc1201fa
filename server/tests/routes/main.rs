//! The server as its clients see it: the real router on a real store, without sockets; and the program itself.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use rapport_server::testing::Bank;
use tempfile::TempDir;

mod ages;
mod bad_input;
mod http;
mod openapi;
mod program;
mod pull;
mod push;
mod sign_in;

/// A bank of its own for each test. The folder is removed when it is dropped.
async fn bank() -> (Bank, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let bank = Bank::open(&folder.path().join("bank.db")).await.unwrap();
    (bank, folder)
}
