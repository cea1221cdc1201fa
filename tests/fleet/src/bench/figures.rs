//! Collects what was measured and prints it: each sample as a line of JSON, then medians and ratios. It judges nothing.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Value, json};

use crate::usage::load_average;

/// With whom the others are compared.
const OURS: &str = "rapport-sqlite";

/// Samples by workload and server, and by run within that.
#[derive(Default)]
pub(super) struct Figures {
    run: u32,
    workloads: Vec<String>,
    samples: BTreeMap<(String, String), BTreeMap<u32, Value>>,
    failures: Vec<Value>,
}

impl Figures {
    pub(super) const fn begin_run(&mut self, run: u32) {
        self.run = run;
    }

    pub(super) const fn run(&self) -> u32 {
        self.run
    }

    pub(super) const fn are_complete(&self) -> bool {
        self.failures.is_empty()
    }

    /// Adds a sample and prints it.
    pub(super) fn add(&mut self, server: &str, workload: &str, sample: Value) {
        let mut line = json!({ "peer": server, "workload": workload, "run": self.run });
        if let (Some(line), Some(members)) = (line.as_object_mut(), sample.as_object()) {
            line.extend(members.clone());
        }
        println!("{line}");
        if !self.workloads.iter().any(|known| known == workload) {
            self.workloads.push(workload.to_owned());
        }
        let place = (workload.to_owned(), server.to_owned());
        self.samples.entry(place).or_default().insert(self.run, sample);
    }

    /// Notes that a server did not do what it should.
    pub(super) fn fail(&mut self, server: &str, error: &anyhow::Error) {
        eprintln!("{server} FAILED: {error:#}");
        self.failures
            .push(json!({ "peer": server, "run": self.run, "error": format!("{error:#}") }));
    }

    /// Prints medians and ratios for people, then everything as the last line and into `file`.
    pub(super) fn print(&self, file: &Path) -> anyhow::Result<()> {
        let mut medians = Map::new();
        for workload in &self.workloads {
            eprintln!(
                "\n{workload:<26} {:>10} {:>10} {:>10}  we / they: median (least, most)",
                "median ms", "min", "max"
            );
            let of_this = self.samples.iter().filter(|((known, _), _)| known == workload);
            for ((_, server), runs) in of_this {
                let row = self.row(workload, server, runs);
                eprintln!(
                    "  {server:<24} {:>10} {:>10} {:>10}  {}",
                    row["ms"], row["ms_min"], row["ms_max"], row["ratio"]
                );
                let servers = medians.entry(server.clone()).or_insert_with(|| json!({}));
                servers[workload] = row;
            }
        }
        let samples: Vec<Value> = self
            .samples
            .iter()
            .map(|((workload, server), runs)| json!({ "workload": workload, "peer": server, "runs": runs }))
            .collect();
        let mut summary = json!({ "loadavg": load_average()?, "failures": self.failures, "median": medians });
        println!("{summary}");
        summary["samples"] = json!(samples);
        std::fs::write(file, serde_json::to_vec_pretty(&summary)?)?;
        eprintln!("\nAll samples: {}", file.display());
        Ok(())
    }

    fn row(&self, workload: &str, server: &str, runs: &BTreeMap<u32, Value>) -> Value {
        let mut row = json!({ "n": runs.len() });
        let members = runs.values().filter_map(Value::as_object).flat_map(Map::keys);
        for member in members.collect::<std::collections::BTreeSet<_>>() {
            row[member] = json!(spread(runs.values().filter_map(|sample| sample[member].as_f64())).map(|all| all[0]));
        }
        if let Some([_, least, most]) = spread(runs.values().filter_map(|sample| sample["ms"].as_f64())) {
            (row["ms_min"], row["ms_max"]) = (json!(least), json!(most));
        }
        let ours = self.samples.get(&(workload.to_owned(), OURS.to_owned()));
        if let Some(ours) = ours.filter(|_| server != OURS) {
            // Samples of the same run stand beside each other.
            let pairs = runs.iter().filter_map(|(run, theirs)| Some((ours.get(run)?, theirs)));
            row["ratio"] = json!(spread(pairs.filter_map(|(our, their)| {
                // Where they did a part of the work, what one piece took is compared.
                let (our, their) = match (our["per_s"].as_f64(), their["per_s"].as_f64()) {
                    (Some(our), Some(their)) => (their, our),
                    _ => (our["ms"].as_f64()?, their["ms"].as_f64()?),
                };
                Some((our / their * 1_000.0).round() / 1_000.0)
            })));
        }
        row
    }
}

/// The median, the least and the most.
fn spread(values: impl Iterator<Item = f64>) -> Option<[f64; 3]> {
    let mut sorted: Vec<f64> = values.collect();
    sorted.sort_by(f64::total_cmp);
    let (least, most) = (*sorted.first()?, *sorted.last()?);
    let middle = sorted.len() / 2;
    let median = if sorted.len() % 2 == 1 {
        sorted[middle]
    } else {
        (sorted[middle - 1] + sorted[middle]) / 2.0
    };
    Some([median, least, most])
}

#[test]
fn the_middle_of_samples() {
    let check = |values: &[f64], expected| assert_eq!(spread(values.iter().copied()), expected, "{values:?}");
    check(&[], None);
    check(&[3.0, 1.0, 2.0], Some([2.0, 1.0, 3.0]));
    check(&[4.0, 1.0, 2.0, 3.0], Some([2.5, 1.0, 4.0]));
}
