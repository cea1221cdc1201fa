//! What is done on the screens, and how long it takes there. Nothing counts before the right thing is on the screen.

use super::Samples;
use super::book::{Filled, sign_in};
use anyhow::{Context, Result, bail};
use rapport_tests::browser::Browser;
use rapport_tests::device::PASSPHRASE;
use rapport_tests::wait;
use serde_json::json;

/// What is typed into the search of customers, key by key: a surname, pinyin, initials, the beginning of a place.
const SEARCHES: [&str; 4] = ["王", "zhang", "lm", "上海"];
/// What is typed into a note.
const NOTE: &str = "今天拜访了客户，谈到明年的用款计划和存款安排，下周再联系。";
const SLOW: u32 = 4;

/// The first visit over slow 4G.
pub async fn first_visit(book: &Filled, run: u32, samples: &mut Samples) -> Result<()> {
    let (browser, link, _folder) = book.newcomer().await?;
    browser.go(&link.origin()).await?;
    let at = number(&browser, "return await measure.door").await?;
    // The link counts what is on its way as well; the page knows what had come by then.
    let script = "
        const at = await measure.door;
        const loaded = performance.getEntries().filter(({ responseEnd }) => responseEnd > 0 && responseEnd <= at);
        return loaded.reduce((sum, { transferSize }) => sum + transferSize, 0)";
    let bytes = number(&browser, script).await?;
    sign_in(&browser).await?;
    samples.add("first-visit", run, at);
    samples.add("first-load", run, bytes / 1e3);
    Ok(())
}

/// The start from what the service worker keeps, without network and on a slow processor.
pub async fn start(book: &Filled, run: u32, samples: &mut Samples) -> Result<()> {
    book.link.set_cut(true);
    let browser = book.browser().await?;
    browser
        .ask("Emulation.setCPUThrottlingRate", json!({ "rate": SLOW }))
        .await?;
    browser.go(&book.link.origin()).await?;
    let at = number(&browser, "return await measure.door").await?;
    browser.fill("unlock-passphrase", "w").await?;
    samples.add("start", run, at);
    browser.close().await
}

/// A day's work in short: unlock, search, look, write.
pub async fn work(book: &Filled, run: u32, samples: &mut Samples) -> Result<()> {
    book.link.set_cut(true);
    let browser = book.browser().await?;
    browser.go(&book.link.origin()).await?;
    unlock(&browser, run, samples).await?;
    memory(&browser, run, samples).await?;
    let shown = "measure.named('customer-row')";
    press(&browser, "nav-customers", shown, "list-tap", run, samples).await?;
    let count = browser.wait_for_text("customer-count", &[]).await?;
    let digits: String = count.chars().filter(char::is_ascii_digit).collect();
    if digits != book.customers.to_string() {
        bail!("the list says “{count}”, not {} customers", book.customers);
    }
    search(&browser, run, samples).await?;
    let card = "measure.named('customer-name') && measure.named('timeline-entry')";
    press(&browser, "customer-row", card, "card", run, samples).await?;
    note(&browser, run, samples).await?;
    press(
        &browser,
        "nav-today",
        "measure.named('stop')",
        "today-tap",
        run,
        samples,
    )
    .await?;
    browser.close().await
}

async fn unlock(browser: &Browser, run: u32, samples: &mut Samples) -> Result<()> {
    browser.fill("unlock-passphrase", PASSPHRASE).await?;
    browser
        .script("measure.today = measure.when(() => measure.named('stop'))", vec![])
        .await?;
    browser.press("unlock-submit").await?;
    let script = "
        const at = await measure.today;
        return at - performance.getEntriesByName('rapport-key-known').at(-1).startTime";
    let ms = number(browser, script).await?;
    let summary = browser.wait_for_text("today-summary", &[]).await?;
    if !summary.contains(|letter: char| ('1'..='9').contains(&letter)) {
        bail!("nothing is due: “{summary}”");
    }
    samples.add("today", run, ms);
    Ok(())
}

async fn memory(browser: &Browser, run: u32, samples: &mut Samples) -> Result<()> {
    browser.ask("HeapProfiler.collectGarbage", json!({})).await?;
    let heap = browser.ask("Runtime.getHeapUsage", json!({})).await?;
    let used = heap["usedSize"].as_f64().context("no heap")?;
    samples.add("heap", run, used / 1e6);
    let wasm = number(browser, "return measure.wasmBytes()").await?;
    samples.add("wasm", run, wasm / 1e6);
    Ok(())
}

/// Presses the thing of that name and waits until the condition, a script, holds and is painted.
async fn press(
    browser: &Browser,
    name: &str,
    condition: &str,
    figure: &'static str,
    run: u32,
    samples: &mut Samples,
) -> Result<()> {
    let script = format!("measure.pressed = measure.press(() => {condition})");
    browser.script(&script, vec![]).await?;
    browser.press(name).await?;
    let ms = number(browser, "return await measure.pressed").await?;
    samples.add(figure, run, ms);
    Ok(())
}

/// Every key of every search, and what is found in the end.
async fn search(browser: &Browser, run: u32, samples: &mut Samples) -> Result<()> {
    let seen =
        "(measure.named('customer-count')?.textContent ?? '') + (measure.named('customer-row')?.textContent ?? '')";
    let mut times = Vec::new();
    for text in SEARCHES {
        empty(browser).await?;
        times.extend(keys(browser, "search", text, seen).await?);
        if text == "王" {
            let rows = browser.texts("customer-row").await?;
            if rows.is_empty() || !rows.iter().all(|row| row.contains(text)) {
                bail!("the search for {text} shows {rows:?}");
            }
        }
    }
    empty(browser).await?;
    add_keys("search-p50", "search-p95", times, run, samples);
    Ok(())
}

/// Empties the search.
async fn empty(browser: &Browser) -> Result<()> {
    let script = "
        const field = measure.named('search');
        field.value = '';
        field.dispatchEvent(new Event('input', { bubbles: true }));
        await measure.painted();";
    browser.script(script, vec![]).await.map(drop)
}

/// Writes a note on the open card, key by key, and saves it.
async fn note(browser: &Browser, run: u32, samples: &mut Samples) -> Result<()> {
    browser.press("add-note").await?;
    browser.find("note-text").await?;
    let times = keys(browser, "note-text", NOTE, "measure.named('note-text').value").await?;
    add_keys("note-p50", "note-p95", times, run, samples);
    browser.press("next-week").await?;
    let script = format!(
        "measure.kept = measure.left();
         measure.pressed = measure.press(() => measure.named('timeline-entry')?.textContent.includes({}))",
        json!(NOTE)
    );
    browser.script(&script, vec![]).await?;
    browser.press("form-save").await?;
    let kept = number(browser, "return await measure.kept").await?;
    let shown = number(browser, "return await measure.pressed").await?;
    samples.add("save", run, kept);
    samples.add("save-shown", run, shown);
    Ok(())
}

/// Types a text key by key; for each, how long until the screen showed what came of it.
async fn keys(browser: &Browser, field: &str, text: &str, seen: &str) -> Result<Vec<f64>> {
    let element = browser.find(field).await?;
    let mut times = Vec::new();
    for key in text.chars() {
        let script = format!("measure.typed = measure.key(() => {seen})");
        browser.script(&script, vec![]).await?;
        element.send_keys(key.to_string()).await?;
        times.push(number(browser, "return await measure.typed").await?);
    }
    wait::until("the field to hold what was typed", wait::PATIENCE, async || {
        Ok((element.prop("value").await?.as_deref() == Some(text)).then_some(()))
    })
    .await?;
    Ok(times)
}

fn add_keys(middle: &'static str, slow: &'static str, mut times: Vec<f64>, run: u32, samples: &mut Samples) {
    times.sort_by(f64::total_cmp);
    let at = |part: usize| times.get((times.len() * part / 100).min(times.len().saturating_sub(1)));
    for (figure, part) in [(middle, 50), (slow, 95)] {
        if let Some(time) = at(part) {
            samples.add(figure, run, *time);
        }
    }
}

async fn number(browser: &Browser, script: &str) -> Result<f64> {
    let value = browser.script(script, vec![]).await?;
    value.as_f64().with_context(|| format!("{script}: {value}"))
}
