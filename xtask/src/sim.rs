//! Starts the sync simulator, optimised. It never interprets its findings: the simulator names the seed.

use crate::process;
use anyhow::Result;
use std::process::Command;

/// Which seeds.
#[derive(clap::Args)]
pub struct Options {
    /// How many seeds to run, counted from zero.
    #[arg(long, default_value_t = 2000)]
    pub seeds: u64,
    /// Only this seed, told step by step.
    #[arg(long)]
    pub seed: Option<u64>,
}

/// Runs the simulator.
///
/// # Errors
/// A seed fails, or the simulator does not build.
pub fn sim(options: &Options) -> Result<()> {
    process::run(&mut command(options))
}

/// The command that runs the simulator.
pub fn command(options: &Options) -> Command {
    let mut cargo = process::cargo();
    cargo.args([
        "run",
        "--release",
        "--quiet",
        "--package",
        "rapport-shared",
        "--example",
        "simulate",
        "--",
    ]);
    cargo.arg("--seeds").arg(options.seeds.to_string());
    if let Some(seed) = options.seed {
        cargo.arg("--seed").arg(seed.to_string());
    }
    cargo
}
