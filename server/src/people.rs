//! People as the directory shows them and as they sign in: making the record every device holds, adding an account.
//! Passwords are hashed elsewhere.

use rapport_shared::ids::{BranchId, OrgId, RecordId, TeamId, UserId};
use rapport_shared::people::{PersonView, field};
use rapport_shared::record::profile::{Profile, Role};
use rapport_shared::record::{FieldPath, Fields, Kind, Record, Scope, Stamp};
use rapport_shared::text::in_half_width;
use rapport_shared::time::Timestamp;
use serde_json::Value;

use crate::clock;
use crate::store::{Account, Batch, Store, StoreError, Writer};
use crate::sync::ledger::{Ledger, SERVER_DEVICE};

pub mod change;
mod circles;

/// Names of where somebody works.
#[derive(Clone, Debug, Default)]
pub struct Place {
    /// The team's name.
    pub team_name: Option<String>,
    /// The branch's name.
    pub branch_name: Option<String>,
}

/// Puts the directory record of `profile` into the ledger.
pub fn put_person(ledger: &mut Ledger, profile: &Profile, place: &Place, active: bool, by: UserId, at: Timestamp) {
    let version = ledger.next();
    let stamp = Stamp {
        version,
        at,
        by,
        device: SERVER_DEVICE,
    };
    let role = serde_json::to_value(profile.role).unwrap_or(Value::Null);
    let fields: [(&'static str, Option<Value>); 8] = [
        (field::NAME, Some(profile.name.clone().into())),
        (field::LOGIN, Some(profile.login.clone().into())),
        (field::ROLE, Some(role)),
        (field::TEAM, profile.team.map(|id| id.to_string().into())),
        (field::TEAM_NAME, place.team_name.clone().map(Value::from)),
        (field::BRANCH, profile.branch.map(|id| id.to_string().into())),
        (field::BRANCH_NAME, place.branch_name.clone().map(Value::from)),
        (field::ACTIVE, Some(active.into())),
    ];
    let fields: Fields = fields
        .into_iter()
        .filter_map(|(name, value)| Some((FieldPath::known(name), value?)))
        .collect();
    ledger.advance(1);
    ledger.put(Record {
        id: profile.user.into(),
        kind: Kind::Person,
        scope: Scope::Organisation,
        version,
        fields,
        created: stamp,
        stamps: std::collections::BTreeMap::new(),
        deleted: None,
        unknown: std::collections::BTreeMap::new(),
    });
}

/// The sign-in name as it is kept and compared: `RM1` and full-width `ｒｍ１` are `rm1`.
pub fn fold_login(login: &str) -> String {
    in_half_width(login).trim().to_lowercase()
}

/// What is asked for when an account is added.
#[derive(Clone, Debug)]
pub struct NewPerson {
    /// The name to sign in with; it is folded.
    pub login: String,
    /// The name to show.
    pub name: String,
    /// The role.
    pub role: Role,
    /// The team by name; made when there is none of that name.
    pub team: Option<String>,
    /// The branch by name; made when there is none of that name.
    pub branch: Option<String>,
    /// The password's hash.
    pub password: String,
}

/// Adds an account and its directory record. The first account makes the organisation.
///
/// # Errors
/// [`StoreError::LoginTaken`], or what the store says.
pub async fn add(store: &dyn Store, person: NewPerson, now: Timestamp) -> Result<Profile, StoreError> {
    let org = match store.organisation().await? {
        Some(org) => org,
        None => create_organisation(store, now).await?,
    };
    let login = fold_login(&person.login);
    let accounts = store.accounts(org).await?;
    if accounts
        .iter()
        .any(|account| fold_login(&account.profile.login) == login)
    {
        return Err(StoreError::LoginTaken(login));
    }
    let mut writer = store.write(org).await?;
    let colleagues = writer.of_kind(&Kind::Person).await?;
    let team = place_id(&colleagues, person.team.as_deref(), field::TEAM_NAME, field::TEAM, now);
    let branch = place_id(
        &colleagues,
        person.branch.as_deref(),
        field::BRANCH_NAME,
        field::BRANCH,
        now,
    );
    let profile = Profile {
        org,
        user: UserId::new(now, clock::entropy()),
        login,
        name: person.name,
        role: person.role,
        team: team.map(|id| TeamId::from_u128(bits(id))),
        branch: branch.map(|id| BranchId::from_u128(bits(id))),
    };
    let place = Place {
        team_name: person.team,
        branch_name: person.branch,
    };
    let account = Account {
        profile,
        password: person.password,
        active: true,
    };
    put_account(&mut *writer, &account, &place, now).await?;
    writer.commit().await?;
    Ok(account.profile)
}

/// The id of the team or branch called `name`, as a colleague has it; a new one when nobody is there.
fn place_id(
    colleagues: &[Record],
    name: Option<&str>,
    name_field: &str,
    id_field: &str,
    now: Timestamp,
) -> Option<RecordId> {
    let name = name?;
    let same = colleagues
        .iter()
        .find(|colleague| colleague.text(name_field) == Some(name));
    let known = same.and_then(|colleague| colleague.id_at::<RecordId>(id_field));
    Some(known.unwrap_or_else(|| RecordId::new(now, clock::entropy())))
}

fn bits(id: RecordId) -> u128 {
    u128::from_be_bytes(*id.as_bytes())
}

/// Lets accounts follow what `batch` says about their people in the directory: name, role, team, branch, and whether
/// they work here still. The sign-in name stays. The circles of those who do not go to others, in the name of `by`;
/// whether there were any.
///
/// # Errors
/// What the store says.
pub async fn follow(
    store: &dyn Store,
    writer: &mut dyn Writer,
    batch: &Batch,
    by: &Profile,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let (org, people) = (by.org, batch.records.iter().filter_map(PersonView::of));
    let people: Vec<PersonView<'_>> = people.collect();
    if people.is_empty() {
        return Ok(false);
    }
    for mut account in store.accounts(org).await? {
        let Some(person) = people.iter().find(|person| person.user() == account.profile.user) else {
            continue;
        };
        account.profile.name = person.name().to_owned();
        account.profile.role = person.role().unwrap_or(account.profile.role);
        account.profile.team = person.team();
        account.profile.branch = person.branch();
        account.active = person.is_active();
        writer.put_account(&account).await?;
    }
    let left = people.iter().filter(|person| !person.is_active());
    let left: Vec<UserId> = left.map(|person| person.user()).collect();
    Ok(circles::pass_on(writer, org, &left, by.user, now).await? > 0)
}

async fn put_account(
    writer: &mut dyn Writer,
    account: &Account,
    place: &Place,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut ledger = Ledger::new(&writer.head().await?, std::collections::HashMap::new());
    put_person(&mut ledger, &account.profile, place, true, account.profile.user, now);
    writer.put_account(account).await?;
    writer.put(&ledger.finish()).await
}

/// Makes the organisation of a new store.
///
/// # Errors
/// What the store says.
pub async fn create_organisation(store: &dyn Store, now: Timestamp) -> Result<OrgId, StoreError> {
    let org = OrgId::new(now, clock::entropy());
    let epoch = crate::hex::encode(&rand::random::<[u8; 8]>());
    store.create_organisation(org, "", &epoch).await?;
    // Another server on the same database may have been first.
    Ok(store.organisation().await?.unwrap_or(org))
}
