//! A real browser with a profile of its own on disk, driven through WebDriver. It can be killed as a flat battery
//! would kill it, and started again on the same profile. It finds things by their `data-test` name only.

use crate::process::Process;
use crate::{environment, wait};
use anyhow::{Context, Result, anyhow, bail};
use serde_json::{Value, json};
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use thirtyfour::prelude::*;

/// The screen of a kind of device, in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Form {
    /// As it appears in names of screenshots.
    pub name: &'static str,
    width: u32,
    height: u32,
    touch: bool,
}

/// So many presses of the tab key lead past everything on any screen of the way.
const STEPS: usize = 60;
/// How long a person's press lasts.
const PRESS: Duration = Duration::from_millis(150);

/// A tablet held sideways.
pub const TABLET: Form = Form {
    name: "tablet",
    width: 1180,
    height: 820,
    touch: true,
};
/// A phone held sideways.
pub const PHONE_SIDEWAYS: Form = Form {
    name: "phone-sideways",
    width: 844,
    height: 390,
    touch: true,
};
/// A phone held upright.
pub const PHONE: Form = Form {
    name: "phone",
    width: 390,
    height: 844,
    touch: true,
};

/// A running browser with one page.
pub struct Browser {
    profile: PathBuf,
    process: Process,
    driver: WebDriver,
    // Ends with the browser; held only for that.
    _driver_process: Process,
}

impl Browser {
    /// Starts a browser on a profile folder, which may be new or left by an earlier one.
    ///
    /// # Errors
    /// It does not start, or its driver does not.
    pub async fn start(profile: &Path, form: Form) -> Result<Self> {
        Self::start_with(profile, form, &[]).await
    }

    /// The same, with more arguments of the browser's own.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub async fn start_with(profile: &Path, form: Form, arguments: &[&str]) -> Result<Self> {
        let (process, port) = launch(profile, arguments).await?;
        // On a busy machine the driver sometimes ends at once; the browser is up and waits for another.
        let (driver_process, driver) = match attach(port).await {
            Ok(attached) => attached,
            Err(error) => {
                eprintln!("the driver did not start, once more: {error:#}");
                attach(port).await?
            }
        };
        // The processes are ours to end; the driver must not try when this is dropped after a kill.
        driver.clone().leak()?;
        driver.set_script_timeout(wait::LONG_PATIENCE).await?;
        let browser = Self {
            profile: profile.to_path_buf(),
            process,
            driver,
            _driver_process: driver_process,
        };
        browser.take_form(form).await?;
        Ok(browser)
    }

    /// Kills it at once, with everything it runs: nothing gets a chance to be written.
    ///
    /// # Errors
    /// The signal cannot be sent.
    pub fn kill(mut self) -> Result<()> {
        self.process.kill()
    }

    /// Asks it to close as a person would, and waits until it has written everything.
    ///
    /// # Errors
    /// It does not close.
    pub async fn close(mut self) -> Result<()> {
        // The answer gets lost when the browser is quicker than its driver.
        let _ = self.command("Browser.close", json!({})).await;
        let process = &mut self.process;
        wait::until_ready("the browser to close", wait::PATIENCE, || process.ended()).await?;
        Ok(())
    }

    /// The folder on disk with all that the browser keeps.
    pub fn profile(&self) -> &Path {
        &self.profile
    }

    /// Becomes a device of that form.
    ///
    /// # Errors
    /// The browser refuses.
    pub async fn take_form(&self, form: Form) -> Result<()> {
        let metrics = json!({ "width": form.width, "height": form.height, "deviceScaleFactor": 1, "mobile": false });
        self.command("Emulation.setDeviceMetricsOverride", metrics).await?;
        self.command("Emulation.setTouchEmulationEnabled", json!({ "enabled": form.touch }))
            .await?;
        self.settle().await
    }

    /// Prefers dark or light, as the system setting of a device would say.
    ///
    /// # Errors
    /// The browser refuses.
    pub async fn prefer_dark(&self, dark: bool) -> Result<()> {
        let scheme = if dark { "dark" } else { "light" };
        // Nothing moves, so that every picture and every measured contrast is of a screen at rest.
        let features = json!([
            { "name": "prefers-color-scheme", "value": scheme },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ]);
        self.command("Emulation.setEmulatedMedia", json!({ "features": features }))
            .await?;
        self.settle().await
    }

    /// Waits until the page has taken over what was changed from outside and stands still.
    async fn settle(&self) -> Result<()> {
        let script = "
            const frame = () => new Promise(requestAnimationFrame);
            await frame();
            await frame();
            const transitions = document.getAnimations().filter(each => each instanceof CSSTransition);
            await Promise.allSettled(transitions.map(each => each.finished));
            await frame();";
        self.script(script, vec![]).await.map(drop)
    }

    /// Tells the page that the device has no network, or has it again.
    ///
    /// # Errors
    /// The browser refuses.
    pub async fn set_offline(&self, offline: bool) -> Result<()> {
        self.command("Network.enable", json!({})).await?;
        let conditions = json!({ "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
        self.command("Network.emulateNetworkConditions", conditions).await
    }

    /// Opens an address.
    ///
    /// # Errors
    /// It does not load.
    pub async fn go(&self, address: &str) -> Result<()> {
        self.driver
            .goto(address)
            .await
            .with_context(|| format!("cannot open {address}"))
    }

    /// Runs a script in the page: the body of an async function; what it returns comes back.
    ///
    /// # Errors
    /// The script throws.
    pub async fn script(&self, body: &str, arguments: Vec<Value>) -> Result<Value> {
        let wrapped = format!(
            "const done = arguments[arguments.length - 1];\
             (async function () {{ {body} }}).apply(null, arguments)\
             .then(value => done({{ value }}), error => done({{ error: String(error) }}));"
        );
        let answer = self.driver.execute_async(wrapped, arguments).await?;
        match answer.json() {
            Value::Object(outcome) if outcome.contains_key("error") => bail!("the script failed: {}", outcome["error"]),
            outcome => Ok(outcome["value"].clone()),
        }
    }

    /// Runs a whole script file in the page.
    ///
    /// # Errors
    /// The script throws.
    pub async fn run(&self, script: &str) -> Result<()> {
        self.driver.execute(script, vec![]).await?;
        Ok(())
    }

    /// The first visible thing of that name, waited for.
    ///
    /// # Errors
    /// It does not appear; a picture of what is there instead is saved.
    pub async fn find(&self, name: &str) -> Result<WebElement> {
        self.find_within(name, wait::PATIENCE).await
    }

    /// The same, waited for as long as said.
    ///
    /// # Errors
    /// As [`Self::find`].
    pub async fn find_within(&self, name: &str, limit: Duration) -> Result<WebElement> {
        let found = wait::until(format!("“{name}” on the screen"), limit, async || {
            Ok(self.all(name).await?.into_iter().next())
        });
        let found = found.await;
        self.unbroken().await?;
        self.explained(found).await
    }

    /// Every visible thing of that name, at once.
    ///
    /// # Errors
    /// The browser does not answer.
    pub async fn all(&self, name: &str) -> Result<Vec<WebElement>> {
        let mut visible = Vec::new();
        for element in self.driver.find_all(By::Css(format!("[data-test=\"{name}\"]"))).await? {
            if element.is_displayed().await? {
                visible.push(element);
            }
        }
        Ok(visible)
    }

    /// Whether there is something visible of that name now.
    ///
    /// # Errors
    /// The browser does not answer.
    pub async fn shows(&self, name: &str) -> Result<bool> {
        Ok(!self.all(name).await?.is_empty())
    }

    /// Presses the thing of that name once it is there and can be pressed.
    ///
    /// # Errors
    /// It cannot be pressed.
    pub async fn press(&self, name: &str) -> Result<()> {
        let pressed = wait::until(format!("“{name}” to be pressed"), wait::PATIENCE, async || {
            let Some(element) = self.all(name).await?.into_iter().next() else {
                return Ok(None);
            };
            element.scroll_into_view().await?;
            element.click().await?;
            Ok(Some(()))
        });
        self.explained(pressed.await).await
    }

    /// Presses the thing of that name as a person does: the button of the mouse stays down for a while, in which the
    /// page goes on.
    ///
    /// # Errors
    /// It is not there.
    pub async fn press_slowly(&self, name: &str) -> Result<()> {
        let element = self.find(name).await?;
        element.scroll_into_view().await?;
        let actions = self.driver.action_chain_with_delay(None, Some(PRESS));
        let actions = actions.move_to_element_center(&element).click_and_hold();
        actions.move_by_offset(1, 0).release().perform().await?;
        Ok(())
    }

    /// Presses the thing of that name by keyboard.
    ///
    /// # Errors
    /// It is not there.
    pub async fn press_by_key(&self, name: &str) -> Result<()> {
        let element = self.find(name).await?;
        element.focus().await?;
        self.driver.action_chain().send_keys(Key::Enter).perform().await?;
        Ok(())
    }

    /// Types keys wherever the focus is, the last one while the others are held.
    ///
    /// # Errors
    /// The browser refuses.
    pub async fn chord(&self, held: &[Key], key: char) -> Result<()> {
        let mut actions = self.driver.action_chain();
        for held in held {
            actions = actions.key_down(held.clone());
        }
        actions = actions.send_keys(key);
        for held in held {
            actions = actions.key_up(held.clone());
        }
        actions.perform().await?;
        Ok(())
    }

    /// Presses one key wherever the focus is.
    ///
    /// # Errors
    /// The browser refuses.
    pub async fn key(&self, key: Key) -> Result<()> {
        self.driver.action_chain().send_keys(key).perform().await?;
        Ok(())
    }

    /// Types a text wherever the focus is.
    ///
    /// # Errors
    /// The browser refuses.
    pub async fn type_text(&self, text: &str) -> Result<()> {
        self.driver.action_chain().send_keys(text).perform().await?;
        Ok(())
    }

    /// Goes from one thing to the next, as far as the thing of that name.
    ///
    /// # Errors
    /// It is not on the way.
    pub async fn tab_to(&self, name: &str) -> Result<()> {
        let mut passed = Vec::new();
        for _ in 0..STEPS {
            let focused = self.focused().await?;
            if focused == name {
                return Ok(());
            }
            passed.push(focused);
            self.key(Key::Tab).await?;
        }
        self.explained(Err(anyhow!("“{name}” is not on the way of the tab key: {passed:?}")))
            .await
    }

    /// The name of what has the focus, or of what it labels.
    async fn focused(&self) -> Result<String> {
        let script = "
            const focused = document.activeElement;
            return focused?.dataset?.test ?? focused?.closest('label[data-test]')?.dataset.test ?? '';";
        let focused = self.script(script, vec![]).await?;
        Ok(focused.as_str().unwrap_or_default().to_owned())
    }

    /// What is written on or at the first visible thing of that name, and what a screen reader says it is. Neither counts
    /// blanks.
    ///
    /// # Errors
    /// There is no such thing.
    pub async fn names_of(&self, name: &str) -> Result<(String, String)> {
        let find =
            format!("[...document.querySelectorAll('[data-test=\"{name}\"]')].find(each => each.checkVisibility())");
        let written = format!(
            "const found = {find};
            const label = found.labels?.[0] ?? found;
            const words = [];
            const isShown = node => !node.matches('[aria-hidden=true], .visually-hidden') && node.checkVisibility();
            const walk = node => {{
                if (node.nodeType === Node.TEXT_NODE) words.push(node.data);
                else if (node.nodeType === Node.ELEMENT_NODE && isShown(node)) node.childNodes.forEach(walk);
            }};
            walk(label);
            return words.join('') || found.placeholder || '';"
        );
        let seen = self.script(&written, vec![]).await?;
        // Of a label, what it labels.
        let control = format!("(found => found?.control ?? found)({find})");
        let thing = self.ask("Runtime.evaluate", json!({ "expression": control })).await?;
        let thing = thing["result"]["objectId"].as_str().context("nothing of that name")?;
        let wanted = json!({ "objectId": thing, "fetchRelatives": false });
        let tree = self.ask("Accessibility.getPartialAXTree", wanted).await?;
        let said = tree["nodes"][0]["name"]["value"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        let without_blanks = |text: &str| text.split_whitespace().collect::<String>();
        Ok((without_blanks(seen.as_str().unwrap_or_default()), without_blanks(&said)))
    }

    /// The browser's own button for one step back.
    ///
    /// # Errors
    /// There is no step back.
    pub async fn back(&self) -> Result<()> {
        self.driver.back().await?;
        Ok(())
    }

    /// Where the page says it is: path and query.
    ///
    /// # Errors
    /// The page does not answer.
    pub async fn path(&self) -> Result<String> {
        let path = self
            .script("return location.pathname + location.search", vec![])
            .await?;
        Ok(path.as_str().unwrap_or_default().to_owned())
    }

    /// Waits until what has the focus bears that name.
    ///
    /// # Errors
    /// Something else has it.
    pub async fn wait_for_focus(&self, name: &str) -> Result<()> {
        let focused = wait::until(format!("“{name}” to have the focus"), wait::PATIENCE, async || {
            let focused = self
                .script("return document.activeElement?.dataset?.test ?? ''", vec![])
                .await?;
            match focused.as_str() {
                Some(focused) if focused == name => Ok(Some(())),
                other => bail!("the focus is on {other:?}"),
            }
        });
        self.explained(focused.await).await
    }

    /// Types into the field of that name, in place of what stands there.
    ///
    /// # Errors
    /// The field does not take the text.
    pub async fn fill(&self, name: &str, text: &str) -> Result<()> {
        let filled = wait::until(format!("“{name}” to take the text"), wait::PATIENCE, async || {
            let Some(field) = self.all(name).await?.into_iter().next() else {
                return Ok(None);
            };
            field.scroll_into_view().await?;
            field.send_keys(Key::Control + "a").await?;
            field.send_keys(text).await?;
            let value = field.prop("value").await?.unwrap_or_default();
            if value != text {
                bail!("it holds “{value}”");
            }
            Ok(Some(()))
        });
        self.explained(filled.await).await
    }

    /// The words of every visible thing of that name.
    ///
    /// # Errors
    /// The browser does not answer.
    pub async fn texts(&self, name: &str) -> Result<Vec<String>> {
        let mut texts = Vec::new();
        for element in self.all(name).await? {
            texts.push(element.text().await?);
        }
        Ok(texts)
    }

    /// Waits until one thing of that name says all these words, and returns what it says.
    ///
    /// # Errors
    /// None does in time; what they say instead is part of the message.
    pub async fn wait_for_text(&self, name: &str, words: &[&str]) -> Result<String> {
        self.wait_for_text_within(name, words, wait::PATIENCE).await
    }

    /// The same, waited for as long as said.
    ///
    /// # Errors
    /// As [`Self::wait_for_text`].
    pub async fn wait_for_text_within(&self, name: &str, words: &[&str], limit: Duration) -> Result<String> {
        let found = wait::until(format!("“{name}” that says {words:?}"), limit, async || {
            let texts = self.texts(name).await?;
            match texts.iter().find(|text| words.iter().all(|word| text.contains(word))) {
                Some(text) => Ok(Some(text.clone())),
                None => bail!("they say {texts:?}"),
            }
        });
        let found = found.await;
        self.unbroken().await?;
        self.explained(found).await
    }

    /// Whether the app has never failed in this profile where it never should: it remembers where it did, and every
    /// journey stops there.
    async fn unbroken(&self) -> Result<()> {
        // An error page of the browser has no memory.
        let script = "try { return localStorage.getItem('rapport.trouble') } catch { return null }";
        let trouble = self.driver.execute(script, vec![]).await?;
        match trouble.json() {
            Value::String(place) => self.explained(Err(anyhow!("the app failed at {place}"))).await,
            _ => Ok(()),
        }
    }

    /// An attribute of the first visible thing of that name.
    ///
    /// # Errors
    /// There is no such thing.
    pub async fn attribute(&self, name: &str, attribute: &str) -> Result<Option<String>> {
        Ok(self.find(name).await?.attr(attribute).await?)
    }

    /// Saves a picture of the page below the folder of screenshots and says where.
    ///
    /// # Errors
    /// The picture cannot be taken or written.
    pub async fn picture(&self, name: &str) -> Result<PathBuf> {
        let file = environment::output().join("screenshots").join(format!("{name}.png"));
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        self.driver.screenshot(&file).await?;
        Ok(file)
    }

    async fn command(&self, method: &str, parameters: Value) -> Result<()> {
        self.ask(method, parameters).await.map(drop)
    }

    /// A command of the browser's own protocol, and its answer.
    ///
    /// # Errors
    /// The browser refuses.
    pub async fn ask(&self, method: &str, parameters: Value) -> Result<Value> {
        let answer = self.driver.cdp().send_raw(method, parameters).await;
        answer.with_context(|| format!("{method} failed"))
    }

    /// Adds to a failure what a person would look at first: where the page is and how it looks.
    pub(crate) async fn explained<T>(&self, outcome: Result<T>) -> Result<T> {
        let Err(error) = outcome else { return outcome };
        let address = self
            .driver
            .current_url()
            .await
            .map_or_else(|error| error.to_string(), |url| url.to_string());
        let name = std::thread::current().name().unwrap_or("journey").replace("::", "-");
        let picture = match self.picture(&format!("failed/{name}")).await {
            Ok(file) => file.display().to_string(),
            Err(error) => format!("none ({error:#})"),
        };
        Err(error.context(format!("at {address}; picture: {picture}")))
    }
}

/// Starts the browser and reads from its profile on which port it listens.
async fn launch(profile: &Path, arguments: &[&str]) -> Result<(Process, u16)> {
    let port_file = profile.join("DevToolsActivePort");
    // An earlier browser's port would be mistaken for this one's.
    let _ = fs::remove_file(&port_file);
    let mut chromium = Command::new("chromium");
    chromium
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-sync",
        ])
        .args([
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-dev-shm-usage",
        ])
        .args([
            "--remote-debugging-port=0",
            "--lang=zh-CN",
            "--accept-lang=zh-CN",
            "--hide-scrollbars",
        ])
        .args(arguments)
        .arg(format!("--user-data-dir={}", profile.display()))
        .arg("about:blank")
        // The demo bank keeps Chinese hours.
        .env("TZ", "Asia/Shanghai")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut process = Process::start(&mut chromium)?;
    let port = wait::until_ready("the browser to start", wait::PATIENCE, || {
        if let Some(status) = process.ended()? {
            bail!("the browser ended: {status}");
        }
        let written = fs::read_to_string(&port_file).unwrap_or_default();
        Ok(written
            .lines()
            .next()
            .and_then(|line| line.parse().ok())
            .filter(|_| written.lines().count() > 1))
    })
    .await?;
    Ok((process, port))
}

/// Starts a driver for the browser that listens on that port.
async fn attach(port: u16) -> Result<(Process, WebDriver)> {
    let (process, driver_port) = launch_driver()?;
    let mut capabilities = DesiredCapabilities::chrome();
    capabilities.set_debugger_address(&format!("127.0.0.1:{port}"))?;
    let driver = WebDriver::new(format!("http://127.0.0.1:{driver_port}"), capabilities).await?;
    Ok((process, driver))
}

/// Starts the driver and reads from its greeting on which port it listens.
fn launch_driver() -> Result<(Process, u16)> {
    let mut driver = Command::new("chromedriver");
    driver
        .args(["--port=0"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut process = Process::start(&mut driver)?;
    let output = process.child().stdout.take().context("the driver has no output")?;
    let mut lines = BufReader::new(output).lines();
    let port = lines.by_ref().map_while(Result::ok).find_map(|line| {
        line.split("successfully on port ")
            .nth(1)?
            .trim_end_matches('.')
            .parse()
            .ok()
    });
    // Keeps reading, or the driver would stop once the pipe is full.
    std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
    Ok((process, port.context("the driver did not say its port")?))
}
