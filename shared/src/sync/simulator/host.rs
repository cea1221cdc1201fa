//! What a run needs of a server, so that the model and a real one can stand in for each other, and the bank they
//! start with.

use std::collections::BTreeMap;

use crate::ids::{BranchId, DeviceId, MutationId, OrgId, RecordId, TeamId, UserId};
use crate::record::mutation::Edit;
use crate::record::profile::{Profile, Role};
use crate::record::{FieldPath, Kind, Record, Scope};
use crate::sync::wire::{HistoryEntry, Outcome, SyncRequest, SyncResponse};
use crate::time::Timestamp;
use crate::{circles, customers, people as person};

/// Customers the bank starts with.
const CUSTOMERS: usize = 4;

/// What became of a request that arrived.
#[derive(Debug)]
pub enum Answer {
    /// It was carried out. A page each, as many as the request wants or fewer; at least one.
    Done(Vec<SyncResponse>),
    /// Nobody is signed in on that device any more.
    SignedOut,
}

/// What somebody holds or sees: records by id, and their history.
#[derive(Clone, Debug, Default)]
pub struct Sight {
    /// The records.
    pub records: BTreeMap<RecordId, Record>,
    /// What became of their fields.
    pub history: Vec<HistoryEntry>,
}

/// A server as a run meets it. It starts with the [`people`] in its [`directory`], their [`first_customers`] and their
/// [`first_circles`].
pub trait Host {
    /// Carries a request of `profile` out at `now`.
    fn sync(&mut self, profile: &Profile, request: &SyncRequest, now: Timestamp) -> Answer;

    /// The next request of the device finds nobody signed in.
    fn end_session(&mut self, device: DeviceId);

    /// `person` leaves the bank, or comes back: from then on the directory says so, and nobody who has left signs in.
    fn let_leave(&mut self, person: &Profile, is_back: bool, now: Timestamp);

    /// Keeps a copy of everything; whether it can.
    fn back_up(&mut self) -> bool {
        false
    }

    /// Goes back to the copy, which is then used up.
    fn restore(&mut self) {}

    /// Whether a copy was ever gone back to.
    fn is_restored(&self) -> bool {
        false
    }

    /// Somebody with a newer program writes what nobody here knows, where that is possible.
    fn write_as_newer_program(&mut self) {}

    /// What became of a mutation, if it ever arrived.
    fn outcome(&mut self, id: MutationId) -> Option<Outcome>;

    /// All that belongs on the devices of `profile`, worked out from nothing.
    fn held_by(&mut self, profile: &Profile) -> Sight;

    /// The customers `profile` reads online, held or not.
    fn read_online(&mut self, profile: &Profile, now: Timestamp) -> Vec<Record>;

    /// All there is.
    fn everything(&mut self) -> Sight;
}

/// Who works at the bank of a run: two relationship managers, their lead, the back office, and a relationship manager
/// of another team.
pub fn people() -> [Profile; 5] {
    let person = |number: u128, role, team| Profile {
        org: OrgId::from_u128(1),
        user: UserId::from_u128(number),
        login: format!("user{number}"),
        name: format!("User {number}"),
        role,
        team: Some(TeamId::from_u128(team)),
        branch: Some(BranchId::from_u128(1)),
    };
    [
        person(11, Role::RelationshipManager, 1),
        person(12, Role::RelationshipManager, 1),
        person(13, Role::TeamLead, 1),
        person(14, Role::BackOffice, 1),
        person(15, Role::RelationshipManager, 2),
    ]
}

/// Somebody who has left the bank; the directory still has the name.
pub(super) const LEFT: UserId = UserId::from_u128(16);
/// An id that nobody has.
pub(super) const NOBODY: UserId = UserId::from_u128(17);

/// Those of the [`people`] who may leave, and come back: the lead among them, and whoever leads a circle at first.
pub(super) const LEAVING: [usize; 3] = [0, 2, 4];

/// The directory's records of the [`people`], of an administrator, and of one who has left; each with the person it is
/// about.
pub fn directory() -> Vec<(Profile, Edit)> {
    let [first, ..] = people();
    let administrator = Profile {
        user: UserId::from_u128(18),
        role: Role::Administrator,
        team: None,
        branch: None,
        ..first.clone()
    };
    let left = Profile { user: LEFT, ..first };
    let there = people().into_iter().chain([administrator]).map(|person| (person, true));
    let entry = |(person, is_active): (Profile, bool)| {
        let field = |name| FieldPath::known(name);
        let edit = Edit::create(person.user.into(), Kind::Person, Scope::Organisation)
            .set(field(person::field::NAME), person.name.clone())
            .set(
                field(person::field::ROLE),
                serde_json::to_value(person.role).unwrap_or_default(),
            )
            .set(field(person::field::TEAM), person.team.map(|team| team.to_string()))
            .set(
                field(person::field::BRANCH),
                person.branch.map(|branch| branch.to_string()),
            )
            .set(field(person::field::ACTIVE), is_active);
        (person, edit)
    };
    there.chain([(left, false)]).map(entry).collect()
}

/// The circles a run starts with, each with its lead: one of named people, and one of a team.
pub fn first_circles() -> Vec<(Profile, Edit)> {
    let [manager, colleague, lead, ..] = people();
    let circle = |number: u128, lead: &Profile| {
        let id = RecordId::from_u128(number);
        Edit::create(id, Kind::Circle, Scope::Under(id))
            .set(FieldPath::known(circles::field::NAME), format!("小组{number}"))
            .set(FieldPath::known(circles::field::LEAD), lead.user.to_string())
    };
    let named = circle(2_001, &manager);
    let named = match FieldPath::of_entry(circles::field::MEMBERS, &colleague.user.to_string()) {
        Ok(member) => named.set(member, true),
        Err(_) => named,
    };
    let team = lead.team.map(|team| team.to_string());
    let of_team = circle(2_002, &lead).set(FieldPath::known(circles::field::TEAM), team);
    vec![(manager, named), (lead, of_team)]
}

/// The customers a run starts with, each with its owner.
pub fn first_customers() -> Vec<(Profile, Edit)> {
    let people = people();
    let customer = |number: usize| {
        let owner = &people[number % 2];
        let id = RecordId::from_u128(1_000 + number as u128);
        let edit = customers::new_customer(id, owner)
            .set(FieldPath::known(customers::field::NAME), format!("客户{number}"))
            .set(
                FieldPath::known(customers::field::TYPE),
                customers::CustomerType::Corporate.as_str(),
            )
            .set(FieldPath::known(customers::field::REMARK), "第一段\n\n第二段\n\n第三段");
        (owner.clone(), edit)
    };
    (0..CUSTOMERS).map(customer).collect()
}
