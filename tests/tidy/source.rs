//! A source file taken apart as far as the laws need it: code without comments and contents of strings, the strings
//! by themselves, and which lines are test code. It is no parser: it knows quotes, comments and braces.

/// A file and what was found in it; positions count bytes, lines count from zero.
pub struct Source {
    /// Relative to the workspace, with slashes.
    pub path: String,
    /// As it is on disk.
    pub text: String,
    /// As long as the text, but comments and the contents of strings are blanks.
    pub code: String,
    /// Every string literal's content and the position of its opening quote.
    pub strings: Vec<(usize, String)>,
    test_code: Vec<(usize, usize)>,
}

impl Source {
    /// Takes a file apart; anything but Rust is left whole.
    pub fn new(path: &str, text: &str) -> Self {
        let (code, strings) = if path.ends_with(".rs") {
            blank(text)
        } else {
            (text.to_owned(), vec![])
        };
        let test_code = test_code(&code);
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
            code,
            strings,
            test_code,
        }
    }

    /// Whether this is Rust.
    pub fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// Whether the position lies in code that is compiled for tests only.
    pub fn is_test(&self, position: usize) -> bool {
        let path = &self.path;
        path.starts_with("tests/")
            || path.contains("/tests/")
            || path.ends_with("/tests.rs")
            || self
                .test_code
                .iter()
                .any(|(start, end)| (*start..*end).contains(&position))
    }

    /// The line of a position, as editors count.
    pub fn line(&self, position: usize) -> usize {
        self.text.as_bytes()[..position]
            .iter()
            .filter(|byte| **byte == b'\n')
            .count()
            + 1
    }

    /// Where the code says that, outside comments and strings.
    pub fn find_code<'a>(&'a self, wanted: &'a str) -> impl Iterator<Item = usize> + 'a {
        self.code.match_indices(wanted).map(|(position, _)| position)
    }

    /// Where the code names that path or macro: not as part of a longer name.
    pub fn find_name<'a>(&'a self, wanted: &'a str) -> impl Iterator<Item = usize> + 'a {
        self.find_code(wanted).filter(move |position| {
            let bytes = self.code.as_bytes();
            let before = position.checked_sub(1).map(|at| bytes[at]);
            let after = bytes.get(position + wanted.len()).copied();
            !before.is_some_and(is_name) && !after.is_some_and(is_name)
        })
    }

    /// The blocks in braces that follow that macro, such as `view!`.
    pub fn blocks_of(&self, name: &str) -> Vec<(usize, usize)> {
        self.find_name(name)
            .filter_map(|start| block(&self.code, start))
            .collect()
    }
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// From an opening brace at or after the position to its closing one.
fn block(code: &str, from: usize) -> Option<(usize, usize)> {
    let open = from + code[from..].find(['{', ';'])?;
    if code.as_bytes()[open] == b';' {
        return None;
    }
    let mut depth = 0;
    for (offset, byte) in code[open..].bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some((open, open + offset + 1));
        }
    }
    None
}

fn test_code(code: &str) -> Vec<(usize, usize)> {
    let starts = code
        .match_indices("#[cfg(test)]")
        .chain(code.match_indices("#[cfg(all(test"));
    starts
        .filter_map(|(start, _)| block(code, start).map(|(_, end)| (start, end)))
        .collect()
}

/// Replaces comments and the contents of strings by blanks of the same length, and collects the strings.
fn blank(text: &str) -> (String, Vec<(usize, String)>) {
    let bytes = text.as_bytes();
    let mut code = bytes.to_vec();
    let mut strings = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &text[at..];
        let mut end = at + 1;
        if rest.starts_with("//") {
            end = at + rest.find('\n').unwrap_or(rest.len());
            wipe(&mut code[at..end]);
        } else if rest.starts_with("/*") {
            end = at + comment_length(rest);
            wipe(&mut code[at..end]);
        } else if bytes[at] == b'"' {
            let (start, length) = string_extent(text, at);
            strings.push((at, text[start..start + length].to_owned()));
            wipe(&mut code[start..start + length]);
            end = (start + length + 1).min(bytes.len());
        } else if bytes[at] == b'\''
            && let Some(length) = character_length(rest)
        {
            end = at + length;
            wipe(&mut code[at + 1..end - 1]);
        }
        at = end;
        while at < bytes.len() && !text.is_char_boundary(at) {
            at += 1;
        }
    }
    (String::from_utf8_lossy(&code).into_owned(), strings)
}

fn wipe(bytes: &mut [u8]) {
    for byte in bytes.iter_mut().filter(|byte| **byte != b'\n') {
        *byte = b' ';
    }
}

fn comment_length(text: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    let bytes = text.as_bytes();
    while at + 1 < bytes.len() {
        match &bytes[at..at + 2] {
            b"/*" => (depth, at) = (depth + 1, at + 2),
            b"*/" => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    bytes.len()
}

/// Where the content of a string starts and how long it is; raw strings are known by what stands before the quote.
fn string_extent(text: &str, quote: usize) -> (usize, usize) {
    let before = &text[..quote];
    let hashes = before.len() - before.trim_end_matches('#').len();
    let raw = before.trim_end_matches('#').ends_with('r');
    let content = &text[quote + 1..];
    if raw {
        let close = format!("\"{}", "#".repeat(hashes));
        return (quote + 1, content.find(&close).unwrap_or(content.len()));
    }
    let mut escaped = false;
    for (offset, byte) in content.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return (quote + 1, offset),
            _ => {}
        }
    }
    (quote + 1, content.len())
}

/// The length of a character literal, or nothing when the quote begins a lifetime.
fn character_length(text: &str) -> Option<usize> {
    let mut characters = text.char_indices().skip(1);
    let (_, first) = characters.next()?;
    if first == '\\' {
        let (_, _) = characters.next()?;
        return text[3..].find('\'').map(|close| close + 4);
    }
    let (close, quote) = characters.next()?;
    (quote == '\'').then_some(close + 1)
}

#[test]
fn takes_source_apart() {
    let source = Source::new(
        "a/b.rs",
        "let a = \"x // y\"; // \"no\"\nlet b = 'c'; let d: &'a str = r#\"say \"hi\"\"#;\n#[cfg(test)]\nmod tests { fn z() {} }\nfn tail() {}\n",
    );
    let strings: Vec<&str> = source.strings.iter().map(|(_, content)| content.as_str()).collect();
    assert_eq!(strings, ["x // y", "say \"hi\""]);
    assert!(!source.code.contains("no") && !source.code.contains('c') || source.code.contains("cfg"));
    assert_eq!(source.code.len(), source.text.len());
    let position = |wanted: &str| source.find_name(wanted).next();
    assert!(position("z").is_some_and(|at| source.is_test(at)));
    assert!(position("tail").is_some_and(|at| !source.is_test(at)));
    assert_eq!(position("tail").map(|at| source.line(at)), Some(5));
}
