//! Databases as each version of this program left them, read and worked on by today's: whoever was in the middle of
//! something goes on as if nothing had happened. The files are never changed. When the schema has changed, and before
//! that is released, `RAPPORT_GOLDEN=write cargo test -p rapport-server golden` adds those of the new version.

use std::path::{Path, PathBuf};

use rapport_shared::record::mutation::{Edit, Mutation};
use rapport_shared::sync::wire::{Acknowledgement, Cursor};
use serde::{Deserialize, Serialize};
use sqlx::{Connection as _, PgConnection, Row as _, SqliteConnection};

use super::*;
use crate::testing::{Bank, Tablet, postgres::shared, profile};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden");
/// Every table that has ever been there. Each of them must hold something in the golden databases of its time.
const TABLES: [&str; 11] = [
    "organisation",
    "account",
    "session",
    "device",
    "record",
    "history",
    "mutation",
    "scope_channel",
    "scope_event",
    "imported",
    "former_run",
];

/// What is known of a golden database besides what is in it.
#[derive(Serialize, Deserialize)]
struct Facts {
    /// The time.
    now: Timestamp,
    /// The tablet of `rm1`, its session, and where its last page ended.
    device: DeviceId,
    cookie: String,
    cursor: Cursor,
    /// What it sent before, and what became of that.
    sent: Vec<Mutation>,
    became: Vec<Acknowledgement>,
    /// Since that page: changed by others, and handed over to somebody else.
    changed: RecordId,
    handed_over: RecordId,
    /// All there is.
    records: Vec<Record>,
    history: Vec<HistoryEntry>,
}

fn field(path: &str) -> FieldPath {
    FieldPath::parse(path).unwrap()
}

async fn customer(tablet: &mut Tablet<'_>, name: &str) -> (Record, Mutation, Acknowledgement) {
    let mutation = tablet.mutation(tablet.new_customer(name).unwrap()).unwrap();
    let response = tablet.sync(std::slice::from_ref(&mutation)).await.unwrap();
    let version = response.acknowledgements[0].outcome.version().unwrap();
    let record = rapport_shared::sync::merge::merge(None, &mutation, version).record;
    (record, mutation, response.acknowledgements[0].clone())
}

async fn everything(bank: &Bank) -> (Vec<Record>, Vec<HistoryEntry>) {
    let everything = crate::testing::everything(&*bank.state.store, bank.state.org);
    everything.await.unwrap()
}

/// A morning at the bank: something of everything.
async fn live(store: Arc<dyn Store>) -> Facts {
    let bank = Bank::on(Arc::clone(&store)).await.unwrap();
    let mut tablet = bank.sign_in("rm1").await.unwrap();
    let mut lead = bank.sign_in("lead1").await.unwrap();
    let (kept, first, acknowledged) = customer(&mut tablet, "上海华信科技有限公司").await;
    let (given, ..) = customer(&mut tablet, "杭州恒源纺织厂").await;
    let circle = RecordId::from_u128(0x66);
    let circle = Edit::create(circle, Kind::Circle, Scope::Under(circle))
        .set(field("name"), "退出方案")
        .set(field("lead"), tablet.user().unwrap().to_string())
        .set(field("purpose"), "只有我们知道");
    let circle = tablet.mutation(circle).unwrap();
    tablet.sync(&[circle]).await.unwrap();
    let change = |tablet: &Tablet<'_>, path: &str, to: &str| {
        tablet.mutation(Edit::of(&kept).change(&kept, field(path), to)).unwrap()
    };
    lead.sync(&[change(&lead, "phone", "021-5550 1111")]).await.unwrap();
    bank.pass(1_000);
    let contact = Edit::create(RecordId::from_u128(0x77), Kind::Contact, Scope::Under(kept.id));
    let contact = contact.set(field("name"), "李娜");
    let sent = vec![
        first,
        change(&tablet, "phone", "021-5550 2222"),
        change(&tablet, "credit_code", "no such code"),
        tablet
            .mutation(tablet.new_note(kept.id, "见了王总 👍 '引号' \\ \n第二段").unwrap())
            .unwrap(),
        tablet.mutation(contact.clone()).unwrap(),
        tablet
            .mutation(Edit {
                operation: rapport_shared::record::mutation::Operation::Delete,
                ..contact
            })
            .unwrap(),
    ];
    let mut became = vec![acknowledged];
    became.extend(tablet.sync(&sent[1..]).await.unwrap().acknowledgements);
    let cursor = tablet.cursor.clone().unwrap();

    lead.sync(&[change(&lead, "email", "office@example.cn")]).await.unwrap();
    let successor = profile("rm2").unwrap().user.to_string();
    let hand_over = Edit::of(&given).change(&given, field("owner"), successor);
    let hand_over = lead.mutation(hand_over).unwrap();
    lead.sync(&[hand_over]).await.unwrap();
    let row = ImportedRow {
        record: kept.id,
        cells: [("name".to_owned(), "上海华信".to_owned())].into(),
    };
    let mut writer = store.write(profile("rm1").unwrap().org).await.unwrap();
    writer
        .put_imported(&Kind::Customer, &[("C001".to_owned(), row)])
        .await
        .unwrap();
    writer.commit().await.unwrap();
    let (records, history) = everything(&bank).await;
    Facts {
        now: bank.now(),
        device: tablet.device,
        cookie: tablet.cookie.clone(),
        cursor,
        sent,
        became,
        changed: kept.id,
        handed_over: given.id,
        records,
        history,
    }
}

/// Today's program on a database of an earlier one.
async fn goes_on(store: Arc<dyn Store>, facts: Facts) {
    let org = profile("rm1").unwrap().org;
    let bank = Bank::over(Arc::clone(&store), facts.now);
    assert_eq!(everything(&bank).await, (facts.records, facts.history));
    assert!(!store.audit_trail(org, 10).await.unwrap().is_empty());
    let mut writer = store.write(org).await.unwrap();
    let imported = writer.imported(&Kind::Customer, &["C001".to_owned()]).await.unwrap();
    assert!(imported.contains_key("C001"));
    drop(writer);

    // The session lasts, the cursor holds, and what was settled is not done again.
    let mut tablet = bank.resume(facts.device, &facts.cookie, facts.cursor).await.unwrap();
    let response = tablet.sync(&facts.sent).await.unwrap();
    assert!(!response.page.rebuild && !response.page.reoffer);
    let changed: Vec<RecordId> = response.page.records.iter().map(|record| record.id).collect();
    assert_eq!(
        (changed, response.page.evicted),
        (vec![facts.changed], vec![facts.handed_over])
    );
    for (before, now) in facts.became.iter().zip(&response.acknowledgements) {
        assert_eq!(rapport_shared::sync::authority::replayed(&before.outcome), now.outcome);
    }
    assert_eq!(facts.became.len(), response.acknowledgements.len());
    let (record, ..) = customer(&mut tablet, "苏州新客户").await;
    let (records, _) = everything(&bank).await;
    assert!(records.contains(&record));
}

/// The golden databases `<kind>-<version>`, with their facts. There is at least one.
fn golden(kind: &str) -> Vec<(String, Facts)> {
    let files = std::fs::read_dir(FOLDER).unwrap().map(|file| file.unwrap().path());
    let dumps = files.filter(|path| {
        let name = path.file_name().unwrap().to_string_lossy();
        name.starts_with(kind) && name.ends_with(".sql")
    });
    let read = |path: PathBuf| {
        let facts = std::fs::read(path.with_extension("json")).unwrap();
        (
            std::fs::read_to_string(path).unwrap(),
            serde_json::from_slice(&facts).unwrap(),
        )
    };
    let found: Vec<_> = dumps.map(read).collect();
    assert!(!found.is_empty());
    found
}

/// Writes a golden database, unless there is one of this version.
fn write(kind: &str, version: i64, dump: &str, facts: &Facts) {
    for table in TABLES {
        let row = format!("INSERT INTO {table} ");
        assert!(dump.replace("public.", "").contains(&row), "nothing in {table}");
    }
    let path = Path::new(FOLDER).join(format!("{kind}-{version}.sql"));
    assert!(!path.exists(), "{} is there already", path.display());
    std::fs::write(
        path.with_extension("json"),
        serde_json::to_string_pretty(facts).unwrap(),
    )
    .unwrap();
    std::fs::write(path, dump).unwrap();
}

fn is_to_be_written() -> bool {
    std::env::var_os("RAPPORT_GOLDEN").is_some_and(|wish| wish == "write")
}

async fn sqlite_file(path: &Path) -> SqliteConnection {
    let options = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true);
    SqliteConnection::connect_with(&options).await.unwrap()
}

async fn texts(database: &mut SqliteConnection, query: String) -> Vec<String> {
    let rows = sqlx::query(sqlx::AssertSqlSafe(query))
        .fetch_all(database)
        .await
        .unwrap();
    rows.iter().map(|row| row.try_get(0).unwrap()).collect()
}

async fn dump_sqlite(path: &Path) -> (i64, String) {
    let mut database = sqlite_file(path).await;
    let own = "name NOT LIKE 'sqlite_%' AND sql IS NOT NULL";
    let schema = texts(
        &mut database,
        format!("SELECT sql || ';' FROM sqlite_master WHERE {own} ORDER BY rowid"),
    )
    .await;
    let tables = texts(
        &mut database,
        format!("SELECT name FROM sqlite_master WHERE type = 'table' AND {own} ORDER BY name"),
    )
    .await;
    let mut lines = schema;
    for table in tables {
        let columns = format!("SELECT 'quote(\"' || name || '\")' FROM pragma_table_info('{table}')");
        let columns = texts(&mut database, columns).await.join(" || ', ' || ");
        let rows = format!("SELECT 'INSERT INTO {table} VALUES (' || {columns} || ');' FROM \"{table}\"");
        lines.extend(texts(&mut database, rows).await);
    }
    let version = sqlx::query("SELECT max(version) FROM _sqlx_migrations")
        .fetch_one(&mut database)
        .await
        .unwrap();
    (version.try_get(0).unwrap(), lines.join("\n") + "\n")
}

#[tokio::test]
async fn golden_sqlite_databases_are_worked_on() {
    let folder = tempfile::tempdir().unwrap();
    if is_to_be_written() {
        let path = folder.path().join("new.db");
        let store = Arc::new(SqliteStore::open(&path).await.unwrap());
        let facts = live(store.clone()).await;
        store.close().await;
        let (version, dump) = dump_sqlite(&path).await;
        write("sqlite", version, &dump, &facts);
    }
    for (number, (dump, facts)) in golden("sqlite-").into_iter().enumerate() {
        let path = folder.path().join(format!("{number}.db"));
        let mut database = sqlite_file(&path).await;
        sqlx::raw_sql(sqlx::AssertSqlSafe(dump))
            .execute(&mut database)
            .await
            .unwrap();
        database.close().await.unwrap();
        goes_on(Arc::new(SqliteStore::open(&path).await.unwrap()), facts).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn golden_postgresql_databases_are_worked_on() {
    let Some(cluster) = shared().unwrap() else { return };
    if is_to_be_written() {
        let url = cluster.database().unwrap();
        let store = Arc::new(PostgresStore::open(&url).await.unwrap());
        let facts = live(store.clone()).await;
        store.close().await;
        let mut database = PgConnection::connect(&url).await.unwrap();
        let version = sqlx::query("SELECT max(version) FROM _sqlx_migrations")
            .fetch_one(&mut database)
            .await
            .unwrap();
        write(
            "postgres",
            version.try_get(0).unwrap(),
            &cluster.dump(&url).unwrap(),
            &facts,
        );
    }
    for (dump, facts) in golden("postgres-") {
        let url = cluster.database().unwrap();
        let mut database = PgConnection::connect(&url).await.unwrap();
        sqlx::raw_sql(sqlx::AssertSqlSafe(dump))
            .execute(&mut database)
            .await
            .unwrap();
        database.close().await.unwrap();
        goes_on(Arc::new(PostgresStore::open(&url).await.unwrap()), facts).await;
    }
}
