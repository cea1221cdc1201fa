//! Organisations, accounts, sessions and the audit: small statements that stand alone.

use rapport_shared::ids::{OrgId, UserId};
use rapport_shared::time::Timestamp;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqliteConnection, SqlitePool};

use super::super::{Account, AuditEntry, Result, SessionRow, TokenHash};
use super::convert::{from_json, id, optional_id, timestamp};

pub(super) async fn organisation(pool: &SqlitePool) -> Result<Option<OrgId>> {
    let row = sqlx::query("SELECT org FROM organisation ORDER BY org LIMIT 1")
        .fetch_optional(pool)
        .await?;
    row.map(|row| id(row.try_get(0)?)).transpose()
}

pub(super) async fn create_organisation(pool: &SqlitePool, org: OrgId, name: &str, epoch: &str) -> Result<()> {
    sqlx::query("INSERT INTO organisation (org, name, epoch, sequence) VALUES (?1, ?2, ?3, 0)")
        .bind(org.as_bytes().to_vec())
        .bind(name)
        .bind(epoch)
        .execute(pool)
        .await?;
    Ok(())
}

fn to_account(row: &SqliteRow) -> Result<Account> {
    Ok(Account {
        profile: from_json(row.try_get("profile")?)?,
        password: row.try_get("password")?,
        active: row.try_get("active")?,
    })
}

pub(super) async fn account(pool: &SqlitePool, login: &str) -> Result<Option<Account>> {
    let row = sqlx::query("SELECT profile, password, active FROM account WHERE login = ?1")
        .bind(login)
        .fetch_optional(pool)
        .await?;
    row.as_ref().map(to_account).transpose()
}

pub(super) async fn accounts(pool: &SqlitePool, org: OrgId) -> Result<Vec<Account>> {
    let rows = sqlx::query("SELECT profile, password, active FROM account WHERE org = ?1 ORDER BY login")
        .bind(org.as_bytes().to_vec())
        .fetch_all(pool)
        .await?;
    rows.iter().map(to_account).collect()
}

pub(super) async fn open_session(pool: &SqlitePool, session: &SessionRow) -> Result<()> {
    sqlx::query("INSERT INTO session (token, org, user, csrf, created, expires) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
        .bind(session.token.to_vec())
        .bind(session.org.as_bytes().to_vec())
        .bind(session.user.as_bytes().to_vec())
        .bind(&session.csrf)
        .bind(session.created.milliseconds())
        .bind(session.expires.milliseconds())
        .execute(pool)
        .await?;
    Ok(())
}

pub(super) async fn session(pool: &SqlitePool, token: &TokenHash) -> Result<Option<(SessionRow, Account)>> {
    let row = sqlx::query(
        "SELECT s.org, s.user, s.csrf, s.created, s.expires, a.profile, a.password, a.active \
         FROM session s JOIN account a ON a.org = s.org AND a.user = s.user WHERE s.token = ?1",
    )
    .bind(token.to_vec())
    .fetch_optional(pool)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let session = SessionRow {
        token: *token,
        org: id(row.try_get(0)?)?,
        user: id(row.try_get(1)?)?,
        csrf: row.try_get(2)?,
        created: timestamp(row.try_get(3)?),
        expires: timestamp(row.try_get(4)?),
    };
    Ok(Some((session, to_account(&row)?)))
}

pub(super) async fn extend_session(pool: &SqlitePool, token: &TokenHash, expires: Timestamp) -> Result<()> {
    let query = sqlx::query("UPDATE session SET expires = ?2 WHERE token = ?1");
    query
        .bind(token.to_vec())
        .bind(expires.milliseconds())
        .execute(pool)
        .await?;
    Ok(())
}

pub(super) async fn close_session(pool: &SqlitePool, token: &TokenHash) -> Result<()> {
    sqlx::query("DELETE FROM session WHERE token = ?1")
        .bind(token.to_vec())
        .execute(pool)
        .await?;
    Ok(())
}

pub(super) async fn close_sessions_of(pool: &SqlitePool, user: UserId) -> Result<()> {
    sqlx::query("DELETE FROM session WHERE user = ?1")
        .bind(user.as_bytes().to_vec())
        .execute(pool)
        .await?;
    Ok(())
}

pub(super) async fn sweep_sessions(pool: &SqlitePool, now: Timestamp) -> Result<()> {
    sqlx::query("DELETE FROM session WHERE expires < ?1")
        .bind(now.milliseconds())
        .execute(pool)
        .await?;
    Ok(())
}

pub(super) async fn audit(connection: &mut SqliteConnection, entry: &AuditEntry) -> Result<()> {
    sqlx::query("INSERT INTO audit (org, at, user, device, action, subject) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
        .bind(entry.org.map(|id| id.as_bytes().to_vec()))
        .bind(entry.at.milliseconds())
        .bind(entry.user.map(|id| id.as_bytes().to_vec()))
        .bind(entry.device.map(|id| id.as_bytes().to_vec()))
        .bind(&entry.action)
        .bind(&entry.subject)
        .execute(connection)
        .await?;
    Ok(())
}

pub(super) async fn audit_trail(pool: &SqlitePool, org: OrgId, limit: u32) -> Result<Vec<AuditEntry>> {
    let rows = sqlx::query(
        "SELECT org, at, user, device, action, subject FROM audit WHERE org = ?1 OR org IS NULL \
         ORDER BY id DESC LIMIT ?2",
    )
    .bind(org.as_bytes().to_vec())
    .bind(limit)
    .fetch_all(pool)
    .await?;
    let entries = rows.iter().map(|row| {
        Ok(AuditEntry {
            org: optional_id(row.try_get(0)?)?,
            at: timestamp(row.try_get(1)?),
            user: optional_id::<UserId>(row.try_get(2)?)?,
            device: optional_id(row.try_get(3)?)?,
            action: row.try_get(4)?,
            subject: row.try_get(5)?,
        })
    });
    entries.collect()
}
