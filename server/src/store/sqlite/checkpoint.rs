//! Brings what was committed from the write-ahead log into the database file, beside the work: within a commit, as SQLite
//! does it by itself, a device would wait for it that only wants to know its work to be durable, which it is once it is
//! in the log. It waits for nobody, and nobody waits for it.

use std::time::Duration;

use sqlx::SqlitePool;
use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

/// How often. Where nothing was committed there is nothing to do.
const PERIOD: Duration = Duration::from_secs(1);
/// Pages in the log after which a commit does it all the same, so that the log of a server that writes without a pause
/// is bounded: 64 MB.
pub(super) const LONGEST_LOG: &str = "16384";

/// The task that does it. It ends when this is dropped.
pub(super) struct Checkpoints(JoinHandle<()>);

impl Checkpoints {
    pub(super) fn begin(pool: &SqlitePool) -> Self {
        Self(tokio::spawn(now_and_then(pool.clone())))
    }

    pub(super) fn end(&self) {
        self.0.abort();
    }
}

impl Drop for Checkpoints {
    fn drop(&mut self) {
        self.end();
    }
}

async fn now_and_then(pool: SqlitePool) {
    let mut timer = interval_at(Instant::now() + PERIOD, PERIOD);
    timer.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        timer.tick().await;
        if let Err(error) = sqlx::query("PRAGMA wal_checkpoint(PASSIVE)").execute(&pool).await {
            tracing::debug!(%error, "the log could not be brought into the database");
        }
    }
}
