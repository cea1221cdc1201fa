//! Nothing readable lies on the device's disk: the browser's whole profile is searched for what was on the screen. A
//! control text, planted in the open, proves that the search would have found it.

use crate::travel;
use anyhow::{Result, ensure};
use rapport_tests::browser::TABLET;
use rapport_tests::stage::Stage;
use rapport_tests::{scan, wait};
use serde_json::json;

const NOTE: &str = "董事长私下提到股权转让意向";
const PHONE_NUMBER: &str = "0571-87654321";
const CONTROL: &str = "对照文本-control-7315";

#[test]
fn holds_nothing_readable() -> Result<()> {
    travel(search_the_disk())
}

async fn search_the_disk() -> Result<()> {
    let stage = Stage::new().await?;
    let manager = stage.device_of("rm1", TABLET).await?;
    manager.browser.press("nav-customers").await?;
    manager.browser.find("customer-row").await?.click().await?;
    let name = manager.browser.find("customer-name").await?.text().await?;
    manager.go_offline().await?;
    manager.edit(&[("phone", PHONE_NUMBER)]).await?;
    manager.write_note(NOTE).await?;
    // A draft that was never saved is as secret as a note.
    manager.browser.press("add-touch").await?;
    manager.browser.fill("field-text", &format!("草稿{NOTE}")).await?;
    manager.browser.press("nav-customers").await?;

    plant(&manager.browser).await?;
    let profile = manager.browser.profile().to_path_buf();
    manager.browser.close().await?;

    let control = wait::until_ready("the control text on the disk", wait::PATIENCE, || {
        let findings = scan::find(&profile, &[CONTROL])?;
        Ok((!findings.is_empty()).then_some(findings))
    })
    .await?;
    let places: Vec<String> = control
        .iter()
        .map(|finding| finding.file.display().to_string())
        .collect();
    ensure!(
        places.iter().any(|place| place.contains("IndexedDB")),
        "the search does not see into IndexedDB: {places:?}"
    );

    let readable = scan::find(&profile, &[&name, PHONE_NUMBER, NOTE])?;
    ensure!(readable.is_empty(), "readable on the disk: {readable:?}");
    Ok(())
}

/// Puts the control text where the app keeps its own: in the open, once as a small and once as a large value.
async fn plant(browser: &rapport_tests::browser::Browser) -> Result<()> {
    let script = "
        const control = arguments[0];
        localStorage.setItem('control', control);
        const database = await new Promise((resolve, reject) => {
            const request = indexedDB.open('control', 1);
            request.onupgradeneeded = () => request.result.createObjectStore('control');
            request.onsuccess = () => resolve(request.result);
            request.onerror = () => reject(request.error);
        });
        await new Promise((resolve, reject) => {
            const transaction = database.transaction('control', 'readwrite', { durability: 'strict' });
            transaction.objectStore('control').put({ text: control }, 1);
            transaction.oncomplete = resolve;
            transaction.onabort = () => reject(transaction.error);
        });
        database.close();";
    browser.script(script, vec![json!(CONTROL)]).await?;
    Ok(())
}
