//! Who may see and who may write what: roles, ownership, teams, branches. The tablet asks before it saves, the server
//! asks again at the moment of push. Never judges the form of values; that is `schema`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use serde_json::Value;

use crate::conflicts;
use crate::customers::field::{BRANCH, CO_MANAGERS, OWNER, RESTRICTED, TEAM, TIER};
use crate::ids::{BranchId, TeamId, UserId};
use crate::sync::mutation::{Change, Mutation, Operation};
use crate::sync::record::{FieldPath, Kind, Record, Scope};
use crate::sync::wire::{Profile, Refusal, RefusalCode, Role};

/// A way in which people and customers are connected: a customer is visible to whoever shares a channel with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// Owner or co-manager.
    User(UserId),
    /// The team, for its lead.
    Team(TeamId),
    /// The branch, for its back office.
    Branch(BranchId),
    /// The whole organisation, for administrators.
    Organisation,
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(id) => write!(f, "user:{id}"),
            Self::Team(id) => write!(f, "team:{id}"),
            Self::Branch(id) => write!(f, "branch:{id}"),
            Self::Organisation => f.write_str("organisation"),
        }
    }
}

/// Why a text is not a channel.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a channel: user:<id>, team:<id>, branch:<id> or organisation")]
pub struct NotAChannel;

impl FromStr for Channel {
    type Err = NotAChannel;

    fn from_str(text: &str) -> Result<Self, NotAChannel> {
        if text == "organisation" {
            return Ok(Self::Organisation);
        }
        let parsed = match text.split_once(':') {
            Some(("user", id)) => id.parse().ok().map(Self::User),
            Some(("team", id)) => id.parse().ok().map(Self::Team),
            Some(("branch", id)) => id.parse().ok().map(Self::Branch),
            _ => None,
        };
        parsed.ok_or(NotAChannel)
    }
}

/// The channels a person listens on. A lead without a team, or back office without a branch, sees own customers only.
pub fn channels(profile: &Profile) -> BTreeSet<Channel> {
    let wider = match profile.role {
        Role::RelationshipManager => None,
        Role::TeamLead => profile.team.map(Channel::Team),
        Role::BackOffice => profile.branch.map(Channel::Branch),
        Role::Administrator => Some(Channel::Organisation),
    };
    wider.into_iter().chain([Channel::User(profile.user)]).collect()
}

/// The channels a customer's record, and all in its scope, is on.
pub fn customer_channels(customer: &Record) -> BTreeSet<Channel> {
    channels_of(customer.fields.iter().map(|(path, value)| (path.as_str(), value)))
}

/// Whether the person may see the customer and everything in its scope.
pub fn may_see(profile: &Profile, customer: &Record) -> bool {
    !channels(profile).is_disjoint(&customer_channels(customer))
}

/// Whether the signed-in person may carry out `mutation`. `current` is the record as it stands, `customer` the record
/// of the customer in whose scope the mutation lies (not needed when the record is that customer itself).
///
/// # Errors
/// The reason as [`RefusalCode`]: `WrongAuthor`, `Contradiction`, `NotVisible`, `NotPermitted` (with the field, when
/// one is at fault) or `AppendOnly`.
pub fn check_write(
    profile: &Profile,
    mutation: &Mutation,
    current: Option<&Record>,
    customer: Option<&Record>,
) -> Result<(), Refusal> {
    if mutation.author != profile.user {
        return Err(Refusal::whole(RefusalCode::WrongAuthor));
    }
    // Rights are judged by the scope, so a mutation must not claim another one than the record has.
    if current.is_some_and(|record| record.kind != mutation.kind || record.scope != mutation.scope) {
        return Err(Refusal::whole(RefusalCode::Contradiction));
    }
    check_visible(profile, mutation, current, customer)?;
    match mutation.kind {
        Kind::Customer => check_customer(profile, mutation, current),
        Kind::Note if current.is_some() => Err(Refusal::whole(RefusalCode::AppendOnly)),
        Kind::Conflict => check_conflict(mutation, current),
        Kind::Person | Kind::Setting => administrators_only(profile),
        _ => Ok(()),
    }
}

fn check_visible(
    profile: &Profile,
    mutation: &Mutation,
    current: Option<&Record>,
    customer: Option<&Record>,
) -> Result<(), Refusal> {
    let is_customer = mutation.kind == Kind::Customer;
    let visible = match mutation.scope {
        Scope::Organisation => return administrators_only(profile),
        Scope::User(user) => user == profile.user,
        // A new customer: judged by what it will be, in `check_customer`.
        Scope::Customer(id) if is_customer => {
            id == mutation.record && current.is_none_or(|record| may_see(profile, record))
        }
        Scope::Customer(id) => customer.is_some_and(|record| record.id == id && may_see(profile, record)),
    };
    if visible {
        Ok(())
    } else {
        Err(Refusal::whole(RefusalCode::NotVisible))
    }
}

fn administrators_only(profile: &Profile) -> Result<(), Refusal> {
    if profile.role == Role::Administrator {
        Ok(())
    } else {
        Err(Refusal::whole(RefusalCode::NotPermitted))
    }
}

/// A relationship manager creates customers of their own and works on the card; who is in charge, the tier set by
/// hand, the restricted list and deletion are for leads, back office and administrators, within what they see before
/// and after.
fn check_customer(profile: &Profile, mutation: &Mutation, current: Option<&Record>) -> Result<(), Refusal> {
    let Operation::Write(changes) = &mutation.operation else {
        return match profile.role {
            Role::RelationshipManager => Err(Refusal::whole(RefusalCode::NotPermitted)),
            Role::TeamLead | Role::BackOffice | Role::Administrator => Ok(()),
        };
    };
    if profile.role == Role::RelationshipManager {
        check_managed(profile, changes, current)?;
    }
    let unchanged = current.into_iter().flat_map(|record| &record.fields);
    let unchanged = unchanged.filter(|(path, _)| !changes.contains_key(*path));
    let written = changes.iter().map(|(path, change)| (path, &change.to));
    let after = channels_of(unchanged.chain(written).map(|(path, value)| (path.as_str(), value)));
    if channels(profile).is_disjoint(&after) {
        let field = deciding_field(profile.role);
        return Err(Refusal::field(RefusalCode::NotPermitted, FieldPath::known(field)));
    }
    Ok(())
}

/// The field that would take, or not give, the customer to somebody of this role.
const fn deciding_field(role: Role) -> &'static str {
    match role {
        Role::RelationshipManager | Role::Administrator => OWNER,
        Role::TeamLead => TEAM,
        Role::BackOffice => BRANCH,
    }
}

/// Fields of a customer that are not the relationship manager's to set.
fn is_managed(field: &str) -> bool {
    [OWNER, CO_MANAGERS, TEAM, BRANCH, TIER, RESTRICTED].contains(&field)
}

/// A relationship manager leaves the managed fields alone; a new customer is on their own name, team and branch, so
/// that it can not be hidden from the lead.
fn check_managed(
    profile: &Profile,
    changes: &BTreeMap<FieldPath, Change>,
    current: Option<&Record>,
) -> Result<(), Refusal> {
    let refused = |path: FieldPath| Err(Refusal::field(RefusalCode::NotPermitted, path));
    if current.is_some() {
        return match changes.keys().find(|path| is_managed(path.field())) {
            Some(path) => refused(path.clone()),
            None => Ok(()),
        };
    }
    let own = [
        (OWNER, Some(profile.user.to_string())),
        (TEAM, profile.team.map(|id| id.to_string())),
        (BRANCH, profile.branch.map(|id| id.to_string())),
    ];
    for (field, id) in &own {
        let written = changes.get(*field).and_then(|change| change.to.as_str());
        if written != id.as_deref() {
            return refused(FieldPath::known(field));
        }
    }
    let is_own = |path: &FieldPath| own.iter().any(|(field, _)| path.as_str() == *field);
    match changes.keys().find(|path| is_managed(path.field()) && !is_own(path)) {
        Some(path) => refused(path.clone()),
        None => Ok(()),
    }
}

/// Conflicts are made by the server; people only mark them as resolved.
fn check_conflict(mutation: &Mutation, current: Option<&Record>) -> Result<(), Refusal> {
    let Operation::Write(changes) = &mutation.operation else {
        return Err(Refusal::whole(RefusalCode::NotPermitted));
    };
    if current.is_none() {
        return Err(Refusal::whole(RefusalCode::NotPermitted));
    }
    match changes.keys().find(|path| path.as_str() != conflicts::field::RESOLVED) {
        Some(path) => Err(Refusal::field(RefusalCode::NotPermitted, path.clone())),
        None => Ok(()),
    }
}

fn channels_of<'a>(fields: impl Iterator<Item = (&'a str, &'a Value)>) -> BTreeSet<Channel> {
    let mut channels = BTreeSet::from([Channel::Organisation]);
    for (path, value) in fields {
        let text = value.as_str();
        let channel = match path.split_once('.') {
            None if path == OWNER => text.and_then(|id| id.parse().ok()).map(Channel::User),
            None if path == TEAM => text.and_then(|id| id.parse().ok()).map(Channel::Team),
            None if path == BRANCH => text.and_then(|id| id.parse().ok()).map(Channel::Branch),
            Some((CO_MANAGERS, id)) if value.as_bool() == Some(true) => id.parse().ok().map(Channel::User),
            _ => None,
        };
        channels.extend(channel);
    }
    channels
}
