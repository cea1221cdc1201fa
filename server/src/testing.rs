//! A small bank and a client without a network, for tests of this crate and of others: the real router on a real store,
//! with a clock the test moves. Nothing here runs in the program.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use anyhow::{Context as _, bail};
use argon2::password_hash::PasswordHasher as _;
use argon2::{Algorithm, Argon2, Params};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_TYPE, COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use rapport_shared::access;
use rapport_shared::channel::Channel;
use rapport_shared::ids::{BranchId, DeviceId, MutationId, OrgId, RecordId, TeamId, UserId};
use rapport_shared::record::mutation::{Edit, Mutation};
use rapport_shared::record::profile::{Profile, Role};
use rapport_shared::record::{FieldPath, Kind, Record, Scope, Version};
use rapport_shared::sync::wire::{
    CSRF_HEADER, Cursor, CustomerSearch, CustomersFound, HistoryEntry, PROTOCOL, Problem, ProblemCode, Session,
    SyncRequest, SyncResponse, WholeCustomer,
};
use rapport_shared::time::Timestamp;
use serde_json::Value;
use tower::ServiceExt as _;

use crate::clock::{self, Clock};
use crate::people::{self, Place};
use crate::store::sqlite::SqliteStore;
use crate::store::{Account, Budget, Store, View};
use crate::sync::ledger::Ledger;
use crate::{AppState, router};

pub mod postgres;

/// Everybody's password.
pub const PASSWORD: &str = "pass-客户";
/// When the clock of a bank starts: 2026-11-21 in the morning.
pub const MORNING: Timestamp = Timestamp::from_milliseconds(1_795_219_200_000);
/// Everybody but the administrator works in this branch.
pub const BRANCH: BranchId = BranchId::from_u128(0x20);
/// The first team: `rm1`, `rm2` and their lead.
pub const TEAM: TeamId = TeamId::from_u128(0x31);
/// The second team: `rm3`.
pub const OTHER_TEAM: TeamId = TeamId::from_u128(0x32);

const ORG: OrgId = OrgId::from_u128(0x10);
const STAFF: [(&str, Role, Option<TeamId>); 6] = [
    ("rm1", Role::RelationshipManager, Some(TEAM)),
    ("rm2", Role::RelationshipManager, Some(TEAM)),
    ("rm3", Role::RelationshipManager, Some(OTHER_TEAM)),
    ("lead1", Role::TeamLead, Some(TEAM)),
    ("office", Role::BackOffice, None),
    ("admin", Role::Administrator, None),
];

/// A server with six people and no customers.
pub struct Bank {
    /// The state behind the router.
    pub state: AppState,
    /// The HTTP interface.
    pub router: Router,
    now: Arc<AtomicI64>,
}

/// The profile of somebody of the staff.
///
/// # Errors
/// When nobody signs in like that.
pub fn profile(login: &str) -> anyhow::Result<Profile> {
    let (index, (login, role, team)) = STAFF
        .iter()
        .enumerate()
        .find(|(_, (name, ..))| *name == login)
        .context("nobody signs in like that")?;
    Ok(Profile {
        org: ORG,
        user: UserId::from_u128(0x100 + index as u128),
        login: (*login).to_owned(),
        name: format!("{login} 的姓名"),
        role: *role,
        team: *team,
        branch: (*role != Role::Administrator).then_some(BRANCH),
    })
}

impl Bank {
    /// A new bank in the (empty) database file at `path`.
    ///
    /// # Errors
    /// What the store says.
    pub async fn open(path: &Path) -> anyhow::Result<Self> {
        let store = SqliteStore::open(path).await?;
        Self::on(Arc::new(store)).await
    }

    /// A new bank on an empty store.
    ///
    /// # Errors
    /// What the store says.
    pub async fn on(store: Arc<dyn Store>) -> anyhow::Result<Self> {
        store.create_organisation(ORG, "测试银行", "e0").await?;
        let password = cheap_hash(PASSWORD)?;
        let mut writer = store.write(ORG).await?;
        let mut ledger = Ledger::new(&writer.head().await?, std::collections::HashMap::new());
        let place = Place {
            team_name: Some("一部".to_owned()),
            branch_name: Some("滨江支行".to_owned()),
        };
        for (login, ..) in STAFF {
            let profile = profile(login)?;
            people::put_person(&mut ledger, &profile, &place, true, profile.user, MORNING);
            writer
                .put_account(&Account {
                    profile,
                    password: password.clone(),
                    active: true,
                })
                .await?;
        }
        writer.put(&ledger.finish()).await?;
        writer.commit().await?;
        Ok(Self::over(store, MORNING))
    }

    /// The bank that is in `store` already, at `now`.
    pub fn over(store: Arc<dyn Store>, now: Timestamp) -> Self {
        let now = Arc::new(AtomicI64::new(now.milliseconds()));
        let told = Arc::clone(&now);
        let clock = Clock::new(move || Timestamp::from_milliseconds(told.load(Ordering::SeqCst)));
        let state = AppState::new(store, ORG, clock);
        Self {
            router: router(state.clone()),
            state,
            now,
        }
    }

    /// Another server of the same bank, with a store on the same database. The clock is shared.
    pub fn beside(&self, store: Arc<dyn Store>) -> Self {
        let state = AppState::new(store, ORG, self.state.clock.clone());
        Self {
            router: router(state.clone()),
            state,
            now: Arc::clone(&self.now),
        }
    }

    /// The bank's time.
    pub fn now(&self) -> Timestamp {
        self.state.clock.now()
    }

    /// Lets time pass, in milliseconds.
    pub fn pass(&self, milliseconds: i64) {
        self.now.fetch_add(milliseconds, Ordering::SeqCst);
    }

    /// Sends a request as it is.
    ///
    /// # Errors
    /// When the body of the answer cannot be read.
    pub async fn send(&self, request: Request<Body>) -> anyhow::Result<(StatusCode, HeaderMap, Bytes)> {
        let response = self.router.clone().oneshot(request).await?;
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await?;
        Ok((parts.status, parts.headers, body))
    }

    /// Signs somebody in on a new device.
    ///
    /// # Errors
    /// When that fails.
    pub async fn sign_in(&self, login: &str) -> anyhow::Result<Tablet<'_>> {
        let device = DeviceId::new(self.now(), clock::entropy());
        let mut tablet = Tablet {
            bank: self,
            device,
            cursor: None,
            cookie: String::new(),
            session: None,
        };
        tablet.sign_in(login).await?;
        Ok(tablet)
    }

    /// A device that comes back with the cookie of a session that was opened before.
    ///
    /// # Errors
    /// When nobody is signed in by it.
    pub async fn resume(&self, device: DeviceId, cookie: &str, cursor: Cursor) -> anyhow::Result<Tablet<'_>> {
        let request = Request::get("/api/session").header(COOKIE, cookie);
        let (status, _, body) = self.send(request.body(Body::empty())?).await?;
        if status != StatusCode::OK {
            bail!("session: {status} {body:?}");
        }
        Ok(Tablet {
            bank: self,
            device,
            cursor: Some(cursor),
            cookie: cookie.to_owned(),
            session: Some(serde_json::from_slice(&body)?),
        })
    }
}

fn cheap_hash(password: &str) -> anyhow::Result<String> {
    let parameters = Params::new(8, 1, 1, None).map_err(|error| anyhow::anyhow!("{error}"))?;
    let argon2 = Argon2::new(Algorithm::Argon2id, argon2::Version::V0x13, parameters);
    let hash = argon2
        .hash_password(password.as_bytes())
        .map_err(|error| anyhow::anyhow!("{error}"))?;
    Ok(hash.to_string())
}

/// A signed-in device that remembers its cursor, but no records.
pub struct Tablet<'a> {
    bank: &'a Bank,
    /// The device.
    pub device: DeviceId,
    /// Where the next pull starts.
    pub cursor: Option<Cursor>,
    /// The session's cookie.
    pub cookie: String,
    session: Option<Session>,
}

impl<'a> Tablet<'a> {
    /// From now on requests go to this server.
    pub fn move_to(&mut self, bank: &'a Bank) {
        self.bank = bank;
    }

    /// Signs in, or in again.
    ///
    /// # Errors
    /// When that fails.
    pub async fn sign_in(&mut self, login: &str) -> anyhow::Result<()> {
        let body = serde_json::json!({ "login": login, "password": PASSWORD }).to_string();
        let request = Request::post("/api/sign-in")
            .header(CONTENT_TYPE, "application/json")
            .body(body.into())?;
        let (status, headers, body) = self.bank.send(request).await?;
        if status != StatusCode::OK {
            bail!("sign-in: {status} {body:?}");
        }
        let cookie = headers.get(SET_COOKIE).context("no cookie")?.to_str()?;
        self.cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        self.session = Some(serde_json::from_slice(&body)?);
        Ok(())
    }

    /// Who is signed in.
    ///
    /// # Errors
    /// When nobody is.
    pub fn session(&self) -> anyhow::Result<&Session> {
        self.session.as_ref().context("nobody is signed in")
    }

    /// The user.
    ///
    /// # Errors
    /// When nobody is signed in.
    pub fn user(&self) -> anyhow::Result<UserId> {
        Ok(self.session()?.profile.user)
    }

    /// A request with the cookie and the CSRF token.
    ///
    /// # Errors
    /// When nobody is signed in, or the parts make no request.
    pub fn request(&self, method: Method, path: &str, body: impl Into<Body>) -> anyhow::Result<Request<Body>> {
        let request = Request::builder().method(method).uri(path).header(COOKIE, &self.cookie);
        let request = request
            .header(CSRF_HEADER, &self.session()?.csrf)
            .header(CONTENT_TYPE, "application/json");
        Ok(request.body(body.into())?)
    }

    /// Posts a body to the sync address.
    ///
    /// # Errors
    /// When nobody is signed in.
    pub async fn post(&self, body: impl Into<Body>) -> anyhow::Result<(StatusCode, Bytes)> {
        let (status, _, body) = self.bank.send(self.request(Method::POST, "/api/sync", body)?).await?;
        Ok((status, body))
    }

    /// The body of a sync request.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn body(&self, mutations: &[Mutation], limit: u32) -> anyhow::Result<Value> {
        Ok(serde_json::to_value(SyncRequest {
            protocol: PROTOCOL,
            device: self.device,
            cursor: self.cursor.clone(),
            mutations: mutations.to_vec(),
            limit,
            pages: 1,
        })?)
    }

    /// One exchange; the cursor moves on.
    ///
    /// # Errors
    /// With the problem's code when the answer is no success.
    pub async fn sync(&mut self, mutations: &[Mutation]) -> anyhow::Result<SyncResponse> {
        self.exchange(self.body(mutations, 1_000)?.to_string()).await
    }

    /// One exchange with a body of one's own; the cursor moves on.
    ///
    /// # Errors
    /// With the problem's code when the answer is no success.
    pub async fn exchange(&mut self, body: impl Into<Body>) -> anyhow::Result<SyncResponse> {
        let (status, body) = self.post(body).await?;
        if status != StatusCode::OK {
            bail!("{status} {:?}", problem(&body)?);
        }
        let response: SyncResponse = serde_json::from_slice(&body)?;
        self.cursor = Some(response.page.cursor.clone());
        Ok(response)
    }

    /// Reads a customer online.
    ///
    /// # Errors
    /// With the problem's code when the answer is no success.
    pub async fn read_online(&self, customer: RecordId) -> anyhow::Result<WholeCustomer> {
        let path = format!("/api/customers/{customer}");
        let (status, _, body) = self.bank.send(self.request(Method::GET, &path, Body::empty())?).await?;
        if status != StatusCode::OK {
            bail!("{status} {:?}", problem(&body)?);
        }
        Ok(serde_json::from_slice(&body)?)
    }

    /// Searches online.
    ///
    /// # Errors
    /// With the problem's code when the answer is no success.
    pub async fn search_online(&self, search: &CustomerSearch) -> anyhow::Result<CustomersFound> {
        let request = self.request(Method::POST, "/api/customers/search", serde_json::to_string(search)?)?;
        let (status, _, body) = self.bank.send(request).await?;
        if status != StatusCode::OK {
            bail!("{status} {:?}", problem(&body)?);
        }
        Ok(serde_json::from_slice(&body)?)
    }

    /// A mutation of this user, made on this device now.
    ///
    /// # Errors
    /// When nobody is signed in.
    pub fn mutation(&self, edit: Edit) -> anyhow::Result<Mutation> {
        let at = self.bank.now();
        Ok(Mutation {
            id: MutationId::new(at, clock::entropy()),
            device: self.device,
            device_seq: 1,
            author: self.user()?,
            at,
            record: edit.record,
            kind: edit.kind,
            scope: edit.scope,
            base: edit.base,
            operation: edit.operation,
            unknown: std::collections::BTreeMap::new(),
        })
    }

    /// A new customer of this user.
    ///
    /// # Errors
    /// When nobody is signed in.
    pub fn new_customer(&self, name: &str) -> anyhow::Result<Edit> {
        let id = RecordId::new(self.bank.now(), clock::entropy());
        let edit = rapport_shared::customers::new_customer(id, &self.session()?.profile);
        Ok(edit
            .set(FieldPath::parse("name")?, name)
            .set(FieldPath::parse("type")?, "corporate"))
    }

    /// A note about a customer.
    ///
    /// # Errors
    /// Never; the signature is that of its neighbours.
    pub fn new_note(&self, customer: RecordId, text: &str) -> anyhow::Result<Edit> {
        let id = RecordId::new(self.bank.now(), clock::entropy());
        Ok(Edit::create(id, Kind::Note, Scope::Under(customer)).set(FieldPath::parse("text")?, text))
    }
}

/// Everything an organisation's store holds, past all rights: records by id, history in commit order. Own tasks of
/// single users are left out.
///
/// # Errors
/// What the store says, or when a row cannot be read.
pub async fn everything(store: &dyn Store, org: OrgId) -> anyhow::Result<(Vec<Record>, Vec<HistoryEntry>)> {
    // A circle is seen by those in it only.
    let accounts = store.accounts(org).await?;
    let channels = accounts
        .iter()
        .flat_map(|account| access::visible_channels(&account.profile));
    let view = View {
        user: UserId::from_u128(0),
        channels: channels.chain([Channel::Organisation]).collect(),
    };
    let budget = Budget {
        rows: usize::MAX,
        bytes: usize::MAX,
    };
    let mut reader = store.read(org).await?;
    let rows = reader.changes(&view, Version::NONE, budget).await?.rows;
    let records = rows.iter().map(|row| serde_json::from_str(row.body.get()));
    let mut records: Vec<Record> = records.collect::<Result<_, _>>()?;
    records.sort_by_key(|record| record.id);
    let rows = reader.history(&view, Version::NONE, budget).await?.rows;
    let history = rows.iter().map(|row| serde_json::from_str(row.body.get()));
    let mut history: Vec<HistoryEntry> = history.collect::<Result<_, _>>()?;
    history.sort_by_key(|entry| (entry.stamp.version, entry.path.clone()));
    Ok((records, history))
}

/// The code in the body of a failed request.
///
/// # Errors
/// When it is no problem.
pub fn problem(body: &[u8]) -> anyhow::Result<ProblemCode> {
    let problem: Problem =
        serde_json::from_slice(body).with_context(|| format!("not a problem: {}", String::from_utf8_lossy(body)))?;
    Ok(problem.code)
}
