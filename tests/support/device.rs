//! One person's device: a browser, the network it hangs on, and what that person does with it, said in the words of
//! the app. It asserts nothing by itself: the journeys do.

use crate::browser::{Browser, Form};
use crate::network::{Network, Weather};
use crate::server::Server;
use crate::wait;
use anyhow::{Context, Result, bail};
use serde_json::json;
use std::path::{Path, PathBuf};

/// The password of every person of the demo bank.
pub const PASSWORD: &str = "rapport-demo";
/// The passphrase the journeys choose for every device.
pub const PASSPHRASE: &str = "vermilion seal and ink";

/// A device in somebody's hands.
pub struct Device {
    /// What is on its screen.
    pub browser: Browser,
    /// What it is connected by.
    pub network: Network,
    profile: PathBuf,
    form: Form,
}

impl Device {
    /// A new device with nothing on it, showing the app's first screen.
    ///
    /// # Errors
    /// The browser or the app does not start.
    pub async fn new(folder: &Path, server: &Server, form: Form) -> Result<Self> {
        let network = Network::to(server.address())?;
        std::fs::create_dir_all(folder)?;
        let browser = Browser::start(folder, form).await?;
        browser.prefer_dark(false).await?;
        browser.go(&network.origin()).await?;
        Ok(Self {
            browser,
            network,
            profile: folder.to_path_buf(),
            form,
        })
    }

    /// Signs in, chooses the passphrase and waits until the whole book is there and the app would start without
    /// a network.
    ///
    /// # Errors
    /// A step does not succeed.
    pub async fn set_up(&self, login: &str) -> Result<()> {
        self.sign_in(login, PASSWORD).await?;
        self.browser.fill("passphrase", PASSPHRASE).await?;
        self.browser.fill("passphrase-again", PASSPHRASE).await?;
        self.browser.press("passphrase-submit").await?;
        self.wait_for_book().await
    }

    /// Fills and sends the sign-in form.
    ///
    /// # Errors
    /// The form is not there.
    pub async fn sign_in(&self, login: &str, password: &str) -> Result<()> {
        self.browser.fill("login", login).await?;
        self.browser.fill("password", password).await?;
        self.browser.press("sign-in-submit").await
    }

    /// Waits for the first pull to end and for the service worker to hold the app.
    ///
    /// # Errors
    /// It takes too long.
    pub async fn wait_for_book(&self) -> Result<()> {
        self.browser.find_within("nav-customers", wait::LONG_PATIENCE).await?;
        self.wait_for_badge("synced").await?;
        self.browser
            .script("await navigator.serviceWorker.ready", vec![])
            .await?;
        Ok(())
    }

    /// Locks the book: by the rail of a tablet, or under More on a phone.
    ///
    /// # Errors
    /// There is no such button.
    pub async fn lock(&self) -> Result<()> {
        if !self.browser.shows("lock").await? {
            self.browser.press("nav-more").await?;
        }
        self.browser.press("lock").await
    }

    /// Opens the locked book.
    ///
    /// # Errors
    /// The book does not open.
    pub async fn unlock(&self) -> Result<()> {
        self.browser.fill("unlock-passphrase", PASSPHRASE).await?;
        self.browser.press("unlock-submit").await?;
        self.browser.find_within("nav-customers", wait::LONG_PATIENCE).await?;
        Ok(())
    }

    /// Cuts the network: the page is told, and nothing reaches the server.
    ///
    /// # Errors
    /// The browser refuses.
    pub async fn go_offline(&self) -> Result<()> {
        self.network.set(Weather::Down);
        self.browser.set_offline(true).await
    }

    /// Restores the network.
    ///
    /// # Errors
    /// The browser refuses.
    pub async fn go_online(&self) -> Result<()> {
        self.network.set(Weather::Fair);
        self.browser.set_offline(false).await?;
        self.sync_soon().await
    }

    /// Tells the app what a real device would when its network returns, so that it does not wait for its timer.
    ///
    /// # Errors
    /// The page does not answer.
    pub async fn sync_soon(&self) -> Result<()> {
        self.browser.run("window.dispatchEvent(new Event('online'))").await
    }

    /// Kills the browser and starts it again on what is left on the disk; the network stays as it was.
    ///
    /// # Errors
    /// It does not start again.
    pub async fn crash_and_restart(self) -> Result<Self> {
        let Self {
            browser,
            network,
            profile,
            form,
        } = self;
        browser.kill()?;
        let browser = Browser::start(&profile, form).await?;
        browser.prefer_dark(false).await?;
        Ok(Self {
            browser,
            network,
            profile,
            form,
        })
    }

    /// Opens the app's address, as a tap on its icon would.
    ///
    /// # Errors
    /// Nothing loads.
    pub async fn open(&self) -> Result<()> {
        self.browser.go(&self.network.origin()).await
    }

    /// Waits until the badge of synchronisation is in that state.
    ///
    /// # Errors
    /// It is not in time.
    pub async fn wait_for_badge(&self, state: &str) -> Result<()> {
        let seen = wait::until(
            format!("the badge to say “{state}”"),
            wait::LONG_PATIENCE,
            async || match self.badge().await? {
                (now, unsent) if now == state => Ok(Some(unsent)),
                (now, unsent) => bail!("it says “{now}” with {unsent} unsent"),
            },
        );
        self.browser.explained(seen.await).await.map(drop)
    }

    /// Waits until everything is with the server, signing in again when the session did not survive.
    ///
    /// # Errors
    /// Something stays unsent.
    pub async fn wait_until_all_is_sent(&self) -> Result<()> {
        let settled = wait::until("the badge to settle", wait::LONG_PATIENCE, async || {
            match self.badge().await? {
                (state, 0) if state == "synced" => Ok(Some(state)),
                (state, _) if state == "signed-out" => Ok(Some(state)),
                (state, unsent) => bail!("it says “{state}” with {unsent} unsent"),
            }
        });
        if self.browser.explained(settled.await).await? == "signed-out" {
            self.browser.press("nav-status").await?;
            self.browser.fill("password-again", PASSWORD).await?;
            self.browser.press("sign-in-again").await?;
            self.wait_for_badge("synced").await?;
        }
        Ok(())
    }

    /// The badge's state and how many changes are unsent.
    ///
    /// # Errors
    /// There is no badge.
    pub async fn badge(&self) -> Result<(String, usize)> {
        let state = self
            .browser
            .attribute("sync-badge", "data-state")
            .await?
            .context("the badge has no state")?;
        let unsent = self
            .browser
            .attribute("sync-badge", "data-unsent")
            .await?
            .context("the badge has no count")?;
        Ok((state, unsent.parse()?))
    }

    /// Searches in the list of customers and opens the card of that name.
    ///
    /// # Errors
    /// The search does not find it.
    pub async fn open_customer(&self, search: &str, name: &str) -> Result<()> {
        self.browser.press("nav-customers").await?;
        self.browser.fill("search", search).await?;
        let row = wait::until(format!("{name} among the found"), wait::PATIENCE, async || {
            let rows = self.browser.all("customer-row").await?;
            let mut seen = Vec::new();
            for row in rows {
                let text = row.text().await?;
                if text.contains(name) {
                    row.click().await?;
                    return Ok(Some(()));
                }
                seen.push(text);
            }
            bail!("found instead: {seen:?}")
        });
        self.browser.explained(row.await).await?;
        self.browser.wait_for_text("customer-name", &[name]).await.map(drop)
    }

    /// Writes a visit note on the open card, with a next contact a week from now.
    ///
    /// # Errors
    /// It is not saved.
    pub async fn write_note(&self, text: &str) -> Result<()> {
        self.browser.press("add-note").await?;
        self.browser.fill("note-text", text).await?;
        self.browser.press("next-week").await?;
        self.browser.press("form-save").await?;
        self.browser.wait_for_text("timeline-entry", &[text]).await.map(drop)
    }

    /// Changes fields of the open card.
    ///
    /// # Errors
    /// They are not saved.
    pub async fn edit(&self, fields: &[(&str, &str)]) -> Result<()> {
        self.browser.press("edit-customer").await?;
        for (field, value) in fields {
            self.browser.fill(&format!("field-{field}"), value).await?;
        }
        self.browser.press("form-save").await?;
        self.browser.find("customer-name").await.map(drop)
    }

    /// Opens the history of a field on the open card and returns its entries, newest first.
    ///
    /// # Errors
    /// There is no history to open.
    pub async fn history(&self, field: &str) -> Result<Vec<String>> {
        self.browser.press(&format!("field-history-{field}")).await?;
        self.browser.find("history-entry").await?;
        self.browser.texts("history-entry").await
    }

    /// Presses the way back of what was done last, whose word stands below those on what was done before.
    ///
    /// # Errors
    /// There is no way back.
    pub async fn undo_last(&self) -> Result<()> {
        self.browser.find("toast-undo").await?;
        let shown = self.browser.all("toast-undo").await?;
        shown.last().context("there is no way back")?.click().await?;
        Ok(())
    }

    /// Goes to an address inside the app without loading it anew, so that the book stays unlocked.
    ///
    /// # Errors
    /// The page does not answer.
    pub async fn visit(&self, path: &str) -> Result<()> {
        let script = "history.pushState(null, '', arguments[0]); dispatchEvent(new PopStateEvent('popstate'));";
        self.browser.script(script, vec![json!(path)]).await.map(drop)
    }
}
