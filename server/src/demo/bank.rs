//! A bank of any size, made like the demo, for measurements and long tests: one branch, teams of eight relationship
//! managers each with a lead, a back office, an administrator. It is written piece by piece, so that a million records
//! need no more memory than a thousand.

use jiff::civil::Date;
use rapport_shared::ids::{OrgId, TeamId, UserId};
use rapport_shared::record::profile::{Profile, Role};

use super::{BRANCH, DemoError, FIRST_TEAM, FIRST_USER, ORG, PASSWORD, SEED, Words, book};
use crate::auth::password;
use crate::people::{self, Place};
use crate::store::{Account, Store};
use crate::sync::ledger::Ledger;

/// Relationship managers in a team.
pub const TEAM: usize = 8;
/// Customers written in one transaction.
const PIECE: usize = 500;

/// How large.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Relationship managers.
    pub managers: usize,
    /// Customers, each with about ten records.
    pub customers: usize,
    /// Visits held with each, with a note each; without a number, up to four.
    pub visits: Option<u32>,
}

/// Fills an empty store as of `day` and says who can sign in, with the demo's password: the relationship managers,
/// then the leads, the back office and the administrator.
///
/// # Errors
/// [`DemoError::NotEmpty`], or what went wrong; then a part may have been written.
pub async fn fill(store: &dyn Store, day: Date, size: Size) -> Result<(OrgId, Vec<Profile>), DemoError> {
    if store.organisation().await?.is_some() {
        return Err(DemoError::NotEmpty);
    }
    let words: Words = serde_json::from_str(include_str!("words.json"))?;
    let org = OrgId::from_u128(ORG);
    let epoch = crate::hex::encode(&rand::random::<[u8; 8]>());
    store.create_organisation(org, &words.organisation, &epoch).await?;
    let staff = staff(org, size.managers);
    write_staff(store, &words, &staff, day).await?;
    let mut begin = 0;
    while begin < size.customers {
        let end = (begin + PIECE).min(size.customers);
        let mut writer = store.write(org).await?;
        let mut ledger = Ledger::new(&writer.head().await?, std::collections::HashMap::new());
        // Each piece from a seed of its own: two customers must not get the same ids.
        let seed = SEED.wrapping_add(begin as u64 * 0x9E37_79B9);
        book::write(
            &mut ledger,
            &words,
            &staff,
            day,
            seed,
            begin..end,
            size.visits.map(i64::from),
        );
        writer.put(&ledger.finish()).await?;
        writer.commit().await?;
        begin = end;
    }
    Ok((org, staff))
}

async fn write_staff(store: &dyn Store, words: &Words, staff: &[Profile], day: Date) -> Result<(), DemoError> {
    let org = OrgId::from_u128(ORG);
    let hash = password::hash(PASSWORD)?;
    let admin = staff
        .last()
        .map_or(UserId::from_u128(FIRST_USER), |profile| profile.user);
    let joined = book::midnight(day).plus(-400 * book::DAY);
    let mut writer = store.write(org).await?;
    let mut ledger = Ledger::new(&writer.head().await?, std::collections::HashMap::new());
    for profile in staff {
        let place = Place {
            team_name: profile.team.map(|_| words.teams.first().cloned().unwrap_or_default()),
            branch_name: profile.branch.map(|_| words.branch.clone()),
        };
        people::put_person(&mut ledger, profile, &place, true, admin, joined);
        let account = Account {
            profile: profile.clone(),
            password: hash.clone(),
            active: true,
        };
        writer.put_account(&account).await?;
    }
    writer.put(&ledger.finish()).await?;
    Ok(writer.commit().await?)
}

fn staff(org: OrgId, managers: usize) -> Vec<Profile> {
    let teams = managers.div_ceil(TEAM);
    let managers = (0..managers).map(|index| {
        (
            format!("rm{}", index + 1),
            Role::RelationshipManager,
            Some(index / TEAM),
        )
    });
    let leads = (0..teams).map(|team| (format!("lead{}", team + 1), Role::TeamLead, Some(team)));
    let others = [
        ("office".to_owned(), Role::BackOffice, None),
        ("admin".to_owned(), Role::Administrator, None),
    ];
    let staff = managers.chain(leads).chain(others).zip(0_u128..);
    let staff = staff.map(|((login, role, team), index)| Profile {
        org,
        user: UserId::from_u128(FIRST_USER + index),
        name: login.clone(),
        login,
        role,
        team: team.map(|team| TeamId::from_u128(FIRST_TEAM + team as u128)),
        branch: (role != Role::Administrator).then_some(rapport_shared::ids::BranchId::from_u128(BRANCH)),
    });
    staff.collect()
}
