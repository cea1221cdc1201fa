//! Which records changed lately, so that what is made of all of them can follow at the cost of what changed. It remembers
//! so many changes and no more; whoever looks seldom begins anew.

use std::collections::VecDeque;

use crate::ids::RecordId;

/// How many changes are remembered: more than a page from the server brings. In tests so few that some are forgotten.
const MOST: usize = if cfg!(test) { 12 } else { 4_096 };

/// A record that became another one, came or went.
#[derive(Clone, Copy, Debug)]
pub(super) struct Changed {
    revision: u64,
    pub(super) record: RecordId,
    /// The customer in whose scope it is, or was.
    pub(super) customer: Option<RecordId>,
}

/// The last changes, oldest first.
#[derive(Clone, Debug, Default)]
pub(super) struct Changes {
    last: VecDeque<Changed>,
    /// The revision of the last change that is no longer remembered.
    forgotten: Option<u64>,
}

impl Changes {
    /// Remembers a change that led on from `revision`.
    pub(super) fn note(&mut self, revision: u64, record: RecordId, customer: Option<RecordId>) {
        if self.last.len() >= MOST {
            self.forgotten = self.last.pop_front().map(|changed| changed.revision);
        }
        self.last.push_back(Changed {
            revision,
            record,
            customer,
        });
    }

    /// What changed since the replica was of this revision; `None` when that is not known any more.
    pub(super) fn since(&self, revision: u64) -> Option<impl Iterator<Item = &Changed>> {
        let from = self.last.partition_point(|changed| changed.revision < revision);
        let is_known = self.forgotten.is_none_or(|forgotten| forgotten < revision);
        is_known.then(|| self.last.range(from..))
    }
}
