//! What a form doubts about an edit before it saves it, in words. What is doubtful is judged elsewhere.

use jiff::civil::Date;
use rapport_shared::plausible::{Doubt, doubt};
use rapport_shared::record::FieldPath;
use rapport_shared::record::mutation::{Edit, Operation};

use crate::i18n::texts::form as words;

/// The first changed field that is almost certainly a slip. What was there before is not the writer's to mend.
pub fn doubts(edit: &Edit, today: Date) -> Option<(FieldPath, Doubt)> {
    let Operation::Write(changes) = &edit.operation else {
        return None;
    };
    changes.iter().find_map(|(path, change)| {
        let doubt = doubt(path.field(), change.to.as_str()?, today)?;
        Some((path.clone(), doubt))
    })
}

/// What is doubtful, for the writer.
pub fn doubt_text(doubt: Doubt) -> String {
    match doubt {
        Doubt::TooLong(limit) => words::too_long(limit),
        Doubt::Email => words::no_email().to_owned(),
        Doubt::Phone => words::no_phone().to_owned(),
        Doubt::Future => words::future().to_owned(),
        Doubt::TooEarly => words::too_early().to_owned(),
    }
}
