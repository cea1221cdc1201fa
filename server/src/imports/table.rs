//! A file as rows of text, whatever it was: CSV in several encodings, or a spreadsheet. It knows no fields, and treats
//! what it reads as text only: nothing is computed, no formula is run.

use std::io::ErrorKind;
use std::path::Path;

use crate::messages::Message;

mod text;
mod workbook;

/// Largest file that is read, in bytes.
const LARGEST_FILE: u64 = 200 * 1024 * 1024;
/// Most rows.
pub(super) const MOST_ROWS: usize = 500_000;
/// Cells further right are not read.
pub(super) const MOST_COLUMNS: usize = 500;

/// Most bytes of all cells together: a workbook may say one long text in many cells.
const MOST_BYTES: u32 = 1 << 30;

/// The rows of a file that are not empty, packed: one takes little more than its text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// All cells, one behind the other.
    text: String,
    /// Where each cell ends in the text.
    cells: Vec<u32>,
    rows: Vec<Packed>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Packed {
    number: usize,
    fault: Option<Fault>,
    /// Cells of this row and all above it.
    cells: usize,
}

impl Table {
    /// The rows, in order.
    pub fn rows(&self) -> impl Iterator<Item = Row> {
        let (mut cell, mut at) = (0, 0);
        self.rows.iter().map(move |row| {
            let ends = &self.cells[cell..row.cells];
            cell = row.cells;
            let cells = ends.iter().map(|end| {
                let begin = std::mem::replace(&mut at, *end as usize);
                self.text[begin..at].to_owned()
            });
            Row {
                number: row.number,
                cells: cells.collect(),
                fault: row.fault,
            }
        })
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Takes a row over unless it is empty.
    fn push(&mut self, number: usize, cells: &[String], fault: Option<Fault>) -> Result<(), Unreadable> {
        if cells.iter().all(String::is_empty) {
            return Ok(());
        }
        if self.rows.len() >= MOST_ROWS {
            return Err(Unreadable::TooLarge(MOST_ROWS.to_string()));
        }
        for cell in cells {
            self.text.push_str(cell);
            let end = u32::try_from(self.text.len()).ok().filter(|end| *end <= MOST_BYTES);
            self.cells
                .push(end.ok_or_else(|| Unreadable::TooLarge("1 GB".to_owned()))?);
        }
        self.rows.push(Packed {
            number,
            fault,
            cells: self.cells.len(),
        });
        Ok(())
    }
}

/// One row that is not empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its number, as a spreadsheet or an editor shows it.
    pub number: usize,
    /// Its cells, trimmed.
    pub cells: Vec<String>,
    /// Why they cannot be relied on.
    pub fault: Option<Fault>,
}

/// A quote that does not end where it should: the cell, and those behind it, may be anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The column the quote is in.
    pub column: usize,
}

impl Row {
    /// The cell in `column`; an empty text beyond the end.
    pub fn cell(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }
}

/// Why a file is not a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// The system does not give it; why, and in its words.
    Io(ErrorKind, String),
    /// No rows.
    Empty,
    /// Some other kind of file.
    NotATable,
    /// Cut short, or damaged otherwise; in the words of the reader, which only programmers understand.
    Damaged(String),
    /// Encrypted.
    Password,
    /// Text in an encoding that is not known.
    Encoding,
    /// More than is read; the limit.
    TooLarge(String),
}

impl From<std::io::Error> for Unreadable {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error.kind(), error.to_string())
    }
}

impl Unreadable {
    /// What to tell the user about `file`.
    pub fn message(&self, file: &str) -> Message {
        let message = match self {
            Self::Io(ErrorKind::NotFound, _) => Message::new("file.not_found"),
            Self::Io(ErrorKind::PermissionDenied, _) => Message::new("file.forbidden"),
            Self::Io(ErrorKind::IsADirectory, _) => Message::new("file.is_folder"),
            Self::Io(_, detail) => Message::new("file.unreadable").with("detail", detail),
            Self::Empty => Message::new("file.empty"),
            Self::NotATable => Message::new("file.not_a_table"),
            Self::Damaged(_) => Message::new("file.damaged"),
            Self::Password => Message::new("file.password"),
            Self::Encoding => Message::new("file.encoding"),
            Self::TooLarge(limit) => Message::new("file.too_large").with("limit", limit),
        };
        message.with("file", file)
    }
}

/// Reads a file.
///
/// # Errors
/// [`Unreadable`].
pub fn read_file(path: &Path) -> Result<Table, Unreadable> {
    if std::fs::metadata(path)?.len() > LARGEST_FILE {
        return Err(Unreadable::TooLarge("200 MB".to_owned()));
    }
    read(std::fs::read(path)?)
}

/// Reads the content of a file; what it is is told from its first bytes, not from its name.
///
/// # Errors
/// [`Unreadable`].
pub fn read(content: Vec<u8>) -> Result<Table, Unreadable> {
    const ZIP: &[u8] = b"PK\x03\x04";
    const COMPOUND: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0];
    let table = if content.starts_with(ZIP) || content.starts_with(COMPOUND) {
        workbook::read(content)?
    } else {
        text::read(content)?
    };
    if table.is_empty() {
        Err(Unreadable::Empty)
    } else {
        Ok(table)
    }
}

#[cfg(test)]
#[path = "table/tests.rs"]
pub(super) mod tests;
