//! `fleet chaos`: many devices work against real servers while everything around them fails, and after every storm all
//! that was promised is looked for. First on SQLite with one server, then on PostgreSQL with two.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, bail};
use rapport_server::demo::{self, bank};
use rapport_server::testing::postgres::Cluster;
use rapport_shared::record::Kind;
use rapport_shared::record::profile::Profile;
use rapport_shared::sync::wire::SignIn;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};

use crate::chance::Chance;
use crate::database::Database;
use crate::device::{Device, Storage};
use crate::journal::{Held, Journal, Verdict, judge};
use crate::line::Line;
use crate::network::Network;
use crate::sight;

mod player;
mod tally;
mod weather;

use player::Player;
use tally::Tally;
use weather::Weather;

/// The bank: thirteen people, each with two devices.
const BANK: bank::Size = bank::Size {
    managers: 9,
    customers: 36,
    visits: None,
};
/// The longest storm before everybody comes to rest and everything is looked at.
const STORM: Duration = Duration::from_secs(60);
/// How long devices may take to come to rest.
const PATIENCE: Duration = Duration::from_secs(90);
/// How long a commit on a device takes at most, in milliseconds.
const SLOW_DISK: u64 = 15;

/// A promise broken on purpose, to see that it is noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Sabotage {
    /// A device forgets what it said was saved.
    Lost,
    /// A device sends what it wrote as something new once more.
    Doubled,
    /// A device shows something else than the server has.
    Unequal,
}

/// Arguments of `fleet chaos`.
#[derive(clap::Args)]
pub struct Options {
    /// How long, in minutes; half of it on each database.
    #[arg(long, default_value_t = 4.0)]
    minutes: f64,
    /// What the choices of people and weather come from; a new one each time when left out.
    #[arg(long)]
    seed: Option<u64>,
    /// Break a promise on purpose: the run has to notice, and fail.
    #[arg(long, value_enum)]
    sabotage: Option<Sabotage>,
    /// The server's binary.
    #[arg(long)]
    server: PathBuf,
}

/// Runs both halves and says what came of it; whether every promise was kept.
///
/// # Errors
/// What kept the run from being carried out.
pub async fn run(options: &Options) -> anyhow::Result<bool> {
    let seed = options.seed.unwrap_or_else(rand::random);
    println!("chaos for {} minutes with --seed {seed}", options.minutes);
    let half = Duration::from_secs_f64(options.minutes * 60.0 / 2.0);
    let folder = tempfile::tempdir()?;
    let mut total = Tally::default();
    let sqlite = Database::sqlite(folder.path())?;
    let mut kept = stage(options, "SQLite", sqlite, half, seed, folder.path(), &mut total).await?;
    match Cluster::start()? {
        Some(cluster) => {
            let database = Database::postgres(cluster)?;
            kept &= stage(
                options,
                "PostgreSQL",
                database,
                half,
                seed ^ 1,
                folder.path(),
                &mut total,
            )
            .await?;
        }
        None => eprintln!("SKIPPED: the half on PostgreSQL, for it is not installed"),
    }
    println!("{total}");
    Ok(kept)
}

/// One half, bounded in time.
async fn stage(
    options: &Options,
    name: &'static str,
    database: Database,
    length: Duration,
    seed: u64,
    folder: &Path,
    total: &mut Tally,
) -> anyhow::Result<bool> {
    // Each storm is followed by a rest.
    let storms = length.as_secs() / STORM.as_secs() + 1;
    let bound = length + PATIENCE * u32::try_from(storms + 1).unwrap_or(u32::MAX);
    let half = Half::begin(options, name, database, seed, folder);
    let work = async { half.await?.run(length, total).await };
    timeout(bound, work)
        .await
        .with_context(|| format!("the half on {name} is not done after {bound:?}"))?
}

/// The devices, the servers, and what was promised.
struct Half {
    name: &'static str,
    sabotage: Option<Sabotage>,
    weather: Weather,
    network: Network,
    players: Vec<Player>,
    staff: Vec<Profile>,
    journal: Arc<Mutex<Journal>>,
}

impl Half {
    async fn begin(
        options: &Options,
        name: &'static str,
        database: Database,
        seed: u64,
        folder: &Path,
    ) -> anyhow::Result<Self> {
        let store = database.open().await?;
        let (_, staff) = bank::fill(
            &*store,
            rapport_server::clock::Clock::system().now().civil_date(480),
            BANK,
        )
        .await?;
        store.close().await;
        let weather = Weather::over(database, &options.server, folder, Chance::new(seed, 0)).await?;
        let network = Network::to(weather.addresses(), Chance::new(seed, 1)).await?;
        let journal = Arc::new(Mutex::new(Journal::default()));
        let mut players = Vec::new();
        for (number, profile) in (2..).zip(staff.iter().flat_map(|profile| [profile, profile])) {
            let line = Line::to(&network.origin(), std::net::Ipv4Addr::LOCALHOST)?;
            let sign_in = sign_in(profile);
            let device = Device::new(sign_in, line, Storage::Slow(SLOW_DISK), Chance::new(seed, number));
            players.push(Player::new(device, Arc::clone(&journal), options.sabotage));
        }
        Ok(Self {
            name,
            sabotage: options.sabotage,
            weather,
            network,
            players,
            staff,
            journal,
        })
    }

    async fn run(mut self, length: Duration, total: &mut Tally) -> anyhow::Result<bool> {
        let begun = Instant::now();
        self.rest().await.context("nobody gets to work")?;
        let end = begun + length;
        let mut kept = true;
        let mut conflicts = 0;
        while kept && Instant::now() < end {
            self.storm((Instant::now() + STORM).min(end)).await?;
            self.rest().await?;
            let (verdict, found) = self.look().await?;
            conflicts = found;
            kept = verdict.is_clean();
            self.report(begun, &verdict);
        }
        total.add(self.tally(begun, conflicts));
        Ok(kept)
    }

    fn report(&self, begun: Instant, verdict: &Verdict) {
        let (saved, acknowledged, refused) = lock(&self.journal).counts();
        let after = begun.elapsed().as_secs();
        println!(
            "{} after {after} s: {saved} saved, {acknowledged} acknowledged, {refused} refused; lost {}, doubled {}, \
             unequal {}",
            self.name,
            verdict.lost.len(),
            verdict.doubled.len(),
            verdict.unequal.len()
        );
        if !verdict.is_clean() {
            println!("{verdict}");
        }
    }

    /// Everybody works, and everything fails, until `end`.
    async fn storm(&mut self, end: Instant) -> anyhow::Result<()> {
        self.network.set_stormy(true);
        let mut working = JoinSet::new();
        for mut player in self.players.drain(..) {
            working.spawn(async move {
                player.work(end).await?;
                anyhow::Ok(player)
            });
        }
        self.weather.rage(&self.network, end).await?;
        while let Some(player) = working.join_next().await {
            self.players.push(player??);
        }
        self.network.set_stormy(false);
        Ok(())
    }

    /// Everybody syncs until nobody has anything new to say or to hear.
    async fn rest(&mut self) -> anyhow::Result<()> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let mut resting = JoinSet::new();
            for mut player in self.players.drain(..) {
                resting.spawn(async move {
                    let news = player.come_to_rest(deadline).await?;
                    anyhow::Ok((player, news))
                });
            }
            let mut any_news = false;
            while let Some(rested) = resting.join_next().await {
                let (player, news) = rested??;
                any_news |= news;
                self.players.push(player);
            }
            if !any_news {
                return Ok(());
            }
            if Instant::now() > deadline {
                bail!("the devices do not come to rest");
            }
        }
    }

    /// Looks for everything that was promised; gives the number of conflicts too.
    async fn look(&mut self) -> anyhow::Result<(Verdict, usize)> {
        if self.sabotage == Some(Sabotage::Unequal) {
            self.players.iter_mut().for_each(Player::show_something_else);
        }
        let mut sights = HashMap::new();
        for profile in &self.staff {
            let line = Line::to(&self.network.origin(), std::net::Ipv4Addr::LOCALHOST)?;
            let sight = sight::of(&line, &sign_in(profile)).await;
            let sight = sight.with_context(|| format!("a fresh device of {}", profile.login))?;
            sights.insert(profile.login.clone(), sight);
        }
        let everything = self.weather.database().everything().await?;
        let ids = lock(&self.journal).ids();
        let settled = self.weather.database().settled(&ids).await?;
        let mut devices = Vec::new();
        for player in &self.players {
            let login = player.device().login();
            devices.push(Held {
                id: player.device().id(),
                whose: login.to_owned(),
                shown: player.device().replica().context("a device that is not open")?,
                restored: player.device().restored()?,
                sight: sights.get(login).context("somebody without a sight")?,
            });
        }
        let verdict = judge(&lock(&self.journal), &settled, &everything, &devices);
        let conflicts = everything.records.values();
        let conflicts = conflicts.filter(|record| record.kind == Kind::Conflict).count();
        Ok((verdict, conflicts))
    }

    fn tally(&self, begun: Instant, conflicts: usize) -> Tally {
        let (saved, acknowledged, refused) = lock(&self.journal).counts();
        let mut tally = Tally {
            time: begun.elapsed(),
            saved,
            acknowledged,
            refused,
            conflicts,
            cuts: self.network.cuts(),
            ..Tally::default()
        };
        tally.add(self.weather.tally());
        for player in &self.players {
            tally.add(player.tally());
        }
        tally
    }
}

fn sign_in(profile: &Profile) -> SignIn {
    SignIn {
        login: profile.login.clone(),
        password: demo::PASSWORD.to_owned(),
    }
}

/// What a task that panicked left behind is a whole journal all the same.
fn lock(journal: &Mutex<Journal>) -> MutexGuard<'_, Journal> {
    journal.lock().unwrap_or_else(PoisonError::into_inner)
}
