//! Our own server in these measurements: the released program on a database that was filled before it started, and a
//! device that says what the app says. It stores nothing on the device.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use rapport_server::clock::Clock;
use rapport_server::demo::bank;
use rapport_server::people::{self, NewPerson};
use rapport_server::store::Store;
use rapport_server::sync::ledger::Ledger;
use rapport_shared::ids::{DeviceId, MutationId, OrgId, RecordId};
use rapport_shared::record::mutation::{Edit, Mutation};
use rapport_shared::record::profile::{Profile, Role};
use rapport_shared::record::{Kind, Record, Scope, Version};
use rapport_shared::sample::{Card, Note, cards, notes};
use rapport_shared::sync::engine::Entropy as _;
use rapport_shared::sync::wire::{Cursor, MAXIMUM_PAGES, Outcome, PROTOCOL, SyncRequest};
use tokio::process::Command;
use tokio::time::sleep;

use super::{CARDS, Contender, Document, NOTES, Pulled};
use crate::chance::Chance;
use crate::database::Database;
use crate::device::now;
use crate::line::{Exchange, Line, Ticket};
use crate::load::sessions;
use crate::server::Server;
use crate::usage;

const MANAGER: &str = "bench";
/// Who gets what is imported.
const OTHER: &str = "other";
/// Records in a page, as the app asks for them.
const PAGE: u32 = 500;
/// Sessions that take turns: one alone may not ask as often as is measured here.
const SESSIONS: usize = 8;
/// Mutations in one request.
const BATCH: usize = 1_000;

/// See the module.
pub(super) struct Rapport {
    binary: PathBuf,
    folder: PathBuf,
    database: Database,
    org: OrgId,
    line: Line,
    tickets: Vec<Ticket>,
    profile: Profile,
    device: DeviceId,
    cursor: Option<Cursor>,
    /// The customers notes are about, where they are not the sample's.
    book: Vec<RecordId>,
    chance: Chance,
    written: u64,
    /// Held for its end.
    _server: Server,
}

impl Rapport {
    /// A bank with the sample.
    pub(super) async fn with_sample(binary: &Path, database: Database, folder: &Path) -> anyhow::Result<Self> {
        let store = database.open().await?;
        let manager = add(&*store, MANAGER, Role::RelationshipManager).await?;
        add(&*store, OTHER, Role::RelationshipManager).await?;
        add(&*store, "admin", Role::Administrator).await?;
        let customers = cards(CARDS).into_iter().map(|card| card.edit(&manager));
        let edits = customers.chain(notes(NOTES, CARDS, 0).iter().map(Note::edit)).collect();
        write(&*store, &manager, edits).await?;
        Self::start(binary, database, folder, &*store, manager).await
    }

    /// A bank of any size; the device is one of its first manager's, and holds that book.
    pub(super) async fn with_bank(
        binary: &Path,
        database: Database,
        folder: &Path,
        size: bank::Size,
    ) -> anyhow::Result<Self> {
        let store = database.open().await?;
        let (_, staff) = bank::fill(&*store, Clock::system().now().civil_date(480), size).await?;
        let manager = staff.into_iter().next().context("nobody works in the bank")?;
        let mut rapport = Self::start(binary, database, folder, &*store, manager).await?;
        let mut book = Vec::new();
        let take = |record: &Record| book.extend((record.kind == Kind::Customer).then_some(record.id));
        rapport.pull_all(take).await?;
        rapport.book = book;
        ensure!(!rapport.book.is_empty(), "the manager has no customers");
        Ok(rapport)
    }

    async fn start(
        binary: &Path,
        database: Database,
        folder: &Path,
        store: &dyn Store,
        profile: Profile,
    ) -> anyhow::Result<Self> {
        let tickets = sessions(store, &vec![profile.clone(); SESSIONS]).await?;
        store.close().await;
        let server = Server::start(binary, &database.url(), folder.join("server.log")).await?;
        let line = Line::to(&format!("http://{}", server.address()), std::net::Ipv4Addr::LOCALHOST)?;
        let mut chance = Chance::new(0, 0);
        Ok(Self {
            binary: binary.to_owned(),
            folder: folder.to_owned(),
            database,
            org: profile.org,
            line,
            tickets,
            profile,
            device: DeviceId::new(now(), chance.draw()),
            cursor: None,
            book: Vec::new(),
            chance,
            written: 0,
            _server: server,
        })
    }

    /// The note as this device's next work.
    fn mutation(&mut self, note: &Note) -> Mutation {
        let mut edit = note.edit();
        if !self.book.is_empty() {
            let at = usize::try_from(self.written).unwrap_or_default() % self.book.len();
            edit.scope = Scope::Under(self.book[at]);
            // Banks are measured more than once.
            edit.record = RecordId::new(now(), self.chance.draw());
        }
        self.written += 1;
        Mutation {
            id: MutationId::new(now(), self.chance.draw()),
            device: self.device,
            device_seq: self.written,
            author: self.profile.user,
            at: now(),
            record: edit.record,
            kind: edit.kind,
            scope: edit.scope,
            base: Version::NONE,
            operation: edit.operation,
            unknown: std::collections::BTreeMap::new(),
        }
    }

    /// One exchange. Everything sent has to be taken over to the letter.
    async fn ask(&mut self, mutations: Vec<Mutation>) -> anyhow::Result<Exchange> {
        self.tickets.rotate_left(1);
        let ticket = self.tickets.first().context("no session")?;
        let sent = mutations.len();
        let request = SyncRequest {
            protocol: PROTOCOL,
            device: self.device,
            cursor: self.cursor.clone(),
            mutations,
            limit: PAGE,
            pages: MAXIMUM_PAGES,
        };
        let exchange = self.line.sync(ticket, &request).await;
        if let Some(failure) = &exchange.failure {
            bail!("a request failed: {failure:?}");
        }
        let settled = exchange.pages.iter().flat_map(|page| &page.acknowledgements);
        let applied = settled.filter(|one| matches!(one.outcome, Outcome::Applied { .. }));
        ensure!(applied.count() == sent, "not everything was applied");
        let last = exchange.pages.last().context("an answer without a page")?;
        self.cursor = Some(last.page.cursor.clone());
        Ok(exchange)
    }

    /// Asks until nothing more is waiting, and gives each record to `take`; what travelled.
    async fn pull_all(&mut self, mut take: impl FnMut(&Record)) -> anyhow::Result<usize> {
        let mut wire = 0;
        loop {
            let exchange = self.ask(Vec::new()).await?;
            wire += exchange.traffic.down;
            exchange
                .pages
                .iter()
                .flat_map(|page| &page.page.records)
                .for_each(&mut take);
            if exchange.pages.last().is_none_or(|page| !page.page.more) {
                return Ok(wire);
            }
        }
    }
}

impl Contender for Rapport {
    async fn pull(&mut self) -> anyhow::Result<Pulled> {
        let mut documents = Vec::new();
        let take = |record: &Record| {
            let words = record.text("text").or_else(|| record.text("name"));
            documents.extend(words.filter(|_| record.root().is_some()).map(|words| Document {
                id: record.id.to_string(),
                words: words.to_owned(),
            }));
        };
        let wire = self.pull_all(take).await?;
        Ok(Pulled { documents, wire })
    }

    async fn push(&mut self, notes: &[Note]) -> anyhow::Result<()> {
        for notes in notes.chunks(BATCH) {
            let mutations = notes.iter().map(|note| self.mutation(note)).collect();
            self.ask(mutations).await?;
        }
        Ok(())
    }

    async fn sync(&mut self, note: &Note) -> anyhow::Result<()> {
        let mutation = self.mutation(note);
        self.ask(vec![mutation]).await.map(|_| ())
    }

    async fn import(&mut self, cards: &[Card]) -> anyhow::Result<u64> {
        let file = self.folder.join("customers.csv");
        std::fs::write(&file, table(cards)?)?;
        let mut import = Command::new(&self.binary)
            .args(["import", "customers", "--owner", OTHER, "--as", "admin", "--database"])
            .arg(self.database.url())
            .arg(&file)
            .stdout(std::process::Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let process = import.id().context("no import")?;
        let mut peak = 0;
        loop {
            // It may end while it is looked at.
            peak = usage::peak(process).unwrap_or_default().max(peak);
            tokio::select! {
                status = import.wait() => {
                    ensure!(status?.success(), "rows were left out");
                    return Ok(peak);
                }
                () = sleep(Duration::from_millis(10)) => {}
            }
        }
    }

    async fn count(&mut self) -> anyhow::Result<usize> {
        let store = self.database.open().await?;
        let mut reader = store.read(self.org).await?;
        let customers = reader.of_kind(&Kind::Customer).await?.len();
        let count = customers + reader.of_kind(&Kind::Note).await?.len();
        drop(reader);
        store.close().await;
        Ok(count)
    }
}

async fn add(store: &dyn Store, login: &str, role: Role) -> anyhow::Result<Profile> {
    let person = NewPerson {
        login: login.to_owned(),
        name: login.to_owned(),
        role,
        team: Some("1".to_owned()),
        branch: Some("1".to_owned()),
        // Nobody signs in: sessions are opened past the server.
        password: String::new(),
    };
    Ok(people::add(store, person, now()).await?)
}

async fn write(store: &dyn Store, author: &Profile, edits: Vec<Edit>) -> anyhow::Result<()> {
    let mut writer = store.write(author.org).await?;
    let mut ledger = Ledger::new(&writer.head().await?, std::collections::HashMap::new());
    for edit in edits {
        ledger.carry_out(edit, author.user, now());
    }
    writer.put(&ledger.finish()).await?;
    Ok(writer.commit().await?)
}

/// The customers as another system would give them away.
fn table(cards: &[Card]) -> anyhow::Result<String> {
    const COLUMNS: [(&str, &str); 8] = [
        ("客户编号", "id"),
        ("客户名称", "name"),
        ("联系电话", "mobile"),
        ("电子邮箱", "email"),
        ("微信", "wechat"),
        ("地址", "address"),
        ("来源", "source"),
        ("备注", "remark"),
    ];
    let mut text = COLUMNS.map(|(header, _)| header).join(",");
    for card in cards {
        let card = serde_json::to_value(card)?;
        let cells = COLUMNS.map(|(_, member)| format!("\"{}\"", card[member].as_str().unwrap_or_default()));
        text.push('\n');
        text.push_str(&cells.join(","));
    }
    Ok(text)
}
