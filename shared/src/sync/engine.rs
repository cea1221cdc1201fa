//! The state machine that drives synchronisation: events in, commands out. The browser and the simulator run this
//! very code. It owns the replica; it never does IO, reads a clock or draws randomness. What it wants done it says
//! in [`Command`]s; what it believes it has only from [`Event`]s, so an intention is never mistaken for a fact.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::replica::{LogEntry, Op, Replica};
use super::wire::{KINDS_OF_PROTOCOL, MAXIMUM_MUTATIONS, MAXIMUM_PAGES, Outcome, PROTOCOL, SyncRequest, SyncResponse};
use crate::ids::{DeviceId, IdEntropy, MutationId, UserId};
use crate::order::InOrder as _;
use crate::record::Kind;
use crate::record::mutation::{Edit, Mutation};
use crate::record::profile::Profile;
use crate::record::refusal::{Refusal, RefusalCode};
use crate::time::Timestamp;

/// Most records asked for in one page: large enough that commits do not decide, small enough that taking a page over
/// does not hold the interface up.
const PAGE_LIMIT: u32 = 500;
/// Pages that may wait for the one before to be durable; the reader of an answer stops until one was taken over.
const WAITING_PAGES: usize = 2;
/// Largest sum of mutations in one request, in bytes of JSON.
const MAXIMUM_BATCH_BYTES: usize = 4 * 1024 * 1024;
/// Time to the first retry after a failure, in milliseconds; doubles each time.
const FIRST_RETRY: i64 = 1_000;
/// Longest time between retries, in milliseconds.
const LONGEST_RETRY: i64 = 60_000;
/// How long work that was saved waits for more, in milliseconds: what is saved in one go is sent in one go.
const GATHER: i64 = 50;
/// Time between pulls when nothing happens, in milliseconds.
const POLL: i64 = 60_000;

/// Names one commit the engine asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommitToken(pub u64);

/// Names one request the engine asked for; answers to earlier ones are ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestToken(pub u64);

/// What happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// Somebody is signed in and the server can be asked; sent also when a session was renewed.
    SessionReady(Profile),
    /// The server has said which kinds it knows ([`Session::kinds`](super::wire::Session::kinds)). Work on others waits.
    KindsKnown(Vec<Kind>),
    /// Nobody is signed in any more (signed out by the user, or the session's end was noticed elsewhere).
    SessionEnded,
    /// The user wants this saved. Answered by one [`Command::Commit`], or none when nothing would change.
    Write(Vec<Edit>),
    /// The user sends a refused mutation again, as `edit` says.
    Resend {
        /// The refused mutation.
        id: MutationId,
        /// What to send in its place.
        edit: Edit,
    },
    /// Other steps that need no rules (drafts, giving a refused mutation up).
    Steps(Vec<Op>),
    /// A commit is durable: the entry as [`Command::Commit`] gave it, handed back. Commits must be carried out, and
    /// reported, in the order of their tokens.
    Committed(CommitToken, LogEntry),
    /// A commit failed; nothing of it was stored.
    CommitFailed(CommitToken),
    /// Another tab of this browser appended these entries to the log.
    LogAdvanced(Vec<LogEntry>),
    /// The server answered, perhaps with one of several pages: each is told when it comes, in order.
    Answered(RequestToken, Box<SyncResponse>),
    /// Nothing more comes of this answer.
    AnswerEnded(RequestToken),
    /// The request failed: before anything came, and whether the server carried it out is unknown; or in the middle of
    /// an answer.
    Failed(RequestToken, Failure),
    /// A reason to ask the server now: start, focus, `online`, a poke, the button.
    SyncNow,
    /// The time asked for by [`Command::WakeAfter`] has come.
    Woken,
}

/// Why a request failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// No answer: no network, a time-out, a cut connection.
    Unreachable,
    /// The session has ended; the queue is held until somebody signs in.
    SignedOut,
    /// The request was too large.
    TooLarge,
    /// The server asked to come back later.
    Busy,
    /// The server failed, or answered something this program does not understand.
    Server,
    /// This device could not store what the server answered.
    Device,
}

/// What the engine wants done.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Append this entry to the device's log, durably, and report it.
    Commit(CommitToken, LogEntry),
    /// Send this to the server and report what comes, as long as [`Engine::is_awaited`].
    Send(RequestToken, Box<SyncRequest>),
    /// Report [`Event::Woken`] after so many milliseconds (a span, since clocks jump); replaces an earlier wish.
    WakeAfter(i64),
}

/// What synchronisation is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activity {
    /// Everything the server had at the last exchange is here.
    Idle,
    /// A request or its answer is under way.
    Syncing,
    /// The server could not be reached.
    Offline,
    /// Nobody is signed in.
    SignedOut,
    /// The server answered with failures.
    Failing,
    /// The server answered, and this device could not store it.
    StoreFailing,
}

/// Randomness, handed in.
pub trait Entropy {
    /// Ten fresh random bytes.
    fn draw(&mut self) -> IdEntropy;
}

/// See the module's first paragraph.
#[derive(Clone, Debug)]
pub struct Engine {
    device: DeviceId,
    replica: Replica,
    session: Option<UserId>,
    /// What the server takes.
    kinds: BTreeSet<Kind>,
    next_token: u64,
    /// Asked for and not yet reported.
    commits: BTreeSet<CommitToken>,
    request: Option<Request>,
    /// The commit of a page; the next one, and the next request, wait for it.
    answer: Option<CommitToken>,
    /// The list of customers is whole although the first pull is not.
    has_list: bool,
    /// A reason to ask came up meanwhile.
    wanted: bool,
    failures: u32,
    last_failure: Option<Failure>,
    batch_limit: usize,
}

#[derive(Clone, Debug)]
struct Request {
    token: RequestToken,
    sent: BTreeSet<MutationId>,
    sent_at: Timestamp,
    without_cursor: bool,
    /// What the first page told of the clock: it is the one that came without delay.
    clock_offset: Option<i64>,
    /// Pages that have come, while the one before is not durable.
    waiting: VecDeque<SyncResponse>,
    /// Whether a page was taken over, and with it all that was sent settled.
    is_settled: bool,
    /// Whether the last one taken over said that the list of customers is whole, …
    is_listed: bool,
    /// … and that more is to be had.
    has_more: bool,
    /// Nothing more comes.
    has_ended: bool,
}

impl Engine {
    /// An engine over what was restored from the device.
    pub fn new(device: DeviceId, mut replica: Replica) -> Self {
        replica.forget_place_if_older_than(PROTOCOL);
        Self {
            device,
            replica,
            session: None,
            kinds: KINDS_OF_PROTOCOL.into(),
            next_token: 0,
            commits: BTreeSet::new(),
            request: None,
            answer: None,
            has_list: false,
            wanted: true,
            failures: 0,
            last_failure: None,
            batch_limit: MAXIMUM_MUTATIONS,
        }
    }

    /// What this device holds.
    pub fn replica(&self) -> &Replica {
        &self.replica
    }

    /// See [`Replica::take_changed`].
    pub fn take_changed(&mut self) -> Vec<crate::ids::RecordId> {
        self.replica.take_changed()
    }

    /// See [`Replica::put_away`].
    pub fn put_away(&mut self) {
        self.replica.put_away();
    }

    /// The last checkpoint of [`Engine::replica`] is durable.
    pub fn checkpointed(&mut self) {
        self.replica.checkpointed();
    }

    /// What synchronisation is doing.
    pub fn activity(&self) -> Activity {
        if self.session.is_none() {
            Activity::SignedOut
        } else if self.request.is_some() || self.answer.is_some() {
            Activity::Syncing
        } else {
            match self.last_failure {
                None => Activity::Idle,
                Some(Failure::Unreachable) => Activity::Offline,
                Some(Failure::Device) => Activity::StoreFailing,
                Some(_) => Activity::Failing,
            }
        }
    }

    /// Whether somebody is signed in whose book this is.
    pub fn is_signed_in(&self) -> bool {
        self.session.is_some()
    }

    /// Whether every customer's own record is here: the first pull is done, or the server has said so in the middle of
    /// it. What it said is not stored: after a restart in the middle of a first pull, the server has to say so again.
    pub fn has_list(&self) -> bool {
        self.has_list || self.replica.last_complete().is_some()
    }

    /// Whether work is saved but not yet reported durable, or an answer is being taken over.
    pub fn is_committing(&self) -> bool {
        !self.commits.is_empty()
    }

    /// Whether more of the answer to this request is wanted now: `Some(false)` while enough waits to be taken over;
    /// `None` once the rest is of no use, since the device asks anew.
    pub fn is_awaited(&self, token: RequestToken) -> Option<bool> {
        let request = self.request.as_ref().filter(|request| request.token == token)?;
        Some(request.waiting.len() < WAITING_PAGES)
    }

    /// The device's clock `now` corrected to the server's.
    pub fn corrected(&self, now: Timestamp) -> Timestamp {
        now.plus(self.replica.clock_offset())
    }

    /// Takes an event in and says what to do. `now` is the device's clock, uncorrected.
    pub fn handle(&mut self, event: Event, now: Timestamp, entropy: &mut impl Entropy) -> Vec<Command> {
        let mut commands = Vec::new();
        match event {
            Event::SessionReady(profile) => self.session_ready(profile, &mut commands),
            Event::KindsKnown(kinds) => {
                self.kinds = kinds.into_iter().chain(KINDS_OF_PROTOCOL).into_set();
                let has_work = self.sendable().next().is_some();
                self.wanted |= has_work;
            }
            Event::SessionEnded => self.session = None,
            Event::Write(edits) => self.write(edits, now, entropy, &mut commands),
            Event::Resend { id, edit } => {
                if let Some(mutation) = self.mutation(edit, now, entropy) {
                    self.commit(vec![Op::Resend { id, mutation }], &mut commands);
                }
            }
            Event::Steps(ops) => {
                self.commit(ops, &mut commands);
            }
            Event::Committed(token, entry) => self.committed(token, entry, &mut commands),
            Event::CommitFailed(token) => self.commit_failed(token, entropy, &mut commands),
            Event::LogAdvanced(entries) => entries.into_iter().for_each(|entry| self.replica.apply(entry)),
            Event::Answered(token, response) => self.answered(token, *response, now),
            Event::AnswerEnded(token) => self.end_answer(token, entropy, &mut commands),
            Event::Failed(token, failure) => self.failed(token, failure, entropy, &mut commands),
            // What is under way brings all there was to ask for.
            Event::Woken if self.request.is_some() => commands.push(Command::WakeAfter(POLL)),
            Event::Woken if self.is_committing() => commands.push(Command::WakeAfter(GATHER)),
            Event::SyncNow | Event::Woken => self.wanted = true,
        }
        self.go_on_with_answer(&mut commands);
        self.ask_if_due(now, &mut commands);
        commands
    }

    fn session_ready(&mut self, profile: Profile, commands: &mut Vec<Command>) {
        // Another user's queue is never sent under this one: a book belongs to one user for good.
        if self.replica.profile().is_some_and(|owner| owner.user != profile.user) {
            self.session = None;
            return;
        }
        self.session = Some(profile.user);
        self.failures = 0;
        self.last_failure = None;
        self.wanted = true;
        if self.replica.profile() != Some(&profile) {
            self.commit(vec![Op::Profile(profile)], commands);
        }
    }

    fn write(&mut self, edits: Vec<Edit>, now: Timestamp, entropy: &mut impl Entropy, commands: &mut Vec<Command>) {
        let edits = edits.into_iter().filter(|edit| !edit.is_empty());
        let ops = edits
            .filter_map(|edit| self.mutation(edit, now, entropy).map(Op::Enqueue))
            .collect();
        self.commit(ops, commands);
    }

    /// The mutation `edit` becomes, so that it can be judged by the rules before it is saved ([`Event::Steps`] with
    /// [`Op::Enqueue`]). `None` while the book belongs to nobody.
    pub fn mutation(&self, edit: Edit, now: Timestamp, entropy: &mut impl Entropy) -> Option<Mutation> {
        let author = self.replica.profile()?.user;
        let at = self.corrected(now);
        Some(Mutation {
            id: MutationId::new(at, entropy.draw()),
            device: self.device,
            device_seq: 0,
            author,
            at,
            record: edit.record,
            kind: edit.kind,
            scope: edit.scope,
            base: edit.base,
            operation: edit.operation,
            unknown: BTreeMap::new(),
        })
    }

    fn commit(&mut self, ops: Vec<Op>, commands: &mut Vec<Command>) -> Option<CommitToken> {
        if ops.is_empty() {
            return None;
        }
        self.next_token += 1;
        let token = CommitToken(self.next_token);
        self.commits.insert(token);
        commands.push(Command::Commit(token, LogEntry(ops)));
        Some(token)
    }

    fn committed(&mut self, token: CommitToken, entry: LogEntry, commands: &mut Vec<Command>) {
        if self.commits.remove(&token) {
            let unsent = entry
                .0
                .iter()
                .any(|op| matches!(op, Op::Enqueue(_) | Op::Resend { .. }));
            self.replica.apply(entry);
            // While a failure is waited out, what is saved waits as well: without network, each save would otherwise
            // try to send everything saved before it.
            let is_due = unsent && self.last_failure.is_none();
            if is_due && self.request.is_none() {
                commands.push(Command::WakeAfter(GATHER));
            } else {
                self.wanted |= is_due;
            }
        }
        if self.answer == Some(token) {
            self.answer = None;
        }
    }

    fn commit_failed(&mut self, token: CommitToken, entropy: &mut impl Entropy, commands: &mut Vec<Command>) {
        self.commits.remove(&token);
        if self.replica.profile().is_none() {
            // Whose book this is was not stored, so nobody is signed in to it.
            self.session = None;
        }
        if self.answer == Some(token) {
            // Not stored, so not known: the same will be asked again, with all that came after it.
            self.answer = None;
            self.request = None;
            self.back_off(Failure::Device, entropy, commands);
        }
    }

    fn answered(&mut self, token: RequestToken, response: SyncResponse, now: Timestamp) {
        let Some(request) = self.request.as_mut().filter(|request| request.token == token) else {
            return;
        };
        let round_trip = now.since(request.sent_at).max(0);
        let clock_offset = response.now.plus(round_trip / 2).since(now);
        request.clock_offset.get_or_insert(clock_offset);
        request.waiting.push_back(response);
    }

    fn end_answer(&mut self, token: RequestToken, entropy: &mut impl Entropy, commands: &mut Vec<Command>) {
        let Some(request) = self.request.as_mut().filter(|request| request.token == token) else {
            return;
        };
        request.has_ended = true;
        if !request.is_settled && request.waiting.is_empty() {
            // An answer of nothing is none: something in between cut it off.
            self.failed(token, Failure::Server, entropy, commands);
        }
    }

    /// Takes the next page over once the one before is durable.
    fn go_on_with_answer(&mut self, commands: &mut Vec<Command>) {
        if self.answer.is_some() {
            return;
        }
        let Some(mut request) = self.request.take() else { return };
        self.has_list |= request.is_listed;
        if request.is_settled && self.has_work_besides(&request) {
            // New work does not wait for the rest of a long answer.
            self.wanted = true;
        } else if let Some(response) = request.waiting.pop_front() {
            self.failures = 0;
            self.last_failure = None;
            self.batch_limit = MAXIMUM_MUTATIONS;
            request.is_listed = response.page.listed;
            request.has_more = response.page.more;
            let ops = self.take_over(&request, response);
            self.answer = self.commit(ops, commands);
            request.is_settled = true;
            self.request = Some(request);
            commands.push(Command::WakeAfter(POLL));
        } else if request.has_ended {
            self.wanted |= request.has_more;
        } else {
            self.request = Some(request);
        }
    }

    /// Whether there is work to send that `request` did not bring.
    fn has_work_besides(&self, request: &Request) -> bool {
        self.sendable().any(|mutation| !request.sent.contains(&mutation.id))
    }

    /// The steps a page amounts to. One log entry: acknowledgements, page and cursor become durable together.
    fn take_over(&self, request: &Request, response: SyncResponse) -> Vec<Op> {
        let page = response.page;
        let holds_something = !self.replica.is_empty() || self.replica.has_unread();
        let begins_anew = request.without_cursor && !request.is_settled;
        let from_nothing = begins_anew && holds_something && !self.replica.is_rebuilding();
        // First, so that what is acknowledged below counts as confirmed.
        let mut ops = Vec::new();
        if page.rebuild || from_nothing {
            ops.push(Op::BeginRebuild);
        }
        if page.reoffer {
            ops.push(Op::Reoffer);
        }
        if page.unread {
            ops.push(Op::Unread { protocol: PROTOCOL });
        }
        let acknowledged = response
            .acknowledgements
            .into_iter()
            .filter(|acknowledgement| request.sent.contains(&acknowledgement.id));
        ops.extend(acknowledged.map(|acknowledgement| {
            let (id, at) = (acknowledgement.id, response.now);
            let clean = matches!(acknowledgement.outcome, Outcome::Applied { .. });
            match (acknowledgement.outcome.version(), acknowledgement.outcome) {
                (Some(version), _) => Op::Acknowledge { id, version, clean, at },
                (None, Outcome::Refused(refusal)) => Op::Refuse { id, refusal },
                // Kept and shown, so that it can be sent again, and out of the way of what waits behind it.
                (None, _) => Op::Refuse {
                    id,
                    refusal: Refusal::whole(RefusalCode::Unknown),
                },
            }
        }));
        ops.extend(page.evicted.into_iter().map(Op::Evict));
        ops.extend(page.records.into_iter().map(Op::Put));
        ops.extend(page.history.into_iter().map(Op::History));
        ops.push(Op::Progress {
            cursor: page.cursor,
            clock_offset: request.clock_offset.unwrap_or_else(|| self.replica.clock_offset()),
            at: response.now,
            complete: !page.more,
        });
        ops
    }

    fn failed(
        &mut self,
        token: RequestToken,
        failure: Failure,
        entropy: &mut impl Entropy,
        commands: &mut Vec<Command>,
    ) {
        let Some(mut request) = self.request.take_if(|request| request.token == token) else {
            return;
        };
        if failure == Failure::SignedOut {
            self.session = None;
        }
        if request.is_settled || !request.waiting.is_empty() {
            // What came of it was of use: it goes on from there.
            request.has_ended = true;
            self.request = Some(request);
            return;
        }
        match failure {
            Failure::TooLarge => match request.sent.first() {
                // Alone and still too large: it would hold the queue up for ever.
                Some(id) if request.sent.len() == 1 => {
                    let (id, refusal) = (*id, Refusal::whole(RefusalCode::TooLarge));
                    self.commit(vec![Op::Refuse { id, refusal }], commands);
                }
                _ => self.batch_limit = (request.sent.len() / 4).max(1),
            },
            Failure::SignedOut | Failure::Unreachable | Failure::Busy | Failure::Server | Failure::Device => {}
        }
        self.back_off(failure, entropy, commands);
    }

    fn back_off(&mut self, failure: Failure, entropy: &mut impl Entropy, commands: &mut Vec<Command>) {
        self.last_failure = Some(failure);
        let delay = (FIRST_RETRY << self.failures.min(6)).min(LONGEST_RETRY);
        self.failures += 1;
        self.wanted = false;
        // Half fixed, half random: devices that lost the server together do not come back together.
        let share = i64::from(entropy.draw()[0]);
        commands.push(Command::WakeAfter(delay / 2 + delay * share / 512));
    }

    fn ask_if_due(&mut self, now: Timestamp, commands: &mut Vec<Command>) {
        let owner = self.replica.profile().map(|profile| profile.user);
        let due = self.wanted && self.request.is_none() && self.answer.is_none();
        if !due || self.session.is_none() || self.session != owner {
            return;
        }
        self.wanted = false;
        self.next_token += 1;
        let token = RequestToken(self.next_token);
        let mutations = self.batch();
        let is_all = mutations.len() == self.sendable().count();
        self.wanted = !is_all;
        let cursor = self.replica.cursor().cloned();
        self.request = Some(Request {
            token,
            sent: mutations.iter().map(|mutation| mutation.id).into_set(),
            sent_at: now,
            without_cursor: cursor.is_none(),
            clock_offset: None,
            waiting: VecDeque::new(),
            is_settled: false,
            is_listed: false,
            has_more: false,
            has_ended: false,
        });
        let request = SyncRequest {
            protocol: PROTOCOL,
            device: self.device,
            cursor,
            mutations,
            limit: PAGE_LIMIT,
            // What is left to send comes before what is left to hear.
            pages: if is_all { MAXIMUM_PAGES } else { 1 },
        };
        commands.push(Command::Send(token, Box::new(request)));
    }

    /// The unsent work that the server will know, oldest first: neither of a kind, nor under a root of a kind, which it
    /// does not.
    fn sendable(&self) -> impl Iterator<Item = &Mutation> {
        let is_known = |kind: &Kind| self.kinds.contains(kind);
        let root = |mutation: &Mutation| self.replica.get(mutation.scope.root()?);
        let is_sendable = move |mutation: &&Mutation| {
            is_known(&mutation.kind) && root(mutation).is_none_or(|root| is_known(&root.kind))
        };
        self.replica.outbox().iter().filter(is_sendable)
    }

    /// The oldest unsent work that fits one request; at least one mutation when there is any.
    fn batch(&self) -> Vec<Mutation> {
        let mut bytes = 0_usize;
        let fits = |mutation: &&Mutation| {
            let first = bytes == 0;
            bytes = bytes.saturating_add(mutation.json_bytes_at_most());
            first || bytes <= MAXIMUM_BATCH_BYTES
        };
        self.sendable()
            .take(self.batch_limit)
            .take_while(fits)
            .cloned()
            .collect()
    }
}

#[cfg(test)]
mod tests;
