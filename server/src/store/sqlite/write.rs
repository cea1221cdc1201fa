//! Writing into the order of commits: whole batches, many rows a statement. It never reads before it writes; what
//! is to be written was decided by the caller inside the same transaction.

use std::collections::HashMap;

use async_trait::async_trait;
use futures_util::TryStreamExt as _;
use rapport_shared::ids::{DeviceId, MutationId, RecordId, UserId};
use rapport_shared::record::{Kind, Version};
use rapport_shared::time::Timestamp;
use sqlx::{QueryBuilder, Row as _, Sqlite};

use super::super::{Account, Batch, ImportedRow, Result, Settled, StoreError, Writer};
use super::accounts;
use super::convert::{from_json, id, id_list, scope_columns, timestamp, to_json, version_to_column};
use super::read::Session;

/// Rows in one statement: long enough to save round trips, short of SQLite's bound on parameters.
const CHUNK: usize = 200;

fn bytes(id: &[u8; 16]) -> Vec<u8> {
    id.to_vec()
}

#[async_trait]
impl Writer for Session {
    async fn settled(&mut self, ids: &[MutationId]) -> Result<HashMap<MutationId, Settled>> {
        let rows = sqlx::query(
            "SELECT id, author, device, record, written, received, outcome FROM mutation \
             WHERE org = ?1 AND id IN (SELECT unhex(value) FROM json_each(?2))",
        )
        .bind(bytes(self.org.as_bytes()))
        .bind(id_list(ids.iter().map(MutationId::as_bytes)))
        .fetch_all(&mut *self.transaction)
        .await?;
        let settled = rows.iter().map(|row| {
            let settled = Settled {
                id: id(row.try_get(0)?)?,
                author: id(row.try_get(1)?)?,
                device: id(row.try_get(2)?)?,
                record: id(row.try_get(3)?)?,
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
            "INSERT INTO device (org, device, user, first_seen, last_seen) VALUES (?1, ?2, ?3, ?4, ?4) \
             ON CONFLICT (org, device) DO UPDATE SET last_seen = iif(user = ?3, ?4, last_seen) RETURNING user",
        )
        .bind(bytes(self.org.as_bytes()))
        .bind(bytes(device.as_bytes()))
        .bind(bytes(user.as_bytes()))
        .bind(now.milliseconds())
        .fetch_one(&mut *self.transaction)
        .await?;
        id(row.try_get(0)?)
    }

    async fn put(&mut self, batch: &Batch) -> Result<()> {
        self.put_records(batch).await?;
        self.put_history(batch).await?;
        self.put_settled(batch).await?;
        self.put_scopes(batch).await?;
        for entry in &batch.audit {
            accounts::audit(&mut self.transaction, entry).await?;
        }
        self.begin_run().await?;
        sqlx::query("UPDATE organisation SET sequence = ?2 WHERE org = ?1 AND sequence < ?2")
            .bind(bytes(self.org.as_bytes()))
            .bind(version_to_column(batch.sequence)?)
            .execute(&mut *self.transaction)
            .await?;
        self.reached = self.reached.max(batch.sequence);
        Ok(())
    }

    async fn put_account(&mut self, account: &Account) -> Result<()> {
        sqlx::query(
            "INSERT INTO account (org, user, login, password, active, profile) VALUES (?1, ?2, ?3, ?4, ?5, ?6) \
             ON CONFLICT (org, user) DO UPDATE SET login = ?3, password = ?4, active = ?5, profile = ?6",
        )
        .bind(bytes(self.org.as_bytes()))
        .bind(bytes(account.profile.user.as_bytes()))
        .bind(&account.profile.login)
        .bind(&account.password)
        .bind(account.active)
        .bind(to_json(&account.profile)?)
        .execute(&mut *self.transaction)
        .await
        .map_err(|error| match error.as_database_error() {
            Some(database) if database.is_unique_violation() => StoreError::LoginTaken(account.profile.login.clone()),
            _ => error.into(),
        })?;
        Ok(())
    }

    async fn imported_codes(&mut self, kind: &Kind) -> Result<Vec<(String, RecordId)>> {
        let rows = sqlx::query("SELECT code, record FROM imported WHERE org = ?1 AND kind = ?2")
            .bind(bytes(self.org.as_bytes()))
            .bind(kind.name())
            .fetch(&mut *self.transaction);
        rows.map_err(Into::into)
            .and_then(async |row| Ok((row.try_get(0)?, id(row.try_get(1)?)?)))
            .try_collect()
            .await
    }

    async fn imported(&mut self, kind: &Kind, codes: &[String]) -> Result<HashMap<String, ImportedRow>> {
        if codes.is_empty() {
            return Ok(HashMap::new());
        }
        let rows = sqlx::query(
            "SELECT code, record, cells FROM imported \
             WHERE org = ?1 AND kind = ?2 AND code IN (SELECT value FROM json_each(?3))",
        )
        .bind(bytes(self.org.as_bytes()))
        .bind(kind.name())
        .bind(to_json(&codes)?)
        .fetch_all(&mut *self.transaction)
        .await?;
        let imported = rows.iter().map(|row| {
            let imported = ImportedRow {
                record: id(row.try_get(1)?)?,
                cells: from_json(row.try_get(2)?)?,
            };
            Ok((row.try_get(0)?, imported))
        });
        imported.collect()
    }

    async fn put_imported(&mut self, kind: &Kind, rows: &[(String, ImportedRow)]) -> Result<()> {
        for chunk in rows.chunks(CHUNK) {
            let mut values = Vec::with_capacity(chunk.len());
            for (code, row) in chunk {
                values.push((code, row.record, to_json(&row.cells)?));
            }
            let mut query =
                QueryBuilder::<Sqlite>::new("INSERT OR REPLACE INTO imported (org, kind, code, record, cells) ");
            query.push_values(values, |mut row, (code, record, cells)| {
                row.push_bind(bytes(self.org.as_bytes()))
                    .push_bind(kind.name())
                    .push_bind(code)
                    .push_bind(bytes(record.as_bytes()))
                    .push_bind(cells);
            });
            query.build().execute(&mut *self.transaction).await?;
        }
        Ok(())
    }

    async fn commit(self: Box<Self>) -> Result<()> {
        let session = *self;
        session.transaction.commit().await?;
        if session.reached > Version::NONE {
            session.run.begin(session.org);
        }
        session.news.tell(session.org, session.reached);
        Ok(())
    }
}

impl Session {
    /// With the first commit of this process the run before it ends.
    async fn begin_run(&mut self) -> Result<()> {
        if self.run.has_begun(self.org) {
            return Ok(());
        }
        sqlx::query(
            "INSERT OR IGNORE INTO former_run (org, epoch, until) \
             SELECT org, epoch, sequence FROM organisation WHERE org = ?1 AND epoch <> ?2",
        )
        .bind(bytes(self.org.as_bytes()))
        .bind(&*self.run.epoch)
        .execute(&mut *self.transaction)
        .await?;
        sqlx::query("UPDATE organisation SET epoch = ?2 WHERE org = ?1")
            .bind(bytes(self.org.as_bytes()))
            .bind(&*self.run.epoch)
            .execute(&mut *self.transaction)
            .await?;
        Ok(())
    }

    async fn put_records(&mut self, batch: &Batch) -> Result<()> {
        let org = bytes(self.org.as_bytes());
        for chunk in batch.records.chunks(CHUNK) {
            let mut values = Vec::with_capacity(chunk.len());
            for record in chunk {
                values.push((record, version_to_column(record.version)?, to_json(record)?));
            }
            let mut query =
                QueryBuilder::<Sqlite>::new("INSERT INTO record (org, id, kind, root, user, version, body) ");
            query.push_values(values, |mut row, (record, version, body)| {
                let (root, user) = scope_columns(record.scope);
                row.push_bind(org.clone())
                    .push_bind(bytes(record.id.as_bytes()))
                    .push_bind(record.kind.name())
                    .push_bind(root.map(|id| bytes(id.as_bytes())))
                    .push_bind(user.map(|id| bytes(id.as_bytes())))
                    .push_bind(version)
                    .push_bind(body);
            });
            query.push(" ON CONFLICT (org, id) DO UPDATE SET version = excluded.version, body = excluded.body");
            query.build().execute(&mut *self.transaction).await?;
        }
        Ok(())
    }

    async fn put_history(&mut self, batch: &Batch) -> Result<()> {
        let org = bytes(self.org.as_bytes());
        let mut ordinals: HashMap<u64, i64> = HashMap::new();
        for chunk in batch.history.chunks(CHUNK) {
            let mut values = Vec::with_capacity(chunk.len());
            for (entry, root, user) in chunk {
                let next = ordinals.entry(entry.stamp.version.0).or_default();
                *next += 1;
                let version = version_to_column(entry.stamp.version)?;
                values.push((version, *next, entry.record, *root, *user, to_json(entry)?));
            }
            let mut query =
                QueryBuilder::<Sqlite>::new("INSERT INTO history (org, version, ordinal, record, root, user, body) ");
            query.push_values(values, |mut row, (version, ordinal, record, root, user, body)| {
                row.push_bind(org.clone())
                    .push_bind(version)
                    .push_bind(ordinal)
                    .push_bind(bytes(record.as_bytes()))
                    .push_bind(root.map(|id: RecordId| bytes(id.as_bytes())))
                    .push_bind(user.map(|id: UserId| bytes(id.as_bytes())))
                    .push_bind(body);
            });
            query.build().execute(&mut *self.transaction).await?;
        }
        Ok(())
    }

    async fn put_settled(&mut self, batch: &Batch) -> Result<()> {
        let org = bytes(self.org.as_bytes());
        for chunk in batch.settled.chunks(CHUNK) {
            let mut values = Vec::with_capacity(chunk.len());
            for settled in chunk {
                values.push((settled, to_json(&settled.outcome)?));
            }
            let mut query = QueryBuilder::<Sqlite>::new(
                "INSERT INTO mutation (org, id, author, device, record, written, received, outcome) ",
            );
            query.push_values(values, |mut row, (settled, outcome)| {
                row.push_bind(org.clone())
                    .push_bind(bytes(settled.id.as_bytes()))
                    .push_bind(bytes(settled.author.as_bytes()))
                    .push_bind(bytes(settled.device.as_bytes()))
                    .push_bind(bytes(settled.record.as_bytes()))
                    .push_bind(settled.written.milliseconds())
                    .push_bind(settled.received.milliseconds())
                    .push_bind(outcome);
            });
            query.build().execute(&mut *self.transaction).await?;
        }
        Ok(())
    }

    async fn put_scopes(&mut self, batch: &Batch) -> Result<()> {
        let org = bytes(self.org.as_bytes());
        for chunk in batch.channels.chunks(CHUNK) {
            let mut query = QueryBuilder::<Sqlite>::new("INSERT OR IGNORE INTO scope_channel (org, channel, root) ");
            query.push_values(chunk, |mut row, (root, channel)| {
                row.push_bind(org.clone())
                    .push_bind(channel.to_string())
                    .push_bind(bytes(root.as_bytes()));
            });
            query.build().execute(&mut *self.transaction).await?;
        }
        for event in &batch.scope_events {
            let statement = if event.gained {
                "INSERT OR IGNORE INTO scope_channel (org, channel, root) VALUES (?1, ?2, ?3)"
            } else {
                "DELETE FROM scope_channel WHERE org = ?1 AND channel = ?2 AND root = ?3"
            };
            let (channel, root) = (event.channel.to_string(), bytes(event.root.as_bytes()));
            let change = sqlx::query(statement).bind(org.clone()).bind(&channel).bind(&root);
            change.execute(&mut *self.transaction).await?;
            sqlx::query("INSERT INTO scope_event (org, channel, root, version, gained) VALUES (?1, ?2, ?3, ?4, ?5)")
                .bind(org.clone())
                .bind(&channel)
                .bind(&root)
                .bind(version_to_column(event.version)?)
                .bind(event.gained)
                .execute(&mut *self.transaction)
                .await?;
        }
        Ok(())
    }
}
