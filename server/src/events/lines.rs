//! The open lines of this process: who listens with whose eyes, and up to where each device is known to have asked. It
//! decides who is poked, and counts; it reads nothing from the store.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rapport_shared::ids::{DeviceId, OrgId, UserId};
use rapport_shared::record::Version;
use tokio::sync::{OnceCell, watch};

use super::follower::Follower;
use crate::problem::Failure;
use crate::store::{Store, Touched, View};

/// Most lines of one user: each device has one.
const MOST_OF_A_USER: usize = 8;
/// Most lines of this process; who gets none asks now and then, as without lines.
const MOST: usize = 4_000;
/// What those who get none are told to wait.
const WAIT: Duration = Duration::from_secs(60);

/// A device in somebody's hands.
type Caller = (UserId, DeviceId);

/// See the module.
pub struct Lines {
    store: Arc<dyn Store>,
    org: OrgId,
    board: Arc<Board>,
    follower: OnceCell<Follower>,
}

/// What the follower, the lines and the exchanges share.
#[derive(Default)]
pub(super) struct Board(Mutex<Entries>);

#[derive(Default)]
struct Entries {
    lines: BTreeMap<Caller, Entry>,
    /// How many there ever were: the number of the last one.
    opened: u64,
    closed: bool,
}

struct Entry {
    /// Tells it from later lines of the same device.
    number: u64,
    view: View,
    /// Exchanges of the device under way: it is not poked before it is known what they told it.
    exchanges: usize,
    /// The device has asked up to here.
    has: Version,
    /// The last commit that concerns it.
    due: Version,
    /// One poke or many, it is one reason to ask: a slow line piles nothing up.
    poke: watch::Sender<()>,
}

impl Entry {
    fn poke_if_due(&self) {
        if self.due > self.has && self.exchanges == 0 {
            self.poke.send_replace(());
        }
    }
}

impl Board {
    fn lock(&self) -> MutexGuard<'_, Entries> {
        // What a panicking thread left behind is a whole map all the same.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Works with the line of that number, if it is still there.
    fn with(&self, caller: Caller, number: u64, work: impl FnOnce(&mut Entry)) {
        if let Some(entry) = self
            .lock()
            .lines
            .get_mut(&caller)
            .filter(|entry| entry.number == number)
        {
            work(entry);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lock().lines.is_empty()
    }

    /// Pokes whom `touched` concerns, unless they have it already.
    pub(super) fn tell(&self, touched: &Touched) {
        for entry in self.lock().lines.values_mut() {
            let last = touched.last_for(&entry.view);
            if last > entry.due {
                entry.due = last;
                entry.poke_if_due();
            }
        }
    }
}

impl Lines {
    /// No lines yet.
    pub fn new(store: Arc<dyn Store>, org: OrgId) -> Self {
        Self {
            store,
            org,
            board: Arc::default(),
            follower: OnceCell::new(),
        }
    }

    /// Opens a line for a device of the view's user. An earlier one of the device ends, for it has been given up.
    ///
    /// # Errors
    /// `TooManyRequests`, or what the store says.
    pub(super) async fn open(&self, device: DeviceId, view: View) -> Result<Listener, Failure> {
        // First, so that no commit falls between the opening of the line and the beginning of the watch.
        let begin = || Follower::begin(Arc::clone(&self.store), self.org, Arc::clone(&self.board));
        self.follower.get_or_try_init(begin).await?;
        let caller = (view.user, device);
        let mut entries = self.board.lock();
        let of_user = entries
            .lines
            .keys()
            .filter(|(user, other)| *user == view.user && *other != device);
        if of_user.count() >= MOST_OF_A_USER || entries.lines.len() >= MOST {
            return Err(Failure::too_many(WAIT));
        }
        entries.opened += 1;
        let number = entries.opened;
        let (poke, poked) = watch::channel(());
        let entry = Entry {
            number,
            view,
            exchanges: 0,
            has: Version::NONE,
            due: Version::NONE,
            poke,
        };
        if !entries.closed {
            entries.lines.insert(caller, entry);
        }
        drop(entries);
        Ok(Listener {
            board: Arc::clone(&self.board),
            caller,
            number,
            poked,
        })
    }

    /// Ends all lines, and those that may yet be opened: the server stops.
    pub fn close(&self) {
        let mut entries = self.board.lock();
        entries.closed = true;
        entries.lines.clear();
    }

    /// The device begins to ask.
    pub fn exchange(&self, user: UserId, device: DeviceId) -> Exchange {
        let caller = (user, device);
        let mut entries = self.board.lock();
        let entry = entries.lines.get_mut(&caller);
        let number = entry.map(|entry| {
            entry.exchanges += 1;
            entry.number
        });
        drop(entries);
        Exchange {
            board: Arc::clone(&self.board),
            caller,
            number,
            reached: None,
        }
    }
}

/// The listening end of a line. Dropping it ends the line.
pub(super) struct Listener {
    board: Arc<Board>,
    caller: Caller,
    number: u64,
    poked: watch::Receiver<()>,
}

impl Listener {
    /// Waits for a poke; false when the line has ended.
    pub(super) async fn poked(&mut self) -> bool {
        self.poked.changed().await.is_ok()
    }

    /// From now on commits are judged with these eyes.
    pub(super) fn look_through(&self, view: View) {
        self.board.with(self.caller, self.number, |entry| entry.view = view);
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let mut entries = self.board.lock();
        if entries
            .lines
            .get(&self.caller)
            .is_some_and(|entry| entry.number == self.number)
        {
            entries.lines.remove(&self.caller);
        }
    }
}

/// A device is asking. It ends when this is dropped.
pub struct Exchange {
    board: Arc<Board>,
    caller: Caller,
    /// The line it has, if any.
    number: Option<u64>,
    reached: Option<Version>,
}

impl Exchange {
    /// It ends: the answer holds everything up to this commit.
    pub fn reaches(mut self, version: Version) {
        self.reached = Some(version);
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        let Some(number) = self.number else { return };
        self.board.with(self.caller, number, |entry| {
            entry.exchanges -= 1;
            // Without an answer, or with a part of one, the device asks again by itself.
            if let Some(reached) = self.reached {
                entry.has = entry.has.max(reached);
                entry.poke_if_due();
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync;
    use crate::testing::{Bank, profile};

    #[derive(Clone, Copy, Debug)]
    enum Step {
        /// The device begins to ask.
        Ask,
        /// It is answered, up to a commit.
        Answer(u64),
        /// It is not answered.
        Fail,
        /// A commit that concerns the device.
        Commit(u64),
        /// One that does not.
        Foreign(u64),
    }

    #[tokio::test]
    #[expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
    async fn a_device_is_poked_for_what_it_does_not_have() {
        use Step::{Answer, Ask, Commit, Fail, Foreign};
        let folder = tempfile::tempdir().unwrap();
        let bank = Bank::open(&folder.path().join("bank.db")).await.unwrap();
        let (view, device) = (sync::view(&profile("rm1").unwrap()), DeviceId::from_u128(1));
        let lines = &bank.state.lines;
        let check = async |steps: &[Step], expected: &[usize]| {
            let mut listener = lines.open(device, view.clone()).await.unwrap();
            let (mut asking, mut pokes) = (None, Vec::new());
            for (at, step) in steps.iter().enumerate() {
                let mut touched = Touched::default();
                match step {
                    Ask => asking = Some(lines.exchange(view.user, device)),
                    Answer(version) => asking.take().unwrap().reaches(Version(*version)),
                    Fail => drop(asking.take()),
                    Commit(version) => touched.everyone = Version(*version),
                    Foreign(version) => touched.until = Version(*version),
                }
                lines.board.tell(&touched);
                if listener.poked.has_changed().unwrap() {
                    listener.poked.mark_unchanged();
                    pokes.push(at);
                }
            }
            assert_eq!(pokes, expected, "{steps:?}");
        };
        check(&[Commit(1), Foreign(2), Commit(3)], &[0, 2]).await;
        // What it wrote itself, and what came with the answer.
        check(&[Ask, Commit(1), Commit(2), Answer(2), Foreign(3)], &[]).await;
        check(&[Ask, Answer(2), Commit(1), Commit(2), Commit(3)], &[4]).await;
        // What was committed after the answer was read.
        check(&[Ask, Commit(1), Commit(2), Answer(1)], &[3]).await;
        // It will ask again by itself.
        check(&[Ask, Commit(1), Fail, Foreign(2)], &[]).await;
        check(&[Ask, Commit(1), Fail, Commit(2)], &[3]).await;
    }
}
