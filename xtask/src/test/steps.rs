//! The checks of `cargo xtask test`, in the order in which they run: the quick ones first. Each does one
//! thing; none knows of the table they end up in.

use super::count::Count;
use super::{Outcome, Step};
use crate::setup::{self, WASM};
use crate::{build, fleet, process, sim, tools, workspace};
use anyhow::{Result, bail};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// Every check.
pub const STEPS: &[Step] = &[
    Step {
        name: "format",
        run: format,
    },
    Step {
        name: "tidy",
        run: tidy,
    },
    Step {
        name: "lint",
        run: lint,
    },
    Step {
        name: "lint-wasm",
        run: lint_wasm,
    },
    Step {
        name: "docs",
        run: docs,
    },
    Step {
        name: "unit",
        run: unit,
    },
    Step {
        name: "simulator",
        run: simulator,
    },
    Step {
        name: "chaos",
        run: chaos,
    },
    Step {
        name: "client",
        run: client,
    },
    Step {
        name: "wasm",
        run: wasm,
    },
    Step {
        name: "journeys",
        run: journeys,
    },
    Step {
        name: "accessible",
        run: accessible,
    },
];

/// The release of axe-core whose rules the journeys apply to every screen.
const AXE: &str = "4.14.1";

fn format() -> Result<Outcome> {
    one(process::cargo().args(["fmt", "--all", "--", "--check"]))
}

fn tidy() -> Result<Outcome> {
    counted(test_runner().args(["--package", "rapport-tests", "--test", "tidy"]))
}

fn lint() -> Result<Outcome> {
    one(process::cargo().args([
        "clippy",
        "--workspace",
        "--all-targets",
        "--all-features",
        "--",
        "-D",
        "warnings",
    ]))
}

fn lint_wasm() -> Result<Outcome> {
    let toolchain = setup::wasm_toolchain()?;
    if toolchain.clippy().is_none() {
        tools::apt_install("Debian's clippy", &["rust-web-clippy"])?;
    }
    let Some(mut clippy) = toolchain.clippy() else {
        bail!("clippy was installed but cannot be found")
    };
    clippy.args([
        "--package",
        "rapport-app",
        "--package",
        "rapport-shared",
        "--target",
        WASM,
        "--target-dir",
    ]);
    one(clippy
        .arg(workspace::wasm_target())
        .args(["--profile", "wasm-dev", "--", "-D", "warnings"]))
}

fn docs() -> Result<Outcome> {
    let mut cargo = process::cargo();
    one(cargo
        .args(["doc", "--package", "rapport-shared", "--no-deps", "--quiet"])
        .env("RUSTDOCFLAGS", "-D warnings"))
}

/// Packages whose tests are built together: those that share most of their dependencies. All in one go, the app would
/// make cargo compile the server's dependencies a second time, with the features of its own.
const UNIT: [&[&str]; 3] = [
    &[
        "--workspace",
        "--exclude",
        "rapport-app",
        "--exclude",
        "xtask",
        "--exclude",
        "rapport-tests",
    ],
    &["--package", "rapport-app"],
    &["--package", "xtask"],
];

/// Unit, property, simulator, store-contract and router tests, and the examples in the documentation.
fn unit() -> Result<Outcome> {
    if !workspace::root().join("../shared/data").is_dir() {
        eprintln!("SKIPPED: tests over real data pass without looking, for there is no ../shared/data here");
    }
    let mut outcome = counted(process::cargo().args(["test", "--doc", "--package", "rapport-shared", "--quiet"]))?;
    for packages in UNIT {
        let tests = counted(test_runner().args(packages).arg("--all-features"))?;
        outcome = sum(outcome, tests);
    }
    Ok(outcome)
}

fn simulator() -> Result<Outcome> {
    one(&mut sim::command(&sim::Options {
        seeds: Some(2000),
        seed: None,
    }))
}

/// Long enough for every kind of blow to fall; `cargo xtask chaos` goes on for longer.
fn chaos() -> Result<Outcome> {
    one(&mut fleet::chaos_command(&fleet::ChaosOptions {
        minutes: 0.4,
        seed: Some(0),
        sabotage: None,
    })?)
}

/// What another program does, with a client generated from the description of the interface.
fn client() -> Result<Outcome> {
    let requirements = fs::read_to_string(workspace::root().join("tests/clients/requirements.txt"))?;
    match tools::python_packages("generated-client", &requirements) {
        Err(reason) => Ok(Outcome::Skipped(format!("{reason:#}"))),
        Ok(programs) => {
            build::server(false)?;
            let mut runner = test_runner();
            runner.env("RAPPORT_TEST_SERVER", workspace::server_binary(false));
            runner.env("RAPPORT_TEST_PYTHON", programs);
            counted(runner.args(["--package", "rapport-tests", "--test", "clients"]))
        }
    }
}

/// The app's tests inside a real browser.
fn wasm() -> Result<Outcome> {
    if let Err(reason) = tools::browser() {
        return Ok(Outcome::Skipped(format!("{reason:#}")));
    }
    let toolchain = setup::wasm_toolchain()?;
    process::run(process::cargo().args(["build", "--package", "rapport-tests", "--bin", "wasm-test-runner"]))?;
    let mut cargo = toolchain.cargo();
    cargo.args([
        "test",
        "--package",
        "rapport-app",
        "--lib",
        "--target",
        WASM,
        "--profile",
        "wasm-dev",
        "--target-dir",
    ]);
    cargo.arg(workspace::wasm_target());
    let runner = workspace::target()
        .join("debug")
        .join(format!("wasm-test-runner{}", std::env::consts::EXE_SUFFIX));
    cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", runner);
    cargo.env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", browser_options()?);
    cargo.env("WASM_BINDGEN_TEST_TIMEOUT", "120");
    if let Some(driver) = process::find("chromedriver") {
        cargo.env("CHROMEDRIVER", driver);
    }
    counted(&mut cargo)
}

/// How the test runner starts the browser: root may not use the sandbox.
fn browser_options() -> Result<PathBuf> {
    let file = workspace::tools().join("webdriver.json");
    fs::create_dir_all(workspace::tools())?;
    let arguments = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
    ];
    let options = serde_json::json!({ "goog:chromeOptions": { "args": arguments } });
    fs::write(&file, serde_json::to_vec_pretty(&options)?)?;
    Ok(file)
}

fn journeys() -> Result<Outcome> {
    if let Err(reason) = tools::browser() {
        return Ok(Outcome::Skipped(format!("{reason:#}")));
    }
    counted(journey_runner()?.args(["--test", "journeys", "--", "--skip", "accessibility"]))
}

/// The rules of axe-core on every screen.
fn accessible() -> Result<Outcome> {
    let rules = tools::browser().and_then(|()| tools::npm_package("axe-core", AXE));
    match rules {
        Err(reason) => Ok(Outcome::Skipped(format!("{reason:#}"))),
        Ok(package) => {
            let mut runner = journey_runner()?;
            runner.env("RAPPORT_TEST_AXE", package.join("axe.min.js"));
            counted(runner.args(["--test", "journeys", "--", "accessibility"]))
        }
    }
}

/// Saves a picture of every screen.
///
/// # Errors
/// The app or the browser cannot be had, or a screen does not come up.
pub fn screenshots() -> Result<()> {
    tools::browser()?;
    process::run(journey_runner()?.args(["--test", "screenshots"]))?;
    println!("The pictures: {}", workspace::target().join("screenshots").display());
    Ok(())
}

/// The runner of the browser tests, once there is an app and a server to run them against.
fn journey_runner() -> Result<Command> {
    build::app_and_server(false)?;
    let mut runner = test_runner();
    runner.args(["--package", "rapport-tests"]);
    runner.env("RAPPORT_TEST_SERVER", workspace::server_binary(false));
    runner.env("RAPPORT_TEST_OUTPUT", workspace::target());
    // Only cargo's own runner reads it: a second browser would slow both down.
    runner.env("RUST_TEST_THREADS", "1");
    Ok(runner)
}

/// nextest where it is installed, else what cargo has.
fn test_runner() -> Command {
    let mut cargo = process::cargo();
    if process::is_installed("cargo-nextest") {
        cargo.args(["nextest", "run", "--no-fail-fast", "--no-tests", "pass"]);
    } else {
        cargo.args(["test", "--no-fail-fast"]);
    }
    cargo
}

/// A check that passes or fails as a whole.
fn one(command: &mut Command) -> Result<Outcome> {
    let passed = process::watch(command)?.success;
    Ok(Outcome::Counted(Count {
        passed: usize::from(passed),
        failed: usize::from(!passed),
    }))
}

/// A check that counts its tests.
fn counted(command: &mut Command) -> Result<Outcome> {
    let watched = process::watch(command)?;
    Ok(Outcome::Counted(Count::from_output(&watched.lines, watched.success)))
}

fn sum(left: Outcome, right: Outcome) -> Outcome {
    match (left, right) {
        (Outcome::Counted(mut left), Outcome::Counted(right)) => {
            left.add(right);
            Outcome::Counted(left)
        }
        (skipped @ Outcome::Skipped(_), _) | (_, skipped) => skipped,
    }
}
