//! The real server as its users start it: the binary, a database file in a temporary folder, a free port. It never
//! calls the server's code.

use crate::process::Process;
use crate::{environment, wait};
use anyhow::{Context, Result, bail};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// A server that runs until it is dropped.
pub struct Server {
    database: PathBuf,
    address: SocketAddr,
    process: Process,
}

impl Server {
    /// Fills a new database in the folder with the demo bank and starts the server on it.
    ///
    /// # Errors
    /// The server refuses to start.
    pub async fn start_with_demo_bank(folder: &Path) -> Result<Self> {
        let database = folder.join("rapport.db");
        command(&database, &["demo"])?;
        Self::start(database).await
    }

    /// The same with one relationship manager (rm1) who has so many customers, and so many visits with each.
    ///
    /// # Errors
    /// The server refuses to start.
    pub async fn start_with_bank(folder: &Path, customers: usize, visits: usize) -> Result<Self> {
        let database = folder.join("rapport.db");
        let (customers, visits) = (customers.to_string(), visits.to_string());
        command(&database, &["demo", "--customers", &customers, "--visits", &visits])?;
        Self::start(database).await
    }

    /// Starts the server on a database that is there.
    ///
    /// # Errors
    /// The server refuses to start.
    pub async fn start(database: PathBuf) -> Result<Self> {
        // The port is free again a moment before the server takes it; nothing else here asks for ports meanwhile.
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let process = launch(&database, address)?;
        let mut server = Self {
            database,
            address,
            process,
        };
        server.wait_until_healthy().await?;
        Ok(server)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Runs another command of the server's binary on the same database, and returns what it printed.
    ///
    /// # Errors
    /// The command fails; its complaint is part of the message.
    pub fn command(&self, arguments: &[&str]) -> Result<String> {
        command(&self.database, arguments)
    }

    /// Kills the server and starts it again on the same data and port.
    ///
    /// # Errors
    /// It does not come up again.
    pub async fn restart(&mut self) -> Result<()> {
        self.process.kill()?;
        self.process = launch(&self.database, self.address)?;
        self.wait_until_healthy().await
    }

    async fn wait_until_healthy(&mut self) -> Result<()> {
        let address = self.address;
        let process = &mut self.process;
        wait::until_ready("the server's health page", wait::PATIENCE, || {
            if let Some(status) = process.ended()? {
                bail!("the server ended: {status}");
            }
            Ok(is_healthy(address).then_some(()))
        })
        .await
    }
}

fn url(database: &Path) -> String {
    format!("sqlite://{}", database.display())
}

fn launch(database: &Path, address: SocketAddr) -> Result<Process> {
    let mut server = Command::new(environment::server_binary()?);
    server.args(["serve", "--database", &url(database), "--listen", &address.to_string()]);
    Process::start(server.stdout(Stdio::null()))
}

fn command(database: &Path, arguments: &[&str]) -> Result<String> {
    let mut command = Command::new(environment::server_binary()?);
    command.args(arguments).args(["--database", &url(database)]);
    let output = command.output().context("cannot start the server's binary")?;
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    if !output.status.success() {
        bail!("`rapport {}` failed: {said}", arguments.join(" "));
    }
    Ok(said)
}

fn is_healthy(address: SocketAddr) -> bool {
    let ask = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(1))?;
        stream.set_read_timeout(Some(Duration::from_secs(1)))?;
        write!(
            stream,
            "GET /healthz HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n"
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    ask().is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
}
