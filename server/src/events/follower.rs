//! The one task of this process that follows the commits and tells the lines. It asks the store once for all commits
//! that came together, however many devices listen, and not at all while none does.

use std::sync::Arc;
use std::time::Duration;

use rapport_shared::ids::OrgId;
use rapport_shared::record::Version;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::lines::Board;
use crate::store::{Result, Store, Touched};

/// Commits that come sooner after those before are told of together.
const GATHER: Duration = Duration::from_millis(100);
/// Time to the next try when the store could not be asked.
const RETRY: Duration = Duration::from_secs(1);

/// The task. It ends when this is dropped.
pub(super) struct Follower(JoinHandle<()>);

impl Follower {
    /// Follows what is committed from now on.
    pub(super) async fn begin(store: Arc<dyn Store>, org: OrgId, board: Arc<Board>) -> Result<Self> {
        let commits = store.commits(org);
        let after = store.read(org).await?.head().await?.sequence;
        Ok(Self(tokio::spawn(follow(store, org, board, commits, after))))
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn follow(
    store: Arc<dyn Store>,
    org: OrgId,
    board: Arc<Board>,
    mut commits: watch::Receiver<Version>,
    mut after: Version,
) {
    while commits.changed().await.is_ok() {
        let newest = *commits.borrow_and_update();
        if board.is_empty() {
            // Whoever opens a line from here on asks for what is committed by now.
            after = after.max(newest);
            continue;
        }
        match touched(&*store, org, after).await {
            Ok(touched) => {
                board.tell(&touched);
                after = touched.until;
                tokio::time::sleep(GATHER).await;
            }
            Err(error) => {
                tracing::warn!(%error, "whom the newest commits concern could not be read");
                tokio::time::sleep(RETRY).await;
                commits.mark_changed();
            }
        }
    }
}

async fn touched(store: &dyn Store, org: OrgId, after: Version) -> Result<Touched> {
    store.read(org).await?.touched(after).await
}
