//! Reading one organisation's data inside one transaction, so that all answers belong to the same commit. Long answers
//! are read page by page by key, so that nothing is sent that the budget will not take.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::str::FromStr as _;

use async_trait::async_trait;
use futures_util::TryStreamExt as _;
use rapport_shared::channel::Channel;
use rapport_shared::ids::{OrgId, RecordId};
use rapport_shared::record::{Kind, Record, Version};
use sqlx::postgres::{PgArguments, PgRow, Postgres};
use sqlx::query::Query;
use sqlx::{Row as _, Transaction};
use uuid::Uuid;

use super::super::{Budget, Head, Reader, Result, Row, ScopeEvent, Slice, Touched, View};
use super::convert::{channels, damaged, from_json, id, key, raw, uuid, uuids, version, version_to_column};
use filling::{Filling, Place};

mod filling;

/// Roots whose records are asked for at once.
const ROOTS: usize = 32;

/// A transaction on one organisation.
pub(super) struct Session {
    pub(super) org: OrgId,
    pub(super) transaction: Transaction<'static, Postgres>,
}

/// What makes a row visible: `$1` organisation, `$2` user, `$3` channels. A subquery for one value, for the planner
/// would rather gather all roots in sight first when asked whether a row exists.
macro_rules! visible {
    () => {
        concat!(
            "CASE WHEN t.root IS NULL THEN t.user_id IS NULL OR t.user_id = $2 ELSE (",
            "SELECT true FROM scope_channel s WHERE s.org_id = $1 AND s.root = t.root ",
            "AND s.channel = ANY($3) LIMIT 1) END"
        )
    };
}

const CHANGES: &str = concat!(
    "SELECT t.id, t.root, t.version, 0::bigint, t.body FROM record t WHERE t.org_id = $1 AND t.version > $4 AND ",
    visible!(),
    " ORDER BY t.version LIMIT $5"
);

const HISTORY: &str = concat!(
    "SELECT t.record, t.root, t.version, t.ordinal, t.body FROM history t ",
    "WHERE t.org_id = $1 AND (t.version, t.ordinal) > ($4, $6) AND ",
    visible!(),
    " ORDER BY t.version, t.ordinal LIMIT $5"
);

const LOOSE: &str = "SELECT t.id, t.root, t.version, 0::bigint, t.body FROM record t \
    WHERE t.org_id = $1 AND t.root IS NULL AND t.version > $3 AND (t.user_id IS NULL OR t.user_id = $2) \
    ORDER BY t.version LIMIT $4";

const CARDS: &str = "SELECT t.id, t.root, t.version, 0::bigint, t.body FROM record t \
    WHERE t.org_id = $1 AND t.id = ANY($2) AND t.id > $3 ORDER BY t.id LIMIT $4";

const BOOK: &str = "SELECT t.id, t.root, t.version, 0::bigint, t.body FROM record t \
    WHERE t.org_id = $1 AND t.root = ANY($2) AND (t.root, t.version) > ($3, $4) \
    ORDER BY t.root, t.version LIMIT $5";

/// The first roots of each channel, and of those the first: no channel is read further than that.
const ROOTS_FROM: &str = "SELECT DISTINCT f.root FROM unnest($2::text[]) AS c (channel) \
    CROSS JOIN LATERAL (SELECT s.root FROM scope_channel s WHERE s.org_id = $1 AND s.channel = c.channel \
    AND s.root >= $3 ORDER BY s.root LIMIT $4) AS f ORDER BY f.root LIMIT $4";

/// The channels on which something changed.
const TOUCHED_CHANNELS: &str = "SELECT s.channel, MAX(c.version) FROM (\
    SELECT root, MAX(version) AS version FROM record \
    WHERE org_id = $1 AND version > $2 AND root IS NOT NULL GROUP BY root) AS c \
    JOIN scope_channel s ON s.org_id = $1 AND s.root = c.root GROUP BY s.channel \
    UNION ALL SELECT channel, MAX(version) FROM scope_event WHERE org_id = $1 AND version > $2 GROUP BY channel";

const TOUCHED_USERS: &str = "SELECT user_id, MAX(version) FROM record \
    WHERE org_id = $1 AND root IS NULL AND version > $2 GROUP BY user_id";

/// A root's own record is the one that bears the root's id.
const ROOTS_IN_SIGHT: &str = "SELECT t.id, t.root, t.version, 0::bigint, t.body FROM record t \
    WHERE t.org_id = $1 AND t.id IN (SELECT s.root FROM scope_channel s \
    WHERE s.org_id = $1 AND s.channel = ANY($2))";

type Question = Query<'static, Postgres, PgArguments>;

impl Session {
    pub(super) fn reading(org: OrgId, transaction: Transaction<'static, Postgres>) -> Self {
        Self { org, transaction }
    }

    pub(super) fn org_column(&self) -> Uuid {
        uuid(self.org)
    }

    async fn roots_from(&mut self, view: &View, from: RecordId) -> Result<Vec<RecordId>> {
        let rows = sqlx::query(ROOTS_FROM)
            .bind(self.org_column())
            .bind(channels(view))
            .bind(uuid(from))
            .bind(i64::try_from(ROOTS).unwrap_or(i64::MAX))
            .fetch_all(&mut *self.transaction)
            .await?;
        rows.iter().map(|row| Ok(id(row.try_get(0)?))).collect()
    }

    /// Asks for what belongs to roots in sight, some roots at a time, until the budget is used up.
    async fn walk(
        &mut self,
        view: &View,
        after: (RecordId, Version),
        budget: Budget,
        question: impl Fn(Vec<Uuid>, Place, i64) -> Question + Send + Sync,
    ) -> Result<Slice> {
        let mut filling = Filling::new(budget, false);
        let mut place = Place {
            root: after.0,
            ..Place::after(after.1)?
        };
        let mut from = after.0;
        loop {
            let roots = self.roots_from(view, from).await?;
            let columns = uuids(&roots);
            let of_these = |place: Place, limit| question(columns.clone(), place, limit);
            place = self.fill(&mut filling, place, of_these).await?;
            match roots.last() {
                // The last one of these is the first one of the next.
                Some(last) if roots.len() == ROOTS && !filling.slice.cut => from = *last,
                _ => return Ok(filling.slice),
            }
        }
    }

    /// Asks for page after page of what comes after `place` until the budget or the answer is used up.
    async fn fill(
        &mut self,
        filling: &mut Filling,
        mut place: Place,
        question: impl Fn(Place, i64) -> Question + Send,
    ) -> Result<Place> {
        use futures_util::TryStreamExt as _;
        loop {
            let limit = filling.page();
            let mut rows = question(place, limit).fetch(&mut *self.transaction);
            let mut read = 0;
            while let Some(stored) = rows.try_next().await? {
                read += 1;
                let row = to_row(&stored)?;
                let here = Place {
                    root: row.root.unwrap_or(place.root),
                    version: stored.try_get(2)?,
                    ordinal: stored.try_get(3)?,
                };
                if !filling.take(row) {
                    return Ok(place);
                }
                place = here;
            }
            if read < limit {
                return Ok(place);
            }
        }
    }
}

/// A row of a query for record, root, version, ordinal and body.
fn to_row(stored: &PgRow) -> Result<Row> {
    Ok(Row {
        record: id(stored.try_get(0)?),
        root: stored.try_get::<Option<Uuid>, _>(1)?.map(id),
        version: version(stored.try_get(2)?)?,
        body: raw(stored.try_get(4)?)?,
    })
}

fn channel(text: &str) -> Result<Channel> {
    Channel::from_str(text).map_err(|_| damaged("a channel that cannot be read"))
}

#[async_trait]
impl Reader for Session {
    async fn head(&mut self) -> Result<Head> {
        let row = sqlx::query("SELECT epoch, sequence FROM organisation WHERE org_id = $1")
            .bind(self.org_column())
            .fetch_one(&mut *self.transaction)
            .await?;
        to_head(&row)
    }

    async fn run_until(&mut self, epoch: &str) -> Result<Option<Version>> {
        let row = sqlx::query("SELECT until FROM former_run WHERE org_id = $1 AND epoch = $2")
            .bind(self.org_column())
            .bind(epoch)
            .fetch_optional(&mut *self.transaction)
            .await?;
        row.map(|row| version(row.try_get(0)?)).transpose()
    }

    async fn records(&mut self, ids: &[RecordId]) -> Result<HashMap<RecordId, Record>> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let rows = sqlx::query("SELECT body FROM record WHERE org_id = $1 AND id = ANY($2)")
            .bind(self.org_column())
            .bind(uuids(ids))
            .fetch_all(&mut *self.transaction)
            .await?;
        let records = rows
            .iter()
            .map(|row| from_json::<Record>(row.try_get(0)?).map(|record| (record.id, record)));
        records.collect()
    }

    async fn of_kind(&mut self, kind: &Kind) -> Result<Vec<Record>> {
        let rows = sqlx::query("SELECT body FROM record WHERE org_id = $1 AND kind = $2 ORDER BY version")
            .bind(self.org_column())
            .bind(key(kind.name()))
            .fetch_all(&mut *self.transaction)
            .await?;
        rows.iter().map(|row| from_json(row.try_get(0)?)).collect()
    }

    async fn each_of_kind(&mut self, kind: &Kind, take: &mut (dyn FnMut(Record) + Send)) -> Result<()> {
        let mut rows = sqlx::query("SELECT body FROM record WHERE org_id = $1 AND kind = $2")
            .bind(self.org_column())
            .bind(key(kind.name()))
            .fetch(&mut *self.transaction);
        while let Some(row) = rows.try_next().await? {
            take(from_json(row.try_get(0)?)?);
        }
        Ok(())
    }

    async fn changes(&mut self, view: &View, after: Version, budget: Budget) -> Result<Slice> {
        let (org, user, channels) = (self.org_column(), uuid(view.user), channels(view));
        let mut filling = Filling::new(budget, false);
        let question = |place: Place, limit| {
            let query = sqlx::query(CHANGES).bind(org).bind(user).bind(channels.clone());
            query.bind(place.version).bind(limit)
        };
        self.fill(&mut filling, Place::after(after)?, question).await?;
        Ok(filling.slice)
    }

    async fn history(&mut self, view: &View, after: Version, budget: Budget) -> Result<Slice> {
        let (org, user, channels) = (self.org_column(), uuid(view.user), channels(view));
        let mut filling = Filling::new(budget, true);
        let question = |place: Place, limit| {
            let query = sqlx::query(HISTORY).bind(org).bind(user).bind(channels.clone());
            query.bind(place.version).bind(limit).bind(place.ordinal)
        };
        let place = Place {
            ordinal: i64::MAX,
            ..Place::after(after)?
        };
        self.fill(&mut filling, place, question).await?;
        Ok(filling.slice)
    }

    async fn loose(&mut self, view: &View, after: Version, budget: Budget) -> Result<Slice> {
        let (org, user) = (self.org_column(), uuid(view.user));
        let mut filling = Filling::new(budget, false);
        let question = |place: Place, limit| {
            let query = sqlx::query(LOOSE).bind(org).bind(user);
            query.bind(place.version).bind(limit)
        };
        self.fill(&mut filling, Place::after(after)?, question).await?;
        Ok(filling.slice)
    }

    async fn cards(&mut self, view: &View, after: RecordId, budget: Budget) -> Result<Slice> {
        let org = self.org_column();
        let question = |roots: Vec<Uuid>, place: Place, limit| {
            let query = sqlx::query(CARDS).bind(org).bind(roots);
            query.bind(uuid(place.root)).bind(limit)
        };
        self.walk(view, (after, Version::NONE), budget, question).await
    }

    async fn book(&mut self, view: &View, after: (RecordId, Version), budget: Budget) -> Result<Slice> {
        let org = self.org_column();
        let question = |roots: Vec<Uuid>, place: Place, limit| {
            let query = sqlx::query(BOOK).bind(org).bind(roots);
            query.bind(uuid(place.root)).bind(place.version).bind(limit)
        };
        self.walk(view, after, budget, question).await
    }

    async fn roots(&mut self, view: &View) -> Result<Vec<Row>> {
        let rows = sqlx::query(ROOTS_IN_SIGHT)
            .bind(self.org_column())
            .bind(channels(view))
            .fetch_all(&mut *self.transaction)
            .await?;
        rows.iter().map(to_row).collect()
    }

    async fn whole(&mut self, roots: &[RecordId]) -> Result<Vec<Row>> {
        let rows =
            sqlx::query("SELECT id, root, version, 0::bigint, body FROM record WHERE org_id = $1 AND root = ANY($2)")
                .bind(self.org_column())
                .bind(uuids(roots))
                .fetch_all(&mut *self.transaction)
                .await?;
        rows.iter().map(to_row).collect()
    }

    async fn history_of(&mut self, records: &[RecordId], until: Version) -> Result<Vec<Row>> {
        let rows = sqlx::query(
            "SELECT record, root, version, ordinal, body FROM history \
             WHERE org_id = $1 AND record = ANY($2) AND version <= $3 ORDER BY record, version, ordinal",
        )
        .bind(self.org_column())
        .bind(uuids(records))
        .bind(version_to_column(until)?)
        .fetch_all(&mut *self.transaction)
        .await?;
        rows.iter().map(to_row).collect()
    }

    async fn scope_events(&mut self, view: &View, after: Version) -> Result<Vec<ScopeEvent>> {
        let rows = sqlx::query(
            "SELECT version, root, channel, gained FROM scope_event \
             WHERE org_id = $1 AND channel = ANY($2) AND version > $3 ORDER BY version",
        )
        .bind(self.org_column())
        .bind(channels(view))
        .bind(version_to_column(after)?)
        .fetch_all(&mut *self.transaction)
        .await?;
        let events = rows.iter().map(|row| {
            Ok(ScopeEvent {
                version: version(row.try_get(0)?)?,
                root: id(row.try_get(1)?),
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
            "SELECT root, channel FROM scope_channel \
             WHERE org_id = $1 AND root = ANY($2) AND channel = ANY($3)",
        )
        .bind(self.org_column())
        .bind(uuids(roots))
        .bind(channels(view))
        .fetch_all(&mut *self.transaction)
        .await?;
        let mut seen: HashMap<RecordId, BTreeSet<Channel>> = HashMap::new();
        for row in &rows {
            seen.entry(id(row.try_get(0)?))
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
            .bind(self.org_column())
            .bind(version_to_column(after)?)
            .fetch_all(&mut *self.transaction)
            .await?;
        for row in &rows {
            touched.touch_channel(channel(row.try_get(0)?)?, version(row.try_get(1)?)?);
        }
        let rows = sqlx::query(TOUCHED_USERS)
            .bind(self.org_column())
            .bind(version_to_column(after)?)
            .fetch_all(&mut *self.transaction)
            .await?;
        for row in &rows {
            let user = row.try_get::<Option<Uuid>, _>(0)?.map(id);
            touched.touch_user(user, version(row.try_get(1)?)?);
        }
        Ok(touched)
    }
}

pub(super) fn to_head(row: &PgRow) -> Result<Head> {
    Ok(Head {
        epoch: row.try_get("epoch")?,
        sequence: version(row.try_get("sequence")?)?,
    })
}
