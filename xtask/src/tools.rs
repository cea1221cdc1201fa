//! Programs from outside that some tasks use: packages of apt, of npm and of PyPI. It never fetches anything that a
//! task can do without unless that task asks for it.

use crate::{process, workspace};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};

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

/// Packages of PyPI, as pip's lists of requirements name them, in an environment of their own in the tools folder; the
/// folder of its programs is returned, Python among them. Another list makes another environment.
///
/// # Errors
/// There is no Python and it cannot be installed, or pip fails.
pub fn python_packages(name: &str, requirements: &str) -> Result<PathBuf> {
    let folder = workspace::tools().join(name);
    let programs = folder.join("bin");
    let installed = folder.join("installed.txt");
    if fs::read_to_string(&installed).is_ok_and(|installed| installed == requirements) {
        return Ok(programs);
    }
    let python = python()?;
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    process::step(&format!("pip install {name}"), || {
        process::run(process::command(python).args(["-m", "venv"]).arg(&folder))?;
        let wanted = folder.join("wanted.txt");
        fs::write(&wanted, requirements)?;
        let mut pip = process::command(programs.join("python"));
        pip.args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--requirement",
        ]);
        process::run(pip.arg(&wanted))?;
        // From here on it is whole.
        Ok(fs::rename(wanted, installed)?)
    })?;
    Ok(programs)
}

/// Python with what makes environments: Debian has that in a package of its own.
fn python() -> Result<PathBuf> {
    let whole =
        |python: &Path| process::capture(process::command(python).args(["-c", "import ensurepip, venv"])).is_ok();
    let found = || process::find("python3").filter(|python| whole(python));
    if found().is_none() {
        apt_install("python3 with venv and pip", &["python3", "python3-venv"])?;
    }
    found().context("python3 was installed but cannot make environments")
}
