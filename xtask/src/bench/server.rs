//! Measures the released server beside other servers, with the program of the headless devices. It gets the others ready
//! and judges no figures.

use super::{Options, copy_of_harness, install_kinto};
use crate::{fleet, process};
use anyhow::Result;
use std::path::Path;

/// Builds, then measures; the last line is JSON.
///
/// # Errors
/// Something cannot be built, or a result was wrong.
pub fn bench(options: &Options, folder: &Path) -> Result<()> {
    let mut fleet = fleet::fleet(!options.quick, "bench")?;
    fleet.args(["--runs", &options.runs.to_string()]);
    fleet.args(["--customers", &options.customers.to_string()]);
    fleet.arg("--folder").arg(folder);
    if let Some(harness) = &options.peers {
        let copy = copy_of_harness(harness, &folder.join("peers"), options.scale)?;
        install_kinto(&copy)?;
        fleet.arg("--peers").arg(copy);
    }
    process::run(&mut fleet)
}
