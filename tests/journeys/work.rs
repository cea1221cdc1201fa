//! What is to be done: a task that comes back once it is done, and an opportunity that asks for its next step. Both are
//! written without a network, and are on the server afterwards.

use crate::travel;
use anyhow::{Context, Result, ensure};
use rapport_tests::browser::TABLET;
use rapport_tests::device::Device;
use rapport_tests::stage::Stage;
use serde_json::json;

const TASK: &str = "给客户送对账单";
/// Chooses a value of a list of choices, as a person does.
const CHOOSE: &str = "
    const list = document.querySelector(`select[data-test='${arguments[0]}']`);
    list.value = arguments[1];
    list.dispatchEvent(new Event('input', { bubbles: true }));
    list.dispatchEvent(new Event('change', { bubbles: true }));
    return list.value;
";
/// Ticks off the line of Today that says this.
const TICK: &str = "
    const lines = [...document.querySelectorAll(\"[data-test='due']\")];
    const tick = lines.find((line) => line.textContent.includes(arguments[0]))?.querySelector(\"[data-test='tick']\");
    tick?.click();
    return Boolean(tick);
";
const PRODUCT: &str = "厂房扩建贷款";

#[test]
fn a_task_comes_back_and_an_opportunity_asks_for_its_next_step() -> Result<()> {
    travel(tasks_and_opportunities())
}

async fn tasks_and_opportunities() -> Result<()> {
    let stage = Stage::new().await?;
    let manager = stage.device_of("rm1", TABLET).await?;
    manager.go_offline().await?;
    task(&manager).await?;
    let customer = opportunity(&manager).await?;
    manager.go_online().await?;
    manager.wait_until_all_is_sent().await?;

    let other = stage.device("another-tablet", TABLET).await?;
    other.set_up("rm1").await?;
    other.browser.press("nav-tasks").await?;
    other.browser.fill("search", TASK).await?;
    other.browser.wait_for_text("list-task", &[TASK]).await?;
    other.browser.press("nav-opportunities").await?;
    other.browser.fill("search", PRODUCT).await?;
    other
        .browser
        .wait_for_text("list-opportunity", &[PRODUCT, &customer])
        .await?;
    Ok(())
}

/// A task of every week is ticked off on Today, and is there for the week after.
async fn task(manager: &Device) -> Result<()> {
    let browser = &manager.browser;
    browser.press("nav-today").await?;
    browser.press("add").await?;
    browser.press("add-task").await?;
    browser.fill("field-title", TASK).await?;
    browser.fill("field-due", "今天").await?;
    browser.find("field-repeat").await?;
    browser
        .script(CHOOSE, vec![json!("field-repeat"), json!("weekly")])
        .await?;
    browser.press("form-save").await?;
    browser.wait_for_text("today-today", &[TASK]).await?;
    let ticked = browser.script(TICK, vec![json!(TASK)]).await?;
    ensure!(ticked == json!(true), "the task cannot be ticked off on Today");
    // It is there again for the week after, which is beyond what Today shows at first.
    browser.press("nav-tasks").await?;
    browser.fill("search", TASK).await?;
    browser.wait_for_text("list-task", &[TASK, "7 天后"]).await?;
    Ok(())
}

/// An opportunity without a next step is an alarm on Today until it has one.
async fn opportunity(manager: &Device) -> Result<String> {
    let browser = &manager.browser;
    browser.press("nav-customers").await?;
    browser.find("customer-row").await?.click().await?;
    let name = browser.find("customer-name").await?.text().await?;
    let name = name.lines().next().context("the card has no name")?.to_owned();
    browser.press("add-opportunity").await?;
    browser.fill("field-product", PRODUCT).await?;
    browser.fill("field-amount", "5000万").await?;
    browser.press("form-save").await?;
    browser.find("customer-name").await?;
    browser.press("nav-today").await?;
    browser.wait_for_text("today-today", &[PRODUCT]).await?;
    Ok(name)
}
