//! What happened in a run, counted, and the table it ends with.

use std::fmt;
use std::time::Duration;

/// See the module.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    pub(super) time: Duration,
    pub(super) requests: usize,
    pub(super) failed_requests: usize,
    pub(super) bytes: usize,
    pub(super) saved: usize,
    pub(super) acknowledged: usize,
    pub(super) refused: usize,
    pub(super) conflicts: usize,
    pub(super) server_kills: usize,
    pub(super) device_kills: usize,
    pub(super) sign_outs: usize,
    pub(super) cuts: usize,
    pub(super) full_disks: usize,
    pub(super) database_crashes: usize,
}

impl Tally {
    pub(super) fn add(&mut self, other: Self) {
        self.time += other.time;
        self.requests += other.requests;
        self.failed_requests += other.failed_requests;
        self.bytes += other.bytes;
        self.saved += other.saved;
        self.acknowledged += other.acknowledged;
        self.refused += other.refused;
        self.conflicts += other.conflicts;
        self.server_kills += other.server_kills;
        self.device_kills += other.device_kills;
        self.sign_outs += other.sign_outs;
        self.cuts += other.cuts;
        self.full_disks += other.full_disks;
        self.database_crashes += other.database_crashes;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = [
            ("requests", self.requests),
            ("  of these without an answer", self.failed_requests),
            ("kilobytes, both ways", self.bytes / 1_000),
            ("mutations saved", self.saved),
            ("  of these acknowledged", self.acknowledged),
            ("  of these refused", self.refused),
            ("conflicts", self.conflicts),
            ("servers killed", self.server_kills),
            ("devices killed", self.device_kills),
            ("sign-outs", self.sign_outs),
            ("connections cut", self.cuts),
            ("times the disk was full", self.full_disks),
            ("PostgreSQL crashes", self.database_crashes),
        ];
        writeln!(f, "{:<30} {:>8.1}", "minutes", self.time.as_secs_f64() / 60.0)?;
        for (name, number) in rows {
            writeln!(f, "{name:<30} {number:>8}")?;
        }
        Ok(())
    }
}
