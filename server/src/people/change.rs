//! Changing an account: name, role, team and branch, a new password, leaving and coming back. Customers follow their
//! owner to another team or branch in the same transaction, and circles go to another lead when theirs leaves; what
//! becomes of the customers of somebody who leaves is `handover`'s. It judges no rights: only the operator's tool calls it.

use std::collections::{BTreeSet, HashMap};

use rapport_shared::channel::Channel;
use rapport_shared::customers::CustomerView;
use rapport_shared::handover::follow_owner;
use rapport_shared::ids::{BranchId, RecordId, TeamId, UserId};
use rapport_shared::people::{PersonView, field};
use rapport_shared::record::mutation::Edit;
use rapport_shared::record::profile::{Profile, Role};
use rapport_shared::record::{FieldPath, Kind, Record};
use rapport_shared::time::Timestamp;
use serde_json::Value;

use super::circles::pass_on;
use super::{bits, fold_login, place_id};
use crate::store::{Account, AuditEntry, Reader, Store, StoreError, View};
use crate::sync::ledger::Ledger;

/// What is to be another than before; `None` leaves it.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// The name to show.
    pub name: Option<String>,
    /// The role.
    pub role: Option<Role>,
    /// The team by name; made when there is none of that name.
    pub team: Option<String>,
    /// The branch by name; made when there is none of that name.
    pub branch: Option<String>,
    /// Whether the person works here.
    pub active: Option<bool>,
    /// The hash of a new password.
    pub password: Option<String>,
}

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// Nobody has this sign-in name.
    #[error("there is no account {0:?}")]
    UnknownLogin(String),
    /// Nobody could manage the others.
    #[error("{0:?} is the last administrator: add another one first")]
    LastAdministrator(String),
    /// The role needs a place to work at.
    #[error("this role needs {0}")]
    Placeless(&'static str),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// The account as it is now.
    pub profile: Profile,
    /// How many customers the person owns.
    pub customers: usize,
    /// How many of them followed to another team or branch.
    pub followed: usize,
    /// How many circles the person led that others lead now.
    pub circles: usize,
}

/// Changes an account and its directory record. Whoever leaves, or gets another password, is signed out everywhere.
///
/// # Errors
/// See [`ChangeError`].
pub async fn change(store: &dyn Store, login: &str, change: Change, now: Timestamp) -> Result<Changed, ChangeError> {
    let unknown = || ChangeError::UnknownLogin(login.to_owned());
    let org = store.organisation().await?.ok_or_else(unknown)?;
    let mut writer = store.write(org).await?;
    let accounts = store.accounts(org).await?;
    let before = accounts
        .iter()
        .find(|account| fold_login(&account.profile.login) == fold_login(login));
    let before = before.ok_or_else(unknown)?;
    let colleagues = writer.of_kind(&Kind::Person).await?;
    let after = applied(before, &change, &colleagues, now)?;
    let administrators = accounts.iter().filter(|account| is_administrator(account));
    let others: Vec<UserId> = administrators
        .map(|account| account.profile.user)
        .filter(|user| *user != after.profile.user)
        .collect();
    if is_administrator(before) && !is_administrator(&after) && others.is_empty() {
        return Err(ChangeError::LastAdministrator(login.to_owned()));
    }
    let by = others.first().copied().unwrap_or(after.profile.user);
    let customers = own_customers(&mut *writer, after.profile.user).await?;
    let count = customers.len();
    let person = colleagues
        .into_iter()
        .find(|person| person.id == after.profile.user.into());
    let records = person.clone().into_iter().chain(customers.iter().cloned());
    let records: HashMap<RecordId, Record> = records.map(|record| (record.id, record)).collect();
    let mut ledger = Ledger::new(&writer.head().await?, records);
    if let Some(person) = person {
        ledger.carry_out(directory_edit(&person, &after, &change), by, now);
    }
    let followed = follow(&mut ledger, &customers, &after.profile, by, now);
    ledger.audit(AuditEntry {
        org: Some(org),
        at: now,
        user: Some(by),
        device: None,
        action: "account_changed".to_owned(),
        subject: format!("{} {}", after.profile.user, described(&change)),
    });
    writer.put_account(&after).await?;
    writer.put(&ledger.finish()).await?;
    let circles = if after.active {
        0
    } else {
        pass_on(&mut *writer, org, &[after.profile.user], by, now).await?
    };
    writer.commit().await?;
    if !after.active || change.password.is_some() {
        store.close_sessions_of(after.profile.user).await?;
    }
    Ok(Changed {
        profile: after.profile,
        customers: count,
        followed,
        circles,
    })
}

fn is_administrator(account: &Account) -> bool {
    account.active && account.profile.role == Role::Administrator
}

/// The account as it will be. Roles above the team are in none.
fn applied(before: &Account, change: &Change, colleagues: &[Record], now: Timestamp) -> Result<Account, ChangeError> {
    let mut after = before.clone();
    let profile = &mut after.profile;
    if let Some(name) = &change.name {
        profile.name.clone_from(name);
    }
    profile.role = change.role.unwrap_or(profile.role);
    if let Some(id) = place_id(colleagues, change.team.as_deref(), field::TEAM_NAME, field::TEAM, now) {
        profile.team = Some(TeamId::from_u128(bits(id)));
    }
    if let Some(id) = place_id(
        colleagues,
        change.branch.as_deref(),
        field::BRANCH_NAME,
        field::BRANCH,
        now,
    ) {
        profile.branch = Some(BranchId::from_u128(bits(id)));
    }
    let (in_team, in_branch) = match profile.role {
        Role::RelationshipManager | Role::TeamLead => (true, true),
        Role::BackOffice => (false, true),
        Role::Administrator => (false, false),
    };
    profile.team = profile.team.filter(|_| in_team);
    profile.branch = profile.branch.filter(|_| in_branch);
    if in_team && profile.team.is_none() {
        return Err(ChangeError::Placeless("a team"));
    }
    if in_branch && profile.branch.is_none() {
        return Err(ChangeError::Placeless("a branch"));
    }
    after.active = change.active.unwrap_or(after.active);
    if let Some(password) = &change.password {
        after.password.clone_from(password);
    }
    Ok(after)
}

async fn own_customers(reader: &mut (dyn Reader + '_), user: UserId) -> Result<Vec<Record>, StoreError> {
    let view = View {
        user,
        channels: BTreeSet::from([Channel::User(user)]),
    };
    let rows = reader.roots(&view).await?;
    let ids: Vec<RecordId> = rows.iter().map(|row| row.record).collect();
    let records = reader.records(&ids).await?.into_values();
    let owner = |record: &Record| CustomerView::of(record).and_then(CustomerView::owner);
    Ok(records
        .filter(|record| !record.is_deleted() && owner(record) == Some(user))
        .collect())
}

fn directory_edit(person: &Record, after: &Account, change: &Change) -> Edit {
    let profile = &after.profile;
    let name_of = |id: Option<String>, given: &Option<String>, field: &str| match (id, given) {
        (None, _) => Value::Null,
        (Some(_), Some(name)) => name.clone().into(),
        (Some(_), None) => person.text(field).map_or(Value::Null, Value::from),
    };
    let (team, branch) = (
        profile.team.map(|id| id.to_string()),
        profile.branch.map(|id| id.to_string()),
    );
    let fields = [
        (field::NAME, profile.name.clone().into()),
        (field::ROLE, serde_json::to_value(profile.role).unwrap_or(Value::Null)),
        (field::TEAM_NAME, name_of(team.clone(), &change.team, field::TEAM_NAME)),
        (field::TEAM, team.map_or(Value::Null, Value::from)),
        (
            field::BRANCH_NAME,
            name_of(branch.clone(), &change.branch, field::BRANCH_NAME),
        ),
        (field::BRANCH, branch.map_or(Value::Null, Value::from)),
        (field::ACTIVE, after.active.into()),
    ];
    let fields = fields.into_iter();
    fields.fold(Edit::of(person), |edit, (field, to)| {
        edit.change(person, FieldPath::known(field), to)
    })
}

/// Lets the customers follow their owner; how many did.
fn follow(ledger: &mut Ledger, customers: &[Record], owner: &Profile, by: UserId, now: Timestamp) -> usize {
    let Some(person) = ledger.get(owner.user.into()).cloned() else {
        return 0;
    };
    let Some(person) = PersonView::of(&person) else {
        return 0;
    };
    let edits: Vec<Edit> = customers
        .iter()
        .filter_map(|customer| follow_owner(customer, person))
        .collect();
    let count = edits.len();
    edits.into_iter().for_each(|edit| ledger.carry_out(edit, by, now));
    count
}

/// Which members were changed, for the audit.
fn described(change: &Change) -> String {
    let members = [
        ("name", change.name.is_some()),
        ("role", change.role.is_some()),
        ("team", change.team.is_some()),
        ("branch", change.branch.is_some()),
        ("left", change.active == Some(false)),
        ("returned", change.active == Some(true)),
        ("password", change.password.is_some()),
    ];
    let members = members.into_iter().filter(|(_, changed)| *changed);
    members.map(|(name, _)| name).collect::<Vec<_>>().join(",")
}
