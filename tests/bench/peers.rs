//! Lets the harness of other libraries measure them once, and takes its samples over. It never changes the harness.

use crate::Plan;
use crate::figures::Figures;
use anyhow::{Context, Result};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// Measures every wanted library once.
///
/// # Errors
/// The harness does not start, or says nothing that can be read.
pub fn measure(plan: &Plan, harness: &Path, run: u32, figures: &mut Figures) -> Result<()> {
    let results = plan.folder.join(format!("peers-{run}.json"));
    let _ = fs::remove_file(&results);
    let mut node = Command::new("node");
    node.current_dir(harness).args(["run.mjs", "--runs", "1"]);
    // As much quiet as we are given, which is none.
    node.args(["--quiet-wait", "0", "--retries", "0", "--idb", &plan.idb]);
    node.args(["--workloads", &plan.workloads.join(",")]);
    for (name, value) in [
        ("--rtt", plan.rtt_ms),
        ("--down", plan.down_mbps),
        ("--up", plan.up_mbps),
    ] {
        node.args([name, &value.to_string()]);
    }
    if !plan.compare.is_empty() {
        node.args(["--peers", &plan.compare.join(",")]);
    }
    // Its failures are in its results.
    node.arg("--out")
        .arg(&results)
        .stdout(Stdio::null())
        .status()
        .context("cannot start node")?;
    let text = fs::read(&results).context("the harness gave no results")?;
    let results: Value = serde_json::from_slice(&text)?;
    for (peer, workloads) in results["samples"].as_object().into_iter().flatten() {
        for (workload, samples) in workloads.as_object().into_iter().flatten() {
            for sample in samples.as_array().into_iter().flatten() {
                figures.add(peer, workload, sample.clone());
            }
        }
    }
    for failure in results["failures"].as_array().into_iter().flatten() {
        let text = |member: &str| failure[member].as_str().unwrap_or_default();
        figures.fail(text("peer"), text("workload"), text("error"));
    }
    Ok(())
}
