//! What a decision about a conflict writes, and what takes it back. A decision is an ordinary change: it works offline,
//! travels like any other, and what it replaces stays in the history.

use serde_json::Value;

use super::{ConflictView, field};
use crate::record::mutation::Edit;
use crate::record::{FieldPath, Record};

/// What a person decided.
#[derive(Clone, Debug, PartialEq)]
pub enum Choice {
    /// What stands shall stand; of a removal: the record stays.
    Keep,
    /// The field shall hold this: the value kept aside, or what both give together.
    Write(Value),
    /// The record shall go after all.
    Remove,
}

/// The edits that carry `choice` out and close the conflict. `subject`: the record it is about as the person sees it;
/// when it is gone the conflict is only closed.
pub fn settle(conflict: &Record, subject: Option<&Record>, choice: &Choice) -> Vec<Edit> {
    let close = Edit::of(conflict).change(conflict, FieldPath::known(field::RESOLVED), true);
    let path = ConflictView(conflict).path();
    let edit = match (subject, choice, path) {
        (Some(subject), Choice::Write(value), Some(path)) => {
            Some(Edit::of(subject).change(subject, path, value.clone()))
        }
        (Some(subject), Choice::Remove, None) => Some(Edit::delete(subject)),
        _ => None,
    };
    edit.into_iter().chain([close]).collect()
}

/// The edits that take `choice` back and open the conflict again. `conflict` and `now`: the records as they are;
/// `then`: the subject as it was when the choice was made. A value somebody has written since is left alone.
pub fn unsettle(conflict: &Record, then: Option<&Record>, now: Option<&Record>, choice: &Choice) -> Vec<Edit> {
    // Emptied, as it was: so two people who decide and reconsider at once want the same of it.
    let open = Edit::of(conflict).change(conflict, FieldPath::known(field::RESOLVED), Value::Null);
    let path = ConflictView(conflict).path();
    let edit = match (choice, then, now, path) {
        (Choice::Write(written), Some(then), Some(now), Some(path)) => {
            let current = now.fields.get(&path).unwrap_or(&Value::Null);
            let untouched = current == written || (current.is_null() && written.as_str() == Some(""));
            let before = then.fields.get(&path).cloned().unwrap_or(Value::Null);
            untouched.then(|| Edit::of(now).change(now, path, before))
        }
        (Choice::Remove, Some(then), None, None) => {
            let any = then.fields.keys().next().cloned();
            any.map(|path| Edit::revive(then, path))
        }
        _ => None,
    };
    edit.into_iter().chain([open]).collect()
}
