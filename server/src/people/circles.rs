//! What becomes of the circles of somebody who leaves: they go on under the lead that the rule of the shared crate names,
//! in the transaction in which the person leaves. It judges no rights.

use std::collections::{BTreeSet, HashMap};

use rapport_shared::channel::Channel;
use rapport_shared::handover::next_lead;
use rapport_shared::ids::{OrgId, RecordId, UserId};
use rapport_shared::record::mutation::Edit;
use rapport_shared::record::{Kind, Record};
use rapport_shared::time::Timestamp;

use crate::store::{AuditEntry, StoreError, View, Writer};
use crate::sync::ledger::Ledger;

/// Gives the circles that `left` led to others, in the name of `by`; how many those were. That they have left is
/// written already.
pub(crate) async fn pass_on(
    writer: &mut dyn Writer,
    org: OrgId,
    left: &[UserId],
    by: UserId,
    now: Timestamp,
) -> Result<usize, StoreError> {
    let records = circles_of(writer, left).await?;
    if records.is_empty() {
        return Ok(0);
    }
    let people = writer.of_kind(&Kind::Person).await?;
    let edits: Vec<Edit> = records
        .values()
        .filter_map(|circle| next_lead(circle, &people))
        .collect();
    let ids: Vec<String> = edits.iter().map(|edit| edit.record.to_string()).collect();
    let mut ledger = Ledger::new(&writer.head().await?, records);
    let count = edits.len();
    edits.into_iter().for_each(|edit| ledger.carry_out(edit, by, now));
    ledger.audit(AuditEntry {
        org: Some(org),
        at: now,
        user: Some(by),
        device: None,
        action: "circles_passed_on".to_owned(),
        subject: ids.join(" "),
    });
    writer.put(&ledger.finish()).await?;
    Ok(count)
}

/// The circles that these people are in by name; which of them they lead, the rule sees.
async fn circles_of(writer: &mut dyn Writer, users: &[UserId]) -> Result<HashMap<RecordId, Record>, StoreError> {
    let mut ids = Vec::new();
    for user in users {
        let view = View {
            user: *user,
            channels: BTreeSet::from([Channel::User(*user)]),
        };
        ids.extend(writer.roots(&view).await?.iter().map(|row| row.record));
    }
    let mut records = writer.records(&ids).await?;
    records.retain(|_, record| record.kind == Kind::Circle);
    Ok(records)
}
