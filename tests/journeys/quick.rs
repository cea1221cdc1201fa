//! Write first, file afterwards: two taps from Today to writing, without a network, and a flat battery in between. Then
//! the note finds its customer.

use crate::travel;
use anyhow::{Context, Result, ensure};
use rapport_tests::browser::PHONE;
use rapport_tests::device::Device;
use rapport_tests::stage::Stage;
use rapport_tests::wait;

const NOTE: &str = "门口遇到老板，下月扩建厂房，问贷款利率";

#[test]
fn a_note_is_written_first_and_filed_afterwards() -> Result<()> {
    travel(write_and_file())
}

async fn write_and_file() -> Result<()> {
    let stage = Stage::new().await?;
    let manager = stage.device_of("rm1", PHONE).await?;
    let name = first_customer(&manager).await?;
    manager.browser.press("nav-today").await?;
    manager.go_offline().await?;

    manager.browser.press("add").await?;
    manager.browser.press("add-note").await?;
    manager.browser.wait_for_focus("written-text").await?;
    manager.browser.fill("written-text", NOTE).await?;
    wait_until_kept(&manager).await?;
    let manager = manager.crash_and_restart().await?;

    manager.browser.set_offline(true).await?;
    manager.open().await?;
    manager.unlock().await?;
    manager.browser.press("add").await?;
    manager.browser.wait_for_text("unfiled", &[NOTE]).await?;
    manager.browser.press("unfiled").await?;
    let kept = manager.browser.find("written-text").await?.prop("value").await?;
    ensure!(kept.as_deref() == Some(NOTE), "the draft holds {kept:?}");
    manager.browser.press("file").await?;
    manager.browser.wait_for_focus("pick-customer").await?;
    manager.browser.fill("pick-customer", &name).await?;
    manager.browser.wait_for_text("pick-customer-option", &[&name]).await?;
    manager.browser.press("pick-customer-option").await?;

    let filed = manager.browser.find("note-text").await?.prop("value").await?;
    ensure!(filed.as_deref() == Some(NOTE), "the form holds {filed:?}");
    manager.browser.press("next-week").await?;
    manager.browser.press("form-save").await?;
    // Back where the writing began, and nothing is left to file.
    manager.browser.find("today-summary").await?;
    manager.browser.press("add").await?;
    manager.browser.find("add-note").await?;
    ensure!(
        !manager.browser.shows("unfiled").await?,
        "the note is filed, and still offered"
    );
    manager.browser.press("add-customer").await?;
    manager.browser.press("form-close").await?;

    manager.go_online().await?;
    manager.wait_until_all_is_sent().await?;
    manager.open_customer(&name, &name).await?;
    manager.browser.wait_for_text("timeline-entry", &[NOTE]).await?;
    Ok(())
}

async fn first_customer(device: &Device) -> Result<String> {
    device.browser.press("nav-customers").await?;
    device.browser.find("customer-row").await?.click().await?;
    let name = device.browser.find("customer-name").await?.text().await?;
    Ok(name.lines().next().context("the card has no name")?.to_owned())
}

/// Waits until the form says that what was typed is on the disk.
async fn wait_until_kept(device: &Device) -> Result<()> {
    let said = wait::until("the draft to be kept", wait::PATIENCE, async || {
        let said = device.browser.texts("draft-state").await?;
        Ok(said.iter().any(|text| text.contains(KEPT)).then_some(()))
    });
    said.await
}

/// What is said once a draft is on the disk, in the language these browsers ask for.
const KEPT: &str = "已保存";
