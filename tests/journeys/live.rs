//! What is written on one device is on another at once, though nobody touches that one; and again so after the other
//! was without a network. Each wait ends before the device that waits would have asked the server by its own timer.

use std::time::{Duration, Instant};

use crate::travel;
use anyhow::{Context, Result};
use rapport_tests::browser::{PHONE, TABLET};
use rapport_tests::device::Device;
use rapport_tests::stage::Stage;

/// A device that has just asked the server does not ask by itself for a minute; less what a slow machine may take to
/// say that it has asked.
const QUIET: Duration = Duration::from_secs(50);

#[test]
fn a_note_is_on_the_other_device_at_once() -> Result<()> {
    travel(two_devices())
}

async fn two_devices() -> Result<()> {
    let stage = Stage::new().await?;
    let tablet = stage.device_of("rm1", TABLET).await?;
    let phone = stage.device_of("rm1", PHONE).await?;
    tablet.browser.press("nav-customers").await?;
    tablet.browser.find("customer-row").await?.click().await?;
    let name = tablet.browser.find("customer-name").await?.text().await?;
    let name = name.lines().next().context("the card has no name")?;
    phone.open_customer(name, name).await?;
    travels(&tablet, &phone, "客户来电，想了解大额存单").await?;
    travels(&phone, &tablet, "已回电，约定周四面谈").await?;

    phone.go_offline().await?;
    phone.wait_for_badge("offline").await?;
    let missed = "财务总监换人，请更新联系人";
    tablet.write_note(missed).await?;
    tablet.wait_until_all_is_sent().await?;
    phone.go_online().await?;
    phone.browser.wait_for_text("timeline-entry", &[missed]).await?;
    travels(&tablet, &phone, "周四面谈改到十点").await
}

/// Writes a note on one device and waits for it on the other.
async fn travels(from: &Device, to: &Device, note: &str) -> Result<()> {
    to.sync_soon().await?;
    to.wait_for_badge("synced").await?;
    let asked = Instant::now();
    from.write_note(note).await?;
    let left = QUIET.saturating_sub(asked.elapsed());
    to.browser.wait_for_text_within("timeline-entry", &[note], left).await?;
    Ok(())
}
