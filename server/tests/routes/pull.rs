//! What a device pulls: everything its user may see and nothing else, in pages, through changes of rights, rebuilds and
//! restored backups. Devices here are the real engine's replica, fed with the real answers.

use std::collections::{BTreeMap, BTreeSet};

use rapport_server::store::View;
use rapport_server::testing::{Bank, Tablet, profile};
use rapport_shared::access;
use rapport_shared::ids::RecordId;
use rapport_shared::record::mutation::{Edit, Mutation};
use rapport_shared::record::{FieldPath, Kind, Record, Version};
use rapport_shared::sync::wire::{Cursor, CustomerSearch, HistoryEntry, Outcome, SyncResponse};
use serde_json::Value;

use crate::bank;

fn path(text: &str) -> FieldPath {
    FieldPath::parse(text).unwrap()
}

/// A device: what it holds of the server's state, taken over as the protocol says.
struct Device<'a> {
    tablet: Tablet<'a>,
    records: BTreeMap<RecordId, Record>,
    history: BTreeSet<String>,
    confirmed: Option<BTreeSet<RecordId>>,
}

impl<'a> Device<'a> {
    async fn new(bank: &'a Bank, login: &str) -> Self {
        let tablet = bank.sign_in(login).await.unwrap();
        Self {
            tablet,
            records: BTreeMap::new(),
            history: BTreeSet::new(),
            confirmed: None,
        }
    }

    async fn exchange(&mut self, mutations: &[Mutation], limit: u32) -> SyncResponse {
        let body = self.tablet.body(mutations, limit).unwrap().to_string();
        let response = self.tablet.exchange(body).await.unwrap();
        self.take_over(mutations, &response);
        response
    }

    fn take_over(&mut self, mutations: &[Mutation], response: &SyncResponse) {
        if response.page.rebuild {
            self.confirmed = Some(BTreeSet::new());
        }
        for (mutation, acknowledgement) in mutations.iter().zip(&response.acknowledgements) {
            if let Outcome::Applied { version } = acknowledgement.outcome {
                let merged = rapport_shared::sync::merge::merge(self.records.get(&mutation.record), mutation, version);
                for entry in merged.history {
                    self.add_history(&entry);
                }
                self.put(merged.record);
            }
        }
        for customer in &response.page.evicted {
            let gone: BTreeSet<RecordId> = self
                .records
                .values()
                .filter(|record| record.root() == Some(*customer))
                .map(|r| r.id)
                .collect();
            self.records.retain(|id, _| !gone.contains(id));
            self.history
                .retain(|entry| !gone.iter().any(|id| entry.starts_with(&id.to_string())));
        }
        response
            .page
            .records
            .iter()
            .cloned()
            .for_each(|record| self.put(record));
        response.page.history.iter().for_each(|entry| self.add_history(entry));
        if !response.page.more {
            // Of what left this user's sight between two pages the history may have come alone.
            let records = &self.records;
            self.history
                .retain(|entry| records.keys().any(|id| entry.starts_with(&id.to_string())));
        }
        if let Some(confirmed) = self.confirmed.take_if(|_| !response.page.more) {
            self.records.retain(|id, _| confirmed.contains(id));
            self.history
                .retain(|entry| confirmed.iter().any(|id| entry.starts_with(&id.to_string())));
        }
    }

    fn put(&mut self, record: Record) {
        if let Some(confirmed) = &mut self.confirmed {
            confirmed.insert(record.id);
        }
        self.records.insert(record.id, record);
    }

    fn add_history(&mut self, entry: &HistoryEntry) {
        self.history
            .insert(format!("{} {}", entry.record, serde_json::to_string(entry).unwrap()));
    }

    async fn pull(&mut self, limit: u32) -> usize {
        let mut pages = 0;
        loop {
            pages += 1;
            if !self.exchange(&[], limit).await.page.more {
                return pages;
            }
            assert!(pages < 10_000, "the pull does not come to an end");
        }
    }

    /// A change of a record that is held, or of a customer that is read online.
    async fn change(&self, id: RecordId, field: &str, to: impl Into<Value>) -> Mutation {
        let record = match self.records.get(&id) {
            Some(record) => record.clone(),
            None => online(&self.tablet, id).await,
        };
        self.tablet
            .mutation(Edit::of(&record).change(&record, path(field), to))
            .unwrap()
    }

    /// Compares with everything in the store that belongs on this user's devices, worked out the slow way.
    async fn assert_equals_store(&self, bank: &Bank) {
        let profile = self.tablet.session().unwrap().profile.clone();
        let mut reader = bank.state.store.read(bank.state.org).await.unwrap();
        let mut all = Vec::new();
        for kind in Kind::KNOWN {
            all.extend(reader.of_kind(kind).await.unwrap());
        }
        let by_id: BTreeMap<RecordId, &Record> = all.iter().map(|record| (record.id, record)).collect();
        let sees = |record: &Record| match record.scope {
            rapport_shared::record::Scope::Organisation => true,
            rapport_shared::record::Scope::User(user) => user == profile.user,
            rapport_shared::record::Scope::Under(id) => {
                by_id.get(&id).is_some_and(|customer| access::holds(&profile, customer))
            }
        };
        let expected: BTreeMap<RecordId, Record> = all
            .iter()
            .filter(|record| sees(record))
            .map(|record| (record.id, record.clone()))
            .collect();
        let held: Vec<_> = self.records.values().map(|r| (r.id, r.version)).collect();
        let wanted: Vec<_> = expected.values().map(|r| (r.id, r.version)).collect();
        assert_eq!(held, wanted, "{}", profile.login);
        assert_eq!(self.records, expected, "{}", profile.login);
        let ids: Vec<RecordId> = expected.keys().copied().collect();
        let rows = reader.history_of(&ids, Version(u64::from(u32::MAX))).await.unwrap();
        let history = rows.iter().map(|row| {
            let entry: HistoryEntry = serde_json::from_str(row.body.get()).unwrap();
            format!("{} {}", entry.record, serde_json::to_string(&entry).unwrap())
        });
        assert_eq!(self.history, history.collect(), "history of {}", profile.login);
    }
}

async fn online(tablet: &Tablet<'_>, customer: RecordId) -> Record {
    let whole = tablet.read_online(customer).await.unwrap();
    whole.records.into_iter().find(|record| record.id == customer).unwrap()
}

/// All customers that may be seen online.
async fn seen_online(tablet: &Tablet<'_>) -> Vec<Record> {
    let search = CustomerSearch {
        text: String::new(),
        after: None,
        limit: 100,
    };
    let found = tablet.search_online(&search).await.unwrap();
    found.rows.into_iter().map(|row| row.record).collect()
}

/// Customers with a few notes each, made by `device`'s user.
async fn book(device: &mut Device<'_>, customers: usize, notes: usize) -> Vec<RecordId> {
    let mut ids = Vec::new();
    for number in 0..customers {
        let create = device
            .tablet
            .mutation(device.tablet.new_customer(&format!("客户{number}")).unwrap())
            .unwrap();
        let mut batch = vec![create.clone()];
        for note in 0..notes {
            let text = format!("客户{number}第{note}次拜访");
            batch.push(
                device
                    .tablet
                    .mutation(device.tablet.new_note(create.record, &text).unwrap())
                    .unwrap(),
            );
        }
        device.exchange(&batch, 1_000).await;
        ids.push(create.record);
    }
    ids
}

#[tokio::test]
async fn pages_of_any_size_add_up_to_the_same_book() {
    let (bank, _folder) = bank().await;
    let mut writer = Device::new(&bank, "rm1").await;
    writer.pull(100).await;
    let ids = book(&mut writer, 7, 3).await;
    for (index, id) in ids.iter().enumerate() {
        let change = writer.change(*id, "phone", format!("1380000000{index}")).await;
        writer.exchange(&[change], 100).await;
    }
    for limit in [1, 2, 3, 5, 7, 28, 1_000, u32::MAX] {
        let mut reader = Device::new(&bank, "rm1").await;
        let pages = reader.pull(limit).await;
        reader.assert_equals_store(&bank).await;
        assert!(limit < 1_000 || pages == 1, "{pages} pages of {limit}");
        assert!(limit != 1 || pages >= 34, "{pages} pages of one record");
    }
    writer.assert_equals_store(&bank).await;
}

#[tokio::test]
async fn a_book_of_lone_customers_comes_to_its_end() {
    let (bank, _folder) = bank().await;
    let mut writer = Device::new(&bank, "rm1").await;
    writer.pull(100).await;
    book(&mut writer, 9, 0).await;
    for limit in 1..12 {
        let mut reader = Device::new(&bank, "rm1").await;
        reader.pull(limit).await;
        reader.assert_equals_store(&bank).await;
    }
}

#[tokio::test]
async fn the_list_of_customers_comes_before_what_is_about_them() {
    let (bank, _folder) = bank().await;
    let mut writer = Device::new(&bank, "rm1").await;
    writer.pull(100).await;
    let ids = book(&mut writer, 5, 4).await;
    // A card written last comes as early as the others.
    let change = writer.change(ids[0], "phone", "13800000000").await;
    writer.exchange(&[change], 100).await;
    for limit in [1, 3, 4] {
        let mut reader = Device::new(&bank, "rm1").await;
        let (mut order, mut was_listed) = (Vec::new(), false);
        loop {
            let page = reader.exchange(&[], limit).await.page;
            let cards = reader.records.values().filter(|record| record.kind == Kind::Customer);
            assert!(!page.listed || cards.count() == 5, "{limit}");
            was_listed |= page.listed;
            assert!(page.records.len() <= usize::try_from(limit).unwrap());
            order.extend(page.records.into_iter().filter(|record| record.root().is_some()));
            if !page.more {
                break;
            }
        }
        let cards = order.iter().position(|record| record.kind != Kind::Customer);
        assert_eq!((cards, order.len()), (Some(5), 25), "{limit}");
        assert!(was_listed, "{limit}");
        reader.assert_equals_store(&bank).await;
    }
}

#[tokio::test]
async fn everybody_holds_their_own_and_reads_what_rights_give() {
    let (bank, _folder) = bank().await;
    let mut one = Device::new(&bank, "rm1").await;
    one.pull(100).await;
    book(&mut one, 2, 1).await;
    let mut three = Device::new(&bank, "rm3").await;
    three.pull(100).await;
    book(&mut three, 3, 0).await;
    for (login, held, seen) in [
        ("rm1", 2, 2),
        ("rm2", 0, 0),
        ("rm3", 3, 3),
        ("lead1", 0, 2),
        ("office", 0, 5),
        ("admin", 0, 5),
    ] {
        let mut device = Device::new(&bank, login).await;
        device.pull(100).await;
        device.assert_equals_store(&bank).await;
        let customers = device
            .records
            .values()
            .filter(|record| record.kind == Kind::Customer)
            .count();
        assert_eq!(customers, held, "{login}");
        assert_eq!(seen_online(&device.tablet).await.len(), seen, "{login}");
    }
}

#[tokio::test]
async fn a_customer_handed_over_arrives_whole_and_leaves_whole() {
    let (bank, _folder) = bank().await;
    let mut old = Device::new(&bank, "rm1").await;
    old.pull(100).await;
    let ids = book(&mut old, 3, 2).await;
    let mut new = Device::new(&bank, "rm2").await;
    new.pull(100).await;
    let mut lead = Device::new(&bank, "lead1").await;
    lead.pull(100).await;
    let to = profile("rm2").unwrap().user.to_string();
    let handover = lead.change(ids[1], "owner", to).await;
    lead.exchange(&[handover], 100).await;

    let response = new.exchange(&[], 100).await;
    assert_eq!(response.page.records.len(), 3, "the card and two notes");
    assert_eq!(response.page.history.len(), 1, "the change of owner");
    new.assert_equals_store(&bank).await;

    // Work of the old owner that was under way when the customer went is answered, and the customer leaves.
    let late = old
        .tablet
        .mutation(old.tablet.new_note(ids[1], "晚到的").unwrap())
        .unwrap();
    let response = old.exchange(&[late], 100).await;
    assert!(matches!(response.acknowledgements[0].outcome, Outcome::Refused(_)));
    assert_eq!(response.page.evicted, [ids[1]]);
    old.assert_equals_store(&bank).await;

    // Two more ways to be connected change nothing for who is connected already.
    let (user, new_owner) = (profile("rm2").unwrap().user, profile("rm1").unwrap().user.to_string());
    let co = lead.change(ids[1], &format!("co_managers.{user}"), true).await;
    lead.exchange(&[co], 100).await;
    assert_eq!(
        new.exchange(&[], 100).await.page.records.len(),
        1,
        "only the card that changed"
    );
    let back = lead.change(ids[1], "owner", new_owner).await;
    lead.exchange(&[back], 100).await;
    for device in [&mut old, &mut new, &mut lead] {
        let response = device.exchange(&[], 100).await;
        assert!(response.page.evicted.is_empty());
        device.assert_equals_store(&bank).await;
    }
}

#[tokio::test]
async fn a_cursor_of_no_use_means_a_rebuild() {
    let (bank, _folder) = bank().await;
    let mut device = Device::new(&bank, "rm1").await;
    device.pull(100).await;
    book(&mut device, 3, 2).await;
    device.pull(100).await;
    let good = device.tablet.cursor.clone().unwrap();
    let mut other = Device::new(&bank, "rm2").await;
    other.pull(100).await;
    let parts: Vec<&str> = good.0.split('.').collect();
    let ahead = Cursor(format!("1.{}.{}.c.999999", parts[1], parts[2]));
    let elsewhere = Cursor(format!("1.other.{}.c.1", parts[2]));
    for (cursor, reoffer) in [
        (Cursor("garbage".to_owned()), false),
        (Cursor(String::new()), false),
        (Cursor("x".repeat(100_000)), false),
        (other.tablet.cursor.clone().unwrap(), false),
        (ahead, true),
        (elsewhere, true),
    ] {
        device.tablet.cursor = Some(cursor);
        let response = device.exchange(&[], 2).await;
        assert_eq!((response.page.rebuild, response.page.reoffer), (true, reoffer));
        device.pull(2).await;
        device.assert_equals_store(&bank).await;
    }
}

/// Hands the customer over and back, the device reading a page between the two, wherever in its first pull it is.
async fn seen_for_a_while(pages: usize, owners: [&str; 3]) {
    let (bank, _folder) = bank().await;
    let mut lead = Device::new(&bank, "lead1").await;
    let mut writers = [Device::new(&bank, "rm1").await, Device::new(&bank, "rm2").await];
    let id = book(&mut writers[0], 1, 2).await[0];
    book(&mut writers[1], 2, 1).await;
    let mut device = Device::new(&bank, "rm2").await;
    for (turn, owner) in owners.into_iter().enumerate() {
        lead.pull(100).await;
        let owner = profile(owner).unwrap().user.to_string();
        let handover = lead.change(id, "owner", owner).await;
        lead.exchange(&[handover], 100).await;
        for _ in 0..if turn == 0 { pages } else { 1 } {
            device.exchange(&[], 1).await;
        }
    }
    device.pull(1).await;
    device.assert_equals_store(&bank).await;
}

#[tokio::test]
async fn who_saw_a_customer_for_a_while_only_keeps_nothing_of_it_and_who_sees_it_again_has_all() {
    for pages in 1..12 {
        seen_for_a_while(pages, ["rm1", "rm2", "rm1"]).await;
        seen_for_a_while(pages, ["rm2", "rm1", "rm2"]).await;
    }
}

/// A generator of its own, so that a failing seed stays a failing seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }
}

/// Devices of all roles write, hand over and pull single pages in any order; afterwards each holds exactly what it may.
async fn wander(seed: u64) {
    let (bank, _folder) = bank().await;
    let mut dice = Dice(seed);
    let logins = ["rm1", "rm2", "rm3", "lead1", "office", "admin"];
    let mut devices = Vec::new();
    for login in logins {
        let mut device = Device::new(&bank, login).await;
        if dice.roll(2) == 0 {
            device.pull(100).await;
        }
        devices.push(device);
    }
    let mut ids = book(&mut devices[0], 4, 2).await;
    let owners: Vec<String> = logins.map(|login| profile(login).unwrap().user.to_string()).to_vec();
    for _ in 0..150 {
        let who = dice.roll(devices.len());
        let device = &mut devices[who];
        let limit = u32::try_from(1 + dice.roll(6)).unwrap();
        let id = ids[dice.roll(ids.len())];
        let seen = seen_online(&device.tablet).await.iter().any(|record| record.id == id);
        match dice.roll(9) {
            0 if seen => {
                let change = device.change(id, "owner", owners[dice.roll(3)].clone()).await;
                device.exchange(&[change], limit).await;
            }
            1 if seen => {
                let user = &owners[dice.roll(3)];
                let change = device
                    .change(id, &format!("co_managers.{user}"), dice.roll(2) == 0)
                    .await;
                device.exchange(&[change], limit).await;
            }
            2 if seen => {
                let change = device.change(id, "phone", dice.roll(1_000).to_string()).await;
                device.exchange(&[change], limit).await;
            }
            3 if seen => {
                let note = device
                    .tablet
                    .mutation(device.tablet.new_note(id, "一次拜访").unwrap())
                    .unwrap();
                device.exchange(&[note], limit).await;
            }
            4 if who < 3 => ids.extend(book(device, 1, 1).await),
            5 if seen => {
                let user = device.tablet.user().unwrap();
                let pin = device.change(id, &format!("pinned.{user}"), dice.roll(3) > 0).await;
                device.exchange(&[pin], limit).await;
            }
            6 => device.tablet.cursor = device.tablet.cursor.take().filter(|_| dice.roll(4) > 0),
            _ => {
                device.exchange(&[], limit).await;
            }
        }
        // A first pull without a cursor is a rebuild for who holds something.
        if device.tablet.cursor.is_none() {
            device.confirmed = Some(BTreeSet::new());
        }
    }
    for device in &mut devices {
        device.pull(3).await;
        device.assert_equals_store(&bank).await;
    }
}

#[tokio::test]
async fn whatever_the_order_everybody_ends_with_what_they_should_hold() {
    for seed in 0..12 {
        wander(seed).await;
    }
}

#[tokio::test]
async fn a_view_without_channels_sees_no_customer() {
    let (bank, _folder) = bank().await;
    let mut device = Device::new(&bank, "rm1").await;
    book(&mut device, 2, 1).await;
    let mut reader = bank.state.store.read(bank.state.org).await.unwrap();
    let view = View {
        user: profile("rm2").unwrap().user,
        channels: BTreeSet::new(),
    };
    let budget = rapport_server::store::Budget {
        rows: 100,
        bytes: 1_000_000,
    };
    let begin = (RecordId::from_u128(0), Version::NONE);
    assert!(reader.book(&view, begin, budget).await.unwrap().rows.is_empty());
    let kinds = reader.changes(&view, Version::NONE, budget).await.unwrap();
    assert!(kinds.rows.iter().all(|row| row.root.is_none()));
}

#[tokio::test]
async fn own_work_takes_no_room_in_pages() {
    let (bank, _folder) = bank().await;
    let mut one = Device::new(&bank, "rm1").await;
    let create = one
        .tablet
        .mutation(one.tablet.new_customer("杭州恒源").unwrap())
        .unwrap();
    let mut other = Device::new(&bank, "rm1").await;
    one.pull(100).await;
    one.exchange(std::slice::from_ref(&create), 100).await;
    other.pull(100).await;
    let notes = |device: &Device<'_>| {
        let note = || device.tablet.new_note(create.record, "拜访").unwrap();
        [(); 3].map(|()| device.tablet.mutation(note()).unwrap())
    };
    let response = one.exchange(&notes(&one), 1).await;
    assert!(response.page.records.is_empty() && !response.page.more);

    // Others' work before it has room.
    let response = other.exchange(&notes(&other), 1).await;
    assert!(response.page.records.len() == 1 && response.page.more);
    for device in [&mut one, &mut other] {
        device.pull(1).await;
        device.assert_equals_store(&bank).await;
    }
}
