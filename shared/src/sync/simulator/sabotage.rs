//! What broken devices would do, told to the real engine as if it had been its own idea: whatever a device must never
//! do has to be put into its mouth, since the engine does none of it. Broken servers are in the model.

use super::device::Device;
use super::faults::Sabotage;
use super::random::Random;
use crate::ids::MutationId;
use crate::sync::engine::Event;
use crate::sync::record::{Scope, Version};
use crate::sync::replica::{Op, Outbox};
use crate::sync::wire::{Outcome, Profile, SyncRequest, SyncResponse};
use crate::time::Timestamp;

impl Device {
    fn is(&self, sabotage: Sabotage) -> bool {
        self.sabotage == Some(sabotage)
    }

    /// An answer has arrived and is about to be taken over.
    pub(super) fn spoil_answer(&mut self, response: &mut SyncResponse, now: Timestamp, random: &mut Random) {
        let outbox = self.engine().map(|engine| engine.replica().outbox());
        let evicted = |scope: &Scope| matches!(scope, Scope::Customer(id) if response.page.evicted.contains(id));
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

    fn forget(&mut self, ids: &[MutationId], at: Timestamp, random: &mut Random) {
        let forget = |id: &MutationId| Op::Acknowledge {
            id: *id,
            version: Version::NONE,
            clean: false,
            at,
        };
        if !ids.is_empty() {
            self.handle(Event::Note(ids.iter().map(forget).collect()), at, random);
        }
    }
}
