//! Noticing what another process commits to the same file: an import, or a command, beside a running server. SQLite
//! tells nobody, so this looks where the order of commits stands; it reads nothing else, and nothing unless somebody
//! waits for commits.

use std::time::Duration;

use sqlx::{Row as _, SqlitePool};
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;

use super::super::Result;
use super::super::news::News;
use super::convert::{id, version};

/// How often to look.
const PERIOD: Duration = Duration::from_secs(1);

/// The task that looks. It ends when this is dropped.
pub(super) struct Glances(JoinHandle<()>);

impl Glances {
    pub(super) fn begin(pool: &SqlitePool, news: &News) -> Self {
        Self(tokio::spawn(look_now_and_then(pool.clone(), news.clone())))
    }

    pub(super) fn end(&self) {
        self.0.abort();
    }
}

impl Drop for Glances {
    fn drop(&mut self) {
        self.end();
    }
}

async fn look_now_and_then(pool: SqlitePool, news: News) {
    let mut timer = tokio::time::interval(PERIOD);
    timer.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        timer.tick().await;
        if news.followed().is_empty() {
            continue;
        }
        if let Err(error) = look(&pool, &news).await {
            tracing::debug!(%error, "the newest commits could not be read");
        }
    }
}

async fn look(pool: &SqlitePool, news: &News) -> Result<()> {
    let rows = sqlx::query("SELECT org, sequence FROM organisation")
        .fetch_all(pool)
        .await?;
    for row in &rows {
        news.tell(id(row.try_get(0)?)?, version(row.try_get(1)?)?);
    }
    Ok(())
}
