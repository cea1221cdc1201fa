//! Measures the app in a real browser on the workloads that other libraries are measured on, beside them when told
//! where their harness is. Started by `cargo xtask bench`. A time counts only once its result was found to be right.

mod app;
mod figures;
mod ours;
mod peers;

use anyhow::{Context, Result, bail};
use figures::Figures;
use serde::Deserialize;
use std::path::PathBuf;

/// What to measure, and how; made by `cargo xtask bench`.
#[derive(Deserialize)]
struct Plan {
    workloads: Vec<String>,
    runs: u32,
    scale: usize,
    idb: String,
    rtt_ms: f64,
    down_mbps: f64,
    up_mbps: f64,
    /// The harness of the other libraries.
    peers: Option<PathBuf>,
    /// Which of them; empty for all.
    compare: Vec<String>,
    /// The screens of the app that ships against their budgets, instead of the workloads.
    app: bool,
    /// What that app weighs, compressed.
    bundle_bytes: f64,
    /// Where results may be written.
    folder: PathBuf,
    /// The file for all samples.
    results: PathBuf,
    /// The machine, the versions, the date and the command; goes into the results as it is.
    about: serde_json::Value,
}

impl Plan {
    fn wants(&self, workload: &str) -> bool {
        self.workloads.iter().any(|wanted| wanted == workload)
    }
}

fn main() -> Result<()> {
    let plan = std::env::args()
        .nth(1)
        .context("started without a plan: use `cargo xtask bench`")?;
    let plan: Plan = serde_json::from_str(&plan)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    if plan.app {
        let failed = runtime.block_on(app::measure(&plan))?;
        if failed > 0 {
            bail!("{failed} measurements failed");
        }
        return Ok(());
    }
    let figures = runtime.block_on(measure(&plan))?;
    figures.print(&plan)?;
    if !figures.failures.is_empty() {
        bail!("{} measurements failed", figures.failures.len());
    }
    Ok(())
}

async fn measure(plan: &Plan) -> Result<Figures> {
    let samples = ours::Samples::fill(plan).await?;
    let mut figures = Figures::new();
    for run in 1..=plan.runs {
        eprintln!("run {run}/{} …", plan.runs);
        figures.run = run;
        // Who comes first takes turns, so that a machine that slows down harms nobody more.
        if run % 2 == 1 {
            ours::measure(plan, &samples, &mut figures).await;
        }
        if let Some(harness) = &plan.peers {
            peers::measure(plan, harness, run, &mut figures)?;
        }
        if run % 2 == 0 {
            ours::measure(plan, &samples, &mut figures).await;
        }
    }
    Ok(figures)
}
