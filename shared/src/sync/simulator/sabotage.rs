//! What broken devices would do, told to the real engine as if it had been its own idea: whatever a device must never
//! do has to be put into its mouth, since the engine does none of it. Broken servers are in the model.

use super::device::Device;
use super::faults::Sabotage;
use super::random::Random;
use crate::ids::MutationId;
use crate::record::profile::Profile;
use crate::record::{Scope, Version};
use crate::sync::engine::Event;
use crate::sync::replica::{LogEntry, Op, Outbox};
use crate::sync::wire::{Outcome, SyncRequest, SyncResponse};
use crate::time::Timestamp;

impl Device {
    fn is(&self, sabotage: Sabotage) -> bool {
        self.sabotage == Some(sabotage)
    }

    /// An answer has arrived and is about to be taken over.
    pub(super) fn spoil_answer(&mut self, response: &mut SyncResponse, now: Timestamp, random: &mut Random) {
        let outbox = self.engine().map(|engine| engine.replica().outbox());
        let evicted = |scope: &Scope| matches!(scope, Scope::Under(id) if response.page.evicted.contains(id));
        let forgotten: Vec<MutationId> = outbox
            .into_iter()
            .flat_map(Outbox::iter)
            .filter(|mutation| {
                (self.is(Sabotage::EvictBeforePush) && evicted(&mutation.scope))
                    || (self.is(Sabotage::RebuildDropsOutbox) && response.page.rebuild)
            })
            .map(|mutation| mutation.id)
            .collect();
        self.forget(&forgotten, now, random);
        if let Some(hearing) = self
            .hearing
            .as_mut()
            .filter(|_| self.sabotage == Some(Sabotage::GoOnWithTornAnswer))
        {
            hearing.pages.push_back(response.clone());
        }
        if self.is(Sabotage::RefusalTakenForStored) {
            for acknowledgement in &mut response.acknowledgements {
                if matches!(acknowledgement.outcome, Outcome::Refused(_)) {
                    let (version, conflicts) = (Version::NONE, Vec::new());
                    acknowledgement.outcome = Outcome::Merged { version, conflicts };
                }
            }
        }
    }

    /// A request has just been sent.
    pub(super) fn spoil_request(&mut self, request: &SyncRequest, now: Timestamp, random: &mut Random) {
        if self.is(Sabotage::ForgetOnceSent) {
            let sent: Vec<MutationId> = request.mutations.iter().map(|mutation| mutation.id).collect();
            self.forget(&sent, now, random);
        }
    }

    /// Somebody else has signed in in this browser, and the device looks whose session it is.
    pub(super) fn meet_stranger(&mut self, stranger: Profile, now: Timestamp, random: &mut Random) {
        // Whoever comes first to a book that is nobody's yet is its owner.
        if self.engine().is_none_or(|engine| engine.replica().profile().is_none()) {
            return;
        }
        let seen = if self.is(Sabotage::AnybodysSession) {
            self.profile.clone()
        } else {
            stranger.clone()
        };
        self.stranger = Some(stranger);
        self.handle(Event::SessionReady(seen), now, random);
    }

    /// An entry of the log could not be stored.
    pub(super) fn spoil_failure(&mut self, entry: &LogEntry, now: Timestamp, random: &mut Random) {
        self.forget_page(entry);
        let is_page = entry.0.iter().any(|op| matches!(op, Op::Progress { .. }));
        let pages = self.hearing.as_mut().filter(|_| is_page);
        let pages = pages.map(|hearing| std::mem::take(&mut hearing.pages));
        for response in pages.unwrap_or_default() {
            self.take_over_unasked(response, now, random);
        }
    }

    /// A page is stored, or cannot be.
    pub(super) fn forget_page(&mut self, entry: &LogEntry) {
        let place = entry.0.iter().find_map(|op| match op {
            Op::Progress { cursor, .. } => Some(cursor),
            _ => None,
        });
        if let (Some(place), Some(hearing)) = (place, &mut self.hearing) {
            hearing.pages.retain(|response| response.page.cursor != *place);
        }
    }

    /// What the engine would make of a page, had the one before it been stored.
    fn take_over_unasked(&mut self, response: SyncResponse, now: Timestamp, random: &mut Random) {
        let page = response.page;
        let mut ops: Vec<Op> = page.evicted.into_iter().map(Op::Evict).collect();
        ops.extend(page.records.into_iter().map(Op::Put));
        ops.extend(page.history.into_iter().map(Op::History));
        ops.push(Op::Progress {
            cursor: page.cursor,
            clock_offset: 0,
            at: response.now,
            complete: !page.more,
        });
        self.handle(Event::Steps(ops), now, random);
    }

    fn forget(&mut self, ids: &[MutationId], at: Timestamp, random: &mut Random) {
        let forget = |id: &MutationId| Op::Acknowledge {
            id: *id,
            version: Version::NONE,
            clean: false,
            at,
        };
        if !ids.is_empty() {
            self.handle(Event::Steps(ids.iter().map(forget).collect()), at, random);
        }
    }
}
