//! Small things of every day: half a date is refused and kept, what was just done is not told on the lock screen, the
//! word on it covers nothing, and typing faster than the list is drawn breaks nothing.

use crate::travel;
use anyhow::{Result, ensure};
use rapport_tests::browser::{Browser, PHONE, TABLET};
use rapport_tests::stage::Stage;
use rapport_tests::{axe, wait};
use serde_json::json;

const PERSON: &str = "机密联系人王某";

#[test]
fn dates_words_and_fast_fingers() -> Result<()> {
    travel(everyday())
}

async fn everyday() -> Result<()> {
    let stage = Stage::new().await?;
    let device = stage.device_of("rm1", TABLET).await?;
    let browser = &device.browser;
    type_faster_than_the_list_is_drawn(browser).await?;

    browser.press("customer-row").await?;
    browser.press("add-contact").await?;
    browser.fill("field-name", PERSON).await?;
    browser.fill("field-birthday", "1985年月12日").await?;
    browser.press("form-save").await?;
    wait::until("half a date to be refused at its field", wait::PATIENCE, async || {
        let marked = browser.attribute("field-birthday", "aria-invalid").await?;
        Ok((marked.as_deref() == Some("true")).then_some(()))
    })
    .await?;
    let kept = browser.find("field-birthday").await?.prop("value").await?;
    ensure!(kept.as_deref() == Some("1985年月12日"), "the field holds {kept:?}");
    axe::examine(browser, "half-a-date").await?;
    browser.fill("field-birthday", "1985年3月12日").await?;
    browser.press("form-save").await?;
    browser.wait_for_text("contact-name", &[PERSON]).await?;

    // Right after a save, the way to the next form and its own buttons are free.
    for (form, below) in [(TABLET, 1), (PHONE, 2)] {
        browser.take_form(form).await?;
        browser.press("edit-contact").await?;
        browser.fill("field-role", form.name).await?;
        browser.press("form-save").await?;
        browser.wait_for_text("toast-below", &[&below.to_string()]).await?;
        covers_nothing(browser).await?;
        browser.press("edit-customer").await?;
        browser.find("form-save").await?;
        covers_nothing(browser).await?;
        browser.press("form-close").await?;
    }
    moves_nothing(browser).await?;
    browser.take_form(TABLET).await?;
    browser.press("edit-contact").await?;
    browser.press("form-remove").await?;
    browser.find("toast-undo").await?;
    device.lock().await?;
    browser.find("unlock-passphrase").await?;
    let page = browser.script("return document.body.innerText", vec![]).await?;
    ensure!(!page.to_string().contains(PERSON), "the lock screen says {page}");
    device.unlock().await?;
    ensure!(!browser.shows("toast").await?, "an undo outlived the lock by half");
    Ok(())
}

/// Of several ways back the last is shown; where it goes, the one before comes up, and nothing on the page moves.
async fn moves_nothing(browser: &Browser) -> Result<()> {
    browser.press("edit-customer").await?;
    browser.find("form-save").await?;
    let place = "
        const bar = document.querySelector('.form-actions').getBoundingClientRect();
        return [bar.top, bar.bottom, document.querySelectorAll('[data-test=toast-undo]').length];";
    let with_toast = browser.script(place, vec![]).await?;
    browser.press("toast-undo").await?;
    browser.wait_for_text("toast", &["已撤销"]).await?;
    browser.press("toast-close").await?;
    browser.find("toast-undo").await?;
    ensure!(browser.script(place, vec![]).await? == with_toast, "the bar has moved");
    while browser.shows("toast-close").await? {
        browser.press("toast-close").await?;
    }
    let [top, bottom, _] = [0, 1, 2].map(|part| with_toast[part].clone());
    let without = browser.script(place, vec![]).await?;
    ensure!(without == json!([top, bottom, 0]), "the bar has moved to {without}");
    browser.press("form-close").await
}

/// Types what finds nothing, takes it back, and types again, several keys to a frame.
async fn type_faster_than_the_list_is_drawn(browser: &Browser) -> Result<()> {
    browser.press("nav-customers").await?;
    browser.find("customer-row").await?;
    let script = "
        const field = document.querySelector('[data-test=search]');
        const type = text => { field.value = text; field.dispatchEvent(new Event('input', { bubbles: true })); };
        for (let round = 0; round < 30; round++) {
            for (const text of ['w', 'wk', 'wkq', 'wkqy', '', 'a', 'wkqy', '']) {
                type(text);
                if (round % 3 == 0) await new Promise(requestAnimationFrame);
                if (round % 3 == 1) await new Promise(resolve => setTimeout(resolve));
            }
        }
        type('');";
    browser.script(script, vec![]).await?;
    browser.find("customer-row").await.map(drop)
}

/// Whether the middle of everything that can be pressed is its own, and no word on what was done lies over it.
async fn covers_nothing(browser: &Browser) -> Result<()> {
    let script = "
        const isCutOff = (each, middle) => {
            for (let around = each.parentElement; around; around = around.parentElement) {
                const frame = around.getBoundingClientRect();
                const cuts = getComputedStyle(around).overflowY != 'visible';
                if (cuts && (middle < frame.top || middle > frame.bottom)) return true;
            }
            return false;
        };
        const shown = Array.from(document.querySelectorAll('main :is(a, button, input, textarea, select)'))
            .map(each => [each, each.getBoundingClientRect()])
            .filter(([each, box]) => each.checkVisibility() && box.width && box.bottom <= innerHeight && box.top >= 0)
            .filter(([each, box]) => !isCutOff(each, box.y + box.height / 2));
        return shown.filter(([each, box]) => {
            const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
            return top?.closest('.toasts');
        }).map(([each]) => each.outerHTML.slice(0, 80));";
    let covered = browser.script(script, vec![]).await?;
    ensure!(covered == json!([]), "covered by a toast: {covered}");
    Ok(())
}
