//! The tables of a batch, each written by one statement over arrays, a bounded number of rows at a time. Order matters
//! only where it says so.

use std::collections::HashMap;

use rapport_shared::channel::Channel;
use rapport_shared::ids::{RecordId, UserId};
use rapport_shared::record::{Kind, Record};
use rapport_shared::sync::wire::HistoryEntry;
use sqlx::postgres::PgConnection;
use uuid::Uuid;

use super::super::super::{ImportedRow, Result, ScopeEvent, Settled};
use super::super::convert::{key, scope_columns, to_json, uuid, version_to_column};

/// Rows in one statement: enough to save round trips, with bodies that fit into memory.
const CHUNK: usize = 1_000;

/// One column of many rows.
fn column<'a, T, C: 'static>(rows: &'a [T], cell: impl Fn(&'a T) -> C) -> Vec<C> {
    rows.iter().map(cell).collect()
}

/// The same where a cell may not fit.
fn fitting<'a, T, C: 'static>(rows: &'a [T], cell: impl Fn(&'a T) -> Result<C>) -> Result<Vec<C>> {
    rows.iter().map(cell).collect()
}

pub(super) async fn put_records(connection: &mut PgConnection, org: Uuid, records: &[Record]) -> Result<()> {
    for chunk in records.chunks(CHUNK) {
        sqlx::query(
            "INSERT INTO record (org_id, id, kind, root, user_id, version, body) SELECT $1, r.* \
             FROM unnest($2::uuid[], $3::text[], $4::uuid[], $5::uuid[], $6::bigint[], $7::text[]) AS r \
             ON CONFLICT (org_id, id) DO UPDATE SET version = excluded.version, body = excluded.body",
        )
        .bind(org)
        .bind(column(chunk, |record| uuid(record.id)))
        .bind(column(chunk, |record| key(record.kind.name())))
        .bind(column(chunk, |record| scope_columns(record.scope).0.map(uuid)))
        .bind(column(chunk, |record| scope_columns(record.scope).1.map(uuid)))
        .bind(fitting(chunk, |record| version_to_column(record.version))?)
        .bind(fitting(chunk, to_json)?)
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

pub(super) async fn put_history(
    connection: &mut PgConnection,
    org: Uuid,
    history: &[(HistoryEntry, Option<RecordId>, Option<UserId>)],
) -> Result<()> {
    let mut ordinals: HashMap<u64, i64> = HashMap::new();
    for chunk in history.chunks(CHUNK) {
        let places = chunk.iter().map(|(entry, ..)| {
            let next = ordinals.entry(entry.stamp.version.0).or_default();
            *next += 1;
            *next
        });
        let places: Vec<i64> = places.collect();
        sqlx::query(
            "INSERT INTO history (org_id, version, ordinal, record, root, user_id, body) SELECT $1, h.* \
             FROM unnest($2::bigint[], $3::bigint[], $4::uuid[], $5::uuid[], $6::uuid[], $7::text[]) AS h",
        )
        .bind(org)
        .bind(fitting(chunk, |(entry, ..)| version_to_column(entry.stamp.version))?)
        .bind(places)
        .bind(column(chunk, |(entry, ..)| uuid(entry.record)))
        .bind(column(chunk, |(_, root, _)| root.map(uuid)))
        .bind(column(chunk, |(.., user)| user.map(uuid)))
        .bind(fitting(chunk, |(entry, ..)| to_json(entry))?)
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

pub(super) async fn put_settled(connection: &mut PgConnection, org: Uuid, settled: &[Settled]) -> Result<()> {
    for chunk in settled.chunks(CHUNK) {
        sqlx::query(
            "INSERT INTO mutation (org_id, id, author, device, record, written, received, outcome) SELECT $1, m.* \
             FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::bigint[], $7::bigint[], $8::text[]) AS m",
        )
        .bind(org)
        .bind(column(chunk, |settled| uuid(settled.id)))
        .bind(column(chunk, |settled| uuid(settled.author)))
        .bind(column(chunk, |settled| uuid(settled.device)))
        .bind(column(chunk, |settled| uuid(settled.record)))
        .bind(column(chunk, |settled| settled.written.milliseconds()))
        .bind(column(chunk, |settled| settled.received.milliseconds()))
        .bind(fitting(chunk, |settled| to_json(&settled.outcome))?)
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

pub(super) async fn put_channels(
    connection: &mut PgConnection,
    org: Uuid,
    channels: &[(RecordId, Channel)],
) -> Result<()> {
    for chunk in channels.chunks(CHUNK) {
        sqlx::query(
            "INSERT INTO scope_channel (org_id, channel, root) SELECT $1, c.* \
             FROM unnest($2::text[], $3::uuid[]) AS c ON CONFLICT (org_id, channel, root) DO NOTHING",
        )
        .bind(org)
        .bind(column(chunk, |(_, channel)| channel.to_string()))
        .bind(column(chunk, |(root, _)| uuid(*root)))
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// Writes the events, and lets the channels be what the last event of each says.
pub(super) async fn put_scope_events(connection: &mut PgConnection, org: Uuid, events: &[ScopeEvent]) -> Result<()> {
    for chunk in events.chunks(CHUNK) {
        sqlx::query(
            "INSERT INTO scope_event (org_id, channel, root, version, gained) SELECT $1, e.* \
             FROM unnest($2::text[], $3::uuid[], $4::bigint[], $5::boolean[]) AS e",
        )
        .bind(org)
        .bind(column(chunk, |event| event.channel.to_string()))
        .bind(column(chunk, |event| uuid(event.root)))
        .bind(fitting(chunk, |event| version_to_column(event.version))?)
        .bind(column(chunk, |event| event.gained))
        .execute(&mut *connection)
        .await?;
    }
    let ends: HashMap<(RecordId, Channel), bool> = events
        .iter()
        .map(|event| ((event.root, event.channel), event.gained))
        .collect();
    let (gained, lost): (Vec<_>, Vec<_>) = ends.into_iter().partition(|(_, gained)| *gained);
    let places = |ends: Vec<((RecordId, Channel), bool)>| ends.into_iter().map(|(place, _)| place).collect::<Vec<_>>();
    put_channels(&mut *connection, org, &places(gained)).await?;
    remove_channels(connection, org, &places(lost)).await
}

async fn remove_channels(connection: &mut PgConnection, org: Uuid, channels: &[(RecordId, Channel)]) -> Result<()> {
    for chunk in channels.chunks(CHUNK) {
        sqlx::query(
            "DELETE FROM scope_channel s USING unnest($2::text[], $3::uuid[]) AS c (channel, root) \
             WHERE s.org_id = $1 AND s.channel = c.channel AND s.root = c.root",
        )
        .bind(org)
        .bind(column(chunk, |(_, channel)| channel.to_string()))
        .bind(column(chunk, |(root, _)| uuid(*root)))
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

pub(super) async fn put_imported(
    connection: &mut PgConnection,
    org: Uuid,
    kind: &Kind,
    rows: &[(String, ImportedRow)],
) -> Result<()> {
    for chunk in rows.chunks(CHUNK) {
        sqlx::query(
            "INSERT INTO imported (org_id, kind, code, record, cells) SELECT $1, $2, i.* \
             FROM unnest($3::text[], $4::uuid[], $5::text[]) AS i \
             ON CONFLICT (org_id, kind, code) DO UPDATE SET record = excluded.record, cells = excluded.cells",
        )
        .bind(org)
        .bind(key(kind.name()))
        .bind(column(chunk, |(code, _)| code.clone()))
        .bind(column(chunk, |(_, row)| uuid(row.record)))
        .bind(fitting(chunk, |(_, row)| to_json(&row.cells))?)
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}
