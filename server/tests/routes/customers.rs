//! Reading online: who finds and reads which customer, what of it is written down, and pinning what was found.

use axum::body::Body;
use axum::http::{Method, StatusCode};
use rapport_server::testing::{Tablet, problem, profile};
use rapport_shared::customers;
use rapport_shared::ids::RecordId;
use rapport_shared::record::mutation::Edit;
use rapport_shared::record::{FieldPath, Kind, Record};
use rapport_shared::sync::wire::{CSRF_HEADER, CustomerSearch, Outcome, ProblemCode};
use serde_json::json;

use crate::bank;

fn typed(text: &str) -> CustomerSearch {
    CustomerSearch {
        text: text.to_owned(),
        after: None,
        limit: 50,
    }
}

/// Customers of rm1, with telephone numbers, each with a note and a changed number.
async fn book(tablet: &mut Tablet<'_>, names: &[&str]) -> Vec<RecordId> {
    let mut ids = Vec::new();
    for (index, name) in names.iter().enumerate() {
        let path = FieldPath::known(customers::field::PHONE);
        let create = tablet.new_customer(name).unwrap();
        let create = tablet.mutation(create.set(path, format!("1380000{index:04}"))).unwrap();
        let note = tablet.new_note(create.record, "谈了贷款").unwrap();
        let note = tablet.mutation(note).unwrap();
        let response = tablet.sync(&[create.clone(), note]).await.unwrap();
        assert_eq!(response.acknowledgements.len(), 2);
        ids.push(create.record);
    }
    ids
}

async fn found(tablet: &Tablet<'_>, search: &CustomerSearch) -> Vec<String> {
    let found = tablet.search_online(search).await.unwrap();
    let names = found.rows.iter().map(|row| row.record.text("name").unwrap().to_owned());
    names.collect()
}

const NAMES: [&str; 4] = ["杭州恒源纺织有限公司", "宁波港务集团", "恒大食品厂", "阿里山茶业"];

#[tokio::test]
async fn everybody_finds_what_they_may_see_by_any_spelling() {
    let (bank, _folder) = bank().await;
    let mut manager = bank.sign_in("rm1").await.unwrap();
    book(&mut manager, &NAMES).await;
    let lead = bank.sign_in("lead1").await.unwrap();
    for (text, expected) in [
        ("恒", vec![NAMES[2], NAMES[0]]),
        ("恆源", vec![NAMES[0]]),
        ("ningbo", vec![NAMES[1]]),
        ("nbgw", vec![NAMES[1]]),
        ("0003", vec![NAMES[3]]),
        ("不在", vec![]),
        ("", vec![NAMES[3], NAMES[0], NAMES[2], NAMES[1]]),
    ] {
        assert_eq!(found(&lead, &typed(text)).await, expected, "{text}");
    }
    for (login, expected) in [("rm1", 4), ("rm2", 0), ("rm3", 0), ("office", 4), ("admin", 4)] {
        let tablet = bank.sign_in(login).await.unwrap();
        assert_eq!(found(&tablet, &typed("")).await.len(), expected, "{login}");
    }
}

#[tokio::test]
async fn pages_of_any_size_add_up() {
    let (bank, _folder) = bank().await;
    let mut manager = bank.sign_in("rm1").await.unwrap();
    book(&mut manager, &NAMES).await;
    let lead = bank.sign_in("lead1").await.unwrap();
    let all = found(&lead, &typed("")).await;
    for limit in [0, 1, 2, 3, 4, u32::MAX] {
        let mut search = CustomerSearch { limit, ..typed("") };
        let mut names = Vec::new();
        loop {
            let answer = lead.search_online(&search).await.unwrap();
            assert_eq!(answer.found, 4);
            names.extend(
                answer
                    .rows
                    .iter()
                    .map(|row| row.record.text("name").unwrap().to_owned()),
            );
            search.after = answer.next;
            if search.after.is_none() {
                break;
            }
        }
        assert_eq!(names, all, "pages of {limit}");
    }
    // The last customer of a page is gone, or what is asked for never was a place.
    for (after, expected) in [
        ("2.00000000-0000-0000-0000-000000000001", 2),
        ("99.x", 0),
        ("", 4),
        ("💥", 4),
    ] {
        let search = CustomerSearch {
            after: Some(after.to_owned()),
            ..typed("")
        };
        assert_eq!(found(&lead, &search).await.len(), expected, "{after}");
    }
}

#[tokio::test]
async fn a_customer_is_read_whole_and_what_may_not_be_seen_is_as_if_it_were_not() {
    let (bank, _folder) = bank().await;
    let mut manager = bank.sign_in("rm1").await.unwrap();
    let id = book(&mut manager, &NAMES[..1]).await[0];
    let lead = bank.sign_in("lead1").await.unwrap();
    let seen = own(&lead, id).await;
    let change = Edit::of(&seen).change(&seen, FieldPath::known(customers::field::PHONE), "0571-1");
    let mut changer = bank.sign_in("office").await.unwrap();
    changer.sync(&[changer.mutation(change).unwrap()]).await.unwrap();

    let whole = lead.read_online(id).await.unwrap();
    let kinds: Vec<&Kind> = whole.records.iter().map(|record| &record.kind).collect();
    assert!(kinds.len() == 2 && kinds.contains(&&Kind::Customer) && kinds.contains(&&Kind::Note));
    assert_eq!(whole.history.len(), 1, "the changed number");
    assert_eq!(whole.now, bank.now());

    let note = whole
        .records
        .iter()
        .find(|record| record.kind == Kind::Note)
        .unwrap()
        .id;
    let stranger = bank.sign_in("rm3").await.unwrap();
    let unknown = RecordId::from_u128(1);
    for (tablet, path) in [
        (&stranger, id.to_string()),
        (&stranger, unknown.to_string()),
        (&lead, unknown.to_string()),
        (&lead, note.to_string()),
        (&lead, RecordId::from(profile("rm1").unwrap().user).to_string()),
        (&lead, "nonsense".to_owned()),
    ] {
        let request = tablet.request(Method::GET, &format!("/api/customers/{path}"), Body::empty());
        let (status, _, body) = bank.send(request.unwrap()).await.unwrap();
        let answer = (status, problem(&body).unwrap());
        assert_eq!(answer, (StatusCode::NOT_FOUND, ProblemCode::NotFound), "{path}");
    }
}

/// The customer's own record, read online.
async fn own(tablet: &Tablet<'_>, id: RecordId) -> Record {
    let records = tablet.read_online(id).await.unwrap().records;
    records.into_iter().find(|record| record.id == id).unwrap()
}

#[tokio::test]
async fn every_reading_is_written_down_without_what_was_typed() {
    let (bank, _folder) = bank().await;
    let mut manager = bank.sign_in("rm1").await.unwrap();
    let id = book(&mut manager, &NAMES[..2]).await[0];
    let office = bank.sign_in("office").await.unwrap();
    found(&office, &typed("恒源")).await;
    office.read_online(id).await.unwrap();
    let trail = bank.state.store.audit_trail(bank.state.org, 2).await.unwrap();
    let user = Some(profile("office").unwrap().user);
    assert!(trail.iter().all(|entry| entry.user == user));
    let told: Vec<(&str, &str)> = trail.iter().map(|entry| (&*entry.action, &*entry.subject)).collect();
    assert_eq!(
        told,
        [
            ("read", &*format!("{id} 2 records")),
            ("search", &*format!("1 of 1: {id}"))
        ]
    );
}

#[tokio::test]
async fn a_search_is_asked_for_as_a_change_is() {
    let (bank, _folder) = bank().await;
    let lead = bank.sign_in("lead1").await.unwrap();
    let send = async |body: String, csrf: bool| {
        let mut request = lead.request(Method::POST, "/api/customers/search", body).unwrap();
        if !csrf {
            request.headers_mut().remove(CSRF_HEADER);
        }
        let (status, _, body) = bank.send(request).await.unwrap();
        (status, problem(&body).ok())
    };
    let good = json!({ "text": "恒", "limit": 5 }).to_string();
    assert_eq!(send(good.clone(), true).await.0, StatusCode::OK);
    let refused = (StatusCode::FORBIDDEN, Some(ProblemCode::BadCsrfToken));
    assert_eq!(send(good, false).await, refused);
    let bad = (StatusCode::BAD_REQUEST, Some(ProblemCode::BadRequest));
    for body in [
        String::new(),
        "[]".to_owned(),
        json!({ "text": "x" }).to_string(),
        json!({ "text": "长".repeat(201), "limit": 5 }).to_string(),
    ] {
        assert_eq!(send(body.clone(), true).await, bad, "{body}");
    }
}

#[tokio::test]
async fn what_is_pinned_comes_whole_and_goes_with_the_pin_or_the_right() {
    let (bank, _folder) = bank().await;
    let mut manager = bank.sign_in("rm1").await.unwrap();
    let ids = book(&mut manager, &NAMES).await;
    let mut lead = bank.sign_in("lead1").await.unwrap();
    lead.sync(&[]).await.unwrap();
    let me = lead.session().unwrap().profile.clone();
    let pinning = async |lead: &mut Tablet<'_>, id, is_pinned| {
        let seen = own(lead, id).await;
        let pin = lead.mutation(customers::pin(&seen, &me, is_pinned)).unwrap();
        lead.sync(&[pin]).await.unwrap()
    };
    for id in &ids[..2] {
        let response = pinning(&mut lead, *id, true).await;
        // The device does not have it, so it must not make it up.
        assert!(matches!(response.acknowledgements[0].outcome, Outcome::Merged { .. }));
        assert_eq!(response.page.records.len(), 2, "the card and a note");
    }
    let response = pinning(&mut lead, ids[0], false).await;
    assert!(matches!(response.acknowledgements[0].outcome, Outcome::Applied { .. }));
    assert_eq!(response.page.evicted, [ids[0]]);

    let mut office = bank.sign_in("office").await.unwrap();
    let seen = own(&office, ids[1]).await;
    let elsewhere = profile("rm3").unwrap();
    let away = Edit::of(&seen)
        .change(
            &seen,
            FieldPath::known(customers::field::OWNER),
            elsewhere.user.to_string(),
        )
        .change(
            &seen,
            FieldPath::known(customers::field::TEAM),
            elsewhere.team.unwrap().to_string(),
        );
    office.sync(&[office.mutation(away).unwrap()]).await.unwrap();
    assert_eq!(
        lead.sync(&[]).await.unwrap().page.evicted,
        [ids[1]],
        "another team's now"
    );
    assert!(lead.read_online(ids[1]).await.is_err());
}

#[tokio::test]
async fn work_on_what_is_only_read_is_taken_in_and_not_sent_back() {
    let (bank, _folder) = bank().await;
    let mut manager = bank.sign_in("rm1").await.unwrap();
    let id = book(&mut manager, &NAMES[..1]).await[0];
    manager.sync(&[]).await.unwrap();
    let mut lead = bank.sign_in("lead1").await.unwrap();
    lead.sync(&[]).await.unwrap();
    let seen = own(&lead, id).await;
    let edit = Edit::of(&seen).change(&seen, FieldPath::known(customers::field::WECHAT), "hy-1");
    let work = [
        lead.mutation(edit).unwrap(),
        lead.mutation(lead.new_note(id, "陪同拜访").unwrap()).unwrap(),
    ];
    let response = lead.sync(&work).await.unwrap();
    for acknowledgement in &response.acknowledgements {
        assert!(
            matches!(acknowledgement.outcome, Outcome::Merged { .. }),
            "{acknowledgement:?}"
        );
    }
    assert!(response.page.records.is_empty() && response.page.history.is_empty());
    assert_eq!(
        manager.sync(&[]).await.unwrap().page.records.len(),
        2,
        "the card and the note"
    );
}
