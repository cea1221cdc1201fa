//! Runs seeds of the simulator on all cores: `simulate SEEDS [FIRST_SEED]`. Prints the count, the speed and, when a
//! promise was broken, the smallest failing seed; it exits with 1 then. One seed alone is told step by step.

use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use rapport_shared::sync::simulator::{Breach, Faults, Report, run, tell};

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1).map(|argument| argument.parse::<u64>());
    let (Some(Ok(seeds)), first) = (arguments.next(), arguments.next().unwrap_or(Ok(0))) else {
        eprintln!("usage: simulate SEEDS [FIRST_SEED]");
        return ExitCode::from(2);
    };
    let Ok(first) = first else {
        eprintln!("usage: simulate SEEDS [FIRST_SEED]");
        return ExitCode::from(2);
    };
    if seeds == 1 {
        return tell_one(first);
    }
    let started = Instant::now();
    let (total, breach) = run_all(first, seeds);
    let seconds = started.elapsed().as_secs_f64();
    println!(
        "{seeds} seeds from {first} in {seconds:.1} s ({:.0} a second): {} mutations saved, {} refused, {} conflicts, \
         {} network faults, {} kills, {} restored backups",
        seeds as f64 / seconds,
        total.saved,
        total.refused,
        total.conflicts,
        total.network_faults,
        total.kills,
        total.restores,
    );
    match breach {
        None => ExitCode::SUCCESS,
        Some(breach) => {
            println!("FAILED {breach}");
            ExitCode::FAILURE
        }
    }
}

fn tell_one(seed: u64) -> ExitCode {
    match tell(seed, &Faults::usual(), &mut |line| println!("{line}")) {
        Ok(report) => {
            println!("seed {seed} holds: {report:?}");
            ExitCode::SUCCESS
        }
        Err(breach) => {
            println!("FAILED {breach}");
            ExitCode::FAILURE
        }
    }
}

fn run_all(first: u64, seeds: u64) -> (Report, Option<Breach>) {
    let next = AtomicU64::new(first);
    let end = first.saturating_add(seeds);
    let results: Mutex<(Report, Option<Breach>)> = Mutex::default();
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= end {
                        break;
                    }
                    let result = run(seed, &Faults::usual());
                    let Ok(mut results) = results.lock() else { break };
                    add(&mut results, result);
                }
            });
        }
    });
    results.into_inner().unwrap_or_default()
}

fn add((total, first): &mut (Report, Option<Breach>), result: Result<Report, Breach>) {
    match result {
        Ok(report) => {
            total.saved += report.saved;
            total.refused += report.refused;
            total.conflicts += report.conflicts;
            total.network_faults += report.network_faults;
            total.kills += report.kills;
            total.restores += report.restores;
        }
        Err(breach) => {
            if first.as_ref().is_none_or(|known| breach.seed < known.seed) {
                *first = Some(breach);
            }
        }
    }
}
