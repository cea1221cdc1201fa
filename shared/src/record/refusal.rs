//! Why a mutation is not carried out, by a stable code and the field at fault. It never says so in words: those are the
//! reader's. What is said of a code here stands in the description of the interface.

use serde::{Deserialize, Serialize};

use super::FieldPath;

/// Why the server, or the device itself, does not carry out a mutation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{code:?}{}", field.as_ref().map(|f| format!(" ({f})")).unwrap_or_default())]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Refusal {
    /// A stable code, shown in the reader's language.
    pub code: RefusalCode,
    /// The field at fault, or the entry of a map, when there is one.
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

/// An enum of stable codes, each with what it means, and the code of a newer server.
macro_rules! codes {
    ($(#[doc = $doc:literal])* $name:ident { $($(#[doc = $code_doc:literal])* $code:ident,)* }) => {
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name {
            $($(#[doc = $code_doc])* $code,)*
            /// A code from a newer server.
            #[serde(other)]
            Unknown,
        }

        #[cfg(feature = "openapi")]
        impl $name {
            /// Every code this version knows, and what it means.
            pub const KNOWN: &'static [(Self, &'static str)] = &[$((Self::$code, concat!($($code_doc),*)),)*];
        }

        #[cfg(feature = "openapi")]
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                let about = Self::KNOWN.iter().map(|(code, about)| {
                    let code = serde_json::to_value(code).unwrap_or_default();
                    (code, about)
                });
                let (names, lines): (Vec<_>, Vec<_>) = about
                    .map(|(code, about)| {
                        let line = format!("- `{}`: {}", code.as_str().unwrap_or_default(), about.trim());
                        (code, line)
                    })
                    .unzip();
                let about = concat!($($doc),*).trim();
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .enum_values(Some(names))
                    .description(Some(format!("{about}\n\n{}", lines.join("\n"))))
                    .into()
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::ToSchema for $name {}
    };
}
pub(crate) use codes;

codes!(
    /// Stable codes of refusals.
    RefusalCode {
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
        /// The mutation is larger than [`MAXIMUM_MUTATION_BYTES`](crate::sync::wire::MAXIMUM_MUTATION_BYTES) bytes.
        TooLarge,
        /// Kind or scope contradict the stored record.
        Contradiction,
        /// A required field has no value.
        MissingField,
        /// The person named is not in the directory, works here no longer, or is beyond whom the author may name.
        PersonOutOfReach,
        /// The server does not know this kind: a newer one will. Never settled, so the same may be sent again.
        UnknownKind,
    }
);

/// Whether refusals with a code say which field is at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldAtFault {
    /// Never: they concern the whole mutation.
    Never,
    /// When one field is.
    Sometimes,
    /// Always.
    Always,
}

impl RefusalCode {
    /// Whether refusals with this code say which field is at fault.
    pub const fn field_at_fault(self) -> FieldAtFault {
        match self {
            Self::NotVisible
            | Self::WrongAuthor
            | Self::AppendOnly
            | Self::TooLarge
            | Self::Contradiction
            | Self::UnknownKind => FieldAtFault::Never,
            Self::NotPermitted | Self::InvalidValue | Self::Unknown => FieldAtFault::Sometimes,
            Self::MissingField | Self::PersonOutOfReach => FieldAtFault::Always,
        }
    }
}
