//! A team's lead looks at a customer of the team online, keeps it on the device, reads it without a network, hands it
//! over to another manager and lets it go again. The old manager's device loses it without losing a word.

use crate::travel;
use anyhow::{Context, Result, bail, ensure};
use rapport_tests::browser::{PHONE, TABLET};
use rapport_tests::device::Device;
use rapport_tests::stage::Stage;
use rapport_tests::{axe, wait};
use serde_json::json;

/// The manager who takes over, rm2 of the demo bank.
const SUCCESSOR: &str = "王丽娟";
/// The manager who has it, rm1.
const OWNER: &str = "陈晓东";
const NOTE: &str = "移交前的最后一次拜访：客户想扩建二号厂房";
/// What the new manager is asked to do.
const INTRODUCTION: &str = "致电问候";

#[test]
fn reads_online_keeps_hands_over_and_lets_go() -> Result<()> {
    travel(lead_a_team())
}

async fn lead_a_team() -> Result<()> {
    let stage = Stage::new().await?;
    let lead = stage.device_of("lead1", TABLET).await?;
    let manager = stage.device_of("rm1", TABLET).await?;
    let name = not_held_by(&lead, &manager).await?;

    look_online(&lead, &name).await?;
    ensure!(
        !lead.browser.shows("add-note").await?,
        "an online card can be written on"
    );
    axe::examine(&lead.browser, "online-card").await?;
    lead.browser.press("pin").await?;
    lead.browser.find_within("customer-card", wait::LONG_PATIENCE).await?;

    lead.go_offline().await?;
    lead.browser.press("nav-customers").await?;
    lead.browser.fill("search", OWNER).await?;
    lead.browser.find("online-trouble").await?;
    axe::examine(&lead.browser, "online-offline").await?;
    lead.browser.press("show-held").await?;
    lead.open_customer(&name, &name).await?;
    lead.browser.wait_for_text("customer-line", &[OWNER]).await?;
    lead.go_online().await?;
    lead.wait_until_all_is_sent().await?;

    let_help_and_no_longer(&lead).await?;
    manager.go_offline().await?;
    manager.write_note(NOTE).await?;
    hand_over(&lead).await?;
    lead.undo_last().await?;
    lead.browser.wait_for_text("customer-line", &[OWNER]).await?;
    hand_over(&lead).await?;
    lead.wait_until_all_is_sent().await?;

    let successor = stage.device_of("rm2", PHONE).await?;
    successor.browser.wait_for_text("stop", &[INTRODUCTION]).await?;
    successor.open_customer(&name, &name).await?;
    loses_no_word(&manager, &successor).await?;
    manager.browser.press("nav-customers").await?;
    manager.browser.fill("search", &name).await?;
    wait_until_gone(&manager).await?;

    lead.browser.press("unpin").await?;
    lead.browser.find_within("online-card", wait::LONG_PATIENCE).await?;
    lead.browser
        .wait_for_text("customer-line", &[SUCCESSOR])
        .await
        .map(drop)
}

/// Opens a customer on the manager's device that the lead does not hold; its name.
async fn not_held_by(lead: &Device, manager: &Device) -> Result<String> {
    lead.browser.press("nav-customers").await?;
    lead.browser.find("customer-row").await?;
    let mut held = Vec::new();
    for row in lead.browser.all("customer-row").await? {
        held.extend(row.attr("data-id").await?);
    }
    manager.browser.press("nav-customers").await?;
    manager.browser.find("customer-row").await?;
    for row in manager.browser.all("customer-row").await? {
        if row.attr("data-id").await?.is_some_and(|id| !held.contains(&id)) {
            row.click().await?;
            let name = manager.browser.find("customer-name").await?.text().await?;
            return name.lines().next().map(str::to_owned).context("the card has no name");
        }
    }
    bail!("the lead holds everything in sight: {held:?}")
}

/// Finds the customer on the server and opens it.
async fn look_online(lead: &Device, name: &str) -> Result<()> {
    lead.browser.press("source-online").await?;
    lead.browser.find("customer-row").await?;
    axe::examine(&lead.browser, "online-list").await?;
    lead.open_customer(name, name).await?;
    lead.browser.find("online-card").await.map(drop)
}

/// Makes the other manager a co-manager, whom the card then names, and takes that away again.
async fn let_help_and_no_longer(lead: &Device) -> Result<()> {
    lead.browser.press("in-charge").await?;
    choose(lead, "helper", SUCCESSOR).await?;
    lead.browser.press("add-helper").await?;
    lead.browser.wait_for_text("co-manager", &[SUCCESSOR]).await?;
    lead.browser.wait_for_text("customer-line", &[OWNER, SUCCESSOR]).await?;
    lead.browser.press("remove-helper").await?;
    wait::until("nobody to help any more", wait::PATIENCE, async || {
        Ok((!lead.browser.shows("co-manager").await?).then_some(()))
    })
    .await?;
    lead.browser.run("document.querySelector('dialog[open]').close()").await
}

/// Chooses from a list what says the word.
async fn choose(device: &Device, list: &str, word: &str) -> Result<()> {
    device.browser.find(list).await?;
    let script = "
        const list = document.querySelector(`[data-test=${arguments[0]}]`);
        list.value = [...list.options].find(option => option.text.includes(arguments[1])).value;
        list.dispatchEvent(new Event('change', { bubbles: true }));";
    device
        .browser
        .script(script, vec![json!(list), json!(word)])
        .await
        .map(drop)
}

async fn hand_over(lead: &Device) -> Result<()> {
    lead.browser.press("in-charge").await?;
    choose(lead, "successor", SUCCESSOR).await?;
    lead.browser.find("handover-moves").await?;
    axe::examine(&lead.browser, "handover").await?;
    lead.browser.press("hand-over").await?;
    lead.browser
        .wait_for_text("customer-line", &[SUCCESSOR])
        .await
        .map(drop)
}

/// The old manager's note reaches the new one, or stays with its author as refused; it is never just gone.
async fn loses_no_word(manager: &Device, successor: &Device) -> Result<()> {
    manager.go_online().await?;
    manager.browser.press("nav-status").await?;
    wait::until("the note to be somewhere", wait::LONG_PATIENCE, async || {
        successor.sync_soon().await?;
        let arrived = successor.browser.texts("timeline-entry").await?;
        let refused = manager.browser.texts("refused-row").await?;
        if arrived.iter().chain(&refused).any(|text| text.contains(NOTE)) {
            return Ok(Some(()));
        }
        bail!("neither in {arrived:?} nor in {refused:?}")
    })
    .await
}

async fn wait_until_gone(device: &Device) -> Result<()> {
    wait::until("the customer to leave the device", wait::LONG_PATIENCE, async || {
        let rows = device.browser.texts("customer-row").await?;
        if rows.is_empty() {
            return Ok(Some(()));
        }
        bail!("it shows {rows:?}")
    })
    .await
}
