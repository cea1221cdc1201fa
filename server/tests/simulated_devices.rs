//! The simulator's devices, faults and promises, held against the real router over a real database file instead of the
//! model: what pages, cursors, scopes and transactions of the real server amount to.

#![expect(clippy::expect_used, reason = "a test's server that does not work fails the test")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::Router;
use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, COOKIE};
use axum::http::{Request, StatusCode};
use rapport_server::clock::Clock;
use rapport_server::people::change::{Change, change as change_account};
use rapport_server::store::sqlite::SqliteStore;
use rapport_server::store::{Account, SessionRow, Store};
use rapport_server::sync::ledger::Ledger;
use rapport_server::{AppState, router, testing};
use rapport_shared::ids::{DeviceId, MutationId, OrgId, UserId};
use rapport_shared::record::Record;
use rapport_shared::record::mutation::Mutation;
use rapport_shared::record::profile::Profile;
use rapport_shared::sync::simulator::{
    Answer, Faults, Host, Report, Sight, directory, first_circles, first_customers, people, run_on,
};
use rapport_shared::sync::wire::{
    CSRF_HEADER, Cursor, CustomerSearch, CustomersFound, Outcome, PROTOCOL, SyncRequest, SyncResponse,
};
use rapport_shared::time::Timestamp;
use sha2::{Digest as _, Sha256};
use tokio::runtime::Runtime;
use tower::ServiceExt as _;

/// Runs of this test: each takes a few seconds, since every request goes to the disk.
const SEEDS: std::ops::Range<u64> = 0..24;
const CSRF: &str = "csrf";
const START: Timestamp = Timestamp::from_milliseconds(1_770_000_000_000);

/// The real server, as the simulator meets one.
struct RealServer {
    runtime: Runtime,
    store: Arc<dyn Store>,
    router: Router,
    now: Arc<AtomicI64>,
    accounts: BTreeMap<UserId, Profile>,
    sessions: BTreeMap<DeviceId, String>,
    ended: BTreeSet<DeviceId>,
    /// Numbers sessions and onlookers.
    count: u128,
    _folder: tempfile::TempDir,
}

impl RealServer {
    fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.expect("a runtime");
        let org = people()[0].org;
        let store = runtime.block_on(open(&folder, org));
        let now = Arc::new(AtomicI64::new(START.milliseconds()));
        let told = Arc::clone(&now);
        let clock = Clock::new(move || Timestamp::from_milliseconds(told.load(Ordering::SeqCst)));
        let router = router(AppState::new(Arc::clone(&store), org, clock));
        let mut server = Self {
            runtime,
            store,
            router,
            now,
            accounts: BTreeMap::new(),
            sessions: BTreeMap::new(),
            ended: BTreeSet::new(),
            count: 0,
            _folder: folder,
        };
        server.lay_directory_down();
        server.lay_roots_down();
        server
    }

    fn lay_directory_down(&mut self) {
        let store = Arc::clone(&self.store);
        self.runtime.block_on(async {
            let mut writer = store.write(people()[0].org).await.expect("a writer");
            let head = writer.head().await.expect("where commits stand");
            let mut ledger = Ledger::new(&head, std::collections::HashMap::new());
            for (person, edit) in directory() {
                ledger.carry_out(edit, person.user, START);
            }
            writer.put(&ledger.finish()).await.expect("a directory");
            writer.commit().await.expect("a commit");
        });
    }

    fn lay_roots_down(&mut self) {
        for (number, (owner, edit)) in (0_u128..).zip(first_customers().into_iter().chain(first_circles())) {
            let device = DeviceId::from_u128(number + 1);
            let mutation = Mutation {
                id: MutationId::from_u128(number + 1),
                device,
                device_seq: 1,
                author: owner.user,
                at: START,
                record: edit.record,
                kind: edit.kind,
                scope: edit.scope,
                base: edit.base,
                operation: edit.operation,
                unknown: BTreeMap::new(),
            };
            let request = ask(device, None, vec![mutation]);
            self.sync(&owner, &request, START);
        }
    }

    fn put_account(&mut self, profile: &Profile) {
        if self.accounts.get(&profile.user) == Some(profile) {
            return;
        }
        self.accounts.insert(profile.user, profile.clone());
        let account = Account {
            profile: profile.clone(),
            password: String::new(),
            active: true,
        };
        self.runtime.block_on(async {
            let mut writer = self.store.write(account.profile.org).await.expect("a writer");
            writer.put_account(&account).await.expect("an account");
            writer.commit().await.expect("a commit");
        });
    }

    fn open_session(&mut self, profile: &Profile, device: DeviceId) {
        self.count += 1;
        let token = format!("token{}", self.count);
        let now = Timestamp::from_milliseconds(self.now.load(Ordering::SeqCst));
        let session = SessionRow {
            token: Sha256::digest(token.as_bytes()).into(),
            org: profile.org,
            user: profile.user,
            csrf: CSRF.to_owned(),
            created: now,
            expires: now.plus(3_600_000),
        };
        self.runtime
            .block_on(self.store.open_session(&session))
            .expect("a session");
        self.sessions.insert(device, token);
    }

    fn post(&self, device: DeviceId, path: &str, request: &impl serde::Serialize) -> (StatusCode, Vec<u8>) {
        let token = self.sessions.get(&device).map_or("none", String::as_str);
        let body = serde_json::to_vec(request).expect("a request is JSON");
        let request = Request::post(path)
            .header(COOKIE, format!("__Host-rapport={token}"))
            .header(CSRF_HEADER, CSRF)
            .header(CONTENT_TYPE, "application/json")
            .body(Body::from(body))
            .expect("a request");
        self.runtime.block_on(async {
            let response = self.router.clone().oneshot(request).await.expect("an answer");
            let status = response.status();
            let body = axum::body::to_bytes(response.into_body(), usize::MAX)
                .await
                .expect("a body");
            (status, body.to_vec())
        })
    }

    /// Everything that `profile` gets on a device that has nothing.
    fn first_pull(&mut self, profile: &Profile) -> Sight {
        self.count += 1;
        let device = DeviceId::from_u128(1 << 100 | self.count);
        let now = Timestamp::from_milliseconds(self.now.load(Ordering::SeqCst));
        let mut sight = Sight::default();
        let mut cursor = None;
        loop {
            let Answer::Done(pages) = self.sync(profile, &ask(device, cursor.clone(), Vec::new()), now) else {
                continue;
            };
            let mut more = false;
            for page in pages.into_iter().map(|response| response.page) {
                sight
                    .records
                    .extend(page.records.into_iter().map(|record| (record.id, record)));
                sight.history.extend(page.history);
                cursor = Some(page.cursor);
                more = page.more;
            }
            if !more {
                return sight;
            }
        }
    }
}

async fn open(folder: &tempfile::TempDir, org: OrgId) -> Arc<dyn Store> {
    let store = SqliteStore::open(&folder.path().join("bank.db"))
        .await
        .expect("a store");
    store
        .create_organisation(org, "测试银行", "e0")
        .await
        .expect("an organisation");
    Arc::new(store)
}

fn ask(device: DeviceId, cursor: Option<Cursor>, mutations: Vec<Mutation>) -> SyncRequest {
    // Few records a page, so that runs see many pages.
    SyncRequest {
        protocol: PROTOCOL,
        device,
        cursor,
        mutations,
        limit: 6,
        pages: 3,
    }
}

impl Host for RealServer {
    fn sync(&mut self, profile: &Profile, request: &SyncRequest, now: Timestamp) -> Answer {
        self.now.store(now.milliseconds(), Ordering::SeqCst);
        self.put_account(profile);
        let device = request.device;
        if self.ended.remove(&device) {
            self.sessions.insert(device, "ended".to_owned());
        } else if !self.sessions.contains_key(&device) {
            self.open_session(profile, device);
        }
        let request = SyncRequest {
            limit: 6,
            ..request.clone()
        };
        loop {
            let (status, body) = self.post(device, "/api/sync", &request);
            match status {
                StatusCode::OK => {
                    let pages = serde_json::Deserializer::from_slice(&body).into_iter::<SyncResponse>();
                    return Answer::Done(pages.collect::<Result<_, _>>().expect("sync responses"));
                }
                StatusCode::UNAUTHORIZED => {
                    self.sessions.remove(&device);
                    return Answer::SignedOut;
                }
                // Simulated days pass in seconds: a new session is a new allowance.
                StatusCode::TOO_MANY_REQUESTS => self.open_session(profile, device),
                other => unreachable!("{other}: {}", String::from_utf8_lossy(&body)),
            }
        }
    }

    fn end_session(&mut self, device: DeviceId) {
        self.ended.insert(device);
    }

    fn let_leave(&mut self, person: &Profile, is_back: bool, now: Timestamp) {
        self.put_account(person);
        let change = Change {
            active: Some(is_back),
            ..Change::default()
        };
        let changed = change_account(&*self.store, &person.login, change, now);
        self.runtime.block_on(changed).expect("somebody leaves, or comes back");
    }

    fn outcome(&mut self, id: MutationId) -> Option<Outcome> {
        let org = people()[0].org;
        self.runtime.block_on(async {
            let mut writer = self.store.write(org).await.expect("a writer");
            let settled = writer.settled(&[id]).await.expect("an answer");
            settled.get(&id).map(|settled| settled.outcome.clone())
        })
    }

    fn held_by(&mut self, profile: &Profile) -> Sight {
        self.first_pull(profile)
    }

    fn read_online(&mut self, profile: &Profile, now: Timestamp) -> Vec<Record> {
        self.now.store(now.milliseconds(), Ordering::SeqCst);
        self.put_account(profile);
        self.count += 1;
        let device = DeviceId::from_u128(1 << 101 | self.count);
        self.open_session(profile, device);
        let search = CustomerSearch {
            text: String::new(),
            after: None,
            limit: 100,
        };
        let (status, body) = self.post(device, "/api/customers/search", &search);
        assert_eq!(status, StatusCode::OK, "{}", String::from_utf8_lossy(&body));
        let found: CustomersFound = serde_json::from_slice(&body).expect("what was found");
        found.rows.into_iter().map(|row| row.record).collect()
    }

    fn everything(&mut self) -> Sight {
        let everything = testing::everything(&*self.store, people()[0].org);
        let (records, history) = self.runtime.block_on(everything).expect("all there is");
        Sight {
            records: records.into_iter().map(|record| (record.id, record)).collect(),
            history,
        }
    }
}

#[test]
fn the_promises_hold_on_the_real_server() {
    let mut total = Report::default();
    for seed in SEEDS {
        match run_on(seed, &Faults::usual(), RealServer::start()) {
            Ok((report, _)) => {
                total.saved += report.saved;
                total.refused += report.refused;
                total.conflicts += report.conflicts;
            }
            Err(breach) => unreachable!("{breach}"),
        }
    }
    assert!(
        total.saved > 100 && total.refused > 0 && total.conflicts > 10,
        "{total:?}"
    );
}
