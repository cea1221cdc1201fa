//! Reads from a test runner's output how many tests passed and failed. It never decides whether the run as a
//! whole succeeded: that is the runner's exit status.

/// Tests that passed and tests that failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    pub passed: usize,
    pub failed: usize,
}

impl Count {
    /// Adds another count to this one.
    pub fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }

    /// What the lines of a runner report; a run that failed without naming a test failed once.
    pub fn from_output(lines: &[String], success: bool) -> Self {
        let mut count = Self::default();
        for line in lines {
            count.add(Self::from_line(line));
        }
        if !success && count.failed == 0 {
            count.failed = 1;
        }
        count
    }

    /// Understands the summary of nextest and that of libtest, which wasm-bindgen's runner shares.
    fn from_line(line: &str) -> Self {
        let summary = line
            .trim_start()
            .strip_prefix("Summary [")
            .or_else(|| line.strip_prefix("test result: "));
        let Some(summary) = summary else { return Self::default() };
        let before = |word: &str| {
            let words: Vec<&str> = summary
                .split([' ', ';', ',', ':'])
                .filter(|word| !word.is_empty())
                .collect();
            let position = words.iter().position(|candidate| *candidate == word);
            position
                .and_then(|at| words.get(at.checked_sub(1)?)?.parse().ok())
                .unwrap_or(0)
        };
        Self {
            passed: before("passed"),
            failed: before("failed") + before("timed"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Count;

    #[test]
    fn reads_the_summaries_of_every_runner() {
        let check = |lines: &[&str], success, passed, failed| {
            let lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
            assert_eq!(
                Count::from_output(&lines, success),
                Count { passed, failed },
                "{lines:?}"
            );
        };
        check(
            &["     Summary [   0.005s] 9 tests run: 9 passed, 0 skipped"],
            true,
            9,
            0,
        );
        check(
            &["     Summary [   3.005s] 9/12 tests run: 7 passed (1 slow), 1 failed, 1 timed out, 0 skipped"],
            false,
            7,
            2,
        );
        check(
            &[
                "test result: ok. 3 passed; 0 failed; 1 ignored;",
                "test result: FAILED. 1 passed; 2 failed; 0 ignored",
            ],
            false,
            4,
            2,
        );
        check(&["error: could not compile"], false, 0, 1);
        check(&[], true, 0, 0);
    }
}
