//! Reading without holding: what those who read wider than their own customers ask the server for, and what they get.
//! The same shapes as in a page, so that a device can show them as it shows what it holds. Nothing of it is stored on
//! the device.

use serde::{Deserialize, Serialize};

use super::HistoryEntry;
use crate::record::Record;
use crate::sync::replica::{LogEntry, Op};
use crate::time::Timestamp;

/// Most rows in one answer to a search.
pub const MAXIMUM_SEARCH_ROWS: u32 = 100;
/// Longest text to search for, in characters.
pub const MAXIMUM_SEARCH_CHARACTERS: usize = 200;

/// Body of `POST /api/customers/search`. The text is customer data, so it is never in an address.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CustomerSearch {
    /// What was typed; blank for everybody.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    pub text: String,
    /// The `next` of the answer before; absent for the first rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// The most rows wanted; at most [`MAXIMUM_SEARCH_ROWS`] come.
    pub limit: u32,
}

/// Answer of `POST /api/customers/search`: best matches first, equals in the order of names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CustomersFound {
    /// The customers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<CustomerRow>,
    /// How many were found in all.
    pub found: u64,
    /// What to ask with for the rows that follow, opaque; absent when there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// One customer found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CustomerRow {
    /// The customer's own record, as the server has it.
    pub record: Record,
}

/// Answer of `GET /api/customers/{id}`: everything in a customer's scope.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WholeCustomer {
    /// The server's clock: as of when this is.
    pub now: Timestamp,
    /// The customer's record and all others in its scope, tombstones included.
    pub records: Vec<Record>,
    /// What became of their fields.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<HistoryEntry>,
}

impl From<WholeCustomer> for LogEntry {
    /// For a replica in memory that shows the customer and is thrown away.
    fn from(whole: WholeCustomer) -> Self {
        let records = whole.records.into_iter().map(Op::Put);
        Self(records.chain(whole.history.into_iter().map(Op::History)).collect())
    }
}
