//! What processes of this machine use, as the kernel tells it. It reads /proc and nothing else.

use std::fs;
use std::time::{Duration, Instant};

use anyhow::Context as _;

/// Ticks of the kernel's clock in a second, on every Linux there is.
const TICKS: u64 = 100;

/// Memory of a process, in kilobytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory {
    /// What it holds itself.
    pub own: u64,
    /// Parts of files it looks into: the kernel's copies, counted once for each connection that looks.
    pub mapped: u64,
}

/// A moment's reading.
#[derive(Clone, Copy, Debug)]
pub struct Usage {
    pub at: Instant,
    /// The server's memory.
    pub memory: Memory,
    /// Processor time of the server.
    pub server: Duration,
    /// Processor time of the database's own processes.
    pub database: Duration,
    /// Processor time of the devices, which are this process.
    pub devices: Duration,
}

impl Usage {
    /// Of the server `process`, of the database whose first process is `cluster`, and of this process.
    pub fn of(process: u32, cluster: Option<u32>) -> anyhow::Result<Self> {
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
        Some(Self {
            own: number(status, "RssAnon:")?,
            mapped: number(status, "RssFile:")?,
        })
    }
}

/// The most memory, in kilobytes, that `process` or a process it started has held at once so far, files it looks into
/// included.
pub fn peak(process: u32) -> anyhow::Result<u64> {
    let of = |process: u32| {
        let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
        number(&status, "VmHWM:")
    };
    let own = of(process).context("no memory in /proc")?;
    Ok(children(process)?.filter_map(of).fold(own, u64::max))
}

/// The number behind `name` in a status of /proc.
fn number(status: &str, name: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.trim().split(' ').next()?.parse().ok()
}

/// Processes that `process` started. One that has just ended is not among them.
fn children(process: u32) -> anyhow::Result<impl Iterator<Item = u32>> {
    let entries = fs::read_dir("/proc")?.flatten();
    let numbers = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    Ok(numbers.filter(move |number| Stat::of(*number).is_ok_and(|stat| stat.parent == process)))
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
    for child in children(process)? {
        // One that has just ended is counted with its parent.
        if let Ok(stat) = Stat::of(child) {
            time += stat.time;
        }
    }
    Ok(time)
}

/// How busy the machine was in the last minute.
pub fn load_average() -> anyhow::Result<String> {
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
