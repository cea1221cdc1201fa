//! What this process knows of the newest commits: whoever keeps a device's line open waits here. It carries versions
//! only; what was committed is read from the store.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rapport_shared::ids::OrgId;
use rapport_shared::record::Version;
use tokio::sync::watch;

/// See the module. Clones share what they know.
#[derive(Clone, Default)]
pub(super) struct News(Arc<Mutex<HashMap<OrgId, watch::Sender<Version>>>>);

impl News {
    /// The newest commit of an organisation, from now on.
    pub(super) fn follow(&self, org: OrgId) -> watch::Receiver<Version> {
        self.lock().entry(org).or_default().subscribe()
    }

    /// The organisations somebody asked about.
    pub(super) fn followed(&self) -> Vec<OrgId> {
        self.lock().keys().copied().collect()
    }

    /// Tells of a commit. News that is older than what is known changes nothing.
    pub(super) fn tell(&self, org: OrgId, version: Version) {
        if let Some(sender) = self.lock().get(&org) {
            sender.send_if_modified(|newest| {
                let is_news = version > *newest;
                if is_news {
                    *newest = version;
                }
                is_news
            });
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<OrgId, watch::Sender<Version>>> {
        // What a panicking thread left behind is a whole map all the same.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
