//! Accounts that change while devices are out: another team, another role, somebody who leaves and comes back.

use rapport_server::auth::password;
use rapport_server::people::change::{Change, ChangeError, Changed, change};
use rapport_server::testing::{Bank, Tablet, profile};
use rapport_shared::ids::RecordId;
use rapport_shared::record::profile::Role;

use crate::bank;

async fn changed(bank: &Bank, login: &str, to: Change) -> Result<Changed, ChangeError> {
    change(&*bank.state.store, login, to, bank.now()).await
}

async fn customer(tablet: &mut Tablet<'_>) -> RecordId {
    let create = tablet.mutation(tablet.new_customer("甲公司").unwrap()).unwrap();
    tablet.sync(std::slice::from_ref(&create)).await.unwrap();
    create.record
}

async fn is_signed_in(tablet: &mut Tablet<'_>) -> bool {
    tablet.sync(&[]).await.is_ok()
}

#[tokio::test]
async fn customers_follow_their_owner_to_another_team() {
    let (bank, _folder) = bank().await;
    let mut owner = bank.sign_in("rm1").await.unwrap();
    let id = customer(&mut owner).await;
    let lead = bank.sign_in("lead1").await.unwrap();
    lead.read_online(id).await.unwrap();
    let to = Change {
        team: Some("新团队".to_owned()),
        ..Change::default()
    };
    let done = changed(&bank, "RM1", to).await.unwrap();
    assert_eq!((done.customers, done.followed), (1, 1));
    assert_ne!(done.profile.team, profile("rm1").unwrap().team);
    assert!(lead.read_online(id).await.is_err(), "it is another lead's");
    let card = owner.read_online(id).await.unwrap();
    let card = card.records.iter().find(|record| record.id == id).unwrap();
    assert_eq!(card.id_at("team"), done.profile.team);
    assert!(is_signed_in(&mut owner).await, "the owner goes on");
}

#[tokio::test]
async fn who_leaves_is_signed_out_for_good_and_who_returns_signs_in_anew() {
    let (bank, _folder) = bank().await;
    let mut tablet = bank.sign_in("rm1").await.unwrap();
    customer(&mut tablet).await;
    let active = |active| Change {
        active: Some(active),
        ..Change::default()
    };
    let done = changed(&bank, "rm1", active(false)).await.unwrap();
    assert_eq!(done.customers, 1, "to be handed over");
    assert!(!is_signed_in(&mut tablet).await);
    assert!(bank.sign_in("rm1").await.is_err());
    changed(&bank, "rm1", active(true)).await.unwrap();
    assert!(!is_signed_in(&mut tablet).await, "the old session stays closed");
    bank.sign_in("rm1").await.unwrap();
}

#[tokio::test]
async fn a_new_password_ends_the_sessions_of_the_old_one() {
    let (bank, _folder) = bank().await;
    let mut tablet = bank.sign_in("rm1").await.unwrap();
    let mut other = bank.sign_in("rm2").await.unwrap();
    let to = Change {
        password: Some(password::hash("another-password").unwrap()),
        ..Change::default()
    };
    changed(&bank, "rm1", to).await.unwrap();
    assert!(!is_signed_in(&mut tablet).await);
    assert!(bank.sign_in("rm1").await.is_err(), "by the old password");
    assert!(is_signed_in(&mut other).await);
}

#[tokio::test]
async fn what_makes_no_sense_changes_nothing() {
    let (bank, _folder) = bank().await;
    let leaves = || Change {
        active: Some(false),
        ..Change::default()
    };
    let becomes = |role| Change {
        role: Some(role),
        ..Change::default()
    };
    for (login, to, expected) in [
        ("nobody", leaves(), "no account"),
        ("admin", leaves(), "last administrator"),
        ("admin", becomes(Role::BackOffice), "needs a branch"),
        ("office", becomes(Role::RelationshipManager), "needs a team"),
    ] {
        let refused = changed(&bank, login, to).await.unwrap_err().to_string();
        assert!(refused.contains(expected), "{login}: {refused}");
    }
    bank.sign_in("admin").await.unwrap();
}
