//! The run of commits that begins with this process: its name, and for which organisations it has begun. A database
//! that was replaced by a backup is only ever opened by a new process, so that no run holds two different commits of
//! one number; whoever knows one of the lost ones is recognised by it.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use rapport_shared::ids::OrgId;

/// See the module. Clones share what they know.
#[derive(Clone)]
pub(super) struct Run {
    /// The name; no other process has it.
    pub(super) epoch: Arc<str>,
    begun: Arc<Mutex<HashSet<OrgId>>>,
}

impl Run {
    pub(super) fn new() -> Self {
        Self {
            epoch: crate::hex::encode(&rand::random::<[u8; 8]>()).into(),
            begun: Arc::default(),
        }
    }

    /// Whether commits of this organisation are in it already.
    pub(super) fn has_begun(&self, org: OrgId) -> bool {
        // What a panicking thread left behind is a whole set all the same.
        self.begun.lock().unwrap_or_else(PoisonError::into_inner).contains(&org)
    }

    /// A commit of this organisation with [`Run::epoch`] is durable.
    pub(super) fn begin(&self, org: OrgId) {
        self.begun.lock().unwrap_or_else(PoisonError::into_inner).insert(org);
    }
}
