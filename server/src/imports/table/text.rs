//! CSV: the encoding and the separator are told from the content. Quoted cells may hold separators and line ends.

use encoding_rs::{GB18030, UTF_8, UTF_16BE, UTF_16LE};

use super::{MOST_COLUMNS, Row, Unreadable, push};

/// How much of the text is looked at to find the separator.
const SAMPLE_LINES: usize = 5;

pub(super) fn read(content: &[u8]) -> Result<Vec<Row>, Unreadable> {
    // One kind of line end, one after the last line too, makes lines countable.
    let text = decode(content)?.replace("\r\n", "\n").replace('\r', "\n") + "\n";
    let (text, separator, mut number) = separator(&text);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    let mut record = csv::StringRecord::new();
    let mut next_line = 1;
    while reader
        .read_record(&mut record)
        .map_err(|error| Unreadable::Damaged(error.to_string()))?
    {
        // The reader skips blank lines; whoever looks at the file in a spreadsheet does not.
        let within: u64 = record
            .iter()
            .flat_map(str::bytes)
            .map(|byte| u64::from(byte == b'\n'))
            .sum();
        let end = reader.position().line();
        let blank = end.saturating_sub(1 + within).saturating_sub(next_line);
        number += 1 + usize::try_from(blank).unwrap_or(0);
        next_line = end;
        let cells = record
            .iter()
            .take(MOST_COLUMNS)
            .map(|cell| cell.trim().to_owned())
            .collect();
        push(&mut rows, number, cells)?;
    }
    Ok(rows)
}

fn decode(content: &[u8]) -> Result<String, Unreadable> {
    const UTF_32_MARKS: [&[u8]; 2] = [&[0xFF, 0xFE, 0, 0], &[0, 0, 0xFE, 0xFF]];
    if UTF_32_MARKS.iter().any(|mark| content.starts_with(mark)) {
        return Err(Unreadable::Encoding);
    }
    let marked = match content {
        [0xEF, 0xBB, 0xBF, rest @ ..] => Some((UTF_8, rest)),
        [0xFF, 0xFE, rest @ ..] => Some((UTF_16LE, rest)),
        [0xFE, 0xFF, rest @ ..] => Some((UTF_16BE, rest)),
        _ => None,
    };
    if let Some((encoding, rest)) = marked {
        let text = encoding.decode_without_bom_handling_and_without_replacement(rest);
        return text.map(std::borrow::Cow::into_owned).ok_or(Unreadable::Encoding);
    }
    // No text in these encodings holds a zero byte; pictures, archives and programs do.
    if content.contains(&0) || content.starts_with(b"%PDF") {
        return Err(Unreadable::NotATable);
    }
    for encoding in [UTF_8, GB18030] {
        if let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(content) {
            return Ok(text.into_owned());
        }
    }
    Err(Unreadable::Encoding)
}

/// The text behind a `sep=` line, the separator, and how many lines were skipped.
fn separator(text: &str) -> (&str, u8, usize) {
    if let Some(rest) = text.strip_prefix("sep=") {
        let (line, rest) = rest.split_once('\n').unwrap_or((rest, ""));
        if let [separator] = line.trim_end_matches('\r').as_bytes() {
            return (rest, *separator, 1);
        }
    }
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    let (mut quoted, mut lines) = (false, 0);
    for byte in text.bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => lines += 1,
            _ if quoted => {}
            _ => counts
                .iter_mut()
                .filter(|(separator, _)| *separator == byte)
                .for_each(|(_, count)| *count += 1),
        }
        if lines >= SAMPLE_LINES {
            break;
        }
    }
    // The first of equals wins, so that a file of one column is read as commas.
    let best = counts.iter().rev().max_by_key(|(_, count)| *count);
    (text, best.map_or(b',', |(separator, _)| *separator), 0)
}
