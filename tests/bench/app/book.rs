//! A relationship manager's book of design size, on a server and on a device that has pulled all of it. It times nothing.

use crate::ours::wait_until_folded;
use anyhow::Result;
use rapport_tests::browser::{Browser, TABLET};
use rapport_tests::device::{PASSPHRASE, PASSWORD};
use rapport_tests::link::{Link, Quality};
use rapport_tests::server::Server;
use rapport_tests::wait;
use serde_json::json;
use std::fs;
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;

/// Customers of the design size, and visits with a note held with each.
const CUSTOMERS: usize = 2_000;
const VISITS: usize = 10;
/// What is slow about a slow 4G.
const SLOW_4G: Quality = Quality {
    rtt_ms: 150.0,
    down_mbps: 1.6,
    up_mbps: 0.75,
};
/// The first pull of five times the design size takes minutes on a slow machine.
const FIRST_PULL: Duration = Duration::from_secs(900);
/// Frames come as soon as they are made: what is measured is the app, not when the screen refreshes next.
const FRAMES: [&str; 2] = ["--disable-frame-rate-limit", "--disable-gpu-vsync"];

/// A server with a book, and the profile of a browser that holds it sealed.
pub struct Filled {
    pub customers: usize,
    pub link: Link,
    server: Server,
    // Last, so that it outlives what writes into it.
    folder: TempDir,
}

impl Filled {
    /// Fills the server by its own command, and a device by its first pull.
    ///
    /// # Errors
    /// Either refuses.
    pub async fn make(scale: usize) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let customers = CUSTOMERS * scale;
        let server = Server::start_with_bank(folder.path(), customers, VISITS).await?;
        let link = Link::to(server.address(), Quality::default())?;
        let filled = Self {
            customers,
            link,
            server,
            folder,
        };
        let browser = filled.browser().await?;
        browser.go(&filled.link.origin()).await?;
        sign_in(&browser).await?;
        for field in ["passphrase", "passphrase-again"] {
            browser.fill(field, PASSPHRASE).await?;
        }
        browser.press("passphrase-submit").await?;
        browser.find_within("nav-customers", FIRST_PULL).await?;
        // The book opens before all of it is here.
        wait::until("the whole book", FIRST_PULL, async || {
            let state = browser.attribute("sync-badge", "data-state").await?;
            Ok((state.as_deref() == Some("synced")).then_some(()))
        })
        .await?;
        // The service worker holds the whole app, and the log is in pages, as moments later on any device.
        browser.script("await navigator.serviceWorker.ready", vec![]).await?;
        wait_until_folded(&browser).await?;
        browser.close().await?;
        Ok(filled)
    }

    /// The browser of the device that holds the book, just started.
    pub async fn browser(&self) -> Result<Browser> {
        started(&self.folder.path().join("profile")).await
    }

    /// A browser that has never been here, and the slow link it hangs on.
    pub async fn newcomer(&self) -> Result<(Browser, Link, TempDir)> {
        let folder = tempfile::tempdir()?;
        let link = Link::to(self.server.address(), SLOW_4G)?;
        Ok((started(&folder.path().join("profile")).await?, link, folder))
    }
}

/// Signs the one relationship manager in.
pub async fn sign_in(browser: &Browser) -> Result<()> {
    browser.fill("login", "rm1").await?;
    browser.fill("password", PASSWORD).await?;
    browser.press("sign-in-submit").await?;
    browser.find("passphrase").await.map(drop)
}

async fn started(profile: &Path) -> Result<Browser> {
    fs::create_dir_all(profile)?;
    let browser = Browser::start_with(profile, TABLET, &FRAMES).await?;
    let watch = json!({ "source": include_str!("watch.js") });
    browser.ask("Page.enable", json!({})).await?;
    browser.ask("Page.addScriptToEvaluateOnNewDocument", watch).await?;
    Ok(browser)
}
