//! Circles whose lead leaves: by the operator's tool, or by an administrator who says so in the directory. Somebody else
//! leads them in the same commit, and whoever has left sees and writes them no more.

use std::collections::BTreeMap;

use rapport_server::people::change::{Change, change};
use rapport_server::testing::{Bank, Tablet, profile};
use rapport_shared::ids::RecordId;
use rapport_shared::record::mutation::Edit;
use rapport_shared::record::{FieldPath, Kind, Record, Scope};
use rapport_shared::sync::wire::Outcome;

use crate::bank;

const CIRCLE: RecordId = RecordId::from_u128(0x019e_7047_63e3_7559_bcc3_0000_0000_0c01);

fn path(text: &str) -> FieldPath {
    FieldPath::parse(text).unwrap()
}

fn member(login: &str) -> FieldPath {
    path(&format!("members.{}", profile(login).unwrap().user))
}

/// A circle led by `lead`.
async fn make(lead: &mut Tablet<'_>, id: RecordId, members: &[&str]) {
    let edit = Edit::create(id, Kind::Circle, Scope::Under(id))
        .set(path("name"), "退出方案")
        .set(path("lead"), lead.user().unwrap().to_string());
    let edit = members.iter().fold(edit, |edit, login| edit.set(member(login), true));
    let created = lead.mutation(edit).unwrap();
    let answer = lead.sync(&[created]).await.unwrap();
    assert!(answer.acknowledgements[0].outcome.version().is_some(), "{answer:?}");
}

async fn leaves(bank: &Bank, login: &str) -> usize {
    let to = Change {
        active: Some(false),
        ..Change::default()
    };
    change(&*bank.state.store, login, to, bank.now()).await.unwrap().circles
}

/// The circle as a new device of `login` gets it.
async fn seen_by(bank: &Bank, login: &str) -> Option<Record> {
    let mut tablet = bank.sign_in(login).await.unwrap();
    let records = tablet.sync(&[]).await.unwrap().page.records;
    records.into_iter().find(|record| record.id == CIRCLE)
}

fn lead_of(circle: &Record) -> Option<String> {
    circle.text("lead").map(str::to_owned)
}

fn user(login: &str) -> Option<String> {
    Some(profile(login).unwrap().user.to_string())
}

#[tokio::test]
async fn a_circle_goes_on_under_another_lead_when_its_lead_leaves() {
    let (bank, _folder) = bank().await;
    let mut lead = bank.sign_in("rm1").await.unwrap();
    let mut next = bank.sign_in("rm3").await.unwrap();
    make(&mut lead, CIRCLE, &["rm3", "office"]).await;
    assert!(
        next.sync(&[])
            .await
            .unwrap()
            .page
            .records
            .iter()
            .any(|record| record.id == CIRCLE)
    );
    assert_eq!(leaves(&bank, "rm1").await, 1);
    // The one with the lower id of two who joined at once; told by the next pull, with its past.
    let page = next.sync(&[]).await.unwrap().page;
    let circle = page.records.iter().find(|record| record.id == CIRCLE).unwrap();
    assert_eq!(lead_of(circle), user("rm3"));
    assert!(page.history.iter().any(|entry| entry.record == CIRCLE));
    let write = Edit::of(circle).change(circle, path("purpose"), "继续");
    let write = next.mutation(write).unwrap();
    let answer = next.sync(&[write]).await.unwrap();
    assert!(
        matches!(answer.acknowledgements[0].outcome, Outcome::Applied { .. }),
        "{answer:?}"
    );
    // Nobody else sees it because of that, and who comes back is in it no more.
    for login in ["lead1", "rm2", "admin"] {
        assert_eq!(seen_by(&bank, login).await, None, "{login}");
    }
    let to = Change {
        active: Some(true),
        ..Change::default()
    };
    change(&*bank.state.store, "rm1", to, bank.now()).await.unwrap();
    assert_eq!(seen_by(&bank, "rm1").await, None);
    // One after the other leaves: the last resort is an administrator.
    assert_eq!(leaves(&bank, "rm3").await, 1);
    assert_eq!(
        seen_by(&bank, "office").await.as_ref().and_then(lead_of),
        user("office")
    );
    assert_eq!(leaves(&bank, "office").await, 1);
    assert_eq!(seen_by(&bank, "admin").await.as_ref().and_then(lead_of), user("admin"));
}

#[tokio::test]
async fn so_it_does_when_an_administrator_takes_the_lead_out_of_the_directory() {
    let (bank, _folder) = bank().await;
    let mut lead = bank.sign_in("rm1").await.unwrap();
    make(&mut lead, CIRCLE, &[]).await;
    let mut admin = bank.sign_in("admin").await.unwrap();
    let people = admin.sync(&[]).await.unwrap().page.records;
    let people: BTreeMap<RecordId, Record> = people.into_iter().map(|record| (record.id, record)).collect();
    let person = &people[&profile("rm1").unwrap().user.into()];
    let gone = Edit::of(person).change(person, path("active"), false);
    let gone = admin.mutation(gone).unwrap();
    let page = admin.sync(&[gone]).await.unwrap().page;
    // In the very answer: what the server wrote by itself is not taken for the device's own.
    let circle = page.records.iter().find(|record| record.id == CIRCLE).unwrap();
    assert_eq!(lead_of(circle), user("admin"));
    assert!(lead.sync(&[]).await.is_err(), "signed out");
}
