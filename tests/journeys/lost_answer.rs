//! The server takes a change in, but its answer is lost on the way: the device must send again, and nothing may come
//! to be there twice.

use crate::travel;
use anyhow::{Result, ensure};
use rapport_tests::browser::{PHONE, TABLET};
use rapport_tests::device::Device;
use rapport_tests::network::Weather;
use rapport_tests::stage::Stage;
use rapport_tests::wait;

const NOTE: &str = "电话确认：客户下周三到行签约";

#[test]
fn nothing_doubles() -> Result<()> {
    travel(answer_is_lost())
}

async fn answer_is_lost() -> Result<()> {
    let stage = Stage::new().await?;
    let manager = stage.device_of("rm1", PHONE).await?;
    manager.browser.press("nav-customers").await?;
    manager.browser.find("customer-row").await?.click().await?;
    let name = manager.browser.find("customer-name").await?.text().await?;

    manager.network.set(Weather::AnswersLost);
    manager.write_note(NOTE).await?;
    // The first answer lost from now on may be that to a question asked before the note was there; the second is not.
    let enough = manager.network.lost_answers() + 2;
    wait::until_ready("the server's answers to be lost", wait::LONG_PATIENCE, || {
        Ok((manager.network.lost_answers() >= enough).then_some(()))
    })
    .await?;

    // Another device shows the note already, while the one it was written on must still count it as unsent.
    let other = stage.device_of("rm1", TABLET).await?;
    other.open_customer(&name, &name).await?;
    has_the_note_once(&other).await?;
    let (_, unsent) = manager.badge().await?;
    ensure!(
        unsent == 1,
        "without an acknowledgement the note is unsent, yet the badge counts {unsent}"
    );

    manager.network.set(Weather::Fair);
    manager.sync_soon().await?;
    manager.wait_until_all_is_sent().await?;
    has_the_note_once(&manager).await?;
    other.sync_soon().await?;
    other.wait_for_badge("synced").await?;
    has_the_note_once(&other).await
}

async fn has_the_note_once(device: &Device) -> Result<()> {
    device.browser.wait_for_text("timeline-entry", &[NOTE]).await?;
    let entries = device.browser.texts("timeline-entry").await?;
    let count = entries.iter().filter(|entry| entry.contains(NOTE)).count();
    ensure!(count == 1, "the note is there {count} times: {entries:?}");
    Ok(())
}
