//! Pictures of every screen on tablet and phone, light and dark, in every language, for people to judge the design by. They are never compared with earlier ones.

use anyhow::Result;
use rapport_tests::browser::{PHONE, TABLET};
use rapport_tests::stage::Stage;
use rapport_tests::{environment, tour};

#[test]
fn simplified_chinese() -> Result<()> {
    take("zh-Hans")
}

#[test]
fn traditional_chinese() -> Result<()> {
    take("zh-Hant")
}

#[test]
fn english() -> Result<()> {
    take("en")
}

fn take(language: &str) -> Result<()> {
    if !environment::browser_is_here()? {
        return Ok(());
    }
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(walk(language))
}

async fn walk(language: &str) -> Result<()> {
    let stage = Stage::new().await?;
    let device = stage.device(language, TABLET).await?;
    tour::walk(&device, language, async |screen| {
        for (form, dark) in [(PHONE, false), (PHONE, true), (TABLET, true), (TABLET, false)] {
            device.browser.take_form(form).await?;
            device.browser.prefer_dark(dark).await?;
            let look = if dark { "dark" } else { "light" };
            device
                .browser
                .picture(&format!("{screen}-{}-{look}-{language}", form.name))
                .await?;
        }
        Ok(())
    })
    .await
}
