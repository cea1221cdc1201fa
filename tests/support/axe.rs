//! The rules of axe-core, applied to the screen that stands there. It reports what hinders people; it never judges
//! taste.

use crate::browser::{Browser, PHONE, TABLET};
use crate::environment;
use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// What axe-core calls these hinders people; the lesser ones are advice.
const GRAVE: [&str; 2] = ["serious", "critical"];

/// The script of axe-core, or nothing (and a loud word) where it could not be fetched.
///
/// # Errors
/// The file is unreadable.
pub fn script() -> Result<Option<String>> {
    let Some(file) = environment::axe() else {
        eprintln!("SKIPPED: the rules of axe-core, which `cargo xtask test` fetches with npm");
        return Ok(None);
    };
    Ok(Some(
        std::fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?,
    ))
}

/// The grave problems of the screen, each with the elements it concerns.
///
/// # Errors
/// The rules cannot be applied.
pub async fn grave_problems(browser: &Browser, script: &str) -> Result<Vec<String>> {
    if browser.script("return !!window.axe", vec![]).await? != Value::Bool(true) {
        browser.run(script).await?;
    }
    let result = browser
        .script(
            "return (await axe.run(document, { resultTypes: ['violations'] })).violations",
            vec![],
        )
        .await?;
    let violations = result.as_array().context("axe-core gave no list")?;
    Ok(violations
        .iter()
        .filter(|violation| is_grave(violation))
        .map(describe)
        .collect())
}

/// Looks at a screen on tablet and phone, light and dark: it must hinder nobody, and a picture of each look is kept for
/// people to judge. Leaves a light tablet.
///
/// # Errors
/// It hinders somebody, or the browser does not answer.
pub async fn examine(browser: &Browser, screen: &str) -> Result<()> {
    let script = script()?;
    for (form, dark) in [(PHONE, false), (PHONE, true), (TABLET, true), (TABLET, false)] {
        browser.take_form(form).await?;
        browser.prefer_dark(dark).await?;
        let look = if dark { "dark" } else { "light" };
        browser
            .picture(&format!("{screen}-{}-{look}-zh-Hans", form.name))
            .await?;
        if let Some(script) = &script {
            let problems = grave_problems(browser, script).await?;
            ensure!(problems.is_empty(), "{screen}, {}, {look}: {problems:?}", form.name);
        }
    }
    Ok(())
}

fn is_grave(violation: &Value) -> bool {
    violation["impact"]
        .as_str()
        .is_some_and(|impact| GRAVE.contains(&impact))
}

fn describe(violation: &Value) -> String {
    let nodes = violation["nodes"].as_array().map_or(&[][..], Vec::as_slice);
    let shown: Vec<String> = nodes
        .iter()
        .take(3)
        .map(|node| {
            let summary = node["failureSummary"].as_str().unwrap_or_default().replace('\n', " ");
            format!("{} ({summary})", node["html"].as_str().unwrap_or_default())
        })
        .collect();
    format!(
        "{} [{}]: {} × {}",
        violation["id"],
        violation["impact"],
        nodes.len(),
        shown.join(" | ")
    )
}
