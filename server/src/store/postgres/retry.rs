//! Doing something again that the database or the way to it interrupted. Only for what may be done twice: reading,
//! beginning, and statements that change nothing the second time. A transaction under way is never repeated here; its
//! owner knows what it was about.

use std::future::Future;
use std::time::Duration;

use super::super::{Result, StoreError};

/// How long to wait before each further attempt, in milliseconds: together about as long as a database takes to start.
const PAUSES: [u64; 6] = [20, 100, 300, 700, 1_500, 3_000];

/// Does `work`, and does it again while it is interrupted, a few times.
///
/// # Errors
/// Those of the last attempt.
pub(super) async fn persist<T, F: Future<Output = Result<T>>>(work: impl Fn() -> F) -> Result<T> {
    attempt(work, PAUSES.map(Duration::from_millis)).await
}

async fn attempt<T, F: Future<Output = Result<T>>>(
    work: impl Fn() -> F,
    pauses: impl IntoIterator<Item = Duration>,
) -> Result<T> {
    for pause in pauses {
        match work().await {
            Err(StoreError::Interrupted(reason)) => tracing::warn!(reason, "the database broke off; trying again"),
            outcome => return outcome,
        }
        tokio::time::sleep(pause).await;
    }
    work().await
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[tokio::test]
    async fn only_interrupted_work_is_done_again_and_not_for_ever() {
        let interrupted = || StoreError::Interrupted(String::new());
        for (failures, error, attempts, succeeds) in [
            (0, interrupted as fn() -> StoreError, 1, true),
            (2, interrupted, 3, true),
            (3, interrupted, 3, false),
            (1, || StoreError::Full, 1, false),
        ] {
            let tried = AtomicU32::new(0);
            let work = || async {
                let before = tried.fetch_add(1, Ordering::SeqCst);
                if before < failures { Err(error()) } else { Ok(()) }
            };
            let outcome = attempt(work, [Duration::ZERO; 2]).await;
            assert_eq!(
                (tried.load(Ordering::SeqCst), outcome.is_ok()),
                (attempts, succeeds),
                "{failures}"
            );
        }
    }
}
