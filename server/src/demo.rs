//! A bank to try the program with: one branch, two teams, six people, six hundred customers. Made from a fixed seed,
//! so that it is the same every time; only its dates follow the day it is made for. It fills empty stores only.

use jiff::civil::Date;
use rapport_shared::ids::{BranchId, OrgId, TeamId, UserId};
use rapport_shared::record::profile::{Profile, Role};
use serde::Deserialize;

use crate::auth::password::{self, HashError};
use crate::people::{self, Place};
use crate::store::{Account, Batch, Store, StoreError};
use crate::sync::ledger::Ledger;

pub mod bank;
mod book;
mod customers;
mod deals;
mod random;
mod work;

/// The password of every demo account.
pub const PASSWORD: &str = "rapport-demo";
const SEED: u64 = 20_261_121;
const ORG: u128 = 0x0190_0000_0000_7000_8000_0000_0000_0001;
const BRANCH: u128 = 0x0190_0000_0000_7000_8000_0000_0000_0010;
const FIRST_TEAM: u128 = 0x0190_0000_0000_7000_8000_0000_0000_0020;
const FIRST_USER: u128 = 0x0190_0000_0000_7000_8000_0000_0000_0100;

/// Why there is no demo.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// There is an organisation already.
    #[error("the database is not empty; demo data goes into an empty one only")]
    NotEmpty,
    /// The words the demo is made of cannot be read.
    #[error("the demo's word list is damaged: {0}")]
    Words(#[from] serde_json::Error),
    /// A password could not be hashed.
    #[error(transparent)]
    Password(#[from] HashError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The texts the demo is made of.
#[derive(Deserialize)]
struct Words {
    organisation: String,
    branch: String,
    teams: Vec<String>,
    people: Vec<(String, String, Role, Option<usize>)>,
    districts: Vec<(String, String, Vec<String>)>,
    buildings: Vec<String>,
    brands: Vec<String>,
    trades: Vec<(String, String, String)>,
    suffixes: Vec<String>,
    natures: Vec<String>,
    shops: Vec<(String, String, String)>,
    surnames: String,
    given_male: Vec<String>,
    given_female: Vec<String>,
    positions: Vec<String>,
    occupations: Vec<String>,
    sources: Vec<String>,
    tags: Vec<String>,
    products: Vec<(String, String, String, String)>,
    personal_products: Vec<(String, String, String, String)>,
    purposes: Vec<String>,
    visit_types: Vec<String>,
    openings: Vec<String>,
    middles: Vec<String>,
    closings: Vec<String>,
    personal_openings: Vec<String>,
    personal_middles: Vec<String>,
    personal_closings: Vec<String>,
    touch_texts: Vec<String>,
    task_titles: Vec<String>,
    deals: Vec<Deal>,
    personal_deals: Vec<Deal>,
    steps: Vec<String>,
    lost_reasons: Vec<String>,
    rivals: Vec<String>,
}

/// A deal that may come: its family, what it is, and in ten thousands of yuan the least and the most it is about.
#[derive(Clone, Deserialize)]
struct Deal {
    family: String,
    product: String,
    least: i64,
    most: i64,
}

/// Fills an empty store as of `day` and says who can sign in: sign-in name, name, role.
///
/// # Errors
/// [`DemoError::NotEmpty`], or what went wrong; then nothing was written but an empty organisation.
pub async fn fill(store: &dyn Store, day: Date) -> Result<(OrgId, Vec<Profile>), DemoError> {
    if store.organisation().await?.is_some() {
        return Err(DemoError::NotEmpty);
    }
    let words: Words = serde_json::from_str(include_str!("demo/words.json"))?;
    let org = OrgId::from_u128(ORG);
    store
        .create_organisation(
            org,
            &words.organisation,
            &crate::hex::encode(&rand::random::<[u8; 8]>()),
        )
        .await?;
    let staff = staff(&words, org);
    let mut writer = store.write(org).await?;
    let mut ledger = Ledger::new(&writer.head().await?, std::collections::HashMap::new());
    let morning = book::midnight(day);
    let admin = staff
        .last()
        .map_or(UserId::from_u128(FIRST_USER), |(profile, _)| profile.user);
    let hash = password::hash(PASSWORD)?;
    for (profile, place) in &staff {
        people::put_person(&mut ledger, profile, place, true, admin, morning.plus(-400 * book::DAY));
        writer
            .put_account(&Account {
                profile: profile.clone(),
                password: hash.clone(),
                active: true,
            })
            .await?;
    }
    let staff: Vec<Profile> = staff.into_iter().map(|(profile, _)| profile).collect();
    book::write(&mut ledger, &words, &staff, day, SEED, 0..book::CUSTOMERS, None);
    writer.put(&ledger.finish()).await?;
    writer.commit().await?;
    Ok((org, staff))
}

/// The demo's records as one batch, for tests and measurements that need no store.
///
/// # Errors
/// [`DemoError::Words`].
pub fn batch(day: Date) -> Result<Batch, DemoError> {
    let words: Words = serde_json::from_str(include_str!("demo/words.json"))?;
    let head = crate::store::Head {
        epoch: String::new(),
        sequence: rapport_shared::record::Version::NONE,
    };
    let mut ledger = Ledger::new(&head, std::collections::HashMap::new());
    let staff: Vec<Profile> = staff(&words, OrgId::from_u128(ORG))
        .into_iter()
        .map(|(profile, _)| profile)
        .collect();
    book::write(&mut ledger, &words, &staff, day, SEED, 0..book::CUSTOMERS, None);
    Ok(ledger.finish())
}

fn staff(words: &Words, org: OrgId) -> Vec<(Profile, Place)> {
    let people = words.people.iter().zip(0_u128..);
    let staff = people.map(|((login, name, role, team), index)| {
        let profile = Profile {
            org,
            user: UserId::from_u128(FIRST_USER + index),
            login: login.clone(),
            name: name.clone(),
            role: *role,
            team: team.map(|team| TeamId::from_u128(FIRST_TEAM + team as u128)),
            branch: (*role != Role::Administrator).then_some(BranchId::from_u128(BRANCH)),
        };
        let team_name = team.and_then(|team| words.teams.get(team)).cloned();
        let branch_name = profile.branch.map(|_| words.branch.clone());
        (profile, Place { team_name, branch_name })
    });
    staff.collect()
}

#[cfg(test)]
#[path = "demo/tests.rs"]
mod tests;
