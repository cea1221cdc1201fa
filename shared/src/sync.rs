//! Synchronisation of the visit book between devices and the server: what a record is, how an intent changes it,
//! how concurrent intents merge, what travels, and the state machine that drives it. No IO, no clock, no randomness.
//!
//! # The protocol
//!
//! A user's intent is a [`crate::record::mutation::Mutation`]. It is saved in the device's outbox first, shown at once on top of the
//! last state heard from the server, and leaves the outbox only when the server acknowledges that very id.
//!
//! ```text
//! form          device (engine, replica, log)                     server (authority, store)
//!  | save           |                                                  |
//!  |--------------->| log: enqueue, durably                            |
//!  |<---------------| "saved"                                          |
//!  |                |--- POST /api/sync: cursor, mutations ----------->| one transaction: known id? rights?
//!  |                |                                                  | values? merge; history, conflicts,
//!  |                |                                                  | outcome by id; commit, durably
//!  |                |<-- one outcome a mutation, page, new cursor -----| one snapshot after it
//!  |                | log, as one entry: acknowledged, refused,        |
//!  |                |   evicted, put, history, cursor                  |
//!  |                |<-- further pages, as lines of the same answer ----|
//!  |                | each an entry of its own, after the one before   |
//!  |                |--- what is left at once, else at the next reason>|
//! ```
//!
//! ## What travels
//! [`wire::SyncRequest`] and [`wire::SyncResponse`], as JSON, gzip allowed: at most [`wire::MAXIMUM_MUTATIONS`]
//! mutations, oldest first, and the cursor where the last page ended; back come one [`wire::Acknowledgement`] a
//! mutation and one [`wire::Page`]. Records travel whole, history entry by entry. Who asks for several pages gets them in
//! one body, a line each, as if each had been asked for with the cursor of the one before: so a first pull costs one
//! round trip and packs as one. The device takes a line over when the one before is durable; when the body is cut off
//! it goes on from the last whole line, and when there is new work to send it gives the rest up. A first pull brings
//! every customer's own record before what is about them; the page after which the list is whole says `listed`. A mutation that was folded in cleanly
//! ([`wire::Outcome::Applied`]) is not sent back: device and server fold with the same [`merge::merge`].
//!
//! `GET /api/events?device=<id>` stays open as Server-Sent Events. A [`wire::POKE_EVENT`] on it means: ask now. It comes
//! when the line opens, and when a commit concerns what the device holds. It carries nothing, it may come without need,
//! and it may get lost: whoever listens asks now and then all the same. A [`wire::ALIVE_EVENT`] shows that a silent line
//! is still open.
//!
//! ## Idempotency
//! The server stores what became of a mutation under its id, in the transaction that carries it out, and answers with
//! that when it comes again ([`authority::replayed`]: then never as `Applied`, since the device may have moved on). So
//! whatever was lost, doubled or cut off, the device sends the same again. What could not be read, or came from the
//! wrong sender, is refused without being stored: a newer server or the right sender may still take it.
//!
//! ## Merging
//! Field by field, against what the author saw ([`crate::record::mutation::Change::from`]); paths lead one level into maps, so that
//! tags merge one by one. Different fields both stand. One field written twice without knowledge of each other: texts
//! of several paragraphs are merged by paragraph; else the later one by corrected time stands, equal times by device,
//! and the other is in the history (`stands: false`) and in a record of kind [`crate::record::Kind::Conflict`], which travels
//! like any record and is settled by a write to `resolved`. A deletion is a tombstone; an edit beats it, in either
//! order. Submitted notes are never overwritten.
//!
//! ## The cursor
//! Opaque to the device. Every commit of an organisation has a number ([`crate::record::Version`]) in commit order: a server
//! gives numbers out while it holds the organisation, so a smaller one never appears later. The server's cursor says
//! the run of commits, a digest of what decides the user's view, up to where commits were known, and the place. Every
//! commit is kept, so a cursor is never too old by its age; it is of no use when it has another format, when the rights
//! have changed, or when its run goes further than this store does. Then the page says `rebuild`.
//!
//! ## Gaining and losing sight
//! Everything but the directory, the settings and what is one user's own lies under a root
//! ([`crate::record::Scope::Under`]): a customer, or a circle. The root's own fields say who sees it and all under it;
//! the kind of what lies there never matters, so that a server of another age shows nobody more than one of today.
//!
//! A root that comes into sight is an event in the order of commits: it comes whole, with its history. One that goes
//! out of sight is named in `evicted`; the device removes it with all under it once no unsent work concerns it. Rights
//! are judged at the push, against the state before and after; what is refused stays on the device with its reason
//! until its author has dealt with it. What may not be seen is answered as what is not there.
//!
//! ## Starting over
//! `rebuild`: everything comes from nothing; what does not come again is removed when the last page has come. Outbox,
//! refused work and drafts stay. `reoffer`, with it: the server lost commits this device was told of (a backup was
//! brought back), so the device puts its own acknowledged work of the last two weeks in front of its outbox, as if
//! written without having seen anything: what differs is kept beside it, not over it. Each process that commits begins
//! a run of commits and the store remembers where the former ones ended, which is how a restored store is recognised.
//! Servers have to be stopped while a database is brought back.
//!
//! ## Clocks
//! Each answer carries the server's time; the device corrects its own by it, half the round trip taken off, and dates
//! what is written accordingly, so a device at 2099 or 1970 writes today after one answer. What was written before the
//! first answer may be dated wrongly: the server takes a later time than its own for its own, so nothing wins for ever.
//! Timers are spans, never times.
//!
//! ## Versions: shapes only grow
//! - Unknown members of a record, a mutation, a history entry and a device's head are kept and travel on; elsewhere
//!   they are ignored. Unknown kinds are kept ([`crate::record::Kind::Other`]). Members never change meaning.
//! - Codes ([`crate::record::refusal::RefusalCode`], [`wire::ProblemCode`]) may be added: unknown ones are shown as such.
//! - Outcomes may be added: with a `version` they mean "stored", without one "not stored" ([`wire::Outcome::version`]).
//! - What a device cannot read (a scope, a deeper path) it leaves out, and says so in its log; the first program of a
//!   later [`wire::PROTOCOL`] asks for everything anew. So whoever adds such a thing raises that number.
//! - A server refuses a later protocol than its own as a whole; the device keeps its queue and asks again later. Within
//!   a protocol, a mutation it cannot read fails alone.
//! - A server tells the kinds it knows ([`wire::Session::kinds`]). A device holds work on others back, and on what lies
//!   under roots of others, until a server knows them; not yet told, it sends what every server of this protocol knows
//!   ([`wire::KINDS_OF_PROTOCOL`]). A server refuses a kind it does not know, since it does not know who may write it
//!   either, and does not settle that: a newer one may take the very same work.
//! - Protocol 2 brought circles as roots, and the kinds told. A program of protocol 1 keeps what it gets of circles as it
//!   keeps all it does not know, and removes it as it removes a customer; a server of protocol 1 refuses the devices of
//!   2 as a whole. Servers of the two never work on one database: its columns were renamed between them.
//! - Stored shapes grow only with the version of the device's layout or a migration of the server's schema, since an
//!   older program leaves both alone; see [`replica`]. Golden files pin all of them.
//!
//! ## What a second implementation has to do
//! Save before it shows "saved"; send under the owner's session only, oldest first; keep a mutation until its own
//! acknowledgement; take each page over as one durable step, in order, none after one that could not be stored; fold as [`merge::merge`] does (or ignore `Applied` and
//! start over from no cursor); keep what it does not know; hold evictions until unsent work has gone; obey `rebuild`
//! and `reoffer`. The golden files under `shared/tests/golden/wire` are its examples, the simulator its judge: whoever
//! answers [`simulator::Host`] can be held against it.
//!
//! # The promises, and what would notice
//!
//! | Promise | Kept by | A breach is noticed by |
//! |---|---|---|
//! | "Saved" is durable | [`engine`]: nothing is shown or sent before `Committed`; strict durability in the app's store | `engine::tests::work_is_sent_only_once_it_is_durable`, the simulator's kills, the journey with a full disk |
//! | A change leaves the outbox with its own durable acknowledgement only; resending is safe | [`engine`], [`authority::replayed`], the store's one transaction | `work_leaves_the_outbox_with_its_own_acknowledgement_only`, `resending_changes_nothing` (routes), sabotages `AcknowledgeBeforeCommit`, `NoDuplicateCheck`, `ForgetOnceSent` |
//! | No merge discards a value | [`merge`], [`authority`] (conflict records) | `merge::tests`, sabotages `LastArrivalWins`, `NoConflictRecords` |
//! | An edit beats a deletion; notes are append-only | [`merge`], `access` | `merge::tests::deletions_and_edits`, `rules::access` |
//! | Rights are checked at the push; refusals are shown | [`authority`], [`replica`] | `a_bad_mutation_fails_alone_with_its_reason` (routes), sabotages `RefusalTakenForStored`, `AnybodysSession` |
//! | A device holds what its user may see, no more | the page's events, [`replica`] | `a_customer_handed_over_arrives_whole_and_leaves_whole` (routes), sabotages `NoEviction`, `CirclesKeepMembers`, `LeadsReadCircles`, `EvictBeforePush`, `GainedCustomerAlone` |
//! | What is hidden is nowhere | `access`, one question of sight | the walk (routes): every address, command and query |
//! | Whoever is named is here, within reach | `access::check_people`, on the device and at the push | `rules::circles`, sabotage `AnybodyIsNamed` |
//! | A circle has a lead who works here | `handover::next_lead`, in the commit in which the lead leaves | `rules::circles`, sabotage `CirclesKeepLeads`, the server's routes on both stores |
//! | Nothing readable on the device's disk | `vault`, the app's store | `rules::vault`, the app's tests of its store |
//! | A wipe says what is unsent | [`replica::LogEntry::unsent_more`], the app | the journey that clears a device |
//! | Upgrades keep data | layouts, migrations, the rules above | golden books (app), golden databases (server), `engine::tests::ages`, `routes::ages` |
//! | Nothing is skipped, whatever the order of commits | the store's writer, the cursor | `store::postgres::tests::order`, sabotages `SequenceIsNotCommitOrder`, `CursorTooFar`, `SkipRecords`, `GoOnWithTornAnswer` |
//! | A restored server gets back what it lost | [`replica`], runs of commits | `routes::restored`, sabotages `NoReoffer`, `RebuildDropsOutbox` |
//! | No clock wins for ever | [`engine`], [`authority`] | `a_clock_that_shows_2099_or_1970_is_corrected_after_one_answer`, sabotage `BelieveClocks` |

pub mod authority;
pub mod engine;
#[cfg(test)]
pub(crate) mod fixtures;
pub mod merge;
pub mod replica;
#[cfg(any(test, doc, feature = "simulator"))]
pub mod simulator;
pub mod wire;
