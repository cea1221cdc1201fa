//! The steps by which the schema of each database came to be what it is, as they lie in `migrations/`. A step that was
//! released never changes: databases remember what they were made by. The macro that comes with sqlx says the same,
//! but for it sqlx, and SQLite with it, would be compiled twice.

use std::pin::Pin;

use sqlx::SqlSafeStr as _;
use sqlx::error::BoxDynError;
use sqlx::migrate::{MigrateError, Migration, MigrationSource, MigrationType, Migrator};

/// The steps of one database in their order: number, name and statements of each.
#[derive(Debug)]
struct Steps(&'static [(i64, &'static str, &'static str)]);

const SQLITE: Steps = Steps(&[
    (1, "initial", include_str!("../../migrations/sqlite/0001_initial.sql")),
    (2, "runs", include_str!("../../migrations/sqlite/0002_runs.sql")),
    (3, "roots", include_str!("../../migrations/sqlite/0003_roots.sql")),
]);

const POSTGRES: Steps = Steps(&[
    (1, "initial", include_str!("../../migrations/postgres/0001_initial.sql")),
    (2, "runs", include_str!("../../migrations/postgres/0002_runs.sql")),
    (3, "roots", include_str!("../../migrations/postgres/0003_roots.sql")),
]);

impl MigrationSource<'static> for Steps {
    fn resolve(self) -> Pin<Box<dyn Future<Output = Result<Vec<Migration>, BoxDynError>> + Send>> {
        let steps = self.0.iter().map(|(number, name, statements)| {
            let statements = statements.into_sql_str();
            Migration::new(*number, (*name).into(), MigrationType::Simple, statements, false)
        });
        Box::pin(std::future::ready(Ok(steps.collect())))
    }
}

/// What brings an SQLite database up to date.
pub(super) async fn sqlite() -> Result<Migrator, MigrateError> {
    Migrator::new(SQLITE).await
}

/// What brings a PostgreSQL database up to date.
pub(super) async fn postgres() -> Result<Migrator, MigrateError> {
    Migrator::new(POSTGRES).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
    fn every_file_is_a_step() {
        for (folder, Steps(steps)) in [("sqlite", SQLITE), ("postgres", POSTGRES)] {
            let folder = format!("{}/migrations/{folder}", env!("CARGO_MANIFEST_DIR"));
            let mut files: Vec<String> = std::fs::read_dir(&folder)
                .unwrap()
                .map(|file| file.unwrap().file_name().to_string_lossy().into_owned())
                .collect();
            files.sort();
            let named = |(number, name, _): &(i64, &str, &str)| format!("{number:04}_{name}.sql");
            assert_eq!(files, steps.iter().map(named).collect::<Vec<_>>(), "{folder}");
            for (file, (.., statements)) in files.iter().zip(steps) {
                assert_eq!(
                    std::fs::read_to_string(format!("{folder}/{file}")).unwrap(),
                    *statements
                );
            }
        }
    }
}
