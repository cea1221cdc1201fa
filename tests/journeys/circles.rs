//! A circle of people: somebody makes one, lets a colleague in and leaves a task in it; the colleague finds both, and
//! learns why only the lead changes it.

use crate::travel;
use anyhow::{Result, ensure};
use rapport_tests::axe;
use rapport_tests::browser::{PHONE, TABLET};
use rapport_tests::stage::Stage;
use serde_json::json;

const NAME: &str = "退出方案小组";
const TASK: &str = "约谈清收方案";
/// Chooses the first colleague of a list, as a person does.
const CHOOSE_FIRST: &str = "
    const list = document.querySelector(`select[data-test='${arguments[0]}']`);
    list.value = list.options[1].value;
    list.dispatchEvent(new Event('change', { bubbles: true }));
    return list.options.length;
";

#[test]
fn a_circle_is_made_and_what_is_in_it_is_found_by_those_in_it() -> Result<()> {
    travel(circle())
}

async fn circle() -> Result<()> {
    let stage = Stage::new().await?;
    let lead = stage.device_of("rm1", TABLET).await?;
    lead.browser.press("nav-circles").await?;
    axe::examine(&lead.browser, "circles").await?;
    lead.browser.press("new-circle").await?;
    lead.browser.fill("field-name", NAME).await?;
    lead.browser.find("field-members").await?;
    // Everybody who may be found joins, one after the other, until nobody is left in the list.
    for _ in 0..40 {
        let left = lead.browser.script(CHOOSE_FIRST, vec![json!("field-members")]).await?;
        if left.as_u64().is_none_or(|left| left <= 2) {
            break;
        }
    }
    axe::examine(&lead.browser, "circle").await?;
    lead.browser.press("form-save").await?;
    lead.browser.wait_for_text("circle-row", &[NAME]).await?;
    lead.browser.press("circle-task").await?;
    lead.browser.fill("field-title", TASK).await?;
    lead.browser.press("form-save").await?;
    lead.wait_until_all_is_sent().await?;

    let member = stage.device_of("rm2", PHONE).await?;
    member.visit("/circles").await?;
    member.browser.wait_for_text("circle-row", &[NAME, "1 项待办"]).await?;
    member.visit("/tasks").await?;
    member.browser.fill("search", TASK).await?;
    member.browser.wait_for_text("list-task", &[TASK]).await?;
    // The form tells why it can not be saved.
    member.visit("/circles").await?;
    member.browser.find("circle-row").await?;
    member
        .browser
        .run("document.querySelector(\"[data-test='circle-row'] a\").click()")
        .await?;
    member.browser.fill("field-name", "改名").await?;
    member.browser.press("form-save").await?;
    member.browser.wait_for_text("form-problem", &["负责人"]).await?;
    ensure!(member.browser.shows("form-save").await?, "the form was left");
    Ok(())
}
