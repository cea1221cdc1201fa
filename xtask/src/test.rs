//! Every check there is, one after the other, and a table of what came of them. A check that cannot run here
//! is named loudly; it is never counted as passed.

mod count;
mod steps;

use crate::process;
use anyhow::{Result, bail};
use count::Count;
use std::time::{Duration, Instant};
use steps::STEPS;

/// Which checks.
#[derive(clap::Args)]
pub struct Options {
    /// Only these checks, by name; without any, all of them.
    steps: Vec<String>,
}

/// What came of one check.
enum Outcome {
    /// It ran: how many tests passed and failed; a check that is no test counts as one.
    Counted(Count),
    /// It could not run here, and why.
    Skipped(String),
}

/// One check.
struct Step {
    name: &'static str,
    run: fn() -> Result<Outcome>,
}

/// Runs the checks and prints their table; the last line counts them.
///
/// # Errors
/// A check failed, or a name is unknown.
pub fn test(options: &Options) -> Result<()> {
    let chosen = choose(&options.steps)?;
    let mut rows = Vec::new();
    for step in chosen {
        println!("\n━━ {} ━━", step.name);
        let started = Instant::now();
        let outcome = process::alive(step.name, step.run).unwrap_or_else(|error| {
            eprintln!("{}: {error:#}", step.name);
            Outcome::Counted(Count { passed: 0, failed: 1 })
        });
        if let Outcome::Skipped(reason) = &outcome {
            eprintln!("SKIPPED: {} ({reason})", step.name);
        }
        rows.push((step.name, outcome, started.elapsed()));
    }
    let total = print(&rows);
    println!("\n{} passed, {} failed", total.passed, total.failed);
    if total.failed > 0 {
        // The last line is the count; the exit status says the rest.
        std::process::exit(1);
    }
    Ok(())
}

fn choose(names: &[String]) -> Result<Vec<&'static Step>> {
    if let Some(unknown) = names
        .iter()
        .find(|name| STEPS.iter().all(|step| step.name != name.as_str()))
    {
        let known: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
        bail!("there is no check called {unknown}; there are: {}", known.join(", "));
    }
    Ok(STEPS
        .iter()
        .filter(|step| names.is_empty() || names.iter().any(|name| name == step.name))
        .collect())
}

fn print(rows: &[(&str, Outcome, Duration)]) -> Count {
    println!("\n{:<12} {:>8} {:>8} {:>10}", "check", "passed", "failed", "time");
    let mut total = Count::default();
    for (name, outcome, elapsed) in rows {
        let elapsed = process::seconds(*elapsed);
        match outcome {
            Outcome::Counted(count) => {
                println!("{name:<12} {:>8} {:>8} {elapsed:>10}", count.passed, count.failed);
                total.add(*count);
            }
            Outcome::Skipped(reason) => println!("{name:<12} {:>17} {elapsed:>10}  ({reason})", "SKIPPED"),
        }
    }
    total
}

/// Saves a picture of every screen.
///
/// # Errors
/// The app or the browser cannot be had, or a screen does not come up.
pub fn screenshots() -> Result<()> {
    steps::screenshots()
}
