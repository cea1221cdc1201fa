//! A slice while it is being filled from pages of rows, within its budget. It asks no questions itself.

use rapport_shared::ids::RecordId;
use rapport_shared::record::Version;

use super::super::super::{Budget, Result, Row, Slice};
use super::super::convert::version_to_column;

/// Rows asked for at once: what lies beyond the budget's bytes is sent in vain.
const PAGE: usize = 500;

/// Where the next page starts; a question uses as much of it as its order has.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) root: RecordId,
    pub(super) version: i64,
    pub(super) ordinal: i64,
}

impl Place {
    pub(super) fn after(version: Version) -> Result<Self> {
        Ok(Self {
            root: RecordId::from_u128(0),
            version: version_to_column(version)?,
            ordinal: 0,
        })
    }
}

/// See the module.
pub(super) struct Filling {
    pub(super) slice: Slice,
    bytes: usize,
    budget: Budget,
    /// What was committed together stays together.
    whole_versions: bool,
}

impl Filling {
    pub(super) fn new(budget: Budget, whole_versions: bool) -> Self {
        Self {
            slice: Slice::default(),
            bytes: 0,
            budget,
            whole_versions,
        }
    }

    /// How many rows to ask for: one beyond the budget tells that there is more.
    pub(super) fn page(&self) -> i64 {
        let left = self.budget.rows.saturating_sub(self.slice.rows.len());
        i64::try_from(left.saturating_add(1).min(PAGE)).unwrap_or(i64::MAX)
    }

    /// Takes a row over, unless the budget is spent; then the slice is cut here.
    pub(super) fn take(&mut self, row: Row) -> bool {
        let spent = self.slice.rows.len() >= self.budget.rows || self.bytes >= self.budget.bytes;
        let starts_version = self.slice.rows.last().is_none_or(|last| last.version != row.version);
        if spent && !self.slice.rows.is_empty() && (starts_version || !self.whole_versions) {
            self.slice.cut = true;
            return false;
        }
        self.bytes += row.body.get().len();
        self.slice.rows.push(row);
        true
    }
}
