//! A view of a list is kept under a name, comes along to another tablet, and is there on return; a task of one's own is
//! filed to a customer afterwards, and back; and a list is found as it was left.

use crate::travel;
use anyhow::{Context, Result, ensure};
use rapport_tests::browser::{Browser, TABLET};
use rapport_tests::device::Device;
use rapport_tests::stage::Stage;
use rapport_tests::wait;
use serde_json::json;
use thirtyfour::Key;

const VIEW: &str = "逾期的";
const TASK: &str = "取回印鉴卡";
/// Chooses a value of a list of choices, as a person does.
const CHOOSE: &str = "
    const list = document.querySelector(`select[data-test='${arguments[0]}']`);
    list.value = arguments[1];
    list.dispatchEvent(new Event('change', { bubbles: true }));
    return list.value;
";
const SCROLLED: &str = "return document.querySelector('.virtual').scrollTop";

#[test]
fn views_are_kept_and_tasks_are_filed_afterwards() -> Result<()> {
    travel(views_and_filing())
}

async fn views_and_filing() -> Result<()> {
    let stage = Stage::new().await?;
    let manager = stage.device_of("rm1", TABLET).await?;
    manager.go_offline().await?;
    view(&manager.browser).await?;
    left_and_found(&manager.browser).await?;
    let customer = filed(&manager).await?;
    manager.go_online().await?;
    manager.wait_until_all_is_sent().await?;

    let other = stage.device("another-tablet", TABLET).await?;
    other.set_up("rm1").await?;
    other.browser.press("nav-tasks").await?;
    other.browser.find("view").await?;
    other.browser.press("views").await?;
    other.browser.wait_for_text("view-row", &[VIEW]).await?;
    other.browser.press("view-choose").await?;
    chosen(&other.browser, "filter-due", "overdue").await?;
    other.browser.script(CHOOSE, vec![json!("view"), json!("")]).await?;
    other.browser.fill("search", TASK).await?;
    other.browser.wait_for_text("list-task", &[TASK, &customer]).await?;
    Ok(())
}

async fn chosen(browser: &Browser, list: &str, value: &str) -> Result<()> {
    let script = "return document.querySelector(`select[data-test='${arguments[0]}']`)?.value ?? ''";
    wait::until(format!("{value} to be chosen"), wait::PATIENCE, async || {
        let now = browser.script(script, vec![json!(list)]).await?;
        Ok((now == json!(value)).then_some(()))
    })
    .await
}

/// Names nobody can use are told; the view is kept, chosen, renamed, removed and brought back.
async fn view(browser: &Browser) -> Result<()> {
    browser.press("nav-tasks").await?;
    browser.find("list-row").await?;
    browser
        .script(CHOOSE, vec![json!("filter-due"), json!("overdue")])
        .await?;
    browser.press("views").await?;
    browser.press("view-keep").await?;
    for bad in ["名".repeat(500), "  ".to_owned()] {
        browser.fill("view-name", &bad).await?;
        browser.press("view-keep").await?;
        let invalid = browser.find("view-name").await?.attr("aria-invalid").await?;
        ensure!(invalid.as_deref() == Some("true"), "{bad:?} was taken for a name");
    }
    browser.fill("view-name", VIEW).await?;
    browser.press("view-keep").await?;
    browser.wait_for_text("toast", &[VIEW]).await?;
    browser.press("views").await?;
    browser.fill("view-name", VIEW).await?;
    browser.press("view-keep").await?;
    let invalid = browser.find("view-name").await?.attr("aria-invalid").await?;
    ensure!(invalid.as_deref() == Some("true"), "one name was given twice");
    browser.press("view-remove").await?;
    gone(browser, "view").await?;
    browser.press("toast-undo").await?;
    browser.find("view").await?;
    // What is asked stays while another page is shown, and without the view all is there.
    browser.press("nav-today").await?;
    browser.press("nav-tasks").await?;
    chosen(browser, "filter-due", "overdue").await?;
    browser.script(CHOOSE, vec![json!("view"), json!("")]).await?;
    chosen(browser, "filter-due", "").await
}

async fn gone(browser: &Browser, name: &str) -> Result<()> {
    wait::until(format!("“{name}” to go"), wait::PATIENCE, async || {
        Ok((!browser.shows(name).await?).then_some(()))
    })
    .await
}

/// From the end of the list into a form, and back: the row is in sight and has the focus.
async fn left_and_found(browser: &Browser) -> Result<()> {
    browser
        .run("document.querySelector('[data-test=search]').focus()")
        .await?;
    browser.key(Key::Down).await?;
    let inside = "return !!document.activeElement?.closest('li[aria-posinset]')";
    wait::until("the focus in the list", wait::PATIENCE, async || {
        Ok((browser.script(inside, vec![]).await? == json!(true)).then_some(()))
    })
    .await?;
    browser.key(Key::End).await?;
    let last = "
        const row = document.activeElement?.closest('li[aria-posinset]');
        return row?.getAttribute('aria-posinset') === row?.getAttribute('aria-setsize') && !!row ? row.innerText : ''";
    let before = wait::until("the last row", wait::PATIENCE, async || {
        let text = browser.script(last, vec![]).await?;
        Ok(text.as_str().filter(|text| !text.is_empty()).map(str::to_owned))
    })
    .await?;
    let top = browser.script(SCROLLED, vec![]).await?;
    browser.key(Key::Enter).await?;
    browser.find("form-close").await?;
    browser.key(Key::Escape).await?;
    wait::until("the row one came from", wait::PATIENCE, async || {
        Ok((browser.script(last, vec![]).await? == json!(before)).then_some(()))
    })
    .await?;
    let now = browser.script(SCROLLED, vec![]).await?;
    ensure!(now == top, "the list was left at {top} and is at {now}");
    Ok(())
}

/// A task written without a customer is filed from Today, brought back, and filed from its form.
async fn filed(manager: &Device) -> Result<String> {
    let browser = &manager.browser;
    browser.press("nav-customers").await?;
    browser.find("customer-row").await?.click().await?;
    let name = browser.find("customer-name").await?.text().await?;
    let name = name.lines().next().context("the card has no name")?.to_owned();
    browser.press("nav-today").await?;
    browser.press("add").await?;
    browser.press("add-task").await?;
    browser.fill("field-title", TASK).await?;
    browser.fill("field-due", "今天").await?;
    browser.press("form-save").await?;
    browser.wait_for_text("today-today", &[TASK]).await?;
    browser.press("file-record").await?;
    pick(browser, &name).await?;
    gone(browser, "file-record").await?;
    browser.press("nav-tasks").await?;
    browser.fill("search", TASK).await?;
    browser.wait_for_text("list-row", &[TASK, &name]).await?;
    manager.undo_last().await?;
    wait::until("the task to be one's own again", wait::PATIENCE, async || {
        let rows = browser.texts("list-row").await?;
        Ok((rows.len() == 1 && !rows[0].contains(&name)).then_some(()))
    })
    .await?;
    browser.find("list-row").await?;
    browser.run("document.querySelector('.list-link').click()").await?;
    browser.press("file-record").await?;
    pick(browser, &name).await?;
    browser.wait_for_text("list-row", &[TASK, &name]).await?;
    Ok(name)
}

async fn pick(browser: &Browser, name: &str) -> Result<()> {
    browser.wait_for_focus("pick-customer").await?;
    browser.fill("pick-customer", name).await?;
    browser.wait_for_text("pick-customer-option", &[name]).await?;
    browser.press("pick-customer-option").await
}
