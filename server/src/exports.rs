//! Exports for other systems: one kind of record as CSV that is safe to open in a spreadsheet, or as JSON lines that
//! keep everything. An export shows what administrators may see: what is one user's own, or lies in a circle of named
//! people, is in none. Every export is written to the audit. Who may export is not judged here: only the operator's
//! tool does it.

use std::collections::{BTreeSet, HashSet};

use rapport_shared::channel::{Channel, Wider};
use rapport_shared::ids::{OrgId, RecordId, UserId};
use rapport_shared::record::{Kind, Record, Scope};
use rapport_shared::time::Timestamp;
use serde_json::Value;

use crate::safe_csv;
use crate::store::{AuditEntry, Store, StoreError, View};

/// The form of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One line a record, one column a field.
    Csv,
    /// One JSON object a line, as on the wire.
    JsonLines,
}

/// All records of `kind` that administrators may see and that are not deleted, in the order they were last changed, and
/// their number.
///
/// # Errors
/// What the store says.
pub async fn export(
    store: &dyn Store,
    org: OrgId,
    kind: &Kind,
    format: Format,
    now: Timestamp,
) -> Result<(String, usize), StoreError> {
    let mut reader = store.read(org).await?;
    let mut records = reader.of_kind(kind).await?;
    records.retain(|record| !record.is_deleted());
    let roots: HashSet<RecordId> = records.iter().filter_map(Record::root).collect();
    let seen = reader.seen_through(&administrators(), &roots).await?;
    drop(reader);
    records.retain(|record| match record.scope {
        Scope::Organisation => true,
        Scope::Under(root) => seen.contains_key(&root),
        Scope::User(_) => false,
    });
    let text = match format {
        Format::Csv => csv(&records),
        Format::JsonLines => json_lines(&records)?,
    };
    let entry = AuditEntry {
        org: Some(org),
        at: now,
        user: None,
        device: None,
        action: "export".to_owned(),
        subject: format!("{kind}: {}", records.len()),
    };
    store.audit(&entry).await?;
    Ok((text, records.len()))
}

/// The eyes of an administrator who is nobody in person.
fn administrators() -> View {
    View {
        user: UserId::from_u128(0),
        channels: BTreeSet::from([Channel::Organisation, Channel::Staff(Wider::Organisation)]),
    }
}

fn json_lines(records: &[Record]) -> Result<String, StoreError> {
    let mut text = String::new();
    for record in records {
        text.push_str(&serde_json::to_string(record).map_err(|error| StoreError::Failed(error.to_string()))?);
        text.push('\n');
    }
    Ok(text)
}

fn csv(records: &[Record]) -> String {
    let paths: BTreeSet<&str> = records
        .iter()
        .flat_map(|record| record.fields.keys())
        .map(|path| path.as_str())
        .collect();
    let mut text = safe_csv::start();
    let fixed = ["id", "customer"].map(str::to_owned);
    safe_csv::line(
        &mut text,
        fixed.into_iter().chain(paths.iter().map(|path| (*path).to_owned())),
    );
    for record in records {
        let customer = record.root().map_or_else(String::new, |id| id.to_string());
        let cells = paths.iter().map(|path| record.get(path).map_or_else(String::new, cell));
        safe_csv::line(&mut text, [record.id.to_string(), customer].into_iter().chain(cells));
    }
    text
}

fn cell(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
