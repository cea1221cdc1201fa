//! Clearing a device: it says what is unsent, unsent work can be sent first, and afterwards nothing is left.

use crate::travel;
use anyhow::{Result, ensure};
use rapport_tests::browser::PHONE;
use rapport_tests::stage::Stage;

const NOTE: &str = "清除之前写下的记录";
/// What is said when nothing would be lost, and what has to be typed, in the language these browsers ask for.
const NOTHING: &str = "所有修改都已发送";
const WORD: &str = "清除";

#[test]
fn says_what_is_unsent_and_leaves_nothing() -> Result<()> {
    travel(clear_a_device())
}

async fn clear_a_device() -> Result<()> {
    let stage = Stage::new().await?;
    let manager = stage.device_of("rm1", PHONE).await?;
    manager.browser.press("nav-customers").await?;
    manager.browser.find("customer-row").await?.click().await?;
    let name = manager.browser.find("customer-name").await?.text().await?;
    manager.go_offline().await?;
    manager.write_note(NOTE).await?;

    manager.visit("/settings").await?;
    manager.browser.press("wipe").await?;
    manager.browser.wait_for_text("confirm-warning", &["1"]).await?;
    manager.browser.press("confirm-cancel").await?;

    // Who has forgotten the passphrase is told as well.
    manager.lock().await?;
    manager.browser.press("unlock-forgotten").await?;
    manager.browser.press("wipe").await?;
    manager.browser.wait_for_text("confirm-warning", &["1"]).await?;
    manager.browser.press("confirm-cancel").await?;
    manager.unlock().await?;
    manager.visit("/settings").await?;

    manager.go_online().await?;
    manager.wait_until_all_is_sent().await?;
    manager.browser.press("wipe").await?;
    manager.browser.wait_for_text("confirm-warning", &[NOTHING]).await?;
    manager.browser.fill("confirm-word", WORD).await?;
    manager.browser.press("confirm-submit").await?;
    manager.browser.find("sign-in-submit").await?;
    let stores = manager.browser.script(STORES, Vec::new()).await?;
    ensure!(
        stores.as_u64() == Some(0),
        "the cleared device still holds {stores} sealed values"
    );

    manager.set_up("rm1").await?;
    manager.open_customer(&name, &name).await?;
    manager.browser.wait_for_text("timeline-entry", &[NOTE]).await?;
    Ok(())
}

/// How many values lie in the stores of this origin.
const STORES: &str = "
    let count = 0;
    for (const { name } of await indexedDB.databases()) {
        const database = await new Promise((resolve, reject) => {
            const request = indexedDB.open(name);
            request.onsuccess = () => resolve(request.result);
            request.onerror = () => reject(request.error);
        });
        for (const store of database.objectStoreNames) {
            count += await new Promise((resolve, reject) => {
                const request = database.transaction(store).objectStore(store).count();
                request.onsuccess = () => resolve(request.result);
                request.onerror = () => reject(request.error);
            });
        }
        database.close();
    }
    return count;";
