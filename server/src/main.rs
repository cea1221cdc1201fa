//! The `rapport` program: its commands and their arguments. Each command is a file under `cli/`; the server itself is
//! the library.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod cli;

/// The visit book for relationship managers: server and tools.
#[derive(Parser)]
#[command(name = "rapport", version, about, propagate_version = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the app and its data.
    Serve(cli::serve::Arguments),
    /// Manage who can sign in.
    User(cli::user::Arguments),
    /// Bring customers or holdings in from a CSV file or a spreadsheet.
    Import(cli::import::Arguments),
    /// Write one kind of record to a file.
    Export(cli::export::Arguments),
    /// Give customers of one person to another, open tasks included.
    Handover(cli::handover::Arguments),
    /// Fill an EMPTY database with a made-up bank to try the program with, and print who can sign in.
    Demo(cli::demo::Arguments),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("error: the runtime does not start: {error}");
            return ExitCode::FAILURE;
        }
    };
    let result = runtime.block_on(async {
        match arguments.command {
            Command::Serve(arguments) => cli::serve::run(arguments).await,
            Command::User(arguments) => cli::user::run(arguments).await,
            Command::Import(arguments) => cli::import::run(arguments).await,
            Command::Export(arguments) => cli::export::run(arguments).await,
            Command::Handover(arguments) => cli::handover::run(arguments).await,
            Command::Demo(arguments) => cli::demo::run(arguments).await,
        }
    });
    result.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}
