//! A walk past every screen of the app. It stops at each and calls its companion; it changes nothing in the book.

use crate::browser::Browser;
use crate::device::{Device, PASSPHRASE, PASSWORD};
use crate::wait;
use anyhow::{Context, Result};
use thirtyfour::Key;

/// The languages of the interface.
pub const LANGUAGES: [&str; 3] = ["zh-Hans", "zh-Hant", "en"];

/// What many of the demo bank's notes hold.
const SAID: &str = "资金";

/// Walks a new device through sign-in and past every screen, calling the companion with the screen's name at each.
///
/// # Errors
/// A screen does not come up, or the companion fails.
pub async fn walk(device: &Device, language: &str, mut companion: impl AsyncFnMut(&str) -> Result<()>) -> Result<()> {
    let browser = &device.browser;
    browser.press(&format!("language-{language}")).await?;
    companion("sign-in").await?;
    device.sign_in("rm1", PASSWORD).await?;
    browser.find("passphrase").await?;
    companion("passphrase").await?;
    browser.fill("passphrase", PASSPHRASE).await?;
    browser.fill("passphrase-again", PASSPHRASE).await?;
    browser.press("passphrase-submit").await?;
    device.wait_for_book().await?;
    companion("today").await?;
    browser.press("nav-customers").await?;
    let row = browser.find("customer-row").await?;
    let card = row
        .attr("data-id")
        .await?
        .context("a row of the list names no customer")?;
    companion("customers").await?;
    for (screen, path, landmark) in [
        ("card", format!("/customers/{card}"), "customer-name"),
        ("edit", format!("/customers/{card}/edit"), "form-save"),
        ("customer", "/customers/new".to_owned(), "form-save"),
        ("appointment", format!("/customers/{card}/visit/new"), "form-save"),
        ("contact", format!("/customers/{card}/contact/new"), "form-save"),
        ("note", format!("/customers/{card}/note/new"), "form-save"),
        ("touch", format!("/customers/{card}/touch/new"), "form-save"),
        ("task", format!("/customers/{card}/task/new"), "form-save"),
        ("opportunity", format!("/customers/{card}/opportunity/new"), "form-save"),
        ("tasks", "/tasks".to_owned(), "list-task"),
        ("opportunities", "/opportunities".to_owned(), "list-opportunity"),
        ("circles", "/circles".to_owned(), "new-circle"),
        ("circle", "/own/circle/new".to_owned(), "form-save"),
        ("conflicts", "/conflicts".to_owned(), "conflict-count"),
        ("calendar", "/calendar".to_owned(), "agenda-day"),
        ("write", format!("/write/note/{card}"), "written-text"),
        ("more", "/more".to_owned(), "more-status"),
        ("status", "/status".to_owned(), "status-now"),
        ("settings", "/settings".to_owned(), "language-en"),
        (
            "parameters",
            "/settings/parameters".to_owned(),
            "parameter-upcoming_days",
        ),
        (
            "parameter",
            "/settings/parameters/upcoming_days".to_owned(),
            "parameter-past",
        ),
    ] {
        device.visit(&path).await?;
        browser
            .find(landmark)
            .await
            .with_context(|| format!("the screen {screen} did not come up"))?;
        companion(screen).await?;
    }
    board(device, &mut companion).await?;
    device.visit("/settings").await?;
    browser.find("language-en").await?;
    for (screen, button, landmark) in [
        ("add", "add", "add-note"),
        ("palette", "open-palette", "palette-option"),
        ("keys", "open-keys", "single-keys"),
    ] {
        browser.press(button).await?;
        browser.find(landmark).await?;
        companion(screen).await?;
        closed(browser, landmark).await?;
    }
    browser.press("nav-customers").await?;
    browser.fill("search", SAID).await?;
    browser
        .find("note-row")
        .await
        .context("no note holds what was searched for")?;
    companion("search").await?;
    lock(device).await?;
    companion("unlock").await
}

/// The board, the sheet of stages, the bar of the selection and the sheet of views.
async fn board(device: &Device, companion: &mut impl AsyncFnMut(&str) -> Result<()>) -> Result<()> {
    let browser = &device.browser;
    device.visit("/opportunities").await?;
    browser.press("face-board").await?;
    browser.find("deal").await.context("there is nothing on the board")?;
    companion("board").await?;
    browser.press("deal-move").await?;
    browser.find("move-won").await?;
    companion("stages").await?;
    closed(browser, "move-won").await?;
    browser.press("face-list").await?;
    browser.press("list-select").await?;
    browser.press("list-choose").await?;
    browser.find("list-bar").await?;
    companion("selection").await?;
    browser.press("views").await?;
    browser.find("view-name").await?;
    companion("views").await?;
    closed(browser, "view-name").await
}

/// Closes the dialog that shows this.
async fn closed(browser: &Browser, landmark: &str) -> Result<()> {
    browser.key(Key::Escape).await?;
    wait::until("the dialog to close", wait::PATIENCE, async || {
        Ok((!browser.shows(landmark).await?).then_some(()))
    })
    .await
}

async fn lock(device: &Device) -> Result<()> {
    device.lock().await?;
    device
        .browser
        .find_within("unlock-passphrase", wait::PATIENCE)
        .await
        .map(drop)
}
