//! Who may see and who may write what, and what of it lies on a device: roles, ownership, teams, branches, pins. The
//! tablet asks before it saves, the server asks again at the moment of push. Never judges the form of values; that is
//! `schema`.
//!
//! What somebody **may see** is wide: a lead's whole team, a branch, the organisation. What a device **holds** is
//! narrow: the customers its user owns or co-manages, and those pinned by a user who reads wider than that. The rest is
//! read online. A pin gives no right: it counts only together with the team, branch or organisation it was set under,
//! so it ends, without anybody cleaning up, when the customer leaves that.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use serde_json::Value;

use crate::conflicts;
use crate::customers::field::{BRANCH, CO_MANAGERS, OWNER, PINNED, RESTRICTED, TEAM, TIER};
use crate::ids::{BranchId, TeamId, UserId};
use crate::record::mutation::{Change, Mutation, Operation};
use crate::record::profile::{Profile, Role};
use crate::record::refusal::{Refusal, RefusalCode};
use crate::record::{FieldPath, Kind, Record, Scope};

/// What a role reads beyond its own customers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Wider {
    /// The customers of a team, for its lead.
    Team(TeamId),
    /// The customers of a branch, for its back office.
    Branch(BranchId),
    /// All customers, for administrators.
    Organisation,
}

impl From<Wider> for Channel {
    fn from(wider: Wider) -> Self {
        match wider {
            Wider::Team(id) => Self::Team(id),
            Wider::Branch(id) => Self::Branch(id),
            Wider::Organisation => Self::Organisation,
        }
    }
}

/// A way in which people and customers are connected: somebody sees, or a device holds, what shares a channel with it.
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
    /// Pinned by this user, who reads this far. For holding only, never for seeing.
    Pin(UserId, Wider),
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(id) => write!(f, "user:{id}"),
            Self::Team(id) => write!(f, "team:{id}"),
            Self::Branch(id) => write!(f, "branch:{id}"),
            Self::Organisation => f.write_str("organisation"),
            Self::Pin(user, wider) => write!(f, "pin:{user}:{}", Self::from(*wider)),
        }
    }
}

impl Channel {
    /// How far somebody reads who sees customers by this channel; `None` for a person's own.
    const fn width(&self) -> Option<Wider> {
        match self {
            Self::Team(id) => Some(Wider::Team(*id)),
            Self::Branch(id) => Some(Wider::Branch(*id)),
            Self::Organisation => Some(Wider::Organisation),
            Self::User(_) | Self::Pin(..) => None,
        }
    }
}

/// Why a text is not a channel.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a channel: user:<id>, team:<id>, branch:<id>, organisation or pin:<id>: before one of the last three")]
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
            Some(("pin", rest)) => parse_pin(rest),
            _ => None,
        };
        parsed.ok_or(NotAChannel)
    }
}

fn parse_pin(text: &str) -> Option<Channel> {
    let (user, wider) = text.split_once(':')?;
    let wider: Channel = wider.parse().ok()?;
    Some(Channel::Pin(user.parse().ok()?, wider.width()?))
}

/// What a person reads beyond own customers. Nothing for a lead without a team, or back office without a branch.
pub fn wider(profile: &Profile) -> Option<Wider> {
    match profile.role {
        Role::RelationshipManager => None,
        Role::TeamLead => profile.team.map(Wider::Team),
        Role::BackOffice => profile.branch.map(Wider::Branch),
        Role::Administrator => Some(Wider::Organisation),
    }
}

/// The channels through which a person sees customers, online at least.
pub fn visible_channels(profile: &Profile) -> BTreeSet<Channel> {
    let wider = wider(profile).map(Channel::from);
    wider.into_iter().chain([Channel::User(profile.user)]).collect()
}

/// The channels through which customers come to lie on a person's devices: less than what is seen, never more.
pub fn held_channels(profile: &Profile) -> BTreeSet<Channel> {
    let pins = wider(profile).map(|wider| Channel::Pin(profile.user, wider));
    pins.into_iter().chain([Channel::User(profile.user)]).collect()
}

/// The channels a customer's record, and all in its scope, is on.
pub fn customer_channels(customer: &Record) -> BTreeSet<Channel> {
    channels_of(customer.fields.iter().map(|(path, value)| (path.as_str(), value)))
}

/// Whether the person may see the customer and everything in its scope.
pub fn may_see(profile: &Profile, customer: &Record) -> bool {
    // Mostly one field tells, among two dozen.
    if customer.id_at(OWNER) == Some(profile.user) {
        return true;
    }
    let fields = customer.fields.iter().map(|(path, value)| (path.as_str(), value));
    is_visible(profile, fields)
}

/// [`visible_channels`] and those of a customer with these fields have one in common.
fn is_visible<'a>(profile: &Profile, fields: impl Iterator<Item = (&'a str, &'a Value)>) -> bool {
    let visible = visible_channels(profile);
    let mut channels = fields.filter_map(|(path, value)| channel_of(path, value));
    visible.contains(&Channel::Organisation) || channels.any(|channel| visible.contains(&channel))
}

/// Whether the customer and everything in its scope lies on the person's devices.
pub fn holds(profile: &Profile, customer: &Record) -> bool {
    !held_channels(profile).is_disjoint(&customer_channels(customer))
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

/// Whether somebody writes what belongs to the whole organisation: colleagues, settings.
pub fn may_write_organisation(profile: &Profile) -> bool {
    profile.role == Role::Administrator
}

fn administrators_only(profile: &Profile) -> Result<(), Refusal> {
    if may_write_organisation(profile) {
        Ok(())
    } else {
        Err(Refusal::whole(RefusalCode::NotPermitted))
    }
}

/// A relationship manager creates customers of their own and works on the card; who is in charge, the tier set by
/// hand, the restricted list and deletion are for leads, back office and administrators, within what they see before
/// and after. Pins are everybody's own, for those who read wider than their own customers.
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
    check_pins(profile, changes)?;
    let unchanged = current.into_iter().flat_map(|record| &record.fields);
    let unchanged = unchanged.filter(|(path, _)| !changes.contains_key(*path));
    let written = changes.iter().map(|(path, change)| (path, &change.to));
    let after = unchanged.chain(written).map(|(path, value)| (path.as_str(), value));
    if !is_visible(profile, after) {
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
pub fn is_managed(field: &str) -> bool {
    [OWNER, CO_MANAGERS, TEAM, BRANCH, TIER, RESTRICTED].contains(&field)
}

/// A relationship manager leaves the managed fields alone; a new customer is on their own name, team and branch, so
/// that it cannot be hidden from the lead.
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

/// A relationship manager's own customers are always held, so that there is nothing to pin.
fn check_pins(profile: &Profile, changes: &BTreeMap<FieldPath, Change>) -> Result<(), Refusal> {
    let is_pin = |path: &&FieldPath| path.field() == PINNED;
    let own = profile.user.to_string();
    let may = |path: &FieldPath| wider(profile).is_some() && path.entry() == Some(&own);
    match changes.keys().filter(is_pin).find(|path| !may(path)) {
        Some(path) => Err(Refusal::field(RefusalCode::NotPermitted, path.clone())),
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
    let (mut channels, mut pinned) = (BTreeSet::from([Channel::Organisation]), Vec::new());
    for (path, value) in fields {
        channels.extend(channel_of(path, value));
        pinned.extend(pinned_by(path, value));
    }
    let widths: Vec<Wider> = channels.iter().filter_map(|channel| channel.width()).collect();
    for width in widths {
        channels.extend(pinned.iter().map(|user| Channel::Pin(*user, width)));
    }
    channels
}

/// The channel that one field of a customer puts it on, besides the organisation's.
fn channel_of(path: &str, value: &Value) -> Option<Channel> {
    match path {
        OWNER => value.as_str()?.parse().ok().map(Channel::User),
        TEAM => value.as_str()?.parse().ok().map(Channel::Team),
        BRANCH => value.as_str()?.parse().ok().map(Channel::Branch),
        _ => member_of(CO_MANAGERS, path, value).map(Channel::User),
    }
}

fn pinned_by(path: &str, value: &Value) -> Option<UserId> {
    member_of(PINNED, path, value)
}

/// The user whom an entry of the set `field` names.
fn member_of(field: &str, path: &str, value: &Value) -> Option<UserId> {
    let user = path.strip_prefix(field)?.strip_prefix('.')?;
    value.as_bool().filter(|is_set| *is_set)?;
    user.parse().ok()
}
