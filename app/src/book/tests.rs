//! The book in a real browser: tabs over one store agree and lose nothing, whatever a tab missed; drafts survive the
//! lock; what is damaged is not opened. There is no server here.
#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use futures::future::{join, join_all};
use gloo::timers::future::TimeoutFuture;
use leptos::prelude::*;
use rapport_shared::ids::{DeviceId, IdEntropy, OrgId, RecordId, UserId};
use rapport_shared::record::mutation::Edit;
use rapport_shared::record::profile::{Profile, Role};
use rapport_shared::record::refusal::{Refusal, RefusalCode};
use rapport_shared::record::{FieldPath, Kind, Record, Scope, Stamp, Version};
use rapport_shared::sync::engine::Entropy;
use rapport_shared::sync::replica::{LogEntry, Op, Replica};
use rapport_shared::sync::wire::Cursor;
use rapport_shared::time::Timestamp;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

use super::between_tabs;
use super::restore::restore;
use super::state::{Signals, State};
use super::types::{DraftState, Phase, SaveError};
use super::writer::first_rows;
use super::{Book, Installed};
use crate::db::{DeviceStore, Marker, SealedCheckpoint, Stored, StoredPage};
use crate::platform::channel::Channel;
use crate::platform::clock;
use crate::platform::random::Random;
use crate::vault::{Keys, VaultError};

mod golden;
pub(crate) mod preview;

wasm_bindgen_test_configure!(run_in_browser);

pub(crate) const CUSTOMER: RecordId = RecordId::from_u128(100);
const USER: UserId = UserId::from_u128(10);

fn first_entry() -> LogEntry {
    let stamp = Stamp {
        version: Version(1),
        at: Timestamp::from_milliseconds(0),
        by: USER,
        device: DeviceId::from_u128(1),
    };
    let field = |path, value: &str| (FieldPath::known(path), value.into());
    let customer = Record {
        id: CUSTOMER,
        kind: Kind::Customer,
        scope: Scope::Under(CUSTOMER),
        version: Version(1),
        fields: [
            field("name", "万科企业股份有限公司"),
            field("type", "corporate"),
            field("owner", &USER.to_string()),
        ]
        .into(),
        created: stamp,
        stamps: BTreeMap::new(),
        deleted: None,
        unknown: BTreeMap::new(),
    };
    let profile = Profile {
        org: OrgId::from_u128(1),
        user: USER,
        login: "rm1".to_owned(),
        name: "陈晓东".to_owned(),
        role: Role::RelationshipManager,
        team: None,
        branch: None,
    };
    LogEntry(vec![
        Op::Profile(profile),
        Op::Put(customer),
        Op::Progress {
            cursor: Cursor("1".to_owned()),
            clock_offset: 0,
            at: Timestamp::from_milliseconds(0),
            complete: true,
        },
    ])
}

/// A new book on the device.
pub(crate) async fn begin(name: &str) {
    let store = DeviceStore::open(name).await.unwrap();
    store.delete().await.unwrap();
    let store = DeviceStore::open(name).await.unwrap();
    let plain = first_entry().to_bytes().unwrap();
    let sealed = Keys::for_test(1).seal_log(1, &plain).unwrap();
    store.create("vault", &sealed).await.unwrap();
}

/// Folds all of the log into pages, as the tab that synchronises does.
async fn fold(store: &DeviceStore, keys: &Keys) {
    let stored = store.read().await.unwrap();
    let epoch = stored.marker.epoch + 1;
    let restored = restore(stored, keys).await.unwrap();
    let marker = Marker {
        epoch,
        folded: restored.last,
        unsent: u32::try_from(restored.replica.unsent()).unwrap(),
    };
    let checkpoint = sealed_checkpoint(keys, &restored.replica, marker);
    assert_eq!(store.checkpoint(checkpoint).await, Ok(true));
}

fn sealed_checkpoint(keys: &Keys, replica: &Replica, marker: Marker) -> SealedCheckpoint {
    let plain = replica.checkpoint(Some(Installed::tables().order)).unwrap();
    let pages = plain.pages.iter().map(|(page, bytes)| {
        let sealed = bytes.as_ref().map(|bytes| keys.seal_page(page.0, bytes).unwrap());
        (page.0, sealed)
    });
    SealedCheckpoint {
        marker,
        head: keys.seal_head(marker, &plain.head).unwrap(),
        pages: pages.collect(),
        first_rows: plain.first_rows.map(|rows| first_rows(keys, marker, &rows).unwrap()),
    }
}

/// One tab in which the book is open.
pub(crate) struct Tab {
    state: Rc<State>,
    owner: Owner,
}

impl Tab {
    /// The book as a screen has it.
    pub(crate) fn book(&self) -> Book {
        self.owner.with(|| Book {
            signals: self.state.signals,
            state: StoredValue::new_local(Some(self.state.clone())),
        })
    }

    /// Draws what lives as long as this tab.
    pub(crate) fn with<T>(&self, draw: impl FnOnce() -> T) -> T {
        self.owner.with(draw)
    }

    fn locked() -> Self {
        let owner = Owner::new();
        let state = owner.with(|| State::new(Signals::new(), Random::of_page().unwrap(), String::new()));
        state.install(Installed::tables());
        Self { state, owner }
    }

    pub(crate) async fn open(name: &str) -> Self {
        let tab = Self::locked();
        let store = Rc::new(DeviceStore::open(name).await.unwrap());
        let stored = store.read().await.unwrap();
        let (keys, marker) = (Keys::for_test(1), stored.marker);
        let restored = restore(stored, &keys).await.unwrap();
        tab.state.enter_whole(keys, store, marker, restored);
        tab
    }

    async fn note(&self, text: &str) -> Result<(), SaveError> {
        let entropy: IdEntropy = self.state.random.identities().draw();
        let id = RecordId::new(clock::now(), entropy);
        let edit = Edit::create(id, Kind::Note, Scope::Under(CUSTOMER));
        let edit = edit.set(FieldPath::known("text"), text);
        self.state.save(vec![edit], None, None).await
    }

    /// Takes over what other tabs have written, and comes to rest.
    pub(crate) async fn settle(&self) {
        let writer = self.state.open.borrow().as_ref().unwrap().writer.clone();
        writer.catch_up(&self.state);
        writer.rest().await;
    }

    fn notes(&self) -> Vec<String> {
        self.state.held(|replica| {
            let notes = replica.iter(&Kind::Note);
            let mut notes: Vec<String> = notes.map(|note| note.text("text").unwrap().to_owned()).collect();
            notes.sort();
            notes
        })
    }

    fn device_seqs(&self) -> Vec<u64> {
        let open = self.state.open.borrow();
        let outbox = open.as_ref().unwrap().engine.replica().outbox().iter();
        outbox.map(|mutation| mutation.device_seq).collect()
    }
}

impl Drop for Tab {
    fn drop(&mut self) {
        self.state.lock();
    }
}

#[wasm_bindgen_test]
async fn two_tabs_that_write_at_once_agree_and_lose_nothing() {
    begin("book-two").await;
    let (one, two) = (Tab::open("book-two").await, Tab::open("book-two").await);
    one.state.listen();
    two.state.listen();
    let texts = |tab: &str| (0..20).map(|number| format!("{tab} {number}")).collect::<Vec<_>>();
    let (ones, twos) = (texts("one"), texts("two"));
    let saves = async |tab: &Tab, texts: &[String]| join_all(texts.iter().map(|text| tab.note(text))).await;
    let (first, second) = join(saves(&one, &ones), saves(&two, &twos)).await;
    assert!(first.into_iter().chain(second).all(|saved| saved.is_ok()));
    one.settle().await;
    two.settle().await;
    let mut expected = [ones, twos].concat();
    expected.sort();
    assert_eq!(one.notes(), expected);
    assert_eq!(two.notes(), expected);
    // One order: the same numbers in both, each once.
    assert_eq!(one.device_seqs(), (1..=40).collect::<Vec<_>>());
    assert_eq!(two.device_seqs(), one.device_seqs());
    assert_eq!(Tab::open("book-two").await.notes(), expected);
}

#[wasm_bindgen_test]
async fn a_locked_book_knows_how_much_is_unsent() {
    begin("book-unsent").await;
    let tab = Tab::open("book-unsent").await;
    for text in ["one", "two"] {
        tab.note(text).await.unwrap();
    }
    drop(tab);
    let store = DeviceStore::open("book-unsent").await.unwrap();
    assert_eq!(store.unsent().await, Ok(2));
}

#[wasm_bindgen_test]
async fn a_tab_that_missed_a_checkpoint_reads_everything_anew() {
    begin("book-missed").await;
    let leader = Tab::open("book-missed").await;
    // It hears nothing, as if it had been asleep.
    let sleeper = Tab::open("book-missed").await;
    let mut expected = BTreeSet::new();
    for number in 0..405 {
        let text = format!("{number:03}");
        leader.note(&text).await.unwrap();
        expected.insert(text);
    }
    let store = DeviceStore::open("book-missed").await.unwrap();
    while store.log_after(0).await.unwrap().0.epoch == 0 {
        // Folded once nobody has saved for a while.
        TimeoutFuture::new(50).await;
    }
    leader.settle().await;
    assert!(sleeper.notes().is_empty());
    sleeper.note("awake").await.unwrap();
    expected.insert("awake".to_owned());
    let expected: Vec<String> = expected.into_iter().collect();
    assert_eq!(sleeper.notes(), expected);
    leader.settle().await;
    assert_eq!(leader.notes(), expected);
    assert_eq!(Tab::open("book-missed").await.notes(), expected);
}

#[wasm_bindgen_test]
async fn a_draft_survives_the_lock_and_goes_with_its_save() {
    begin("book-draft").await;
    let tab = Tab::open("book-draft").await;
    tab.state.put_draft("note".to_owned(), Some("half a thought".into()));
    assert_eq!(tab.state.draft("note"), Some("half a thought".into()));
    let writer = tab.state.open.borrow().as_ref().unwrap().writer.clone();
    tab.state.lock();
    assert_eq!(tab.state.signals.phase.get_untracked(), Phase::Locked);
    assert_eq!(tab.note("too late").await, Err(SaveError::Locked));
    writer.rest().await;

    let tab = Tab::open("book-draft").await;
    assert_eq!(tab.state.draft("note"), Some("half a thought".into()));
    let edit = Edit::create(RecordId::from_u128(5), Kind::Note, Scope::Under(CUSTOMER));
    // Refused: the draft stays.
    let refused = tab
        .state
        .save(
            vec![edit.clone().set(FieldPath::known("visited_at"), 1)],
            Some("note"),
            None,
        )
        .await;
    let missing = Refusal::field(RefusalCode::MissingField, FieldPath::known("text"));
    assert_eq!(refused, Err(SaveError::Refused(missing)));
    assert_eq!(tab.state.draft("note"), Some("half a thought".into()));
    let saved = tab
        .state
        .save(
            vec![edit.set(FieldPath::known("text"), "a thought")],
            Some("note"),
            None,
        )
        .await;
    assert_eq!(saved, Ok(()));
    assert_eq!(Tab::open("book-draft").await.state.draft("note"), None);
}

/// Comes to rest, and says how the drafts stand then.
async fn drafts_at_rest(tab: &Tab) -> DraftState {
    let kept = tab.state.keep_drafts().await;
    let state = tab.state.signals.drafts.get_untracked();
    assert_eq!(kept.is_err(), state.is_failure());
    state
}

#[wasm_bindgen_test]
async fn a_draft_is_called_saved_only_when_it_is() {
    begin("book-draft-state").await;
    let tab = Tab::open("book-draft-state").await;
    let store = DeviceStore::open("book-draft-state").await.unwrap();
    let put = |text: &str| tab.state.put_draft("note".to_owned(), Some(text.into()));
    put("one");
    assert_eq!(tab.state.signals.drafts.get_untracked(), DraftState::Saving);
    assert_eq!(drafts_at_rest(&tab).await, DraftState::Saved);
    tab.state.put_draft("note".to_owned(), None);
    assert_eq!(drafts_at_rest(&tab).await, DraftState::Untouched);

    store.delete().await.unwrap();
    put("two");
    assert_eq!(drafts_at_rest(&tab).await, DraftState::Failed);
    assert_eq!(
        tab.state.draft("note"),
        Some("two".into()),
        "what is typed is still here"
    );
    let writer = tab.state.open.borrow().as_ref().unwrap().writer.clone();
    tab.state.lock();
    writer.rest().await;
    assert!(tab.state.signals.draft_lost.get_untracked());
}

#[wasm_bindgen_test]
async fn locking_one_tab_locks_all() {
    begin("book-lock").await;
    let (one, two) = (Tab::open("book-lock").await, Tab::open("book-lock").await);
    one.state.listen();
    two.state.listen();
    let (heard, word) = futures::channel::oneshot::channel();
    let heard = std::cell::RefCell::new(Some(heard));
    // Joined last, it hears last.
    let _line = Channel::join(between_tabs::CHANNEL, move |word| {
        if let Some(heard) = heard.take() {
            heard.send(word).unwrap();
        }
    });
    one.state.lock_all();
    assert_eq!(word.await.unwrap(), between_tabs::LOCKED);
    for tab in [&one, &two] {
        assert_eq!(tab.state.signals.phase.get_untracked(), Phase::Locked);
    }
}

#[wasm_bindgen_test]
async fn a_damaged_store_is_not_opened() {
    let keys = Keys::for_test(1);
    let entry = |number: u64, steps: &LogEntry| {
        let plain = steps.to_bytes().unwrap();
        (number, keys.seal_log(number, &plain).unwrap())
    };
    let log = |entries: Vec<(u64, Vec<u8>)>| Stored {
        log: entries,
        ..Stored::default()
    };
    let check = async |stored: Stored, expected: Option<VaultError>| {
        assert_eq!(restore(stored, &keys).await.err(), expected);
    };
    let (one, two) = (entry(1, &first_entry()), entry(2, &LogEntry::default()));
    check(log(vec![one.clone(), two.clone()]), None).await;
    // An entry is missing, two have changed places, one has changed.
    check(log(vec![two.clone()]), Some(VaultError::Damaged)).await;
    check(
        log(vec![(1, two.1.clone()), (2, one.1.clone())]),
        Some(VaultError::Damaged),
    )
    .await;
    let mut changed = one.clone();
    changed.1[40] ^= 1;
    check(log(vec![changed]), Some(VaultError::Damaged)).await;
    let page = Stored {
        pages: vec![(0, StoredPage::of(&keys.seal_page(0, b"not a page").unwrap()))],
        ..Stored::default()
    };
    check(page, Some(VaultError::Damaged)).await;
}

#[wasm_bindgen_test]
async fn other_tabs_hear_of_what_is_saved() {
    begin("book-said").await;
    let (tab, other) = (Tab::open("book-said").await, Tab::open("book-said").await);
    tab.state.listen();
    other.state.listen();
    for count in 1..=3 {
        tab.note(&count.to_string()).await.unwrap();
        preview::until(|| other.notes().len() == count).await;
    }
}

#[wasm_bindgen_test]
async fn other_tabs_have_heard_of_it_when_a_locked_page_goes() {
    begin("book-said-lock").await;
    let tab = Tab::open("book-said-lock").await;
    tab.state.listen();
    let heard = Rc::new(Cell::new(false));
    let hears = heard.clone();
    let _line = Channel::join(between_tabs::CHANNEL, move |word| {
        hears.set(hears.get() || word == between_tabs::ADVANCED)
    });
    tab.state.put_draft("note".to_owned(), Some("half".into()));
    let writer = tab.state.open.borrow().as_ref().unwrap().writer.clone();
    tab.state.lock();
    writer.rest().await;
    // The page goes, and no timer of it fires any more.
    tab.state.channel.replace(None);
    preview::until(|| heard.get()).await;
}
