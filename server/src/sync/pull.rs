//! One page of what a user has not seen. A first pull walks the book, the list of roots first; later ones follow the
//! order of commits, where gained roots come whole and lost ones are named. It reads one snapshot and never writes.

use std::collections::{BTreeSet, HashMap, HashSet};

use rapport_shared::channel::Channel;
use rapport_shared::ids::RecordId;
use rapport_shared::record::Version;
use serde_json::value::RawValue;

use super::cursor::{First, Place};
use crate::store::{Budget, Reader, Result, Row, ScopeEvent, Slice, View};

/// JSON after which a page ends, whatever its number of records.
const PAGE_BYTES: usize = 4 * 1024 * 1024;
/// History entries that may come with one record of a page, on average.
const HISTORY_SHARE: usize = 4;

/// A page, and where the next one starts.
#[derive(Debug)]
pub(super) struct Pulled {
    pub(super) records: Vec<Box<RawValue>>,
    pub(super) history: Vec<Box<RawValue>>,
    pub(super) evicted: Vec<RecordId>,
    pub(super) next: Place,
    pub(super) more: bool,
}

/// A reader with the eyes of one user.
pub(super) struct Pull<'a> {
    pub(super) reader: &'a mut dyn Reader,
    pub(super) view: &'a View,
    /// Where the order of commits stands.
    pub(super) until: Version,
    /// Commits of this very request that the device reproduces by itself.
    pub(super) own: &'a HashSet<Version>,
}

fn bodies(rows: Vec<Row>) -> Vec<Box<RawValue>> {
    rows.into_iter().map(|row| row.body).collect()
}

fn size(rows: &[Row]) -> usize {
    rows.iter().map(|row| row.body.get().len()).sum()
}

impl Pull<'_> {
    /// The page that starts at `place`, of about `limit` records.
    pub(super) async fn page(&mut self, place: Place, limit: usize) -> Result<Pulled> {
        let budget = Budget {
            rows: limit,
            bytes: PAGE_BYTES,
        };
        match place {
            Place::Changes { after } => self.changes(after, budget).await,
            Place::First { until, at } => self.first(until, at, budget).await,
        }
    }

    /// Goes on with the first pull: what is in no root's scope, then every root's card, so that there is a
    /// list early, then everything else root by root.
    async fn first(&mut self, until: Version, mut at: First, budget: Budget) -> Result<Pulled> {
        let mut rows = Vec::new();
        let next = loop {
            let left = Budget {
                rows: budget.rows.saturating_sub(rows.len()),
                bytes: budget.bytes.saturating_sub(size(&rows)),
            };
            if left.rows == 0 || left.bytes == 0 {
                break Place::First { until, at };
            }
            let slice = self.read(at, left).await?;
            let end = slice.rows.last().map_or(at, |last| at.moved_to(last));
            let is_due = |row: &Row| !matches!(at, First::Rest { .. }) || row.root != Some(row.record);
            rows.extend(slice.rows.into_iter().filter(is_due));
            match at.next() {
                _ if slice.cut => break Place::First { until, at: end },
                Some(next) => at = next,
                None => break Place::Changes { after: until },
            }
        };
        self.first_page(until, rows, next).await
    }

    async fn read(&mut self, at: First, budget: Budget) -> Result<Slice> {
        match at {
            First::Loose { after } => self.reader.loose(self.view, after, budget).await,
            First::Cards { after } => self.reader.cards(self.view, after, budget).await,
            First::Rest { after } => self.reader.book(self.view, after, budget).await,
        }
    }

    /// A page of the first pull: its history reaches to where the pull began, the rest comes with the changes.
    async fn first_page(&mut self, until: Version, rows: Vec<Row>, next: Place) -> Result<Pulled> {
        let ids: Vec<RecordId> = rows.iter().map(|row| row.record).collect();
        let history = self.reader.history_of(&ids, until).await?;
        let more = next != Place::Changes { after: self.until };
        Ok(Pulled {
            records: bodies(rows),
            history: bodies(history),
            evicted: Vec::new(),
            next,
            more,
        })
    }

    async fn changes(&mut self, after: Version, budget: Budget) -> Result<Pulled> {
        if after >= self.until {
            return Ok(Pulled {
                records: Vec::new(),
                history: Vec::new(),
                evicted: Vec::new(),
                next: Place::Changes { after },
                more: false,
            });
        }
        let mut records = self.reader.changes(self.view, after, budget).await?;
        let share = Budget {
            rows: budget.rows.saturating_mul(HISTORY_SHARE),
            ..budget
        };
        let mut history = self.reader.history(self.view, after, share).await?;
        let ends = [&records, &history].map(|slice| slice.rows.last().filter(|_| slice.cut).map(|row| row.version));
        let end = ends.into_iter().flatten().min().unwrap_or(self.until);
        let moved = self.moved(after, end, budget).await?;

        let is_new = |row: &Row| {
            row.version <= moved.end
                && !self.own.contains(&row.version)
                && !row.root.is_some_and(|root| moved.gained.contains(&root))
        };
        records.rows.retain(is_new);
        history.rows.retain(is_new);
        records.rows.extend(moved.records);
        history.rows.extend(moved.history);
        Ok(Pulled {
            records: bodies(records.rows),
            history: bodies(history.rows),
            evicted: moved.lost,
            next: Place::Changes { after: moved.end },
            more: moved.end < self.until,
        })
    }

    /// Roots that came into sight or went out of it between `after` and `end`. When much came in, the page ends
    /// earlier.
    async fn moved(&mut self, after: Version, end: Version, budget: Budget) -> Result<Moved> {
        let events = self.reader.scope_events(self.view, after).await?;
        let mut moved = Moved {
            end,
            ..Moved::default()
        };
        let concerned: HashSet<RecordId> = events.iter().map(|event| event.root).collect();
        if concerned.is_empty() {
            return Ok(moved);
        }
        let now = self.reader.seen_through(self.view, &concerned).await?;
        let mut done = HashSet::new();
        let (mut rows, mut bytes) = (0, 0);
        for event in events.iter().filter(|event| event.version <= end) {
            if (rows >= budget.rows || bytes >= budget.bytes) && event.version > moved.end {
                break;
            }
            if !done.insert(event.root) {
                continue;
            }
            if seen_throughout(event.root, &events, &now) {
                continue;
            }
            let seen_now = now.get(&event.root).is_some_and(|channels| !channels.is_empty());
            if !seen_now {
                moved.lost.push(event.root);
                continue;
            }
            self.gain(event.root, &mut moved).await?;
            (rows, bytes) = (moved.records.len(), size(&moved.records) + size(&moved.history));
            if rows >= budget.rows || bytes >= budget.bytes {
                moved.end = event.version;
            }
        }
        Ok(moved)
    }

    async fn gain(&mut self, root: RecordId, moved: &mut Moved) -> Result<()> {
        let records = self.reader.whole(&[root]).await?;
        let ids: Vec<RecordId> = records.iter().map(|row| row.record).collect();
        moved.history.extend(self.reader.history_of(&ids, self.until).await?);
        moved.records.extend(records);
        moved.gained.insert(root);
        Ok(())
    }
}

/// Whether the root was in sight before `events`, after each commit among them, and is now: the present channels
/// with the events undone one commit after the other. Earlier pages left out what was out of sight when they were
/// read, and sent what was in sight, so whoever was out of sight for a while may hold too little, or too much.
fn seen_throughout(root: RecordId, events: &[ScopeEvent], now: &HashMap<RecordId, BTreeSet<Channel>>) -> bool {
    let mut channels = now.get(&root).cloned().unwrap_or_default();
    let mut always = !channels.is_empty();
    for commit in events.chunk_by(|one, next| one.version == next.version).rev() {
        for event in commit.iter().filter(|event| event.root == root) {
            if event.gained {
                channels.remove(&event.channel);
            } else {
                channels.insert(event.channel);
            }
        }
        always &= !channels.is_empty();
    }
    always
}

#[derive(Default)]
struct Moved {
    /// Where the page ends.
    end: Version,
    /// Roots that came into sight: they come whole.
    gained: HashSet<RecordId>,
    records: Vec<Row>,
    history: Vec<Row>,
    /// Roots that went out of sight.
    lost: Vec<RecordId>,
}
