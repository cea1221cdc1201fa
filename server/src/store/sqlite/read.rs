//! Reading one organisation's data inside one transaction, so that all answers belong to the same commit.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::str::FromStr;

use async_trait::async_trait;
use futures_util::TryStreamExt as _;
use rapport_shared::channel::Channel;
use rapport_shared::ids::{OrgId, RecordId};
use rapport_shared::record::{Kind, Record, Version};
use sqlx::sqlite::{Sqlite, SqliteArguments, SqliteRow};
use sqlx::{Row as _, Transaction};

use super::super::news::News;
use super::super::run::Run;
use super::super::{Budget, Head, Reader, Result, Row, ScopeEvent, Slice, Touched, View};
use super::convert::{damaged, from_json, id, id_list, optional_id, raw, version, version_to_column};

/// A transaction on one organisation: reading, or on the one writing connection also writing.
pub(super) struct Session {
    pub(super) org: OrgId,
    pub(super) transaction: Transaction<'static, Sqlite>,
    pub(super) news: News,
    pub(super) run: Run,
    /// The last version written here.
    pub(super) reached: Version,
}

/// What makes a row visible: `?1` organisation, `?2` user, `?3` JSON list of channels.
macro_rules! visible {
    () => {
        concat!(
            "((t.root IS NULL AND (t.user IS NULL OR t.user = ?2)) OR (t.root IS NOT NULL AND EXISTS (",
            "SELECT 1 FROM scope_channel s WHERE s.org = ?1 AND s.root = t.root ",
            "AND s.channel IN (SELECT value FROM json_each(?3)))))"
        )
    };
}

const CHANGES: &str = concat!(
    "SELECT t.id, t.root, t.version, t.body FROM record t WHERE t.org = ?1 AND t.version > ?4 AND ",
    visible!(),
    " ORDER BY t.version LIMIT ?5"
);

const HISTORY: &str = concat!(
    "SELECT t.record, t.root, t.version, t.body FROM history t WHERE t.org = ?1 AND t.version > ?4 AND ",
    visible!(),
    " ORDER BY t.version, t.ordinal LIMIT ?5"
);

const LOOSE: &str = "SELECT t.id, t.root, t.version, t.body FROM record t INDEXED BY record_by_root \
    WHERE t.org = ?1 AND t.root IS NULL AND t.version > ?4 AND (t.user IS NULL OR t.user = ?2) \
    AND ?3 IS NOT NULL ORDER BY t.version LIMIT ?5";

const CARDS: &str = "SELECT t.id, t.root, t.version, t.body FROM record t \
    WHERE t.org = ?1 AND t.id IN (SELECT unhex(value) FROM json_each(?2)) AND t.id > ?3 ORDER BY t.id LIMIT ?4";

const BOOK: &str = "SELECT t.id, t.root, t.version, t.body FROM record t \
    WHERE t.org = ?1 AND t.root IN (SELECT unhex(value) FROM json_each(?2)) \
    AND (t.root > ?3 OR t.version > ?4) ORDER BY t.root, t.version LIMIT ?5";

/// The channels on which something changed. By version, or SQLite would go through all roots for their order; and
/// from what changed to its channels (which a cross join is to SQLite), or it would go through all channels instead.
const TOUCHED_CHANNELS: &str = "SELECT s.channel, MAX(c.version) FROM (\
    SELECT root, MAX(version) AS version FROM record INDEXED BY record_by_version \
    WHERE org = ?1 AND version > ?2 AND root IS NOT NULL GROUP BY root) c \
    CROSS JOIN scope_channel s ON s.org = ?1 AND s.root = c.root GROUP BY s.channel \
    UNION ALL SELECT channel, MAX(version) FROM scope_event WHERE org = ?1 AND version > ?2 GROUP BY channel";

const TOUCHED_USERS: &str = "SELECT user, MAX(version) FROM record INDEXED BY record_by_root \
    WHERE org = ?1 AND root IS NULL AND version > ?2 GROUP BY user";

/// A root's own record is the one that bears the root's id.
const ROOTS: &str = "SELECT t.id, t.root, t.version, t.body FROM record t WHERE t.org = ?1 AND t.id IN (\
    SELECT s.root FROM scope_channel s WHERE s.org = ?1 AND s.channel IN (SELECT value FROM json_each(?2)))";

impl Session {
    fn org_bytes(&self) -> Vec<u8> {
        self.org.as_bytes().to_vec()
    }

    /// The first `limit` roots in sight whose id is not before `from`, in order. Each has at least one record, so
    /// that many roots fill any page.
    async fn roots_from(&mut self, view: &View, from: RecordId, limit: usize) -> Result<BTreeSet<RecordId>> {
        let mut roots = BTreeSet::new();
        for channel in &view.channels {
            let rows = sqlx::query(
                "SELECT root FROM scope_channel WHERE org = ?1 AND channel = ?2 AND root >= ?3 \
                 ORDER BY root LIMIT ?4",
            )
            .bind(self.org_bytes())
            .bind(channel.to_string())
            .bind(from.as_bytes().to_vec())
            .bind(i64::try_from(limit).unwrap_or(i64::MAX))
            .fetch_all(&mut *self.transaction)
            .await?;
            for row in &rows {
                roots.insert(id(row.try_get(0)?)?);
            }
        }
        // A root far on in one channel may come before the next batch of another channel.
        Ok(roots.into_iter().take(limit).collect())
    }

    /// Reads rows until the budget is used up; `whole_versions` keeps what was committed together together.
    async fn slice(
        &mut self,
        query: sqlx::query::Query<'_, Sqlite, SqliteArguments>,
        budget: Budget,
        whole_versions: bool,
    ) -> Result<Slice> {
        let mut rows = query.fetch(&mut *self.transaction);
        let mut slice = Slice::default();
        let mut bytes = 0;
        while let Some(stored) = rows.try_next().await? {
            let row = to_row(&stored)?;
            let spent = slice.rows.len() >= budget.rows || bytes >= budget.bytes;
            let starts_version = slice.rows.last().is_none_or(|last: &Row| last.version != row.version);
            if spent && !slice.rows.is_empty() && (starts_version || !whole_versions) {
                slice.cut = true;
                break;
            }
            bytes += row.body.get().len();
            slice.rows.push(row);
        }
        Ok(slice)
    }
}

fn to_row(stored: &SqliteRow) -> Result<Row> {
    Ok(Row {
        record: id(stored.try_get(0)?)?,
        root: optional_id(stored.try_get(1)?)?,
        version: version(stored.try_get(2)?)?,
        body: raw(stored.try_get(3)?)?,
    })
}

fn channel_list(view: &View) -> String {
    let quoted: Vec<String> = view.channels.iter().map(|channel| format!("\"{channel}\"")).collect();
    format!("[{}]", quoted.join(","))
}

/// One row beyond the budget tells that there is more. History slices may run over to the end of a version, so
/// they are bounded while reading only.
fn row_limit(budget: Budget, whole_versions: bool) -> i64 {
    if whole_versions {
        -1
    } else {
        i64::try_from(budget.rows.saturating_add(1)).unwrap_or(i64::MAX)
    }
}

fn channel(text: &str) -> Result<Channel> {
    Channel::from_str(text).map_err(|_| damaged("a channel that cannot be read"))
}

#[async_trait]
impl Reader for Session {
    async fn head(&mut self) -> Result<Head> {
        let row = sqlx::query("SELECT epoch, sequence FROM organisation WHERE org = ?1")
            .bind(self.org_bytes())
            .fetch_one(&mut *self.transaction)
            .await?;
        Ok(Head {
            epoch: row.try_get(0)?,
            sequence: version(row.try_get(1)?)?,
        })
    }

    async fn run_until(&mut self, epoch: &str) -> Result<Option<Version>> {
        let row = sqlx::query("SELECT until FROM former_run WHERE org = ?1 AND epoch = ?2")
            .bind(self.org_bytes())
            .bind(epoch)
            .fetch_optional(&mut *self.transaction)
            .await?;
        row.map(|row| version(row.try_get(0)?)).transpose()
    }

    async fn records(&mut self, ids: &[RecordId]) -> Result<HashMap<RecordId, Record>> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let rows =
            sqlx::query("SELECT body FROM record WHERE org = ?1 AND id IN (SELECT unhex(value) FROM json_each(?2))")
                .bind(self.org_bytes())
                .bind(id_list(ids.iter().map(RecordId::as_bytes)))
                .fetch_all(&mut *self.transaction)
                .await?;
        let records = rows
            .iter()
            .map(|row| from_json::<Record>(row.try_get(0)?).map(|record| (record.id, record)));
        records.collect()
    }

    async fn of_kind(&mut self, kind: &Kind) -> Result<Vec<Record>> {
        let rows = sqlx::query("SELECT body FROM record WHERE org = ?1 AND kind = ?2 ORDER BY version")
            .bind(self.org_bytes())
            .bind(kind.name())
            .fetch_all(&mut *self.transaction)
            .await?;
        rows.iter().map(|row| from_json(row.try_get(0)?)).collect()
    }

    async fn each_of_kind(&mut self, kind: &Kind, take: &mut (dyn FnMut(Record) + Send)) -> Result<()> {
        let mut rows = sqlx::query("SELECT body FROM record WHERE org = ?1 AND kind = ?2")
            .bind(self.org_bytes())
            .bind(kind.name())
            .fetch(&mut *self.transaction);
        while let Some(row) = rows.try_next().await? {
            take(from_json(row.try_get(0)?)?);
        }
        Ok(())
    }

    async fn changes(&mut self, view: &View, after: Version, budget: Budget) -> Result<Slice> {
        let query = sqlx::query(CHANGES)
            .bind(self.org_bytes())
            .bind(view.user.as_bytes().to_vec())
            .bind(channel_list(view))
            .bind(version_to_column(after)?)
            .bind(row_limit(budget, false));
        self.slice(query, budget, false).await
    }

    async fn history(&mut self, view: &View, after: Version, budget: Budget) -> Result<Slice> {
        let query = sqlx::query(HISTORY)
            .bind(self.org_bytes())
            .bind(view.user.as_bytes().to_vec())
            .bind(channel_list(view))
            .bind(version_to_column(after)?)
            .bind(row_limit(budget, true));
        self.slice(query, budget, true).await
    }

    async fn loose(&mut self, view: &View, after: Version, budget: Budget) -> Result<Slice> {
        let query = sqlx::query(LOOSE)
            .bind(self.org_bytes())
            .bind(view.user.as_bytes().to_vec())
            .bind(channel_list(view))
            .bind(version_to_column(after)?)
            .bind(row_limit(budget, false));
        self.slice(query, budget, false).await
    }

    async fn cards(&mut self, view: &View, after: RecordId, budget: Budget) -> Result<Slice> {
        // One more than the rows tells whether there are more; the first one may be the one to start after.
        let enough = budget.rows.saturating_add(2);
        let roots = self.roots_from(view, after, enough).await?;
        let query = sqlx::query(CARDS)
            .bind(self.org_bytes())
            .bind(id_list(roots.iter().map(RecordId::as_bytes)))
            .bind(after.as_bytes().to_vec())
            .bind(row_limit(budget, false));
        self.slice(query, budget, false).await
    }

    async fn book(&mut self, view: &View, after: (RecordId, Version), budget: Budget) -> Result<Slice> {
        // One more than the rows tells whether the book goes on; the first one may have been sent to its end already.
        let enough = budget.rows.saturating_add(2);
        let roots = self.roots_from(view, after.0, enough).await?;
        let query = sqlx::query(BOOK)
            .bind(self.org_bytes())
            .bind(id_list(roots.iter().map(RecordId::as_bytes)))
            .bind(after.0.as_bytes().to_vec())
            .bind(version_to_column(after.1)?)
            .bind(row_limit(budget, false));
        self.slice(query, budget, false).await
    }

    async fn roots(&mut self, view: &View) -> Result<Vec<Row>> {
        let rows = sqlx::query(ROOTS)
            .bind(self.org_bytes())
            .bind(channel_list(view))
            .fetch_all(&mut *self.transaction)
            .await?;
        rows.iter().map(to_row).collect()
    }

    async fn whole(&mut self, roots: &[RecordId]) -> Result<Vec<Row>> {
        let rows = sqlx::query(
            "SELECT id, root, version, body FROM record \
             WHERE org = ?1 AND root IN (SELECT unhex(value) FROM json_each(?2))",
        )
        .bind(self.org_bytes())
        .bind(id_list(roots.iter().map(RecordId::as_bytes)))
        .fetch_all(&mut *self.transaction)
        .await?;
        rows.iter().map(to_row).collect()
    }

    async fn history_of(&mut self, records: &[RecordId], until: Version) -> Result<Vec<Row>> {
        let rows = sqlx::query(
            "SELECT record, root, version, body FROM history WHERE org = ?1 AND version <= ?3 \
             AND record IN (SELECT unhex(value) FROM json_each(?2)) ORDER BY record, version, ordinal",
        )
        .bind(self.org_bytes())
        .bind(id_list(records.iter().map(RecordId::as_bytes)))
        .bind(version_to_column(until)?)
        .fetch_all(&mut *self.transaction)
        .await?;
        rows.iter().map(to_row).collect()
    }

    async fn scope_events(&mut self, view: &View, after: Version) -> Result<Vec<ScopeEvent>> {
        let rows = sqlx::query(
            "SELECT version, root, channel, gained FROM scope_event WHERE org = ?1 AND version > ?3 \
             AND channel IN (SELECT value FROM json_each(?2)) ORDER BY version",
        )
        .bind(self.org_bytes())
        .bind(channel_list(view))
        .bind(version_to_column(after)?)
        .fetch_all(&mut *self.transaction)
        .await?;
        let events = rows.iter().map(|row| {
            Ok(ScopeEvent {
                version: version(row.try_get(0)?)?,
                root: id(row.try_get(1)?)?,
                channel: channel(row.try_get(2)?)?,
                gained: row.try_get(3)?,
            })
        });
        events.collect()
    }

    async fn seen_through(
        &mut self,
        view: &View,
        roots: &HashSet<RecordId>,
    ) -> Result<HashMap<RecordId, BTreeSet<Channel>>> {
        let rows = sqlx::query(
            "SELECT root, channel FROM scope_channel WHERE org = ?1 \
             AND root IN (SELECT unhex(value) FROM json_each(?3)) \
             AND channel IN (SELECT value FROM json_each(?2))",
        )
        .bind(self.org_bytes())
        .bind(channel_list(view))
        .bind(id_list(roots.iter().map(RecordId::as_bytes)))
        .fetch_all(&mut *self.transaction)
        .await?;
        let mut seen: HashMap<RecordId, BTreeSet<Channel>> = HashMap::new();
        for row in &rows {
            seen.entry(id(row.try_get(0)?)?)
                .or_default()
                .insert(channel(row.try_get(1)?)?);
        }
        Ok(seen)
    }
    async fn touched(&mut self, after: Version) -> Result<Touched> {
        let mut touched = Touched {
            until: self.head().await?.sequence,
            ..Touched::default()
        };
        let rows = sqlx::query(TOUCHED_CHANNELS)
            .bind(self.org_bytes())
            .bind(version_to_column(after)?)
            .fetch_all(&mut *self.transaction)
            .await?;
        for row in &rows {
            touched.touch_channel(channel(row.try_get(0)?)?, version(row.try_get(1)?)?);
        }
        let rows = sqlx::query(TOUCHED_USERS)
            .bind(self.org_bytes())
            .bind(version_to_column(after)?)
            .fetch_all(&mut *self.transaction)
            .await?;
        for row in &rows {
            touched.touch_user(optional_id(row.try_get(0)?)?, version(row.try_get(1)?)?);
        }
        Ok(touched)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use super::super::SqliteStore;
    use super::*;

    /// What is asked at every sync or commit begins at a version or a root, never at the whole organisation.
    #[tokio::test]
    async fn what_is_asked_all_the_time_costs_the_same_in_a_large_bank() {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&folder.path().join("bank.db")).await.unwrap();
        for question in [CHANGES, HISTORY, TOUCHED_CHANNELS, TOUCHED_USERS] {
            let explain = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {question}"));
            let steps = sqlx::query(explain).fetch_all(&store.readers).await.unwrap();
            assert!(!steps.is_empty());
            for step in steps {
                let step: String = step.try_get(3).unwrap();
                let is_narrow = !step.contains("(org=?)") && !step.starts_with("SCAN t ");
                assert!(is_narrow, "{question}:\n{step}");
            }
        }
    }
}
