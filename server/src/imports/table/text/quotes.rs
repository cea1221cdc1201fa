//! The rows of a CSV text (RFC 4180): quoted cells may hold separators and line ends. A quote that is not closed, or
//! closed by the quote of another row, would swallow the rows between without a trace: such rows are marked as broken, and
//! what is below is taken for a row only where there is no doubt. No line is ever lost.

use super::super::{Fault, MOST_COLUMNS};

/// A row, or a line without anything.
pub(super) struct Line {
    /// Its cells, trimmed; as good as they can be told when it is broken.
    pub(super) cells: Vec<String>,
    pub(super) fault: Option<Fault>,
}

/// Splits a text whose every line ends with `\n`.
pub(super) fn rows(text: &str, separator: u8) -> impl Iterator<Item = Line> {
    let mut reader = Reader {
        rest: text,
        separator: char::from(separator),
        width: 0,
        refused: 0,
        doubtful: 0,
        lost: false,
    };
    std::iter::from_fn(move || reader.next())
}

struct Reader<'a> {
    rest: &'a str,
    separator: char,
    /// Cells of the widest row so far.
    width: usize,
    /// So many bytes of the rest belong to a row that was refused.
    refused: usize,
    /// So many bytes of the rest are behind a quote without an end: a row there must be beyond doubt.
    doubtful: usize,
    /// Whether no such row was seen since the last broken quote.
    lost: bool,
}

/// A row as its quotes tell it.
struct Parsed {
    cells: Vec<String>,
    /// Its length in bytes, with the line end.
    length: usize,
    /// The first cell that goes over several lines.
    spanning: Option<usize>,
    /// Whether that cell holds what looks like rows of the table.
    swallows: bool,
    /// Whether there is a quote within a cell that has none around it.
    bare: bool,
}

/// A quote at the beginning of a cell that has no end.
struct Open {
    column: usize,
    /// How far it was looked for, in bytes from the beginning of the row.
    length: usize,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<Line> {
        let line = self.rest.split_once('\n')?.0;
        let read = if self.refused > 0 { Err(0) } else { self.read() };
        let (length, cells, fault) = match read {
            Ok(parsed) => (parsed.length, parsed.cells, None),
            // Blank lines behind a broken quote say nothing.
            Err(column) => (
                line.len() + 1,
                line.split(self.separator).map(str::to_owned).collect(),
                (!line.trim().is_empty()).then_some(Fault { column }),
            ),
        };
        self.rest = &self.rest[length..];
        self.refused = self.refused.saturating_sub(length);
        self.doubtful = self.doubtful.saturating_sub(length);
        let cells = cells.iter().take(MOST_COLUMNS).map(|cell| cell.trim().to_owned());
        Some(Line {
            cells: cells.collect(),
            fault,
        })
    }

    /// The next row, or the column of the quote that spoils it.
    fn read(&mut self) -> Result<Parsed, usize> {
        let parsed = match self.parse() {
            Ok(parsed) => parsed,
            Err(open) => {
                self.doubtful = self.doubtful.max(open.length);
                self.lost = true;
                return Err(open.column);
            }
        };
        let width = parsed.cells.len();
        if let Some(column) = parsed.spanning.filter(|_| parsed.swallows || width < self.width) {
            self.refused = parsed.length;
            return Err(column);
        }
        let is_plain = parsed.spanning.is_none() && !parsed.bare && (self.width == 0 || width == self.width);
        if (self.lost || self.doubtful > 0) && !is_plain {
            return Err(0);
        }
        self.lost = false;
        self.width = self.width.max(width);
        Ok(parsed)
    }

    fn parse(&self) -> Result<Parsed, Open> {
        let mut parsed = Parsed {
            cells: Vec::new(),
            length: 0,
            spanning: None,
            swallows: false,
            bare: false,
        };
        // The cells over several lines, each with its column.
        let mut tall: Vec<(&str, usize)> = Vec::new();
        loop {
            let rest = &self.rest[parsed.length..];
            if let Some(quoted) = rest.strip_prefix('"') {
                let column = parsed.cells.len();
                let (cell, length) = self.quoted(quoted).map_err(|length| Open {
                    column,
                    length: parsed.length + 1 + length,
                })?;
                if cell.contains('\n') {
                    tall.push((cell, column));
                }
                parsed.cells.push(cell.replace("\"\"", "\""));
                parsed.length += 1 + length;
            } else {
                let end = rest.find([self.separator, '\n']).unwrap_or(rest.len());
                parsed.bare |= rest[..end].contains('"');
                parsed.cells.push(rest[..end].to_owned());
                parsed.length += end;
            }
            // Behind a cell there is a separator or the end of the line.
            let ended = !self.rest[parsed.length..].starts_with(self.separator);
            parsed.length = (parsed.length + 1).min(self.rest.len());
            if ended {
                break;
            }
        }
        parsed.spanning = tall.first().map(|(_, column)| *column);
        let width = parsed.cells.len();
        parsed.swallows = tall.iter().any(|(cell, column)| self.swallows(cell, *column, width));
        Ok(parsed)
    }

    /// Whether the lines of a cell are as wide as the table: one between, or both the first and the last with what is
    /// beside the cell there.
    fn swallows(&self, cell: &str, column: usize, width: usize) -> bool {
        let is_whole = |line: &str, others: usize| {
            let separators = line.matches(self.separator).count();
            separators + others > 0 && separators + others + 1 == self.width
        };
        let mut lines = cell.split('\n');
        let (first, last) = (lines.next().unwrap_or_default(), lines.next_back().unwrap_or_default());
        let both = is_whole(first, column) && last.contains(self.separator) && is_whole(last, width - column - 1);
        both || lines.any(|line| is_whole(line, 0))
    }

    /// The inside of a quoted cell and its length with the closing quote; else how far it was looked for.
    fn quoted<'t>(&self, text: &'t str) -> Result<(&'t str, usize), usize> {
        let mut at = 0;
        while let Some(quote) = text[at..].find('"') {
            let after = &text[at + quote + 1..];
            if after.starts_with('"') {
                at += quote + 2;
            } else if after.is_empty() || after.starts_with([self.separator, '\n']) {
                return Ok((&text[..at + quote], at + quote + 1));
            } else {
                return Err(at + quote + 1);
            }
        }
        Err(text.len())
    }
}
