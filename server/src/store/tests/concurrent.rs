//! What every store promises when several are at work: order, whole commits, news of them.

use std::sync::Arc;

use super::*;

/// Who waits for commits hears of those that were made, of the own organisation alone.
pub(super) async fn commits_are_told(store: Arc<dyn Store>) {
    let (mut own, other) = (store.commits(ORG), store.commits(OTHER_ORG));
    let mut writer = store.write(ORG).await.unwrap();
    let lost = batch(vec![record(1, 1, Scope::Organisation, "x")], &[]);
    writer.put(&lost).await.unwrap();
    drop(writer);
    let made = batch(vec![record(1, 2, Scope::Organisation, "x")], &[]);
    commit(&*store, ORG, &made).await;
    assert_eq!(
        *own.wait_for(|version| *version > Version(0)).await.unwrap(),
        Version(2)
    );
    assert_eq!(*other.borrow(), Version(0));
}

/// Writers of one organisation come one after the other; readers see whole commits, in an order without gaps.
pub(super) async fn versions_are_commit_order_under_concurrency(store: Arc<dyn Store>) {
    let mut tasks = Vec::new();
    for writer in 0..8_u128 {
        let store = Arc::clone(&store);
        tasks.push(tokio::spawn(async move {
            for round in 0..10_u128 {
                let mut transaction = store.write(ORG).await.unwrap();
                let next = transaction.head().await.unwrap().sequence.0 + 1;
                let first = record(1_000 + writer * 100 + round * 2, next, Scope::Organisation, "a");
                let second = record(1_001 + writer * 100 + round * 2, next + 1, Scope::Organisation, "b");
                transaction.put(&batch(vec![first, second], &[])).await.unwrap();
                transaction.commit().await.unwrap();
            }
        }));
    }
    let watcher = tokio::spawn({
        let store = Arc::clone(&store);
        async move {
            let (mut after, mut seen) = (Version(0), 0);
            while seen < 160 {
                let mut reader = store.read(ORG).await.unwrap();
                let head = reader.head().await.unwrap();
                let slice = reader.changes(&view(&[]), after, PLENTY).await.unwrap();
                let versions: Vec<u64> = slice.rows.iter().map(|row| row.version.0).collect();
                let expected: Vec<u64> = (after.0 + 1..=head.sequence.0).collect();
                assert_eq!(versions, expected, "a commit was skipped, or seen in part");
                assert_eq!(head.sequence.0 % 2, 0, "half a commit was seen");
                seen += versions.len();
                after = head.sequence;
                tokio::task::yield_now().await;
            }
        }
    });
    for task in tasks {
        task.await.unwrap();
    }
    watcher.await.unwrap();
}
