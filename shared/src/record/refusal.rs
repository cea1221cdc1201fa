//! Why a mutation is not carried out, by a stable code and the field at fault. It never says so in words: those are the
//! reader's.

use serde::{Deserialize, Serialize};

use super::FieldPath;

/// Why the server, or the device itself, does not carry out a mutation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{code:?}{}", field.as_ref().map(|f| format!(" ({f})")).unwrap_or_default())]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Refusal {
    /// A stable code, shown in the reader's language.
    pub code: RefusalCode,
    /// The field at fault, when there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<FieldPath>,
}

impl Refusal {
    /// A refusal that concerns the whole mutation.
    pub const fn whole(code: RefusalCode) -> Self {
        Self { code, field: None }
    }

    /// A refusal because of one field.
    pub const fn field(code: RefusalCode, field: FieldPath) -> Self {
        Self {
            code,
            field: Some(field),
        }
    }
}

/// Stable codes of refusals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum RefusalCode {
    /// The user may not see, and so not write, this record.
    NotVisible,
    /// The user's role may not write this kind or field.
    NotPermitted,
    /// The author named is not the signed-in user, or the device is somebody else's.
    WrongAuthor,
    /// A submitted note is not overwritten; write a revision.
    AppendOnly,
    /// A value has the wrong type or form.
    InvalidValue,
    /// The mutation is larger than [`MAXIMUM_MUTATION_BYTES`](crate::sync::wire::MAXIMUM_MUTATION_BYTES).
    TooLarge,
    /// Kind or scope contradict the stored record.
    Contradiction,
    /// A required field has no value.
    MissingField,
    /// The person named is not in the directory, works here no longer, or is beyond whom the author may name.
    PersonOutOfReach,
    /// The server does not know this kind: a newer one will. Never settled, so the same may be sent again.
    UnknownKind,
    /// A code from a newer server.
    #[serde(other)]
    Unknown,
}
