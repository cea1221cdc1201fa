//! Starts the sync simulator, optimised. It never interprets its findings: the simulator names the seed.

use crate::process;
use anyhow::Result;
use std::process::Command;

/// Which seeds.
#[derive(clap::Args)]
pub struct Options {
    /// How many seeds to run; 2000, or just one when --seed names it.
    #[arg(long)]
    pub seeds: Option<u64>,
    /// The first seed; alone, it is told step by step.
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
    let seeds = options.seeds.unwrap_or(if options.seed.is_some() { 1 } else { 2000 });
    let mut cargo = process::cargo();
    cargo.args([
        "run",
        "--release",
        "--package",
        "rapport-shared",
        "--features",
        "simulator",
        "--example",
        "simulate",
    ]);
    cargo
        .arg("--")
        .arg(seeds.to_string())
        .arg(options.seed.unwrap_or(0).to_string());
    cargo
}
