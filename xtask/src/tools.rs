//! Programs from outside that some tasks use: packages of apt and of npm. It never fetches anything that a
//! task can do without unless that task asks for it.

use crate::{process, workspace};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::PathBuf;

/// Installs Debian packages, refreshing the package lists only when the first try fails.
///
/// # Errors
/// There is no apt, no right to install, or apt fails.
pub fn apt_install(what: &str, packages: &[&str]) -> Result<()> {
    let list = packages.join(" ");
    if !process::is_installed("apt-get") {
        bail!("{what} is missing and there is no apt-get to install it with: {list}");
    }
    let prefix = installer().with_context(|| format!("{what} is missing; run as root: apt-get install {list}"))?;
    process::step(&format!("apt-get install {list}"), || {
        let install = || {
            process::run(
                apt(&prefix)
                    .args(["install", "-y", "--no-install-recommends"])
                    .args(packages),
            )
        };
        install().or_else(|_| {
            process::run(apt(&prefix).arg("update"))?;
            install()
        })
    })
}

/// Nothing for root; sudo for a person whom it lets through without asking.
fn installer() -> Result<Vec<&'static str>> {
    let identity = process::capture(process::command("id").arg("-u"))?;
    if identity.trim() == "0" {
        return Ok(vec![]);
    }
    if process::is_installed("sudo") && process::capture(process::command("sudo").args(["-n", "true"])).is_ok() {
        return Ok(vec!["sudo", "-n"]);
    }
    bail!("installing packages needs root")
}

fn apt(prefix: &[&str]) -> std::process::Command {
    let mut words: Vec<&str> = prefix.to_vec();
    words.extend([
        "env",
        "DEBIAN_FRONTEND=noninteractive",
        "apt-get",
        "-qq",
        "-o=Dpkg::Use-Pty=0",
    ]);
    let mut command = process::command(words[0]);
    command.args(&words[1..]);
    command
}

/// The browser and its driver, installed where they are missing and may be.
///
/// # Errors
/// They are missing and cannot be installed.
pub fn browser() -> Result<()> {
    let present = process::is_installed("chromedriver")
        && (process::is_installed("chromium") || process::is_installed("google-chrome"));
    if present {
        return Ok(());
    }
    apt_install("the test browser", &["chromium", "chromium-driver", "fonts-noto-cjk"])
}

/// A package of npm at one version, fetched once into the tools folder; its own folder is returned.
///
/// # Errors
/// npm is missing or fails.
pub fn npm_package(name: &str, version: &str) -> Result<PathBuf> {
    let prefix = workspace::tools().join(format!("{name}-{version}"));
    let folder = prefix.join("node_modules").join(name);
    if folder.join("package.json").is_file() {
        return Ok(folder);
    }
    if !process::is_installed("npm") {
        bail!("npm is not installed");
    }
    fs::create_dir_all(&prefix)?;
    process::step(&format!("npm install {name}@{version}"), || {
        let mut npm = process::command("npm");
        npm.arg("install").arg("--prefix").arg(&prefix);
        npm.args([
            "--no-save",
            "--no-audit",
            "--no-fund",
            "--ignore-scripts",
            "--loglevel=error",
        ]);
        process::run(npm.arg(format!("{name}@{version}")))
    })?;
    Ok(folder)
}
