//! Brings the wasm target about on any machine: with rustup's download where that answers, else from
//! Debian's compiler and the standard library's source. It changes nothing that is already in order.

use crate::{process, tools};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// The target the app is compiled to.
pub const WASM: &str = "wasm32-unknown-unknown";

/// Where Debian puts its compiler, beside any that rustup manages.
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_CARGO: &str = "/usr/bin/cargo";
const DEBIAN_CLIPPY: &str = "/usr/bin/cargo-clippy";
/// The oldest compiler that builds this workspace (`rust-version`), as minor version.
const OLDEST_MINOR: u32 = 95;
/// Names, inside the folder of the libraries, the compiler they were built with.
const STAMP: &str = "built-by";

/// A toolchain that can compile to wasm.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum WasmToolchain {
    /// The one cargo uses anyway.
    Default,
    /// Debian's, whose standard library for wasm these tasks built.
    Debian,
}

impl WasmToolchain {
    /// This toolchain's cargo, started in the workspace's root.
    pub fn cargo(self) -> Command {
        self.started_with("cargo", DEBIAN_CARGO, &[])
    }

    /// This toolchain's compiler.
    pub fn rustc(self) -> Command {
        self.started_with("rustc", DEBIAN_RUSTC, &[])
    }

    /// This toolchain's clippy, or nothing when it has none.
    pub fn clippy(self) -> Option<Command> {
        let present = self == Self::Default || Path::new(DEBIAN_CLIPPY).is_file();
        present.then(|| self.started_with("cargo", DEBIAN_CLIPPY, &["clippy"]))
    }

    fn started_with(self, default: &str, debian: &str, first: &[&str]) -> Command {
        let mut command = match self {
            Self::Default => process::command(default),
            Self::Debian => {
                let mut command = process::command(debian);
                command
                    .env("RUSTC", DEBIAN_RUSTC)
                    .env("CARGO", DEBIAN_CARGO)
                    .env_remove("RUSTUP_TOOLCHAIN");
                command
            }
        };
        command.current_dir(crate::workspace::root()).args(first);
        command
    }
}

/// Finds a toolchain that compiles to wasm, or makes one.
///
/// # Errors
/// None can be had: the message says what was tried and what a person can do.
pub fn wasm_toolchain() -> Result<WasmToolchain> {
    if has_wasm_library("rustc") {
        return Ok(WasmToolchain::Default);
    }
    if debian_is_ready() {
        return Ok(WasmToolchain::Debian);
    }
    println!("The compiler here has no standard library for {WASM} yet; setting it up once.");
    let download = add_with_rustup();
    if download.is_ok() && has_wasm_library("rustc") {
        return Ok(WasmToolchain::Default);
    }
    let reason = download.err().map_or_else(
        || "rustup said it worked, yet it is absent".to_owned(),
        |e| format!("{e:#}"),
    );
    println!("  rustup could not ({reason}); falling back to Debian's compiler and the library's source.");
    build_on_debian()
        .with_context(|| format!("the wasm target can be had neither from rustup ({reason}) nor from Debian; `rustup target add {WASM}` on a machine with access would do"))?;
    Ok(WasmToolchain::Debian)
}

/// Whether that compiler has core and the test library for wasm.
fn has_wasm_library(rustc: &str) -> bool {
    let Some(folder) = wasm_library(rustc) else {
        return false;
    };
    let Ok(entries) = fs::read_dir(folder) else {
        return false;
    };
    let names: Vec<String> = entries
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    ["libcore-", "libtest-"]
        .iter()
        .all(|library| names.iter().any(|name| name.starts_with(library)))
}

fn wasm_library(rustc: &str) -> Option<PathBuf> {
    let mut command = process::command(rustc);
    if rustc == DEBIAN_RUSTC {
        command.env_remove("RUSTUP_TOOLCHAIN");
    }
    let printed = process::capture(command.args(["--print", "target-libdir", "--target", WASM])).ok()?;
    Some(PathBuf::from(printed.trim()))
}

fn debian_is_ready() -> bool {
    let Ok(version) = debian_version() else { return false };
    let Some(library) = wasm_library(DEBIAN_RUSTC) else {
        return false;
    };
    // Libraries of an older compiler are useless to the one apt has brought since.
    let stamp = fs::read_to_string(library.join(STAMP)).unwrap_or_else(|_| version.clone());
    is_new_enough(&version) && stamp == version && has_wasm_library(DEBIAN_RUSTC)
}

fn debian_version() -> Result<String> {
    process::capture(process::command(DEBIAN_RUSTC).arg("-vV"))
}

fn is_new_enough(version: &str) -> bool {
    let minor = version
        .lines()
        .find_map(|line| line.strip_prefix("release: 1.")?.split('.').next()?.parse::<u32>().ok());
    minor.is_some_and(|minor| minor >= OLDEST_MINOR)
}

fn add_with_rustup() -> Result<()> {
    if !process::is_installed("rustup") {
        bail!("rustup is not installed");
    }
    process::step("rustup target add (at most 60 s)", || {
        process::run_within(
            process::command("rustup").args(["target", "add", WASM]),
            Duration::from_secs(60),
        )
    })
}

fn build_on_debian() -> Result<()> {
    if !debian_version().is_ok_and(|version| is_new_enough(&version))
        || !Path::new("/usr/lib/rustlib/src/rust/library").is_dir()
    {
        tools::apt_install(
            "Debian's compiler",
            &["rustc-web", "cargo-web", "rust-web-src", "rust-web-clippy"],
        )?;
    }
    let version = debian_version()?;
    if !is_new_enough(&version) {
        bail!("Debian's compiler is older than 1.{OLDEST_MINOR}:\n{version}");
    }
    let libraries = process::step("build the standard library for wasm (about a minute)", build_library)?;
    let library = wasm_library(DEBIAN_RUSTC).context("Debian's compiler does not say where its libraries lie")?;
    lay_in(&libraries, &library, &version)
        .with_context(|| format!("cannot write {}: run this once as root", library.display()))?;
    link_linker()?;
    if process::is_installed("rustup") {
        // A convenience for people who type `cargo +debian`; these tasks do not need it.
        let _ = process::capture(process::command("rustup").args(["toolchain", "link", "debian", "/usr"]));
    }
    clean_stale()
}

/// Compiles the standard library in an empty package and returns the folder of its libraries.
fn build_library() -> Result<PathBuf> {
    let package = std::env::temp_dir().join(format!("rapport-std-for-wasm-{}", std::process::id()));
    fs::create_dir_all(package.join("src"))?;
    fs::write(
        package.join("Cargo.toml"),
        "[package]\nname = \"std-for-wasm\"\nversion = \"0.1.0\"\nedition = \"2024\"\n",
    )?;
    fs::write(package.join("src/lib.rs"), "#![no_std]\n")?;
    let mut cargo = process::command(DEBIAN_CARGO);
    cargo
        .current_dir(&package)
        .env("RUSTC", DEBIAN_RUSTC)
        .env("RUSTC_BOOTSTRAP", "1")
        // Link-time optimisation over the whole program needs the bitcode.
        .env("RUSTFLAGS", "-Cembed-bitcode=yes")
        .env_remove("RUSTUP_TOOLCHAIN")
        .env_remove("CARGO_TARGET_DIR")
        .args([
            "build",
            "--release",
            "--target",
            WASM,
            "-Zbuild-std=std,panic_abort,test",
        ]);
    process::run(&mut cargo)?;
    Ok(package.join("target").join(WASM).join("release/deps"))
}

fn lay_in(built: &Path, library: &Path, version: &str) -> Result<()> {
    fs::create_dir_all(library)?;
    for entry in fs::read_dir(library)?.flatten() {
        if entry.path().extension().is_some_and(|extension| extension == "rlib") {
            fs::remove_file(entry.path())?;
        }
    }
    for entry in fs::read_dir(built)?.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.ends_with(".rlib") && !name.starts_with("libstd_for_wasm") {
            fs::copy(entry.path(), library.join(&name))?;
        }
    }
    fs::write(library.join(STAMP), version)?;
    if let Some(package) = built.ancestors().nth(4) {
        let _ = fs::remove_dir_all(package);
    }
    Ok(())
}

/// Gives Debian's compiler the linker it looks for: rustup's own, else the one of apt's lld.
fn link_linker() -> Result<()> {
    let host = host_triple()?;
    let folder = PathBuf::from(format!("/usr/lib/rustlib/{host}/bin"));
    let linker = folder.join("rust-lld");
    if linker.exists() {
        return Ok(());
    }
    let source = rustup_linker(&host).map_or_else(apt_linker, Ok)?;
    fs::create_dir_all(&folder)?;
    // A dangling link of an earlier toolchain may be in the way.
    let _ = fs::remove_file(&linker);
    link(&source, &linker).with_context(|| format!("cannot link {} to {}", linker.display(), source.display()))
}

fn rustup_linker(host: &str) -> Option<PathBuf> {
    let sysroot = process::capture(process::command("rustc").args(["--print", "sysroot"])).ok()?;
    let linker = Path::new(sysroot.trim()).join(format!("lib/rustlib/{host}/bin/rust-lld"));
    linker.is_file().then_some(linker)
}

fn apt_linker() -> Result<PathBuf> {
    let linker = PathBuf::from("/usr/lib/llvm-19/bin/lld");
    if !linker.is_file() {
        tools::apt_install("the linker", &["lld-19"])?;
    }
    Ok(linker)
}

#[cfg(unix)]
fn link(source: &Path, link: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(source, link)
}

#[cfg(not(unix))]
fn link(source: &Path, link: &Path) -> std::io::Result<()> {
    fs::copy(source, link).map(|_| ())
}

fn host_triple() -> Result<String> {
    let version = debian_version()?;
    version
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .map(str::to_owned)
        .context("the compiler names no host")
}

/// What was compiled against other libraries is useless now.
fn clean_stale() -> Result<()> {
    let stale = crate::workspace::wasm_target();
    if stale.exists() {
        fs::remove_dir_all(&stale).with_context(|| format!("cannot clear {}", stale.display()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::is_new_enough;

    #[test]
    fn compares_the_release_line() {
        let check = |version: &str, expected| assert_eq!(is_new_enough(version), expected, "{version}");
        check("rustc 1.96.0\nhost: x\nrelease: 1.96.0\n", true);
        check("release: 1.95.1-nightly\n", true);
        check("release: 1.94.9\n", false);
        check("release: 1.63.0\n", false);
        check("", false);
    }
}
