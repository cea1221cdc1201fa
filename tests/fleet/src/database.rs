//! The databases servers of a run work on, and what is done to them behind the servers' backs: filled before, read
//! afterwards.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use rapport_server::store::Store;
use rapport_server::store::postgres::PostgresStore;
use rapport_server::store::sqlite::SqliteStore;
use rapport_server::testing::{self, postgres::Cluster};
use rapport_shared::ids::MutationId;
use rapport_shared::sync::wire::Outcome;

use crate::disk::Disk;
use crate::journal::Sight;

/// A database and all that has to live as long as it.
pub enum Database {
    /// One file on a disk of its own.
    Sqlite {
        /// The disk.
        disk: Disk,
    },
    /// One file in a folder like any other.
    File {
        /// The file.
        path: PathBuf,
    },
    /// A throw-away cluster.
    Postgres {
        /// The cluster.
        cluster: Cluster,
        /// The database in it.
        url: String,
    },
}

impl Database {
    /// A SQLite file on a small disk below `folder`.
    ///
    /// # Errors
    /// There is no room for it.
    pub fn sqlite(folder: &Path) -> anyhow::Result<Self> {
        let disk = Disk::at(folder.join("disk"))?;
        Ok(Self::Sqlite { disk })
    }

    /// A new database in `cluster`.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn postgres(cluster: Cluster) -> anyhow::Result<Self> {
        let url = cluster.database()?;
        Ok(Self::Postgres { cluster, url })
    }

    /// For people and file names.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Sqlite { .. } | Self::File { .. } => "sqlite",
            Self::Postgres { .. } => "postgres",
        }
    }

    /// How many servers may share it in a run.
    pub const fn servers(&self) -> usize {
        match self {
            Self::Sqlite { .. } | Self::File { .. } => 1,
            Self::Postgres { .. } => 2,
        }
    }

    /// As servers take it.
    pub fn url(&self) -> String {
        match self {
            Self::Sqlite { disk } => format!("sqlite://{}", disk.folder().join("rapport.db").display()),
            Self::File { path } => format!("sqlite://{}", path.display()),
            Self::Postgres { url, .. } => url.clone(),
        }
    }

    /// Opens it past the servers.
    ///
    /// # Errors
    /// What the store says.
    pub async fn open(&self) -> anyhow::Result<Arc<dyn Store>> {
        Ok(match self {
            Self::Sqlite { disk } => Arc::new(SqliteStore::open(&disk.folder().join("rapport.db")).await?),
            Self::File { path } => Arc::new(SqliteStore::open(path).await?),
            Self::Postgres { url, .. } => Arc::new(PostgresStore::open(url).await?),
        })
    }

    /// Everything the servers hold.
    ///
    /// # Errors
    /// What the store says.
    pub async fn everything(&self) -> anyhow::Result<Sight> {
        let store = self.open().await?;
        let org = store.organisation().await?.context("an empty database")?;
        let (records, history) = testing::everything(&*store, org).await?;
        store.close().await;
        Ok(Sight {
            records: records.into_iter().map(|record| (record.id, record)).collect(),
            history,
        })
    }

    /// The server's own list of what became of these mutations.
    ///
    /// # Errors
    /// What the store says.
    pub async fn settled(&self, ids: &[MutationId]) -> anyhow::Result<HashMap<MutationId, Outcome>> {
        let store = self.open().await?;
        let org = store.organisation().await?.context("an empty database")?;
        let mut writer = store.write(org).await?;
        let settled = writer.settled(ids).await?;
        drop(writer);
        store.close().await;
        Ok(settled.into_iter().map(|(id, settled)| (id, settled.outcome)).collect())
    }
}
