//! The one shape everything synchronised has: an id, a kind, a scope and a map of fields. Fields this version of
//! the program does not know are kept and travel on untouched. Typed views live in the domain modules, never here.

mod fields;
pub mod mutation;
pub mod profile;
pub mod refusal;

use std::borrow::Borrow;
use std::cell::RefCell;
use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::sync::Arc;

use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::ids::{DeviceId, RecordId, UserId};
use crate::time::{Timestamp, stored_day};

pub use fields::Fields;

/// Place of a commit in the organisation's order of commits; 0 means "not yet on the server".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Version(pub u64);

impl Version {
    /// The version of a record the server has not seen.
    pub const NONE: Self = Self(0);
}

macro_rules! kinds {
    ($($(#[doc = $doc:literal])* $variant:ident = $name:literal,)*) => {
        /// What a record is. A kind from a newer version is kept as [`Kind::Other`].
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind {
            $($(#[doc = $doc])* $variant,)*
            /// A kind this version does not know; its name as received.
            Other(String),
        }

        impl Kind {
            /// Every kind this version knows.
            pub const KNOWN: &'static [Self] = &[$(Self::$variant,)*];

            /// The name on the wire.
            pub fn name(&self) -> &str {
                match self {
                    $(Self::$variant => $name,)*
                    Self::Other(name) => name,
                }
            }

            /// What it is, for those who read the description of the interface.
            #[cfg(feature = "openapi")]
            pub const fn about(&self) -> &'static str {
                match self {
                    $(Self::$variant => concat!($($doc),*),)*
                    Self::Other(_) => "What a newer version knows.",
                }
            }
        }

        impl From<&str> for Kind {
            fn from(name: &str) -> Self {
                match name {
                    $($name => Self::$variant,)*
                    other => Self::Other(other.to_owned()),
                }
            }
        }
    };
}

kinds! {
    /// A customer card (R1).
    Customer = "customer",
    /// A key person at a customer (R1).
    Contact = "contact",
    /// A product a customer holds (R12).
    Holding = "holding",
    /// A planned or held visit (R7, R8).
    Visit = "visit",
    /// A submitted visit note; append-only (R8).
    Note = "note",
    /// A call, message, letter or branch meeting (R8).
    Touch = "touch",
    /// Something to be done by a day (R10).
    Task = "task",
    /// A deal that may come, and the next step towards it (R6).
    Opportunity = "opportunity",
    /// Two values of one field, written concurrently: which one stands and which was kept aside.
    Conflict = "conflict",
    /// A colleague: name, role, team and branch, so that authors have names offline.
    Person = "person",
    /// A parameter a bank sets for everybody.
    Setting = "setting",
    /// A circle of people, and what is only theirs (R17, R20).
    Circle = "circle",
    /// A view of a list that somebody keeps.
    View = "view",
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for Kind {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .description(Some(
                "What a record is: one of the examples, or a kind from a newer version, which is kept.",
            ))
            .examples(Self::KNOWN.iter().map(|kind| Value::from(kind.name())))
            .into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for Kind {}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for Kind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Text(|name| Ok(Self::from(name))))
    }
}

/// Whose record this is, and so who may see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Scope {
    /// Everybody in the organisation (colleagues, settings).
    Organisation,
    /// Whoever may see this root: a customer, or another record whose own fields say who sees it. A root's own record
    /// has itself here. On the wire and in every store it is called `customer`, whatever the root is: at first there
    /// were no others, and what is stored stays as it is.
    #[serde(rename = "customer")]
    Under(RecordId),
    /// One user alone (personal tasks).
    User(UserId),
}

impl Scope {
    /// The root whose scope this is.
    pub const fn root(self) -> Option<RecordId> {
        match self {
            Self::Under(root) => Some(root),
            Self::Organisation | Self::User(_) => None,
        }
    }
}

/// Why a text is not a field path.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a field path: one or two parts of 1 to 64 characters, joined by a dot")]
pub struct NotAFieldPath(pub String);

/// Name of a field, or of one entry of a map (`tags.vip`). Entries of maps merge one by one, so maps never
/// appear as values of known fields.
// Equal ones share one text: a book of a hundred thousand records has a few hundred.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "openapi",
    derive(utoipa::ToSchema),
    schema(
        value_type = String,
        pattern = r"^[^.\u0000-\u001f\u007f-\u009f]{1,64}(\.[^.\u0000-\u001f\u007f-\u009f]{1,64})?$",
        examples("phone", "tags.vip")
    )
)]
pub struct FieldPath(Arc<str>);

/// The most texts of paths that are shared. Tags are what users type, so there is no end to them.
const MOST_SHARED: usize = 4_096;

thread_local! {
    /// The texts of the paths met so far.
    static SHARED: RefCell<HashSet<Arc<str>>> = RefCell::default();
}

impl FieldPath {
    /// Parses `name` or `map.entry`.
    ///
    /// # Errors
    /// [`NotAFieldPath`] when a part is empty, longer than 64 characters or holds a control character, or there
    /// are more than two parts.
    pub fn parse(text: &str) -> Result<Self, NotAFieldPath> {
        // One that is shared was looked at before.
        if let Some(shared) = SHARED.with_borrow(|shared| shared.get(text).cloned()) {
            return Ok(Self(shared));
        }
        let mut parts = 0;
        for part in text.split('.') {
            parts += 1;
            if part.is_empty() || part.len() > 256 || part.chars().count() > 64 || part.chars().any(char::is_control) {
                return Err(NotAFieldPath(text.chars().take(80).collect()));
            }
        }
        if parts > 2 {
            return Err(NotAFieldPath(text.chars().take(80).collect()));
        }
        let path: Arc<str> = text.into();
        SHARED.with_borrow_mut(|shared| {
            if shared.len() < MOST_SHARED {
                shared.insert(path.clone());
            }
        });
        Ok(Self(path))
    }

    /// The path of a field constant of a domain module; each of them is tested to parse. Texts from outside go
    /// through [`FieldPath::parse`].
    pub fn known(name: &'static str) -> Self {
        let path = Self::parse(name);
        debug_assert!(path.is_ok(), "{name:?} is not a field path");
        path.unwrap_or_else(|_| Self(name.into()))
    }

    /// The path of `entry` in the map `field`. The entry may be what a user typed, a tag for example.
    ///
    /// # Errors
    /// [`NotAFieldPath`] as for [`FieldPath::parse`]; also when `entry` holds a dot.
    pub fn of_entry(field: &'static str, entry: &str) -> Result<Self, NotAFieldPath> {
        Self::parse(&format!("{field}.{entry}"))
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The field, or the map an entry belongs to.
    pub fn field(&self) -> &str {
        self.0.split_once('.').map_or(&*self.0, |(map, _)| map)
    }

    /// The entry's key when this path leads into a map.
    pub fn entry(&self) -> Option<&str> {
        self.0.split_once('.').map(|(_, entry)| entry)
    }
}

impl Borrow<str> for FieldPath {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for FieldPath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for FieldPath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Text(Self::parse))
    }
}

/// Makes something of a text without a copy of it: a book has a hundred thousand of these.
struct Text<T>(fn(&str) -> Result<T, NotAFieldPath>);

impl<T> Visitor<'_> for Text<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<T, E> {
        (self.0)(text).map_err(E::custom)
    }
}

/// Who wrote something, when, and in which commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Stamp {
    /// The commit; 0 while it is only on the device.
    pub version: Version,
    /// When the user wrote it, by the device's clock corrected to the server's.
    pub at: Timestamp,
    /// The author.
    pub by: UserId,
    /// The device it was written on.
    pub device: DeviceId,
}

/// The state of one synchronised thing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Record {
    /// Identity, chosen by the creator.
    pub id: RecordId,
    /// What it is.
    pub kind: Kind,
    /// Who may see it.
    pub scope: Scope,
    /// The commit this state dates from.
    pub version: Version,
    /// The values.
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = BTreeMap<FieldPath, Value>, example = json!({ "name": "Hengyuan Ltd", "tags.export": true }))
    )]
    pub fields: Fields,
    /// Who created it. Also the stamp of every field that has none of its own.
    pub created: Stamp,
    /// Stamps of fields written, or emptied, after creation.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub stamps: BTreeMap<FieldPath, Stamp>,
    /// Set when the record was deleted: the tombstone stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted: Option<Stamp>,
    /// Members a newer version sent that this one does not know. They are kept, and sent on unchanged.
    #[serde(flatten)]
    pub unknown: BTreeMap<String, Value>,
}

impl Record {
    /// The value at `path`, if any.
    pub fn get(&self, path: &str) -> Option<&Value> {
        self.fields.get(path)
    }

    /// The text at `path`; `None` when absent or not a text.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.fields.get(path).and_then(Value::as_str)
    }

    /// The number at `path` when it is a whole one.
    pub fn integer(&self, path: &str) -> Option<i64> {
        self.fields.get(path).and_then(Value::as_i64)
    }

    /// The flag at `path`; absent counts as `false`.
    pub fn flag(&self, path: &str) -> bool {
        self.fields.get(path).and_then(Value::as_bool).unwrap_or(false)
    }

    /// The civil date (`YYYY-MM-DD`) at `path`.
    pub fn date(&self, path: &str) -> Option<jiff::civil::Date> {
        self.text(path).and_then(stored_day)
    }

    /// The point in time (milliseconds since the epoch) at `path`.
    pub fn timestamp(&self, path: &str) -> Option<Timestamp> {
        self.integer(path).map(Timestamp::from_milliseconds)
    }

    /// The typed id stored as text at `path`.
    pub fn id_at<T: std::str::FromStr>(&self, path: &str) -> Option<T> {
        self.text(path).and_then(|text| text.parse().ok())
    }

    /// Entries of the map field `field`: keys and values, in key order.
    pub fn entries<'a>(&'a self, field: &'a str) -> impl Iterator<Item = (&'a str, &'a Value)> {
        let of_map = self.fields.of_field(field);
        of_map.filter_map(|(path, value)| Some((path.entry()?, value)))
    }

    /// The users whom the map of people `field` names.
    pub fn people_at<'a>(&'a self, field: &'a str) -> impl Iterator<Item = UserId> {
        let named = self.entries(field).filter(|(_, value)| value.as_bool() == Some(true));
        named.filter_map(|(user, _)| user.parse().ok())
    }

    /// Who wrote the present value of `path`, and when.
    pub fn stamp(&self, path: &str) -> &Stamp {
        self.stamps.get(path).unwrap_or(&self.created)
    }

    /// Whether the record is a tombstone.
    pub fn is_deleted(&self) -> bool {
        self.deleted.is_some()
    }

    /// The root under which this record is; of a root's own record, itself.
    pub const fn root(&self) -> Option<RecordId> {
        self.scope.root()
    }
}
