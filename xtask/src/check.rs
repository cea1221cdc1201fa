//! Audits the dependencies with cargo-deny against deny.toml and, with --deep, sends the real server what no device
//! would. It never changes the lock file, and speaks with no server but the one it started.

mod deep;
mod http;
mod raw;
mod schemathesis;
mod server;

use crate::{process, workspace};
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// The release of cargo-deny these rules are written for.
const CARGO_DENY: &str = "~0.20";
/// How long fetching the advisories may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// What to check.
#[derive(clap::Args)]
pub struct Options {
    /// Fuzz the HTTP interface of the real server instead of auditing the dependencies.
    #[arg(long)]
    deep: bool,
    /// How long to fuzz, in seconds.
    #[arg(long, default_value_t = 120, requires = "deep")]
    seconds: u64,
    /// What the random bodies are drawn from; without it, from the time.
    #[arg(long, requires = "deep")]
    seed: Option<u64>,
}

/// Does what `options` ask for.
///
/// # Errors
/// A tool cannot be installed, or something is found.
pub fn check(options: &Options) -> Result<()> {
    if options.deep {
        deep::deep(options.seconds, options.seed)
    } else {
        dependencies()
    }
}

/// Runs cargo-deny, installing it into the tools folder where it is missing. Without a network there are no
/// advisories; the rest needs none.
fn dependencies() -> Result<()> {
    let program = installed().map_or_else(install, Ok)?;
    process::step("licences, bans and sources of the dependencies", || {
        process::run(deny(&program).args(["check", "licenses", "bans", "sources"]))
    })?;
    let fetch = || process::run_within(deny(&program).arg("fetch").arg("db"), PATIENCE);
    if let Err(reason) = process::step("fetch the advisories", fetch) {
        eprintln!("SKIPPED: advisories on the dependencies (their database cannot be fetched here: {reason:#})");
        return Ok(());
    }
    process::step("advisories on the dependencies", || {
        process::run(deny(&program).args(["check", "--disable-fetch", "advisories"]))
    })
}

fn deny(program: &Path) -> Command {
    let mut deny = process::command(program);
    deny.current_dir(workspace::root()).arg("--workspace");
    deny
}

fn installed() -> Option<PathBuf> {
    let own = workspace::tools().join("bin/cargo-deny");
    process::find("cargo-deny").or_else(|| own.is_file().then_some(own))
}

fn install() -> Result<PathBuf> {
    process::step("install cargo-deny (a few minutes, once)", || {
        let mut cargo = process::command("cargo");
        cargo
            .args(["install", "cargo-deny", "--version", CARGO_DENY, "--root"])
            .arg(workspace::tools());
        process::run(cargo.arg("--target-dir").arg(workspace::target().join("cargo-deny")))
    })?;
    installed().context("cargo-deny was installed but cannot be found")
}
