//! Many headless devices, built from the engine the app runs, against real server processes on this machine: to see
//! whether the promises hold when everything fails, and how fast the server is when nothing does. `cargo xtask chaos`
//! and `cargo xtask load` build what it needs and start it.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod bench;
mod chance;
mod chaos;
mod database;
mod device;
mod disk;
mod journal;
mod line;
mod load;
mod network;
mod server;
mod sight;
mod times;
mod usage;
mod work;

/// Headless devices against real servers.
#[derive(Parser)]
#[command(name = "fleet", about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Let everything fail around the devices, and look for what was promised.
    Chaos(chaos::Options),
    /// Measure a bank's day.
    Load(load::Options),
    /// Measure the server's work one by one, beside other servers.
    Bench(bench::Options),
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let work = async {
        match &arguments.command {
            Command::Chaos(options) => chaos::run(options).await,
            Command::Load(options) => load::run(options).await,
            Command::Bench(options) => bench::run(options).await,
        }
    };
    // Leaving ends every process that was started: they end when their owners are dropped.
    let result = tokio::select! {
        result = work => result,
        () = stop_signal() => Err(anyhow::anyhow!("stopped")),
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}
