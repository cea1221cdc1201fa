//! Two people change one customer's card while neither has a network: what concerns different fields merges, what
//! concerns the same field is kept twice and shown.

use crate::travel;
use anyhow::{Context, Result, ensure};
use rapport_tests::browser::{PHONE, TABLET};
use rapport_tests::device::Device;
use rapport_tests::stage::Stage;

#[test]
fn different_fields_merge_and_the_same_field_keeps_both_values() -> Result<()> {
    travel(both_edit_offline())
}

async fn both_edit_offline() -> Result<()> {
    let stage = Stage::new().await?;
    let manager = stage.device_of("rm1", TABLET).await?;
    let lead = stage.device_of("lead1", PHONE).await?;
    let name = first_customer(&manager).await?;

    manager.go_offline().await?;
    lead.go_offline().await?;
    manager.open_customer(&name, &name).await?;
    manager
        .edit(&[("email", "zhang@example.com"), ("phone", "0755-11111111")])
        .await?;
    lead.open_customer(&name, &name).await?;
    lead.edit(&[("wechat", "cao-li-1960"), ("phone", "0755-22222222")])
        .await?;

    manager.go_online().await?;
    manager.wait_until_all_is_sent().await?;
    lead.go_online().await?;
    lead.wait_until_all_is_sent().await?;
    manager.sync_soon().await?;

    for device in [&manager, &lead] {
        let everything = ["zhang@example.com", "cao-li-1960", "0755-22222222"];
        device.browser.wait_for_text("customer-card", &everything).await?;
        device.browser.find("conflict-mark").await?;
        let history = device.history("phone").await?.join("\n");
        ensure!(
            history.contains("0755-11111111") && history.contains("0755-22222222"),
            "a value is lost: {history}"
        );
    }
    Ok(())
}

/// The name of a customer whom the manager looks after, and therefore the team's lead sees as well.
async fn first_customer(device: &Device) -> Result<String> {
    device.browser.press("nav-customers").await?;
    device.browser.find("customer-row").await?.click().await?;
    let name = device.browser.find("customer-name").await?.text().await?;
    name.lines().next().map(str::to_owned).context("the card has no name")
}
