//! The store in a PostgreSQL database that several servers share. A writer locks its organisation's row before it
//! does anything, so versions are commit order whichever server gives them out; readers see one snapshot and wait for
//! nobody. It uses nothing that Citus, YugabyteDB and CockroachDB do not share, but for telling of commits by NOTIFY,
//! which is left out where the database does not know it.

use std::str::FromStr as _;
use std::time::Duration;

use async_trait::async_trait;
use rapport_shared::ids::{OrgId, UserId};
use rapport_shared::record::Version;
use rapport_shared::time::Timestamp;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions};
use sqlx::{Connection as _, PgPool};
use tokio::sync::watch;

use super::migrations;
use super::news::News;
use super::run::Run;
use super::{Account, AuditEntry, Reader, Result, SessionRow, Store, TokenHash, Writer};

mod accounts;
mod convert;
mod listen;
mod read;
mod retry;
#[cfg(test)]
mod tests;
mod write;

use retry::persist;

/// Connections for all but writing into the order of commits.
const READERS: u32 = 12;
/// Connections for that. Those who wait for their organisation's turn each hold one, so readers have others.
const WRITERS: u32 = 4;
/// How long a request waits for a connection.
const PATIENCE: Duration = Duration::from_secs(10);

/// Bounds after which the database gives up by itself: a server that vanished within a transaction must not keep the
/// others waiting for ever.
const LIMITS: [(&str, &str); 3] = [
    ("idle_in_transaction_session_timeout", "60s"),
    ("lock_timeout", "20s"),
    ("statement_timeout", "60s"),
];

/// What is acknowledged is on the disk, even where the database is set up to promise less.
const DURABLE: &str = "SELECT set_config('synchronous_commit', 'on', false) \
    WHERE current_setting('synchronous_commit') = 'off'";

/// One snapshot for all answers.
const BEGIN_READING: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
/// Each statement sees what is committed, above all the one after waiting for the organisation's row.
const BEGIN_WRITING: &str = "BEGIN ISOLATION LEVEL READ COMMITTED";

/// See the module.
pub struct PostgresStore {
    readers: PgPool,
    writers: PgPool,
    news: News,
    run: Run,
    notifies: bool,
    /// Held for its end: it stops with the store.
    ears: listen::Ears,
}

impl PostgresStore {
    /// Opens the database at a `postgres://` URL and brings its schema up to date. Servers that start at the same
    /// time wait for the one that does it; a database that does not answer yet is asked again for a few seconds.
    ///
    /// # Errors
    /// [`TooNew`](super::StoreError::TooNew) for a database of a newer version, or what the database or the way to
    /// it said.
    pub async fn open(url: &str) -> Result<Self> {
        let mut options = PgConnectOptions::from_str(url)?;
        if options.get_application_name().is_none() {
            options = options.application_name("rapport");
        }
        persist(|| migrate(&options)).await?;
        let bounded = options.options(LIMITS);
        let readers = pool(READERS, bounded.clone()).await?;
        let writers = pool(WRITERS, bounded).await?;
        let news = News::default();
        let notifies = listen::is_known(&readers).await;
        let ears = listen::Ears::open(&readers, &news, notifies);
        Ok(Self {
            readers,
            writers,
            news,
            run: Run::new(),
            notifies,
            ears,
        })
    }
}

async fn migrate(options: &PgConnectOptions) -> Result<()> {
    let mut connection = PgConnection::connect_with(options).await?;
    migrations::postgres().await?.run(&mut connection).await?;
    Ok(connection.close().await?)
}

async fn pool(connections: u32, options: PgConnectOptions) -> Result<PgPool> {
    let pool = PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(PATIENCE)
        .after_connect(|connection, _| {
            Box::pin(async move {
                sqlx::query(DURABLE).execute(connection).await?;
                Ok(())
            })
        });
    Ok(pool.connect_with(options).await?)
}

#[async_trait]
impl Store for PostgresStore {
    async fn organisation(&self) -> Result<Option<OrgId>> {
        persist(|| accounts::organisation(&self.readers)).await
    }

    async fn create_organisation(&self, org: OrgId, name: &str, epoch: &str) -> Result<()> {
        persist(|| accounts::create_organisation(&self.readers, org, name, epoch)).await
    }

    async fn read(&self, org: OrgId) -> Result<Box<dyn Reader>> {
        let transaction = persist(|| async { Ok(self.readers.begin_with(BEGIN_READING).await?) }).await?;
        Ok(Box::new(read::Session::reading(org, transaction)))
    }

    async fn write(&self, org: OrgId) -> Result<Box<dyn Writer>> {
        let (transaction, head) = persist(|| async {
            let mut transaction = self.writers.begin_with(BEGIN_WRITING).await?;
            let head = write::lock(&mut transaction, org).await?;
            Ok((transaction, head))
        })
        .await?;
        let session = read::Session::reading(org, transaction);
        Ok(Box::new(write::Writing::new(session, head, self)))
    }

    fn commits(&self, org: OrgId) -> watch::Receiver<Version> {
        self.news.follow(org)
    }

    async fn account(&self, login: &str) -> Result<Option<Account>> {
        persist(|| accounts::account(&self.readers, login)).await
    }

    async fn accounts(&self, org: OrgId) -> Result<Vec<Account>> {
        persist(|| accounts::accounts(&self.readers, org)).await
    }

    async fn open_session(&self, session: &SessionRow) -> Result<()> {
        persist(|| accounts::open_session(&self.readers, session)).await
    }

    async fn session(&self, token: &TokenHash) -> Result<Option<(SessionRow, Account)>> {
        persist(|| accounts::session(&self.readers, token)).await
    }

    async fn extend_session(&self, token: &TokenHash, expires: Timestamp) -> Result<()> {
        persist(|| accounts::extend_session(&self.readers, token, expires)).await
    }

    async fn close_session(&self, token: &TokenHash) -> Result<()> {
        persist(|| accounts::close_session(&self.readers, token)).await
    }

    async fn close_sessions_of(&self, user: UserId) -> Result<()> {
        persist(|| accounts::close_sessions_of(&self.readers, user)).await
    }

    async fn sweep_sessions(&self, now: Timestamp) -> Result<()> {
        persist(|| accounts::sweep_sessions(&self.readers, now)).await
    }

    async fn audit(&self, entry: &AuditEntry) -> Result<()> {
        let entry = [accounts::Identified::new(entry)];
        persist(|| accounts::audit(&self.readers, &entry)).await
    }

    async fn audit_trail(&self, org: OrgId, limit: u32) -> Result<Vec<AuditEntry>> {
        persist(|| accounts::audit_trail(&self.readers, org, limit)).await
    }

    async fn ping(&self) -> Result<()> {
        sqlx::query("SELECT 1").execute(&self.readers).await?;
        Ok(())
    }

    async fn close(&self) {
        self.ears.close();
        self.readers.close().await;
        self.writers.close().await;
    }
}
