//! Writing into the order of commits: whole batches, one statement a table however many rows there are. It never reads
//! before it writes; what is to be written was decided by the caller inside the same transaction.

use std::collections::HashMap;

use async_trait::async_trait;
use futures_util::TryStreamExt as _;
use rapport_shared::ids::{DeviceId, MutationId, OrgId, RecordId, UserId};
use rapport_shared::record::{Kind, Version};
use rapport_shared::time::Timestamp;
use sqlx::postgres::Postgres;
use sqlx::{Row as _, Transaction};

use super::super::news::News;
use super::super::run::Run;
use super::super::{Account, Batch, Head, ImportedRow, Result, Settled, StoreError, Writer};
use super::convert::{from_json, id, key, timestamp, to_json, uuid, uuids, version_to_column};
use super::read::{Session, to_head};
use super::{PostgresStore, accounts, listen};

mod batch;
mod reading;

/// Waits until nobody else writes for this organisation. From here to the end of the transaction its versions are
/// this one's to give out, so a smaller one is never committed later.
pub(super) async fn lock(transaction: &mut Transaction<'static, Postgres>, org: OrgId) -> Result<Head> {
    let row = sqlx::query("SELECT epoch, sequence FROM organisation WHERE org_id = $1 FOR UPDATE")
        .bind(uuid(org))
        .fetch_one(&mut **transaction)
        .await?;
    to_head(&row)
}

/// The writing transaction, which holds the organisation's row.
pub(super) struct Writing {
    session: Session,
    /// As it stands within this transaction.
    head: Head,
    /// Whether anything was put into the order of commits.
    advanced: bool,
    news: News,
    run: Run,
    notifies: bool,
}

impl Writing {
    pub(super) fn new(session: Session, head: Head, store: &PostgresStore) -> Self {
        Self {
            session,
            head,
            advanced: false,
            news: store.news.clone(),
            run: store.run.clone(),
            notifies: store.notifies,
        }
    }

    async fn advance(&mut self, to: Version) -> Result<()> {
        if to <= self.head.sequence {
            return Ok(());
        }
        self.begin_run().await?;
        sqlx::query("UPDATE organisation SET sequence = $2 WHERE org_id = $1")
            .bind(self.session.org_column())
            .bind(version_to_column(to)?)
            .execute(&mut *self.session.transaction)
            .await?;
        self.head.sequence = to;
        self.advanced = true;
        Ok(())
    }
}

impl Writing {
    /// With the first commit of this process the run before it ends; a server beside this one goes on in the new one.
    async fn begin_run(&mut self) -> Result<()> {
        let org = self.session.org_column();
        if self.run.has_begun(self.session.org) || *self.run.epoch == self.head.epoch {
            return Ok(());
        }
        sqlx::query("INSERT INTO former_run (org_id, epoch, until) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")
            .bind(org)
            .bind(&self.head.epoch)
            .bind(version_to_column(self.head.sequence)?)
            .execute(&mut *self.session.transaction)
            .await?;
        sqlx::query("UPDATE organisation SET epoch = $2 WHERE org_id = $1")
            .bind(org)
            .bind(&*self.run.epoch)
            .execute(&mut *self.session.transaction)
            .await?;
        self.head.epoch = self.run.epoch.to_string();
        Ok(())
    }
}

#[async_trait]
impl Writer for Writing {
    async fn settled(&mut self, ids: &[MutationId]) -> Result<HashMap<MutationId, Settled>> {
        let rows = sqlx::query(
            "SELECT id, author, device, record, written, received, outcome FROM mutation \
             WHERE org_id = $1 AND id = ANY($2)",
        )
        .bind(self.session.org_column())
        .bind(uuids(ids))
        .fetch_all(&mut *self.session.transaction)
        .await?;
        let settled = rows.iter().map(|row| {
            let settled = Settled {
                id: id(row.try_get(0)?),
                author: id(row.try_get(1)?),
                device: id(row.try_get(2)?),
                record: id(row.try_get(3)?),
                written: timestamp(row.try_get(4)?),
                received: timestamp(row.try_get(5)?),
                outcome: from_json(row.try_get(6)?)?,
            };
            Ok((settled.id, settled))
        });
        settled.collect()
    }

    async fn claim_device(&mut self, device: DeviceId, user: UserId, now: Timestamp) -> Result<UserId> {
        let row = sqlx::query(
            "INSERT INTO device AS d (org_id, device, user_id, first_seen, last_seen) VALUES ($1, $2, $3, $4, $4) \
             ON CONFLICT (org_id, device) DO UPDATE \
             SET last_seen = CASE WHEN d.user_id = $3 THEN $4 ELSE d.last_seen END RETURNING user_id",
        )
        .bind(self.session.org_column())
        .bind(uuid(device))
        .bind(uuid(user))
        .bind(now.milliseconds())
        .fetch_one(&mut *self.session.transaction)
        .await?;
        Ok(id(row.try_get(0)?))
    }

    async fn put(&mut self, batch: &Batch) -> Result<()> {
        let org = self.session.org_column();
        let connection = &mut *self.session.transaction;
        batch::put_records(connection, org, &batch.records).await?;
        batch::put_history(connection, org, &batch.history).await?;
        batch::put_settled(connection, org, &batch.settled).await?;
        batch::put_channels(connection, org, &batch.channels).await?;
        batch::put_scope_events(connection, org, &batch.scope_events).await?;
        if !batch.audit.is_empty() {
            let entries: Vec<_> = batch.audit.iter().map(accounts::Identified::new).collect();
            accounts::audit(connection, &entries).await?;
        }
        self.advance(batch.sequence).await
    }

    /// Asks before it writes: a statement that fails would end the whole transaction.
    async fn put_account(&mut self, account: &Account) -> Result<()> {
        let (org, user) = (self.session.org_column(), uuid(account.profile.user));
        let login = &account.profile.login;
        let connection = &mut *self.session.transaction;
        let holder = sqlx::query(
            "INSERT INTO sign_in_name AS n (login, org_id, user_id) VALUES ($1, $2, $3) \
             ON CONFLICT (login) DO UPDATE SET login = n.login RETURNING org_id, user_id",
        )
        .bind(login)
        .bind(org)
        .bind(user)
        .fetch_one(&mut *connection)
        .await?;
        if (holder.try_get(0)?, holder.try_get(1)?) != (org, user) {
            return Err(StoreError::LoginTaken(login.clone()));
        }
        sqlx::query("DELETE FROM sign_in_name WHERE org_id = $1 AND user_id = $2 AND login <> $3")
            .bind(org)
            .bind(user)
            .bind(login)
            .execute(&mut *connection)
            .await?;
        sqlx::query(
            "INSERT INTO account (org_id, user_id, login, password, active, profile) VALUES ($1, $2, $3, $4, $5, $6) \
             ON CONFLICT (org_id, user_id) DO UPDATE SET login = $3, password = $4, active = $5, profile = $6",
        )
        .bind(org)
        .bind(user)
        .bind(login)
        .bind(&account.password)
        .bind(account.active)
        .bind(to_json(&account.profile)?)
        .execute(connection)
        .await?;
        Ok(())
    }

    async fn imported_codes(&mut self, kind: &Kind) -> Result<Vec<(String, RecordId)>> {
        let rows = sqlx::query("SELECT code, record FROM imported WHERE org_id = $1 AND kind = $2")
            .bind(self.session.org_column())
            .bind(key(kind.name()))
            .fetch(&mut *self.session.transaction);
        rows.map_err(Into::into)
            .and_then(async |row| Ok((row.try_get(0)?, id(row.try_get(1)?))))
            .try_collect()
            .await
    }

    async fn imported(&mut self, kind: &Kind, codes: &[String]) -> Result<HashMap<String, ImportedRow>> {
        if codes.is_empty() {
            return Ok(HashMap::new());
        }
        let rows =
            sqlx::query("SELECT code, record, cells FROM imported WHERE org_id = $1 AND kind = $2 AND code = ANY($3)")
                .bind(self.session.org_column())
                .bind(key(kind.name()))
                .bind(codes)
                .fetch_all(&mut *self.session.transaction)
                .await?;
        let imported = rows.iter().map(|row| {
            let imported = ImportedRow {
                record: id(row.try_get(1)?),
                cells: from_json(row.try_get(2)?)?,
            };
            Ok((row.try_get(0)?, imported))
        });
        imported.collect()
    }

    async fn put_imported(&mut self, kind: &Kind, rows: &[(String, ImportedRow)]) -> Result<()> {
        let org = self.session.org_column();
        batch::put_imported(&mut self.session.transaction, org, kind, rows).await
    }

    async fn commit(self: Box<Self>) -> Result<()> {
        let mut writing = *self;
        let (org, reached) = (writing.session.org, writing.head.sequence);
        if writing.advanced && writing.notifies {
            listen::notify(&mut *writing.session.transaction, org, reached).await?;
        }
        writing.session.transaction.commit().await?;
        if writing.advanced {
            writing.run.begin(org);
            writing.news.tell(org, reached);
        }
        Ok(())
    }
}
