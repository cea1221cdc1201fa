//! Starts many headless devices against real servers: chaos and load. It builds what they need and interprets nothing; their
//! own report says what came of it.

use crate::{process, workspace};
use anyhow::Result;
use std::process::Command;

/// How long, and what to break.
#[derive(clap::Args)]
pub struct ChaosOptions {
    /// How long, in minutes; half of it on SQLite, half on PostgreSQL.
    #[arg(long, default_value_t = 4.0)]
    pub minutes: f64,
    /// What the choices come from; a new one each time when left out.
    #[arg(long)]
    pub seed: Option<u64>,
    /// Break a promise on purpose, to see that it is noticed: lost, doubled or unequal.
    #[arg(long)]
    pub sabotage: Option<String>,
}

/// Lets everything fail around the devices, and looks for what was promised.
///
/// # Errors
/// A promise was broken, or the run could not be carried out.
pub fn chaos(options: &ChaosOptions) -> Result<()> {
    process::run(&mut chaos_command(options)?)
}

/// The command that does it, once there is a server.
///
/// # Errors
/// The server does not build.
pub fn chaos_command(options: &ChaosOptions) -> Result<Command> {
    let mut fleet = fleet(false, "chaos")?;
    fleet.args(["--minutes", &options.minutes.to_string()]);
    if let Some(seed) = options.seed {
        fleet.args(["--seed", &seed.to_string()]);
    }
    if let Some(sabotage) = &options.sabotage {
        fleet.args(["--sabotage", sabotage]);
    }
    Ok(fleet)
}

/// The fleet's program with one of its commands, and a server to run it against. Both are built at once, so that what
/// they share is.
///
/// # Errors
/// They do not build.
pub fn fleet(release: bool, command: &str) -> Result<Command> {
    let server = workspace::server_binary(release);
    process::step("compile the server and the devices", || {
        let mut cargo = process::cargo();
        cargo.args(["build", "--package", "rapport-server", "--bin", "rapport"]);
        cargo.args(["--package", "rapport-fleet", "--bin", "fleet"]);
        if release {
            cargo.arg("--release");
        }
        process::run(&mut cargo)
    })?;
    let mut fleet = process::command(server.with_file_name(format!("fleet{}", std::env::consts::EXE_SUFFIX)));
    fleet.arg(command).arg("--server").arg(server);
    Ok(fleet)
}

/// How many devices, on what.
#[derive(clap::Args)]
pub struct LoadOptions {
    /// Devices, two for each person.
    #[arg(long, default_value_t = 500)]
    pub devices: usize,
    /// sqlite, postgres or both.
    #[arg(long, default_value = "sqlite")]
    pub database: String,
    /// How long the small syncs are measured, in seconds.
    #[arg(long, default_value_t = 20)]
    pub seconds: u64,
    /// Further options of `fleet load`, after `--`.
    #[arg(last = true)]
    pub further: Vec<String>,
}

/// Measures a bank's day against the release build of the server.
///
/// # Errors
/// It cannot be built or carried out.
pub fn load(options: &LoadOptions) -> Result<()> {
    let mut fleet = fleet(true, "load")?;
    fleet.args(["--devices", &options.devices.to_string()]);
    fleet.args(["--database", &options.database]);
    fleet.args(["--seconds", &options.seconds.to_string()]);
    fleet.arg("--folder").arg(workspace::target());
    process::run(fleet.args(&options.further))
}
