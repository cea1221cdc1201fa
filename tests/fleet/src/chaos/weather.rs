//! What goes wrong around the devices in a run, besides the network: servers are killed, the disk is full, PostgreSQL
//! crashes. When it is over, everything works again. It never touches what it did not start.

use std::path::Path;
use std::time::Duration;

use tokio::task::block_in_place;
use tokio::time::{Instant, sleep};

use super::tally::Tally;
use crate::chance::Chance;
use crate::database::Database;
use crate::network::Network;
use crate::server::Server;

/// Seconds between two blows, on average.
const PACE: f64 = 1.2;
/// The longest time something stays broken, in milliseconds.
const LONGEST: u64 = 2_500;

/// See the module.
pub(super) struct Weather {
    // In the order in which they have to end.
    servers: Vec<Server>,
    database: Database,
    chance: Chance,
    tally: Tally,
}

impl Weather {
    /// Starts as many servers as the database can bear.
    pub(super) async fn over(database: Database, binary: &Path, logs: &Path, chance: Chance) -> anyhow::Result<Self> {
        let mut servers = Vec::new();
        for number in 1..=database.servers() {
            let log = logs.join(format!("{}-{number}.log", database.name()));
            servers.push(Server::start(binary, &database.url(), log).await?);
        }
        Ok(Self {
            servers,
            database,
            chance,
            tally: Tally::default(),
        })
    }

    pub(super) fn addresses(&self) -> Vec<std::net::SocketAddr> {
        self.servers.iter().map(Server::address).collect()
    }

    pub(super) const fn database(&self) -> &Database {
        &self.database
    }

    pub(super) const fn tally(&self) -> Tally {
        self.tally
    }

    /// Breaks things until `end`, then mends them.
    pub(super) async fn rage(&mut self, network: &Network, end: Instant) -> anyhow::Result<()> {
        loop {
            let pause = self.chance.interval(PACE);
            sleep(pause.min(end.saturating_duration_since(Instant::now()))).await;
            if Instant::now() >= end {
                break;
            }
            match self.chance.between(0, 10) {
                0..=4 => self.kill_a_server().await?,
                5..=7 => self.break_the_database().await?,
                _ => network.cut_all(),
            }
        }
        for server in &mut self.servers {
            server.become_healthy().await?;
        }
        Ok(())
    }

    fn a_while(&mut self) -> Duration {
        Duration::from_millis(self.chance.between(0, LONGEST))
    }

    async fn kill_a_server(&mut self) -> anyhow::Result<()> {
        let pause = self.a_while();
        let count = self.servers.len() as u64;
        let number = usize::try_from(self.chance.between(0, count)).unwrap_or(0);
        let server = &mut self.servers[number];
        self.tally.server_kills += 1;
        server.kill().await?;
        sleep(pause).await;
        server.launch()
    }

    async fn break_the_database(&mut self) -> anyhow::Result<()> {
        let pause = self.a_while();
        match &mut self.database {
            Database::Sqlite { disk, .. } if disk.can_be_filled() => {
                self.tally.full_disks += 1;
                disk.fill()?;
                sleep(pause).await;
                disk.free();
            }
            Database::Sqlite { .. } | Database::File { .. } => {}
            Database::Postgres { cluster, .. } => {
                self.tally.database_crashes += 1;
                block_in_place(|| cluster.crash())?;
            }
        }
        Ok(())
    }
}
