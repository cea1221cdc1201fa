//! Two people change the same things of one customer while neither has a network. The inbox shows each with both
//! values, and lets one person decide, without a network again: restore, combine, keep, and take a decision back.

use crate::travel;
use crate::two_people::first_pinned;
use anyhow::{Context, Result, bail, ensure};
use rapport_tests::browser::{PHONE, TABLET};
use rapport_tests::device::Device;
use rapport_tests::stage::Stage;
use rapport_tests::{axe, wait};

/// Labels of the interface in the browser's language.
const PHONE_FIELD: &str = "电话";
const REMARK_FIELD: &str = "备注";
/// The key person, whom the demo bank does not know.
const PERSON: &str = "欧阳静怡";

const MINE: &str = "0755-11111111";
const THEIRS: &str = "0755-22222222";
const REMARK: &str = "财务总监主事。下季度续贷。厂房自有。";
const MY_REMARK: &str = "财务总监主事。第一季度续贷。厂房自有。";
const THEIR_REMARK: &str = "财务总监主事。下季度续贷。厂房是租的。";
const BOTH: &str = "财务总监主事。第一季度续贷，厂房是租的。";

#[test]
fn one_person_decides_and_both_agree() -> Result<()> {
    travel(decide_offline())
}

async fn decide_offline() -> Result<()> {
    let stage = Stage::new().await?;
    let lead = stage.device_of("lead1", PHONE).await?;
    let (name, login) = first_pinned(&lead).await?;
    let manager = stage.device_of(login, TABLET).await?;
    both_change_everything(&name, &manager, &lead).await?;

    manager.go_offline().await?;
    manager.browser.press("nav-status").await?;
    manager.browser.press("open-conflicts").await?;
    wait_for_rows(&manager, 3).await?;
    axe::examine(&manager.browser, "conflicts").await?;

    open(&manager, PHONE_FIELD).await?;
    axe::examine(&manager.browser, "conflict").await?;
    let aside = manager.browser.wait_for_text("conflict-aside", &[MINE]).await?;
    ensure!(aside.contains('我'), "the own value is not called mine: {aside}");
    manager.browser.wait_for_text("conflict-stands", &[THEIRS]).await?;
    manager.browser.press("conflict-restore").await?;
    wait_for_rows(&manager, 2).await?;
    manager.undo_last().await?;
    wait_for_rows(&manager, 3).await?;
    open(&manager, PHONE_FIELD).await?;
    // Taken back is taken back whole: theirs is in force again.
    manager
        .browser
        .wait_for_text("conflict-stands", &[THEIRS, "现用"])
        .await?;
    manager.browser.press("conflict-restore").await?;
    wait_for_rows(&manager, 2).await?;

    open(&manager, REMARK_FIELD).await?;
    manager.browser.wait_for_text("conflict-before", &[REMARK]).await?;
    manager.browser.press_by_key("conflict-combine").await?;
    let start = manager.browser.find("combined").await?.prop("value").await?;
    let start = start.context("the editor is empty")?;
    ensure!(
        start.contains("第一季度续贷") && start.contains("厂房是租的"),
        "a side is missing in what is to be combined: {start}"
    );
    axe::examine(&manager.browser, "conflict-combined").await?;
    manager.browser.fill("combined", BOTH).await?;
    manager.browser.press("combine-save").await?;
    wait_for_rows(&manager, 1).await?;

    manager.go_online().await?;
    manager.wait_until_all_is_sent().await?;
    open(&manager, PERSON).await?;
    axe::examine(&manager.browser, "conflict-removal").await?;
    manager.browser.wait_for_text("conflict-stands", &["副总经理"]).await?;
    // On line, where a page hears of the server at any time.
    manager.browser.press_slowly("conflict-keep").await?;
    wait_for_rows(&manager, 0).await?;
    manager.wait_until_all_is_sent().await?;
    lead.sync_soon().await?;
    lead.open_customer(&name, &name).await?;
    for device in [&manager, &lead] {
        device.open_customer(&name, &name).await?;
        device.browser.wait_for_text("value-phone", &[MINE]).await?;
        device.browser.wait_for_text("value-remark", &[BOTH]).await?;
        device.browser.wait_for_text("customer-card", &["副总经理"]).await?;
        ensure!(
            !device.browser.shows("conflict-mark").await?,
            "a conflict stays open on one of the devices"
        );
        let history = device.history("phone").await?.join("\n");
        ensure!(history.contains(THEIRS), "the other value is lost: {history}");
    }
    Ok(())
}

/// Both change number, remark and key person while neither has a network; the lead removes whom the manager promotes.
async fn both_change_everything(name: &str, manager: &Device, lead: &Device) -> Result<()> {
    manager.open_customer(name, name).await?;
    manager.edit(&[("remark", REMARK)]).await?;
    manager.browser.press("add-contact").await?;
    manager.browser.fill("field-name", PERSON).await?;
    manager.browser.press("form-save").await?;
    manager.browser.wait_for_text("contact-name", &[PERSON]).await?;
    manager.wait_until_all_is_sent().await?;
    lead.sync_soon().await?;
    lead.open_customer(name, name).await?;
    lead.browser.wait_for_text("value-remark", &[REMARK]).await?;

    manager.go_offline().await?;
    lead.go_offline().await?;
    manager.edit(&[("phone", MINE), ("remark", MY_REMARK)]).await?;
    edit_person(manager).await?;
    manager.browser.fill("field-role", "副总经理").await?;
    manager.browser.press("form-save").await?;
    manager.browser.wait_for_text("customer-card", &["副总经理"]).await?;
    lead.edit(&[("phone", THEIRS), ("remark", THEIR_REMARK)]).await?;
    edit_person(lead).await?;
    lead.browser.press("form-remove").await?;
    lead.browser.find("customer-name").await?;

    manager.go_online().await?;
    manager.wait_until_all_is_sent().await?;
    lead.go_online().await?;
    lead.wait_until_all_is_sent().await?;
    manager.sync_soon().await?;
    wait_for_count(manager, "conflict-mark", 3).await
}

/// Opens the form of the key person.
async fn edit_person(device: &Device) -> Result<()> {
    wait::until("the key person", wait::PATIENCE, async || {
        let names = device.browser.texts("contact-name").await?;
        let place = names.iter().position(|name| name == PERSON);
        let buttons = device.browser.all("edit-contact").await?;
        let Some(button) = place.and_then(|place| buttons.get(place)) else {
            bail!("there are {names:?}");
        };
        button.scroll_into_view().await?;
        button.click().await?;
        Ok(Some(()))
    })
    .await
}

async fn wait_for_rows(device: &Device, count: usize) -> Result<()> {
    wait_for_count(device, "conflict-row", count).await
}

async fn wait_for_count(device: &Device, name: &str, count: usize) -> Result<()> {
    wait::until(format!("{count} of “{name}”"), wait::PATIENCE, async || {
        let texts = device.browser.texts(name).await?;
        if texts.len() == count {
            return Ok(Some(()));
        }
        bail!("there are {texts:?}")
    })
    .await
}

/// Opens the conflict whose row says the word.
async fn open(device: &Device, word: &str) -> Result<()> {
    wait::until(format!("a conflict about {word}"), wait::PATIENCE, async || {
        for row in device.browser.all("conflict-row").await? {
            if row.text().await?.contains(word) {
                row.click().await?;
                return Ok(Some(()));
            }
        }
        Ok(None)
    })
    .await?;
    device.browser.wait_for_text("conflict-title", &[word]).await.map(drop)
}
