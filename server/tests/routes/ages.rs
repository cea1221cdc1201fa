//! A server among other ages: devices of the next version, cursors of another format.

use rapport_shared::ids::{MutationId, RecordId};
use rapport_shared::record::refusal::RefusalCode;
use rapport_shared::sync::wire::{Cursor, Outcome, PROTOCOL, ProblemCode, SyncResponse};
use serde_json::{Value, json};

use crate::bank;

const NEXT: &str = include_str!("../../../shared/tests/golden/wire/next/sync-request.json");

fn next_id(number: u128) -> MutationId {
    MutationId::from_u128(0x019e_7047_63e3_7559_bcc3_0000_0000_0000 + number)
}

fn record(number: u128) -> RecordId {
    RecordId::from_u128(0x019e_7047_63e3_782b_a71c_0000_0000_0000 + number)
}

fn outcomes(response: &SyncResponse) -> Vec<(MutationId, Option<RefusalCode>)> {
    let acknowledgements = response.acknowledgements.iter();
    let code = |outcome: &Outcome| match outcome {
        Outcome::Refused(refusal) => Some(refusal.code),
        _ => None,
    };
    acknowledgements
        .map(|acknowledgement| (acknowledgement.id, code(&acknowledgement.outcome)))
        .collect()
}

#[tokio::test]
async fn a_device_of_the_next_version_is_understood_as_far_as_possible() {
    let (bank, _folder) = bank().await;
    let mut tablet = bank.sign_in("rm1").await.unwrap();
    let profile = &tablet.session().unwrap().profile;
    let body = NEXT
        .replace("AUTHOR", &profile.user.to_string())
        .replace("TEAM", &profile.team.unwrap().to_string())
        .replace("BRANCH", &profile.branch.unwrap().to_string());
    tablet.device = serde_json::from_value(serde_json::from_str::<Value>(NEXT).unwrap()["device"].clone()).unwrap();
    let response = tablet.exchange(body.clone()).await.unwrap();
    // What cannot be understood fails alone; the device keeps it.
    let invalid = Some(RefusalCode::InvalidValue);
    let expected = [
        (next_id(1), None),
        (next_id(2), Some(RefusalCode::UnknownKind)),
        (next_id(3), invalid),
        (next_id(4), invalid),
        (next_id(5), None),
    ];
    assert_eq!(outcomes(&response), expected);
    // It is not settled by that: the same goes when it comes again, perhaps to a newer server.
    let response = tablet.exchange(body).await.unwrap();
    assert_eq!(outcomes(&response), expected);

    let mut another = bank.sign_in("rm1").await.unwrap();
    let records = another.sync(&[]).await.unwrap().page.records;
    let found = |number| records.iter().find(|held| held.id == record(number));
    let customer = found(1).unwrap();
    assert_eq!(
        customer.get("aura"),
        Some(&json!({ "colour": "blue", "deep": [1, { "x": null }] }))
    );
    assert_eq!(customer.get("moods.monday"), Some(&json!(3)));
    assert!(found(2).is_none() && found(4).is_none() && found(5).is_some());
}

#[tokio::test]
async fn a_protocol_of_tomorrow_is_refused_and_nothing_of_it_is_carried_out() {
    let (bank, _folder) = bank().await;
    let mut tablet = bank.sign_in("rm1").await.unwrap();
    let mutation = tablet.mutation(tablet.new_customer("甲").unwrap()).unwrap();
    let mut body = tablet.body(std::slice::from_ref(&mutation), 10).unwrap();
    body["protocol"] = json!(PROTOCOL + 1);
    let (status, answer) = tablet.post(body.to_string()).await.unwrap();
    assert!(status.is_client_error(), "{status}");
    assert_eq!(
        rapport_server::testing::problem(&answer).unwrap(),
        ProblemCode::ProtocolTooNew
    );
    // The very same work, once this program is of that age.
    let response = tablet.sync(std::slice::from_ref(&mutation)).await.unwrap();
    assert!(matches!(response.acknowledgements[0].outcome, Outcome::Applied { .. }));
}

#[tokio::test]
async fn a_cursor_of_another_format_brings_everything_again() {
    let (bank, _folder) = bank().await;
    let mut tablet = bank.sign_in("rm1").await.unwrap();
    let mutation = tablet.mutation(tablet.new_customer("甲").unwrap()).unwrap();
    tablet.sync(std::slice::from_ref(&mutation)).await.unwrap();
    let good = tablet.cursor.clone().unwrap();
    for format in ["0", "3", "next"] {
        let (_, rest) = good.0.split_once('.').unwrap();
        tablet.cursor = Some(Cursor(format!("{format}.{rest}")));
        let page = tablet.sync(&[]).await.unwrap().page;
        // Nothing was lost by the server, so nothing has to be offered again.
        assert_eq!((page.rebuild, page.reoffer), (true, false));
        assert!(page.records.iter().any(|held| held.id == mutation.record));
        assert!(!tablet.sync(&[]).await.unwrap().page.rebuild);
    }
}
