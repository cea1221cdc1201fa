//! The app as it ships against the budgets of its screens: the real server, the real screens, a real browser. What is on
//! the screen is checked before a time counts; whether a budget is met is said, and changes nothing.

mod book;
mod screens;

use crate::Plan;
use crate::figures::{bounds, load, median};
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;

/// What is measured: name, in words, unit, budget (at most).
const FIGURES: [(&str, &str, &str, Option<f64>); 16] = [
    ("bundle", "everything the browser keeps, brotli", "KB", Some(900.0)),
    (
        "first-load",
        "what of it has come before somebody can type, headers included",
        "KB",
        Some(500.0),
    ),
    (
        "first-visit",
        "first visit over slow 4G until the sign-in field takes keys",
        "ms",
        None,
    ),
    (
        "start",
        "start without network, 4 × slower CPU, until the unlock field takes keys",
        "ms",
        Some(1_500.0),
    ),
    ("today", "key known until Today is shown", "ms", Some(1_000.0)),
    (
        "search-p50",
        "key in the search of customers until painted, median",
        "ms",
        Some(16.0),
    ),
    ("search-p95", "the same, 95 of 100 keys", "ms", Some(16.0)),
    (
        "note-p50",
        "key in a visit note until painted, median",
        "ms",
        Some(16.0),
    ),
    ("note-p95", "the same, 95 of 100 keys", "ms", Some(16.0)),
    ("card", "press on a row until the customer's card is shown", "ms", None),
    ("today-tap", "press on Today until it is shown", "ms", None),
    ("list-tap", "press on Customers until the list is shown", "ms", None),
    ("save", "save of a visit note until it is durable", "ms", Some(30.0)),
    ("save-shown", "the same until the card shows it", "ms", None),
    ("heap", "memory after unlocking: JavaScript", "MB", None),
    ("wasm", "memory after unlocking: the app's module", "MB", None),
];

/// Samples by figure, and what failed.
#[derive(Default)]
struct Samples {
    by_figure: BTreeMap<&'static str, Vec<f64>>,
    failures: Vec<Value>,
}

impl Samples {
    /// Adds a sample and prints it.
    fn add(&mut self, figure: &'static str, run: u32, value: f64) {
        println!("{}", json!({ "figure": figure, "run": run, "value": value }));
        self.by_figure.entry(figure).or_default().push(value);
    }

    fn fail(&mut self, what: &str, run: u32, error: &anyhow::Error) {
        eprintln!("{what} FAILED: {error:#}");
        self.failures
            .push(json!({ "what": what, "run": run, "error": format!("{error:#}") }));
    }
}

/// Measures everything and prints it; how many measurements failed.
///
/// # Errors
/// There is no book to measure on.
pub async fn measure(plan: &Plan) -> Result<usize> {
    let load_before = load();
    let book = book::Filled::make(plan.scale).await?;
    let mut samples = Samples::default();
    samples.add("bundle", 1, plan.bundle_bytes / 1e3);
    for run in 1..=plan.runs {
        eprintln!("run {run}/{} …", plan.runs);
        for (what, outcome) in [
            ("first visit", screens::first_visit(&book, run, &mut samples).await),
            ("start", screens::start(&book, run, &mut samples).await),
            ("work", screens::work(&book, run, &mut samples).await),
        ] {
            if let Err(error) = outcome {
                samples.fail(what, run, &error);
            }
        }
    }
    print(plan, &samples, &load_before)?;
    Ok(samples.failures.len())
}

/// Prints medians and budgets for people, then everything as the last line; all samples go to a file.
fn print(plan: &Plan, samples: &Samples, load_before: &str) -> Result<()> {
    let mut rows = Vec::new();
    eprintln!("\n{:>9} {:>9} {:>9}    budget", "median", "min", "max");
    for (name, words, unit, budget) in FIGURES {
        let Some(values) = samples.by_figure.get(name) else {
            continue;
        };
        let median = median(values).context("a figure without samples")?;
        let (least, most) = bounds(values);
        let met = budget.map(|budget| median <= budget);
        let verdict = match (budget, met) {
            (Some(budget), Some(true)) => format!("{budget:>6} met"),
            (Some(budget), _) => format!("{budget:>6} MISSED"),
            (None, _) => String::new(),
        };
        eprintln!("{median:>9.1} {least:>9.1} {most:>9.1} {unit} {verdict:<14} {name}: {words}");
        rows.push(
            json!({ "name": name, "words": words, "unit": unit, "median": median, "min": least, "max": most,
            "n": values.len(), "budget": budget, "met": met }),
        );
    }
    let summary = json!({ "about": plan.about, "scale": plan.scale, "runs": plan.runs, "loadavg_before": load_before,
        "loadavg_after": load(), "failures": samples.failures, "figures": rows });
    let mut whole = summary.clone();
    whole["samples"] = json!(samples.by_figure);
    fs::write(&plan.results, serde_json::to_vec_pretty(&whole)?)?;
    eprintln!("\nAll samples: {}", plan.results.display());
    println!("{summary}");
    Ok(())
}
