//! The simulator's own gate: a few hundred seeds hold, the same seed gives the same trace, and every sabotage is
//! noticed. Seeds that once failed are kept by name.

use super::{Faults, faults::Sabotage, run};

const SEEDS: u64 = 300;
/// Seeds among which a sabotage has to be noticed; nearly all are by the first ten.
const SEARCHED: u64 = 2_000;

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
    assert!(sum(|report| report.cut_answers) > 20);
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
        let noticed = (0..SEARCHED).find(|seed| run(*seed, &faults).is_err());
        let whole = noticed.map(|seed| run(seed, &Faults::usual()).is_ok());
        assert_eq!(whole, Some(true), "{sabotage:?}: noticed at {noticed:?}");
    }
}

/// Seeds that broke a promise, and how. A seed is a run only as long as the runs draw the same chances, so these may
/// come to show something else; what they found is pinned by tests of its own as well.
const SEEDS_THAT_ONCE_FAILED: [(u64, &str); 2] = [
    (
        4,
        "a book that was nobody's yet became the property of whoever signed in next",
    ),
    (
        22_122,
        "acknowledged work about a customer read online was not offered to a restored server",
    ),
];

#[test]
fn seeds_that_once_failed_hold() {
    for (seed, what) in SEEDS_THAT_ONCE_FAILED {
        let breach = run(seed, &Faults::usual()).err();
        assert!(breach.is_none(), "{what}, and again: {breach:?}");
    }
}

#[test]
fn a_told_run_is_the_same_run() {
    let mut lines = 0;
    let told = super::tell(7, &Faults::usual(), &mut |_| lines += 1);
    let trace = |run: Result<super::Report, super::Breach>| run.map(|report| report.trace).ok();
    assert_eq!(trace(told), trace(run(7, &Faults::usual())));
    assert!(lines > 100);
}
