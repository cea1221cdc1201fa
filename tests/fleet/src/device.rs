//! One headless device: the real engine, a disk in memory, and a line to a real server. It does what the engine
//! commands, tells the engine what happened, and hands the same to whoever drives it. It never decides what a user
//! does.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::Context as _;
use rapport_shared::ids::{DeviceId, MutationId};
use rapport_shared::record::profile::Profile;
use rapport_shared::sync::engine::{Command, CommitToken, Engine, Entropy as _, Event, RequestToken};
use rapport_shared::sync::replica::{LogEntry, Op, PageNumber, Replica, Restore};
use rapport_shared::sync::wire::{Acknowledgement, SignIn};
use rapport_shared::time::Timestamp;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

use crate::chance::Chance;
use crate::line::{Exchange, Line, Ticket, Traffic};

/// Longer than any run.
const FAR: Duration = Duration::from_secs(30 * 86_400);

/// When a line that ended is opened again.
const AGAIN: Duration = Duration::from_secs(1);

/// What a device stores, as the browser stores it but for the seal.
#[derive(Default)]
struct Disk {
    head: Option<Vec<u8>>,
    pages: BTreeMap<PageNumber, Vec<u8>>,
    log: Vec<Vec<u8>>,
}

/// How a device stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Storage {
    /// Durably, each commit taking up to so many milliseconds.
    Slow(u64),
    /// Not at all: for measuring the server.
    None,
}

/// What happened on a device.
pub enum Happened {
    /// The time is up.
    Nothing,
    /// This is on the disk, and the user was told.
    Stored(LogEntry),
    /// A request ended.
    Answered(Answered),
    /// A wish of the engine to be woken was fulfilled.
    Woken,
    /// The server said at this moment that there is something to ask for, and it was asked.
    Poked(Instant),
}

/// How a request ended.
pub struct Answered {
    /// What the server said it did, durably.
    pub acknowledgements: Vec<Acknowledgement>,
    /// Whether there was an answer.
    pub success: bool,
    /// Whether it told anything new.
    pub news: bool,
    /// What travelled.
    pub traffic: Traffic,
}

type Pending = Pin<Box<dyn Future<Output = (RequestToken, Exchange)> + Send>>;

/// See the module.
pub struct Device {
    /// The source of everything random on this device.
    pub chance: Chance,
    /// What its clock shows too much, in milliseconds.
    pub clock_skew: i64,
    sign_in: SignIn,
    id: DeviceId,
    line: Line,
    ticket: Option<Ticket>,
    storage: Storage,
    disk: Disk,
    engine: Option<Engine>,
    commits: VecDeque<(Instant, CommitToken, LogEntry)>,
    pending: Option<Pending>,
    requests: usize,
    wake_at: Option<Instant>,
    pokes: Option<mpsc::Receiver<Instant>>,
    /// The task that listens for them; it ends with the device.
    listening: JoinSet<()>,
}

impl Device {
    /// A device on which nothing was ever done.
    pub fn new(sign_in: SignIn, line: Line, storage: Storage, mut chance: Chance) -> Self {
        let id = DeviceId::new(now(), chance.draw());
        Self {
            chance,
            clock_skew: 0,
            sign_in,
            id,
            line,
            ticket: None,
            storage,
            disk: Disk::default(),
            engine: None,
            commits: VecDeque::new(),
            pending: None,
            requests: 0,
            wake_at: None,
            pokes: None,
            listening: JoinSet::new(),
        }
    }

    /// Which device it is.
    pub fn id(&self) -> DeviceId {
        self.id
    }

    /// Whose device it is.
    pub fn login(&self) -> &str {
        &self.sign_in.login
    }

    /// The engine, while the app is open.
    pub fn engine(&self) -> Option<&Engine> {
        self.engine.as_ref()
    }

    /// What the device holds and shows.
    pub fn replica(&self) -> Option<&Replica> {
        self.engine.as_ref().map(Engine::replica)
    }

    /// The time by this device's own clock.
    pub fn clock(&self) -> Timestamp {
        now().plus(self.clock_skew)
    }

    /// Whether a request is under way.
    pub fn is_asking(&self) -> bool {
        self.pending.is_some()
    }

    /// Whether nothing is under way, to be stored or to be sent.
    pub fn is_quiet(&self) -> bool {
        let empty = |replica: &Replica| replica.outbox().is_empty();
        self.pending.is_none() && self.commits.is_empty() && self.replica().is_some_and(empty)
    }

    /// The replica a restart would give.
    ///
    /// # Errors
    /// The disk cannot be read.
    pub fn restored(&self) -> anyhow::Result<Replica> {
        let mut restore = Restore::default();
        if let Some(head) = &self.disk.head {
            restore.head(head).context("the head")?;
        }
        for (number, page) in &self.disk.pages {
            restore.page(*number, page).context("a page")?;
        }
        let entries = self.disk.log.iter().map(|bytes| LogEntry::read(bytes));
        let entries: Vec<LogEntry> = entries.collect::<Result<_, _>>().context("the log")?;
        Ok(restore.finish(entries))
    }

    /// Opens the app, if it is not open.
    ///
    /// # Errors
    /// The disk cannot be read.
    pub fn open(&mut self) -> anyhow::Result<()> {
        if self.engine.is_none() {
            self.engine = Some(Engine::new(self.id, self.restored()?));
        }
        Ok(())
    }

    /// The app ends without a word; what was on its way to the disk or to the server is gone.
    pub fn kill(&mut self) {
        self.engine = None;
        self.commits.clear();
        self.pending = None;
        self.wake_at = None;
    }

    /// Whether somebody is signed in.
    pub fn is_signed_in(&self) -> bool {
        self.engine.as_ref().is_some_and(Engine::is_signed_in)
    }

    /// Signs in: with the session of before where there is one, else with the password.
    ///
    /// # Errors
    /// The server cannot be reached or says no.
    pub async fn sign_in(&mut self) -> anyhow::Result<()> {
        let known = self.replica().and_then(Replica::profile).cloned();
        let profile = match (&self.ticket, known) {
            (Some(_), Some(profile)) => profile,
            _ => {
                let (ticket, session) = self.line.sign_in(&self.sign_in).await?;
                self.ticket = Some(ticket);
                self.handle(Event::KindsKnown(session.kinds));
                session.profile
            }
        };
        self.handle(Event::SessionReady(profile));
        Ok(())
    }

    /// Goes on with a session opened elsewhere.
    pub fn use_session(&mut self, ticket: Ticket, profile: Profile) {
        self.ticket = Some(ticket);
        self.handle(Event::SessionReady(profile));
    }

    /// Keeps a line open from now on, on which the server says when to ask.
    pub fn listen(&mut self) {
        let (sender, receiver) = mpsc::channel(16);
        let (line, device) = (self.line.clone(), self.id);
        let ticket = self.ticket.clone().unwrap_or_default();
        self.pokes = Some(receiver);
        self.listening.spawn(async move {
            while !sender.is_closed() {
                let _ = line.listen(&ticket, device, &sender).await;
                sleep(AGAIN).await;
            }
        });
    }

    /// How many requests were begun so far.
    pub const fn requests(&self) -> usize {
        self.requests
    }

    /// Signs out.
    pub async fn sign_out(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            self.line.sign_out(&ticket).await;
        }
        self.handle(Event::SessionEnded);
    }

    /// Takes an event in and begins what the engine wants done.
    pub fn handle(&mut self, event: Event) {
        let now = self.clock();
        let Some(engine) = &mut self.engine else { return };
        for command in engine.handle(event, now, &mut self.chance) {
            match command {
                Command::Commit(token, entry) => {
                    let last = self.commits.back().map(|(at, ..)| *at);
                    let delay = match self.storage {
                        Storage::Slow(longest) => self.chance.between(0, longest),
                        Storage::None => 0,
                    };
                    let at = Instant::now() + Duration::from_millis(delay);
                    self.commits
                        .push_back((last.map_or(at, |last| last.max(at)), token, entry));
                }
                Command::Send(token, request) => {
                    self.requests += 1;
                    let ticket = self.ticket.clone().unwrap_or_default();
                    let exchange = self.line.sync(&ticket, &request);
                    self.pending = Some(Box::pin(async move { (token, exchange.await) }));
                }
                Command::WakeAfter(span) => {
                    let span = u64::try_from(span).unwrap_or(0);
                    self.wake_at = Some(Instant::now() + Duration::from_millis(span));
                }
            }
        }
    }

    /// Waits for the next thing to happen, but not beyond `until`.
    ///
    /// # Errors
    /// The disk cannot be written.
    pub async fn next(&mut self, until: Instant) -> anyhow::Result<Happened> {
        let far = Instant::now() + FAR;
        let commit_at = self.commits.front().map_or(far, |(at, ..)| *at);
        let wake_at = self.wake_at.unwrap_or(far);
        if commit_at <= Instant::now() {
            return self.store();
        }
        tokio::select! {
            biased;
            () = sleep_until(commit_at) => self.store(),
            (token, exchange) = arrival(&mut self.pending) => Ok(Happened::Answered(self.arrived(token, exchange))),
            () = sleep_until(wake_at) => {
                self.wake_at = None;
                self.handle(Event::Woken);
                Ok(Happened::Woken)
            }
            moment = poke(&mut self.pokes) => {
                self.handle(Event::SyncNow);
                Ok(Happened::Poked(moment))
            }
            () = sleep_until(until) => Ok(Happened::Nothing),
        }
    }

    fn store(&mut self) -> anyhow::Result<Happened> {
        let Some((_, token, entry)) = self.commits.pop_front() else {
            return Ok(Happened::Nothing);
        };
        if self.storage != Storage::None {
            self.disk.log.push(entry.to_bytes()?);
        }
        self.handle(Event::Committed(token, entry.clone()));
        Ok(Happened::Stored(entry))
    }

    fn arrived(&mut self, token: RequestToken, exchange: Exchange) -> Answered {
        self.pending = None;
        let traffic = exchange.traffic;
        let mut answered = Answered {
            acknowledgements: Vec::new(),
            success: exchange.failure.is_none(),
            news: false,
            traffic,
        };
        for response in exchange.pages {
            let page = &response.page;
            let silent = page.records.is_empty() && page.history.is_empty() && page.evicted.is_empty();
            answered.news |= page.more || !silent || !response.acknowledgements.is_empty();
            answered
                .acknowledgements
                .extend(response.acknowledgements.iter().cloned());
            self.handle(Event::Answered(token, Box::new(response)));
        }
        match exchange.failure {
            None => self.handle(Event::AnswerEnded(token)),
            Some(failure) => {
                if failure == rapport_shared::sync::engine::Failure::SignedOut {
                    self.ticket = None;
                }
                self.handle(Event::Failed(token, failure));
            }
        }
        answered
    }

    /// Breaks the first promise on purpose: the work that waits to be sent is no longer on the disk. Whether there was
    /// any.
    pub fn forget_unsent(&mut self) -> bool {
        let unsent = self.replica().into_iter().flat_map(|replica| replica.outbox().iter());
        let unsent: HashSet<MutationId> = unsent.map(|mutation| mutation.id).collect();
        let before = self.disk.log.len();
        self.disk.log.retain(|bytes| {
            let ops = LogEntry::read(bytes).ok().into_iter().flat_map(|entry| entry.0);
            !ops.into_iter()
                .any(|op| matches!(op, Op::Enqueue(mutation) if unsent.contains(&mutation.id)))
        });
        self.disk.log.len() < before
    }

    /// Gathers the log into pages, as the app does now and then.
    pub fn checkpoint(&mut self) {
        if !self.commits.is_empty() {
            return;
        }
        let Some(engine) = &mut self.engine else { return };
        let Ok(checkpoint) = engine.replica().checkpoint(None) else {
            return;
        };
        self.disk.head = Some(checkpoint.head);
        for (number, page) in checkpoint.pages {
            match page {
                Some(bytes) => self.disk.pages.insert(number, bytes),
                None => self.disk.pages.remove(&number),
            };
        }
        self.disk.log.clear();
        engine.checkpointed();
    }
}

async fn arrival(pending: &mut Option<Pending>) -> (RequestToken, Exchange) {
    match pending {
        Some(pending) => pending.await,
        None => std::future::pending().await,
    }
}

async fn poke(pokes: &mut Option<mpsc::Receiver<Instant>>) -> Instant {
    let poke = match pokes {
        Some(pokes) => pokes.recv().await,
        None => None,
    };
    match poke {
        Some(moment) => moment,
        None => std::future::pending().await,
    }
}

/// The present time.
pub fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_milliseconds(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
