//! The steps a replica takes, and how the device's log has them. Steps that become durable together are one entry.

mod brief;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::RestoreError;
use crate::ids::{MutationId, RecordId};
use crate::record::mutation::Mutation;
use crate::record::profile::Profile;
use crate::record::refusal::Refusal;
use crate::record::{Record, Version};
#[cfg(doc)]
use crate::sync::wire::PROTOCOL;
use crate::sync::wire::{Cursor, HistoryEntry};
use crate::time::Timestamp;

/// About how long a step is as JSON, in bytes: room is made at once.
const BYTES_A_STEP: usize = 1_536;

/// One step of a replica. The device's log stores these, in order; new kinds may be added, none may change meaning.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Op {
    /// Takes over a state from the server.
    Put(Record),
    /// Adds a committed change to the history held here.
    History(HistoryEntry),
    /// The user may no longer see this customer: removes it with all in its scope, as soon as no unsent work
    /// concerns it.
    Evict(RecordId),
    /// Adds an intent to the outbox. [`Mutation::device_seq`] is assigned here, in log order.
    Enqueue(Mutation),
    /// The server holds this mutation durably. `version` is its commit; `clean` says that folding it into the last
    /// known state gives the server's state.
    Acknowledge {
        /// The mutation.
        id: MutationId,
        /// Its commit.
        version: Version,
        /// Whether the result is the server's very state.
        clean: bool,
        /// When the server said so, by its clock.
        at: Timestamp,
    },
    /// The server does not carry this mutation out: moves it from the outbox to the refused ones.
    Refuse {
        /// The mutation.
        id: MutationId,
        /// Why.
        refusal: Refusal,
    },
    /// The name of a customer that is not held here and that unsent work concerns, for as long as it does: the user
    /// has to know whose work waits, or was refused.
    Remember {
        /// The customer.
        customer: RecordId,
        /// What it is called.
        name: String,
    },
    /// The user gives a refused mutation up.
    Discard(MutationId),
    /// The user sends a refused mutation again, under a new identity.
    Resend {
        /// The refused one.
        id: MutationId,
        /// Its successor, perhaps edited.
        mutation: Mutation,
    },
    /// Keeps a half-written form.
    PutDraft {
        /// Which form.
        key: String,
        /// What is in it.
        value: Value,
    },
    /// The form was saved or given up.
    RemoveDraft(String),
    /// Who this book belongs to.
    Profile(Profile),
    /// A page from the server ended here.
    Progress {
        /// Where the next pull starts.
        cursor: Cursor,
        /// What to add to the device's clock, in milliseconds, to get the server's.
        clock_offset: i64,
        /// The server's clock when it answered.
        at: Timestamp,
        /// Whether everything was received that the server had.
        complete: bool,
    },
    /// The server sends everything from the start: what it does not send again is gone.
    BeginRebuild,
    /// The server was restored from a backup and may have lost what it acknowledged: offers this device's own
    /// acknowledged work again.
    Reoffer,
    /// The server sent something that a program of this [`PROTOCOL`] cannot read: the first program of a later one
    /// asks for everything anew.
    Unread {
        /// The protocol of the program that left it out.
        protocol: u32,
    },
}

/// Steps that become durable together or not at all.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LogEntry(pub Vec<Op>);

impl LogEntry {
    /// The bytes to be sealed: JSON, a list of steps, or an object when many changes were made in one go. Written here,
    /// in the crate that is compiled for speed.
    ///
    /// # Errors
    /// Only when a value cannot be written as JSON, which no value from the wire or a form can cause.
    pub fn to_bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        let mut bytes = Vec::with_capacity(BYTES_A_STEP * self.0.len());
        match brief::Written::of(&self.0) {
            Some(brief) => serde_json::to_writer(&mut bytes, &brief)?,
            None => serde_json::to_writer(&mut bytes, &self.0)?,
        }
        Ok(bytes)
    }

    /// How many changes more are unsent after these steps than before; refused ones count until they are given up.
    /// What a restored server loses is counted with the next entry.
    pub fn unsent_more(&self) -> i64 {
        let more = |op: &Op| match op {
            Op::Enqueue(_) => 1,
            Op::Acknowledge { .. } | Op::Discard(_) => -1,
            _ => 0,
        };
        self.0.iter().map(more).sum()
    }

    /// Reads an entry as [`LogEntry::to_bytes`] wrote it.
    ///
    /// # Errors
    /// [`RestoreError`].
    pub fn read(bytes: &[u8]) -> Result<Self, RestoreError> {
        Ok(Self(if bytes.starts_with(b"{") {
            serde_json::from_slice::<brief::Read>(bytes)?.into_ops()
        } else {
            serde_json::from_slice(bytes)?
        }))
    }
}

#[cfg(test)]
mod tests;
