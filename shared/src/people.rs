//! Colleagues in the directory every device holds, so that authors have names offline: fields and a typed view.
//! Never says what a role may do; that is `access`.

use crate::descriptor::{Descriptor, Keeps, Place, Writers, never_due, never_happened};
use crate::ids::{BranchId, TeamId, UserId};
use crate::record::profile::Role;
use crate::shape::{Choices, LINE, Shape, fields, view};

fields! {
    /// The name to show.
    NAME = "name": Shape::Name => required(),
    /// The name to sign in with.
    LOGIN = "login": Shape::Code(LINE),
    /// What the job lets somebody do.
    ROLE = "role": Shape::Choice(&ROLES),
    /// The team id.
    TEAM = "team": Shape::Team,
    /// The team's name.
    TEAM_NAME = "team_name": Shape::Name,
    /// The branch id.
    BRANCH = "branch": Shape::Branch,
    /// The branch's name.
    BRANCH_NAME = "branch_name": Shape::Name,
    /// Whether the person works here now.
    ACTIVE = "active": Shape::Flag,
}

const ROLES: Choices = Choices::new(
    "role",
    &["relationship_manager", "team_lead", "back_office", "administrator"],
    &[
        "客户经理: owns customers.",
        "团队主管: sees the team's customers.",
        "后台: sees the branch's customers.",
        "管理员: sees the organisation, manages users.",
    ],
);

/// What the house must know of people in the directory.
pub static KIND: Descriptor = Descriptor {
    fields: FIELDS,
    places: &[Place::Organisation],
    writers: Writers::Administrators,
    keeps: Keeps::Changes,
    named_by: &[field::NAME],
    in_hand: None,
    problems: &[],
    due: never_due,
    happened: never_happened,
};

view!(
    /// A person record, read by its fields' meaning.
    PersonView of Person
);

impl<'a> PersonView<'a> {
    /// The user with this entry.
    pub fn user(self) -> UserId {
        UserId::from_u128(u128::from_be_bytes(*self.0.id.as_bytes()))
    }

    /// The name to show.
    pub fn name(self) -> &'a str {
        self.0.text(field::NAME).unwrap_or_default()
    }

    /// The role.
    pub fn role(self) -> Option<Role> {
        serde_json::from_value(self.0.get(field::ROLE)?.clone()).ok()
    }

    /// The team.
    pub fn team(self) -> Option<TeamId> {
        self.0.id_at(field::TEAM)
    }

    /// The branch.
    pub fn branch(self) -> Option<BranchId> {
        self.0.id_at(field::BRANCH)
    }

    /// Whether the person works here now.
    pub fn is_active(self) -> bool {
        self.0.flag(field::ACTIVE) && !self.0.is_deleted()
    }
}
