//! Spreadsheets (XLSX, XLS, XLSB, ODS): the first sheet that holds anything, as text. Formula cells give the value that
//! was saved with them. What a sheet declares about its own size is not believed.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{Data, DataRef, ExcelDateTime, Ods, OdsError, Reader, Xls, XlsError, Xlsb, XlsbError, Xlsx, XlsxError};

use super::{MOST_COLUMNS, MOST_ROWS, Table, Unreadable};

/// Cells of a sheet of the older formats, which are laid out in full before they are read.
const MOST_CELLS: usize = 50_000_000;

type Content = Cursor<Vec<u8>>;

pub(super) fn read(content: Vec<u8>) -> Result<Table, Unreadable> {
    // A reader that panics on a damaged file must not take the program with it.
    let read = AssertUnwindSafe(|| read_any(content));
    catch_unwind(read).unwrap_or_else(|_| Err(damaged("the reader gave up")))
}

fn damaged(detail: impl ToString) -> Unreadable {
    Unreadable::Damaged(detail.to_string())
}

fn read_any(content: Vec<u8>) -> Result<Table, Unreadable> {
    if content.starts_with(b"PK") {
        let holds = |name: &[u8]| content.windows(name.len()).any(|window| window == name);
        if holds(b"xl/workbook.bin") {
            return Xlsb::new(Cursor::new(content)).map_err(of_xlsb).and_then(read_sheets);
        }
        if holds(b"application/vnd.oasis.opendocument") {
            return Ods::new(Cursor::new(content)).map_err(of_ods).and_then(read_sheets);
        }
        return Xlsx::new(Cursor::new(content)).map_err(of_xlsx).and_then(read_xlsx);
    }
    // An encrypted XLSX lies in the same container as an XLS.
    let encrypted: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    if content.windows(encrypted.len()).any(|window| window == encrypted) {
        return Err(Unreadable::Password);
    }
    Xls::new(Cursor::new(content)).map_err(of_xls).and_then(read_sheets)
}

fn of_xlsx(error: XlsxError) -> Unreadable {
    match error {
        XlsxError::Password => Unreadable::Password,
        // An archive that holds no workbook: a text document, a program …
        XlsxError::FileNotFound(_) => Unreadable::NotATable,
        other => damaged(other),
    }
}

fn of_xlsb(error: XlsbError) -> Unreadable {
    match error {
        XlsbError::Password => Unreadable::Password,
        other => damaged(other),
    }
}

fn of_xls(error: XlsError) -> Unreadable {
    match error {
        XlsError::Password => Unreadable::Password,
        other => damaged(other),
    }
}

fn of_ods(error: OdsError) -> Unreadable {
    match error {
        OdsError::Password => Unreadable::Password,
        other => damaged(other),
    }
}

/// Reads cell by cell: one stray cell in the last corner must not cost the memory of the whole sheet.
fn read_xlsx(mut workbook: Xlsx<Content>) -> Result<Table, Unreadable> {
    for name in workbook.sheet_names() {
        let mut cells = match workbook.worksheet_cells_reader(&name) {
            Ok(cells) => cells,
            Err(XlsxError::NotAWorksheet(_)) => continue,
            Err(error) => return Err(of_xlsx(error)),
        };
        let mut table = Table::default();
        let mut current: (usize, Vec<String>) = (0, Vec::new());
        while let Some(cell) = cells.next_cell().map_err(of_xlsx)? {
            let (row, column) = cell.get_position();
            let (row, column) = (row as usize, column as usize);
            if column >= MOST_COLUMNS || row > MOST_ROWS.saturating_mul(2) {
                continue;
            }
            if row != current.0 {
                table.push(current.0 + 1, &current.1, None)?;
                current.1.clear();
                current.0 = row;
            }
            if current.1.len() <= column {
                current.1.resize(column + 1, String::new());
            }
            current.1[column] = text_of_ref(cell.get_value());
        }
        table.push(current.0 + 1, &current.1, None)?;
        if !table.is_empty() {
            return Ok(table);
        }
    }
    Ok(Table::default())
}

fn read_sheets<R>(mut workbook: R) -> Result<Table, Unreadable>
where
    R: Reader<Content>,
    R::Error: std::fmt::Display,
{
    for name in workbook.sheet_names() {
        let range = workbook.worksheet_range(&name).map_err(damaged)?;
        if range.width().saturating_mul(range.height()) > MOST_CELLS {
            return Err(Unreadable::TooLarge(MOST_CELLS.to_string()));
        }
        let first = range.start().map_or(0, |(row, _)| row as usize);
        let mut table = Table::default();
        for (index, cells) in range.rows().enumerate() {
            let cells: Vec<String> = cells.iter().take(MOST_COLUMNS).map(text_of).collect();
            table.push(first + index + 1, &cells, None)?;
        }
        if !table.is_empty() {
            return Ok(table);
        }
    }
    Ok(Table::default())
}

fn text_of_ref(value: &DataRef<'_>) -> String {
    match value {
        DataRef::SharedString(text) => (*text).trim().to_owned(),
        DataRef::String(text) => text.trim().to_owned(),
        other => text_of(&Data::from(other.clone())),
    }
}

fn text_of(value: &Data) -> String {
    match value {
        Data::Empty => String::new(),
        Data::String(text) | Data::DurationIso(text) => text.trim().to_owned(),
        Data::DateTimeIso(text) => text.strip_suffix("T00:00:00").unwrap_or(text).to_owned(),
        Data::Int(number) => number.to_string(),
        Data::Float(number) => number_text(*number),
        Data::Bool(flag) => flag.to_string(),
        Data::DateTime(time) => date_text(time),
        Data::Error(error) => error.to_string(),
    }
}

/// Spreadsheets keep every number as a binary fraction; fifteen digits are what they show and promise.
fn number_text(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1e15 {
        return format!("{number:.0}");
    }
    let digits = usize::try_from(14 - number.abs().log10().floor() as i64)
        .unwrap_or(0)
        .min(20);
    let text = format!("{number:.digits$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

fn date_text(time: &ExcelDateTime) -> String {
    if time.is_duration() {
        return number_text(time.as_f64());
    }
    let (year, month, day, hour, minute, second, _) = time.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    if (hour, minute, second) == (0, 0, 0) {
        date
    } else {
        format!("{date} {hour:02}:{minute:02}:{second:02}")
    }
}
