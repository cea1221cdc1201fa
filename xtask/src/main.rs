//! The one command a developer needs: sets the machine up, builds the app and the server, starts and tests
//! them. It never depends on the crates it builds, so that it compiles quickly and works when they do not.

mod assemble;
mod bench;
mod build;
mod check;
mod fleet;
mod process;
mod run;
mod setup;
mod sim;
mod sizes;
mod style;
mod test;
mod tools;
mod wasm;
mod workspace;

use anyhow::Result;
use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Build and run tasks of Rapport.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", about)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build the app and start the server with it on this machine.
    Run(run::Options),
    /// Format, lint and run every test there is; the last line counts them.
    Test(test::Options),
    /// Build the app into target/app; with --release also the server binary that embeds it.
    Build(build::Options),
    /// Run the sync simulator over many seeds, or over one.
    Sim(sim::Options),
    /// Let servers, databases, networks and devices fail, and look for what was promised.
    Chaos(fleet::ChaosOptions),
    /// Measure the app in a browser, beside other libraries when told where their harness is.
    Bench(bench::Options),
    /// What the shipped app weighs, file by file, and which crates take the space.
    Sizes(sizes::Options),
    /// Measure a bank's day: first pulls, then small syncs of many devices.
    Load(fleet::LoadOptions),
    /// Audit the dependencies: advisories, licences, sources; with --deep fuzz the HTTP interface instead.
    Check(check::Options),
    /// Save a picture of every screen into target/screenshots.
    Screenshots,
}

fn main() -> ExitCode {
    match perform(Arguments::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn perform(task: Task) -> Result<()> {
    match task {
        Task::Run(options) => run::run(&options),
        Task::Test(options) => test::test(&options),
        Task::Build(options) => build::build(&options),
        Task::Sim(options) => sim::sim(&options),
        Task::Chaos(options) => fleet::chaos(&options),
        Task::Bench(options) => bench::bench(&options),
        Task::Sizes(options) => sizes::sizes(&options),
        Task::Load(options) => fleet::load(&options),
        Task::Check(options) => check::check(&options),
        Task::Screenshots => test::screenshots(),
    }
}
