//! The server's binary on a free port of this machine, with a made-up bank in a new database. It ends with the value.

use crate::{process, workspace};
use anyhow::{Context, Result, bail};
use std::fs::File;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

/// How long the server may take to listen.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running server.
pub struct Server {
    address: SocketAddr,
    child: Child,
}

impl Server {
    /// Fills a database in `folder` and starts the server on it; its log is `server.log` there.
    ///
    /// # Errors
    /// It does not come up.
    pub fn start(folder: &Path) -> Result<Self> {
        let binary = workspace::server_binary(false);
        let database = format!("sqlite://{}", folder.join("rapport.db").display());
        process::capture(Command::new(&binary).args(["demo", "--database", &database]))?;
        // The port is free again a moment before the server takes it.
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let log = File::create(folder.join("server.log"))?;
        let child = Command::new(&binary)
            .args(["serve", "--database", &database, "--listen", &address.to_string()])
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .context("cannot start the server")?;
        let mut server = Self { address, child };
        let started = Instant::now();
        while TcpStream::connect(address).is_err() {
            if let Some(status) = server.child.try_wait()? {
                bail!("the server ended: {status}; see server.log in {}", folder.display());
            }
            if started.elapsed() > PATIENCE {
                bail!("the server does not listen on {address}");
            }
            thread::sleep(Duration::from_millis(50));
        }
        Ok(server)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Ends it.
    ///
    /// # Errors
    /// It had ended by itself.
    pub fn stop(mut self) -> Result<()> {
        if let Some(status) = self.child.try_wait()? {
            bail!("the server ended by itself: {status}");
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Whether it has ended already makes no difference here.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
