//! What people do with Rapport from end to end, in a real browser against the real server. They see what a person
//! sees; no journey reaches into the app or the database.

mod accessibility;
mod board;
mod circles;
mod conflict_inbox;
mod disk;
mod everyday;
mod frame;
mod lead;
mod list;
mod live;
mod lost_answer;
mod navigation;
mod offline_visit;
mod parts;
mod quick;
mod two_people;
mod views;
mod wipe;
mod work;

use anyhow::Result;
use rapport_tests::environment;

/// Runs a journey where a browser is to be had.
fn travel(journey: impl Future<Output = Result<()>>) -> Result<()> {
    if !environment::browser_is_here()? {
        return Ok(());
    }
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(journey)
}
