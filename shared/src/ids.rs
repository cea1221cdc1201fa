//! Typed identifiers: a customer's id cannot be handed over where a user's is meant. Ids are UUID version 7,
//! made by whoever creates the thing (tablets create records offline). This file never draws randomness itself.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::time::Timestamp;

/// Ten random bytes: what a version 7 UUID needs besides the time.
pub type IdEntropy = [u8; 10];

macro_rules! typed_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Serialize, Deserialize)]
        #[serde(transparent)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String, format = "uuid"))]
        pub struct $name(Uuid);

        impl $name {
            /// A fresh id: ordered by `at` (milliseconds since the epoch; a time before 1970 counts as 1970),
            /// unique by `entropy`.
            pub fn new(at: Timestamp, entropy: IdEntropy) -> Self {
                let milliseconds = u64::try_from(at.milliseconds()).unwrap_or(0);
                Self(uuid::Builder::from_unix_timestamp_millis(milliseconds, &entropy).into_uuid())
            }

            /// An id with exactly these bits, for seeds and fixtures that must be the same every time.
            pub const fn from_u128(bits: u128) -> Self {
                Self(Uuid::from_u128(bits))
            }

            /// The sixteen bytes as stored in sealed pages and used as additional authenticated data.
            pub const fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }
        }

        // As numbers: byte by byte takes the app's machine several times as long, and all it does is to look ids up.
        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.0.as_u128() == other.0.as_u128()
            }
        }

        impl Eq for $name {}

        impl Ord for $name {
            fn cmp(&self, other: &Self) -> Ordering {
                self.0.as_u128().cmp(&other.0.as_u128())
            }
        }

        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
                Some(self.cmp(other))
            }
        }

        impl Hash for $name {
            fn hash<H: Hasher>(&self, state: &mut H) {
                state.write_u128(self.0.as_u128());
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    };
}

typed_id!(
    /// Any synchronised record: a customer, a contact, a note …
    RecordId
);
typed_id!(
    /// One intent of a user, made on a device; the key under which the server applies it once.
    MutationId
);
typed_id!(
    /// One browser profile holding a sealed book.
    DeviceId
);
typed_id!(
    /// A person who can sign in. The person's directory record has a [`RecordId`] of the same bits.
    UserId
);
typed_id!(
    /// The bank (tenant) that owns the data; leads every key of the server's store.
    OrgId
);
typed_id!(
    /// A team of relationship managers.
    TeamId
);
typed_id!(
    /// A branch of the bank.
    BranchId
);

impl RecordId {
    /// The id of what follows this record by itself, the same on every device that makes it: the next occurrence of a
    /// task that repeats. Of two records with random ids none is the other's successor.
    pub const fn successor(self) -> Self {
        Self(Uuid::from_u128(self.0.as_u128().wrapping_add(1)))
    }
}

impl From<UserId> for RecordId {
    fn from(user: UserId) -> Self {
        Self(user.0)
    }
}
