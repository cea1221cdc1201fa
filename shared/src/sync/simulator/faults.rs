//! How badly things go in a run, and deliberate sabotage that the simulator has to notice. Never part of a product.

/// Chances of faults, in percent, each time the occasion arises.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Faults {
    /// A request never arrives.
    pub lose_request: usize,
    /// A request arrives, is carried out, and its answer never arrives.
    pub lose_answer: usize,
    /// A request arrives twice, the second time perhaps much later.
    pub double_request: usize,
    /// The server fails before it carries a request out.
    pub server_fails: usize,
    /// A device's disk refuses a commit.
    pub commit_fails: usize,
    /// A device is killed when it may be.
    pub kill: usize,
    /// A device's clock jumps when it may.
    pub clock_jump: usize,
    /// A session ends when it may.
    pub session_ends: usize,
    /// The server carries out, and acknowledges, only the first part of a batch.
    pub partial_batch: usize,
    /// A kill also takes the last commits, on a browser without strict durability.
    pub relaxed_loss: usize,
    /// The browser throws a device's whole storage away when it may.
    pub storage_evicted: usize,
    /// A person's role changes when it may.
    pub role_changes: usize,
    /// Somebody leaves the bank, or comes back, when that may be.
    pub people_leave: usize,
    /// A newer program leaves a record of a kind nobody here knows, when it may.
    pub newer_program: usize,
    /// Somebody else signs in in a device's browser when it may be.
    pub stranger_signs_in: usize,
    /// The server is restored from a backup, when there is one.
    pub restore_backup: usize,
    /// What is broken on purpose.
    pub sabotage: Option<Sabotage>,
}

/// Ways to break synchronisation on purpose. A simulator that does not notice one of these proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sabotage {
    /// The server answers before it has stored, and then fails to store.
    AcknowledgeBeforeCommit,
    /// The server carries a mutation out each time it arrives.
    NoDuplicateCheck,
    /// The server lets the last writer to arrive win and forgets the other value.
    LastArrivalWins,
    /// The server leaves records out of a page.
    SkipRecords,
    /// The server does not tell when a customer is no longer the user's.
    NoEviction,
    /// The server does not tell when a circle is no longer the user's.
    CirclesKeepMembers,
    /// The server leaves a circle with a lead who has left.
    CirclesKeepLeads,
    /// The server gives the circles of others to those who read wider than their own customers.
    LeadsReadCircles,
    /// The server takes anybody for a person who may be named.
    AnybodyIsNamed,
    /// The server lets a pin hold a customer whatever became of the right it was set under.
    PinsOutliveRights,
    /// The server believes the clocks of devices.
    BelieveClocks,
    /// The server restored from a backup does not ask for what was acknowledged since.
    NoReoffer,
    /// The server leaves the newest commit of another device out of a page that goes beyond it, as a sequence number
    /// does that was given out before its commit.
    SequenceIsNotCommitOrder,
    /// The server says that a page ended one commit later than it did.
    CursorTooFar,
    /// The server sends a gained customer without what is in its scope.
    GainedCustomerAlone,
    /// The server keeps no record of conflicts.
    NoConflictRecords,
    /// A device forgets the unsent work on a customer that is no longer its user's.
    EvictBeforePush,
    /// A device that starts from nothing forgets its unsent work.
    RebuildDropsOutbox,
    /// A device takes the rest of an answer over although a page of it could not be stored.
    GoOnWithTornAnswer,
    /// A device forgets work as soon as it is sent.
    ForgetOnceSent,
    /// A device takes a refusal for "stored".
    RefusalTakenForStored,
    /// A device does not look whose session it sends its work under.
    AnybodysSession,
}

impl Sabotage {
    /// All of them.
    pub const ALL: [Self; 22] = [
        Self::AcknowledgeBeforeCommit,
        Self::NoDuplicateCheck,
        Self::LastArrivalWins,
        Self::SkipRecords,
        Self::NoEviction,
        Self::CirclesKeepMembers,
        Self::CirclesKeepLeads,
        Self::LeadsReadCircles,
        Self::AnybodyIsNamed,
        Self::PinsOutliveRights,
        Self::BelieveClocks,
        Self::NoReoffer,
        Self::SequenceIsNotCommitOrder,
        Self::CursorTooFar,
        Self::GainedCustomerAlone,
        Self::NoConflictRecords,
        Self::EvictBeforePush,
        Self::RebuildDropsOutbox,
        Self::GoOnWithTornAnswer,
        Self::ForgetOnceSent,
        Self::RefusalTakenForStored,
        Self::AnybodysSession,
    ];
}

impl Faults {
    /// Nothing goes wrong.
    pub const fn none() -> Self {
        Self {
            lose_request: 0,
            lose_answer: 0,
            double_request: 0,
            server_fails: 0,
            commit_fails: 0,
            kill: 0,
            clock_jump: 0,
            session_ends: 0,
            partial_batch: 0,
            relaxed_loss: 0,
            storage_evicted: 0,
            role_changes: 0,
            people_leave: 0,
            newer_program: 0,
            stranger_signs_in: 0,
            restore_backup: 0,
            sabotage: None,
        }
    }

    /// A bad day in the field.
    pub const fn usual() -> Self {
        Self {
            lose_request: 10,
            lose_answer: 15,
            double_request: 10,
            server_fails: 5,
            commit_fails: 5,
            kill: 80,
            clock_jump: 60,
            session_ends: 60,
            partial_batch: 5,
            relaxed_loss: 20,
            storage_evicted: 15,
            role_changes: 30,
            people_leave: 40,
            newer_program: 30,
            stranger_signs_in: 30,
            restore_backup: 25,
            sabotage: None,
        }
    }

    /// A bad day on which something is broken on purpose.
    pub const fn sabotaged(sabotage: Sabotage) -> Self {
        Self {
            sabotage: Some(sabotage),
            ..Self::usual()
        }
    }
}
