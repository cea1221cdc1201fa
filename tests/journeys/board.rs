//! Opportunities on the board and tasks by the dozen, by the keyboard alone and without a network: moved to another stage
//! and back, closed with a reason, ticked off and brought back together; and all of it is on the server afterwards.

use crate::travel;
use anyhow::{Context, Result, ensure};
use rapport_tests::browser::{Browser, PHONE, TABLET};
use rapport_tests::stage::Stage;
use rapport_tests::wait;
use serde_json::{Value, json};
use thirtyfour::Key;

/// The first card of a lane: its id, and what it is about.
const FIRST_CARD: &str = "
    const card = document.querySelector(`[data-test='lane-${arguments[0]}'] .deal`);
    return card && [card.dataset.id, card.querySelector('.deal-product').innerText];
";
/// Drags a card into a lane, as a finger or a mouse does.
const DRAG: &str = "
    const card = document.querySelector(`.deal[data-id='${arguments[0]}']`);
    const lane = document.querySelector(`[data-test='lane-${arguments[1]}']`);
    const carried = new DataTransfer();
    const say = (at, name) => at.dispatchEvent(new DragEvent(name, { bubbles: true, cancelable: true, dataTransfer: carried }));
    say(card, 'dragstart');
    const refused = say(lane, 'dragover');
    say(lane, 'drop');
    say(card, 'dragend');
    return !refused;
";
/// In which lane a card lies.
const LANE_OF: &str =
    "return document.querySelector(`.deal[data-id='${arguments[0]}']`)?.closest('.lane').dataset.test ?? ''";
/// The card that has the focus.
const FOCUSED: &str = "return document.activeElement?.closest('.deal')?.dataset.id ?? ''";

#[test]
fn the_board_and_many_at_once_by_keyboard() -> Result<()> {
    travel(board_and_many())
}

async fn board_and_many() -> Result<()> {
    let stage = Stage::new().await?;
    let manager = stage.device_of("rm1", TABLET).await?;
    manager.go_offline().await?;
    let card = on_the_board(&manager.browser).await?;
    many(&manager.browser).await?;
    on_a_phone(&manager.browser).await?;
    manager.go_online().await?;
    manager.wait_until_all_is_sent().await?;

    let other = stage.device("another-tablet", TABLET).await?;
    other.set_up("rm1").await?;
    other.browser.press("nav-opportunities").await?;
    other.browser.press("face-board").await?;
    in_lane(&other.browser, &card, "lost").await
}

async fn in_lane(browser: &Browser, card: &str, lane: &str) -> Result<()> {
    wait::until(format!("the card in the lane {lane}"), wait::PATIENCE, async || {
        let at = browser.script(LANE_OF, vec![json!(card)]).await?;
        Ok((at == json!(format!("lane-{lane}"))).then_some(()))
    })
    .await
}

async fn focus_at(browser: &Browser, card: &str) -> Result<()> {
    wait::until("the focus at the card", wait::PATIENCE, async || {
        Ok((browser.script(FOCUSED, vec![]).await? == json!(card)).then_some(()))
    })
    .await
}

/// Holds Shift while one key is pressed.
async fn shifted(browser: &Browser, key: Key) -> Result<()> {
    browser.chord(&[Key::Shift], key.value()).await
}

/// Gives the card that is lost in the end.
async fn on_the_board(browser: &Browser) -> Result<String> {
    browser.press("nav-opportunities").await?;
    browser.press("face-board").await?;
    browser.find("board").await?;
    let first = browser.script(FIRST_CARD, vec![json!("contacted")]).await?;
    let [card, product] = <[Value; 2]>::try_from(first.as_array().cloned().unwrap_or_default())
        .ok()
        .context("nobody is in talks")?;
    let (card, product) = (card.as_str().unwrap_or_default(), product.as_str().unwrap_or_default());
    browser
        .run(&format!(
            "document.querySelector(\".deal[data-id='{card}'] a\").focus()"
        ))
        .await?;
    shifted(browser, Key::Right).await?;
    in_lane(browser, card, "proposed").await?;
    focus_at(browser, card).await?;
    browser.wait_for_text("toast", &[product]).await?;
    undo_last(browser).await?;
    in_lane(browser, card, "contacted").await?;

    let taken = browser.script(DRAG, vec![json!(card), json!("agreed")]).await?;
    ensure!(taken == json!(true), "nothing can be dropped on a lane");
    in_lane(browser, card, "agreed").await?;
    undo_last(browser).await?;
    in_lane(browser, card, "contacted").await?;

    // From the sheet of stages: what is lost says why, in its form.
    let open = format!("document.querySelector(\".deal[data-id='{card}'] [data-test='deal-move']\").focus()");
    browser.run(&open).await?;
    browser.key(Key::Enter).await?;
    browser.press_by_key("move-lost").await?;
    browser.find("field-lost_reason").await?;
    browser.press_by_key("form-save").await?;
    browser.find("form-problem").await?;
    browser.fill("field-lost_reason", "他行利率低").await?;
    browser.press_by_key("form-save").await?;
    browser.find("board").await?;
    in_lane(browser, card, "lost").await?;
    Ok(card.to_owned())
}

/// Takes back what was said last, by keyboard.
async fn undo_last(browser: &Browser) -> Result<()> {
    let script = "
        const last = [...document.querySelectorAll(\"[data-test='toast-undo']\")].pop();
        last?.focus();
        return Boolean(last);";
    wait::until("the word with an undo", wait::PATIENCE, async || {
        Ok((browser.script(script, vec![]).await? == json!(true)).then_some(()))
    })
    .await?;
    browser.key(Key::Enter).await
}

/// How many rows the list says it has.
async fn rows(browser: &Browser) -> Result<u64> {
    let script = "return Number(document.querySelector('li[aria-setsize]')?.getAttribute('aria-setsize') ?? 0)";
    let rows = browser.script(script, vec![]).await?;
    rows.as_u64().context("the list has no size")
}

async fn has_rows(browser: &Browser, expected: u64) -> Result<()> {
    wait::until(format!("{expected} rows"), wait::PATIENCE, async || {
        Ok((rows(browser).await? == expected).then_some(()))
    })
    .await
}

/// Three tasks are ticked off in one go and brought back in one go; Escape lets go of all.
async fn many(browser: &Browser) -> Result<()> {
    browser.press("nav-tasks").await?;
    browser.find("list-row").await?;
    let before = rows(browser).await?;
    ensure!(before > 5, "there are {before} tasks");
    browser
        .run("document.querySelector('[data-test=search]').focus()")
        .await?;
    browser.key(Key::Down).await?;
    browser.key(Key::Down).await?;
    browser.chord(&[], ' ').await?;
    shifted(browser, Key::Down).await?;
    shifted(browser, Key::Down).await?;
    browser.wait_for_text("list-chosen", &["3"]).await?;
    browser.press_by_key("list-done").await?;
    has_rows(browser, before - 3).await?;
    undo_last(browser).await?;
    has_rows(browser, before).await?;

    browser.run("document.querySelector('.list-link').focus()").await?;
    browser.chord(&[Key::Control], 'a').await?;
    browser.wait_for_text("list-chosen", &[&before.to_string()]).await?;
    browser.key(Key::Escape).await?;
    wait::until("nothing to be chosen", wait::PATIENCE, async || {
        Ok((!browser.shows("list-bar").await?).then_some(()))
    })
    .await
}

/// On a phone one lane is shown, and a press away are the others.
async fn on_a_phone(browser: &Browser) -> Result<()> {
    browser.take_form(PHONE).await?;
    browser.press("nav-more").await?;
    browser.press("nav-opportunities").await?;
    browser.find("lane-identified").await?;
    ensure!(!browser.shows("lane-lost").await?, "a phone shows two lanes");
    browser.press("board-stage-lost").await?;
    browser.find("lane-lost").await?;
    browser.take_form(TABLET).await
}
