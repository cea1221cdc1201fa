//! What the commands have in common: finding and opening the database, and checking texts that will be shown.
//! It parses no arguments.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, anyhow, bail};
use clap::Args;
use jiff::civil::Date;
use rapport_server::clock::Clock;
use rapport_server::store::postgres::PostgresStore;
use rapport_server::store::sqlite::SqliteStore;
use rapport_server::store::{Store, StoreError};

pub mod demo;
pub mod export;
pub mod handover;
pub mod import;
pub mod serve;
pub mod user;

/// Where the data lies.
#[derive(Args, Clone)]
pub struct Database {
    /// The database: `sqlite://path/to/file.db`, or just the path (created when absent); or
    /// `postgres://user@host/name`, which several servers may share. A password is better left to PGPASSWORD or
    /// ~/.pgpass: others can read the arguments.
    #[arg(
        long = "database",
        visible_alias = "db",
        env = "RAPPORT_DATABASE",
        hide_env_values = true,
        default_value = "sqlite://data/rapport.db",
        value_name = "URL"
    )]
    url: String,
}

impl Database {
    fn is_postgres(&self) -> bool {
        ["postgres:", "postgresql:"]
            .iter()
            .any(|scheme| self.url.starts_with(scheme))
    }

    fn path(&self) -> anyhow::Result<PathBuf> {
        let path = match self.url.split_once(':') {
            Some(("sqlite", path)) => path.strip_prefix("//").unwrap_or(path),
            // A drive letter is no scheme.
            Some((scheme, _)) if scheme.len() > 1 && scheme.chars().all(|c| c.is_ascii_alphanumeric()) => {
                bail!(
                    "{scheme} databases are not supported by this version; give sqlite://path/to/file.db or postgres://user@host/name"
                )
            }
            _ => &self.url,
        };
        if path.is_empty() {
            bail!("the database URL {:?} names no file", self.url);
        }
        Ok(PathBuf::from(path))
    }

    /// Opens the database, bringing its schema up to date.
    pub async fn open(&self) -> anyhow::Result<Arc<dyn Store>> {
        if self.is_postgres() {
            // Without the URL: it may hold a password.
            let store = PostgresStore::open(&self.url).await;
            return Ok(Arc::new(store.context("cannot open the PostgreSQL database")?));
        }
        let path = self.path()?;
        match SqliteStore::open(&path).await {
            Ok(store) => Ok(Arc::new(store)),
            Err(error @ (StoreError::Full | StoreError::Failed(_))) => {
                // The database says no more than "disk I/O error" when its disk is full.
                place(&path).with_context(|| format!("cannot open {}", path.display()))?;
                Err(error).with_context(|| format!("cannot open {}", path.display()))
            }
            Err(error) => Err(error).with_context(|| format!("cannot open {}", path.display())),
        }
    }

    /// The file the data lies in, where it is one.
    pub fn file(&self) -> anyhow::Result<Option<PathBuf>> {
        if self.is_postgres() {
            return Ok(None);
        }
        self.path().map(Some)
    }

    /// Where a database file should be and is not.
    pub fn missing(&self) -> anyhow::Result<Option<PathBuf>> {
        Ok(self.file()?.filter(|path| !path.exists()))
    }

    /// Opens a database that must be there already: a mistyped path must not make a new one.
    pub async fn open_existing(&self) -> anyhow::Result<Arc<dyn Store>> {
        if let Some(path) = self.missing()? {
            bail!(
                "there is no database at {}; give its place with --database",
                path.display()
            );
        }
        self.open().await
    }
}

/// Whether a database at `path` could be written.
fn place(path: &Path) -> anyhow::Result<()> {
    const ROOM: usize = 1024 * 1024;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    if path.exists() {
        let file = OpenOptions::new().append(true).open(path);
        file.map_err(|error| unusable(path, &error))?;
    }
    let probe = folder.join(format!(".rapport-probe-{}", std::process::id()));
    let mut file = File::create_new(&probe).map_err(|error| unusable(folder, &error))?;
    let written = file.write_all(&vec![1; ROOM]);
    let _ = std::fs::remove_file(&probe);
    written.map_err(|error| unusable(folder, &error))
}

fn unusable(path: &Path, error: &std::io::Error) -> anyhow::Error {
    let path = path.display();
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            anyhow!("the disk of {path} is full: free some space, or give another place with --database")
        }
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            anyhow!("{path} is not writable by this user: give it the right, or another place with --database")
        }
        _ => anyhow!("{path} cannot be written: {error}"),
    }
}

/// Today by the clock of this machine.
pub fn today() -> Date {
    Clock::system().now().civil_date(480)
}

/// A name, or another short text, as it may be shown.
pub fn shown(text: &str) -> anyhow::Result<String> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > 200 || text.chars().any(char::is_control) {
        bail!("a name or title must have 1 to 200 characters, and no control characters");
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn why_nothing_can_be_written_is_said() {
        for (kind, says) in [
            (ErrorKind::StorageFull, "is full"),
            (ErrorKind::PermissionDenied, "not writable"),
            (ErrorKind::ReadOnlyFilesystem, "not writable"),
            (ErrorKind::InvalidData, "cannot be written"),
        ] {
            let text = unusable(Path::new("data"), &kind.into()).to_string();
            assert!(text.contains(says), "{text}");
        }
        assert!(place(Path::new("/dev/null/rapport.db")).is_err());
    }
}
