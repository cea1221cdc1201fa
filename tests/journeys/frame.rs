//! The frame stays where it is: on no screen, on tablet and phone, is the document larger than the window, so that no
//! finger, wheel or focus can push the frame out of it.

use crate::travel;
use anyhow::{Result, bail};
use rapport_tests::browser::{PHONE, PHONE_SIDEWAYS, TABLET};
use rapport_tests::stage::Stage;
use rapport_tests::tour;

/// Screens before the book is open have no frame: they are read like any page.
const WITHOUT_FRAME: [&str; 3] = ["sign-in", "passphrase", "unlock"];

/// How much larger the document is than its window, and who sticks out of it most.
const EXCESS: &str = "
    const root = document.scrollingElement;
    const [x, y] = [root.scrollWidth - innerWidth, root.scrollHeight - innerHeight];
    if (x <= 0 && y <= 0) return '';
    const end = element => element.getBoundingClientRect().bottom;
    const last = [...document.querySelectorAll('.shell *')].sort((a, b) => end(b) - end(a))[0];
    return `${x} too wide, ${y} too high: ${last?.outerHTML.slice(0, 120)}`;";

#[test]
fn never_scrolls_away() -> Result<()> {
    travel(measure())
}

async fn measure() -> Result<()> {
    let stage = Stage::new().await?;
    let device = stage.device("frame", TABLET).await?;
    let mut problems = Vec::new();
    tour::walk(&device, "zh-Hans", async |screen| {
        if WITHOUT_FRAME.contains(&screen) {
            return Ok(());
        }
        for form in [PHONE, PHONE_SIDEWAYS, TABLET] {
            device.browser.take_form(form).await?;
            let excess = device.browser.script(EXCESS, vec![]).await?;
            if let Some(excess) = excess.as_str().filter(|excess| !excess.is_empty()) {
                problems.push(format!("{screen}, {}: {excess}", form.name));
            }
        }
        Ok(())
    })
    .await?;
    if !problems.is_empty() {
        bail!("{} problems:\n{}", problems.len(), problems.join("\n"));
    }
    Ok(())
}
