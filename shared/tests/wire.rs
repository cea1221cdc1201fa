//! Golden files of everything that travels. Each file must be read into today's types and written out the same; a
//! change here is a change of protocol.

use std::path::PathBuf;

use rapport_shared::ids::UserId;
use rapport_shared::sync::replica::LogEntry;
use rapport_shared::sync::wire::{
    CustomerSearch, CustomersFound, Problem, Session, SignIn, SyncRequest, SyncResponse, WholeCustomer, csrf_cookie,
    csrf_of,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

#[expect(clippy::expect_used, reason = "a golden file that cannot be read fails the test")]
fn golden(name: &str) -> Value {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden/wire")
        .join(name);
    let text = std::fs::read_to_string(&path).expect("the golden file is there");
    serde_json::from_str(&text).expect("the golden file is JSON")
}

/// The file is read into `T` and written out as it was.
#[expect(clippy::expect_used, reason = "a golden file that cannot be read fails the test")]
fn check<T: Serialize + DeserializeOwned>(name: &str) {
    let golden = golden(name);
    let parsed: T = serde_json::from_value(golden.clone()).expect("today's types read the golden file");
    assert_eq!(
        serde_json::to_value(&parsed).expect("it can be written"),
        golden,
        "{name}"
    );
}

#[test]
fn sign_in() {
    check::<SignIn>("sign-in.json");
    check::<Session>("session.json");
    check::<Session>("session-kinds.json");
}

#[test]
fn sync() {
    check::<SyncRequest>("sync-request.json");
    check::<SyncRequest>("sync-request-pages.json");
    check::<SyncResponse>("sync-response.json");
    check::<SyncResponse>("sync-response-listed.json");
    check::<SyncRequest>("sync-request-circle.json");
    check::<SyncResponse>("sync-response-circle.json");
}

#[test]
fn online_reading() {
    check::<CustomerSearch>("customer-search.json");
    check::<CustomersFound>("customers-found.json");
    check::<WholeCustomer>("whole-customer.json");
}

#[test]
fn problems() {
    check::<Vec<Problem>>("problems.json");
}

#[test]
fn a_newer_server_is_understood_as_far_as_possible() {
    let mut response = golden("sync-response.json");
    response["lunch"] = "noodles".into();
    response["acknowledgements"][2]["outcome"]["refused"]["code"] = "full_moon".into();
    response["page"]["records"][0]["hologram"] = true.into();
    let parsed: Result<SyncResponse, _> = serde_json::from_value(response);
    let kept = parsed.map(|response| response.page.records[0].unknown.contains_key("hologram"));
    assert!(matches!(kept, Ok(true)), "{kept:?}");
}

#[test]
#[expect(clippy::expect_used, reason = "a golden entry that cannot be read fails the test")]
fn the_log_of_a_device() {
    let check = |name: &str| {
        for golden in golden(name).as_array().expect("a list of entries") {
            let entry = LogEntry::read(golden.to_string().as_bytes()).expect("today's program reads the golden entry");
            let written = entry.to_bytes().expect("it can be written");
            let written: Value = serde_json::from_slice(&written).expect("as JSON");
            assert_eq!(written, *golden, "{name}");
        }
    };
    check("log.json");
    check("log-brief.json");
}

#[test]
fn a_session_at_hand_is_the_owners_or_none() {
    let (owner, other) = (UserId::from_u128(1), UserId::from_u128(2));
    let check = |cookie: &str, expected: Option<&str>| assert_eq!(csrf_of(owner, cookie), expected, "{cookie}");
    check(&csrf_cookie(owner, "token"), Some("token"));
    check(&csrf_cookie(other, "token"), None);
    check(&csrf_cookie(owner, ""), None);
    check("token", None);
    check("", None);
}
