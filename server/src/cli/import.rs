//! `rapport import`: brings customers or holdings in from a file and says what became of its rows. Exit code 2 when
//! rows were left out, 1 when nothing was imported.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
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
    let errors = arguments.errors.as_deref().map(|path| ErrorFile::open(path, source));
    let errors = errors.transpose()?;
    let report = match import(arguments, &rows).await {
        Ok(report) => report,
        Err(trouble) => {
            errors.into_iter().for_each(ErrorFile::give_up);
            return Err(trouble);
        }
    };
    let title = match arguments.what {
        What::Customers => "summary.title.customers",
        What::Holdings => "summary.title.holdings",
    };
    println!("{}", messages.text(&Message::new(title).with("file", name(source))));
    print_summary(&report, messages, arguments.dry_run);
    if report.refused == 0 {
        errors.map_or(Ok(()), ErrorFile::remove)?;
        return Ok(ExitCode::SUCCESS);
    }
    match errors {
        None => print_first_errors(&report, messages),
        Some(errors) => {
            let path = errors.path.display().to_string();
            errors.write(&imports::error_file(&report, messages))?;
            println!(
                "{}",
                messages.text(&Message::new("summary.errors_written").with("file", path))
            );
        }
    }
    Ok(ExitCode::from(LEFT_OUT))
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

/// The file for the refused rows.
struct ErrorFile<'a> {
    path: &'a Path,
    file: File,
    is_new: bool,
}

impl<'a> ErrorFile<'a> {
    /// Opens it, and leaves what is in it until there is something else to write.
    fn open(path: &'a Path, source: &Path) -> Result<Self, Message> {
        let is_new = !path.exists();
        let file = OpenOptions::new().write(true).create(true).truncate(false).open(path);
        let file = file.map_err(|error| unwritable(path, &error))?;
        if path.canonicalize().ok() == source.canonicalize().ok() {
            return Err(Message::new("file.same").with("file", name(path)));
        }
        Ok(Self { path, file, is_new })
    }

    fn write(mut self, text: &str) -> Result<(), Message> {
        // A pipe or a terminal can not be emptied, and need not be.
        let _ = self.file.set_len(0);
        let written = self.file.write_all(text.as_bytes());
        written.map_err(|error| unwritable(self.path, &error))
    }

    /// No row was refused: reasons of an earlier run would mislead.
    fn remove(self) -> Result<(), Message> {
        let is_file = self.file.metadata().is_ok_and(|metadata| metadata.is_file());
        let removed = if is_file {
            std::fs::remove_file(self.path)
        } else {
            Ok(())
        };
        removed.map_err(|error| unwritable(self.path, &error))
    }

    /// Nothing was imported.
    fn give_up(self) {
        if self.is_new {
            let _ = std::fs::remove_file(self.path);
        }
    }
}

fn unwritable(path: &Path, error: &std::io::Error) -> Message {
    let message = Message::new("file.unwritable").with("file", path.display());
    match error.kind() {
        ErrorKind::NotFound => message.with_text("detail", "file.unwritable_folder"),
        ErrorKind::PermissionDenied => message.with_text("detail", "file.unwritable_forbidden"),
        ErrorKind::StorageFull => message.with_text("detail", "file.unwritable_full"),
        _ => message.with("detail", error),
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
