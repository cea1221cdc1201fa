//! What the databases call their failures, as the few kinds the server tells apart. It hides nothing: the database's
//! own words go along for the log.

use sqlx::error::DatabaseError;
use sqlx::migrate::MigrateError;
use sqlx::postgres::PgDatabaseError;

use super::StoreError;

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let text = error.to_string();
        match &error {
            sqlx::Error::Database(database) => from_database(&**database, text),
            // The connection is gone, and with it what was not committed.
            sqlx::Error::Io(_) | sqlx::Error::WorkerCrashed => Self::Interrupted(text),
            _ => Self::Failed(text),
        }
    }
}

fn from_database(error: &dyn DatabaseError, text: String) -> StoreError {
    let code = error.code().unwrap_or_default();
    if error.try_downcast_ref::<PgDatabaseError>().is_some() {
        from_postgres(&code, text)
    } else {
        from_sqlite(&code, text)
    }
}

fn from_sqlite(code: &str, text: String) -> StoreError {
    const FULL: &str = "13";
    const CORRUPT: &str = "11";
    const NOT_A_DATABASE: &str = "26";
    /// In the lowest byte; the others say why.
    const BUSY: u32 = 5;
    match code {
        FULL => StoreError::Full,
        CORRUPT | NOT_A_DATABASE => StoreError::Damaged(text),
        _ if code.parse::<u32>().is_ok_and(|code| code & 0xff == BUSY) => StoreError::Busy(text),
        _ => StoreError::Failed(text),
    }
}

fn from_postgres(code: &str, text: String) -> StoreError {
    const DISK_FULL: &str = "53100";
    const DATA_CORRUPTED: &str = "XX001";
    const INDEX_CORRUPTED: &str = "XX002";
    match code {
        DISK_FULL => StoreError::Full,
        DATA_CORRUPTED | INDEX_CORRUPTED => StoreError::Damaged(text),
        _ if passes(code) => StoreError::Interrupted(text),
        _ => StoreError::Failed(text),
    }
}

/// Whether doing the same again may succeed, by the tables of PostgreSQL's error codes.
fn passes(code: &str) -> bool {
    const CONNECTION: &str = "08";
    const PASSING: [&str; 8] = [
        "40001", // serialization failure
        "40003", // statement completion unknown
        "40P01", // deadlock detected
        "53300", // too many connections
        "57P01", // the server is being shut down
        "57P02", // the server is recovering from a crash
        "57P03", // the server is starting
        "25P03", // idle for too long within a transaction
    ];
    code.starts_with(CONNECTION) || PASSING.contains(&code)
}

impl From<MigrateError> for StoreError {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::VersionMissing(version) => Self::TooNew(version),
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => error.into(),
            other => Self::Failed(other.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_sqlite_are_told_apart() {
        let check =
            |code: &str, expected: &str| assert_eq!(kind(&from_sqlite(code, String::new())), expected, "{code}");
        check("13", "full");
        check("11", "damaged");
        check("26", "damaged");
        check("5", "busy");
        check("517", "busy");
        check("2067", "failed");
        check("", "failed");
    }

    fn kind(error: &StoreError) -> &'static str {
        match error {
            StoreError::Full => "full",
            StoreError::Damaged(_) => "damaged",
            StoreError::Interrupted(_) => "interrupted",
            StoreError::Busy(_) => "busy",
            _ => "failed",
        }
    }

    #[test]
    fn codes_of_postgresql_are_told_apart() {
        for (code, expected) in [
            ("53100", "full"),
            ("XX002", "damaged"),
            ("40001", "interrupted"),
            ("40P01", "interrupted"),
            ("08006", "interrupted"),
            ("57P01", "interrupted"),
            ("23505", "failed"),
            ("57014", "failed"),
            ("", "failed"),
        ] {
            assert_eq!(kind(&from_postgres(code, String::new())), expected, "{code}");
        }
    }
}
