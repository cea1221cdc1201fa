//! One device of a run: the real engine over a modelled disk (sealed bytes are left out, everything else is as the
//! browser stores it). A killed device keeps its disk and nothing else.

use std::collections::{BTreeMap, VecDeque};

use super::faults::Sabotage;
use super::random::Random;
use crate::ids::{DeviceId, MutationId};
use crate::record::profile::Profile;
use crate::record::{Kind, Record};
use crate::search::in_order_of_names;
use crate::sync::engine::{Command, CommitToken, Engine, Event, Failure, RequestToken};
use crate::sync::replica::{FirstRows, LogEntry, PageNumber, Replica, Restore};
use crate::sync::wire::{SyncRequest, SyncResponse};
use crate::time::Timestamp;

/// A request on its way out.
pub(super) struct Outgoing {
    pub(super) life: u32,
    pub(super) token: RequestToken,
    pub(super) request: SyncRequest,
    /// Whose session it goes out under, when that is not the owner's.
    pub(super) stranger: Option<Profile>,
}

#[derive(Default)]
struct Disk {
    head: Option<Vec<u8>>,
    pages: BTreeMap<PageNumber, Vec<u8>>,
    first_rows: Option<Vec<u8>>,
    log: Vec<Vec<u8>>,
}

pub(super) struct Device {
    pub(super) profile: Profile,
    /// What is broken here on purpose.
    pub(super) sabotage: Option<Sabotage>,
    /// Whose session the browser has, when that is not the owner's.
    pub(super) stranger: Option<Profile>,
    /// What the device's clock shows too much.
    pub(super) clock_skew: i64,
    pub(super) outgoing: Vec<Outgoing>,
    /// A form opened a while ago: the record as it was shown then.
    pub(super) form: Option<Record>,
    id: DeviceId,
    disk: Disk,
    engine: Option<Engine>,
    commits: VecDeque<(CommitToken, LogEntry)>,
    wake_at: Option<Timestamp>,
    /// The answer that is being heard.
    pub(super) hearing: Option<Hearing>,
    /// Counts starts: answers to an earlier life are lost.
    life: u32,
}

/// An answer while it is being heard.
pub(super) struct Hearing {
    token: RequestToken,
    answer: usize,
    /// Its pages that are not stored yet, for a device that is to be broken.
    pub(super) pages: VecDeque<SyncResponse>,
}

impl Device {
    pub(super) fn new(index: usize, profile: Profile, sabotage: Option<Sabotage>) -> Self {
        Self {
            profile,
            sabotage,
            stranger: None,
            clock_skew: 0,
            outgoing: Vec::new(),
            form: None,
            id: DeviceId::from_u128(100 + index as u128),
            disk: Disk::default(),
            engine: None,
            commits: VecDeque::new(),
            wake_at: None,
            hearing: None,
            life: 0,
        }
    }

    pub(super) fn id(&self) -> DeviceId {
        self.id
    }

    pub(super) fn engine(&self) -> Option<&Engine> {
        self.engine.as_ref()
    }

    /// The replica a restart would give; its cards are shown before the rest is read, the first rows of its list before
    /// those, and all must be the same then.
    pub(super) fn restored(&self) -> Result<Replica, String> {
        let whole = self.restored_from(PageNumber(0))?;
        if let Some(first) = self.first_rows()?
            && !first.begin(&whole)
        {
            return Err("the first rows are others without the rest".to_owned());
        }
        let cards = self.restored_from(PageNumber::FIRST_OF_CARDS)?;
        let kinds = [Kind::Customer, Kind::Person, Kind::Setting, Kind::Conflict];
        if kinds.iter().any(|kind| !cards.iter(kind).eq(whole.iter(kind))) {
            return Err("the cards are others without the rest".to_owned());
        }
        Ok(whole)
    }

    fn restored_from(&self, first: PageNumber) -> Result<Replica, String> {
        let mut restore = Restore::default();
        if let Some(head) = &self.disk.head {
            restore.head(head).map_err(|error| error.to_string())?;
        }
        for (number, page) in self.disk.pages.range(first..) {
            restore.page(*number, page).map_err(|error| error.to_string())?;
        }
        Ok(restore.finish(self.logged()?))
    }

    fn logged(&self) -> Result<Vec<LogEntry>, String> {
        let read = |bytes: &Vec<u8>| LogEntry::read(bytes).map_err(|error| error.to_string());
        self.disk.log.iter().map(read).collect()
    }

    fn first_rows(&self) -> Result<Option<FirstRows>, String> {
        let Some(bytes) = &self.disk.first_rows else {
            return Ok(None);
        };
        FirstRows::after(bytes, &self.logged()?).map_err(|error| error.to_string())
    }

    pub(super) fn start(&mut self, now: Timestamp, random: &mut Random) {
        if self.engine.is_none() {
            self.life += 1;
            // A disk that cannot be read shows up as a device that never comes to rest.
            self.engine = self.restored().ok().map(|replica| Engine::new(self.id, replica));
            self.sign_in(now, random);
        }
    }

    /// The process ends without a word. Whether it ran at all.
    pub(super) fn kill(&mut self) -> bool {
        self.commits.clear();
        self.outgoing.clear();
        self.form = None;
        self.wake_at = None;
        self.hearing = None;
        self.engine.take().is_some()
    }

    /// The process ends and the last commits turn out not to have reached the disk. Gives what is lost.
    pub(super) fn lose_last_commits(&mut self, count: usize) -> Vec<LogEntry> {
        self.kill();
        let kept = self.disk.log.len().saturating_sub(count);
        let lost = self.disk.log.split_off(kept);
        lost.iter().filter_map(|bytes| LogEntry::read(bytes).ok()).collect()
    }

    /// The browser throws everything away; the next start is that of a new device. Gives the work that is lost.
    pub(super) fn lose_storage(&mut self, successor: DeviceId) -> Vec<MutationId> {
        let lost = self
            .restored()
            .map(|replica| replica.outbox().iter().map(|mutation| mutation.id).collect());
        self.kill();
        self.disk = Disk::default();
        self.id = successor;
        lost.unwrap_or_default()
    }

    pub(super) fn sign_in(&mut self, now: Timestamp, random: &mut Random) {
        let signed_in = self.engine.as_ref().is_some_and(|engine| engine.is_signed_in());
        if !signed_in {
            self.stranger = None;
            self.handle(Event::SessionReady(self.profile.clone()), now, random);
        }
    }

    pub(super) fn sync_now(&mut self, now: Timestamp, random: &mut Random) {
        self.handle(Event::SyncNow, now, random);
    }

    pub(super) fn wake(&mut self, now: Timestamp, random: &mut Random) {
        if self.wake_at.is_some_and(|at| at <= now) {
            self.wake_at = None;
            self.handle(Event::Woken, now, random);
        }
    }

    pub(super) fn handle(&mut self, event: Event, now: Timestamp, random: &mut Random) {
        let Some(engine) = &mut self.engine else { return };
        let mut sent = Vec::new();
        for command in engine.handle(event, now.plus(self.clock_skew), random) {
            random.note(format!("{command:?}").as_bytes());
            match command {
                Command::Commit(token, entry) => self.commits.push_back((token, entry)),
                Command::Send(token, request) => {
                    sent.push((*request).clone());
                    self.outgoing.push(Outgoing {
                        life: self.life,
                        token,
                        request: *request,
                        stranger: self.stranger.clone(),
                    });
                }
                Command::WakeAfter(span) => self.wake_at = Some(now.plus(span)),
            }
        }
        for request in sent {
            self.spoil_request(&request, now, random);
        }
    }

    /// The disk carries the oldest commit out, or refuses it. Gives what is stored by it.
    pub(super) fn store(&mut self, fails: bool, now: Timestamp, random: &mut Random) -> Option<LogEntry> {
        let (token, entry) = self.commits.pop_front()?;
        if fails {
            self.handle(Event::CommitFailed(token), now, random);
            self.spoil_failure(&entry, now, random);
            return None;
        }
        self.forget_page(&entry);
        self.disk.log.push(entry.to_bytes().ok()?);
        self.handle(Event::Committed(token, entry.clone()), now, random);
        Some(entry)
    }

    pub(super) fn checkpoint(&mut self) {
        if !self.commits.is_empty() {
            return;
        }
        let Some(engine) = &mut self.engine else { return };
        let Ok(checkpoint) = engine.replica().checkpoint(Some(|names| in_order_of_names(names))) else {
            return;
        };
        self.disk.head = Some(checkpoint.head);
        for (number, page) in checkpoint.pages {
            match page {
                Some(bytes) => self.disk.pages.insert(number, bytes),
                None => self.disk.pages.remove(&number),
            };
        }
        self.disk.first_rows = checkpoint.first_rows;
        self.disk.log.clear();
        engine.checkpointed();
    }

    /// Whether the device goes on listening to this answer: `Some(false)` means later. Of several answers to one
    /// request it hears one.
    pub(super) fn listens(&self, life: u32, token: RequestToken, answer: usize) -> Option<bool> {
        let engine = self.engine.as_ref().filter(|_| life == self.life)?;
        let hearing = self.hearing.as_ref().filter(|hearing| hearing.token == token);
        let hears_other = hearing.is_some_and(|hearing| hearing.answer != answer);
        engine.is_awaited(token).filter(|_| !hears_other)
    }

    /// Whether nothing of this answer was heard yet.
    pub(super) fn hears_first(&self, answer: usize) -> bool {
        self.hearing.as_ref().is_none_or(|hearing| hearing.answer != answer)
    }

    /// The next page of an answer comes.
    pub(super) fn answered(
        &mut self,
        token: RequestToken,
        answer: usize,
        response: SyncResponse,
        now: Timestamp,
        random: &mut Random,
    ) {
        if self.hears_first(answer) {
            self.hearing = Some(Hearing {
                token,
                answer,
                pages: VecDeque::new(),
            });
        }
        let mut response = response;
        self.spoil_answer(&mut response, now, random);
        self.handle(Event::Answered(token, Box::new(response)), now, random);
    }

    /// The answer is at its end.
    pub(super) fn heard_all(&mut self, token: RequestToken, now: Timestamp, random: &mut Random) {
        self.handle(Event::AnswerEnded(token), now, random);
    }

    pub(super) fn unreachable(&mut self, life: u32, token: RequestToken, now: Timestamp, random: &mut Random) {
        if life == self.life {
            self.handle(Event::Failed(token, Failure::Unreachable), now, random);
        }
    }

    pub(super) fn signed_out(&mut self, life: u32, token: RequestToken, now: Timestamp, random: &mut Random) {
        if life == self.life {
            self.handle(Event::Failed(token, Failure::SignedOut), now, random);
        }
    }

    pub(super) fn has_commits(&self) -> bool {
        !self.commits.is_empty()
    }

    /// Whether nothing is waiting to be stored, sent or taken over.
    pub(super) fn is_settled(&self) -> bool {
        let empty = |engine: &Engine| engine.replica().outbox().is_empty() && !engine.is_committing();
        self.commits.is_empty() && self.engine.as_ref().is_some_and(empty)
    }
}
