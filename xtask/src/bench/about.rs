//! What figures must be read with: the machine, the versions, the date and the command. It measures nothing.

use crate::setup::WasmToolchain;
use crate::{process, workspace};
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

/// What was built, kept beside it, for a later call may measure it when the source has moved on.
const BUILT: &str = "built.json";

/// Forgets what was built: something else is about to be.
pub fn forget_build(folder: &Path) {
    let _ = fs::remove_file(folder.join(BUILT));
}

/// Notes from what the app and the server in the folder were built.
///
/// # Errors
/// The note cannot be written.
pub fn note_build(folder: &Path, toolchain: WasmToolchain, release: bool) -> Result<()> {
    let compiler = said(toolchain.rustc().arg("--version"));
    let built = json!({ "commit": commit(), "rustc_wasm": compiler, "rustc": said(process::command("rustc").arg("--version")), "release": release });
    Ok(fs::write(folder.join(BUILT), built.to_string())?)
}

/// The machine, the versions as far as they were noted, the date and the command.
///
/// # Errors
/// The note of what was built is damaged.
pub fn about(folder: &Path) -> Result<Value> {
    let built = fs::read_to_string(folder.join(BUILT)).unwrap_or_else(|_| "{}".to_owned());
    let mut about: Value = serde_json::from_str(&built).context("what was built is unreadable")?;
    about["machine"] = machine();
    about["chromium"] = said(process::command("chromium").arg("--version")).into();
    about["date"] = said(process::command("date").args(["-u", "+%Y-%m-%d %H:%M UTC"])).into();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    about["command"] = format!("cargo xtask {}", arguments.join(" ")).into();
    Ok(about)
}

fn machine() -> Value {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let processor = field("/proc/cpuinfo", "model name").unwrap_or_default();
    let memory = field("/proc/meminfo", "MemTotal").unwrap_or_default();
    let kilobytes: f64 = memory.trim_end_matches(" kB").parse().unwrap_or_default();
    json!({ "cores": cores, "cpu": processor, "memory_gb": (kilobytes / 1e6).round() })
}

/// The first value of that name in one of the system's lists.
fn field(file: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

fn commit() -> String {
    let git = |arguments: &[&str]| said(process::command("git").current_dir(workspace::root()).args(arguments));
    let changed = git(&["status", "--porcelain"]);
    let commit = git(&["rev-parse", "--short=12", "HEAD"]);
    if changed.is_empty() {
        commit
    } else {
        format!("{commit} with changes")
    }
}

/// What a program says, or nothing: figures are worth having without it.
fn said(command: &mut std::process::Command) -> String {
    process::capture(command).unwrap_or_default().trim().to_owned()
}
