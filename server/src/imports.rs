//! Imports of customers and holdings from files of other systems: read, mapped, checked row by row, written in one
//! transaction or not at all. Rows with errors are left out and told apart; the same file again changes nothing.

use rapport_shared::customers::CustomerType;
use rapport_shared::ids::OrgId;
use rapport_shared::record::Kind;
use rapport_shared::time::Timestamp;

use crate::messages::{Message, Messages};
use crate::safe_csv;
use crate::store::{Store, StoreError};

mod mapping;
mod plan;
pub mod table;
mod value;

/// What is imported, and how.
#[derive(Clone, Debug)]
pub struct Options {
    /// Customers or holdings.
    pub kind: Kind,
    /// The content of a mapping file: each line a field and the header of its column (TOML or JSON).
    pub mapping: Option<String>,
    /// To count only.
    pub dry_run: bool,
    /// Sign-in name of who gets new customers the file names no owner for.
    pub owner: Option<String>,
    /// Name of the branch that gets new customers nobody owns.
    pub branch: Option<String>,
    /// Sign-in name of the person in whose name the import is; else the first administrator.
    pub author: Option<String>,
    /// The type of new customers the file names no type for.
    pub customer_type: CustomerType,
}

/// One cell that was refused, and so its row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowError {
    /// Number of the row, as a spreadsheet shows it.
    pub row: usize,
    /// Header of the column.
    pub column: String,
    /// The cell.
    pub value: String,
    /// What is wrong with it.
    pub reason: Message,
}

/// What an import did, or would do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Rows that became new records.
    pub new: usize,
    /// Rows that changed a record.
    pub changed: usize,
    /// Rows that changed nothing.
    pub unchanged: usize,
    /// Rows left out.
    pub refused: usize,
    /// Headers of columns not taken over.
    pub ignored: Vec<String>,
    /// Why rows were left out, in order.
    pub errors: Vec<RowError>,
}

/// Why nothing was imported.
#[derive(Debug)]
pub enum Failed {
    /// Something to tell the user.
    Told(Message),
    /// The store.
    Store(StoreError),
}

impl From<Message> for Failed {
    fn from(message: Message) -> Self {
        Self::Told(message)
    }
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Imports `table`, which came from a file called `file`.
///
/// # Errors
/// [`Failed`]; nothing was written then.
pub async fn run(
    store: &dyn Store,
    org: OrgId,
    options: &Options,
    file: &str,
    table: &table::Table,
    now: Timestamp,
) -> Result<Report, Failed> {
    let beginning: Vec<table::Row> = table.rows().take(mapping::HEADER_WITHIN).collect();
    let mapping = match &options.mapping {
        Some(content) => mapping::by_file(&options.kind, file, &beginning, content)?,
        None => mapping::by_headers(&options.kind, file, &beginning)?,
    };
    if table.len() <= mapping.header_row + 1 {
        return Err(table::Unreadable::Empty.message(file).into());
    }
    plan::run(store, org, options, &mapping, table, now).await
}

/// The error file: one line a refused cell, in the reader's language.
pub fn error_file(report: &Report, messages: &Messages) -> String {
    let header = ["column.row", "column.column", "column.value", "column.reason"];
    let mut text = safe_csv::start();
    safe_csv::line(&mut text, header.map(|key| messages.text(&Message::new(key))));
    for error in &report.errors {
        let reason = messages.text(&error.reason);
        safe_csv::line(
            &mut text,
            [error.row.to_string(), error.column.clone(), error.value.clone(), reason],
        );
    }
    text
}

#[cfg(test)]
mod tests;
