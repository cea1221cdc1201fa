//! The simulator's own gate: a few hundred seeds hold, the same seed gives the same trace, and every sabotage is
//! noticed. Seeds that once failed are kept by name.

use super::{Faults, faults::Sabotage, run};

const SEEDS: u64 = 300;

#[test]
fn the_promises_hold_under_faults() {
    for seed in 0..SEEDS {
        let report = run(seed, &Faults::usual());
        assert!(
            report.is_ok(),
            "{}",
            report.err().map(|breach| breach.to_string()).unwrap_or_default()
        );
    }
}

#[test]
fn runs_are_not_idle() {
    let reports: Vec<_> = (0..50).filter_map(|seed| run(seed, &Faults::usual()).ok()).collect();
    let sum = |count: fn(&super::Report) -> usize| reports.iter().map(count).sum::<usize>();
    assert!(sum(|report| report.saved) > 1_000);
    assert!(sum(|report| report.refused) > 0);
    assert!(sum(|report| report.conflicts) > 50);
    assert!(sum(|report| report.network_faults) > 200);
    assert!(sum(|report| report.kills) > 50);
}

#[test]
fn the_same_seed_is_the_same_run() {
    let trace = |seed| run(seed, &Faults::usual()).map(|report| report.trace).ok();
    assert_eq!(trace(7), trace(7));
    assert_ne!(trace(7), trace(8));
}

#[test]
fn every_sabotage_is_noticed() {
    for sabotage in Sabotage::ALL {
        let faults = Faults::sabotaged(sabotage);
        let noticed = (0..SEEDS).find(|seed| run(*seed, &faults).is_err());
        assert!(noticed.is_some(), "{sabotage:?} went unnoticed");
    }
}
