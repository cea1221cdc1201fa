//! Hearing of commits other servers made: by NOTIFY where the database has it, and by looking now and then, for a
//! notification is lost with the connection it would have come on. What is heard is a hint; nothing is read here.

use std::time::Duration;

use rapport_shared::ids::OrgId;
use rapport_shared::record::Version;
use sqlx::postgres::{PgExecutor, PgListener, PgPoolOptions};
use sqlx::{PgPool, Row as _};
use tokio::task::JoinHandle;

use super::super::Result;
use super::super::news::News;
use super::convert::{id, uuids, version};

const CHANNEL: &str = "rapport_commit";
/// How often to look although notifications come.
const GLANCE: Duration = Duration::from_secs(5);
/// How often to look where none come.
const WATCH: Duration = Duration::from_secs(1);

/// Whether this database passes notifications on.
pub(super) async fn is_known(pool: &PgPool) -> bool {
    let known = sqlx::query("SELECT pg_notify($1, '')")
        .bind(CHANNEL)
        .execute(pool)
        .await;
    if let Err(error) = &known {
        tracing::warn!(%error, "the database has no notifications: looking for commits every second");
    }
    known.is_ok()
}

/// Tells all servers of a commit, when and if the transaction is committed.
pub(super) async fn notify(executor: impl PgExecutor<'_>, org: OrgId, reached: Version) -> Result<()> {
    sqlx::query("SELECT pg_notify($1, $2)")
        .bind(CHANNEL)
        .bind(format!("{org} {}", reached.0))
        .execute(executor)
        .await?;
    Ok(())
}

fn parse(payload: &str) -> Option<(OrgId, Version)> {
    let (org, version) = payload.split_once(' ')?;
    Some((org.parse().ok()?, Version(version.parse().ok()?)))
}

/// The tasks that listen and look. They end when this is dropped.
pub(super) struct Ears(Vec<JoinHandle<()>>);

impl Ears {
    pub(super) fn open(pool: &PgPool, news: &News, notifies: bool) -> Self {
        let period = if notifies { GLANCE } else { WATCH };
        let mut tasks = vec![tokio::spawn(look_now_and_then(pool.clone(), news.clone(), period))];
        if notifies {
            tasks.push(tokio::spawn(listen(pool.clone(), news.clone())));
        }
        Self(tasks)
    }

    pub(super) fn close(&self) {
        self.0.iter().for_each(JoinHandle::abort);
    }
}

impl Drop for Ears {
    fn drop(&mut self) {
        self.close();
    }
}

async fn look_now_and_then(pool: PgPool, news: News, period: Duration) {
    let mut timer = tokio::time::interval(period);
    loop {
        timer.tick().await;
        if let Err(error) = look(&pool, &news).await {
            tracing::debug!(%error, "the newest commits could not be read");
        }
    }
}

async fn look(pool: &PgPool, news: &News) -> Result<()> {
    let followed = news.followed();
    if followed.is_empty() {
        return Ok(());
    }
    let rows = sqlx::query("SELECT org_id, sequence FROM organisation WHERE org_id = ANY($1)")
        .bind(uuids(&followed))
        .fetch_all(pool)
        .await?;
    for row in rows {
        news.tell(id(row.try_get(0)?), version(row.try_get(1)?)?);
    }
    Ok(())
}

/// Listens for as long as the program runs, however often the connection is lost.
async fn listen(pool: PgPool, news: News) {
    loop {
        if let Err(error) = listen_once(&pool, &news).await {
            tracing::warn!(%error, "not hearing of other servers' commits; looking for them meanwhile");
        }
        tokio::time::sleep(WATCH).await;
    }
}

async fn listen_once(pool: &PgPool, news: &News) -> Result<()> {
    // A connection of its own: it is never given back.
    let own = PgPoolOptions::new()
        .max_connections(1)
        .max_lifetime(None)
        .idle_timeout(None)
        .connect_lazy_with((*pool.connect_options()).clone());
    let mut listener = PgListener::connect_with(&own).await?;
    listener.listen(CHANNEL).await?;
    loop {
        // What was committed before listening began, or while the connection was lost.
        look(pool, news).await?;
        while let Some(heard) = listener.try_recv().await? {
            if let Some((org, version)) = parse(heard.payload()) {
                news.tell(org, version);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payloads_are_read_back() {
        let org = OrgId::from_u128(7);
        for (payload, expected) in [
            (format!("{org} 12"), Some((org, Version(12)))),
            (String::new(), None),
            (format!("{org}"), None),
            (format!("{org} -1"), None),
            ("x 1".to_owned(), None),
        ] {
            assert_eq!(parse(&payload), expected, "{payload}");
        }
    }
}
