//! A server of the other libraries' harness as a process, and a client that speaks JSON with it. It knows no protocol.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use reqwest::header::{ACCEPT_ENCODING, AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, ETAG};
use reqwest::{Client, Method};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::line::unpack;

/// How long a server may take to hold the sample.
const PATIENCE: Duration = Duration::from_secs(300);

/// See the module.
pub(super) struct Node {
    client: Client,
    origin: String,
    /// What a request says of who asks.
    authorization: &'static str,
    process: u32,
    /// Held for its end: the server ends when its input does.
    _child: Child,
}

/// What a server answered.
pub(super) struct Answer {
    pub(super) body: Value,
    /// What it calls the state it answered from.
    pub(super) tag: Option<String>,
    /// How many there are, where it says so.
    pub(super) total: Option<usize>,
    /// Bytes as they travelled.
    pub(super) wire: usize,
}

impl Node {
    /// Starts `servers/<script>` of the harness, which fills itself with the sample.
    pub(super) async fn start(
        harness: &Path,
        script: &str,
        folder: &Path,
        authorization: &'static str,
    ) -> anyhow::Result<Self> {
        let mut child = Command::new("node")
            .current_dir(harness)
            .arg(Path::new("servers").join(script))
            .arg("--dir")
            .arg(std::path::absolute(folder)?)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(false)
            .spawn()
            .context("cannot start node")?;
        let mut lines = BufReader::new(child.stdout.take().context("no output")?).lines();
        let ready = timeout(PATIENCE, lines.next_line())
            .await
            .context("it does not come up")??;
        let ready: Value = serde_json::from_str(&ready.with_context(|| format!("{script} ended"))?)?;
        Ok(Self {
            client: Client::builder().tcp_nodelay(true).no_proxy().build()?,
            origin: format!("http://127.0.0.1:{}", ready["port"]),
            authorization,
            process: child.id().context("no process")?,
            _child: child,
        })
    }

    /// Which process it is.
    pub(super) const fn process(&self) -> u32 {
        self.process
    }

    /// One exchange that succeeds.
    pub(super) async fn call(&self, method: Method, path: &str, body: Option<&Value>) -> anyhow::Result<Answer> {
        let mut request = self.client.request(method, format!("{}{path}", self.origin));
        request = request
            .header(ACCEPT_ENCODING, "gzip")
            .header(AUTHORIZATION, self.authorization);
        if let Some(body) = body {
            request = request
                .header(CONTENT_TYPE, "application/json")
                .body(serde_json::to_vec(body)?);
        }
        let response = request.send().await?;
        let (status, headers) = (response.status(), response.headers().clone());
        let packed = headers.get(CONTENT_ENCODING).is_some_and(|coding| coding == "gzip");
        let bytes = response.bytes().await?;
        let wire = bytes.len();
        let (plain, whole) = if packed {
            unpack(&bytes)
        } else {
            (bytes.to_vec(), Ok(()))
        };
        whole?;
        ensure!(
            status.is_success(),
            "{path}: {status} {}",
            String::from_utf8_lossy(&plain)
        );
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let total = header("total-records").or_else(|| header("total-objects"));
        Ok(Answer {
            body: if plain.is_empty() {
                Value::Null
            } else {
                serde_json::from_slice(&plain)?
            },
            tag: header(ETAG.as_str()).map(str::to_owned),
            total: total.and_then(|total| total.parse().ok()),
            wire,
        })
    }
}
