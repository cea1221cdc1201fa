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

/// Each channel, user and everybody with the last commit that concerns them, of the own organisation alone.
pub(super) async fn those_whom_commits_concern_are_known(store: Arc<dyn Store>) {
    let other_user = UserId::from_u128(11);
    let records = vec![
        record(1, 1, root(1), "x"),
        record(2, 2, root(2), "x"),
        record(3, 3, Scope::User(USER), "x"),
        record(4, 4, Scope::Organisation, "x"),
        record(5, 5, root(2), "x"),
    ];
    let channels = [(1, channel(1)), (2, channel(1)), (2, channel(2)), (3, channel(3))];
    commit(&*store, ORG, &batch(records.clone(), &channels)).await;
    commit(&*store, OTHER_ORG, &batch(records, &channels)).await;
    let moved = ScopeEvent {
        version: Version(6),
        root: RecordId::from_u128(2),
        channel: channel(2),
        gained: false,
    };
    let later = Batch {
        scope_events: vec![moved],
        ..batch(
            vec![record(2, 6, root(2), "y"), record(6, 7, Scope::User(other_user), "x")],
            &[],
        )
    };
    commit(&*store, ORG, &later).await;
    let check = async |after: u64, channels: &[(u128, u64)], users: &[(UserId, u64)], everyone: u64| {
        let touched = store.read(ORG).await.unwrap().touched(Version(after)).await.unwrap();
        let channels = channels.iter().map(|(id, version)| (channel(*id), Version(*version)));
        let users = users.iter().map(|(id, version)| (*id, Version(*version)));
        let expected = Touched {
            channels: channels.collect(),
            users: users.collect(),
            everyone: Version(everyone),
            until: Version(7),
        };
        assert_eq!(touched, expected, "after {after}");
        touched
    };
    let all = check(0, &[(1, 6), (2, 6)], &[(USER, 3), (other_user, 7)], 4).await;
    check(4, &[(1, 6), (2, 6)], &[(other_user, 7)], 0).await;
    check(6, &[], &[(other_user, 7)], 0).await;
    check(7, &[], &[], 0).await;
    for (channels, expected) in [(&[channel(1), channel(2)][..], 6), (&[channel(3)], 4), (&[], 4)] {
        assert_eq!(all.last_for(&view(channels)), Version(expected), "{channels:?}");
    }
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
