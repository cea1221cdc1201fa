//! Getting about: one box for everything, found by pinyin and by keyboard alone; and one step back is one step, also after
//! a form was saved or closed.

use crate::travel;
use anyhow::{Context, Result, bail};
use rapport_tests::browser::{Browser, TABLET};
use rapport_tests::device::Device;
use rapport_tests::stage::Stage;
use rapport_tests::wait;
use thirtyfour::Key;

/// “日程” in pinyin: the page that lists what is planned.
const CALENDAR: &str = "richeng";

#[test]
fn one_box_finds_everything_and_back_is_one_step() -> Result<()> {
    travel(get_about())
}

async fn get_about() -> Result<()> {
    let stage = Stage::new().await?;
    let manager = stage.device_of("rm1", TABLET).await?;
    let browser = &manager.browser;
    manager.go_offline().await?;
    finds_by_pinyin(&manager).await?;
    let card = browser.path().await?;

    // A command, without a hand on the glass.
    browser.chord(&[Key::Control], 'k').await?;
    browser.wait_for_focus("palette").await?;
    browser.fill("palette", CALENDAR).await?;
    browser.find("palette-option").await?;
    browser.key(Key::Enter).await?;
    browser.find("agenda-day").await?;
    browser.back().await?;
    arrives(browser, &card).await?;

    // After a save one is where one came from, and the next step back goes before it.
    manager.write_note("老客户介绍来的，先看看再说").await?;
    arrives(browser, &card).await?;
    browser.press("add-touch").await?;
    browser.find("form-save").await?;
    browser.press("form-close").await?;
    arrives(browser, &card).await?;
    browser.press("edit-customer").await?;
    browser.find("form-save").await?;
    browser.key(Key::Escape).await?;
    arrives(browser, &card).await?;
    browser.back().await?;
    arrives(browser, "/").await?;

    // No letter is a command while somebody types.
    browser.press("nav-customers").await?;
    browser.fill("search", "n3").await?;
    arrives(browser, "/customers").await
}

/// Opens the box by its key, types the beginning of a name in pinyin, and opens what is found.
async fn finds_by_pinyin(device: &Device) -> Result<()> {
    let browser = &device.browser;
    browser.press("nav-today").await?;
    browser.find("today-summary").await?;
    browser.chord(&[Key::Control], 'k').await?;
    browser.wait_for_focus("palette").await?;
    browser.fill("palette", "zhejiang").await?;
    browser.wait_for_text("palette-option", &["浙江"]).await?;
    let found = browser.texts("palette-option").await?;
    let first = found.first().context("nothing is found")?;
    let name = first.lines().next().context("what was found has no name")?;
    browser.key(Key::Enter).await?;
    browser.wait_for_text("customer-name", &[name]).await.map(drop)
}

async fn arrives(browser: &Browser, path: &str) -> Result<()> {
    let arrived = wait::until(format!("the page {path}"), wait::PATIENCE, async || {
        match browser.path().await? {
            there if there == path => Ok(Some(())),
            there => bail!("it is at {there}"),
        }
    });
    arrived.await
}
