//! What processes of this machine use, as the kernel tells it. It reads /proc and nothing else.

use std::fs;
use std::time::{Duration, Instant};

use anyhow::Context as _;

/// Ticks of the kernel's clock in a second, on every Linux there is.
const TICKS: u64 = 100;

/// Memory of a process, in kilobytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Memory {
    /// What it holds itself.
    pub(super) own: u64,
    /// Parts of files it looks into: the kernel's copies, counted once for each connection that looks.
    pub(super) mapped: u64,
}

/// A moment's reading.
#[derive(Clone, Copy, Debug)]
pub(super) struct Usage {
    pub(super) at: Instant,
    /// The server's memory.
    pub(super) memory: Memory,
    /// Processor time of the server.
    pub(super) server: Duration,
    /// Processor time of the database's own processes.
    pub(super) database: Duration,
    /// Processor time of the devices, which are this process.
    pub(super) devices: Duration,
}

impl Usage {
    /// Of the server `process`, of the database whose first process is `cluster`, and of this process.
    pub(super) fn of(process: u32, cluster: Option<u32>) -> anyhow::Result<Self> {
        Ok(Self {
            at: Instant::now(),
            memory: memory(process)?,
            server: Stat::of(process)?.time,
            database: cluster.map(family).transpose()?.unwrap_or_default(),
            devices: Stat::of(std::process::id())?.time,
        })
    }
}

fn memory(process: u32) -> anyhow::Result<Memory> {
    Memory::read(&fs::read_to_string(format!("/proc/{process}/status"))?).context("no memory in /proc")
}

impl Memory {
    fn read(status: &str) -> Option<Self> {
        let number = |name| {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            line.trim().split(' ').next()?.parse().ok()
        };
        Some(Self {
            own: number("RssAnon:")?,
            mapped: number("RssFile:")?,
        })
    }
}

struct Stat {
    parent: u32,
    time: Duration,
    /// Of children that have ended.
    children: Duration,
}

impl Stat {
    fn of(process: u32) -> anyhow::Result<Self> {
        Self::read(&fs::read_to_string(format!("/proc/{process}/stat"))?).context("a short line in /proc")
    }

    /// The name in brackets may hold anything; what follows it is numbers.
    fn read(text: &str) -> Option<Self> {
        let numbers: Vec<&str> = text.rsplit(')').next()?.split_whitespace().collect();
        let number = |at: usize| numbers.get(at)?.parse::<u64>().ok();
        let time = |ticks: u64| Duration::from_millis(ticks * 1_000 / TICKS);
        Some(Self {
            parent: u32::try_from(number(1)?).ok()?,
            time: time(number(11)? + number(12)?),
            children: time(number(13)? + number(14)?),
        })
    }
}

/// Processor time of a process and all it started.
fn family(process: u32) -> anyhow::Result<Duration> {
    let own = Stat::of(process)?;
    let mut time = own.time + own.children;
    for entry in fs::read_dir("/proc")?.flatten() {
        let Some(number) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        // One that has just ended is counted with its parent.
        if let Ok(stat) = Stat::of(number)
            && stat.parent == process
        {
            time += stat.time;
        }
    }
    Ok(time)
}

/// How busy the machine was in the last minute.
pub(super) fn load_average() -> anyhow::Result<String> {
    let text = fs::read_to_string("/proc/loadavg")?;
    Ok(text.split(' ').next().unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_proc_are_read() {
        let line = "77 (a) b (c) S 12 77 77 0 -1 4194560 1 2 3 4 250 50 100 20 20 0 1 0 5 6 7";
        let stat = Stat::read(line).map(|stat| (stat.parent, stat.time.as_millis(), stat.children.as_millis()));
        assert_eq!(stat, Some((12, 3_000, 1_200)));
        assert!(Stat::read("77 (short) S").is_none());
        let status = "VmRSS:\t  170 kB\nRssAnon:\t  120 kB\nRssFile:\t   50 kB\n";
        assert_eq!(Memory::read(status), Some(Memory { own: 120, mapped: 50 }));
        assert_eq!(Memory::read("VmRSS:\t  170 kB\n"), None);
    }
}
