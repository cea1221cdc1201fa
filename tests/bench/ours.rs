//! Our own app on each workload: a fresh server, a fresh browser profile and a fresh link every time. It calls the
//! entry points of the page of measurements and checks what they leave behind.

use crate::Plan;
use crate::figures::{Figures, OURS};
use anyhow::{Context, Result, bail};
use rapport_tests::browser::{Browser, TABLET};
use rapport_tests::link::{Link, Quality};
use rapport_tests::server::Server;
use rapport_tests::{environment, wait};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// The name of the database in its folder.
const DATABASE: &str = "rapport.db";
const LOGIN: &str = "bench";
const PASSWORD: &str = "bench-password";
const PASSPHRASE: &str = "vermilion seal and ink";
/// Notes that are saved one by one, and that are pushed.
const FEW: usize = 1_000;
/// Tells notes apart that are written on the device from those of the sample, as the harness does.
const SAVED: u32 = 2;
const PUSHED: u32 = 1;

/// Databases with the sample, to be copied.
pub struct Samples {
    folder: PathBuf,
}

impl Samples {
    /// Fills one database with nothing, one with the customers, one with customers and notes, by the app itself.
    ///
    /// # Errors
    /// The server or the app refuses.
    pub async fn fill(plan: &Plan) -> Result<Self> {
        let folder = plan.folder.join("samples");
        let _ = fs::remove_dir_all(&folder);
        let samples = Self { folder };
        samples.make_empty().await?;
        let (cards, notes) = counts(plan);
        for (name, notes) in [("cards", 0), ("full", notes)] {
            let stage = Stage::new(plan, &samples, "empty", Quality::default()).await?;
            stage.begin().await?;
            stage.call("bulk", json!([cards, notes])).await?;
            stage.call("push", json!([])).await?;
            let Stage { server, folder, .. } = stage;
            drop(server);
            copy_database(folder.path(), &samples.folder.join(name))?;
        }
        Ok(samples)
    }

    /// A database with one user.
    async fn make_empty(&self) -> Result<()> {
        let folder = self.folder.join("empty");
        fs::create_dir_all(&folder)?;
        let mut add = Command::new(environment::server_binary()?);
        add.args(["user", "add", "--login", LOGIN, "--name", LOGIN, "--role", "rm"]);
        add.args(["--team", "1", "--branch", "1", "--database"])
            .arg(folder.join(DATABASE));
        let added = add.env("RAPPORT_PASSWORD", PASSWORD).stdout(Stdio::null()).status();
        if !added.context("cannot start the server's binary")?.success() {
            bail!("the user could not be added");
        }
        Ok(())
    }
}

/// Copies a database that no server has open, with what SQLite keeps beside it.
fn copy_database(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(DATABASE) {
            fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
    }
    Ok(())
}

fn quality(plan: &Plan) -> Quality {
    Quality {
        rtt_ms: plan.rtt_ms,
        down_mbps: plan.down_mbps,
        up_mbps: plan.up_mbps,
    }
}

fn counts(plan: &Plan) -> (usize, usize) {
    (1_000 * plan.scale, 10_000 * plan.scale)
}

/// Measures every wanted workload once.
pub async fn measure(plan: &Plan, samples: &Samples, figures: &mut Figures) {
    for workload in ["w1", "w1s"] {
        if plan.wants(workload) {
            let outcome = saves(plan, samples).await;
            note(figures, workload, outcome);
        }
    }
    if plan.wants("w2") {
        let outcome = bulk(plan, samples).await;
        note(figures, "w2", outcome);
    }
    let opens = ["w3", "w5", "w6"].iter().any(|workload| plan.wants(workload));
    if opens && let Err(error) = pull_and_open(plan, samples, figures).await {
        figures.fail(OURS, "w3/5/6", &format!("{error:#}"));
    }
    if plan.wants("w4") {
        let outcome = push(plan, samples).await;
        note(figures, "w4", outcome);
    }
}

fn note(figures: &mut Figures, workload: &str, outcome: Result<Value>) {
    match outcome {
        Ok(sample) => figures.add(OURS, workload, sample),
        Err(error) => figures.fail(OURS, workload, &format!("{error:#}")),
    }
}

/// W1: notes one by one on a device without network that holds its customers.
async fn saves(plan: &Plan, samples: &Samples) -> Result<Value> {
    let (cards, _) = counts(plan);
    let stage = Stage::new(plan, samples, "cards", quality(plan)).await?;
    stage.begin().await?;
    stage.link.set_cut(true);
    let sample = stage.call("save", json!([FEW, cards, SAVED])).await?;
    stage.reopen().await?;
    stage.call("check", json!([cards, FEW, SAVED])).await?;
    Ok(sample)
}

/// W2: everything as a user's own work, on a device without network.
async fn bulk(plan: &Plan, samples: &Samples) -> Result<Value> {
    let (cards, notes) = counts(plan);
    let stage = Stage::new(plan, samples, "empty", quality(plan)).await?;
    stage.begin().await?;
    stage.link.set_cut(true);
    let mut sample = stage.call("bulk", json!([cards, notes])).await?;
    sample["storage_bytes"] = stage.storage().await?;
    stage.reopen().await?;
    stage.call("check", json!([cards, notes, 0])).await?;
    Ok(sample)
}

/// W3: the first pull. W5 and W6: the book it left, opened by a browser just started.
async fn pull_and_open(plan: &Plan, samples: &Samples, figures: &mut Figures) -> Result<()> {
    let (cards, notes) = counts(plan);
    let mut stage = Stage::new(plan, samples, "full", quality(plan)).await?;
    stage.call("sign_in", json!([LOGIN, PASSWORD])).await?;
    stage.forget_connections();
    let mut sample = stage.call("pull", json!([PASSPHRASE, cards])).await?;
    stage.add_traffic(&mut sample);
    stage.call("check", json!([cards, notes, 0])).await?;
    wait_until_folded(&stage.browser).await?;
    sample["storage_bytes"] = stage.storage().await?;
    if plan.wants("w3") {
        figures.add(OURS, "w3", sample);
    }
    if plan.wants("w5") || plan.wants("w6") {
        stage = stage.restarted(plan).await?;
        stage.link.set_cut(true);
        let sample = stage.call("unlock", json!([PASSPHRASE, cards])).await?;
        stage.call("check", json!([cards, notes, 0])).await?;
        if plan.wants("w5") {
            figures.add(OURS, "w5", sample);
        }
    }
    if plan.wants("w6") {
        let sample = stage.call("search", json!([notes, cards])).await?;
        figures.add(OURS, "w6", sample);
    }
    Ok(())
}

/// W4: notes written without network, the page loaded anew, everything sent.
async fn push(plan: &Plan, samples: &Samples) -> Result<Value> {
    let (cards, _) = counts(plan);
    let stage = Stage::new(plan, samples, "cards", quality(plan)).await?;
    stage.begin().await?;
    stage.link.set_cut(true);
    stage.call("save", json!([FEW, cards, PUSHED])).await?;
    // Not while it tries to send: nothing must have gone before the page is loaded anew.
    stage.call("notice_offline", json!([])).await?;
    stage.link.set_cut(false);
    stage.go().await?;
    stage.link.set_cut(true);
    stage.call("unlock", json!([PASSPHRASE, 0])).await?;
    // What is tried on the way is over, so that all of it counts from here on.
    stage.call("notice_offline", json!([])).await?;
    stage.link.set_cut(false);
    stage.forget_connections();
    let mut sample = stage.call("push", json!([])).await?;
    stage.add_traffic(&mut sample);
    stage.call("check", json!([cards, FEW, PUSHED])).await?;
    let held = stage.server.command(&["export", "notes", "--format", "jsonl"])?;
    let held = held.lines().filter(|line| line.starts_with('{')).count();
    if held != FEW {
        bail!("the server holds {held} notes after the push");
    }
    sample["server_count"] = json!(held);
    Ok(sample)
}

/// A server with a sample, a link, a browser.
struct Stage {
    browser: Browser,
    link: Link,
    server: Server,
    // Last, so that it outlives what writes into it.
    folder: TempDir,
}

impl Stage {
    async fn new(plan: &Plan, samples: &Samples, name: &str, quality: Quality) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        copy_database(&samples.folder.join(name), folder.path())?;
        let server = Server::start(folder.path().join(DATABASE)).await?;
        let link = Link::to(server.address(), quality)?;
        let browser = browser(plan, &folder.path().join("profile")).await?;
        let stage = Self {
            browser,
            link,
            server,
            folder,
        };
        stage.go().await?;
        Ok(stage)
    }

    /// Loads the page of measurements.
    async fn go(&self) -> Result<()> {
        self.browser.go(&format!("{}/bench.html", self.link.origin())).await?;
        wait::until("the page of measurements", wait::PATIENCE, async || {
            let ready = self
                .browser
                .script("return globalThis.bench !== undefined", vec![])
                .await?;
            Ok((ready == json!(true)).then_some(()))
        })
        .await
    }

    async fn call(&self, name: &str, arguments: Value) -> Result<Value> {
        let script = "return bench[arguments[0]](...arguments[1])";
        let answer = self.browser.script(script, vec![json!(name), arguments]).await;
        answer.with_context(|| name.to_owned())
    }

    /// Signs in and takes over what the server has, untimed.
    async fn begin(&self) -> Result<()> {
        self.call("sign_in", json!([LOGIN, PASSWORD])).await?;
        self.call("pull", json!([PASSPHRASE, 0])).await.map(drop)
    }

    /// Loads the page anew and unlocks, so that what is checked next comes from the disk.
    async fn reopen(&self) -> Result<()> {
        self.link.set_cut(false);
        self.go().await?;
        self.link.set_cut(true);
        self.call("unlock", json!([PASSPHRASE, 0])).await.map(drop)
    }

    /// The same with the browser closed and started again on its profile.
    async fn restarted(self, plan: &Plan) -> Result<Self> {
        let Self {
            browser,
            link,
            server,
            folder,
        } = self;
        browser.close().await?;
        let browser = self::browser(plan, &folder.path().join("profile")).await?;
        let stage = Self {
            browser,
            link,
            server,
            folder,
        };
        stage.go().await?;
        Ok(stage)
    }

    /// From here on everything counts, the handshake included, as for the others.
    fn forget_connections(&self) {
        self.link.set_cut(false);
        self.link.take_traffic();
    }

    fn add_traffic(&self, sample: &mut Value) {
        let traffic = self.link.take_traffic();
        sample["up_bytes"] = json!(traffic.up_bytes);
        sample["down_bytes"] = json!(traffic.down_bytes);
        sample["wire_bytes"] = json!(traffic.up_bytes + traffic.down_bytes);
        sample["requests"] = json!(traffic.requests);
        sample["connections"] = json!(traffic.connections);
    }

    async fn storage(&self) -> Result<Value> {
        let script = "return (await navigator.storage.estimate()).usage";
        self.browser.script(script, vec![]).await
    }
}

/// Entries of the log that what is heard after the first pull may make: they stay there until there are more.
const HEARD_SINCE: u64 = 4;

/// Waits until the log of the first pull is in pages, as it is moments later on any device.
pub async fn wait_until_folded(browser: &Browser) -> Result<()> {
    let script = "
        const ask = (request) => new Promise((resolve, reject) => {
            request.onsuccess = () => resolve(request.result);
            request.onerror = () => reject(request.error);
        });
        const database = await ask(indexedDB.open('rapport'));
        const entries = await ask(database.transaction('log').objectStore('log').count());
        database.close();
        return entries";
    wait::until("the log to be folded", wait::LONG_PATIENCE, async || {
        let entries = browser.script(script, vec![]).await?;
        Ok(entries.as_u64().filter(|entries| *entries <= HEARD_SINCE).map(drop))
    })
    .await
}

async fn browser(plan: &Plan, profile: &Path) -> Result<Browser> {
    fs::create_dir_all(profile)?;
    let arguments: &[&str] = match plan.idb.as_str() {
        "sqlite" => &["--enable-features=IdbSqliteBackingStore"],
        _ => &[],
    };
    Browser::start_with(profile, TABLET, arguments).await
}
