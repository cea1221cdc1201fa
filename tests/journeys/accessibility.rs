//! No screen hinders people who cannot see, or cannot see well: the rules of axe-core find nothing grave on any screen,
//! in any language, on tablet and phone, light and dark.

mod newcomer;

use crate::travel;
use anyhow::{Result, bail};
use rapport_tests::browser::{Form, PHONE, TABLET};
use rapport_tests::stage::Stage;
use rapport_tests::{axe, tour};

/// The looks in which every screen is examined: the form, and whether it is dark.
const LOOKS: [(Form, bool); 3] = [(TABLET, false), (TABLET, true), (PHONE, false)];

#[test]
fn hinders_nobody_in_simplified_chinese() -> Result<()> {
    travel(examine("zh-Hans"))
}

#[test]
fn hinders_nobody_in_traditional_chinese() -> Result<()> {
    travel(examine("zh-Hant"))
}

#[test]
fn hinders_nobody_in_english() -> Result<()> {
    travel(examine("en"))
}

async fn examine(language: &str) -> Result<()> {
    let Some(script) = axe::script()? else { return Ok(()) };
    let stage = Stage::new().await?;
    let device = stage.device(language, TABLET).await?;
    let mut problems = Vec::new();
    tour::walk(&device, language, async |screen| {
        for (form, dark) in LOOKS {
            device.browser.take_form(form).await?;
            device.browser.prefer_dark(dark).await?;
            for problem in axe::grave_problems(&device.browser, &script).await? {
                let look = if dark { "dark" } else { "light" };
                problems.push(format!("{screen}, {language}, {}, {look}: {problem}", form.name));
            }
        }
        device.browser.take_form(TABLET).await?;
        device.browser.prefer_dark(false).await
    })
    .await?;
    if !problems.is_empty() {
        bail!("{} problems:\n{}", problems.len(), problems.join("\n"));
    }
    Ok(())
}
