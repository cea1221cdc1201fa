//! A relationship manager's day without network: real companies, a note and a changed number, a flat battery, and in
//! the end the back office sees it all with time and author.

use crate::travel;
use anyhow::{Result, ensure};
use rapport_tests::browser::{Form, PHONE, TABLET};
use rapport_tests::device::Device;
use rapport_tests::environment;
use rapport_tests::stage::Stage;
use rapport_tests::wait;
use std::path::Path;

/// A company of the exchange's list, and the initials of its name's pinyin.
const COMPANY: &str = "万科企业股份有限公司";
const INITIALS: &str = "wkqy";
const NOTE: &str = "与财务总监面谈，明年春季计划续作流动资金贷款";
/// The name of the demo bank's first relationship manager.
const AUTHOR: &str = "陈晓东";
/// Words of the note, as somebody with another keyboard types them.
const WORDS: &str = "流動資金 财务";
const PHONE_NUMBER: &str = "0755-25606666";

#[test]
fn on_a_tablet() -> Result<()> {
    travel(day_without_network(TABLET))
}

#[test]
fn on_a_phone() -> Result<()> {
    travel(day_without_network(PHONE))
}

async fn day_without_network(form: Form) -> Result<()> {
    let Some(companies) = environment::real_data("06_xlsx/szse/A股列表.xlsx") else {
        return Ok(());
    };
    let stage = Stage::new().await?;
    import(&stage, &companies)?;
    let manager = stage.device_of("rm1", form).await?;

    manager.go_offline().await?;
    manager.open_customer(INITIALS, COMPANY).await?;
    manager.write_note(NOTE).await?;
    manager.edit(&[("phone", PHONE_NUMBER)]).await?;
    let manager = manager.crash_and_restart().await?;

    manager.browser.set_offline(true).await?;
    manager.open().await?;
    manager.unlock().await?;
    manager.open_customer(INITIALS, COMPANY).await?;
    sees_both(&manager).await?;
    finds_the_note(&manager).await?;
    let (_, unsent) = manager.badge().await?;
    ensure!(
        unsent == 2,
        "a note and a number are unsent, yet the badge counts {unsent}"
    );

    manager.go_online().await?;
    manager.wait_until_all_is_sent().await?;

    // The back office reads it on the server, and keeps the customer to see who changed what.
    let office = stage.device_of("office", form).await?;
    office.browser.press("nav-customers").await?;
    office.browser.press("source-online").await?;
    office.open_customer(INITIALS, COMPANY).await?;
    office.browser.find("online-card").await?;
    let entry = office.browser.wait_for_text("timeline-entry", &[NOTE, AUTHOR]).await?;
    office.browser.press("pin").await?;
    office.browser.find_within("customer-card", wait::LONG_PATIENCE).await?;
    sees_both(&office).await?;
    ensure!(has_time(&entry), "the note does not say when it was written: {entry}");
    let history = office.history("phone").await?;
    let change = history.iter().find(|entry| entry.contains(PHONE_NUMBER));
    ensure!(
        change.is_some_and(|entry| entry.contains(AUTHOR) && has_time(entry)),
        "no time and author in {history:?}"
    );
    Ok(())
}

async fn sees_both(device: &Device) -> Result<()> {
    device.browser.wait_for_text("timeline-entry", &[NOTE]).await?;
    device.browser.wait_for_text("value-phone", &[PHONE_NUMBER]).await?;
    Ok(())
}

/// What was said is found by its words, and leads to the very note on the card.
async fn finds_the_note(device: &Device) -> Result<()> {
    let browser = &device.browser;
    browser.press("nav-customers").await?;
    browser.fill("search", WORDS).await?;
    browser.wait_for_text("note-row", &[COMPANY, "流动资金贷款"]).await?;
    browser.press("note-row").await?;
    browser.wait_for_text("customer-name", &[COMPANY]).await?;
    wait::until("the note to have the focus", wait::PATIENCE, async || {
        let focused = browser
            .script("return document.activeElement.textContent", vec![])
            .await?;
        let is_there = focused.as_str().is_some_and(|text| text.contains(NOTE));
        Ok(is_there.then_some(()))
    })
    .await
}

/// The exchange's list does not say who looks after a company: all of them become the manager's.
fn import(stage: &Stage, companies: &Path) -> Result<()> {
    stage
        .server
        .command(&["import", "customers", &companies.to_string_lossy(), "--owner", "rm1"])
        .map(drop)
}

/// Whether a text names an hour and a minute.
fn has_time(text: &str) -> bool {
    let characters: Vec<char> = text.chars().collect();
    characters.windows(5).any(|window| {
        let digit = |at: usize| window[at].is_ascii_digit();
        digit(0) && digit(1) && window[2] == ':' && digit(3) && digit(4)
    })
}
