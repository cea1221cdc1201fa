//! The server with the demo bank, and devices in front of it, in a folder that is gone afterwards. It decides
//! nothing about what happens on it.

use crate::browser::Form;
use crate::device::Device;
use crate::server::Server;
use anyhow::Result;
use tempfile::TempDir;

/// A server and room for devices.
pub struct Stage {
    /// The server.
    pub server: Server,
    // Last, so that it outlives the server that writes into it.
    folder: TempDir,
}

impl Stage {
    /// A server on a new database that holds the demo bank.
    ///
    /// # Errors
    /// The server does not start.
    pub async fn new() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let server = Server::start_with_demo_bank(folder.path()).await?;
        Ok(Self { server, folder })
    }

    /// A new device of that form, showing the first screen.
    ///
    /// # Errors
    /// It does not start.
    pub async fn device(&self, name: &str, form: Form) -> Result<Device> {
        Device::new(&self.folder.path().join(name), &self.server, form).await
    }

    /// A new device on which that person has signed in and whose book is there.
    ///
    /// # Errors
    /// A step does not succeed.
    pub async fn device_of(&self, login: &str, form: Form) -> Result<Device> {
        let device = self.device(&format!("{login}-{}", form.name), form).await?;
        device.set_up(login).await?;
        Ok(device)
    }
}
