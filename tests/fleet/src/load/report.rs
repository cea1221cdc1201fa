//! The figures of a day as a table, and how they grow with the bank. It judges nothing.

use std::fmt;
use std::time::Duration;

use super::person::Samples;
use crate::times::percentile;
use crate::usage::{Memory, Usage};

/// One part of a day.
pub(super) struct Phase {
    name: &'static str,
    samples: Samples,
    length: Duration,
    /// Shares of one processor: the server, its database, the devices.
    busy: [f64; 3],
}

/// A day.
pub(super) struct Report {
    pub(super) database: &'static str,
    pub(super) records: u64,
    pub(super) devices: usize,
    pub(super) rush: Phase,
    pub(super) small: Phase,
    /// The server's: at the start, after the rush, at the end.
    pub(super) memory: [Memory; 3],
}

impl Phase {
    pub(super) fn new(name: &'static str, mut samples: Samples, from: &Usage, to: &Usage) -> Self {
        samples.times.sort();
        let length = to.at.duration_since(from.at);
        let share = |from: Duration, to: Duration| to.saturating_sub(from).as_secs_f64() / length.as_secs_f64();
        Self {
            name,
            samples,
            length,
            busy: [
                share(from.server, to.server),
                share(from.database, to.database),
                share(from.devices, to.devices),
            ],
        }
    }

    fn at(&self, share: f64) -> f64 {
        percentile(&self.samples.times, share).as_secs_f64() * 1_000.0
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<11} {:>6} {:>9} {:>9} {:>9} {:>9} {:>7} {:>11} {:>11} {:>19}",
            "",
            "number",
            "p50 ms",
            "p99 ms",
            "max ms",
            "per s",
            "failed",
            "up B/dev",
            "down B/dev",
            "CPU server/db/devs"
        )?;
        for phase in [&self.rush, &self.small] {
            let samples = &phase.samples;
            let [server, database, devices] = phase.busy.map(|share| share * 100.0);
            writeln!(
                f,
                "{:<11} {:>6} {:>9.1} {:>9.1} {:>9.1} {:>9.1} {:>7} {:>11} {:>11} {:>19}",
                phase.name,
                samples.times.len(),
                phase.at(0.5),
                phase.at(0.99),
                phase.at(1.0),
                samples.requests as f64 / phase.length.as_secs_f64(),
                samples.failures,
                samples.traffic.up / self.devices.max(1),
                samples.traffic.down / self.devices.max(1),
                format!("{server:.0}/{database:.0}/{devices:.0} %"),
            )?;
        }
        let [start, rush, end] = self.memory.map(|memory| {
            let [own, mapped] = [memory.own, memory.mapped].map(|kilobytes| kilobytes / 1024);
            format!("{own} + {mapped} MB")
        });
        write!(
            f,
            "{} devices; the server's own memory + mapped files: {start} at the start, {rush} after the rush, {end} at \
             the end",
            self.devices
        )
    }
}

/// How small syncs of the largest bank compare with those of the smallest.
pub(super) fn growth(reports: &[Report]) {
    let (Some(first), Some(last)) = (reports.first(), reports.last()) else {
        return;
    };
    if reports.len() > 1 {
        println!(
            "\n{}, small sync with {} records against {}: p50 × {:.2}, p99 × {:.2}",
            last.database,
            last.records,
            first.records,
            last.small.at(0.5) / first.small.at(0.5),
            last.small.at(0.99) / first.small.at(0.99)
        );
    }
}
