//! Circles: roots that are no customers. A circle says who belongs to it, people by name, or everybody of a team, a
//! branch or the bank; they alone see it and what lies under it: a marketing project's tasks (R20), a confidential plan
//! (R17), what a lead gives to a team. It is not on the channels of leads, back office or administrators: who reads
//! wider reads more customers by it, not other people's circles. Its fields and a typed view; never changes a record.

use std::collections::BTreeSet;

use crate::channel::{Channel, Wider};
use crate::descriptor::{Descriptor, Keeps, Place, Writers, never_due, never_happened};
use crate::ids::{BranchId, TeamId, UserId};
use crate::record::Record;
use crate::shape::{Shape, fields, view};

fields! {
    /// What it is called.
    NAME = "name": Shape::Name => required(),
    /// What it is for.
    PURPOSE = "purpose": Shape::Text,
    /// The user id of who leads it, and alone says who belongs to it.
    LEAD = "lead": Shape::Person => required(),
    /// Map by user id: `true` for each member beside the lead.
    MEMBERS = "members": Shape::People,
    /// The id of a team, all of which belongs to it.
    TEAM = "team": Shape::Team,
    /// The id of a branch, all of which belongs to it.
    BRANCH = "branch": Shape::Branch,
    /// Whether everybody at the bank belongs to it.
    EVERYBODY = "everybody": Shape::Flag,
}

/// What the house must know of circles.
pub static KIND: Descriptor = Descriptor {
    fields: FIELDS,
    places: &[Place::Root { readers: channels }],
    writers: Writers::Lead,
    keeps: Keeps::Changes,
    named_by: &[field::NAME],
    in_hand: None,
    problems: &[],
    due: never_due,
    happened: never_happened,
};

view!(
    /// A circle record, read by its fields' meaning.
    CircleView of Circle
);

impl<'a> CircleView<'a> {
    /// What it is called.
    pub fn name(self) -> &'a str {
        self.0.text(field::NAME).unwrap_or_default()
    }

    /// Who leads it.
    pub fn lead(self) -> Option<UserId> {
        self.0.id_at(field::LEAD)
    }

    /// The members named one by one, beside the lead.
    pub fn members(self) -> impl Iterator<Item = UserId> {
        self.0.people_at(field::MEMBERS)
    }

    /// Those who belong to it because of where they work.
    pub fn audience(self) -> impl Iterator<Item = Wider> {
        let team = self.0.id_at::<TeamId>(field::TEAM).map(Wider::Team);
        let branch = self.0.id_at::<BranchId>(field::BRANCH).map(Wider::Branch);
        let everybody = self.0.flag(field::EVERYBODY).then_some(Wider::Organisation);
        [team, branch, everybody].into_iter().flatten()
    }
}

/// The channels a circle, and all under it, is on: those who belong to it, and nobody else.
pub fn channels(circle: &Record) -> BTreeSet<Channel> {
    let circle = CircleView(circle);
    let named = circle.lead().into_iter().chain(circle.members()).map(Channel::User);
    named.chain(circle.audience().map(Channel::Staff)).collect()
}
