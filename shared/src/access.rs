//! Who may see and who may write what, and what of it lies on a device: roles, ownership, teams, branches, pins. The
//! tablet asks before it saves, the server asks again at the moment of push. Never judges the form of values; that is
//! `schema`.
//!
//! Everything but the directory, the settings and what is one user's own lies under a **root**: a record whose own
//! fields say on which channels it is ([`root_channels`]), as the place of its kind has it. Whoever shares one of them sees the root and all under it;
//! nothing else gives sight, and to everybody else it is as if it were not there ([`RefusalCode::NotVisible`]).
//!
//! What somebody **may see** is wide: a lead's whole team, a branch, the organisation. What a device **holds** is
//! narrow: the customers its user owns or co-manages, and those pinned by a user who reads wider than that; and the
//! circles the user belongs to. The rest is read online. A pin gives no right: it counts only together with the team,
//! branch or organisation it was set under, so it ends, without anybody cleaning up, when the customer leaves that.
//!
//! Whoever gives a record to **people** gives them sight of it, or work: they have to be in the directory, work here,
//! and be within reach of the giver ([`check_people`]).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::channel::{Channel, Wider};
use crate::circles::CircleView;
use crate::customers::field::{BRANCH, OWNER, PINNED, TEAM};
use crate::descriptor::{Keeps, Writers};
use crate::ids::{BranchId, TeamId, UserId};
use crate::order::InOrder as _;
use crate::people::PersonView;
use crate::record::mutation::{Change, Mutation, Operation};
use crate::record::profile::{Profile, Role};
use crate::record::refusal::{Refusal, RefusalCode};
use crate::record::{FieldPath, Kind, Record, Scope};
use crate::shape::Field;
use crate::{circles, customers, kinds, schema};

/// What a person reads beyond own customers. Nothing for a lead without a team, or back office without a branch.
pub fn wider(profile: &Profile) -> Option<Wider> {
    reach(profile.role, profile.team, profile.branch)
}

/// The same of somebody in the directory.
pub fn wider_of(person: PersonView<'_>) -> Option<Wider> {
    reach(person.role()?, person.team(), person.branch())
}

fn reach(role: Role, team: Option<TeamId>, branch: Option<BranchId>) -> Option<Wider> {
    match role {
        Role::RelationshipManager => None,
        Role::TeamLead => team.map(Wider::Team),
        Role::BackOffice => branch.map(Wider::Branch),
        Role::Administrator => Some(Wider::Organisation),
    }
}

/// The channels through which a person sees roots, online at least.
pub fn visible_channels(profile: &Profile) -> BTreeSet<Channel> {
    own_channels(profile)
        .chain(wider(profile).map(Channel::from))
        .into_set()
}

/// The channels through which roots come to lie on a person's devices: less than what is seen, never more.
pub fn held_channels(profile: &Profile) -> BTreeSet<Channel> {
    let pins = wider(profile).map(|wider| Channel::Pin(profile.user, wider));
    own_channels(profile).chain(pins).into_set()
}

/// Those of the person by name, and of everybody who works where the person does.
fn own_channels(profile: &Profile) -> impl Iterator<Item = Channel> {
    let (team, branch) = (profile.team.map(Wider::Team), profile.branch.map(Wider::Branch));
    let places = team.into_iter().chain(branch).chain([Wider::Organisation]);
    places.map(Channel::Staff).chain([Channel::User(profile.user)])
}

/// The channels a root's own record, and all under it, is on. None for a record under which nothing can lie.
pub fn root_channels(root: &Record) -> BTreeSet<Channel> {
    let readers = kinds::of(&root.kind).readers();
    readers.map_or_else(BTreeSet::new, |readers| readers(root))
}

/// Whether the person may see the root and everything under it.
pub fn may_see(profile: &Profile, root: &Record) -> bool {
    if root.kind != Kind::Customer {
        return !visible_channels(profile).is_disjoint(&root_channels(root));
    }
    // Mostly one field tells, among two dozen.
    if root.id_at(OWNER) == Some(profile.user) {
        return true;
    }
    let fields = root.fields.iter().map(|(path, value)| (path.as_str(), value));
    is_visible(profile, fields)
}

/// [`visible_channels`] and those of a customer with these fields have one in common.
fn is_visible<'a>(profile: &Profile, fields: impl Iterator<Item = (&'a str, &'a Value)>) -> bool {
    let visible = visible_channels(profile);
    let mut channels = fields.filter_map(|(path, value)| customers::channel_of(path, value));
    visible.contains(&Channel::Organisation) || channels.any(|channel| visible.contains(&channel))
}

/// Whether the root and everything under it lies on the person's devices.
pub fn holds(profile: &Profile, root: &Record) -> bool {
    !held_channels(profile).is_disjoint(&root_channels(root))
}

/// Whether the signed-in person may carry out `mutation`. `current` is the record as it stands, `root` the record under
/// which the mutation lies (not needed when the record is that root itself).
///
/// # Errors
/// The reason as [`RefusalCode`]: `WrongAuthor`, `Contradiction`, `NotVisible`, `NotPermitted` (with the field, when
/// one is at fault) or `AppendOnly`.
pub fn check_write(
    profile: &Profile,
    mutation: &Mutation,
    current: Option<&Record>,
    root: Option<&Record>,
) -> Result<(), Refusal> {
    let refused = |code| Err(Refusal::whole(code));
    if mutation.author != profile.user {
        return refused(RefusalCode::WrongAuthor);
    }
    if matches!(mutation.kind, Kind::Other(_)) {
        return refused(RefusalCode::UnknownKind);
    }
    // Whoever names another scope than the record has must not learn from the answer that there is one.
    let is_elsewhere = current.is_some_and(|record| record.scope != mutation.scope);
    if is_elsewhere || !is_in_sight(profile, mutation, current, root) {
        return refused(RefusalCode::NotVisible);
    }
    let is_another = current.is_some_and(|record| record.kind != mutation.kind);
    let is_under_another =
        root.is_some_and(|root| root.id != mutation.record && !kinds::of(&mutation.kind).lies_under(&root.kind));
    if is_another || is_under_another {
        return refused(RefusalCode::Contradiction);
    }
    let kind = kinds::of(&mutation.kind);
    match kind.writers {
        Writers::InSight => {}
        Writers::Managed => check_customer(profile, mutation, current)?,
        Writers::Lead => check_circle(profile, mutation, current)?,
        Writers::Administrators => administrators_only(profile)?,
        Writers::Server(fields) => check_made_by_server(profile, mutation, current, fields)?,
        Writers::Nobody => return refused(RefusalCode::NotPermitted),
    }
    match kind.keeps {
        Keeps::Revisions if current.is_some() => refused(RefusalCode::AppendOnly),
        Keeps::Changes | Keeps::Revisions => Ok(()),
    }
}

/// Whether the person sees where the mutation lies. A new root is judged by what it will be, in the check of its kind.
fn is_in_sight(profile: &Profile, mutation: &Mutation, current: Option<&Record>, root: Option<&Record>) -> bool {
    match mutation.scope {
        Scope::Organisation => true,
        Scope::User(user) => user == profile.user,
        Scope::Under(id) if id == mutation.record && kinds::of(&mutation.kind).readers().is_some() => {
            current.is_none_or(|record| may_see(profile, record))
        }
        Scope::Under(id) => root.is_some_and(|root| root.id == id && may_see(profile, root)),
    }
}

/// Whether somebody writes records of `kind` at all, as its descriptor has it; which of those in sight, and which of
/// their fields, is asked by [`check_write`].
pub fn may_write(profile: &Profile, kind: &Kind) -> bool {
    match kinds::of(kind).writers {
        Writers::InSight | Writers::Managed | Writers::Lead => true,
        Writers::Administrators => profile.role == Role::Administrator,
        Writers::Server(_) | Writers::Nobody => false,
    }
}

fn administrators_only(profile: &Profile) -> Result<(), Refusal> {
    if profile.role == Role::Administrator {
        Ok(())
    } else {
        Err(Refusal::whole(RefusalCode::NotPermitted))
    }
}

/// The people whom a mutation puts into a field, and where.
pub fn named_people(mutation: &Mutation) -> impl Iterator<Item = (&FieldPath, UserId)> {
    let changes = match &mutation.operation {
        Operation::Write(changes) => Some(changes),
        Operation::Delete => None,
    };
    let changes = changes.into_iter().flatten();
    changes.filter_map(|(path, change)| Some((path, schema::person_named(&mutation.kind, path, &change.to)?)))
}

/// Whether somebody else may be named in a field of a kind: who works here and is within reach.
pub fn may_name(profile: &Profile, kind: &Kind, field: &str, person: PersonView<'_>) -> bool {
    let reach = if schema::is_managed(kind, field) {
        wider(profile)
    } else {
        workplace(profile)
    };
    person.is_active() && reach.is_some_and(|reach| is_within(person, reach))
}

/// Whether everybody whom `mutation` names may be named by its author: who is in the directory, works here and is
/// within reach. A customer is given only as far as the author reads; work with others reaches as far as the branch.
/// `find`: somebody's record in the directory.
///
/// # Errors
/// [`RefusalCode::PersonOutOfReach`] with the field.
pub fn check_people<'a>(
    profile: &Profile,
    mutation: &Mutation,
    current: Option<&Record>,
    find: impl Fn(UserId) -> Option<&'a Record>,
) -> Result<(), Refusal> {
    let is_there_already = |path: &FieldPath, user: UserId| {
        let value = current.and_then(|record| record.get(path.as_str()));
        value.is_some_and(|value| schema::person_named(&mutation.kind, path, value) == Some(user))
    };
    let may_be_named = |path: &FieldPath, user: UserId| {
        let person = find(user).and_then(PersonView::of);
        person.is_some_and(|person| may_name(profile, &mutation.kind, path.field(), person))
    };
    let mut others = named_people(mutation).filter(|(_, user)| *user != profile.user);
    match others.find(|(path, user)| !is_there_already(path, *user) && !may_be_named(path, *user)) {
        Some((path, _)) => Err(Refusal::field(RefusalCode::PersonOutOfReach, path.clone())),
        None => Ok(()),
    }
}

/// Whether somebody works there.
pub fn is_within(person: PersonView<'_>, place: Wider) -> bool {
    match place {
        Wider::Team(team) => person.team() == Some(team),
        Wider::Branch(branch) => person.branch() == Some(branch),
        Wider::Organisation => true,
    }
}

/// Where somebody works with others: the branch, or the team of those who have no branch; administrators everywhere.
fn workplace(profile: &Profile) -> Option<Wider> {
    if profile.role == Role::Administrator {
        return Some(Wider::Organisation);
    }
    profile.branch.map(Wider::Branch).or(profile.team.map(Wider::Team))
}

/// Whether somebody who sees a record of `kind` may be refused by what they are, with this field named as the reason.
pub fn may_refuse(kind: &Kind, field: &Field) -> bool {
    match kinds::of(kind).writers {
        Writers::Managed => field.is_managed || field.name == PINNED,
        Writers::Lead => [
            circles::field::LEAD,
            circles::field::TEAM,
            circles::field::BRANCH,
            circles::field::EVERYBODY,
        ]
        .contains(&field.name),
        Writers::Server(fields) => !fields.contains(&field.name),
        Writers::InSight | Writers::Administrators | Writers::Nobody => false,
    }
}

/// A circle is its lead's: whoever makes one leads it, and the lead alone changes it, gives it to another lead, or gives
/// it up; who leads it once the lead has left is told by `handover::next_lead`. Everybody of a team or a branch, or all,
/// are made to belong to one only by those who read that far; all also by back office, which works for more than its
/// branch.
fn check_circle(profile: &Profile, mutation: &Mutation, current: Option<&Record>) -> Result<(), Refusal> {
    let refused = |field| Err(Refusal::field(RefusalCode::NotPermitted, FieldPath::known(field)));
    let written = |field| match &mutation.operation {
        Operation::Write(changes) => changes.get(field).map(|change| &change.to),
        Operation::Delete => None,
    };
    let lead = match current.and_then(CircleView::of) {
        Some(circle) => circle.lead(),
        None => written(circles::field::LEAD).and_then(|lead| lead.as_str()?.parse().ok()),
    };
    if lead != Some(profile.user) {
        return refused(circles::field::LEAD);
    }
    let place = |field| written(field).and_then(Value::as_str);
    let (team, branch) = (place(circles::field::TEAM), place(circles::field::BRANCH));
    let wider = wider(profile);
    let reads_all = wider == Some(Wider::Organisation);
    let reads_team = |id: &str| matches!(wider, Some(Wider::Team(team)) if team.to_string() == id);
    let reads_branch = |id: &str| matches!(wider, Some(Wider::Branch(branch)) if branch.to_string() == id);
    let everybody = written(circles::field::EVERYBODY) == Some(&Value::Bool(true));
    if team.is_some_and(|id| !reads_all && !reads_team(id)) {
        return refused(circles::field::TEAM);
    }
    if branch.is_some_and(|id| !reads_all && !reads_branch(id)) {
        return refused(circles::field::BRANCH);
    }
    if everybody && !reads_all && profile.role != Role::BackOffice {
        return refused(circles::field::EVERYBODY);
    }
    Ok(())
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

/// A relationship manager leaves the managed fields alone; a new customer is on their own name, team and branch, so
/// that it cannot be hidden from the lead.
fn check_managed(
    profile: &Profile,
    changes: &BTreeMap<FieldPath, Change>,
    current: Option<&Record>,
) -> Result<(), Refusal> {
    let refused = |path: FieldPath| Err(Refusal::field(RefusalCode::NotPermitted, path));
    if current.is_some() {
        return match changes
            .keys()
            .find(|path| schema::is_managed(&Kind::Customer, path.field()))
        {
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
    match changes
        .keys()
        .find(|path| schema::is_managed(&Kind::Customer, path.field()) && !is_own(path))
    {
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

/// What the server makes, conflicts for one, people change in these fields only: they mark it as resolved. What is about
/// what administrators write, only they.
fn check_made_by_server(
    profile: &Profile,
    mutation: &Mutation,
    current: Option<&Record>,
    fields: &[&str],
) -> Result<(), Refusal> {
    if mutation.scope == Scope::Organisation {
        administrators_only(profile)?;
    }
    let Operation::Write(changes) = &mutation.operation else {
        return Err(Refusal::whole(RefusalCode::NotPermitted));
    };
    if current.is_none() {
        return Err(Refusal::whole(RefusalCode::NotPermitted));
    }
    match changes.keys().find(|path| !fields.contains(&path.as_str())) {
        Some(path) => Err(Refusal::field(RefusalCode::NotPermitted, path.clone())),
        None => Ok(()),
    }
}
