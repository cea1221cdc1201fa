//! What a device pushes: settled once, refused alone, merged without losing a value.

use std::io::Write as _;

use axum::http::{Method, StatusCode};
use rapport_server::testing::{Bank, MORNING, Tablet, problem, profile};
use rapport_shared::ids::{DeviceId, MutationId, RecordId, UserId};
use rapport_shared::record::mutation::{Edit, Mutation};
use rapport_shared::record::profile::Role;
use rapport_shared::record::refusal::RefusalCode;
use rapport_shared::record::{FieldPath, Kind, Record, Scope, Version};
use rapport_shared::sync::wire::{
    CSRF_HEADER, MAXIMUM_MUTATIONS, MAXIMUM_REQUEST_BYTES, Outcome, PROTOCOL, ProblemCode, SyncResponse,
};
use rapport_shared::time::Timestamp;
use serde_json::{Value, json};

use crate::bank;

fn path(text: &str) -> FieldPath {
    FieldPath::parse(text).unwrap()
}

fn refusal(response: &SyncResponse, index: usize) -> Option<RefusalCode> {
    match &response.acknowledgements[index].outcome {
        Outcome::Refused(refusal) => Some(refusal.code),
        _ => None,
    }
}

/// A customer of `tablet`'s user, on the server.
async fn customer(tablet: &mut Tablet<'_>, name: &str) -> RecordId {
    let create = tablet.mutation(tablet.new_customer(name).unwrap()).unwrap();
    let response = tablet.sync(std::slice::from_ref(&create)).await.unwrap();
    assert!(
        matches!(response.acknowledgements[0].outcome, Outcome::Applied { .. }),
        "{response:?}"
    );
    create.record
}

/// The record as a new device of `login` gets it.
async fn seen_by(bank: &Bank, login: &str, id: RecordId) -> Option<Record> {
    let mut fresh = bank.sign_in(login).await.unwrap();
    let mut found = None;
    loop {
        let response = fresh.sync(&[]).await.unwrap();
        found = response
            .page
            .records
            .into_iter()
            .find(|record| record.id == id)
            .or(found);
        if !response.page.more {
            return found;
        }
    }
}

#[tokio::test]
async fn a_clean_change_is_acknowledged_and_not_sent_back() {
    let (bank, _folder) = bank().await;
    let mut tablet = bank.sign_in("rm1").await.unwrap();
    tablet.sync(&[]).await.unwrap();
    let create = tablet
        .mutation(tablet.new_customer("杭州恒源精密机械有限公司").unwrap())
        .unwrap();
    let note = tablet
        .mutation(tablet.new_note(create.record, "拜访顺利").unwrap())
        .unwrap();
    let response = tablet.sync(&[create.clone(), note.clone()]).await.unwrap();
    let ids: Vec<MutationId> = response
        .acknowledgements
        .iter()
        .map(|acknowledgement| acknowledgement.id)
        .collect();
    assert_eq!(ids, [create.id, note.id]);
    assert!(
        response
            .acknowledgements
            .iter()
            .all(|a| matches!(a.outcome, Outcome::Applied { .. }))
    );
    assert!(response.page.records.is_empty() && response.page.history.is_empty() && !response.page.more);
    assert_eq!(
        seen_by(&bank, "rm1", note.record).await.unwrap().text("text"),
        Some("拜访顺利")
    );
}

#[tokio::test]
async fn resending_changes_nothing() {
    let (bank, _folder) = bank().await;
    let mut tablet = bank.sign_in("rm1").await.unwrap();
    let id = customer(&mut tablet, "甲").await;
    let notes: Vec<Mutation> = (0..40)
        .map(|n| {
            tablet
                .mutation(tablet.new_note(id, &format!("第{n}次")).unwrap())
                .unwrap()
        })
        .collect();
    let first = tablet.sync(&notes).await.unwrap();
    let version = |outcome: &Outcome| outcome.version().unwrap_or(Version::NONE);
    // The same batch again, the other way round, and twice in itself.
    let doubled: Vec<Mutation> = notes.iter().rev().chain(&notes).cloned().collect();
    let again = tablet.sync(&doubled).await.unwrap();
    for acknowledgement in again.acknowledgements {
        let before = first
            .acknowledgements
            .iter()
            .find(|other| other.id == acknowledgement.id)
            .unwrap();
        assert_eq!(version(&before.outcome), version(&acknowledgement.outcome));
    }
    let mut fresh = bank.sign_in("rm1").await.unwrap();
    let all = fresh.sync(&[]).await.unwrap();
    assert_eq!(
        all.page
            .records
            .iter()
            .filter(|record| record.kind == Kind::Note)
            .count(),
        40
    );
}

#[tokio::test]
async fn a_bad_mutation_fails_alone_with_its_reason() {
    let (bank, _folder) = bank().await;
    let mut tablet = bank.sign_in("rm1").await.unwrap();
    let mut colleague = bank.sign_in("rm3").await.unwrap();
    let own = customer(&mut tablet, "甲").await;
    let foreign = customer(&mut colleague, "乙").await;
    let note = |text: &str| tablet.mutation(tablet.new_note(own, text).unwrap()).unwrap();
    let good = note("好");
    let revision = Mutation {
        id: MutationId::from_u128(7),
        base: Version(9),
        ..good.clone()
    };
    let as_json = |mutation: &Mutation| serde_json::to_value(mutation).unwrap();
    let changed = |member: &str, value: Value| {
        let mut json = as_json(&note("x"));
        json[member] = value;
        json
    };
    let invalid = Edit::create(RecordId::from_u128(5), Kind::Holding, Scope::Under(own))
        .set(path("product"), "存款")
        .set(path("amount"), "12,5");
    let cases = [
        (as_json(&good), None),
        (as_json(&revision), Some(RefusalCode::AppendOnly)),
        (
            as_json(&tablet.mutation(tablet.new_note(foreign, "偷看").unwrap()).unwrap()),
            Some(RefusalCode::NotVisible),
        ),
        (
            changed("author", json!(profile("rm2").unwrap().user)),
            Some(RefusalCode::WrongAuthor),
        ),
        (
            changed("device", json!(DeviceId::from_u128(99))),
            Some(RefusalCode::WrongAuthor),
        ),
        (
            as_json(&tablet.mutation(invalid).unwrap()),
            Some(RefusalCode::InvalidValue),
        ),
        (as_json(&note(&"长".repeat(90_000))), Some(RefusalCode::TooLarge)),
        (
            changed("operation", json!({ "explode": {} })),
            Some(RefusalCode::InvalidValue),
        ),
        (
            changed("operation", json!({ "write": { "a.b.c": { "to": 1 } } })),
            Some(RefusalCode::InvalidValue),
        ),
        (changed("at", json!("yesterday")), Some(RefusalCode::InvalidValue)),
        (
            changed("scope", json!("organisation")),
            Some(RefusalCode::Contradiction),
        ),
        (changed("kind", json!("person")), Some(RefusalCode::Contradiction)),
        (as_json(&note("末")), None),
    ];
    let mut body = tablet.body(&[], 100).unwrap();
    body["mutations"] = cases.iter().map(|(mutation, _)| mutation.clone()).collect();
    let response = tablet.exchange(body.to_string()).await.unwrap();
    for (index, (mutation, expected)) in cases.iter().enumerate() {
        let shown = mutation.to_string().chars().take(300).collect::<String>();
        assert_eq!(
            refusal(&response, index).is_some(),
            expected.is_some(),
            "{index}: {shown}"
        );
        if index != 11 {
            assert_eq!(refusal(&response, index), *expected, "{index}: {shown}");
        }
    }
    let trail = bank.state.store.audit_trail(bank.state.org, 100).await.unwrap();
    assert_eq!(trail.iter().filter(|entry| entry.action == "refused").count(), 11);
}

#[tokio::test]
async fn another_users_mutation_is_not_taken_and_not_spoiled() {
    let (bank, _folder) = bank().await;
    let mut mine = bank.sign_in("rm1").await.unwrap();
    let id = customer(&mut mine, "甲").await;
    let note = mine.mutation(mine.new_note(id, "我的").unwrap()).unwrap();
    // The queue of a tablet is sent under another sign-in.
    let mut other = bank.sign_in("rm2").await.unwrap();
    other.device = mine.device;
    let response = other.sync(std::slice::from_ref(&note)).await.unwrap();
    assert_eq!(refusal(&response, 0), Some(RefusalCode::WrongAuthor));
    let forged = Mutation {
        author: other.user().unwrap(),
        ..note.clone()
    };
    assert_eq!(
        refusal(&other.sync(&[forged]).await.unwrap(), 0),
        Some(RefusalCode::WrongAuthor),
        "a device of another"
    );
    // The right one can still send it; after that the id is taken.
    let response = mine.sync(std::slice::from_ref(&note)).await.unwrap();
    assert!(matches!(response.acknowledgements[0].outcome, Outcome::Applied { .. }));
    let mut thief = bank.sign_in("rm2").await.unwrap();
    let stolen = Mutation {
        author: thief.user().unwrap(),
        device: thief.device,
        ..note
    };
    assert_eq!(
        refusal(&thief.sync(&[stolen]).await.unwrap(), 0),
        Some(RefusalCode::WrongAuthor)
    );
}

#[tokio::test]
async fn concurrent_changes_keep_both_values() {
    let (bank, _folder) = bank().await;
    let mut one = bank.sign_in("rm1").await.unwrap();
    let id = customer(&mut one, "甲").await;
    let mut two = bank.sign_in("rm1").await.unwrap();
    let record = two
        .sync(&[])
        .await
        .unwrap()
        .page
        .records
        .into_iter()
        .find(|record| record.id == id)
        .unwrap();
    bank.pass(1_000);
    let phone = one
        .mutation(Edit::of(&record).change(&record, path("phone"), "111"))
        .unwrap();
    bank.pass(1_000);
    let both = Edit::of(&record)
        .change(&record, path("phone"), "222")
        .change(&record, path("email"), "a@b.cn");
    let both = two.mutation(both).unwrap();
    one.sync(&[phone]).await.unwrap();
    let response = two.sync(&[both]).await.unwrap();
    let outcome = &response.acknowledgements[0].outcome;
    assert!(
        matches!(outcome, Outcome::Merged { conflicts, .. } if *conflicts == [path("phone")]),
        "{outcome:?}"
    );
    let merged = response.page.records.iter().find(|record| record.id == id).unwrap();
    assert_eq!(
        (merged.text("phone"), merged.text("email")),
        (Some("222"), Some("a@b.cn"))
    );
    let conflict = response
        .page
        .records
        .iter()
        .find(|record| record.kind == Kind::Conflict)
        .unwrap();
    assert_eq!(
        (conflict.text("aside"), conflict.text("stands")),
        (Some("111"), Some("222"))
    );
    assert_eq!(conflict.scope, Scope::Under(id));
    let response = one.sync(&[]).await.unwrap();
    let ids: Vec<&str> = response.page.records.iter().map(|record| record.kind.name()).collect();
    assert_eq!(ids, ["customer", "conflict"]);
    let written: Vec<&Value> = response.page.history.iter().map(|entry| &entry.to).collect();
    assert_eq!(written, ["a@b.cn", "222"], "its own 111 the device knows");
}

#[tokio::test]
async fn a_clock_far_ahead_does_not_win_for_ever() {
    let (bank, _folder) = bank().await;
    let mut tablet = bank.sign_in("rm1").await.unwrap();
    let id = customer(&mut tablet, "甲").await;
    let note = tablet.mutation(tablet.new_note(id, "来自未来").unwrap()).unwrap();
    let future = Timestamp::from_milliseconds(4_070_908_800_000);
    let past = Timestamp::from_milliseconds(-1);
    for at in [
        future,
        past,
        Timestamp::from_milliseconds(i64::MAX),
        Timestamp::from_milliseconds(i64::MIN),
    ] {
        let id = MutationId::new(MORNING, rapport_server::clock::entropy());
        let record = RecordId::new(MORNING, rapport_server::clock::entropy());
        tablet
            .sync(&[Mutation {
                id,
                at,
                record,
                ..note.clone()
            }])
            .await
            .unwrap();
        let created = seen_by(&bank, "rm1", record).await.unwrap().created.at;
        assert_eq!(created, at.min(bank.now()));
    }
}

#[tokio::test]
async fn what_a_newer_program_writes_is_kept() {
    let (bank, _folder) = bank().await;
    let mut tablet = bank.sign_in("rm1").await.unwrap();
    let id = customer(&mut tablet, "甲").await;
    let edit = Edit::create(RecordId::from_u128(77), Kind::Contact, Scope::Under(id))
        .set(path("name"), "李娜")
        .set(path("colour"), "blue")
        .set(path("parts.lens"), json!({ "deep": [1, 2, { "x": null }] }));
    let mut mutation = tablet.mutation(edit).unwrap();
    mutation.unknown.insert("signature".to_owned(), json!("abc"));
    let response = tablet.sync(&[mutation]).await.unwrap();
    assert_eq!(refusal(&response, 0), None);
    let kept = seen_by(&bank, "rm1", RecordId::from_u128(77)).await.unwrap();
    assert_eq!((kept.kind.name(), kept.text("colour")), ("contact", Some("blue")));
    assert_eq!(kept.get("parts.lens"), Some(&json!({ "deep": [1, 2, { "x": null }] })));
}

#[tokio::test]
async fn garbage_is_refused_and_nothing_is_written() {
    let (bank, _folder) = bank().await;
    let tablet = bank.sign_in("rm1").await.unwrap();
    let good = tablet.body(&[], 10).unwrap();
    let with = |member: &str, value: Value| {
        let mut body = good.clone();
        body[member] = value;
        body.to_string().into_bytes()
    };
    let deep = format!(
        "{{\"protocol\":1,\"x\":{}1{}}}",
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    let many = vec![json!({ "id": MutationId::from_u128(1) }); MAXIMUM_MUTATIONS + 1];
    for (body, expected) in [
        (Vec::new(), ProblemCode::BadRequest),
        (b"[]".to_vec(), ProblemCode::BadRequest),
        (b"\xff\xfe\x00".to_vec(), ProblemCode::BadRequest),
        (deep.into_bytes(), ProblemCode::BadRequest),
        (with("device", json!("me")), ProblemCode::BadRequest),
        (with("limit", json!(-1)), ProblemCode::BadRequest),
        (
            with("mutations", json!([{ "id": "not an id" }])),
            ProblemCode::BadRequest,
        ),
        (with("mutations", json!([1, null])), ProblemCode::BadRequest),
        (with("mutations", json!(many)), ProblemCode::TooLarge),
        (with("protocol", json!(PROTOCOL + 1)), ProblemCode::ProtocolTooNew),
        (vec![b' '; MAXIMUM_REQUEST_BYTES + 1], ProblemCode::TooLarge),
    ] {
        let shown = String::from_utf8_lossy(&body[..body.len().min(80)]).into_owned();
        let (_, answer) = tablet.post(body).await.unwrap();
        assert_eq!(problem(&answer).unwrap(), expected, "{shown}");
    }
    let head = bank
        .state
        .store
        .read(bank.state.org)
        .await
        .unwrap()
        .head()
        .await
        .unwrap();
    assert_eq!(head.sequence, Version(6), "the six people only");
}

#[tokio::test]
async fn a_compressed_body_is_read_and_a_bomb_is_not() {
    let (bank, _folder) = bank().await;
    let tablet = bank.sign_in("rm1").await.unwrap();
    let packed = |content: &[u8]| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(content).unwrap();
        encoder.finish().unwrap()
    };
    let send = async |body: Vec<u8>, coding: &'static str| {
        let mut request = tablet.request(Method::POST, "/api/sync", body).unwrap();
        request
            .headers_mut()
            .insert("content-encoding", coding.parse().unwrap());
        bank.send(request).await.unwrap()
    };
    let good = tablet.body(&[], 10).unwrap().to_string();
    assert_eq!(send(packed(good.as_bytes()), "gzip").await.0, StatusCode::OK);
    let bomb = packed(&vec![b' '; 200 * 1024 * 1024]);
    assert!(bomb.len() < 300_000);
    let (status, _, answer) = send(bomb, "gzip").await;
    assert_eq!(
        (status, problem(&answer).unwrap()),
        (StatusCode::PAYLOAD_TOO_LARGE, ProblemCode::TooLarge)
    );
    for (body, coding) in [(good.clone().into_bytes(), "gzip"), (good.into_bytes(), "br")] {
        let (status, _, answer) = send(body, coding).await;
        assert!(status.is_client_error(), "{coding}: {status}");
        assert_eq!(problem(&answer).unwrap(), ProblemCode::BadRequest, "{coding}");
    }
}

#[tokio::test]
async fn an_ended_session_keeps_the_queue_for_the_next() {
    let (bank, _folder) = bank().await;
    let mut tablet = bank.sign_in("rm1").await.unwrap();
    let id = customer(&mut tablet, "甲").await;
    let note = tablet.mutation(tablet.new_note(id, "离线写的").unwrap()).unwrap();
    bank.pass(13 * 3_600_000);
    let body = tablet.body(std::slice::from_ref(&note), 10).unwrap().to_string();
    let (status, answer) = tablet.post(body.clone()).await.unwrap();
    assert_eq!(
        (status, problem(&answer).unwrap()),
        (StatusCode::UNAUTHORIZED, ProblemCode::SignedOut)
    );
    assert_eq!(seen_by(&bank, "rm1", note.record).await, None);
    tablet.sign_in("rm1").await.unwrap();
    let response = tablet.exchange(body).await.unwrap();
    assert!(matches!(response.acknowledgements[0].outcome, Outcome::Applied { .. }));
    assert!(seen_by(&bank, "rm1", note.record).await.is_some());
}

#[tokio::test]
async fn people_are_the_administrators_to_write() {
    let (bank, _folder) = bank().await;
    let target: UserId = profile("rm3").unwrap().user;
    for (login, expected) in [("rm1", false), ("lead1", false), ("office", false), ("admin", true)] {
        let mut tablet = bank.sign_in(login).await.unwrap();
        let all = tablet.sync(&[]).await.unwrap().page.records;
        let person = all.iter().find(|record| record.id == target.into()).unwrap();
        let name = format!("由 {login} 改名");
        let change = tablet
            .mutation(Edit::of(person).change(person, path("name"), name.as_str()))
            .unwrap();
        let response = tablet.sync(&[change]).await.unwrap();
        assert_eq!(refusal(&response, 0).is_none(), expected, "{login}");
    }
}

#[tokio::test]
async fn an_account_follows_its_record_in_the_directory() {
    let (bank, _folder) = bank().await;
    let mut moved = bank.sign_in("rm3").await.unwrap();
    moved.sync(&[]).await.unwrap();
    let mut admin = bank.sign_in("admin").await.unwrap();
    let all = admin.sync(&[]).await.unwrap().page.records;
    let person = all.iter().find(|record| record.text("login") == Some("rm3")).unwrap();
    let team = profile("rm1").unwrap().team.unwrap().to_string();
    let edit = Edit::of(person)
        .change(person, path("team"), team)
        .change(person, path("role"), "team_lead");
    admin.sync(&[admin.mutation(edit).unwrap()]).await.unwrap();
    let page = moved.sync(&[]).await.unwrap().page;
    assert!(page.rebuild && !page.reoffer, "other rights, another book");
    moved.sign_in("rm3").await.unwrap();
    let now = &moved.session().unwrap().profile;
    assert_eq!((now.role, now.team), (Role::TeamLead, profile("rm1").unwrap().team));

    let all = bank
        .sign_in("admin")
        .await
        .unwrap()
        .sync(&[])
        .await
        .unwrap()
        .page
        .records;
    let person = all.iter().find(|record| record.text("login") == Some("rm3")).unwrap();
    let leave = admin
        .mutation(Edit::of(person).change(person, path("active"), false))
        .unwrap();
    admin.sync(&[leave]).await.unwrap();
    let (status, _) = moved.post(moved.body(&[], 10).unwrap().to_string()).await.unwrap();
    assert_eq!(status, StatusCode::UNAUTHORIZED, "who left is signed out");
    assert!(moved.sign_in("rm3").await.is_err());
}

#[tokio::test]
async fn a_batch_without_the_right_headers_is_not_looked_at() {
    let (bank, _folder) = bank().await;
    let tablet = bank.sign_in("rm1").await.unwrap();
    let mut request = tablet.request(Method::POST, "/api/sync", "{}").unwrap();
    request.headers_mut().remove(CSRF_HEADER);
    assert_eq!(bank.send(request).await.unwrap().0, StatusCode::FORBIDDEN);
}
