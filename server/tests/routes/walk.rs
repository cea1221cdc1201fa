//! The walk: something is hidden from somebody, a customer out of sight or a circle one is not in, and is looked for in
//! everything that shows, counts, searches, exports or tells, on every store. It is found nowhere, and nothing answers
//! otherwise about it than about what is not there. An address of the router, a command, or a query of the shared crate
//! (`queries`) that the walk does not know fails it: whoever adds one says here what somebody could learn from it.

use std::collections::BTreeSet;
use std::process::Command;

use axum::body::Body;
use axum::http::{Method, StatusCode};
use rapport_server::exports::{Format, export};
use rapport_server::http;
use rapport_server::store::Touched;
use rapport_server::sync::view;
use rapport_server::testing::{Bank, PASSWORD, Tablet, profile};
use rapport_shared::descriptor::Writers;
use rapport_shared::ids::RecordId;
use rapport_shared::kinds;
use rapport_shared::record::mutation::{Edit, Mutation, Operation};
use rapport_shared::record::{FieldPath, Kind, Record, Scope, Version};
use rapport_shared::schema::{self, Shape};
use rapport_shared::sync::replica::{LogEntry, Op, Replica};
use rapport_shared::sync::wire::{Outcome, SyncResponse};
use serde_json::{Value, json};

use crate::bank;

#[path = "../../../shared/tests/rules/queries.rs"]
mod queries;

/// In every text of what is hidden, and nowhere else.
const MARK: &str = "潜龙九四一七";

/// What is hidden: a root and all under it.
struct Hidden {
    root: Record,
    inside: Vec<RecordId>,
}

impl Hidden {
    fn ids(&self) -> Vec<RecordId> {
        self.inside.iter().copied().chain([self.root.id]).collect()
    }
}

fn path(text: &str) -> FieldPath {
    FieldPath::parse(text).unwrap()
}

fn marked(what: &str) -> String {
    format!("{MARK}{what}")
}

fn id(number: u128) -> RecordId {
    RecordId::from_u128(0x019e_7047_63e3_7559_bcc3_0000_0000_0000 + number)
}

async fn push(tablet: &mut Tablet<'_>, edits: Vec<Edit>) -> Vec<RecordId> {
    let mutations: Vec<Mutation> = edits.into_iter().map(|edit| tablet.mutation(edit).unwrap()).collect();
    let response = tablet.sync(&mutations).await.unwrap();
    for acknowledgement in &response.acknowledgements {
        assert!(acknowledgement.outcome.version().is_some(), "{acknowledgement:?}");
    }
    mutations.iter().map(|mutation| mutation.record).collect()
}

/// A new record of `kind` with the mark in everything that is a text, as its descriptor has it.
fn filled(record: RecordId, kind: &Kind, scope: Scope) -> Edit {
    let fields = schema::fields_of(kind).iter();
    fields.fold(Edit::create(record, kind.clone(), scope), |edit, field| {
        match field.shape {
            Shape::Text => edit.set(path(field.name), marked(field.name)),
            Shape::Choice(choices) if field.is_required => edit.set(path(field.name), choices.names[0]),
            shape if shape.is_line() => edit.set(
                path(field.name),
                marked("").chars().take(shape.limit().unwrap()).collect::<String>(),
            ),
            _ => edit,
        }
    })
}

/// The kinds people write under a root of the kind `root`.
fn written_under(root: &Kind) -> Vec<&'static Kind> {
    let writes = |kind: &&Kind| !matches!(kinds::of(kind).writers, Writers::Server(_) | Writers::Nobody);
    let under = Kind::KNOWN.iter().filter(|kind| kinds::of(kind).lies_under(root));
    under.filter(writes).collect()
}

/// A root with something of every kind under it, a past, and a conflict. Two devices of its owner write it.
async fn fill(owner: &mut Tablet<'_>, second: &mut Tablet<'_>, create: Edit) -> Hidden {
    let kinds = written_under(&create.kind);
    let root = create.record;
    let field = if create.kind == Kind::Circle {
        "purpose"
    } else {
        "phone"
    };
    push(owner, vec![create]).await;
    let first = second.sync(&[]).await.unwrap().page.records;
    let seen = first.into_iter().find(|record| record.id == root).unwrap();
    let mut inside = Vec::new();
    for (number, kind) in (0..).zip(&kinds) {
        let record = RecordId::from_u128(u128::from_be_bytes(*root.as_bytes()) + 1 + number);
        inside.extend(push(owner, vec![filled(record, kind, Scope::Under(root))]).await);
    }
    let change = |to: &str| Edit::of(&seen).change(&seen, path(field), marked(to));
    push(owner, vec![change("one")]).await;
    push(second, vec![change("two")]).await;
    let pulled = owner.sync(&[]).await.unwrap().page.records;
    inside.extend(
        pulled
            .iter()
            .filter(|record| record.kind == Kind::Conflict)
            .map(|record| record.id),
    );
    assert!(inside.len() > kinds.len(), "there is a conflict too");
    Hidden { root: seen, inside }
}

/// A customer of rm1, and a circle that rm1 leads and rm2 has left.
async fn hide(bank: &Bank) -> (Hidden, Hidden) {
    let (mut owner, mut second) = (bank.sign_in("rm1").await.unwrap(), bank.sign_in("rm1").await.unwrap());
    let me = owner.session().unwrap().profile.clone();
    let customer = rapport_shared::customers::new_customer(id(0x100), &me)
        .set(path("name"), marked("公司"))
        .set(path("type"), "corporate");
    let customer = fill(&mut owner, &mut second, customer).await;
    let left = format!("members.{}", profile("rm2").unwrap().user);
    let circle = Edit::create(id(0x200), Kind::Circle, Scope::Under(id(0x200)))
        .set(path("name"), marked("退出方案"))
        .set(path("lead"), me.user.to_string())
        .set(path(&left), true);
    let circle = fill(&mut owner, &mut second, circle).await;
    let mut member = bank.sign_in("rm2").await.unwrap();
    assert!(
        shown(&member.sync(&[]).await.unwrap()).contains(MARK),
        "as long as it lasts"
    );
    push(
        &mut owner,
        vec![Edit::of(&circle.root).change(&circle.root, path(&left), Value::Null)],
    )
    .await;
    let gone = member.sync(&[]).await.unwrap().page;
    assert_eq!(gone.evicted, [circle.root.id], "who leaves loses it on the device too");
    (customer, circle)
}

fn shown(response: &SyncResponse) -> String {
    serde_json::to_string(response).unwrap()
}

/// Nothing of it is in what was answered.
fn check_clean(who: &str, what: &str, text: &str, hidden: &[RecordId]) {
    assert!(!text.contains(MARK), "{who} reads it in {what}: {text}");
    for id in hidden {
        assert!(!text.contains(&id.to_string()), "{who} meets {id} in {what}: {text}");
    }
}

async fn answer(bank: &Bank, tablet: &Tablet<'_>, method: Method, path: &str, body: String) -> (StatusCode, String) {
    let request = tablet.request(method, path, Body::from(body)).unwrap();
    let (status, headers, body) = bank.send(request).await.unwrap();
    let headers: Vec<String> = headers
        .iter()
        .map(|(name, value)| format!("{name}: {value:?}"))
        .collect();
    (
        status,
        format!("{} {}", headers.join("\n"), String::from_utf8_lossy(&body)),
    )
}

/// What is asked at an address by somebody who would like to know. `None` for an address the walk does not know.
async fn ask(bank: &Bank, tablet: &mut Tablet<'_>, address: &str, hidden: &[&Hidden]) -> Option<Vec<String>> {
    let mut heard = Vec::new();
    match address {
        "post /api/sign-in" => {
            let body = json!({ "login": tablet.session().unwrap().profile.login, "password": PASSWORD });
            heard.push(
                answer(bank, tablet, Method::POST, "/api/sign-in", body.to_string())
                    .await
                    .1,
            );
        }
        // Nothing is answered; done last, for it ends the session.
        "post /api/sign-out" => {}
        "get /api/session" | "get /api/openapi.json" | "get /healthz" => {
            let path = address.split_once(' ')?.1;
            heard.push(answer(bank, tablet, Method::GET, path, String::new()).await.1);
        }
        // It says nothing but that there is something: `words` looks when.
        "get /api/events" => {}
        "post /api/sync" => {
            tablet.cursor = None;
            heard.push(shown(&tablet.sync(&[]).await.unwrap()));
            heard.extend(tried(tablet, hidden).await);
        }
        "post /api/customers/search" => {
            for text in ["", MARK, "潜龙", "qianlong", "9417", &hidden[0].root.id.to_string()] {
                let body = json!({ "text": text, "limit": 100 }).to_string();
                let (_, found) = answer(bank, tablet, Method::POST, "/api/customers/search", body).await;
                assert!(
                    found.contains("\"found\":0"),
                    "nobody here has a customer in sight: {found}"
                );
                heard.push(found);
            }
        }
        "get /api/customers/{id}" => {
            let absent = answer(
                bank,
                tablet,
                Method::GET,
                &format!("/api/customers/{}", id(0xfff)),
                String::new(),
            )
            .await;
            for id in hidden.iter().flat_map(|hidden| hidden.ids()) {
                let found = answer(
                    bank,
                    tablet,
                    Method::GET,
                    &format!("/api/customers/{id}"),
                    String::new(),
                )
                .await;
                assert_eq!(found.0, absent.0, "as for what is not there");
                assert_eq!(found.1, absent.1);
                heard.push(found.1);
            }
        }
        _ => return None,
    }
    Some(heard)
}

/// Writes to what is hidden are answered as writes to what is not there.
async fn tried(tablet: &mut Tablet<'_>, hidden: &[&Hidden]) -> Vec<String> {
    let mut heard = Vec::new();
    for hidden in hidden {
        let (root, kind) = (hidden.root.id, hidden.root.kind.clone());
        let tries = |root: RecordId, inside: RecordId| {
            let under = Scope::Under(root);
            let change = |record, kind, field| Edit {
                base: Version(9),
                ..Edit::create(record, kind, under).set(path(field), "x")
            };
            let mut edits = Vec::new();
            for (number, kind) in (0..).zip(Kind::KNOWN) {
                let field = schema::fields_of(kind)[0].name;
                let delete = Edit {
                    operation: Operation::Delete,
                    ..change(inside, kind.clone(), field)
                };
                let new = Edit::create(id(0xf00 + number), kind.clone(), under).set(path(field), "x");
                edits.extend([new, change(inside, kind.clone(), field), delete]);
            }
            edits
        };
        let mut answers = Vec::new();
        for edits in [tries(root, hidden.inside[0]), tries(id(0xffe), id(0xffd))] {
            let mutations: Vec<Mutation> = edits.into_iter().map(|edit| tablet.mutation(edit).unwrap()).collect();
            let response = tablet.sync(&mutations).await.unwrap();
            assert_eq!(response.acknowledgements.len(), mutations.len());
            heard.push(shown(&response));
            let outcomes = response
                .acknowledgements
                .into_iter()
                .map(|acknowledgement| acknowledgement.outcome);
            answers.push(outcomes.collect::<Vec<Outcome>>());
        }
        assert_eq!(answers[0], answers[1], "{kind}: the hidden and the absent");
        assert!(answers[0].iter().all(|outcome| outcome.version().is_none()));
        // By its own id, or one inside, from a place of one's own: never taken, and nothing told but that.
        let own = Scope::User(tablet.user().unwrap());
        for record in hidden.ids() {
            let edit = Edit::create(record, Kind::Task, own).set(path("title"), "x");
            let mutation = tablet.mutation(edit).unwrap();
            let response = tablet.sync(&[mutation]).await.unwrap();
            assert!(response.acknowledgements[0].outcome.version().is_none());
            heard.push(shown(&response));
        }
    }
    heard
}

/// The addresses of the router, as `method path`: what the interface says of each that the router has.
async fn addresses(bank: &Bank) -> Vec<String> {
    let request = axum::http::Request::get("/api/openapi.json")
        .body(Body::empty())
        .unwrap();
    let (_, _, body) = bank.send(request).await.unwrap();
    let document: Value = serde_json::from_slice(&body).unwrap();
    let paths = document["paths"].as_object().unwrap();
    // Whatever else lies under `/api` is answered by a word that there is nothing.
    let routed = http::paths().filter(|path| *path != "/api/{*rest}");
    let routed: BTreeSet<&str> = routed.collect();
    let told: BTreeSet<&str> = paths.keys().map(String::as_str).collect();
    assert_eq!(routed, told, "every address is told, and no other");
    let operations = paths.iter().flat_map(|(path, item)| {
        let methods = item
            .as_object()
            .unwrap()
            .keys()
            .filter(|method| *method != "parameters");
        methods.map(move |method| format!("{method} {path}"))
    });
    operations.collect()
}

#[tokio::test]
async fn what_is_hidden_is_at_no_address() {
    let (bank, _folder) = bank().await;
    let (customer, circle) = hide(&bank).await;
    let (both, only_circle) = (vec![&customer, &circle], vec![&circle]);
    for (login, hidden) in [
        ("rm2", &both),
        ("rm3", &both),
        // They read customers further than their own; circles they read no further than they are in.
        ("lead1", &only_circle),
        ("office", &only_circle),
        ("admin", &only_circle),
    ] {
        let mut tablet = bank.sign_in(login).await.unwrap();
        let ids: Vec<RecordId> = hidden.iter().flat_map(|hidden| hidden.ids()).collect();
        for address in addresses(&bank).await {
            if hidden.len() == 1 && address.contains("customers/search") {
                // The customer is theirs to find, and not the circle.
                let body = json!({ "text": "", "limit": 100 }).to_string();
                let (_, found) = answer(&bank, &tablet, Method::POST, "/api/customers/search", body).await;
                assert!(
                    found.contains("\"found\":1") && !found.contains(&circle.root.id.to_string()),
                    "{found}"
                );
                continue;
            }
            let heard = ask(&bank, &mut tablet, &address, hidden).await;
            let heard = heard.unwrap_or_else(|| unreachable!("say in the walk what {address} could tell"));
            for text in heard {
                check_clean(login, &address, &text, &ids);
            }
        }
        let replica = replica(&mut tablet).await;
        walk_queries(login, &replica, &ids);
    }
    // What nobody else may see is there all the same.
    let mut owner = bank.sign_in("rm1").await.unwrap();
    let all = shown(&owner.sync(&[]).await.unwrap());
    assert!(
        both.iter()
            .flat_map(|hidden| hidden.ids())
            .all(|id| all.contains(&id.to_string()))
    );
}

/// Whom a commit concerns is told to nobody else: no word on an open line.
#[tokio::test]
async fn what_is_hidden_wakes_nobody() {
    let (bank, _folder) = bank().await;
    let (customer, circle) = hide(&bank).await;
    let mut owner = bank.sign_in("rm1").await.unwrap();
    for (hidden, logins) in [
        (&customer, &["rm2", "rm3"][..]),
        (&circle, &["rm2", "rm3", "lead1", "office", "admin"]),
    ] {
        let before = bank
            .state
            .store
            .read(bank.state.org)
            .await
            .unwrap()
            .head()
            .await
            .unwrap()
            .sequence;
        let note = Edit::create(id(0x300), Kind::Note, Scope::Under(hidden.root.id)).set(path("text"), marked("x"));
        let note = Edit {
            record: RecordId::from_u128(u128::from_be_bytes(*hidden.root.id.as_bytes()) + 77),
            ..note
        };
        push(&mut owner, vec![note]).await;
        let touched: Touched = bank
            .state
            .store
            .read(bank.state.org)
            .await
            .unwrap()
            .touched(before)
            .await
            .unwrap();
        for login in logins {
            let view = view(&profile(login).unwrap());
            assert_eq!(touched.last_for(&view), Version::NONE, "{login}");
        }
        assert!(touched.last_for(&view(&profile("rm1").unwrap())) > before);
    }
}

/// What a device of this user holds once it has pulled everything.
async fn replica(tablet: &mut Tablet<'_>) -> Replica {
    tablet.cursor = None;
    let page = tablet.sync(&[]).await.unwrap().page;
    assert!(!page.more);
    let mut replica = Replica::default();
    let records = page.records.into_iter().map(Op::Put);
    replica.apply(LogEntry(
        records.chain(page.history.into_iter().map(Op::History)).collect(),
    ));
    replica
}

fn walk_queries(who: &str, replica: &Replica, hidden: &[RecordId]) {
    let records: Vec<&Record> = Kind::KNOWN.iter().flat_map(|kind| replica.iter(kind)).collect();
    assert!(!records.is_empty());
    for (name, query) in queries::all_queries() {
        // What leads hold of customers is theirs; the hidden has its ids.
        let text = query(&records);
        for id in hidden {
            assert!(!text.contains(&id.to_string()), "{who} meets {id} in {name}");
        }
        check_clean(who, name, &text, hidden);
    }
    for id in hidden {
        assert!(replica.base(*id).is_none() && replica.history(*id).is_empty());
        assert_eq!(replica.of_customer(*id).count(), 0);
        assert_eq!(replica.customer_name(*id), None);
    }
    assert_eq!(replica.iter(&Kind::Circle).count(), 0);
}

#[tokio::test]
async fn what_is_hidden_from_administrators_is_in_no_export() {
    let (bank, _folder) = bank().await;
    let (customer, circle) = hide(&bank).await;
    let own = Edit::create(id(0x400), Kind::Task, Scope::User(profile("rm1").unwrap().user));
    let mut owner = bank.sign_in("rm1").await.unwrap();
    push(&mut owner, vec![own.set(path("title"), "只给自己")]).await;
    let mut found = BTreeSet::new();
    for kind in Kind::KNOWN {
        for format in [Format::Csv, Format::JsonLines] {
            let exported = export(&*bank.state.store, bank.state.org, kind, format, bank.now())
                .await
                .unwrap();
            assert!(
                circle.ids().iter().all(|id| !exported.0.contains(&id.to_string())),
                "{kind}: {}",
                exported.0
            );
            assert!(!exported.0.contains("只给自己"), "{kind}: {}", exported.0);
            found.extend(
                customer
                    .ids()
                    .into_iter()
                    .filter(|id| exported.0.contains(&id.to_string())),
            );
        }
    }
    assert_eq!(found.len(), customer.ids().len(), "administrators read every customer");
}

/// The commands of the program; what they print of records.
#[test]
fn the_walk_knows_every_command() {
    let known = BTreeSet::from([
        // Nothing of a record.
        "serve", "user", "help",
        // What is in the file that is read, and nothing of what was there before.
        "import",   // See `what_is_hidden_from_administrators_is_in_no_export`.
        "export",   // The customers of one person by name, and no other roots.
        "handover", // An empty database is filled.
        "demo",
    ]);
    let help = Command::new(env!("CARGO_BIN_EXE_rapport"))
        .arg("--help")
        .output()
        .unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let commands = help
        .split("Commands:")
        .nth(1)
        .unwrap()
        .lines()
        .skip(1)
        .take_while(|line| !line.is_empty());
    let found: BTreeSet<&str> = commands.filter_map(|line| line.split_whitespace().next()).collect();
    assert!(found.contains("export"), "the commands are read from {help}");
    let missing: Vec<_> = found.difference(&known).collect();
    assert!(missing.is_empty(), "say in the walk what {missing:?} could tell");
}
