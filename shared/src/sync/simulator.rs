//! A whole bank in one seeded run: several devices with the real engine and a model of the server that makes the
//! server's real decisions, on a network and on disks that fail. After every quiet period the promises of
//! synchronisation are checked. Same seed, same run, same trace hash. It never touches a real clock, disk or network;
//! a real server can stand in for the model ([`run_on`]).
//!
//! # Faults
//!
//! | Fault | Where |
//! |---|---|
//! | A message is dropped, doubled, overtakes others | `deliver`, `arrive`: any message under way may come next |
//! | An acknowledgement is lost after the commit | [`Faults::lose_answer`] |
//! | An answer is cut off between two of its pages, or comes slowly | [`Faults::lose_answer`]; `turn_page`: a page at a time |
//! | A batch is carried out in part | [`Faults::partial_batch`] |
//! | The server fails, or ends a session | [`Faults::server_fails`], [`Faults::session_ends`] |
//! | A tab is killed between any two steps | [`Faults::kill`]: memory goes, the disk stays |
//! | The disk refuses a commit; the last relaxed writes are lost; the storage is evicted | [`Faults::commit_fails`], [`Faults::relaxed_loss`], [`Faults::storage_evicted`] |
//! | A clock is wrong, and jumps: a day, to 2098, to 1970 | [`Faults::clock_jump`] |
//! | A newer program writes what nobody here knows | [`Faults::newer_program`] |
//! | Rights change while work is under way | [`Faults::role_changes`], and leads who hand customers over |
//! | Somebody leaves the bank, and comes back | [`Faults::people_leave`], leads of circles among them |
//! | Somebody else signs in in the browser | [`Faults::stranger_signs_in`] |
//! | The server is restored from a backup | [`Faults::restore_backup`] |
//!
//! # What is checked after each quiet period
//!
//! All devices come to rest; everything saved reached the server or is reported; no value written is gone from record,
//! history and conflicts; nothing is carried out twice; what was set aside has a conflict record; what was refused was
//! told to its author, and is shown until dealt with; nothing went out under another's session; nothing is dated after
//! the present; nobody is named who does not work here; no circle is
//! without a lead who does, which is asked when somebody leaves as well; each device holds exactly what its user may hold, with the
//! server's history, and of circles only those its user belongs to; a restart would show the same.
//!
//! # What it notices
//!
//! Each of the ways to break synchronisation in `faults::Sabotage` is noticed within the seeds of this module's tests,
//! and the same seed holds without it. Servers that leave a circle with who has left it, or without a
//! lead, open circles to leads, take
//! anybody for a colleague, answer before they store, forget ids, let the last arrival win, skip
//! records, go by sequence numbers instead of commits, send a cursor that goes too far, do not tell what is lost, send a
//! gained customer alone, believe clocks, do not ask again after a backup, or keep no conflicts; devices that go on with an
//! answer of which they could not store a page, evict before the push, drop the outbox on a rebuild or once it is sent, take a refusal for "stored", or do not look whose
//! session it is.
//!
//! # When a seed fails
//!
//! `cargo xtask sim --seed N` tells that run step by step. When the cause is mended, the seed is kept with a line about
//! what it once broke, in `SEEDS_THAT_ONCE_FAILED` of this module's tests.

mod device;
mod faults;
mod host;
mod ledger;
mod model;
mod random;
mod sabotage;
mod story;
mod work;

use std::collections::{BTreeSet, VecDeque};
use std::fmt;

use self::device::{Device, Outgoing};
pub use self::faults::Faults;
use self::host::LEAVING;
pub use self::host::{Answer, Host, Sight, directory, first_circles, first_customers, people};
use self::ledger::{Ledger, every_circle_is_led};
use self::model::Model;
use self::random::Random;
use self::story::Story;
use super::replica::Op;
use super::wire::{SyncRequest, SyncResponse};
use crate::ids::DeviceId;
use crate::record::profile::{Profile, Role};
use crate::sync::engine::RequestToken;
use crate::time::Timestamp;

/// Steps of random work between two quiet periods.
const STEPS_A_ROUND: usize = 160;
/// Quiet periods in a run.
const ROUNDS: usize = 3;
/// Most steps a quiet period may take until everybody agrees.
const QUIET_STEPS: usize = 20_000;

/// The device whose user is promoted and demoted.
const SWITCHER: usize = 2;

/// What a run did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Hash over everything that happened, in order.
    pub trace: u64,
    /// Mutations saved on devices.
    pub saved: usize,
    /// Of these: refused by the server, and so shown to their author.
    pub refused: usize,
    /// Conflicts of which both values were kept.
    pub conflicts: usize,
    /// Requests, answers and acknowledgements that were lost, doubled or failed.
    pub network_faults: usize,
    /// Of these: answers that were cut off after one of their pages had come.
    pub cut_answers: usize,
    /// Times a device was killed.
    pub kills: usize,
    /// Times the server was restored from a backup.
    pub restores: usize,
}

/// A broken promise.
#[derive(Clone, Debug)]
pub struct Breach {
    /// The seed of the run.
    pub seed: u64,
    /// Which promise, and how it broke.
    pub what: String,
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "seed {}: {}", self.seed, self.what)
    }
}

/// Runs one seed under `faults`.
///
/// # Errors
/// [`Breach`] when a promise was broken.
pub fn run(seed: u64, faults: &Faults) -> Result<Report, Breach> {
    run_on(seed, faults, Model::new(seed, faults.sabotage)).map(|(report, _)| report)
}

/// Runs one seed under `faults` and tells what happens, line by line.
///
/// # Errors
/// [`Breach`] when a promise was broken.
pub fn tell(seed: u64, faults: &Faults, listener: &mut dyn FnMut(&str)) -> Result<Report, Breach> {
    let host = Model::new(seed, faults.sabotage);
    let world = World::new(Random::new(seed), faults.clone(), host, Story::to(listener));
    go_through(seed, world).map(|(report, _)| report)
}

/// Runs one seed under `faults` against `host` in place of the model; gives it back for further questions.
///
/// # Errors
/// [`Breach`] when a promise was broken.
pub fn run_on<H: Host>(seed: u64, faults: &Faults, host: H) -> Result<(Report, H), Breach> {
    go_through(
        seed,
        World::new(Random::new(seed), faults.clone(), host, Story::default()),
    )
}

fn go_through<H: Host>(seed: u64, mut world: World<'_, H>) -> Result<(Report, H), Breach> {
    for round in 1..=ROUNDS {
        for _ in 0..STEPS_A_ROUND {
            world.step();
        }
        world
            .story
            .say(world.now, || format!("round {round} ends: the faults stop"));
        world.settle().map_err(|what| Breach { seed, what })?;
    }
    world.report.trace = world.random.trace();
    Ok((world.report, world.host))
}

/// A message between a device and the server.
enum Message {
    Request {
        device: usize,
        life: u32,
        token: RequestToken,
        request: SyncRequest,
        /// Whose session it comes under, when that is not the owner's.
        stranger: Option<Profile>,
    },
    /// An answer, or what is left of it.
    Response {
        device: usize,
        life: u32,
        token: RequestToken,
        /// Tells it from another answer to the same request: a device hears only one.
        answer: usize,
        pages: VecDeque<SyncResponse>,
    },
    Lost {
        device: usize,
        life: u32,
        token: RequestToken,
    },
    SignedOut {
        device: usize,
        life: u32,
        token: RequestToken,
    },
}

struct World<'a, H> {
    story: Story<'a>,
    faults: Faults,
    random: Random,
    now: Timestamp,
    host: H,
    has_backup: bool,
    /// Those who have left the bank, by their place among the people.
    away: BTreeSet<usize>,
    /// A promise that was broken between two quiet periods.
    broken: Option<String>,
    devices: Vec<Device>,
    /// How many devices lost their storage and went on as new ones.
    successors: u128,
    network: VecDeque<Message>,
    /// How many answers there were.
    answers: usize,
    ledger: Ledger,
    report: Report,
}

impl<'a, H: Host> World<'a, H> {
    fn new(random: Random, faults: Faults, host: H, story: Story<'a>) -> Self {
        let people = people();
        // The first relationship manager carries two devices.
        let devices = [0, 0, 1, 2, 3, 4].into_iter().enumerate();
        let devices = devices
            .map(|(index, person)| Device::new(index, people[person].clone(), faults.sabotage))
            .collect();
        Self {
            story,
            faults,
            random,
            now: Timestamp::from_milliseconds(1_780_000_000_000),
            host,
            has_backup: false,
            away: BTreeSet::new(),
            broken: None,
            devices,
            successors: 0,
            network: VecDeque::new(),
            answers: 0,
            ledger: Ledger::default(),
            report: Report::default(),
        }
    }

    fn step(&mut self) {
        self.now = self.now.plus(self.random.below(5_000) as i64);
        let device = self.random.below(self.devices.len());
        match self.random.below(100) {
            0..=29 => self.user_acts(device),
            30..=49 => self.store(device),
            50..=79 => self.deliver(),
            80..=84 => self.wake_due(),
            85..=88 => self.maybe_kill(device),
            89..=93 => self.devices[device].start(self.now, &mut self.random),
            94..=95 => self.devices[device].checkpoint(),
            96 => self.jump_clock(device),
            97 if self.random.chance(50) => self.end_session(device),
            97 => self.upheaval(device),
            98 if self.random.chance(50) => self.devices[device].sync_now(self.now, &mut self.random),
            98 => self.back_up_or_restore(),
            _ if self.random.chance(self.faults.stranger_signs_in) => self.let_stranger_in(device),
            _ => self.devices[device].sign_in(self.now, &mut self.random),
        }
        self.collect();
    }

    /// Timers go off some time after they are due, but those of all devices: none has to wait for its turn.
    fn wake_due(&mut self) {
        for device in &mut self.devices {
            device.wake(self.now, &mut self.random);
        }
    }

    fn user_acts(&mut self, device: usize) {
        let (device, people) = (&mut self.devices[device], people());
        let away = self.away.iter().filter_map(|place| people.get(*place));
        let is_away = away.map(|person| person.user).any(|user| user == device.profile.user);
        let reads_online = device.profile.role != Role::RelationshipManager && self.random.chance(60) && !is_away;
        let online = match reads_online {
            true => self.host.read_online(&device.profile, self.now),
            false => Vec::new(),
        };
        let online = online.get(self.random.below(online.len()));
        work::act(device, online, self.now, &mut self.random);
    }

    /// The disk of a device finishes its oldest commit, or fails.
    fn store(&mut self, device: usize) {
        let fails = self.random.chance(self.faults.commit_fails);
        let index = device;
        let device = &mut self.devices[device];
        let id = device.id();
        let Some(stored) = device.store(fails, self.now, &mut self.random) else {
            return;
        };
        self.story
            .say(self.now, || format!("device {index} stores {}", story::entry(&stored)));
        for op in stored.0 {
            match op {
                Op::Enqueue(mutation) => {
                    self.report.saved += 1;
                    self.ledger.saved(mutation);
                }
                Op::Resend { id: refused, mutation } => {
                    self.report.saved += 1;
                    self.ledger.given_up(refused);
                    self.ledger.saved(mutation);
                }
                Op::Refuse { id: refused, refusal } => self.ledger.refused(id, refused, refusal.code),
                Op::Discard(refused) => self.ledger.given_up(refused),
                Op::Evict(customer) => self.ledger.evicted(id, customer),
                Op::Progress { complete: true, .. } => {
                    if let Some(engine) = device.engine() {
                        self.ledger.received_all(id, engine.replica());
                    }
                }
                _ => {}
            }
        }
    }

    fn maybe_kill(&mut self, device: usize) {
        if !self.random.chance(self.faults.kill) {
            return;
        }
        self.report.kills += 1;
        self.story.say(self.now, || format!("device {device} is killed"));
        if self.random.chance(self.faults.relaxed_loss) {
            let count = 1 + self.random.below(2);
            let lost = self.devices[device].lose_last_commits(count);
            let told = || lost.iter().map(story::entry).collect::<Vec<_>>().join(" ");
            self.story.say(self.now, || format!("  and its disk loses {}", told()));
            let ops = lost.into_iter().flat_map(|entry| entry.0);
            for op in ops {
                match op {
                    Op::Enqueue(mutation) | Op::Resend { mutation, .. } => self.ledger.lost_with_the_disk(mutation.id),
                    // Whatever was acknowledged, and held for a restored server, is not held any more.
                    Op::Acknowledge { id, .. } | Op::Refuse { id, .. } => self.ledger.lost_with_the_disk(id),
                    _ => {}
                }
            }
        } else {
            self.devices[device].kill();
        }
    }

    /// Rare events that turn a device's world over.
    fn upheaval(&mut self, device: usize) {
        if self.random.chance(self.faults.storage_evicted) {
            self.successors += 1;
            let successor = DeviceId::from_u128(1_000 + self.successors);
            let former = self.devices[device].id();
            self.story
                .say(self.now, || format!("the browser throws all of device {device} away"));
            self.devices[device].lose_storage(successor);
            self.ledger.storage_evicted(former);
        }
        if self.random.chance(self.faults.role_changes) {
            let role = [Role::RelationshipManager, Role::TeamLead][self.random.below(2)];
            self.devices[SWITCHER].profile.role = role;
            self.story
                .say(self.now, || format!("the user of device {SWITCHER} becomes {role:?}"));
        }
        if self.random.chance(self.faults.people_leave) {
            self.somebody_leaves();
        }
        if self.random.chance(self.faults.newer_program) {
            self.host.write_as_newer_program();
        }
    }

    /// Somebody leaves the bank; whoever has left comes back.
    fn somebody_leaves(&mut self) {
        let place = LEAVING[self.random.below(LEAVING.len())];
        let is_back = self.away.remove(&place);
        if !is_back {
            self.away.insert(place);
        }
        let person = &people()[place];
        self.story.say(self.now, || {
            format!(
                "{} {}",
                person.login,
                if is_back { "is back" } else { "leaves the bank" }
            )
        });
        self.host.let_leave(person, is_back, self.now);
        let led = every_circle_is_led(&self.host.everything());
        self.broken = self.broken.take().or(led.err());
    }

    /// Everybody is here again. Those of a server that was restored may not know that they are.
    fn bring_back(&mut self) {
        let restored = self.host.is_restored();
        let away = LEAVING
            .into_iter()
            .filter(|place| restored || self.away.contains(place));
        for place in away.collect::<Vec<_>>() {
            self.host.let_leave(&people()[place], true, self.now);
        }
        self.away.clear();
    }

    fn jump_clock(&mut self, device: usize) {
        if self.random.chance(self.faults.clock_jump) {
            const DAY: i64 = 86_400_000;
            let jumps = [0, DAY, -DAY, 72 * 365 * DAY, -56 * 365 * DAY, 37_000];
            let skew = jumps[self.random.below(jumps.len())];
            self.devices[device].clock_skew = skew;
            self.story.say(self.now, || {
                format!("the clock of device {device} is off by {} s", skew / 1_000)
            });
        }
    }

    fn let_stranger_in(&mut self, device: usize) {
        let stranger = people()
            .into_iter()
            .find(|person| person.user != self.devices[device].profile.user);
        if let Some(stranger) = stranger {
            self.story
                .say(self.now, || format!("{} signs in on device {device}", stranger.login));
            self.devices[device].meet_stranger(stranger, self.now, &mut self.random);
        }
    }

    fn end_session(&mut self, device: usize) {
        if self.random.chance(self.faults.session_ends) {
            self.host.end_session(self.devices[device].id());
            self.story
                .say(self.now, || format!("the session of device {device} ends"));
        }
    }

    fn back_up_or_restore(&mut self) {
        if self.has_backup && self.random.chance(self.faults.restore_backup) {
            self.host.restore();
            self.story
                .say(self.now, || "the server is restored from its backup".to_owned());
            self.has_backup = false;
            self.report.restores += 1;
        } else if !self.has_backup {
            self.has_backup = self.host.back_up();
            self.story.say(self.now, || "the server is backed up".to_owned());
        }
    }

    /// Hands what devices want to send to the network.
    fn collect(&mut self) {
        for (index, device) in self.devices.iter_mut().enumerate() {
            for outgoing in device.outgoing.drain(..) {
                let Outgoing {
                    life,
                    token,
                    request,
                    stranger,
                } = outgoing;
                self.network.push_back(Message::Request {
                    device: index,
                    life,
                    token,
                    request,
                    stranger,
                });
            }
        }
    }

    /// One message, any of those under way, arrives; or does not.
    fn deliver(&mut self) {
        let at = self.random.below(self.network.len().max(1));
        let Some(message) = self.network.remove(at) else { return };
        match message {
            Message::Request {
                device,
                life,
                token,
                request,
                stranger,
            } => self.arrive(device, life, token, request, stranger),
            Message::Response {
                device,
                life,
                token,
                answer,
                pages,
            } => self.turn_page(device, life, token, answer, pages),
            Message::Lost { device, life, token } => {
                self.devices[device].unreachable(life, token, self.now, &mut self.random);
            }
            Message::SignedOut { device, life, token } => {
                self.devices[device].signed_out(life, token, self.now, &mut self.random);
            }
        }
    }

    /// The next page of an answer arrives, or its end; or the rest of it is lost.
    fn turn_page(
        &mut self,
        device: usize,
        life: u32,
        token: RequestToken,
        answer: usize,
        mut pages: VecDeque<SyncResponse>,
    ) {
        let reader = &mut self.devices[device];
        match reader.listens(life, token, answer) {
            // Nobody hears it, or not now.
            None => return,
            Some(false) => {}
            Some(true) if self.random.chance(self.faults.lose_answer) => {
                self.story
                    .say(self.now, || format!("an answer to device {device} is cut off"));
                self.report.network_faults += 1;
                self.report.cut_answers += usize::from(!reader.hears_first(answer));
                self.network.push_back(Message::Lost { device, life, token });
                return;
            }
            Some(true) => match pages.pop_front() {
                Some(response) => {
                    self.story.say(self.now, || {
                        format!("device {device} hears: {}", story::response(&response))
                    });
                    reader.answered(token, answer, response, self.now, &mut self.random);
                }
                None => {
                    reader.heard_all(token, self.now, &mut self.random);
                    return;
                }
            },
        }
        self.network.push_back(Message::Response {
            device,
            life,
            token,
            answer,
            pages,
        });
    }

    fn arrive(
        &mut self,
        device: usize,
        life: u32,
        token: RequestToken,
        request: SyncRequest,
        stranger: Option<Profile>,
    ) {
        if self.random.chance(self.faults.lose_request) {
            self.story
                .say(self.now, || format!("a request of device {device} is lost"));
            self.report.network_faults += 1;
            self.network.push_back(Message::Lost { device, life, token });
            return;
        }
        if self.random.chance(self.faults.double_request) {
            self.report.network_faults += 1;
            self.network.push_back(Message::Request {
                device,
                life,
                token,
                request: request.clone(),
                stranger: stranger.clone(),
            });
        }
        if self.random.chance(self.faults.server_fails) {
            self.network.push_back(Message::Lost { device, life, token });
            return;
        }
        let mut request = request;
        if self.random.chance(self.faults.partial_batch) {
            request.mutations.truncate(self.random.below(request.mutations.len()));
        }
        let profile = stranger.as_ref().unwrap_or(&self.devices[device].profile);
        self.story.say(self.now, || {
            format!("device {device} ({}) {}", profile.login, story::request(&request))
        });
        let answer = self.host.sync(profile, &request, self.now);
        if let Answer::Done(pages) = &answer {
            for page in pages {
                self.story
                    .say(self.now, || format!("  the server {}", story::response(page)));
            }
        }
        self.answers += 1;
        self.network.push_back(match answer {
            Answer::Done(pages) => Message::Response {
                device,
                life,
                token,
                answer: self.answers,
                pages: pages.into(),
            },
            Answer::SignedOut => Message::SignedOut { device, life, token },
        });
    }

    /// The faults end, everybody comes online and works through what is waiting; then the promises are checked.
    fn settle(&mut self) -> Result<(), String> {
        let calm = Faults {
            sabotage: self.faults.sabotage,
            ..Faults::none()
        };
        let faults = std::mem::replace(&mut self.faults, calm);
        self.bring_back();
        if let Some(what) = self.broken.take() {
            return Err(what);
        }
        for device in &mut self.devices {
            device.clock_skew = 0;
        }
        let mut idle = 0;
        for _ in 0..QUIET_STEPS {
            for index in 0..self.devices.len() {
                self.now = self.now.plus(70_000);
                self.devices[index].start(self.now, &mut self.random);
                self.devices[index].sign_in(self.now, &mut self.random);
                self.devices[index].wake(self.now, &mut self.random);
                self.collect();
                while !self.network.is_empty() || self.devices[index].has_commits() {
                    self.deliver();
                    (0..self.devices.len()).for_each(|index| self.store(index));
                    self.collect();
                }
            }
            let settled = self.devices.iter().all(Device::is_settled);
            idle = if settled { idle + 1 } else { 0 };
            if idle == 3 {
                break;
            }
        }
        self.faults = faults;
        if idle < 3 {
            return Err("the devices do not come to rest".to_owned());
        }
        self.devices.iter_mut().for_each(Device::checkpoint);
        (self.report.refused, self.report.conflicts) = self.ledger.check(&mut self.host, &self.devices, self.now)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
