//! What a visit note needs before it is submitted (R8). Never makes the note: the form does.

use jiff::civil::Date;

/// What is still wrong with a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoteProblem {
    /// Nothing was written.
    TextMissing,
    /// The visit would lie in the future.
    VisitInFuture,
    /// Neither a day for the next contact nor a reason for none.
    NextContactMissing,
    /// The next contact would lie in the past.
    NextContactInPast,
}

/// Everything that keeps a note from being submitted: it says something, the visit was today or before, and the next
/// contact has a day or a reason for none (R8).
pub fn note_problems(
    text: &str,
    visited: Date,
    next_contact: Option<Date>,
    no_next_contact_reason: &str,
    today: Date,
) -> Vec<NoteProblem> {
    let checks = [
        (text.trim().is_empty(), NoteProblem::TextMissing),
        (visited > today, NoteProblem::VisitInFuture),
        (
            next_contact.is_none() && no_next_contact_reason.trim().is_empty(),
            NoteProblem::NextContactMissing,
        ),
        (
            next_contact.is_some_and(|day| day < today),
            NoteProblem::NextContactInPast,
        ),
    ];
    checks
        .into_iter()
        .filter_map(|(wrong, problem)| wrong.then_some(problem))
        .collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Date, date};

    use super::NoteProblem::{NextContactInPast, NextContactMissing, TextMissing, VisitInFuture};
    use super::{NoteProblem, note_problems};

    #[test]
    fn asks_for_what_is_missing() {
        let today = date(2026, 11, 21);
        let check = |text: &str, visited: Date, next: Option<Date>, reason: &str, expected: &[NoteProblem]| {
            assert_eq!(note_problems(text, visited, next, reason, today), expected);
        };
        check("谈了贷款", today, Some(date(2026, 12, 1)), "", &[]);
        check("谈了贷款", today, Some(today), "", &[]);
        check("谈了贷款", today, None, "客户出国", &[]);
        check("  \n", today, None, " ", &[TextMissing, NextContactMissing]);
        check(
            "谈了贷款",
            date(2026, 11, 22),
            Some(date(2026, 11, 20)),
            "",
            &[VisitInFuture, NextContactInPast],
        );
    }
}
