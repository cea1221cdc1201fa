//! Books as each version of this program left them in the browser, opened by today's: everything is there, and unsent
//! work is sent. The files are never changed. When what is stored has changed, and the layout's version with it,
//! `RAPPORT_GOLDEN=write cargo xtask test wasm` fails with the content of the next file.

use rapport_shared::ids::MutationId;
use rapport_shared::record::mutation::{Change, Mutation, Operation};
use rapport_shared::sync::engine::{Command, Engine, Event};
use rapport_shared::sync::wire::HistoryEntry;
use rapport_shared::vault::kdf::KdfParameters;
use serde_json::json;

use super::*;
use crate::book::restore::{Early, Reading, first_rows};
use crate::db::tests::raw::{Raw, open_as_next_version};
use crate::db::{Appended, StoreError, VERSION};

const BOOKS: [&str; 5] = [
    include_str!("../../../tests/golden/book-1.json"),
    include_str!("../../../tests/golden/book-2.json"),
    include_str!("../../../tests/golden/book-3.json"),
    include_str!("../../../tests/golden/book-4.json"),
    include_str!("../../../tests/golden/book-5.json"),
];
const PASSPHRASE: &str = "correct horse 电池";
const NO_WORKER: &str = "/no-worker.js";
const DEVICE: DeviceId = DeviceId::from_u128(7);
const CURSOR: &str = "2.e0.00.9.c.9";

fn stamp(version: u64) -> Stamp {
    Stamp {
        version: Version(version),
        at: Timestamp::from_milliseconds(1_790_000_000_000),
        by: USER,
        device: DeviceId::from_u128(1),
    }
}

fn customer(number: u128, name: &str) -> Op {
    let id = RecordId::from_u128(100 + number);
    let field = |path, value: &str| (FieldPath::known(path), value.into());
    Op::Put(Record {
        id,
        kind: Kind::Customer,
        scope: Scope::Under(id),
        version: Version(2),
        fields: [
            field("name", name),
            field("type", "corporate"),
            field("owner", &USER.to_string()),
            field("phone", "1"),
        ]
        .into(),
        created: stamp(1),
        stamps: BTreeMap::from([(FieldPath::known("phone"), stamp(2))]),
        deleted: None,
        unknown: BTreeMap::from([("projector".to_owned(), json!({ "kept": true }))]),
    })
}

fn phone(number: u128, customer: u128) -> Mutation {
    let record = RecordId::from_u128(100 + customer);
    let change = Change {
        from: json!("1"),
        to: json!(format!("021-{number}")),
    };
    Mutation {
        id: MutationId::from_u128(number),
        device: DEVICE,
        device_seq: 0,
        author: USER,
        at: Timestamp::from_milliseconds(1_790_000_001_000),
        record,
        kind: Kind::Customer,
        scope: Scope::Under(record),
        base: Version(2),
        operation: Operation::Write(BTreeMap::from([(FieldPath::known("phone"), change)])),
        unknown: BTreeMap::new(),
    }
}

/// What the server sent at the beginning.
fn first_page() -> Vec<Op> {
    let past = HistoryEntry {
        record: RecordId::from_u128(101),
        path: Some(FieldPath::known("phone")),
        from: json!("0"),
        to: json!("1"),
        stamp: stamp(2),
        mutation: MutationId::from_u128(900),
        stands: true,
        unknown: BTreeMap::new(),
    };
    vec![
        customer(1, "上海华信科技有限公司"),
        customer(2, "杭州恒源纺织厂"),
        customer(3, "苏州新客户"),
        Op::History(past),
        Op::Enqueue(phone(901, 1)),
        Op::Progress {
            cursor: Cursor(CURSOR.to_owned()),
            clock_offset: -250,
            at: Timestamp::from_milliseconds(1_790_000_000_000),
            complete: true,
        },
    ]
}

/// The story every golden book tells, one log entry after the other; the first [`FOLDED`] lie in pages by now.
fn story() -> Vec<LogEntry> {
    let acknowledge = Op::Acknowledge {
        id: MutationId::from_u128(901),
        version: Version(9),
        clean: true,
        at: Timestamp::from_milliseconds(1_790_000_002_000),
    };
    let refuse = Op::Refuse {
        id: MutationId::from_u128(903),
        refusal: Refusal::field(RefusalCode::NotPermitted, FieldPath::known("phone")),
    };
    let draft = Op::PutDraft {
        key: "note".to_owned(),
        value: json!({ "text": "写了一半" }),
    };
    let entries = [
        vec![first_entry().0.swap_remove(0)],
        first_page(),
        vec![acknowledge],
        vec![Op::Enqueue(phone(902, 2)), Op::Enqueue(phone(903, 3))],
        vec![refuse],
        vec![draft],
        vec![Op::Enqueue(phone(904, 1))],
    ];
    entries.into_iter().map(LogEntry).collect()
}

const FOLDED: u64 = 2;

/// Today's golden book, written by today's code.
async fn write_golden() -> String {
    let name = "golden-new";
    DeviceStore::open(name).await.unwrap().delete().await.unwrap();
    let store = DeviceStore::open(name).await.unwrap();
    let random = Random::of_page().unwrap();
    let kdf = KdfParameters {
        memory_kib: 64,
        iterations: 1,
        lanes: 1,
        salt: random.bytes().unwrap(),
    };
    let created = Keys::create_with(kdf, DEVICE, PASSPHRASE, NO_WORKER, random).await;
    let (keys, vault) = created.unwrap();
    let mut replica = Replica::default();
    let mut unsent = 0;
    for (number, entry) in (1_u64..).zip(story()) {
        let sealed = keys.seal_log(number, &entry.to_bytes().unwrap()).unwrap();
        unsent += entry.unsent_more();
        let so_far = u32::try_from(unsent).unwrap();
        if number == 1 {
            store.create(&vault, &sealed).await.unwrap();
        } else {
            assert_eq!(store.append(number, so_far, &sealed).await, Ok(Appended::Durable));
        }
        replica.apply(entry);
        if number == FOLDED {
            let marker = Marker {
                epoch: 1,
                folded: FOLDED,
                unsent: so_far,
            };
            let checkpoint = sealed_checkpoint(&keys, &replica, marker);
            assert_eq!(store.checkpoint(checkpoint).await, Ok(true));
        }
    }
    serde_json::to_string_pretty(&Raw::read(name, VERSION).await).unwrap()
}

/// Opens the book `name` as unlocking does.
async fn open(name: &str) -> (Keys, Replica, u64) {
    let store = DeviceStore::open(name).await.unwrap();
    let vault = store.vault().await.unwrap().unwrap();
    let keys = Keys::unlock(&vault, PASSPHRASE, NO_WORKER, Random::of_page().unwrap()).await;
    let keys = keys.unwrap();
    let restored = restore(store.read().await.unwrap(), &keys).await.unwrap();
    (keys, restored.replica, restored.last)
}

fn tells_the_story(replica: &Replica) {
    for (number, name, phone) in [
        (101, "上海华信科技有限公司", "021-904"),
        (102, "杭州恒源纺织厂", "021-902"),
        (103, "苏州新客户", "1"),
    ] {
        let customer = replica.get(RecordId::from_u128(number)).unwrap();
        assert_eq!(
            (customer.text("name"), customer.text("phone")),
            (Some(name), Some(phone))
        );
        assert!(customer.unknown.contains_key("projector"));
    }
    let unsent = replica.outbox().iter();
    let unsent: Vec<_> = unsent.map(|mutation| (mutation.id, mutation.device_seq)).collect();
    let expected = [(902, 2), (904, 4)].map(|(id, seq)| (MutationId::from_u128(id), seq));
    assert_eq!(unsent, expected);
    let refused = replica.refused().iter();
    let refused: Vec<_> = refused
        .map(|refused| {
            (
                refused.mutation.id,
                refused.refusal.code,
                refused.customer_name.as_deref(),
            )
        })
        .collect();
    let expected = (
        MutationId::from_u128(903),
        RefusalCode::NotPermitted,
        Some("苏州新客户"),
    );
    assert_eq!(refused, [expected]);
    assert_eq!(replica.draft("note"), Some(&json!({ "text": "写了一半" })));
    assert_eq!((replica.len(), replica.clock_offset()), (3, -250));
    let history = replica.history(RecordId::from_u128(101)).into_iter();
    let written: Vec<_> = history.map(|entry| entry.to).collect();
    assert_eq!(written, [json!("021-904"), json!("021-901"), json!("1")]);
}

#[wasm_bindgen_test]
async fn golden_books_are_opened_and_worked_on() {
    if option_env!("RAPPORT_GOLDEN") == Some("write") {
        let golden = write_golden().await;
        unreachable!("app/tests/golden/book-{VERSION}.json:\n{golden}");
    }
    for book in BOOKS {
        let golden: Raw = serde_json::from_str(book).unwrap();
        golden.write("golden").await;
        let (keys, replica, last) = open("golden").await;
        assert_eq!(keys.device(), DEVICE);
        tells_the_story(&replica);
        // Unsent work is sent, from where the last page ended.
        let mut engine = Engine::new(keys.device(), replica);
        let owner = engine.replica().profile().unwrap().clone();
        let mut entropy = Random::of_page().unwrap().identities();
        let commands = engine.handle(Event::SessionReady(owner), clock::now(), &mut entropy);
        let [Command::Send(_, request)] = &commands[..] else {
            unreachable!("{commands:?}")
        };
        assert!(request.mutations.iter().eq(engine.replica().outbox().iter()));
        assert_eq!(request.cursor, Some(Cursor(CURSOR.to_owned())));
        // And the book is written on.
        let store = DeviceStore::open("golden").await.unwrap();
        assert_eq!(store.unsent().await, Ok(3));
        let entry = LogEntry(vec![Op::RemoveDraft("other".to_owned())]);
        let sealed = keys.seal_log(last + 1, &entry.to_bytes().unwrap()).unwrap();
        assert_eq!(store.append(last + 1, 3, &sealed).await, Ok(Appended::Durable));
        let (_, replica, end) = open("golden").await;
        assert_eq!(end, last + 1);
        tells_the_story(&replica);
    }
}

#[wasm_bindgen_test]
async fn a_book_of_the_first_version_is_opened_whole_and_laid_out_anew() {
    let golden: Raw = serde_json::from_str(BOOKS[0]).unwrap();
    golden.write("golden-first").await;
    let (keys, _, _) = open("golden-first").await;
    let store = Rc::new(DeviceStore::open("golden-first").await.unwrap());
    let cards = async || {
        let reading = Reading::of(Early::read(store.clone()).book, &keys).await;
        reading.unwrap().cards()
    };
    assert!(cards().await.is_none());
    fold(&store, &keys).await;
    let cards = cards().await.unwrap();
    assert_eq!(cards.iter(&Kind::Customer).count(), 3);
    let (_, replica, _) = open("golden-first").await;
    tells_the_story(&replica);
}

#[wasm_bindgen_test]
async fn a_book_without_first_rows_gets_some() {
    for (book, had) in BOOKS.into_iter().zip([false, false, true, true, true]) {
        let golden: Raw = serde_json::from_str(book).unwrap();
        golden.write("golden-rows").await;
        let (keys, _, _) = open("golden-rows").await;
        let store = DeviceStore::open("golden-rows").await.unwrap();
        let first = async || first_rows(store.read_ahead().await.unwrap()?, &keys);
        // What was logged since is about the customers.
        assert_eq!(store.read_ahead().await.unwrap().is_some(), had);
        assert!(first().await.is_none());
        fold(&store, &keys).await;
        let first = first().await.unwrap();
        assert_eq!((first.total, first.unsent, first.refused), (3, 2, 1));
        let (_, replica, _) = open("golden-rows").await;
        tells_the_story(&replica);
    }
}

#[wasm_bindgen_test]
async fn the_next_version_finds_all_of_a_book_and_this_one_leaves_it_alone_then() {
    for book in BOOKS {
        let golden: Raw = serde_json::from_str(book).unwrap();
        golden.write("golden-next").await;
        // Brought up to this version first, where it is older.
        DeviceStore::open("golden-next").await.unwrap();
        open_as_next_version("golden-next").await;
        let refused = DeviceStore::open("golden-next").await;
        assert_eq!(refused.err(), Some(StoreError::NewerVersion));
        open_as_next_version("golden-next").await;
        let found = Raw::read("golden-next", VERSION + 1).await;
        assert_eq!(found.stores, golden.stores);
    }
}

#[wasm_bindgen_test]
async fn what_a_newer_program_sealed_is_called_newer_not_damaged() {
    let keys = Keys::for_test(1);
    let check = async |plain: &str, expected: VaultError| {
        let stored = Stored {
            log: vec![(1, keys.seal_log(1, plain.as_bytes()).unwrap())],
            ..Stored::default()
        };
        assert_eq!(restore(stored, &keys).await.err(), Some(expected), "{plain}");
    };
    check(r#"[{ "teleport": { "to": "Pudong" } }]"#, VaultError::TooNew).await;
    check("not a log entry", VaultError::Damaged).await;
}
