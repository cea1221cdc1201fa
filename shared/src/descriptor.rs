//! What the house must know of a kind: one literal a kind, in the kind's own file, which names every member, so that
//! nothing is forgotten and no right comes by default. Which kinds there are is told by `kinds`, never here.
//!
//! A kind's **readers** are said by its places, and by nothing else: what a page, a count, a search or an export may hold
//! is cut by places alone, so a reader of a kind who does not read its place could never be kept to it. A literal can not
//! leave them out: a root names them itself ([`Place::Root`]), and every other place is one of whose readers there is no
//! question. A kind for fewer readers than its root has lies under a root of its own.

use std::collections::BTreeSet;

use crate::channel::Channel;
use crate::due::{Due, Looking};
use crate::ids::UserId;
use crate::record::{Fields, Kind, Record};
use crate::shape::Field;
use crate::time::{Here, Timestamp};

/// All that is told of a kind.
#[derive(Debug)]
pub struct Descriptor {
    /// Its fields, in their natural order.
    pub fields: &'static [Field],
    /// Where its records may lie, and so who reads them. Nobody reads what may lie nowhere.
    pub places: &'static [Place],
    /// Who writes them, of those who see them.
    pub writers: Writers,
    /// What becomes of a record that was submitted.
    pub keeps: Keeps,
    /// The fields that name a record in lists, conflicts and history: the first that is there.
    pub named_by: &'static [&'static str],
    /// Whose work it is, and moves on with the customer (R26).
    pub in_hand: Option<InHand>,
    /// What several fields together may have wrong; form and import ask before they write.
    pub problems: &'static [Problem],
    /// When it is due on the list of Today, in the calendar and elsewhere; [`never_due`] for most.
    pub due: fn(&Record, &Looking<'_>) -> Option<Due>,
    /// What happened by it, for the timeline, the last real contact, and what is searched as said; [`never_happened`]
    /// for most.
    pub happened: for<'a> fn(&'a Record) -> Option<Happened<'a>>,
}

/// The channels of a root, by its own fields.
pub type Readers = fn(&Record) -> BTreeSet<Channel>;

/// Where a record lies, and so who reads it.
#[derive(Clone, Debug)]
pub enum Place {
    /// It is a root itself.
    Root {
        /// Whoever is on one of these channels reads it, and everything under it.
        readers: Readers,
    },
    /// Under a root of this kind, with the readers of that root.
    Under(Kind),
    /// One user's, who alone reads it.
    Own,
    /// The organisation's, all of which reads it.
    Organisation,
}

impl Descriptor {
    /// Who reads what hangs on a record of this kind; `None` when it is no root.
    pub fn readers(&self) -> Option<Readers> {
        self.places.iter().find_map(|place| match place {
            Place::Root { readers } => Some(*readers),
            Place::Under(_) | Place::Own | Place::Organisation => None,
        })
    }

    /// Whether its records may lie under roots of the kind `root`.
    pub fn lies_under(&self, root: &Kind) -> bool {
        let mut places = self.places.iter();
        places.any(|place| matches!(place, Place::Under(under) if under == root))
    }
}

/// Who writes records of a kind, of those who see them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writers {
    /// Whoever sees them.
    InSight,
    /// Whoever sees them; fields that are managed, and removal, are for those who read wider than what is their own.
    /// Whatever is written, the record stays within its writer's sight.
    Managed,
    /// Whoever leads it, by name. When the lead leaves, another comes after by rule (`handover::next_lead`): there is
    /// always somebody.
    Lead,
    /// Administrators.
    Administrators,
    /// The server makes them; people change these fields, and nothing else.
    Server(&'static [&'static str]),
    /// Nobody, here: a kind this version does not know. Whoever knows it may read and write it more narrowly.
    Nobody,
}

/// What becomes of a record that was submitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeps {
    /// It changes; what was there before is in its history.
    Changes,
    /// It stays as it is, and another one corrects it.
    Revisions,
}

/// Something that several fields of a record may have wrong together. What one field may hold is told by its shape, and
/// the server asks only that: the rules here are for whoever writes, on the day they write.
#[derive(Clone, Copy, Debug)]
pub struct Problem {
    /// Its name: the words are those of `problem.<kind>.<name>`.
    pub name: &'static str,
    /// The field where it is told.
    pub field: &'static str,
    /// Whether these values have it.
    pub is_there: fn(&Fields, Here) -> bool,
}

/// Whose work a record is.
#[derive(Clone, Copy, Debug)]
pub struct InHand {
    /// The field that says so.
    pub field: &'static str,
    /// Who has it in hand; `None` once it is done.
    pub holder: fn(&Record) -> Option<UserId>,
}

/// Something that happened with a customer, or is planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Happened<'a> {
    /// The stated time, or else the time of writing.
    pub at: Timestamp,
    /// What was said; empty when nothing is told.
    pub said: &'a str,
    /// Whether the customer was really reached; an attempt is no contact (R6).
    pub is_contact: bool,
}

/// For kinds that are never due.
pub const fn never_due(_: &Record, _: &Looking<'_>) -> Option<Due> {
    None
}

/// For kinds by which nothing happens.
pub const fn never_happened(_: &Record) -> Option<Happened<'_>> {
    None
}
