//! What a user sees of the order of commits: in order, within sight, as much as asked for.

use std::collections::{BTreeSet, HashSet};

use super::*;

pub(super) async fn changes_are_in_commit_order_and_within_sight(store: Arc<dyn Store>) {
    let records = vec![
        record(1, 1, root(1), "seen"),
        record(2, 2, root(2), "hidden"),
        record(3, 3, Scope::User(USER), "own"),
        record(4, 4, Scope::User(UserId::from_u128(11)), "someone's"),
        record(5, 5, Scope::Organisation, "everybody's"),
        record(6, 6, root(1), "seen"),
    ];
    commit(&*store, ORG, &batch(records, &[(1, channel(1)), (2, channel(2))])).await;
    let (one, both) = (view(&[channel(1)]), view(&[channel(1), channel(2)]));
    let mut reader = store.read(ORG).await.unwrap();
    let slice = reader.changes(&one, Version(0), PLENTY).await.unwrap();
    assert_eq!((ids(&slice), slice.cut), (vec![(1, 1), (3, 3), (5, 5), (6, 6)], false));
    assert_eq!(
        ids(&reader.changes(&both, Version(3), PLENTY).await.unwrap()),
        [(5, 5), (6, 6)]
    );
    let two = Budget { rows: 2, ..PLENTY };
    let slice = reader.changes(&one, Version(0), two).await.unwrap();
    assert_eq!((ids(&slice), slice.cut), (vec![(1, 1), (3, 3)], true));
    let slice = reader.changes(&one, Version(3), two).await.unwrap();
    assert_eq!((slice.rows.len(), slice.cut), (2, false), "just enough is not too much");
    let tiny = Budget { bytes: 1, ..PLENTY };
    assert_eq!(
        ids(&reader.changes(&both, Version(0), tiny).await.unwrap()),
        [(1, 1)],
        "one row always comes"
    );
    assert_eq!(
        ids(&reader.loose(&one, Version(0), PLENTY).await.unwrap()),
        [(3, 3), (5, 5)]
    );
    let begin = (RecordId::from_u128(0), Version(0));
    assert_eq!(
        ids(&reader.cards(&both, begin.0, PLENTY).await.unwrap()),
        [(1, 1), (2, 2)]
    );
    let slice = reader
        .cards(&both, begin.0, Budget { rows: 1, ..PLENTY })
        .await
        .unwrap();
    assert_eq!((ids(&slice), slice.cut), (vec![(1, 1)], true));
    let slice = reader.cards(&both, RecordId::from_u128(1), PLENTY).await.unwrap();
    assert_eq!((ids(&slice), slice.cut), (vec![(2, 2)], false));
    assert_eq!(ids(&reader.cards(&one, begin.0, PLENTY).await.unwrap()), [(1, 1)]);
    assert_eq!(ids(&reader.cards(&view(&[]), begin.0, PLENTY).await.unwrap()), []);
    assert_eq!(
        ids(&reader.book(&both, begin, PLENTY).await.unwrap()),
        [(1, 1), (6, 6), (2, 2)]
    );
    let after = (RecordId::from_u128(1), Version(1));
    assert_eq!(ids(&reader.book(&both, after, two).await.unwrap()), [(6, 6), (2, 2)]);
    assert_eq!(ids(&reader.book(&view(&[]), begin, PLENTY).await.unwrap()), []);
    assert_eq!(reader.whole(&[RecordId::from_u128(1)]).await.unwrap().len(), 2);
    for (channels, expected) in [(vec![1], vec![1]), (vec![1, 2], vec![1, 2]), (vec![], vec![])] {
        let channels: Vec<Channel> = channels.into_iter().map(channel).collect();
        let rows = reader.roots(&view(&channels)).await.unwrap();
        let mut found: Vec<RecordId> = rows.iter().map(|row| row.record).collect();
        found.sort_unstable();
        let expected: Vec<RecordId> = expected.into_iter().map(RecordId::from_u128).collect();
        assert_eq!(found, expected, "each root's own record, once");
    }
}

pub(super) async fn history_keeps_versions_together(store: Arc<dyn Store>) {
    let entry = |id: u128, version: u64, path: &str| HistoryEntry {
        record: RecordId::from_u128(id),
        path: Some(FieldPath::parse(path).unwrap()),
        from: json!(null),
        to: json!(version),
        stamp: stamp(version),
        mutation: MutationId::from_u128(u128::from(version)),
        stands: true,
        unknown: std::collections::BTreeMap::new(),
    };
    let of = |id: u128| Some(RecordId::from_u128(id));
    let history = vec![
        (entry(1, 2, "a"), of(1), None),
        (entry(1, 2, "b"), of(1), None),
        (entry(2, 3, "a"), of(2), None),
        (entry(1, 4, "a"), of(1), None),
        (entry(9, 5, "a"), None, None),
    ];
    let channels = vec![(RecordId::from_u128(1), channel(1))];
    commit(
        &*store,
        ORG,
        &Batch {
            history,
            channels,
            sequence: Version(5),
            ..Batch::default()
        },
    )
    .await;
    let mut reader = store.read(ORG).await.unwrap();
    let slice = reader
        .history(&view(&[channel(1)]), Version(0), Budget { rows: 1, ..PLENTY })
        .await
        .unwrap();
    assert_eq!((ids(&slice), slice.cut), (vec![(1, 2), (1, 2)], true));
    let slice = reader.history(&view(&[channel(1)]), Version(2), PLENTY).await.unwrap();
    assert_eq!((ids(&slice), slice.cut), (vec![(1, 4), (9, 5)], false));
    let rows = reader.history_of(&[RecordId::from_u128(1)], Version(3)).await.unwrap();
    let paths: Vec<bool> = rows
        .iter()
        .map(|row| row.body.get().contains("\"path\":\"a\""))
        .collect();
    assert_eq!(paths, [true, false], "in order, and not beyond the version");
}

pub(super) async fn channels_follow_their_events(store: Arc<dyn Store>) {
    let id = RecordId::from_u128(1);
    let event = |version: u64, channel: Channel, gained: bool| ScopeEvent {
        version: Version(version),
        root: id,
        channel,
        gained,
    };
    commit(
        &*store,
        ORG,
        &batch(vec![record(1, 1, root(1), "x")], &[(1, channel(1))]),
    )
    .await;
    let events = vec![
        event(2, channel(1), false),
        event(2, channel(2), true),
        event(3, channel(3), true),
    ];
    commit(
        &*store,
        ORG,
        &Batch {
            scope_events: events.clone(),
            sequence: Version(3),
            ..Batch::default()
        },
    )
    .await;
    let all = view(&[channel(1), channel(2), channel(3)]);
    let mut reader = store.read(ORG).await.unwrap();
    let seen = reader.seen_through(&all, &HashSet::from([id])).await.unwrap();
    assert_eq!(seen, HashMap::from([(id, BTreeSet::from([channel(2), channel(3)]))]));
    let found: BTreeSet<ScopeEvent> = reader
        .scope_events(&all, Version(1))
        .await
        .unwrap()
        .into_iter()
        .collect();
    assert_eq!(found, events.iter().cloned().collect());
    assert_eq!(
        reader.scope_events(&view(&[channel(3)]), Version(0)).await.unwrap(),
        [events[2].clone()]
    );
    assert!(reader.scope_events(&all, Version(3)).await.unwrap().is_empty());
}

pub(super) async fn pages_are_as_long_as_asked_for(store: Arc<dyn Store>) {
    let scope = |id: u128| match id % 3 {
        0 => Scope::Organisation,
        _ => root(id % 200 + 1),
    };
    let number = |id: u128| u64::try_from(id).unwrap();
    let records: Vec<Record> = (1..=1_800).map(|id| record(id, number(id), scope(id), "x")).collect();
    let channels: Vec<(u128, Channel)> = (1..=200).map(|id| (id, channel(id % 2))).collect();
    commit(&*store, ORG, &batch(records, &channels)).await;
    let (all, half) = (view(&[channel(0), channel(1)]), view(&[channel(1)]));
    for (rows, view, expected) in [
        (1_800, &all, 1_800),
        (700, &all, 1_800),
        (501, &half, 1_200),
        (7, &half, 1_200),
    ] {
        let budget = Budget { rows, ..PLENTY };
        let mut reader = store.read(ORG).await.unwrap();
        let mut changes = Vec::new();
        loop {
            let after = changes.last().map_or(Version(0), |(_, version)| Version(*version));
            let slice = reader.changes(view, after, budget).await.unwrap();
            assert!(slice.rows.len() == rows || !slice.cut, "{rows}: {}", slice.rows.len());
            changes.extend(ids(&slice));
            if !slice.cut {
                break;
            }
        }
        assert_eq!(changes.len(), expected, "{rows}");
        assert!(changes.is_sorted_by_key(|(_, version)| *version));
        let (mut book, mut after) = (Vec::new(), (RecordId::from_u128(0), Version(0)));
        loop {
            let slice = reader.book(view, after, budget).await.unwrap();
            assert!(slice.rows.len() == rows || !slice.cut, "{rows}: {}", slice.rows.len());
            let places = slice.rows.iter().map(|row| (row.root.unwrap(), row.version));
            book.extend(places);
            after = *book.last().unwrap();
            if !slice.cut {
                break;
            }
        }
        assert_eq!(book.len(), expected - 600, "{rows}");
        assert!(book.is_sorted_by(|one, next| one < next), "{rows}");
    }
}

/// More roots than any store looks at at once, with and without anything but their cards.
pub(super) async fn cards_come_by_id_and_each_once(store: Arc<dyn Store>) {
    let cards = (1..=150).map(|id| record(id, u64::try_from(id).unwrap(), root(id), "card"));
    let notes = (1_001..=1_100).map(|id| record(id, u64::try_from(id).unwrap(), root(id % 7 + 1), "note"));
    let channels: Vec<(u128, Channel)> = (1..=150).map(|id| (id, channel(id % 2))).collect();
    commit(&*store, ORG, &batch(cards.chain(notes).collect(), &channels)).await;
    for (rows, channels, expected) in [
        (1, vec![1], 75),
        (7, vec![0, 1], 150),
        (33, vec![1], 75),
        (150, vec![0, 1], 150),
    ] {
        let view = view(&channels.into_iter().map(channel).collect::<Vec<_>>());
        let mut reader = store.read(ORG).await.unwrap();
        let mut found: Vec<RecordId> = Vec::new();
        loop {
            let after = found.last().copied().unwrap_or(RecordId::from_u128(0));
            let slice = reader.cards(&view, after, Budget { rows, ..PLENTY }).await.unwrap();
            assert!(slice.rows.len() == rows || !slice.cut, "{rows}: {}", slice.rows.len());
            found.extend(slice.rows.iter().map(|row| row.record));
            if !slice.cut {
                break;
            }
        }
        assert_eq!(found.len(), expected, "{rows}");
        assert!(found.is_sorted_by(|one, next| one < next), "{rows}");
    }
}
