//! `rapport import`: brings customers or holdings in from a file and says what became of its rows. Exit code 2 when
//! rows were left out, 1 when nothing was imported.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use rapport_output::{Kept, Output, Refused};
use rapport_server::clock::Clock;
use rapport_server::imports::{self, Failed, Options, Report, table};
use rapport_server::messages::{Language, Message, Messages};
use rapport_server::store::StoreError;
use rapport_shared::customers::CustomerType;
use rapport_shared::record::Kind;

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
    /// Write the refused rows with their reasons to this CSV file. It is not made when no row is refused.
    #[arg(long, value_name = "FILE")]
    errors: Option<PathBuf>,
    /// Overwrite the file of --errors when there is one.
    #[arg(long, requires = "errors")]
    force: bool,
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
    match import_and_tell(&arguments, &messages).await {
        Ok(code) => Ok(code),
        Err(Trouble::Told(message)) => {
            eprintln!("{}", messages.text(&message));
            Ok(ExitCode::FAILURE)
        }
        Err(Trouble::Other(error)) => Err(error),
    }
}

async fn import_and_tell(arguments: &Arguments, messages: &Messages) -> Result<ExitCode, Trouble> {
    let source = &arguments.file;
    let rows = table::read_file(source).map_err(|error| error.message(&name(source)))?;
    // Before anything is written: who asked for the reasons must get them.
    let errors = arguments.errors.as_deref().map(|path| take(path, arguments));
    let errors = errors.transpose()?;
    let report = import(arguments, &rows).await?;
    let title = match arguments.what {
        What::Customers => "summary.title.customers",
        What::Holdings => "summary.title.holdings",
    };
    println!("{}", messages.text(&Message::new(title).with("file", name(source))));
    print_summary(&report, messages, arguments.dry_run);
    let none_refused = report.refused == 0;
    match errors {
        // No row was refused, and there is no file of an earlier run whose reasons would mislead.
        Some(errors) if none_refused && !errors.replaces() => {}
        Some(errors) => {
            let path = errors.path().display().to_string();
            let content = imports::error_file(&report, messages);
            errors.finish(content.as_bytes()).map_err(told)?;
            if !none_refused {
                let written = Message::new("summary.errors_written").with("file", path);
                println!("{}", messages.text(&written));
            }
        }
        None if none_refused => {}
        None => print_first_errors(&report, messages),
    }
    Ok(if none_refused {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(LEFT_OUT)
    })
}

enum Trouble {
    Told(Message),
    Other(anyhow::Error),
}

impl From<Message> for Trouble {
    fn from(message: Message) -> Self {
        Self::Told(message)
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self::Told(match error {
            StoreError::Full => Message::new("import.disk_full"),
            other => Message::new("import.store_failed").with("detail", other),
        })
    }
}

/// Takes the place for the refused rows; what the import reads is not written over.
fn take(path: &Path, arguments: &Arguments) -> Result<Output, Trouble> {
    let database = arguments.database.file().map_err(Trouble::Other)?;
    let inputs = [Some(&arguments.file), arguments.mapping.as_ref()];
    let inputs = inputs.into_iter().flatten().map(|path| Kept::Input(path));
    let kept: Vec<Kept> = inputs.chain(database.as_deref().map(Kept::Database)).collect();
    Ok(Output::take(path, arguments.force, &kept).map_err(told)?)
}

fn told(refused: Refused) -> Message {
    let (key, path, reason) = match refused {
        Refused::Exists(path) => ("file.exists", path, None),
        Refused::Input(path) => ("file.same", path, None),
        Refused::Database(path) => ("file.database", path, None),
        Refused::NoFile(path) => ("file.no_file", path, None),
        Refused::Unwritable(path, reason) => ("file.unwritable", path, Some(reason)),
    };
    let message = Message::new(key).with("file", path.display());
    let Some(reason) = reason else { return message };
    match reason.kind() {
        ErrorKind::NotFound => message.with_text("detail", "file.unwritable_folder"),
        ErrorKind::PermissionDenied => message.with_text("detail", "file.unwritable_forbidden"),
        ErrorKind::StorageFull => message.with_text("detail", "file.unwritable_full"),
        _ => message.with("detail", reason),
    }
}

async fn import(arguments: &Arguments, rows: &table::Table) -> Result<Report, Trouble> {
    let mapping = arguments.mapping.as_ref().map(|path| {
        let unreadable = |error| table::Unreadable::from(error).message(&name(path));
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
    if let Some(path) = arguments.database.missing().map_err(Trouble::Other)? {
        return Err(Message::new("import.no_database").with("path", path.display()).into());
    }
    let failed = |error| Message::new("import.store_failed").with("detail", format!("{error:#}"));
    let store = arguments.database.open().await.map_err(failed)?;
    let empty = || Message::new("import.no_organisation");
    let org = store.organisation().await?.ok_or_else(empty)?;
    let file = name(&arguments.file);
    let result = imports::run(&*store, org, &options, &file, rows, Clock::system().now()).await;
    store.close().await;
    result.map_err(|failed| match failed {
        Failed::Told(message) => message.into(),
        Failed::Store(error) => error.into(),
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
