//! Whose customers something was last written about: the first to be offered when a new record needs one. Pure; it
//! knows nothing of what was only looked at.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::ids::RecordId;
use crate::order;
use crate::record::Record;
use crate::time::Timestamp;

/// The customers of `records`, the one with the newest record first, at most `most` of them.
pub fn last_written<'a>(records: impl IntoIterator<Item = &'a Record>, most: usize) -> Vec<RecordId> {
    let mut last: BTreeMap<RecordId, Timestamp> = BTreeMap::new();
    for record in records.into_iter().filter(|record| !record.is_deleted()) {
        if let Some(customer) = record.root() {
            let at = last.entry(customer).or_insert(record.created.at);
            *at = record.created.at.max(*at);
        }
    }
    let mut customers: Vec<(RecordId, Timestamp)> = last.into_iter().collect();
    order::sort_by_key(&mut customers, |(id, at)| Reverse((*at, *id)));
    customers.into_iter().map(|(id, _)| id).take(most).collect()
}
