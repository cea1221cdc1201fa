//! CSV for people with spreadsheets: UTF-8 with the mark Excel needs, every cell quoted where it must be, and no cell
//! that a spreadsheet would run as a formula.

/// The beginning of a file.
pub fn start() -> String {
    "\u{feff}".to_owned()
}

/// Adds a line.
pub fn line(text: &mut String, cells: impl IntoIterator<Item = String>) {
    for (index, cell) in cells.into_iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        push_cell(text, &cell);
    }
    text.push_str("\r\n");
}

fn push_cell(text: &mut String, cell: &str) {
    // A spreadsheet takes these (full-width ones too) for the beginning of a formula, wherever the text came from.
    let is_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']) && !is_number(cell);
    let guard = if is_formula { "'" } else { "" };
    if is_formula || cell.contains([',', '"', '\n', '\r', ';']) || cell != cell.trim() {
        text.push('"');
        text.push_str(guard);
        text.push_str(&cell.replace('"', "\"\""));
        text.push('"');
    } else {
        text.push_str(cell);
    }
}

fn is_number(cell: &str) -> bool {
    let digits = cell.strip_prefix(['-', '+']).unwrap_or(cell);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_disarmed() {
        for (cell, expected) in [
            ("plain", "plain"),
            ("上海, 北京", "\"上海, 北京\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("=1+1", "\"'=1+1\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            ("＝cmd", "\"'＝cmd\""),
            ("-12.50", "-12.50"),
            ("+86138", "+86138"),
            ("-2+3|cmd", "\"'-2+3|cmd\""),
            ("\tx", "\"'\tx\""),
            ("two\nlines", "\"two\nlines\""),
        ] {
            let mut text = String::new();
            line(&mut text, [cell.to_owned()]);
            assert_eq!(text, format!("{expected}\r\n"));
        }
    }
}
