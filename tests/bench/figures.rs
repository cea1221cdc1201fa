//! Collects what was measured and prints it: each sample as a line of JSON, then medians and ratios. It judges nothing.

use crate::Plan;
use anyhow::Result;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::fs;

/// What we are called among the others.
pub const OURS: &str = "rapport";

/// What one run measured, by its number.
type Runs = BTreeMap<u32, Value>;

/// Samples by peer, workload and run, and what failed.
pub struct Figures {
    /// The run that is going on; samples of the same run are compared with each other.
    pub run: u32,
    samples: BTreeMap<String, BTreeMap<String, Runs>>,
    pub failures: Vec<Value>,
    load: String,
}

impl Figures {
    /// Nothing measured yet.
    pub fn new() -> Self {
        Self {
            run: 0,
            samples: BTreeMap::new(),
            failures: Vec::new(),
            load: load(),
        }
    }

    /// Adds a sample and prints it.
    pub fn add(&mut self, peer: &str, workload: &str, sample: Value) {
        let mut line = json!({ "peer": peer, "workload": workload, "run": self.run });
        if let (Some(line), Some(members)) = (line.as_object_mut(), sample.as_object()) {
            line.extend(members.clone());
        }
        println!("{line}");
        let workloads = self.samples.entry(peer.to_owned()).or_default();
        let runs = workloads.entry(workload.to_owned()).or_default();
        runs.insert(self.run, sample);
    }

    /// Notes that a workload did not succeed.
    pub fn fail(&mut self, peer: &str, workload: &str, reason: &str) {
        eprintln!("{peer} {workload} FAILED: {reason}");
        self.failures
            .push(json!({ "peer": peer, "workload": workload, "run": self.run, "error": reason }));
    }

    /// Prints medians and ratios for people, then everything as the last line; all samples go to a file.
    pub fn print(&self, plan: &Plan) -> Result<()> {
        for workload in &plan.workloads {
            self.print_workload(workload);
        }
        let summary = json!({
            "about": plan.about, "workloads": plan.workloads, "rtt_ms": plan.rtt_ms, "down_mbps": plan.down_mbps, "up_mbps": plan.up_mbps, "runs": plan.runs,
            "scale": plan.scale, "idb": plan.idb, "loadavg_before": self.load, "loadavg_after": load(),
            "failures": self.failures, "median": self.medians(),
        });
        let mut whole = summary.clone();
        whole["samples"] = json!(self.samples);
        fs::write(&plan.results, serde_json::to_vec_pretty(&whole)?)?;
        eprintln!("\nAll samples: {}", plan.results.display());
        println!("{summary}");
        Ok(())
    }

    fn print_workload(&self, workload: &str) {
        eprintln!(
            "\n{workload:<26} {:>9} {:>9} {:>9} {:>9}  we / they: median (least, most)",
            "median", "min", "max", "wire KB"
        );
        for peer in self.samples.keys() {
            let times = self.values(peer, workload, "ms");
            let Some(median) = median(&times) else { continue };
            let (least, most) = bounds(&times);
            let wire = self.values(peer, workload, "wire_bytes");
            let wire = crate::figures::median(&wire).map_or(String::new(), |bytes| format!("{:.0}", bytes / 1e3));
            let ratios = self.ratios(workload, peer);
            let (low, high) = bounds(&ratios);
            let ratio = crate::figures::median(&ratios).filter(|_| peer != OURS);
            let ratio = ratio.map_or(String::new(), |ratio| format!("{ratio:.2} ({low:.2}, {high:.2})"));
            eprintln!("  {peer:<24} {median:>9.1} {least:>9.1} {most:>9.1} {wire:>9}  {ratio}");
        }
    }

    /// Our times over a peer's, of the runs in which both succeeded.
    fn ratios(&self, workload: &str, peer: &str) -> Vec<f64> {
        let (Some(ours), Some(theirs)) = (self.runs(OURS, workload), self.runs(peer, workload)) else {
            return Vec::new();
        };
        let pairs = ours.iter().filter_map(|(run, our)| Some((our, theirs.get(run)?)));
        let ratios = pairs.filter_map(|(our, their)| Some(our["ms"].as_f64()? / their["ms"].as_f64()?));
        ratios.collect()
    }

    fn runs(&self, peer: &str, workload: &str) -> Option<&Runs> {
        self.samples.get(peer)?.get(workload)
    }

    fn values(&self, peer: &str, workload: &str, member: &str) -> Vec<f64> {
        let samples = self.runs(peer, workload).into_iter().flat_map(Runs::values);
        samples.filter_map(|sample| sample[member].as_f64()).collect()
    }

    /// In the form of the other libraries' harness, with our time over theirs (`ratio`: median, least, most).
    fn medians(&self) -> Value {
        let mut all = Map::new();
        for (peer, workloads) in &self.samples {
            let mut own = Map::new();
            for (workload, samples) in workloads {
                let mut row = json!({ "n": samples.len() });
                let members = samples.values().filter_map(Value::as_object).flat_map(Map::keys);
                for member in members.collect::<std::collections::BTreeSet<_>>() {
                    let value = median(&self.values(peer, workload, member));
                    row[member] = json!(value.map(|value| (value * 100.0).round() / 100.0));
                }
                let (least, most) = bounds(&self.values(peer, workload, "ms"));
                row["ms_min"] = json!(least);
                row["ms_max"] = json!(most);
                let ratios = self.ratios(workload, peer);
                if let Some(ratio) = median(&ratios).filter(|_| peer != OURS) {
                    let (low, high) = bounds(&ratios);
                    row["ratio"] = json!([ratio, low, high]);
                }
                own.insert(workload.clone(), row);
            }
            all.insert(peer.clone(), own.into());
        }
        all.into()
    }
}

/// The middle one, or the mean of the two in the middle.
pub fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => None,
        length if length % 2 == 1 => Some(sorted[middle]),
        _ => Some((sorted[middle - 1] + sorted[middle]) / 2.0),
    }
}

/// The least and the most.
pub fn bounds(values: &[f64]) -> (f64, f64) {
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    (least, most)
}

/// How busy the machine is, as the system says it.
pub fn load() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').take(3).collect::<Vec<_>>().join(" ")
}

#[test]
fn the_middle_of_samples() {
    let check = |values: &[f64], expected| assert_eq!(median(values), expected, "{values:?}");
    check(&[], None);
    check(&[3.0, 1.0, 2.0], Some(2.0));
    check(&[4.0, 1.0, 2.0, 3.0], Some(2.5));
}

#[test]
fn a_failed_run_shifts_no_other() {
    let mut figures = Figures::new();
    for (run, our, their) in [
        (1, Some(10.0), Some(5.0)),
        (2, None, Some(1.0)),
        (3, Some(30.0), Some(10.0)),
    ] {
        figures.run = run;
        for (peer, time) in [(OURS, our), ("raw", their)] {
            if let Some(time) = time {
                figures.add(peer, "w1", json!({ "ms": time }));
            }
        }
    }
    assert_eq!(figures.ratios("w1", "raw"), [2.0, 3.0]);
    assert!(figures.ratios("w1", "yjs").is_empty());
}
