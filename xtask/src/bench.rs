//! Measures the app in a real browser: builds it as it ships, plus entry points for measuring, and starts the driver in
//! `tests/bench`. Other libraries are measured by their own harness, in a copy. It judges no figures.

mod about;
mod server;
mod table;

use crate::{build, process, setup, sizes, tools, workspace};
use anyhow::{Context, Result, bail};
use rapport_output::Output;
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};

/// The version of kinto that is measured.
const KINTO: &str = "kinto==26.5.0";

/// What to measure, and how.
#[derive(clap::Args)]
pub struct Options {
    /// Workloads, in the order in which they run.
    #[arg(long, value_delimiter = ',', default_value = "w1,w1s,w2,w5,w6,w3,w4", value_parser = ["w1", "w1s", "w2", "w3", "w4", "w5", "w6"])]
    workloads: Vec<String>,
    /// How often each is run.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    runs: u32,
    /// The folder of the harness that measures other libraries; each run measures them in turn with us.
    #[arg(long, value_name = "DIR")]
    peers: Option<PathBuf>,
    /// Which of its libraries; without it, all.
    #[arg(long, value_delimiter = ',', requires = "peers")]
    compare: Vec<String>,
    /// The browser's own store underneath.
    #[arg(long, default_value = "leveldb", value_parser = ["leveldb", "sqlite"])]
    idb: String,
    /// Round-trip time of the modelled link, in milliseconds.
    #[arg(long, default_value_t = 0.0)]
    rtt: f64,
    /// Its rate towards the browser, in Mbit/s; 0 for no limit.
    #[arg(long, default_value_t = 0.0)]
    down: f64,
    /// Its rate from the browser, in Mbit/s; 0 for no limit.
    #[arg(long, default_value_t = 0.0)]
    up: f64,
    /// So many times the customers and notes.
    #[arg(long, default_value_t = 1)]
    scale: usize,
    /// Quick to build, and slow: to try the measurements themselves. The figures mean nothing.
    #[arg(long)]
    quick: bool,
    /// Measure the screens of the app that ships against their budgets, instead of the workloads; at `--scale` times the
    /// design size.
    #[arg(long, conflicts_with_all = ["workloads", "peers", "quick"])]
    app: bool,
    /// Measure what an earlier call built.
    #[arg(long)]
    no_build: bool,
    /// Measure the server instead, without a browser.
    #[arg(long, conflicts_with = "app")]
    server: bool,
    /// Customers that the server imports.
    #[arg(long, default_value_t = 100_000, requires = "server")]
    customers: usize,
    /// Where all samples go besides the target folder.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Overwrite that file when there is one.
    #[arg(long, requires = "out")]
    force: bool,
    /// Measure nothing: print the tables of these files of results, as the README shows them.
    #[arg(long, value_name = "FILE", num_args = 1.., exclusive = true)]
    table: Vec<PathBuf>,
}

/// Builds, then measures; the last line is JSON.
///
/// # Errors
/// Something cannot be built, or a result was wrong.
pub fn bench(options: &Options) -> Result<()> {
    if !options.table.is_empty() {
        return table::print(&options.table);
    }
    check(options)?;
    // Found out before a long build and a long measurement.
    let out = options
        .out
        .as_deref()
        .map(|path| Output::take(path, options.force, &[]));
    let out = out.transpose()?;
    let folder = workspace::target().join(if options.app { "bench-app" } else { "bench" });
    fs::create_dir_all(&folder)?;
    let results = folder.join(if options.server { "server.json" } else { "results.json" });
    let results = std::path::absolute(results).context("the file for the samples")?;
    let _ = fs::remove_file(&results);
    let measured = if options.server {
        server::bench(options, &folder)
    } else {
        in_browser(options, &folder, &results)
    };
    // Also where some of it failed: what was measured is worth having.
    if let (Some(out), Ok(samples)) = (out, fs::read(&results)) {
        let path = out.path().to_owned();
        out.finish(&samples)?;
        eprintln!("All samples: {}", path.display());
    }
    measured
}

fn in_browser(options: &Options, folder: &Path, results: &Path) -> Result<()> {
    tools::browser()?;
    let server = folder.join(format!("rapport{}", std::env::consts::EXE_SUFFIX));
    if !options.no_build {
        prepare(folder, &server, options)?;
    }
    let peers = match &options.peers {
        Some(harness) => Some(copy_of_harness(harness, &folder.join("peers"), options.scale)?),
        None => None,
    };
    let with_kinto = options.compare.is_empty() || options.compare.iter().any(|name| name.starts_with("kinto"));
    if let Some(copy) = peers.as_ref().filter(|_| with_kinto) {
        install_kinto(copy)?;
    }
    let plan = json!({
        "workloads": options.workloads, "runs": options.runs, "scale": options.scale, "idb": options.idb,
        "rtt_ms": options.rtt, "down_mbps": options.down, "up_mbps": options.up,
        "peers": peers, "compare": options.compare, "folder": folder,
        "app": options.app, "bundle_bytes": sizes::transferred(&folder.join("app"))?,
        "results": results, "about": about::about(folder)?,
    });
    let mut driver = process::cargo();
    driver.args(["run", "--quiet", "--package", "rapport-tests", "--bin", "bench", "--"]);
    driver.arg(plan.to_string());
    process::run(driver.env("RAPPORT_TEST_SERVER", &server).env("RUST_LOG", "warn"))
}

/// What would be found out only after a long build or a long measurement.
fn check(options: &Options) -> Result<()> {
    if options.scale == 0 || options.server && options.customers == 0 {
        bail!("there is nothing to measure with no customers");
    }
    if options.server && options.scale != 1 {
        bail!("the server is measured at one size: say how many --customers it imports");
    }
    let Some(harness) = &options.peers else { return Ok(()) };
    if !harness.join("run.mjs").is_file() {
        bail!(
            "{} is not the harness of the other libraries: it has no run.mjs",
            harness.display()
        );
    }
    Ok(())
}

fn prepare(folder: &Path, server: &Path, options: &Options) -> Result<()> {
    let (app, release) = (folder.join("app"), !options.quick);
    about::forget_build(folder);
    if options.app {
        build::shipped_app(&app)?;
    } else {
        build::bench_app(release, &app)?;
    }
    build::server_with(release, &app)?;
    // A later build of the server must not change what is measured. The file is replaced: it may be running still.
    let _ = fs::remove_file(server);
    fs::copy(workspace::server_binary(release), server)?;
    about::note_build(folder, setup::wasm_toolchain()?, release)
}

/// A copy of the harness with its packages, made once; the harness itself stays untouched.
fn copy_of_harness(harness: &Path, copy: &Path, scale: usize) -> Result<PathBuf> {
    for folder in ["lib", "peers", "servers"] {
        copy_folder(&harness.join(folder), &copy.join(folder))?;
    }
    for file in ["package.json", "package-lock.json", "run.mjs"] {
        fs::copy(harness.join(file), copy.join(file)).with_context(|| format!("the harness has no {file}"))?;
    }
    enlarge(&copy.join("lib/data.js"), scale)?;
    if !copy.join("node_modules").is_dir() {
        let npm = |arguments: &[&str]| process::run(process::command("npm").args(arguments).current_dir(copy));
        process::step("install what the harness needs", || {
            npm(&["ci", "--no-audit", "--no-fund", "--loglevel=error"])?;
            npm(&["rebuild", "better-sqlite3", "--build-from-source", "--loglevel=error"])
        })?;
    }
    Ok(copy.to_path_buf())
}

/// Puts kinto where the harness looks for it.
fn install_kinto(harness: &Path) -> Result<()> {
    let folder = harness.join("kinto-venv");
    if folder.join("bin/kinto").is_file() {
        return Ok(());
    }
    process::step("install kinto", || {
        process::run(process::command("python3").args(["-m", "venv"]).arg(&folder))?;
        process::run(process::command(folder.join("bin/pip")).args(["install", "--quiet", KINTO]))
    })
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let entry = entry?;
        fs::copy(entry.path(), to.join(entry.file_name()))?;
    }
    Ok(())
}

/// Makes the harness's sample larger.
fn enlarge(file: &Path, scale: usize) -> Result<()> {
    const COUNTS: &str = "cards: 1000, notes: 10000,";
    if scale == 1 {
        return Ok(());
    }
    let text = fs::read_to_string(file)?;
    if !text.contains(COUNTS) {
        bail!("{} does not say how large its sample is", file.display());
    }
    let larger = format!("cards: {}, notes: {},", 1_000 * scale, 10_000 * scale);
    Ok(fs::write(file, text.replace(COUNTS, &larger))?)
}
