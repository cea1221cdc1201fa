//! Organisations, accounts, sessions and the audit: small statements that stand alone, and that may be done again
//! after an interruption without doing more.

use rapport_shared::ids::{DeviceId, OrgId, UserId};
use rapport_shared::time::Timestamp;
use sqlx::postgres::{PgExecutor, PgRow};
use sqlx::{PgPool, Row as _};
use uuid::Uuid;

use super::super::{Account, AuditEntry, Result, SessionRow, StoreError, TokenHash};
use super::convert::{from_json, id, text, timestamp, uuid};

pub(super) async fn organisation(pool: &PgPool) -> Result<Option<OrgId>> {
    let row = sqlx::query("SELECT org_id FROM organisation ORDER BY founded, org_id LIMIT 1")
        .fetch_optional(pool)
        .await?;
    Ok(row.map(|row| row.try_get(0)).transpose()?.map(id))
}

/// Two servers may find the same empty database at once: one comes first, and stays the first.
pub(super) async fn create_organisation(pool: &PgPool, org: OrgId, name: &str, epoch: &str) -> Result<()> {
    let mut transaction = pool.begin_with("BEGIN ISOLATION LEVEL SERIALIZABLE").await?;
    let founded: i64 = sqlx::query_scalar("SELECT count(*) FROM organisation")
        .fetch_one(&mut *transaction)
        .await?;
    sqlx::query("INSERT INTO organisation (org_id, founded, name, epoch, sequence) VALUES ($1, $2, $3, $4, 0)")
        .bind(uuid(org))
        .bind(founded)
        .bind(text(name))
        .bind(epoch)
        .execute(&mut *transaction)
        .await?;
    Ok(transaction.commit().await?)
}

fn to_account(row: &PgRow) -> Result<Account> {
    Ok(Account {
        profile: from_json(row.try_get("profile")?)?,
        password: row.try_get("password")?,
        active: row.try_get("active")?,
    })
}

async fn account_of(pool: &PgPool, org: Uuid, user: Uuid) -> Result<Option<Account>> {
    let row = sqlx::query("SELECT profile, password, active FROM account WHERE org_id = $1 AND user_id = $2")
        .bind(org)
        .bind(user)
        .fetch_optional(pool)
        .await?;
    row.as_ref().map(to_account).transpose()
}

pub(super) async fn account(pool: &PgPool, login: &str) -> Result<Option<Account>> {
    // The database refuses such a text; nobody has it as a name.
    if login.contains('\0') {
        return Ok(None);
    }
    let row = sqlx::query("SELECT org_id, user_id FROM sign_in_name WHERE login = $1")
        .bind(login)
        .fetch_optional(pool)
        .await?;
    match row {
        Some(row) => account_of(pool, row.try_get(0)?, row.try_get(1)?).await,
        None => Ok(None),
    }
}

pub(super) async fn accounts(pool: &PgPool, org: OrgId) -> Result<Vec<Account>> {
    let rows = sqlx::query("SELECT profile, password, active FROM account WHERE org_id = $1")
        .bind(uuid(org))
        .fetch_all(pool)
        .await?;
    let mut accounts: Vec<Account> = rows.iter().map(to_account).collect::<Result<_>>()?;
    // Not by the database: its order depends on the language it was set up for.
    accounts.sort_by(|one, other| one.profile.login.cmp(&other.profile.login));
    Ok(accounts)
}

pub(super) async fn open_session(pool: &PgPool, session: &SessionRow) -> Result<()> {
    sqlx::query(
        "INSERT INTO session (token, org_id, user_id, csrf, created, expires) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (token) DO NOTHING",
    )
    .bind(session.token.as_slice())
    .bind(uuid(session.org))
    .bind(uuid(session.user))
    .bind(&session.csrf)
    .bind(session.created.milliseconds())
    .bind(session.expires.milliseconds())
    .execute(pool)
    .await?;
    Ok(())
}

/// Two statements, for the two tables are not sharded alike.
pub(super) async fn session(pool: &PgPool, token: &TokenHash) -> Result<Option<(SessionRow, Account)>> {
    let row = sqlx::query("SELECT org_id, user_id, csrf, created, expires FROM session WHERE token = $1")
        .bind(token.as_slice())
        .fetch_optional(pool)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let (org, user) = (row.try_get(0)?, row.try_get(1)?);
    let session = SessionRow {
        token: *token,
        org: id(org),
        user: id(user),
        csrf: row.try_get(2)?,
        created: timestamp(row.try_get(3)?),
        expires: timestamp(row.try_get(4)?),
    };
    Ok(account_of(pool, org, user).await?.map(|account| (session, account)))
}

pub(super) async fn extend_session(pool: &PgPool, token: &TokenHash, expires: Timestamp) -> Result<()> {
    let query = sqlx::query("UPDATE session SET expires = $2 WHERE token = $1");
    query
        .bind(token.as_slice())
        .bind(expires.milliseconds())
        .execute(pool)
        .await?;
    Ok(())
}

pub(super) async fn close_session(pool: &PgPool, token: &TokenHash) -> Result<()> {
    sqlx::query("DELETE FROM session WHERE token = $1")
        .bind(token.as_slice())
        .execute(pool)
        .await?;
    Ok(())
}

pub(super) async fn close_sessions_of(pool: &PgPool, user: UserId) -> Result<()> {
    sqlx::query("DELETE FROM session WHERE user_id = $1")
        .bind(uuid(user))
        .execute(pool)
        .await?;
    Ok(())
}

pub(super) async fn sweep_sessions(pool: &PgPool, now: Timestamp) -> Result<()> {
    sqlx::query("DELETE FROM session WHERE expires < $1")
        .bind(now.milliseconds())
        .execute(pool)
        .await?;
    Ok(())
}

/// An event with the key it is written under, however often it takes.
pub(super) struct Identified<'a> {
    id: Uuid,
    entry: &'a AuditEntry,
}

impl<'a> Identified<'a> {
    pub(super) fn new(entry: &'a AuditEntry) -> Self {
        Self {
            id: Uuid::now_v7(),
            entry,
        }
    }
}

pub(super) async fn audit(executor: impl PgExecutor<'_>, entries: &[Identified<'_>]) -> Result<()> {
    let column = |value: fn(&AuditEntry) -> Option<Uuid>| -> Vec<Option<Uuid>> {
        entries.iter().map(|identified| value(identified.entry)).collect()
    };
    let texts = |value: fn(&AuditEntry) -> &str| -> Vec<String> {
        let texts = entries
            .iter()
            .map(|identified| text(value(identified.entry)).into_owned());
        texts.collect()
    };
    let times = entries.iter().map(|identified| identified.entry.at.milliseconds());
    sqlx::query(
        "INSERT INTO audit (org_id, id, at, user_id, device, action, subject) \
         SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::uuid[], $5::uuid[], $6::text[], $7::text[]) \
         ON CONFLICT (org_id, id) DO NOTHING",
    )
    .bind(column(|entry| Some(entry.org.map_or(Uuid::nil(), uuid))))
    .bind(entries.iter().map(|identified| identified.id).collect::<Vec<_>>())
    .bind(times.collect::<Vec<_>>())
    .bind(column(|entry| entry.user.map(uuid)))
    .bind(column(|entry| entry.device.map(uuid)))
    .bind(texts(|entry| &entry.action))
    .bind(texts(|entry| &entry.subject))
    .execute(executor)
    .await?;
    Ok(())
}

pub(super) async fn audit_trail(pool: &PgPool, org: OrgId, limit: u32) -> Result<Vec<AuditEntry>> {
    let rows = sqlx::query(
        "SELECT org_id, at, user_id, device, action, subject FROM audit WHERE org_id IN ($1, $2) \
         ORDER BY id DESC LIMIT $3",
    )
    .bind(uuid(org))
    .bind(Uuid::nil())
    .bind(i64::from(limit))
    .fetch_all(pool)
    .await?;
    let entries = rows.iter().map(|row| {
        let org: Uuid = row.try_get(0)?;
        Ok(AuditEntry {
            org: (!org.is_nil()).then(|| id(org)),
            at: timestamp(row.try_get(1)?),
            user: row.try_get::<Option<Uuid>, _>(2)?.map(id::<UserId>),
            device: row.try_get::<Option<Uuid>, _>(3)?.map(id::<DeviceId>),
            action: row.try_get(4)?,
            subject: row.try_get(5)?,
        })
    });
    entries.collect::<Result<_, sqlx::Error>>().map_err(StoreError::from)
}
