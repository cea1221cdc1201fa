//! The store in one SQLite file: write-ahead log, every commit synced to the disk, one writing connection beside a
//! few reading ones. It never waits inside a write transaction for anything but the disk.

use std::path::Path;
use std::time::Duration;

use async_trait::async_trait;
use rapport_shared::ids::{OrgId, UserId};
use rapport_shared::record::Version;
use rapport_shared::time::Timestamp;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Sqlite, SqlitePool, Transaction};
use tokio::sync::watch;

use super::migrations;
use super::news::News;
use super::run::Run;
use super::{Account, AuditEntry, Reader, Result, SessionRow, Store, StoreError, TokenHash, Writer};

mod accounts;
mod checkpoint;
mod convert;
mod glance;
mod read;
mod write;

/// Reading connections: enough that a long first pull does not keep small ones waiting.
const READERS: u32 = 6;
/// The log's file is cut to this many bytes when it begins anew.
const LARGEST_LOG: &str = "67108864";

/// See the module.
pub struct SqliteStore {
    writer: SqlitePool,
    readers: SqlitePool,
    news: News,
    run: Run,
    /// Held for its end: it stops with the store.
    glances: glance::Glances,
    /// Held for its end: it stops with the store.
    checkpoints: checkpoint::Checkpoints,
}

impl SqliteStore {
    /// Opens the database file, creating it and its folder where absent, and brings its schema up to date.
    ///
    /// # Errors
    /// [`StoreError::TooNew`] for a file of a newer version, [`StoreError::Damaged`] for something that is no
    /// database, [`StoreError::Full`], or what the system said.
    pub async fn open(path: &Path) -> Result<Self> {
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(|error| StoreError::Failed(error.to_string()))?;
        }
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10))
            .pragma("cache_size", "-16384")
            .pragma("mmap_size", "268435456")
            .pragma("wal_autocheckpoint", checkpoint::LONGEST_LOG)
            // What a long import made of the log is given back.
            .pragma("journal_size_limit", LARGEST_LOG);
        // A statement that writes many rows notes how to undo itself: in memory, not in a file beside the database.
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .connect_with(options.clone().pragma("temp_store", "memory"))
            .await?;
        migrations::sqlite().await?.run(&writer).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .connect_with(options.pragma("query_only", "on"))
            .await?;
        let news = News::default();
        let glances = glance::Glances::begin(&readers, &news);
        let checkpoints = checkpoint::Checkpoints::begin(&readers);
        Ok(Self {
            writer,
            readers,
            news,
            run: Run::new(),
            glances,
            checkpoints,
        })
    }

    /// Begins to write. When the disk is full SQLite undoes a transaction by itself, which the driver does not notice:
    /// such a connection is of no more use.
    async fn begin(&self) -> Result<Transaction<'static, Sqlite>> {
        const BEGIN: &str = "BEGIN IMMEDIATE";
        match self.writer.begin_with(BEGIN).await {
            Err(sqlx::Error::InvalidSavePointStatement) => {
                self.writer.acquire().await?.close().await?;
                Ok(self.writer.begin_with(BEGIN).await?)
            }
            begun => Ok(begun?),
        }
    }

    /// Marks the file as written by a newer version, and closes it.
    #[cfg(test)]
    pub async fn pretend_newer(self) -> Result<()> {
        sqlx::query(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
             VALUES (9999, 'from the future', TRUE, x'00', 0)",
        )
        .execute(&self.writer)
        .await?;
        self.close().await;
        Ok(())
    }

    /// Bounds the file to this many pages, so that a test can fill the disk.
    #[cfg(test)]
    pub async fn limit_pages(&self, pages: u32) -> Result<()> {
        let statement = sqlx::AssertSqlSafe(format!("PRAGMA max_page_count = {pages}"));
        sqlx::query(statement).execute(&self.writer).await?;
        Ok(())
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn organisation(&self) -> Result<Option<OrgId>> {
        accounts::organisation(&self.readers).await
    }

    async fn create_organisation(&self, org: OrgId, name: &str, epoch: &str) -> Result<()> {
        accounts::create_organisation(&self.writer, org, name, epoch).await
    }

    async fn read(&self, org: OrgId) -> Result<Box<dyn Reader>> {
        Ok(Box::new(read::Session {
            org,
            transaction: self.readers.begin().await?,
            news: self.news.clone(),
            run: self.run.clone(),
            reached: Version::NONE,
        }))
    }

    async fn write(&self, org: OrgId) -> Result<Box<dyn Writer>> {
        Ok(Box::new(read::Session {
            org,
            transaction: self.begin().await?,
            news: self.news.clone(),
            run: self.run.clone(),
            reached: Version::NONE,
        }))
    }

    fn commits(&self, org: OrgId) -> watch::Receiver<Version> {
        self.news.follow(org)
    }

    async fn account(&self, login: &str) -> Result<Option<Account>> {
        accounts::account(&self.readers, login).await
    }

    async fn accounts(&self, org: OrgId) -> Result<Vec<Account>> {
        accounts::accounts(&self.readers, org).await
    }

    async fn open_session(&self, session: &SessionRow) -> Result<()> {
        accounts::open_session(&self.writer, session).await
    }

    async fn session(&self, token: &TokenHash) -> Result<Option<(SessionRow, Account)>> {
        accounts::session(&self.readers, token).await
    }

    async fn extend_session(&self, token: &TokenHash, expires: Timestamp) -> Result<()> {
        accounts::extend_session(&self.writer, token, expires).await
    }

    async fn close_session(&self, token: &TokenHash) -> Result<()> {
        accounts::close_session(&self.writer, token).await
    }

    async fn close_sessions_of(&self, user: UserId) -> Result<()> {
        accounts::close_sessions_of(&self.writer, user).await
    }

    async fn sweep_sessions(&self, now: Timestamp) -> Result<()> {
        accounts::sweep_sessions(&self.writer, now).await
    }

    async fn audit(&self, entry: &AuditEntry) -> Result<()> {
        let mut connection = self.writer.acquire().await?;
        accounts::audit(&mut connection, entry).await
    }

    async fn audit_trail(&self, org: OrgId, limit: u32) -> Result<Vec<AuditEntry>> {
        accounts::audit_trail(&self.readers, org, limit).await
    }

    async fn ping(&self) -> Result<()> {
        sqlx::query("SELECT 1").execute(&self.readers).await?;
        Ok(())
    }

    async fn close(&self) {
        self.glances.end();
        self.checkpoints.end();
        self.readers.close().await;
        self.writer.close().await;
    }
}
