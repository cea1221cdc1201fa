//! What no device of ours sends: malformed, forged, out of order, out of bounds. Each is refused with a stable code and
//! written to the audit without a word of customer data, and what is good in the same batch is carried out.

use axum::body::Body;
use axum::http::{Method, StatusCode};
use rapport_server::sync::ledger::SERVER_DEVICE;
use rapport_server::testing::{self, Bank, MORNING, Tablet, problem, profile};
use rapport_shared::ids::{MutationId, OrgId, RecordId, UserId};
use rapport_shared::record::mutation::{Edit, Mutation};
use rapport_shared::record::profile::Profile;
use rapport_shared::record::refusal::RefusalCode;
use rapport_shared::record::{FieldPath, Kind, Record, Scope};
use rapport_shared::sync::wire::{
    CSRF_HEADER, Cursor, MAXIMUM_MUTATIONS, MAXIMUM_REQUEST_BYTES, Outcome, ProblemCode, SyncResponse,
};
use serde_json::{Value, json};

use crate::bank;

fn path(text: &str) -> FieldPath {
    FieldPath::parse(text).unwrap()
}

fn codes(response: &SyncResponse) -> Vec<Option<RefusalCode>> {
    let outcomes = response.acknowledgements.iter().map(|a| &a.outcome);
    let codes = outcomes.map(|outcome| match outcome {
        Outcome::Refused(refusal) => Some(refusal.code),
        _ => None,
    });
    codes.collect()
}

/// What the audit says of an action, oldest first.
async fn trail(bank: &Bank, action: &str) -> Vec<String> {
    let entries = bank.state.store.audit_trail(bank.state.org, 1_000).await.unwrap();
    let entries = entries.into_iter().rev().filter(|entry| entry.action == action);
    entries.map(|entry| entry.subject).collect()
}

async fn customer(tablet: &mut Tablet<'_>) -> RecordId {
    let create = tablet.mutation(tablet.new_customer("甲").unwrap()).unwrap();
    assert_eq!(
        codes(&tablet.sync(std::slice::from_ref(&create)).await.unwrap()),
        [None]
    );
    create.record
}

fn note(tablet: &Tablet<'_>, customer: RecordId) -> Mutation {
    tablet.mutation(tablet.new_note(customer, "好").unwrap()).unwrap()
}

/// All that a new device of this user is sent.
async fn everything(bank: &Bank, login: &str) -> Vec<Record> {
    let mut fresh = bank.sign_in(login).await.unwrap();
    let mut records = Vec::new();
    loop {
        let page = fresh.sync(&[]).await.unwrap().page;
        records.extend(page.records);
        if !page.more {
            return records;
        }
    }
}

/// A sync request whose mutations are these texts.
fn request_of(tablet: &Tablet<'_>, mutations: &[String]) -> String {
    let mut body = tablet.body(&[], 1_000).unwrap();
    body["mutations"] = json!("@");
    body.to_string().replace("\"@\"", &format!("[{}]", mutations.join(",")))
}

/// The mutation as JSON, with `raw` in the place of a member.
fn with(mutation: &Mutation, member: &str, raw: &str) -> String {
    let mut json = serde_json::to_value(mutation).unwrap();
    json[member] = json!("@");
    json.to_string().replace("\"@\"", raw)
}

fn nested(depth: usize) -> String {
    format!("{}1{}", "[".repeat(depth), "]".repeat(depth))
}

fn write(field: &str, to: &str) -> String {
    format!("{{\"write\":{{\"{field}\":{{\"to\":{to}}}}}}}")
}

#[tokio::test]
async fn what_is_malformed_is_refused_alone() {
    let (bank, _folder) = bank().await;
    let mut tablet = bank.sign_in("rm1").await.unwrap();
    let customer = customer(&mut tablet).await;
    let text = |to: &str| with(&note(&tablet, customer), "operation", &write("text", to));
    let member = |name: &str, raw: &str| with(&note(&tablet, customer), name, raw);
    let odd = || {
        let id = RecordId::new(bank.now(), rapport_server::clock::entropy());
        tablet
            .mutation(Edit::create(id, Kind::Contact, Scope::Under(customer)))
            .unwrap()
    };
    let twice = format!("0,\"record\":\"{customer}\"");
    let from = format!("{{\"write\":{{\"x\":{{\"from\":{},\"to\":1}}}}}}", nested(100));
    let (invalid, large) = (RefusalCode::InvalidValue, RefusalCode::TooLarge);
    let cases = [
        ("a text for a time", member("at", "\"yesterday\""), invalid),
        ("no time", member("at", "null"), invalid),
        ("a time beyond numbers", member("at", "1e400"), invalid),
        ("a time beyond 64 bits", member("at", "9223372036854775808"), invalid),
        ("a number beyond 64 bits", member("device_seq", "1e30"), invalid),
        ("a version below none", member("base", "-1"), invalid),
        ("a member twice", member("base", &twice), invalid),
        ("a number for a scope", member("scope", "{\"customer\":7}"), invalid),
        ("a list for a kind", member("kind", "[]"), invalid),
        ("an unknown operation", member("operation", "{\"explode\":{}}"), invalid),
        (
            "two operations",
            member("operation", "{\"write\":{},\"delete\":{}}"),
            invalid,
        ),
        ("a number for a text", text("7"), invalid),
        ("NUL in a text", text("\"a\\u0000b\""), invalid),
        ("half a character", text("\"\\ud800\""), invalid),
        ("a text nested 10,000 deep", text(&nested(10_000)), invalid),
        (
            "a new field's value nested deep",
            with(&odd(), "operation", &write("x", &nested(100))),
            invalid,
        ),
        (
            "a new field's former value nested deep",
            with(&odd(), "operation", &from),
            invalid,
        ),
        (
            "NUL in a path",
            member("operation", &write("te\\u0000xt", "1")),
            invalid,
        ),
        (
            "a path of three parts",
            member("operation", &write("a.b.c", "1")),
            invalid,
        ),
        (
            "a path without end",
            member("operation", &write(&"x".repeat(500), "1")),
            invalid,
        ),
        (
            "a note of 100,001 characters",
            text(&format!("\"{}\"", "x".repeat(100_001))),
            invalid,
        ),
        ("a note of 6 MB", text(&format!("\"{}\"", "x".repeat(6_000_000))), large),
    ];
    for (what, bad, expected) in &cases {
        let around = [note(&tablet, customer), note(&tablet, customer)];
        let [before, after] = around.map(|note| serde_json::to_string(&note).unwrap());
        let body = request_of(&tablet, &[before, bad.clone(), after]);
        let response = tablet.exchange(body).await.unwrap();
        assert_eq!(codes(&response), [None, Some(*expected), None], "{what}");
    }
    let refused = trail(&bank, "refused").await;
    assert_eq!(refused.len(), cases.len());
    for (entry, (what, bad, _)) in refused.iter().zip(&cases) {
        let id = entry.split(' ').next().unwrap();
        assert!(bad.contains(id), "{what}: {entry}");
    }
    let notes = everything(&bank, "rm1")
        .await
        .into_iter()
        .filter(|record| record.kind == Kind::Note);
    assert_eq!(notes.count(), 2 * cases.len());
}

#[tokio::test]
async fn what_is_odd_but_readable_is_kept_as_it_is() {
    let (bank, _folder) = bank().await;
    let mut tablet = bank.sign_in("rm1").await.unwrap();
    let customer = customer(&mut tablet).await;
    for (number, (field, value)) in [
        ("x", json!("a\u{0}b")),
        ("holo\u{1f600}gram", json!(1)),
        ("hologram of a very long name", json!(-0.0)),
        (&"h".repeat(64), json!(1e308)),
        ("🦄.🦄", json!(i64::MIN)),
        ("x", serde_json::from_str(&nested(60)).unwrap()),
    ]
    .into_iter()
    .enumerate()
    {
        let id = RecordId::from_u128(0xabc0 + number as u128);
        let create = Edit::create(id, Kind::Contact, Scope::Under(customer)).set(path("name"), "李娜");
        let create = create.set(FieldPath::parse(field).unwrap(), value.clone());
        let change = Edit::create(id, Kind::Contact, Scope::Under(customer)).set(path("y"), value.clone());
        for edit in [create, change] {
            let mutation = tablet.mutation(edit).unwrap();
            assert_eq!(codes(&tablet.sync(&[mutation]).await.unwrap()), [None], "{number}");
        }
        let records = everything(&bank, "rm1").await;
        let kept = records.iter().find(|record| record.id == id).unwrap();
        assert_eq!(
            (kept.get(field), kept.get("y")),
            (Some(&value), Some(&value)),
            "{number}"
        );
    }
}

/// A server that does not know a kind does not know who may write it either.
#[tokio::test]
async fn kinds_nobody_here_knows_are_refused_alone_and_not_for_good() {
    let (bank, _folder) = bank().await;
    let mut tablet = bank.sign_in("rm1").await.unwrap();
    let own = customer(&mut tablet).await;
    for kind in ["hologram", "holo\u{0}gram", &"h".repeat(10_000), ""] {
        let root = RecordId::from_u128(0xabc);
        let edits = [
            Edit::create(RecordId::from_u128(0xabd), Kind::from(kind), Scope::Under(own)),
            Edit::create(root, Kind::from(kind), Scope::Under(root)),
            Edit::create(root, Kind::from(kind), Scope::Organisation),
            Edit::create(root, Kind::from(kind), Scope::User(tablet.user().unwrap())),
        ];
        let edits = edits.map(|edit| tablet.mutation(edit.set(path("owner"), "x")).unwrap());
        let [first, second, third, fourth] = edits;
        let batch = [note(&tablet, own), first, second, third, fourth, note(&tablet, own)];
        let unknown = Some(RefusalCode::UnknownKind);
        for _ in 0..2 {
            let answer = codes(&tablet.sync(&batch).await.unwrap());
            assert_eq!(answer, [None, unknown, unknown, unknown, unknown, None]);
        }
        let mut writer = bank.state.store.write(bank.state.org).await.unwrap();
        let settled = writer
            .settled(&batch.each_ref().map(|mutation| mutation.id))
            .await
            .unwrap();
        assert_eq!(settled.len(), 2, "a newer server may still take the others");
    }
}

#[tokio::test]
async fn a_device_is_its_first_users_and_none_is_the_servers() {
    let (bank, _folder) = bank().await;
    let mut mine = bank.sign_in("rm1").await.unwrap();
    let own = customer(&mut mine).await;
    let mut thief = bank.sign_in("rm2").await.unwrap();
    let theirs = customer(&mut thief).await;
    for device in [mine.device, SERVER_DEVICE] {
        thief.device = device;
        let notes = [note(&thief, theirs), note(&thief, own)];
        let refused = Some(RefusalCode::WrongAuthor);
        assert_eq!(codes(&thief.sync(&notes).await.unwrap()), [refused, refused]);
    }
    assert_eq!(trail(&bank, "refused").await.len(), 4);
    assert_eq!(codes(&mine.sync(&[note(&mine, own)]).await.unwrap()), [None]);
}

#[tokio::test]
async fn fields_and_kinds_of_others_are_refused_alone() {
    let (bank, _folder) = bank().await;
    let mut manager = bank.sign_in("rm1").await.unwrap();
    let id = customer(&mut manager).await;
    let other = profile("rm2").unwrap().user.to_string();
    let team = profile("rm3").unwrap().team.unwrap().to_string();
    let person = RecordId::from(profile("rm1").unwrap().user);
    let not_permitted = RefusalCode::NotPermitted;
    let of_customer = |field: &str, to: Value| (id, Kind::Customer, Scope::Under(id), path(field), to);
    let alone = RecordId::from_u128(0xd00);
    for (login, (record, kind, scope, path, to), expected) in [
        ("rm1", of_customer("owner", json!(other)), not_permitted),
        (
            "rm1",
            of_customer(&format!("co_managers.{other}"), json!(true)),
            not_permitted,
        ),
        ("rm1", of_customer("team", json!(team)), not_permitted),
        ("rm1", of_customer("tier", json!("gold")), not_permitted),
        ("rm1", of_customer("restricted", json!(true)), not_permitted),
        ("rm2", of_customer("phone", json!("1")), RefusalCode::NotVisible),
        ("lead1", of_customer("team", json!(team)), not_permitted),
        (
            "rm1",
            (
                person,
                Kind::Person,
                Scope::Organisation,
                path("role"),
                json!("administrator"),
            ),
            not_permitted,
        ),
        (
            "office",
            (alone, Kind::Setting, Scope::Organisation, path("x"), json!(1)),
            not_permitted,
        ),
        (
            "rm1",
            (alone, Kind::Conflict, Scope::Under(id), path("resolved"), json!(true)),
            not_permitted,
        ),
        (
            "rm1",
            (alone, Kind::Note, Scope::Organisation, path("text"), json!("x")),
            RefusalCode::Contradiction,
        ),
        (
            "rm1",
            (
                alone,
                Kind::Task,
                Scope::User(profile("rm2").unwrap().user),
                path("title"),
                json!("x"),
            ),
            RefusalCode::NotVisible,
        ),
    ] {
        let mut tablet = bank.sign_in(login).await.unwrap();
        let own = customer(&mut tablet).await;
        let edit = Edit::create(record, kind, scope).set(path.clone(), to);
        let batch = [note(&tablet, own), tablet.mutation(edit).unwrap(), note(&tablet, own)];
        let response = tablet.sync(&batch).await.unwrap();
        assert_eq!(codes(&response), [None, Some(expected), None], "{login} {path}");
        let last = trail(&bank, "refused").await.pop().unwrap();
        assert!(last.starts_with(&batch[1].id.to_string()), "{last}");
    }
}

#[tokio::test]
async fn the_audit_holds_no_word_of_a_user() {
    let (bank, _folder) = bank().await;
    let mut tablet = bank.sign_in("rm1").await.unwrap();
    let id = customer(&mut tablet).await;
    let edit = Edit::create(id, Kind::Customer, Scope::Under(id)).set(path("tags.张三离婚"), "李四");
    let bad = tablet.mutation(edit).unwrap();
    let response = tablet.sync(std::slice::from_ref(&bad)).await.unwrap();
    assert_eq!(codes(&response), [Some(RefusalCode::InvalidValue)]);
    assert_eq!(trail(&bank, "refused").await, [format!("{} invalid_value", bad.id)]);
}

#[tokio::test]
async fn what_comes_before_its_record_is_refused_and_the_record_is_not() {
    let (bank, _folder) = bank().await;
    let mut tablet = bank.sign_in("rm1").await.unwrap();
    let create = tablet.mutation(tablet.new_customer("甲").unwrap()).unwrap();
    let early = note(&tablet, create.record);
    let response = tablet.sync(&[early.clone(), create.clone()]).await.unwrap();
    let refused = Some(RefusalCode::NotVisible);
    assert_eq!(codes(&response), [refused, None]);
    let again = tablet.sync(&[early, note(&tablet, create.record)]).await.unwrap();
    assert_eq!(
        codes(&again),
        [refused, None],
        "what was settled stays so; a new one is judged anew"
    );
    let sequences = [7, 3, 3, u64::MAX, 0];
    let notes = sequences.map(|device_seq| Mutation {
        device_seq,
        ..note(&tablet, create.record)
    });
    let response = tablet.sync(&notes).await.unwrap();
    assert_eq!(codes(&response), [None; 5], "identity decides, not the place in a row");
}

#[tokio::test]
async fn a_replayed_batch_is_answered_as_before_and_anothers_is_refused() {
    let (bank, _folder) = bank().await;
    let mut mine = bank.sign_in("rm1").await.unwrap();
    let id = customer(&mut mine).await;
    let foreign = note(&mine, RecordId::from_u128(0xbad));
    let batch = [note(&mine, id), foreign, note(&mine, id)];
    let body = mine.body(&batch, 100).unwrap().to_string();
    let first = mine.exchange(body.clone()).await.unwrap();
    let again = mine.exchange(body.clone()).await.unwrap();
    assert_eq!(codes(&first), [None, Some(RefusalCode::NotVisible), None]);
    assert_eq!(codes(&again), codes(&first));
    let mut thief = bank.sign_in("rm2").await.unwrap();
    let refused = [Some(RefusalCode::WrongAuthor); 3];
    assert_eq!(codes(&thief.exchange(body).await.unwrap()), refused);
    let notes = everything(&bank, "rm1").await;
    assert_eq!(notes.iter().filter(|record| record.kind == Kind::Note).count(), 2);
}

/// Signs somebody of another bank on the same database in.
async fn neighbour(bank: &Bank) -> Tablet<'_> {
    let store = &bank.state.store;
    let org = OrgId::from_u128(0x99);
    store.create_organisation(org, "邻行", "e0").await.unwrap();
    let mut account = store.account("rm1").await.unwrap().unwrap();
    account.profile = Profile {
        org,
        user: UserId::from_u128(0x999),
        login: "neighbour".to_owned(),
        ..account.profile
    };
    let mut writer = store.write(org).await.unwrap();
    writer.put_account(&account).await.unwrap();
    writer.commit().await.unwrap();
    bank.sign_in("neighbour").await.unwrap()
}

#[tokio::test]
async fn another_banks_ids_lead_nowhere() {
    let (bank, _folder) = bank().await;
    let mut mine = bank.sign_in("rm1").await.unwrap();
    let id = customer(&mut mine).await;
    let secret = note(&mine, id);
    mine.sync(std::slice::from_ref(&secret)).await.unwrap();
    let stored = async || testing::everything(&*bank.state.store, bank.state.org).await.unwrap();
    let before = stored().await;

    let mut other = neighbour(&bank).await;
    let own = customer(&mut other).await;
    other.device = mine.device;
    other.cursor = mine.cursor.clone();
    let mutation = |edit| other.mutation(edit).unwrap();
    let of = |record, kind| Edit::create(record, kind, Scope::Under(id));
    let taken = Mutation {
        id: secret.id,
        ..note(&other, own)
    };
    let batch = [
        mutation(of(RecordId::from_u128(1), Kind::Note).set(path("text"), "偷看")),
        mutation(of(id, Kind::Customer).set(path("name"), "改名")),
        mutation(Edit {
            operation: rapport_shared::record::mutation::Operation::Delete,
            ..of(id, Kind::Customer)
        }),
        mutation(of(secret.record, Kind::Note).set(path("text"), "改写")),
        taken,
        note(&other, own),
    ];
    let response = other.sync(&batch).await.unwrap();
    let (unseen, not_permitted) = (Some(RefusalCode::NotVisible), Some(RefusalCode::NotPermitted));
    assert_eq!(codes(&response)[..2], [unseen, not_permitted]);
    assert_eq!(codes(&response)[3..], [unseen, None, None]);
    assert!(response.page.rebuild, "the cursor is another bank's");
    let sent = response.page.records;
    assert!(sent.iter().all(|record| record.id != id && record.id != secret.record));

    assert_eq!(stored().await, before);
    assert_eq!(codes(&mine.sync(&[note(&mine, id)]).await.unwrap()), [None]);
    let elsewhere = bank.state.store.audit_trail(OrgId::from_u128(0x99), 100).await.unwrap();
    assert!(elsewhere.iter().any(|entry| entry.action == "refused"));
    assert!(elsewhere.iter().any(|entry| entry.action == "sign_in"));
    assert_eq!(trail(&bank, "refused").await.len(), 0);
}

#[tokio::test]
async fn a_cursor_of_ones_own_making_shows_nothing_and_breaks_nothing() {
    let (bank, _folder) = bank().await;
    let mut tablet = bank.sign_in("rm1").await.unwrap();
    customer(&mut tablet).await;
    let good = tablet.cursor.clone().unwrap().0;
    let (start, _) = good.split_once(".c.").unwrap();
    let mut other = bank.sign_in("rm3").await.unwrap();
    customer(&mut other).await;
    let huge = u64::MAX;
    let nobody = RecordId::from_u128(u128::MAX);
    let cursors = [
        other.cursor.clone().unwrap().0,
        good[..good.len() - 1].to_owned(),
        good[..10].to_owned(),
        format!("{start}.c.{huge}"),
        format!("{start}.l.{huge}.1"),
        format!("{start}.l.1.{huge}"),
        format!("{start}.b.1.{nobody}.{huge}"),
        format!("{start}.b.1.not-an-id.1"),
        format!("{start}.c.1e3"),
        format!("{start}.c.99999999999999999999999"),
        "\u{0}".to_owned(),
    ];
    for cursor in &cursors {
        tablet.cursor = Some(Cursor(cursor.clone()));
        let response = tablet.sync(&[]).await.unwrap();
        assert!(response.page.rebuild, "{cursor:?}");
        let foreign = response.page.records.iter().find(|record| {
            record.kind == Kind::Customer && record.text("owner") != Some(&tablet.user().unwrap().to_string())
        });
        assert_eq!(foreign, None, "{cursor:?}");
    }
    assert_eq!(trail(&bank, "cursor_refused").await.len(), cursors.len());
}

#[tokio::test]
async fn a_refused_request_is_written_down_by_its_code() {
    let (bank, _folder) = bank().await;
    let tablet = bank.sign_in("rm1").await.unwrap();
    let mut newer = tablet.body(&[], 1).unwrap();
    newer["protocol"] = json!(99);
    let mut many = tablet.body(&[], 1).unwrap();
    many["mutations"] = vec![json!({ "id": MutationId::new(MORNING, [0; 10]) }); MAXIMUM_MUTATIONS + 1].into();
    let post = |body: Vec<u8>| tablet.request(Method::POST, "/api/sync", body).unwrap();
    let mut packed = post(b"not gzip".to_vec());
    packed.headers_mut().insert("content-encoding", "gzip".parse().unwrap());
    let mut forged = post(b"{}".to_vec());
    forged.headers_mut().insert(CSRF_HEADER, "forged".parse().unwrap());
    let mut leaving = tablet.request(Method::POST, "/api/sign-out", Body::empty()).unwrap();
    leaving.headers_mut().remove(CSRF_HEADER);
    let bad = ProblemCode::BadRequest;
    for (request, expected, name) in [
        (post("客户".into()), bad, "bad_request"),
        (post(b"\xff\xfe".to_vec()), bad, "bad_request"),
        (post(nested(100_000).into()), bad, "bad_request"),
        (packed, bad, "bad_request"),
        (
            post(newer.to_string().into()),
            ProblemCode::ProtocolTooNew,
            "protocol_too_new",
        ),
        (post(many.to_string().into()), ProblemCode::TooLarge, "too_large"),
        (
            post(vec![b' '; MAXIMUM_REQUEST_BYTES + 1]),
            ProblemCode::TooLarge,
            "too_large",
        ),
        (forged, ProblemCode::BadCsrfToken, "bad_csrf_token"),
        (leaving, ProblemCode::BadCsrfToken, "bad_csrf_token"),
    ] {
        let (status, _, answer) = bank.send(request).await.unwrap();
        assert!(status.is_client_error(), "{name}: {status}");
        assert_eq!(problem(&answer).unwrap(), expected);
        assert_eq!(trail(&bank, "request_refused").await.pop().as_deref(), Some(name));
    }
    assert_eq!(trail(&bank, "request_refused").await.len(), 9);
}

#[tokio::test]
async fn a_name_no_store_can_hold_is_nobodys() {
    let (bank, _folder) = bank().await;
    for login in ["rm1\u{0}", "\u{0}", "\u{fffd}", &"长".repeat(300)] {
        let body = json!({ "login": login, "password": "x" }).to_string();
        let request = axum::http::Request::post("/api/sign-in").body(body.into()).unwrap();
        let (status, _, answer) = bank.send(request).await.unwrap();
        assert_eq!(
            (status, problem(&answer).unwrap()),
            (StatusCode::UNAUTHORIZED, ProblemCode::WrongCredentials),
            "{login:?}"
        );
    }
}
