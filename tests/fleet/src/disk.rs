//! A small disk for a database that can be filled to the brim and freed again: a file system in memory, or a plain
//! folder that cannot be filled where mounting one is not allowed. It is gone with the run.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;

/// Room for the longest run's database.
const SIZE: &str = "size=256m";

/// See the module.
pub struct Disk {
    folder: PathBuf,
    mounted: bool,
}

impl Disk {
    /// A disk at the new folder `at`.
    ///
    /// # Errors
    /// The folder cannot be made.
    pub fn at(at: PathBuf) -> anyhow::Result<Self> {
        fs::create_dir(&at).with_context(|| format!("cannot make {}", at.display()))?;
        let mount = Command::new("mount")
            .args(["-t", "tmpfs", "-o", SIZE, "rapport-fleet"])
            .arg(&at)
            .output();
        let mounted = mount.is_ok_and(|output| output.status.success());
        if !mounted {
            eprintln!("SKIPPED: the disk is never filled, for a small file system cannot be mounted here (needs root)");
        }
        Ok(Self { folder: at, mounted })
    }

    /// Where it is.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether it can be filled.
    pub const fn can_be_filled(&self) -> bool {
        self.mounted
    }

    /// Leaves not a byte free.
    ///
    /// # Errors
    /// The file that takes the room cannot be made.
    pub fn fill(&self) -> anyhow::Result<()> {
        let mut ballast = fs::File::create(self.ballast())?;
        let block = vec![0; 64 * 1024];
        while ballast.write_all(&block).is_ok() {}
        // What is left is less than a block.
        while ballast.write_all(&[0]).is_ok() {}
        Ok(())
    }

    /// Gives the room back.
    pub fn free(&self) {
        let _ = fs::remove_file(self.ballast());
    }

    fn ballast(&self) -> PathBuf {
        self.folder.join("ballast")
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        if self.mounted {
            // Lazily: a process that is just ending may have a file open.
            let _ = Command::new("umount").arg("-l").arg(&self.folder).status();
        }
    }
}
