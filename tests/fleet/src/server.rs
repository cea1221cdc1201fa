//! Real server processes on this machine: started, killed without warning, started again, and ended with the run
//! whatever happens. It never calls the server's code.

use std::fs::File;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, bail};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep, timeout};

/// How long a server may take until it serves.
const PATIENCE: Duration = Duration::from_secs(30);

/// A server process, or the place of one that was killed.
pub struct Server {
    binary: PathBuf,
    database: String,
    address: SocketAddr,
    log: PathBuf,
    child: Option<Child>,
}

impl Server {
    /// Starts a server of `binary` on `database` at a free port; what it logs goes to `log`.
    ///
    /// # Errors
    /// It cannot be started, or does not come up.
    pub async fn start(binary: &Path, database: &str, log: PathBuf) -> anyhow::Result<Self> {
        // The port is free again a moment before the server takes it; nothing else here asks for ports meanwhile.
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let mut server = Self {
            binary: binary.to_owned(),
            database: database.to_owned(),
            address,
            log,
            child: None,
        };
        server.launch()?;
        server.become_healthy().await?;
        Ok(server)
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The process, while there is one.
    pub fn process(&self) -> Option<u32> {
        self.child.as_ref().and_then(Child::id)
    }

    /// Starts the process without waiting for anything.
    ///
    /// # Errors
    /// The system does not start it.
    pub fn launch(&mut self) -> anyhow::Result<()> {
        let log = File::options().create(true).append(true).open(&self.log)?;
        let child = Command::new(&self.binary)
            .args([
                "serve",
                "--database",
                &self.database,
                "--listen",
                &self.address.to_string(),
            ])
            // Requests are many; only what goes wrong is of interest.
            .env("RUST_LOG", "warn")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            // Out of reach of the terminal's Ctrl-C: the run ends it, when it has finished with it.
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("cannot start {}", self.binary.display()))?;
        self.child = Some(child);
        Ok(())
    }

    /// SIGKILL: no chance to finish anything.
    ///
    /// # Errors
    /// The system does not do it.
    pub async fn kill(&mut self) -> anyhow::Result<()> {
        if let Some(mut child) = self.child.take() {
            child.kill().await?;
        }
        Ok(())
    }

    /// Waits until it serves and can write; one that ended because it could not start is started again.
    ///
    /// # Errors
    /// It does not come up in time; its last words are part of the message.
    pub async fn become_healthy(&mut self) -> anyhow::Result<()> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let ended = match &mut self.child {
                Some(child) => child.try_wait()?.is_some(),
                None => true,
            };
            if ended {
                self.launch()?;
            }
            if is_healthy(self.address).await {
                return Ok(());
            }
            if Instant::now() > deadline {
                let log = std::fs::read_to_string(&self.log)?;
                let tail: Vec<&str> = log.lines().rev().take(10).collect();
                bail!(
                    "the server does not come up; its last words, newest first:\n{}",
                    tail.join("\n")
                );
            }
            sleep(Duration::from_millis(50)).await;
        }
    }
}

async fn is_healthy(address: SocketAddr) -> bool {
    let ask = async {
        let mut stream = TcpStream::connect(address).await?;
        let question = format!("GET /healthz HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
        stream.write_all(question.as_bytes()).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        std::io::Result::Ok(answer)
    };
    let answer = timeout(Duration::from_secs(10), ask).await;
    matches!(answer, Ok(Ok(answer)) if answer.starts_with("HTTP/1.1 200"))
}
