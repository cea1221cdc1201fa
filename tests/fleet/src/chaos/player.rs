//! A person at a device in a run: works, loses the battery, signs out, comes back; and at the end sees to it that
//! everything is sent. What was promised to this person goes into the run's journal.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::bail;
use rapport_shared::customers::field as customer;
use rapport_shared::ids::RecordId;
use rapport_shared::record::mutation::{Edit, Mutation};
use rapport_shared::record::{FieldPath, Kind};
use rapport_shared::sync::engine::{Entropy as _, Event};
use rapport_shared::sync::replica::{LogEntry, Op};
use tokio::time::{Instant, timeout};

use super::tally::Tally;
use super::{Sabotage, lock};
use crate::device::{Device, Happened};
use crate::journal::Journal;
use crate::work::User;

/// Seconds between two things a person does, on average.
const PACE: f64 = 0.3;
/// How long a person waits for signing in.
const PATIENCE: Duration = Duration::from_secs(10);
/// How soon somebody whose request failed presses the button again, when at rest.
const AGAIN: Duration = Duration::from_millis(200);

/// See the module.
pub(super) struct Player {
    device: Device,
    user: User,
    journal: Arc<Mutex<Journal>>,
    sabotage: Option<Sabotage>,
    tally: Tally,
    /// Whether the last request of this rest was answered.
    heard: bool,
    news: bool,
}

impl Player {
    pub(super) fn new(device: Device, journal: Arc<Mutex<Journal>>, sabotage: Option<Sabotage>) -> Self {
        Self {
            device,
            user: User::default(),
            journal,
            sabotage,
            tally: Tally::default(),
            heard: false,
            news: false,
        }
    }

    pub(super) const fn device(&self) -> &Device {
        &self.device
    }

    pub(super) const fn tally(&self) -> Tally {
        self.tally
    }

    /// Works until `end`.
    pub(super) async fn work(&mut self, end: Instant) -> anyhow::Result<()> {
        while Instant::now() < end {
            let pause = self.device.chance.interval(PACE);
            self.pass((Instant::now() + pause).min(end)).await?;
            self.act(end).await?;
        }
        Ok(())
    }

    /// Lets happen what happens until `until`.
    async fn pass(&mut self, until: Instant) -> anyhow::Result<()> {
        loop {
            match self.device.next(until).await? {
                Happened::Nothing => return Ok(()),
                happened => self.note(happened),
            }
        }
    }

    fn note(&mut self, happened: Happened) {
        match happened {
            Happened::Stored(entry) => {
                lock(&self.journal).stored(&entry);
                if self.sabotage == Some(Sabotage::Doubled) {
                    self.write_again(&entry);
                }
            }
            Happened::Answered(answered) => {
                self.tally.requests += 1;
                self.tally.failed_requests += usize::from(!answered.success);
                self.tally.bytes += answered.traffic.up + answered.traffic.down;
                self.heard = answered.success;
                self.news |= answered.news;
                lock(&self.journal).answered(&answered.acknowledgements);
            }
            Happened::Nothing | Happened::Woken | Happened::Poked(_) => {}
        }
    }

    /// Does one thing.
    async fn act(&mut self, end: Instant) -> anyhow::Result<()> {
        self.device.open()?;
        match self.device.chance.between(0, 100) {
            0..=1 => self.lose_battery(end).await?,
            2 if self.device.is_signed_in() => {
                let _ = timeout(PATIENCE, self.device.sign_out()).await;
                self.tally.sign_outs += 1;
            }
            3..=5 => self.device.checkpoint(),
            6..=7 => self.jump_clock(),
            8..=30 => {
                if self.device.is_signed_in() {
                    self.device.handle(Event::SyncNow);
                } else {
                    let _ = timeout(PATIENCE, self.device.sign_in()).await;
                }
            }
            _ => {
                if let Some(event) = self.user.choose(&mut self.device) {
                    self.device.handle(event);
                }
            }
        }
        Ok(())
    }

    /// The device goes out, and on again a little later.
    async fn lose_battery(&mut self, end: Instant) -> anyhow::Result<()> {
        self.tally.device_kills += 1;
        if self.sabotage == Some(Sabotage::Lost) {
            self.device.forget_unsent();
        }
        self.device.kill();
        self.user.leave();
        let dark = Duration::from_millis(self.device.chance.between(0, 3_000));
        self.pass((Instant::now() + dark).min(end)).await?;
        self.device.open()
    }

    fn jump_clock(&mut self) {
        const DAY: i64 = 86_400_000;
        const SKEWS: [i64; 6] = [0, 37_000, DAY, -DAY, 72 * 365 * DAY, -56 * 365 * DAY];
        self.device.clock_skew = self.device.chance.pick(&SKEWS).copied().unwrap_or(0);
    }

    /// Syncs until everything is sent and the server has said that there is nothing more. Whether anything was new.
    pub(super) async fn come_to_rest(&mut self, deadline: Instant) -> anyhow::Result<bool> {
        self.device.clock_skew = 0;
        self.device.open()?;
        (self.heard, self.news) = (false, false);
        self.device.handle(Event::SyncNow);
        while !(self.heard && self.device.is_quiet()) {
            if Instant::now() > deadline {
                bail!("the device of {} does not come to rest", self.device.login());
            }
            match self.device.next(Instant::now() + AGAIN).await? {
                Happened::Nothing if !self.device.is_signed_in() => {
                    let _ = timeout(PATIENCE, self.device.sign_in()).await;
                }
                Happened::Nothing if !self.device.is_asking() => self.device.handle(Event::SyncNow),
                happened => self.note(happened),
            }
        }
        Ok(self.news)
    }

    /// Sabotage: what was new is written as something new once more.
    fn write_again(&mut self, entry: &LogEntry) {
        let is_note = |mutation: &&Mutation| mutation.kind == Kind::Note;
        let notes = entry.0.iter().filter_map(|op| match op {
            Op::Enqueue(mutation) => Some(mutation),
            _ => None,
        });
        let Some(note) = notes.filter(is_note).find(|_| self.device.chance.percent(10)) else {
            return;
        };
        let edit = Edit {
            record: RecordId::new(note.at, self.device.chance.draw()),
            kind: note.kind.clone(),
            scope: note.scope,
            base: note.base,
            operation: note.operation.clone(),
        };
        self.device.handle(Event::Write(vec![edit]));
    }

    /// Sabotage: a card on this device is not what the server has.
    pub(super) fn show_something_else(&mut self) {
        let cards = self.device.replica().map(|replica| replica.iter(&Kind::Customer));
        let Some(mut card) = cards.and_then(|mut cards| cards.next().cloned()) else {
            return;
        };
        card.fields.insert(FieldPath::known(customer::PHONE), "another".into());
        let entry = LogEntry(vec![Op::Put(card)]);
        self.device.handle(Event::LogAdvanced(vec![entry]));
    }
}
