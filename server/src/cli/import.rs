//! `rapport import`: brings customers or holdings in from a file and says what became of its rows. Exit code 2 when
//! rows were left out, 1 when nothing was imported.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, anyhow};
use clap::{Args, ValueEnum};
use rapport_server::clock::Clock;
use rapport_server::imports::{self, Failed, Options, Report, table};
use rapport_server::messages::{Language, Message, Messages};
use rapport_shared::customers::CustomerType;
use rapport_shared::sync::record::Kind;

use super::Database;

/// Refused rows shown when no error file is asked for.
const SHOWN: usize = 10;
const LEFT_OUT: u8 = 2;

/// Arguments of `rapport import`.
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    database: Database,
    /// What the file holds.
    #[arg(value_enum)]
    what: What,
    /// CSV (UTF-8, UTF-16 or GB18030; comma, semicolon or tab) or a spreadsheet (XLSX, XLS, XLSB, ODS).
    file: PathBuf,
    /// A TOML or JSON file that says which column holds which field: code = "Header of the column".
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,
    /// Check and count, but write nothing.
    #[arg(long)]
    dry_run: bool,
    /// Write the refused rows with their reasons to this CSV file.
    #[arg(long, value_name = "FILE")]
    errors: Option<PathBuf>,
    /// The language of reasons and messages.
    #[arg(long, value_enum, env = "RAPPORT_LANGUAGE", default_value = "zh-Hans")]
    language: LanguageName,
    /// Sign-in name of who gets new customers the file names no owner for.
    #[arg(long, value_name = "LOGIN")]
    owner: Option<String>,
    /// The branch, by name, that gets new customers nobody owns. Not needed when there is one only.
    #[arg(long, value_name = "NAME")]
    branch: Option<String>,
    /// The type of new customers the file names no type for.
    #[arg(long = "type", value_enum, default_value = "corporate")]
    customer_type: TypeName,
    /// Sign-in name of the person in whose name the import is. Default: the first administrator.
    #[arg(long = "as", value_name = "LOGIN")]
    author: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    Customers,
    Holdings,
}

#[derive(Clone, Copy, ValueEnum)]
enum LanguageName {
    #[value(name = "zh-Hans")]
    ZhHans,
    #[value(name = "zh-Hant")]
    ZhHant,
    #[value(name = "en")]
    En,
}

impl From<LanguageName> for Language {
    fn from(name: LanguageName) -> Self {
        match name {
            LanguageName::ZhHans => Self::ZhHans,
            LanguageName::ZhHant => Self::ZhHant,
            LanguageName::En => Self::En,
        }
    }
}

#[derive(Clone, Copy, ValueEnum)]
enum TypeName {
    Corporate,
    SoleProprietor,
    Individual,
}

/// Runs the command.
pub async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let messages = Messages::new(arguments.language.into());
    let report = match import(&arguments).await {
        Ok(report) => report,
        Err(Trouble::Told(message)) => return Err(anyhow!(messages.text(&message))),
        Err(Trouble::Other(error)) => return Err(error),
    };
    let file = name(&arguments.file);
    let title = match arguments.what {
        What::Customers => "summary.title.customers",
        What::Holdings => "summary.title.holdings",
    };
    println!("{}", messages.text(&Message::new(title).with("file", file)));
    print_summary(&report, &messages, arguments.dry_run);
    if let Some(path) = &arguments.errors {
        let text = imports::error_file(&report, &messages);
        std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
        println!(
            "{}",
            messages.text(&Message::new("summary.errors_written").with("file", path.display()))
        );
    } else if report.refused > 0 {
        print_first_errors(&report, &messages);
    }
    Ok(if report.refused > 0 {
        ExitCode::from(LEFT_OUT)
    } else {
        ExitCode::SUCCESS
    })
}

enum Trouble {
    Told(Message),
    Other(anyhow::Error),
}

impl From<anyhow::Error> for Trouble {
    fn from(error: anyhow::Error) -> Self {
        Self::Other(error)
    }
}

async fn import(arguments: &Arguments) -> Result<Report, Trouble> {
    let file = name(&arguments.file);
    let rows = table::read_file(&arguments.file).map_err(|error| Trouble::Told(error.message(&file)))?;
    let mapping = arguments.mapping.as_ref().map(|path| {
        let unreadable = |error| Trouble::Told(Message::new("mapping.unreadable").with("detail", error));
        std::fs::read_to_string(path).map_err(unreadable)
    });
    let options = Options {
        kind: if arguments.what == What::Customers {
            Kind::Customer
        } else {
            Kind::Holding
        },
        mapping: mapping.transpose()?,
        dry_run: arguments.dry_run,
        owner: arguments.owner.clone(),
        branch: arguments.branch.clone(),
        author: arguments.author.clone(),
        customer_type: match arguments.customer_type {
            TypeName::Corporate => CustomerType::Corporate,
            TypeName::SoleProprietor => CustomerType::SoleProprietor,
            TypeName::Individual => CustomerType::Individual,
        },
    };
    let store = arguments.database.open_existing().await?;
    let empty = || Trouble::Told(Message::new("import.no_organisation"));
    let org = store
        .organisation()
        .await
        .map_err(anyhow::Error::from)?
        .ok_or_else(empty)?;
    let result = imports::run(&*store, org, &options, &file, &rows, Clock::system().now()).await;
    store.close().await;
    result.map_err(|failed| match failed {
        Failed::Told(message) => Trouble::Told(message),
        Failed::Store(error) => Trouble::Other(error.into()),
    })
}

fn name(path: &Path) -> String {
    path.file_name().map_or_else(
        || path.display().to_string(),
        |name| name.to_string_lossy().into_owned(),
    )
}

fn print_summary(report: &Report, messages: &Messages, dry_run: bool) {
    if dry_run {
        println!("{}", messages.text(&Message::new("summary.dry_run")));
    }
    let counts = Message::new("summary.counts")
        .with("new", report.new)
        .with("changed", report.changed);
    let counts = counts
        .with("unchanged", report.unchanged)
        .with("refused", report.refused);
    println!("{}", messages.text(&counts));
    if !report.ignored.is_empty() {
        let separator = messages.text(&Message::new("summary.separator"));
        let columns = report.ignored.join(&separator);
        println!(
            "{}",
            messages.text(&Message::new("summary.ignored").with("columns", columns))
        );
    }
}

fn print_first_errors(report: &Report, messages: &Messages) {
    println!("{}", messages.text(&Message::new("summary.errors_hint")));
    for error in report.errors.iter().take(SHOWN) {
        let line = Message::new("summary.error_line")
            .with("row", error.row)
            .with("column", &error.column);
        println!(
            "  {}",
            messages.text(&line.with("reason", messages.text(&error.reason)))
        );
    }
}
