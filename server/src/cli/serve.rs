//! `rapport serve`: opens the database, listens, and stops when told to, finishing what is under way.

use std::io::ErrorKind;
use std::net::{SocketAddr, ToSocketAddrs as _};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use clap::Args;
use rapport_server::clock::Clock;
use rapport_server::{AppState, people, router};
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

use super::Database;

/// How long requests under way may take after the signal to stop.
const GRACE: Duration = Duration::from_secs(10);
/// How often what has expired is forgotten.
const SWEEP: Duration = Duration::from_secs(600);

/// Arguments of `rapport serve`.
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    database: Database,
    /// The address to listen on. Anything but this machine's own needs a proxy in front that speaks HTTPS.
    #[arg(
        long,
        env = "RAPPORT_LISTEN",
        default_value = "127.0.0.1:8080",
        value_name = "ADDRESS:PORT",
        value_parser = address
    )]
    listen: SocketAddr,
    /// Fill an empty database with demo data first, and print who can sign in.
    #[arg(long)]
    demo: bool,
    /// Log as JSON lines.
    #[arg(long)]
    log_json: bool,
}

/// Runs the command.
pub async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    start_log(arguments.log_json);
    let store = arguments.database.open().await?;
    // The port first: a second server must not fill or change anything.
    let listener = listen(arguments.listen).await?;
    let address = listener.local_addr()?;
    let clock = Clock::system();
    let empty = store.organisation().await?.is_none();
    if arguments.demo && empty {
        super::demo::fill(&*store, super::today()).await?;
    }
    let org = match store.organisation().await? {
        Some(org) => org,
        None => people::create_organisation(&*store, clock.now()).await?,
    };
    let accounts = store.accounts(org).await?.len();
    let state = AppState::new(Arc::clone(&store), org, clock);
    let sweeper = tokio::spawn(sweep(state.clone()));
    println!("Rapport is ready at http://{address}");
    if accounts == 0 {
        println!("Nobody can sign in yet. Add somebody: rapport user add --help");
    }
    let lines = Arc::clone(&state.lines);
    let service = router(state).into_make_service_with_connect_info::<SocketAddr>();
    let (stopping, stopped) = tokio::sync::oneshot::channel();
    let server = axum::serve(listener, service).with_graceful_shutdown(async move {
        stop_signal().await;
        // They would stay open as long as their devices like.
        lines.close();
        let _ = stopping.send(());
    });
    let too_long = async {
        let _ = stopped.await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        result = server => result.context("the server failed")?,
        () = too_long => tracing::warn!("some requests did not finish in time"),
    }
    sweeper.abort();
    store.close().await;
    Ok(ExitCode::SUCCESS)
}

/// An address with its port; a name is looked up, and its IPv4 address is taken where it has one.
fn address(text: &str) -> Result<SocketAddr, String> {
    let wanted = "give an address with a port, such as 127.0.0.1:8080 or localhost:8080";
    let found = text.to_socket_addrs().map_err(|error| format!("{error}; {wanted}"))?;
    let found: Vec<SocketAddr> = found.collect();
    let first = found.iter().find(|address| address.is_ipv4()).or(found.first());
    first.copied().ok_or_else(|| wanted.to_owned())
}

async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    match TcpListener::bind(address).await {
        Ok(listener) => Ok(listener),
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            bail!("{address} is in use: another server is running there. Stop it, or choose another port with --listen")
        }
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            bail!("this user may not listen on {address}: ports below 1024 need rights. Choose another with --listen")
        }
        Err(error) => Err(error).with_context(|| format!("cannot listen on {address}")),
    }
}

fn start_log(json: bool) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn,rapport_server=info"));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    if json { log.json().init() } else { log.init() }
}

async fn sweep(state: AppState) {
    let mut timer = tokio::time::interval(SWEEP);
    loop {
        timer.tick().await;
        state.throttle.sweep();
        if let Err(error) = state.store.sweep_sessions(state.clock.now()).await {
            tracing::warn!(%error, "expired sessions were not removed");
        }
    }
}

async fn stop_signal() {
    let interrupt = async {
        // Without a handler for it the signal ends the process anyway.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_may_be_a_name() {
        for (text, expected) in [
            ("127.0.0.1:80", Some("127.0.0.1:80")),
            ("[::1]:80", Some("[::1]:80")),
            ("localhost:8080", Some("127.0.0.1:8080")),
            ("localhost", None),
            ("8080", None),
            ("", None),
        ] {
            let found = address(text).ok().map(|address| address.to_string());
            assert_eq!(found.as_deref(), expected, "{text:?}");
        }
    }
}
