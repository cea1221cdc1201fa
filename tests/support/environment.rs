//! What `cargo xtask test` tells the journeys through the environment, and sensible guesses where it did not start
//! them. It never builds anything.

use anyhow::{Result, bail};
use std::path::{Path, PathBuf};

/// The folder that holds the workspace's `Cargo.toml`.
pub fn workspace() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package).to_path_buf()
}

/// Where results may be written: screenshots lie below it.
pub fn output() -> PathBuf {
    variable("RAPPORT_TEST_OUTPUT").unwrap_or_else(|| workspace().join("target"))
}

/// The server binary under test.
///
/// # Errors
/// It is not built.
pub fn server_binary() -> Result<PathBuf> {
    let binary = variable("RAPPORT_TEST_SERVER").unwrap_or_else(|| workspace().join("target/debug/rapport"));
    if !binary.is_file() {
        bail!(
            "there is no server at {}; start the journeys with `cargo xtask test journeys`",
            binary.display()
        );
    }
    Ok(binary)
}

/// The script of axe-core, where it could be fetched.
pub fn axe() -> Option<PathBuf> {
    variable("RAPPORT_TEST_AXE").filter(|script| script.is_file())
}

/// The folder of Python's programs, with what makes clients, where it could be fetched.
pub fn python() -> Option<PathBuf> {
    variable("RAPPORT_TEST_PYTHON").filter(|programs| programs.join("python").is_file())
}

/// Whether a browser test can run here. One that cannot says so loudly and passes, unless `cargo xtask test`
/// started it: that has seen to the browser, and counts what it skips.
///
/// # Errors
/// Started by `cargo xtask test`, yet there is no browser.
pub fn browser_is_here() -> Result<bool> {
    let missing: Vec<&str> = ["chromium", "chromedriver"]
        .into_iter()
        .filter(|name| find(name).is_none())
        .collect();
    if missing.is_empty() && (variable("RAPPORT_TEST_SERVER").is_some() || server_binary().is_ok()) {
        return Ok(true);
    }
    if variable("RAPPORT_TEST_SERVER").is_some() {
        bail!("not installed: {}", missing.join(", "));
    }
    eprintln!(
        "SKIPPED: this journey needs the server, chromium and chromedriver: `cargo xtask test journeys` brings them"
    );
    Ok(false)
}

/// Data of the real world that tests use where it is present: `../shared/data` beside the workspace.
pub fn real_data(path: &str) -> Option<PathBuf> {
    let file = workspace().join("../shared/data").join(path);
    if !file.exists() {
        eprintln!("SKIPPED: no real data at ../shared/data/{path}");
        return None;
    }
    Some(file)
}

fn variable(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).map(PathBuf::from)
}

/// The full path of a program, from `PATH`.
pub fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}
