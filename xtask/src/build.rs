//! Builds the app and, for a release, the one binary that carries it. It never starts anything.

use crate::{assemble, process, setup, sizes, wasm, workspace};
use anyhow::{Result, anyhow};
use std::path::Path;
use std::thread;
use std::time::Instant;

/// What to build.
#[derive(clap::Args)]
pub struct Options {
    /// Small and fast instead of quick to build; also builds the server binary with the app inside.
    #[arg(long)]
    pub release: bool,
}

/// Builds as the options say and prints what came of it.
///
/// # Errors
/// A step fails.
pub fn build(options: &Options) -> Result<()> {
    let started = Instant::now();
    app(options.release)?;
    if options.release {
        server(true)?;
        println!(
            "The server with the app inside: {}",
            workspace::server_binary(true).display()
        );
    } else {
        println!("The app: {}", workspace::assembled_app().display());
    }
    println!("Built in {}", process::seconds(started.elapsed()));
    Ok(())
}

/// Builds the app into the folder the server embeds.
///
/// # Errors
/// A step fails.
pub fn app(release: bool) -> Result<()> {
    assembled(release, &[], &["app/public"], &workspace::assembled_app())
}

/// Builds the app as it ships into the folder `target`.
///
/// # Errors
/// A step fails.
pub fn shipped_app(target: &Path) -> Result<()> {
    assembled(true, &[], &["app/public"], target)
}

/// Builds the app with the page of the measurements into the folder `target`.
///
/// # Errors
/// A step fails.
pub fn bench_app(release: bool, target: &Path) -> Result<()> {
    assembled(release, &["bench"], &["app/public", "app/bench"], target)
}

fn assembled(release: bool, features: &[&str], folders: &[&str], target: &Path) -> Result<()> {
    let toolchain = setup::wasm_toolchain()?;
    let module = wasm::build(toolchain, release, features)?;
    process::step("assemble and compress the app", || {
        let site = assemble::site(module, folders)?;
        let copies = assemble::compress(&site, release)?;
        assemble::write(&site, &copies, target)?;
        sizes::print(&site, &copies);
        Ok(())
    })
}

/// Builds both, at once where that is possible: a released server carries the app inside, another reads it from the disk.
///
/// # Errors
/// One of them does not build.
pub fn app_and_server(release: bool) -> Result<()> {
    if release {
        app(true)?;
        return server(true);
    }
    thread::scope(|scope| {
        let server = scope.spawn(|| server(false));
        let app = app(false);
        let server = server
            .join()
            .unwrap_or_else(|_| Err(anyhow!("building the server broke off")));
        app.and(server)
    })
}

/// Builds the server binary.
///
/// # Errors
/// The compiler fails.
pub fn server(release: bool) -> Result<()> {
    server_with(release, &workspace::assembled_app())
}

/// Builds the server binary with the app of the folder `app`.
///
/// # Errors
/// The compiler fails.
pub fn server_with(release: bool, app: &Path) -> Result<()> {
    let what = if release {
        "compile the server (release)"
    } else {
        "compile the server"
    };
    process::step(what, || {
        let mut cargo = process::cargo();
        cargo.args(["build", "--package", "rapport-server", "--bin", "rapport"]);
        if release {
            cargo.arg("--release");
        }
        if app != workspace::assembled_app() {
            cargo.env("RAPPORT_APP_DIR", app);
        }
        process::run(&mut cargo)
    })
}
