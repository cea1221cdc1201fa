//! An answer of several pages as it comes in, piece by piece. It cuts pieces into lines; what a line says is not its
//! business.

/// Lines out of pieces of any size.
#[derive(Clone, Debug, Default)]
pub struct Lines {
    bytes: Vec<u8>,
    /// So far there is no end of a line.
    searched: usize,
}

impl Lines {
    /// Takes the next piece in.
    pub fn push(&mut self, piece: &[u8]) {
        self.bytes.extend_from_slice(piece);
    }

    /// The next whole line, without its end; empty ones are left out.
    pub fn next_line(&mut self) -> Option<Vec<u8>> {
        loop {
            let rest = self.bytes.get(self.searched..).unwrap_or_default();
            let Some(length) = rest.iter().position(|byte| *byte == b'\n') else {
                self.searched = self.bytes.len();
                return None;
            };
            let after = self.bytes.split_off(self.searched + length + 1);
            let mut line = std::mem::replace(&mut self.bytes, after);
            self.searched = 0;
            line.pop();
            if !line.is_empty() {
                return Some(line);
            }
        }
    }

    /// What came after the last end of a line: all of an answer of one page. To be asked for when nothing more comes.
    pub fn rest(&mut self) -> Option<Vec<u8>> {
        self.searched = 0;
        Some(std::mem::take(&mut self.bytes)).filter(|rest| !rest.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pieces: &[&str], lines: &[&str], rest: Option<&str>) {
        let mut reader = Lines::default();
        let mut found = Vec::new();
        for piece in pieces {
            reader.push(piece.as_bytes());
            while let Some(line) = reader.next_line() {
                found.push(String::from_utf8_lossy(&line).into_owned());
            }
        }
        assert_eq!(found, lines, "{pieces:?}");
        let left = reader.rest().map(|rest| String::from_utf8_lossy(&rest).into_owned());
        assert_eq!(left.as_deref(), rest, "{pieces:?}");
    }

    #[test]
    fn lines_are_the_same_however_they_are_cut() {
        check(&["{}\n[1]\n"], &["{}", "[1]"], None);
        check(&["{", "}", "\n[", "1]\n", ""], &["{}", "[1]"], None);
        check(&["{}\n", "\n\n", "[1]\n{\"a"], &["{}", "[1]"], Some("{\"a"));
        check(&["{}"], &[], Some("{}"));
        check(&[], &[], None);
    }
}
