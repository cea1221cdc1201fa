//! CSV: the encoding and the separator are told from the content, the cells are left to the parser below. No file is
//! taken for a table that is binary.

use encoding_rs::{GB18030, UTF_8, UTF_16BE, UTF_16LE};

use super::{Table, Unreadable};

mod quotes;

/// How much of the text is looked at to find the separator.
const SAMPLE_LINES: usize = 5;
/// Of so many bytes one may be a control character in what is a text still.
const CONTROLS: usize = 20;

pub(super) fn read(content: Vec<u8>) -> Result<Table, Unreadable> {
    let text = with_plain_lines(decode(content)?);
    let (text, separator, skipped) = separator(&text);
    let mut table = Table::default();
    for (row, number) in quotes::rows(text, separator).zip(skipped + 1..) {
        table.push(number, &row.cells, row.fault)?;
    }
    Ok(table)
}

/// One kind of line end, one after the last line too, makes lines countable. One copy at a time: the text may be long.
fn with_plain_lines(mut text: String) -> String {
    for other in ["\r\n", "\r"] {
        if text.contains(other) {
            text = text.replace(other, "\n");
        }
    }
    text.push('\n');
    text
}

fn decode(content: Vec<u8>) -> Result<String, Unreadable> {
    const UTF_32_MARKS: [&[u8]; 2] = [&[0xFF, 0xFE, 0, 0], &[0, 0, 0xFE, 0xFF]];
    if UTF_32_MARKS.iter().any(|mark| content.starts_with(mark)) {
        return Err(Unreadable::Encoding);
    }
    let marked = match &*content {
        [0xEF, 0xBB, 0xBF, rest @ ..] => Some((UTF_8, rest)),
        [0xFF, 0xFE, rest @ ..] => Some((UTF_16LE, rest)),
        [0xFE, 0xFF, rest @ ..] => Some((UTF_16BE, rest)),
        _ => None,
    };
    if let Some((encoding, rest)) = marked {
        let text = encoding.decode_without_bom_handling_and_without_replacement(rest);
        return text.map(std::borrow::Cow::into_owned).ok_or(Unreadable::Encoding);
    }
    if is_binary(&content) {
        return Err(Unreadable::NotATable);
    }
    String::from_utf8(content).or_else(|other| {
        let text = GB18030.decode_without_bom_handling_and_without_replacement(other.as_bytes());
        text.map(std::borrow::Cow::into_owned).ok_or(Unreadable::Encoding)
    })
}

/// Pictures, archives and programs are full of zero bytes and their like; a text holds a stray one at most, which
/// costs its row and not the file.
fn is_binary(content: &[u8]) -> bool {
    let controls = content
        .iter()
        .filter(|byte| byte.is_ascii_control() && !byte.is_ascii_whitespace())
        .count();
    content.starts_with(b"%PDF") || (content.contains(&0) && controls > content.len() / CONTROLS)
}

/// The text behind a `sep=` line, the separator, and how many lines were skipped.
fn separator(text: &str) -> (&str, u8, usize) {
    if let Some(rest) = text.strip_prefix("sep=") {
        let (line, rest) = rest.split_once('\n').unwrap_or((rest, ""));
        if let [separator] = line.as_bytes() {
            return (rest, *separator, 1);
        }
    }
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    let (mut quoted, mut lines) = (false, 0);
    for byte in text.bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => lines += 1,
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
