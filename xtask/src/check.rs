//! Audits the dependencies with cargo-deny against deny.toml. It never changes the lock file.

use crate::{process, workspace};
use anyhow::{Context, Result};
use std::path::PathBuf;

/// The release of cargo-deny these rules are written for.
const CARGO_DENY: &str = "~0.20";

/// Runs cargo-deny, installing it into the tools folder where it is missing.
///
/// # Errors
/// It cannot be installed, or it finds something.
pub fn check() -> Result<()> {
    let program = installed().map_or_else(install, Ok)?;
    process::step("audit the dependencies", || {
        let mut deny = process::command(program);
        process::run(deny.current_dir(workspace::root()).args(["--workspace", "check"]))
    })
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
