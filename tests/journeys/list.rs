//! The list of customers by the keyboard alone: from the search into the rows, to both ends, into a card, and out with
//! one press of Tab however long the list is.

use crate::travel;
use anyhow::{Result, ensure};
use rapport_tests::browser::{Browser, TABLET};
use rapport_tests::stage::Stage;
use rapport_tests::wait;
use serde_json::{Value, json};
use thirtyfour::Key;

#[test]
fn the_keyboard_goes_through_the_list() -> Result<()> {
    travel(through_the_list())
}

async fn through_the_list() -> Result<()> {
    let stage = Stage::new().await?;
    let device = stage.device_of("rm1", TABLET).await?;
    let browser = &device.browser;
    browser.press("nav-customers").await?;
    browser.find("customer-row").await?;
    browser
        .run("document.querySelector('[data-test=search]').focus()")
        .await?;
    browser.key(Key::Down).await?;
    let size = at_row(browser, "1").await?;
    browser.key(Key::Down).await?;
    at_row(browser, "2").await?;
    browser.key(Key::End).await?;
    at_row(browser, &size).await?;
    browser.key(Key::Home).await?;
    at_row(browser, "1").await?;
    // One row of all is on the way of Tab.
    let stops = "return document.querySelectorAll('.virtual-window [tabindex=\"0\"]').length";
    let stops = browser.script(stops, vec![]).await?;
    ensure!(stops == json!(1), "Tab stops at {stops} rows");
    browser.key(Key::Tab).await?;
    let inside = browser
        .script("return !!document.activeElement.closest('.virtual-window')", vec![])
        .await?;
    ensure!(inside == json!(false), "Tab stays in the list");

    browser.fill("search", "z").await?;
    browser.wait_for_focus("search").await?;
    browser.key(Key::Enter).await?;
    at_row(browser, "1").await?;
    let name = "return document.activeElement.querySelector('.customer-row-name').innerText";
    let name = browser.script(name, vec![]).await?;
    browser.key(Key::Enter).await?;
    let name = name.as_str().unwrap_or_default().trim().to_owned();
    browser.wait_for_text("customer-name", &[&name]).await.map(drop)
}

/// Waits until the focus is at the row of that number; gives how many rows there are.
async fn at_row(browser: &Browser, number: &str) -> Result<String> {
    let script = "
        const row = document.activeElement?.closest('li[aria-posinset]');
        const box = row?.getBoundingClientRect();
        const seen = row && box.top >= 0 && box.bottom <= innerHeight + 1;
        return [row?.getAttribute('aria-posinset') ?? null, row?.getAttribute('aria-setsize') ?? null, !!seen]";
    wait::until(format!("the focus at row {number}"), wait::PATIENCE, async || {
        let [at, of, seen] = match browser.script(script, vec![]).await? {
            Value::Array(values) => <[Value; 3]>::try_from(values).unwrap_or_default(),
            _ => Default::default(),
        };
        let is_there = at == json!(number) && seen == json!(true);
        Ok(is_there.then(|| of.as_str().unwrap_or_default().to_owned()))
    })
    .await
}
