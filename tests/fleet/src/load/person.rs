//! A person at a device on an ordinary day, and the times it took. A time begins when the thing was meant to be done,
//! not when the device came to ask for it: whoever waits in a queue is counted as waiting.

use std::time::Duration;

use anyhow::bail;
use rapport_shared::customers::field as customer;
use rapport_shared::record::mutation::Edit;
use rapport_shared::record::profile::Profile;
use rapport_shared::record::{FieldPath, Kind, Record};
use rapport_shared::sync::engine::Event;
use tokio::time::{Instant, sleep_until};

use crate::device::{Answered, Device, Happened};
use crate::line::{Ticket, Traffic};
use crate::work;

/// A first pull that takes longer has failed.
const PATIENCE: Duration = Duration::from_secs(240);
/// How long what was begun may take after the end.
const GRACE: Duration = Duration::from_secs(20);

/// What was measured.
#[derive(Clone, Debug, Default)]
pub(super) struct Samples {
    /// From the moment it was meant to begin to the answer.
    pub(super) times: Vec<Duration>,
    /// Requests that were answered.
    pub(super) requests: usize,
    /// Requests that were not.
    pub(super) failures: usize,
    /// Bytes, all devices together.
    pub(super) traffic: Traffic,
}

impl Samples {
    pub(super) fn add(&mut self, other: Self) {
        self.times.extend(other.times);
        self.requests += other.requests;
        self.failures += other.failures;
        self.traffic.up += other.traffic.up;
        self.traffic.down += other.traffic.down;
    }
}

/// See the module.
pub(super) struct Person {
    device: Device,
    ticket: Ticket,
    profile: Profile,
    samples: Samples,
    /// Meant to be done, and not yet asked for.
    waiting: Vec<Instant>,
    /// Asked for with the request under way.
    carried: Vec<Instant>,
    asked: usize,
}

impl Person {
    pub(super) const fn new(device: Device, ticket: Ticket, profile: Profile) -> Self {
        Self {
            device,
            ticket,
            profile,
            samples: Samples {
                times: Vec::new(),
                requests: 0,
                failures: 0,
                traffic: Traffic { up: 0, down: 0 },
            },
            waiting: Vec::new(),
            carried: Vec::new(),
            asked: 0,
        }
    }

    pub(super) fn moment_within(&mut self, length: Duration) -> Duration {
        let milliseconds = u64::try_from(length.as_millis()).unwrap_or(u64::MAX);
        Duration::from_millis(self.device.chance.between(0, milliseconds))
    }

    pub(super) fn take_samples(&mut self) -> Samples {
        std::mem::take(&mut self.samples)
    }

    /// Opens the app for the first time at `moment`; done when all pages are here.
    pub(super) async fn first_pull(&mut self, moment: Instant) -> anyhow::Result<()> {
        sleep_until(moment).await;
        self.device.use_session(self.ticket.clone(), self.profile.clone());
        while !self.has_everything() {
            if moment.elapsed() > PATIENCE {
                bail!("a first pull is not done after {PATIENCE:?}");
            }
            self.next(Instant::now() + PATIENCE).await?;
        }
        self.samples.times.push(moment.elapsed());
        self.waiting.clear();
        Ok(())
    }

    /// Keeps a line open on which the server says when to ask.
    pub(super) fn listen(&mut self) {
        self.device.listen();
    }

    fn has_everything(&self) -> bool {
        let complete = self.device.replica().and_then(|replica| replica.last_complete());
        complete.is_some() && self.device.is_quiet()
    }

    /// Does something every `pace` seconds on average until `end`, and waits for what was begun.
    pub(super) async fn work(&mut self, end: Instant, pace: f64) -> anyhow::Result<()> {
        let mut moment = Instant::now() + self.device.chance.interval(pace);
        while moment < end {
            self.pass(moment).await?;
            // By the plan, however late it is.
            self.waiting.push(moment);
            self.act();
            moment += self.device.chance.interval(pace);
        }
        self.pass(end).await?;
        while !(self.waiting.is_empty() && self.carried.is_empty() && self.device.is_quiet()) {
            if Instant::now() > end + GRACE {
                self.samples.failures += self.waiting.len() + self.carried.len();
                self.waiting.clear();
                self.carried.clear();
                break;
            }
            self.next(end + GRACE + Duration::from_millis(1)).await?;
        }
        Ok(())
    }

    async fn pass(&mut self, until: Instant) -> anyhow::Result<()> {
        while self.next(until).await? {}
        Ok(())
    }

    /// Whether something happened before `until`.
    async fn next(&mut self, until: Instant) -> anyhow::Result<bool> {
        let happened = self.device.next(until).await?;
        match &happened {
            Happened::Answered(answered) => self.count(answered),
            Happened::Poked(moment) => self.waiting.push(*moment),
            _ => {}
        }
        if self.device.requests() != self.asked {
            self.asked = self.device.requests();
            self.carried.append(&mut self.waiting);
        }
        Ok(!matches!(happened, Happened::Nothing))
    }

    fn count(&mut self, answered: &Answered) {
        self.samples.traffic.up += answered.traffic.up;
        self.samples.traffic.down += answered.traffic.down;
        if answered.success {
            self.samples.requests += 1;
            let done = self.carried.drain(..).map(|moment| moment.elapsed());
            self.samples.times.extend(done);
        } else {
            self.samples.failures += 1;
            self.waiting.append(&mut self.carried);
        }
    }

    fn act(&mut self) {
        let event = match self.device.chance.between(0, 10) {
            0..=3 => self.customer().map(|card| self.write_note(&card)),
            4 => self.customer().map(|card| self.edit_card(&card)),
            _ => None,
        };
        self.device.handle(event.unwrap_or(Event::SyncNow));
        if self.device.requests() != self.asked {
            self.asked = self.device.requests();
            self.carried.append(&mut self.waiting);
        }
    }

    /// One of the first customers of the book: looking for one costs this machine's time too.
    fn customer(&mut self) -> Option<Record> {
        const NEAR: usize = 20;
        let replica = self.device.replica()?;
        let near: Vec<Record> = replica.iter(&Kind::Customer).take(NEAR).cloned().collect();
        self.device.chance.pick(&near).cloned()
    }

    fn write_note(&mut self, card: &Record) -> Event {
        const SENTENCE: &str = "客户近期订单增长，有流动资金需求；约定下周带方案再访，先了解他行报价。";
        let now = self.device.clock();
        let note = work::note(card, now, &mut self.device.chance);
        let path = FieldPath::known(rapport_shared::notes::field::TEXT);
        let text = format!("{}{}", self.device.chance.unique("拜访"), SENTENCE.repeat(4));
        Event::Write(vec![note.set(path, text)])
    }

    fn edit_card(&mut self, card: &Record) -> Event {
        let phone = self.device.chance.unique("1");
        Event::Write(vec![Edit::of(card).change(
            card,
            FieldPath::known(customer::PHONE),
            phone,
        )])
    }
}
