//! What travels between a device and the server, as JSON. Shapes only grow: a member that is not known is ignored
//! here or kept where it belongs to a record, its history or a mutation; what a device cannot read does not keep it
//! from the rest ([`SyncResponse::read`]). Golden files under `tests/golden` pin them.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::ids::{DeviceId, MutationId, RecordId, UserId};
use crate::record::mutation::Mutation;
use crate::record::profile::Profile;
use crate::record::refusal::{Refusal, codes};
use crate::record::{FieldPath, Kind, Record, Stamp, Version};
use crate::time::Timestamp;

mod lines;
mod online;

pub use lines::Lines;
pub use online::{
    CustomerRow, CustomerSearch, CustomersFound, MAXIMUM_SEARCH_CHARACTERS, MAXIMUM_SEARCH_ROWS, WholeCustomer,
};

/// Version of the protocol this program speaks. Since 2 there are roots beside customers, servers tell which kinds they
/// know ([`Session::kinds`]), and refuse others.
pub const PROTOCOL: u32 = 2;
/// The kinds every server of this protocol knows, told or not. It never grows: newer kinds are told.
pub const KINDS_OF_PROTOCOL: [Kind; 11] = [
    Kind::Customer,
    Kind::Contact,
    Kind::Holding,
    Kind::Visit,
    Kind::Note,
    Kind::Touch,
    Kind::Task,
    Kind::Conflict,
    Kind::Person,
    Kind::Setting,
    Kind::Circle,
];
/// Most mutations in one request.
pub const MAXIMUM_MUTATIONS: usize = 1_000;
/// Most pages in one answer, and most that are worth asking for: whoever wants more asks again.
pub const MAXIMUM_PAGES: u32 = 64;
/// Media type of an answer of several pages: one [`SyncResponse`] a line.
pub const LINES_TYPE: &str = "application/x-ndjson";
/// Largest request body after decompression, in bytes.
pub const MAXIMUM_REQUEST_BYTES: usize = 8 * 1024 * 1024;
/// Largest mutation as JSON, in bytes.
pub const MAXIMUM_MUTATION_BYTES: usize = 256 * 1024;
/// Header that carries [`Session::csrf`] on every state-changing request.
pub const CSRF_HEADER: &str = "x-rapport-csrf";
/// Name of the cookie, readable by the app, that says whose session the browser has and what [`CSRF_HEADER`] has to
/// carry: see [`csrf_cookie`]. The prefix makes browsers insist on `Secure`, `Path=/` and no domain.
pub const CSRF_COOKIE: &str = "__Host-rapport-csrf";
/// Name of the event on `GET /api/events` that says: ask now. It says nothing else; whatever comes as its data is not
/// to be read.
pub const POKE_EVENT: &str = "poke";
/// Name of the event on `GET /api/events` that says only that the line is still open.
pub const ALIVE_EVENT: &str = "alive";
/// Longest time between two events on `GET /api/events`, in milliseconds. A line silent for much longer is dead.
pub const LONGEST_SILENCE: u32 = 25_000;

/// The value of [`CSRF_COOKIE`] for a session of `user`: the token is of no use without the session's own cookie, which
/// no script can read.
pub fn csrf_cookie(user: UserId, csrf: &str) -> String {
    format!("{user}.{csrf}")
}

/// The token in a value of [`CSRF_COOKIE`], when the session is one of `owner`: nobody's queue is sent under another's
/// session.
pub fn csrf_of(owner: UserId, cookie: &str) -> Option<&str> {
    let (user, csrf) = cookie.split_once('.')?;
    (user == owner.to_string() && !csrf.is_empty()).then_some(csrf)
}

/// Body of `POST /api/sign-in`.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignIn {
    /// The name to sign in with.
    #[cfg_attr(feature = "openapi", schema(max_length = 1024))]
    pub login: String,
    /// The password. Never logged.
    #[cfg_attr(feature = "openapi", schema(format = Password, max_length = 1024))]
    pub password: String,
}

/// Answer of `POST /api/sign-in` and `GET /api/session`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Session {
    /// Who is signed in.
    pub profile: Profile,
    /// To be sent back with every request that changes something, in the header [`CSRF_HEADER`].
    pub csrf: String,
    /// The server's clock.
    pub now: Timestamp,
    /// The kinds of records the server knows and takes. A device keeps what it has of others until a server knows them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<Kind>,
}

/// An opaque position in the organisation's order of commits, as this user may see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Cursor(pub String);

/// Body of `POST /api/sync`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SyncRequest {
    /// The version of the protocol that the device speaks.
    pub protocol: u32,
    /// The device.
    pub device: DeviceId,
    /// Where the last page ended; absent for a first pull.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<Cursor>,
    /// Unsent work, oldest first, at most [`MAXIMUM_MUTATIONS`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(max_items = 1000))]
    pub mutations: Vec<Mutation>,
    /// The most records wanted in a page.
    pub limit: u32,
    /// The most pages wanted in the answer; absent: one. Several come as a `SyncResponse` a line.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub pages: u32,
}

impl SyncRequest {
    /// The body. Written here, in the crate that is compiled for speed.
    ///
    /// # Errors
    /// Only when a value cannot be written as JSON, which no value of a mutation can cause.
    pub fn to_bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(self)
    }
}

/// Answer of `POST /api/sync`; or one of several, a line each, to who asked for several pages. Each has its page and its
/// cursor and stands for itself, as if it had been asked for with the cursor of the one before; the first has the
/// acknowledgements. A server may end before it has sent as many as were asked for: the last one says whether
/// more waits. Whoever hears only a part keeps the whole lines of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SyncResponse {
    /// The version of the protocol that the server speaks.
    pub protocol: u32,
    /// The server's clock, for correcting the device's.
    pub now: Timestamp,
    /// One for each mutation of the request, in its order.
    #[serde(default)]
    pub acknowledgements: Vec<Acknowledgement>,
    /// What changed since the cursor.
    pub page: Page,
}

impl SyncResponse {
    /// Reads an answer of a server that may be newer: what this program cannot read is left out, so that it holds up
    /// neither the rest of the page nor the acknowledgements, and [`Page::unread`] says so.
    ///
    /// # Errors
    /// When it is no answer at all.
    pub fn read(body: &[u8]) -> serde_json::Result<Self> {
        // As almost always: all of it can be read, at no further cost.
        if let Ok(response) = serde_json::from_slice(body) {
            return Ok(response);
        }
        let mut response: Value = serde_json::from_slice(body)?;
        keep_readable::<Acknowledgement>(&mut response, "/acknowledgements");
        keep_readable::<Record>(&mut response, "/page/records");
        keep_readable::<HistoryEntry>(&mut response, "/page/history");
        keep_readable::<RecordId>(&mut response, "/page/evicted");
        let mut response: Self = serde_json::from_slice(&serde_json::to_vec(&response)?)?;
        response.page.unread = true;
        Ok(response)
    }
}

fn keep_readable<T: DeserializeOwned>(response: &mut Value, list: &str) {
    if let Some(Value::Array(items)) = response.pointer_mut(list) {
        // Read from text once more, which this program can do already: a reader of values is as large again.
        items.retain(|item| serde_json::to_vec(item).is_ok_and(|text| serde_json::from_slice::<T>(&text).is_ok()));
    }
}

/// What became of one mutation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Acknowledgement {
    /// The mutation.
    pub id: MutationId,
    /// What the server did, durably, before it answered.
    pub outcome: Outcome,
}

/// What the server did with a mutation. Sent again, it is answered as the first time, but never as `applied`: the state
/// it was applied to is no longer what the device would apply it to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Outcome {
    /// Folded in cleanly, on the very state the device had (its own earlier mutations included): the record is now as
    /// the mutation says, and is not sent back.
    Applied {
        /// The commit.
        version: Version,
    },
    /// Folded in, but onto a state the device has not seen, or with values kept aside; the record comes with the page.
    Merged {
        /// The commit.
        version: Version,
        /// Paths whose value was written concurrently by somebody else; both values are kept.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        conflicts: Vec<FieldPath>,
    },
    /// Not carried out. The device keeps the mutation and shows the reason.
    Refused(Refusal),
    /// An outcome from a newer server, as received. It is stored when it carries a `version`; otherwise it is a refusal.
    #[serde(untagged)]
    Other(Value),
}

impl Outcome {
    /// The commit that holds the mutation; `None` when the server does not hold it. This goes for outcomes of newer
    /// servers too: one that means "it is stored" carries a `version`, as today's do, one that does not is a refusal
    /// to those who do not know better.
    pub fn version(&self) -> Option<Version> {
        match self {
            Self::Applied { version } | Self::Merged { version, .. } => Some(*version),
            Self::Refused(_) => None,
            Self::Other(outcome) => {
                let version = outcome.as_object()?.values().find_map(|content| content.get("version"));
                version.and_then(Value::as_u64).map(Version)
            }
        }
    }
}

/// A piece of what changed, in commit order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Page {
    /// States to take over as they are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub records: Vec<Record>,
    /// Field changes to add to the history held on the device.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<HistoryEntry>,
    /// Roots this user may no longer see: to be removed with all under them, once unsent work is gone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evicted: Vec<RecordId>,
    /// The device's cursor was of no use: this page starts a rebuild from nothing, the outbox being kept.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub rebuild: bool,
    /// The server was restored from a backup since the device's cursor was made: the device offers again what it
    /// had acknowledged. Comes with `rebuild`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reoffer: bool,
    /// Where this page ends.
    pub cursor: Cursor,
    /// Every customer's own record has come, with this page or before it: the list is whole, and what is still to
    /// come of a first pull is about those in it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub listed: bool,
    /// Whether another page is waiting.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub more: bool,
    /// Whether something in the answer could not be read by this program and was left out. Never sent.
    #[serde(skip)]
    pub unread: bool,
}

/// One change of one field as it was committed: who, when, from what, to what. Creations are not listed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HistoryEntry {
    /// The record.
    pub record: RecordId,
    /// The field; absent for a deletion or a revival.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<FieldPath>,
    /// The value before, `null` for none.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub from: Value,
    /// The value written, `null` for none.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub to: Value,
    /// Who and when.
    pub stamp: Stamp,
    /// The mutation it came with.
    pub mutation: MutationId,
    /// Whether `to` became the record's value; otherwise a later value stood and this one is kept here.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub stands: bool,
    /// Members a newer version sent that this one does not know; they are kept.
    #[serde(flatten)]
    pub unknown: BTreeMap<String, Value>,
}

const fn yes() -> bool {
    true
}

const fn one() -> u32 {
    1
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde's skip_serializing_if hands over a reference"
)]
const fn is_one(value: &u32) -> bool {
    *value == 1
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde's skip_serializing_if hands over a reference"
)]
const fn is_true(value: &bool) -> bool {
    *value
}

/// Body of every answer that is not a success.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// A stable code, shown in the reader's language.
    pub code: ProblemCode,
}

codes!(
    /// Stable codes of failed requests.
    ProblemCode {
        /// Name or password are wrong, or the account is disabled.
        WrongCredentials,
        /// Nobody is signed in, or the session has ended.
        SignedOut,
        /// The CSRF token is missing or wrong.
        BadCsrfToken,
        /// Too many requests; try later.
        TooManyRequests,
        /// The body is larger than allowed.
        TooLarge,
        /// The body is not what this address takes.
        BadRequest,
        /// The device speaks a protocol this server cannot follow.
        ProtocolTooNew,
        /// There is nothing at this address, or nothing the user may see.
        NotFound,
        /// The server's disk is full; nothing was written.
        StorageFull,
        /// The server failed; nothing was written.
        Internal,
    }
);
