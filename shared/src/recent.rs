//! Whose customers something was last written about: the first to be offered when a new record needs one. Pure; it
//! knows nothing of what was only looked at.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::ids::RecordId;
use crate::order;
use crate::time::Timestamp;

/// The customers about whom something was `written`, and when; the one with the newest first, at most `most` of them.
pub fn last_written(written: impl IntoIterator<Item = (RecordId, Timestamp)>, most: usize) -> Vec<RecordId> {
    let mut last: BTreeMap<RecordId, Timestamp> = BTreeMap::new();
    for (customer, at) in written {
        let last = last.entry(customer).or_insert(at);
        *last = at.max(*last);
    }
    let mut customers: Vec<(RecordId, Timestamp)> = last.into_iter().collect();
    order::sort_by_key(&mut customers, |(id, at)| Reverse((*at, *id)));
    customers.into_iter().map(|(id, _)| id).take(most).collect()
}
