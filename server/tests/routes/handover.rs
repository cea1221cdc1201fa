//! Handing customers over in bulk, and what becomes of the work of who had them.

use rapport_server::handover::{HandoverError, Order, carry_out};
use rapport_server::testing::{Bank, Tablet, profile};
use rapport_shared::customers::field;
use rapport_shared::handover::INTRODUCTION_DAYS;
use rapport_shared::ids::RecordId;
use rapport_shared::record::mutation::{Edit, Mutation};
use rapport_shared::record::refusal::RefusalCode;
use rapport_shared::record::{FieldPath, Kind, Record, Scope};
use rapport_shared::settings;
use rapport_shared::sync::wire::Outcome;

use crate::bank;

fn order(to: &str) -> Order {
    Order {
        from: "RM1".to_owned(),
        to: to.to_owned(),
        codes: Vec::new(),
        today: jiff::civil::date(2026, 11, 21),
        days: Some(7),
        title: "自我介绍".to_owned(),
        dry_run: false,
    }
}

fn task(tablet: &Tablet<'_>, customer: RecordId) -> Mutation {
    let id = RecordId::new(tablet.session().unwrap().now, rapport_server::clock::entropy());
    let edit = Edit::create(id, Kind::Task, Scope::Under(customer));
    tablet.mutation(edit.set(FieldPath::known("title"), "续贷")).unwrap()
}

/// Two customers of rm1, each with an open task; the second has no number.
async fn book(tablet: &mut Tablet<'_>) -> [RecordId; 2] {
    let one = tablet
        .new_customer("甲公司")
        .unwrap()
        .set(FieldPath::known(field::CODE), "C1");
    let one = tablet.mutation(one).unwrap();
    let two = tablet.mutation(tablet.new_customer("乙公司").unwrap()).unwrap();
    let batch = [
        one.clone(),
        two.clone(),
        task(tablet, one.record),
        task(tablet, two.record),
    ];
    tablet.sync(&batch).await.unwrap();
    tablet.sync(&[]).await.unwrap();
    [one.record, two.record]
}

async fn carried_out(bank: &Bank, order: &Order) -> Result<usize, HandoverError> {
    let handed = carry_out(&*bank.state.store, bank.state.org, order, bank.now()).await;
    handed.map(|handed| handed.len())
}

#[tokio::test]
async fn customers_go_over_with_their_open_tasks_and_whole() {
    let (bank, _folder) = bank().await;
    let mut old = bank.sign_in("rm1").await.unwrap();
    let ids = book(&mut old).await;
    let mut new = bank.sign_in("rm3").await.unwrap();
    new.sync(&[]).await.unwrap();
    let dry = Order {
        dry_run: true,
        ..order("rm3")
    };
    assert_eq!(carried_out(&bank, &dry).await.unwrap(), 2);
    assert!(new.sync(&[]).await.unwrap().page.records.is_empty(), "only said");
    let one = Order {
        codes: vec!["C1".to_owned()],
        ..order("rm3")
    };
    assert_eq!(carried_out(&bank, &one).await.unwrap(), 1);
    assert_eq!(carried_out(&bank, &order("rm3")).await.unwrap(), 1, "the other one");
    assert_eq!(carried_out(&bank, &order("rm3")).await.unwrap(), 0, "nothing is left");

    let arrived = new.sync(&[]).await.unwrap().page.records;
    assert_eq!(arrived.len(), 6, "two cards, four tasks");
    let to = profile("rm3").unwrap();
    let (user, team) = (to.user.to_string(), to.team.unwrap().to_string());
    let whose = |record: &Record| match record.kind {
        Kind::Customer => (record.text("owner") == Some(&user)) && (record.text("team") == Some(&team)),
        _ => record.text("assignee") == Some(&user),
    };
    assert!(arrived.iter().all(whose), "{arrived:?}");
    assert_eq!(old.sync(&[]).await.unwrap().page.evicted, ids);
    let trail = bank.state.store.audit_trail(bank.state.org, 3).await.unwrap();
    assert!(
        trail
            .iter()
            .any(|entry| entry.action == "handover" && entry.subject.contains(&ids[0].to_string()))
    );
}

#[tokio::test]
async fn an_order_that_makes_no_sense_changes_nothing() {
    let (bank, _folder) = bank().await;
    let mut old = bank.sign_in("rm1").await.unwrap();
    book(&mut old).await;
    let strange = Order {
        codes: vec!["C1".to_owned(), "C9".to_owned()],
        ..order("rm2")
    };
    let dry = Order {
        dry_run: true,
        ..order("admin")
    };
    for (order, expected) in [
        (order("nobody"), "there is no account"),
        (order("office"), "looks after no customers"),
        (order("admin"), "looks after no customers"),
        (dry, "looks after no customers"),
        (order("rm1"), "same person"),
        (strange, "no customers of theirs: C9"),
    ] {
        let refused = carried_out(&bank, &order).await.unwrap_err().to_string();
        assert!(refused.contains(expected), "{refused}");
    }
    assert!(old.sync(&[]).await.unwrap().page.evicted.is_empty());
}

#[tokio::test]
async fn work_of_before_the_handover_reached_the_device_is_answered_one_by_one() {
    let (bank, _folder) = bank().await;
    let mut old = bank.sign_in("rm1").await.unwrap();
    let [id, other] = book(&mut old).await;
    let late = [
        old.mutation(old.new_note(id, "昨天的拜访").unwrap()).unwrap(),
        task(&old, id),
    ];
    let one = Order {
        codes: vec!["C1".to_owned()],
        ..order("rm2")
    };
    carried_out(&bank, &one).await.unwrap();
    let own = old.mutation(old.new_note(other, "今天的拜访").unwrap()).unwrap();
    let batch = [late[0].clone(), late[1].clone(), own];
    let response = old.sync(&batch).await.unwrap();
    for acknowledgement in &response.acknowledgements[..2] {
        let Outcome::Refused(refusal) = &acknowledgement.outcome else {
            unreachable!("{acknowledgement:?}")
        };
        assert_eq!(
            refusal.code,
            RefusalCode::NotVisible,
            "shown on the device, to be sent again or given up"
        );
    }
    assert!(matches!(response.acknowledgements[2].outcome, Outcome::Applied { .. }));
    assert_eq!(response.page.evicted, [id]);
}

#[tokio::test]
async fn the_new_owner_has_as_many_days_as_the_bank_has_set() {
    let (bank, _folder) = bank().await;
    let mut old = bank.sign_in("rm1").await.unwrap();
    book(&mut old).await;
    let mut new = bank.sign_in("rm3").await.unwrap();
    let mut admin = bank.sign_in("admin").await.unwrap();
    let id = RecordId::new(bank.now(), rapport_server::clock::entropy());
    let day = jiff::civil::date(2026, 11, 21);
    let edit = settings::set(id, &INTRODUCTION_DAYS, "10", day, "").unwrap();
    let set = admin.mutation(edit).unwrap();
    admin.sync(&[set]).await.unwrap();
    let unsaid = Order {
        days: None,
        ..order("rm3")
    };
    carried_out(&bank, &unsaid).await.unwrap();
    let arrived = new.sync(&[]).await.unwrap().page.records;
    let days: Vec<&str> = arrived.iter().filter_map(|record| record.text("due")).collect();
    assert_eq!(days, ["2026-12-01"; 2]);
}
