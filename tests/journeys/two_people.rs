//! Two people change one customer's card while neither has a network: what concerns different fields merges, what
//! concerns the same field is kept twice and shown.

use crate::travel;
use anyhow::{Context, Result, ensure};
use rapport_tests::browser::{PHONE, TABLET};
use rapport_tests::device::Device;
use rapport_tests::stage::Stage;

/// The relationship managers of the demo bank's first team, by name and sign-in name.
const MANAGERS: [(&str, &str); 2] = [("陈晓东", "rm1"), ("王丽娟", "rm2")];

#[test]
fn different_fields_merge_and_the_same_field_keeps_both_values() -> Result<()> {
    travel(both_edit_offline())
}

async fn both_edit_offline() -> Result<()> {
    let stage = Stage::new().await?;
    let lead = stage.device_of("lead1", PHONE).await?;
    let (name, login) = first_pinned(&lead).await?;
    let manager = stage.device_of(login, TABLET).await?;

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

/// The name of a customer whom the team's lead holds as well, and the sign-in name of the manager who looks after it.
pub(crate) async fn first_pinned(lead: &Device) -> Result<(String, &'static str)> {
    lead.browser.press("nav-customers").await?;
    lead.browser.find("customer-row").await?.click().await?;
    let name = lead.browser.find("customer-name").await?.text().await?;
    let card = lead.browser.find("customer-card").await?.text().await?;
    let manager = MANAGERS.iter().find(|(manager, _)| card.contains(manager));
    let (_, login) = manager.with_context(|| format!("no manager of the team on the card: {card}"))?;
    let name = name.lines().next().context("the card has no name")?;
    Ok((name.to_owned(), login))
}
