//! Builds everything and becomes the server, with demo data when the database is new. It never touches a
//! database that already holds something.

use crate::{build, process, workspace};
use anyhow::{Context, Result, bail};
use std::fs;
use std::net::TcpListener;
use std::process::Command;

/// How to start.
#[derive(clap::Args)]
pub struct Options {
    /// The app and the server as they ship, instead of quick to build.
    #[arg(long)]
    release: bool,
    /// The port on 127.0.0.1.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Leave a new database empty instead of filling it with the demo bank.
    #[arg(long)]
    empty: bool,
}

/// Builds, prepares the data folder and starts the server.
///
/// # Errors
/// The port is taken, or a step fails.
pub fn run(options: &Options) -> Result<()> {
    check_port(options.port)?;
    if !workspace::server_binary(options.release).exists() {
        println!("Building app and server; the first time that takes some ten minutes on two cores, later seconds.");
    }
    build::app_and_server(options.release)?;
    let data = workspace::root().join("data");
    fs::create_dir_all(&data).with_context(|| format!("cannot make the data folder {}", data.display()))?;
    let database = data.join("rapport.db");
    let fresh = !database.exists();
    let url = format!("sqlite://{}", database.display());
    if fresh && !options.empty {
        process::step("fill the new database with the demo bank", || {
            process::run(Command::new(workspace::server_binary(options.release)).args(["demo", "--database", &url]))
        })?;
    } else if !fresh {
        println!(
            "Using the data in {}. (Delete that file to start again with the demo bank.)",
            database.display()
        );
    }
    println!("\n  Rapport: http://127.0.0.1:{}/   (Ctrl-C ends it)", options.port);
    println!("  Demo sign-ins: rm1 rm2 rm3 (relationship managers), lead1 (team lead), office (back office), admin;");
    println!("  the password of each is rapport-demo\n");
    let mut server = Command::new(workspace::server_binary(options.release));
    server.args([
        "serve",
        "--database",
        &url,
        "--listen",
        &format!("127.0.0.1:{}", options.port),
    ]);
    become_it(server)
}

/// Told before the build, so that nobody waits for minutes to hear it.
fn check_port(port: u16) -> Result<()> {
    if let Err(reason) = TcpListener::bind(("127.0.0.1", port)) {
        bail!("port {port} on 127.0.0.1 cannot be used ({reason}); end what uses it, or choose another with --port");
    }
    Ok(())
}

/// The server takes this process's place, so that signals reach it and nothing is left behind.
#[cfg(unix)]
fn become_it(mut server: Command) -> Result<()> {
    use std::os::unix::process::CommandExt;
    Err(server.exec()).context("cannot start the server")
}

#[cfg(not(unix))]
fn become_it(mut server: Command) -> Result<()> {
    process::run(&mut server)
}
