//! A part of the app that does not come: it is told, the rest goes on, and it comes when asked for again. The part is the
//! desk's, in which an administrator sets a number of a rule; everybody then goes by that number, and reads it offline.

use crate::travel;
use anyhow::{Result, ensure};
use rapport_tests::axe;
use rapport_tests::browser::{PHONE, TABLET};
use rapport_tests::stage::Stage;

const LIST: &str = "/settings/parameters";
const ROW: &str = "parameter-upcoming_days";
const SCREEN: &str = "/settings/parameters/upcoming_days";

/// Lets no file of the part through while it is set.
const BLOCK: &str = "
    const open = window.fetch;
    window.isPartBlocked = true;
    window.fetch = (what, ...more) => window.isPartBlocked && String(what?.url ?? what).includes('/split_desk')
        ? Promise.reject(new TypeError('the part is blocked'))
        : open(what, ...more);";

#[test]
fn a_part_that_fails_is_told_and_comes_when_asked_again() -> Result<()> {
    travel(set_a_number())
}

async fn set_a_number() -> Result<()> {
    let stage = Stage::new().await?;
    let admin = stage.device("admin", TABLET).await?;
    admin.browser.run(BLOCK).await?;
    admin.set_up("admin").await?;
    admin.visit(LIST).await?;
    admin.browser.find("part-failed").await?;
    axe::examine(&admin.browser, "part-failed").await?;
    admin.browser.press("part-again").await?;
    admin.browser.find("part-failed").await?;
    // All else goes on.
    admin.browser.press("nav-customers").await?;
    admin.browser.find("customer-row").await?;
    admin.visit(SCREEN).await?;
    admin.browser.find("part-failed").await?;
    admin.browser.run("window.isPartBlocked = false").await?;
    admin.browser.press("part-again").await?;
    admin.browser.find("field-value").await?;
    admin.visit(LIST).await?;
    axe::examine(&admin.browser, "parameters").await?;
    admin.browser.wait_for_text(ROW, &["7 天"]).await?;
    admin.browser.press(ROW).await?;
    admin.browser.find("field-value").await?;
    axe::examine(&admin.browser, "parameter").await?;

    admin.browser.fill("field-value", "900").await?;
    admin.browser.press("form-save").await?;
    let invalid = admin.browser.attribute("field-value", "aria-invalid").await?;
    ensure!(invalid.as_deref() == Some("true"), "900 days were taken");
    // What is typed stays.
    admin.browser.fill("field-value", "14").await?;
    admin.visit(LIST).await?;
    admin.browser.press(ROW).await?;
    admin.browser.find("field-value").await?;
    let kept = admin.browser.find("field-value").await?.prop("value").await?;
    ensure!(kept.as_deref() == Some("14"), "the draft is {kept:?}");
    admin.browser.press("form-save").await?;
    admin.browser.wait_for_text("parameter-now", &["14 天"]).await?;
    admin
        .browser
        .wait_for_text("parameter-entry", &["7 天", "14 天"])
        .await?;
    admin.browser.press("toast-undo").await?;
    admin.browser.wait_for_text("parameter-now", &["7 天"]).await?;
    // Taken back, it stays to be read, and can count again.
    admin.browser.press("parameter-withdraw").await?;
    admin.browser.wait_for_text("parameter-now", &["14 天"]).await?;
    admin.wait_until_all_is_sent().await?;

    let manager = stage.device_of("rm1", PHONE).await?;
    manager.go_offline().await?;
    manager.open().await?;
    manager.unlock().await?;
    manager.visit(SCREEN).await?;
    manager.browser.wait_for_text("parameter-now", &["14 天"]).await?;
    ensure!(
        !manager.browser.shows("field-value").await?,
        "a relationship manager is offered to set what the server would refuse"
    );
    axe::examine(&manager.browser, "parameter-read").await
}
