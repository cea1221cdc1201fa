//! Turns files of results into the tables of the README, so that no figure is ever typed. It computes nothing that the
//! files do not hold.

use anyhow::{Context, Result};
use serde_json::Value;
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// What we are called among the others.
const OURS: &str = "rapport";

/// Prints each file's table.
///
/// # Errors
/// A file is unreadable or holds no results.
pub fn print(files: &[std::path::PathBuf]) -> Result<()> {
    for file in files {
        println!("{}", of_file(file).with_context(|| format!("in {}", file.display()))?);
    }
    Ok(())
}

fn of_file(file: &Path) -> Result<String> {
    let results: Value = serde_json::from_slice(&fs::read(file)?)?;
    let rows = budgets(&results).or_else(|| workloads(&results));
    let rows = rows.context("these are no results")?;
    Ok(format!("{}\n\n{rows}", heading(&results["about"])))
}

/// One sentence with all that a figure needs to be read with.
fn heading(about: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or("?").to_owned();
    let machine = &about["machine"];
    // Of the browser's name and place only the version matters.
    let chromium = text(&about["chromium"]);
    let chromium = chromium.split(" built ").next().unwrap_or_default();
    format!(
        "`{}`, {}; {} × {}, {} GB; {chromium}; {} (app), {} (server); commit {}.",
        text(&about["command"]),
        text(&about["date"]),
        machine["cores"],
        text(&machine["cpu"]),
        machine["memory_gb"],
        short(&text(&about["rustc_wasm"])),
        short(&text(&about["rustc"])),
        text(&about["commit"]),
    )
}

/// `rustc 1.95.0 (…)` without the brackets.
fn short(compiler: &str) -> &str {
    compiler.split(" (").next().unwrap_or_default()
}

/// Figures below each other, with their budgets beside them.
fn budgets(results: &Value) -> Option<String> {
    let scale = &results["scale"];
    let mut table = format!("| at {scale} × the design size | median (least–most) | budget | |\n|---|---:|---:|---|\n");
    for figure in results["figures"].as_array()? {
        let unit = figure["unit"].as_str()?;
        let [median, least, most] =
            ["median", "min", "max"].map(|member| number(figure[member].as_f64().unwrap_or(0.0)));
        let budget = figure["budget"].as_f64();
        let budget = budget.map_or(String::new(), |budget| format!("{} {unit}", number(budget)));
        let verdict = match figure["met"].as_bool() {
            Some(true) => "met",
            Some(false) => "**missed**",
            None => "",
        };
        let words = figure["words"].as_str()?;
        let _ = writeln!(
            table,
            "| {words} | {median} ({least}–{most}) {unit} | {budget} | {verdict} |"
        );
    }
    Some(table)
}

/// Peers below each other, workloads beside each other, our time over the best of the others at the end.
fn workloads(results: &Value) -> Option<String> {
    let medians = results["median"].as_object()?;
    let workloads: Vec<&str> = results["workloads"]
        .as_array()?
        .iter()
        .filter_map(Value::as_str)
        .collect();
    let mut table = format!(
        "| ms: median (least–most) | {} |\n",
        workloads.join(" | ").to_uppercase()
    );
    let _ = writeln!(table, "|---|{}", "---:|".repeat(workloads.len()));
    let (ours, others): (Vec<_>, Vec<_>) = medians.iter().partition(|(peer, _)| *peer == OURS);
    for (peer, own) in ours.into_iter().chain(others.iter().copied()) {
        let cells: Vec<String> = workloads.iter().map(|workload| cell(&own[workload])).collect();
        let _ = writeln!(table, "| {peer} | {} |", cells.join(" | "));
    }
    if !others.is_empty() {
        let best = |workload: &&str| {
            let rows = others.iter().map(|(peer, own)| (peer.as_str(), &own[*workload]));
            best(rows)
        };
        let cells: Vec<String> = workloads.iter().map(best).collect();
        let _ = writeln!(table, "| **we / the best of them** | {} |", cells.join(" | "));
    }
    Some(table)
}

fn cell(row: &Value) -> String {
    let Some(median) = row["ms"].as_f64() else {
        return "–".to_owned();
    };
    let bounds = [&row["ms_min"], &row["ms_max"]].map(|bound| number(bound.as_f64().unwrap_or(median)));
    let mut cell = format!("{} ({}–{})", number(median), bounds[0], bounds[1]);
    if let Some(list) = row["list_ms"].as_f64().filter(|_| row["wire_bytes"].is_number()) {
        let _ = write!(cell, ", list {}", number(list));
    }
    if let Some(bytes) = row["wire_bytes"].as_f64() {
        let _ = write!(cell, ", {:.2} MB", bytes / 1e6);
    }
    cell
}

/// Our time over that of the peer with the least median, with its bounds over the runs.
fn best<'a>(rows: impl Iterator<Item = (&'a str, &'a Value)>) -> String {
    let timed = rows.filter_map(|(peer, row)| Some((row["ms"].as_f64()?, peer, row)));
    let Some((_, peer, row)) = timed.min_by(|left, right| left.0.total_cmp(&right.0)) else {
        return "–".to_owned();
    };
    let ratio = |index: usize| row["ratio"][index].as_f64();
    match (ratio(0), ratio(1), ratio(2)) {
        (Some(middle), Some(low), Some(high)) => format!("**{middle:.2}** ({low:.2}–{high:.2}) {peer}"),
        _ => format!("– {peer}"),
    }
}

/// Three digits that mean something.
fn number(value: f64) -> String {
    match value {
        value if value >= 100.0 => grouped(value.round()),
        value if value >= 10.0 => format!("{value:.1}"),
        value => format!("{value:.2}"),
    }
}

fn grouped(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{budgets, number, workloads};
    use serde_json::json;

    #[test]
    fn sets_peers_beside_us() {
        let results = json!({ "workloads": ["w1", "w3"], "median": {
            "kinto": { "w1": { "ms": 90.0, "ms_min": 80.0, "ms_max": 95.0, "ratio": [0.5, 0.4, 0.6] } },
            "raw": { "w1": { "ms": 60.5, "ms_min": 60.0, "ms_max": 61.0, "ratio": [0.8, 0.7, 0.9] } },
            "rapport": {
                "w1": { "ms": 48.0, "ms_min": 47.0, "ms_max": 49.0 },
                "w3": { "ms": 1234.4, "ms_min": 1200.0, "ms_max": 1300.0, "list_ms": 400.0, "wire_bytes": 2_340_000 },
            },
        }});
        let expected = "\
| ms: median (least–most) | W1 | W3 |
|---|---:|---:|
| rapport | 48.0 (47.0–49.0) | 1,234 (1,200–1,300), list 400, 2.34 MB |
| kinto | 90.0 (80.0–95.0) | – |
| raw | 60.5 (60.0–61.0) | – |
| **we / the best of them** | **0.80** (0.70–0.90) raw | – |
";
        assert_eq!(workloads(&results).as_deref(), Some(expected));
        assert_eq!(workloads(&json!({})), None);
    }

    #[test]
    fn sets_budgets_beside_figures() {
        let results = json!({ "scale": 5, "figures": [
            { "words": "save", "unit": "ms", "median": 12.3, "min": 10, "max": 14, "budget": 30.0, "met": true },
            { "words": "start", "unit": "ms", "median": 2000, "min": 1900, "max": 2100, "budget": 1500, "met": false },
            { "words": "heap", "unit": "MB", "median": 9.5, "min": 9.5, "max": 9.5, "budget": null, "met": null },
        ]});
        let expected = "\
| at 5 × the design size | median (least–most) | budget | |
|---|---:|---:|---|
| save | 12.3 (10.0–14.0) ms | 30.0 ms | met |
| start | 2,000 (1,900–2,100) ms | 1,500 ms | **missed** |
| heap | 9.50 (9.50–9.50) MB |  |  |
";
        assert_eq!(budgets(&results).as_deref(), Some(expected));
        assert_eq!(budgets(&json!({})), None);
    }

    #[test]
    fn shows_three_digits() {
        let check = |value, expected: &str| assert_eq!(number(value), expected);
        check(0.128, "0.13");
        check(12.34, "12.3");
        check(999.6, "1,000");
        check(1_234_567.0, "1,234,567");
    }
}
