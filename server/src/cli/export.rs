//! `rapport export`: writes one kind of record to a file or to standard output.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::bail;
use clap::{Args, ValueEnum};
use rapport_output::{Kept, Output};
use rapport_server::clock::Clock;
use rapport_server::exports::{self, Format};
use rapport_shared::record::Kind;

use super::Database;

/// Arguments of `rapport export`.
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    database: Database,
    /// What to export.
    #[arg(value_enum)]
    what: What,
    /// CSV opens in a spreadsheet; JSON lines keep everything.
    #[arg(long, value_enum, default_value = "csv")]
    format: FormatName,
    /// The file to write; standard output without it.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Overwrite the file when there is one.
    #[arg(long, requires = "output")]
    force: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum FormatName {
    Csv,
    Jsonl,
}

#[derive(Clone, Copy, ValueEnum)]
enum What {
    Customers,
    Contacts,
    Holdings,
    Visits,
    Notes,
    Touches,
    Tasks,
}

impl From<What> for Kind {
    fn from(what: What) -> Self {
        match what {
            What::Customers => Self::Customer,
            What::Contacts => Self::Contact,
            What::Holdings => Self::Holding,
            What::Visits => Self::Visit,
            What::Notes => Self::Note,
            What::Touches => Self::Touch,
            What::Tasks => Self::Task,
        }
    }
}

/// Runs the command.
pub async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let database = arguments.database.file()?;
    let kept: Vec<Kept> = database.as_deref().map(Kept::Database).into_iter().collect();
    let output = arguments.output.as_deref();
    let output = output.map(|path| Output::take(path, arguments.force, &kept));
    let output = output.transpose()?;
    let store = arguments.database.open_existing().await?;
    let Some(org) = store.organisation().await? else {
        bail!("the database is empty: there is nothing to export")
    };
    let format = match arguments.format {
        FormatName::Csv => Format::Csv,
        FormatName::Jsonl => Format::JsonLines,
    };
    let (text, count) = exports::export(&*store, org, &arguments.what.into(), format, Clock::system().now()).await?;
    store.close().await;
    match output {
        Some(output) => {
            let path = output.path().display().to_string();
            output.finish(text.as_bytes())?;
            eprintln!("{count} records in {path}");
        }
        None => print!("{text}"),
    }
    Ok(ExitCode::SUCCESS)
}
