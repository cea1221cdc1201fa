//! The real server with a made-up bank under fire for a while: bodies made by hand, bodies changed at random, and all
//! that schemathesis makes of the description of the interface. Whatever is sent, no answer is a failure of the
//! server or a status that is not described.

use super::http::Client;
use super::server::Server;
use super::{raw, schemathesis};
use crate::{build, process, workspace};
use anyhow::{Context, Result, bail};
use std::fs;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Fuzzes for about so many seconds, building and installing not counted.
///
/// # Errors
/// A tool cannot be installed, or something is found.
pub fn deep(seconds: u64, seed: Option<u64>) -> Result<()> {
    build::server(false)?;
    let tool = schemathesis::installed()?;
    let folder = workspace::target().join("deep");
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    fs::create_dir_all(&folder)?;
    let server = Server::start(&folder)?;
    let client = Client::new(server.address());
    let seed = seed.unwrap_or_else(|| {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        now.as_secs()
    });
    let third = Duration::from_secs(seconds / 3);
    process::step("bodies made by hand", || raw::by_hand(&client))?;
    process::step(&format!("bodies changed at random (--seed {seed})"), || {
        raw::at_random(&client, seed, third)
    })?;
    process::step("schemathesis", || {
        schemathesis::run(&tool, &client, &folder, Duration::from_secs(seconds) - third)
    })?;
    server.stop()?;
    let log = fs::read_to_string(folder.join("server.log"))?;
    if let Some(line) = log.lines().find(|line| line.contains("panicked")) {
        bail!("the server panicked: {line}");
    }
    Ok(())
}
