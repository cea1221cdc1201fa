//! `fleet bench`: what the server does, one thing after the other, on the book that the browser's measurements work on,
//! beside other servers that do the nearest same work by their own protocol. A time counts only once the server was
//! found to hold what it should.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use rapport_server::demo::bank;
use rapport_server::testing::postgres::Cluster;
use rapport_shared::sample::{Card, Note, cards, notes};
use serde_json::{Value, json};

use crate::database::Database;
use crate::times::percentile;

mod figures;
mod kinto;
mod node;
mod pouch;
mod rapport;

use figures::Figures;
use rapport::Rapport;

/// The sample, as in the browser.
const CARDS: usize = 1_000;
const NOTES: usize = 10_000;
/// Notes pushed at once.
const PUSHED: usize = 1_000;
/// Small syncs that are measured, and those before them that are not.
const SMALL: usize = 150;
const WARM_UP: usize = 20;
/// Relationship managers of a bank that grows.
const MANAGERS: usize = 400;
/// Records that come with a customer, about.
const RECORDS_A_CUSTOMER: usize = 10;

/// Arguments of `fleet bench`.
#[derive(clap::Args)]
pub struct Options {
    /// How often everything is measured.
    #[arg(long, default_value_t = 3)]
    runs: u32,
    /// Customers that are imported.
    #[arg(long, default_value_t = 100_000)]
    customers: usize,
    /// Customers that other servers take in at once, where that is fewer.
    #[arg(long, default_value_t = 10_000)]
    peer_customers: usize,
    /// How many records a bank has; small syncs are compared between the first and the last.
    #[arg(long, value_delimiter = ',', default_value = "10000,1000000")]
    records: Vec<usize>,
    /// The harness of the other servers, with what it needs installed.
    #[arg(long)]
    peers: Option<PathBuf>,
    /// The server's binary.
    #[arg(long)]
    server: PathBuf,
    /// Where databases and results are written.
    #[arg(long)]
    folder: PathBuf,
}

/// What was pulled.
#[derive(Default)]
struct Pulled {
    documents: Vec<Document>,
    /// Bytes as they travelled.
    wire: usize,
}

/// What is compared of a customer or a note, however the server puts it.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Document {
    id: String,
    /// The name of a customer, the text of a note.
    words: String,
}

impl Document {
    /// Takes it out of its JSON.
    fn take(id: &str, json: &mut Value) -> anyhow::Result<Self> {
        let words = ["text", "name"]
            .into_iter()
            .find_map(|member| match json.get_mut(member)?.take() {
                Value::String(words) => Some(words),
                _ => None,
            });
        Ok(Self {
            id: id.to_owned(),
            words: words.with_context(|| format!("a document without words: {id}"))?,
        })
    }
}

/// A server that holds the sample, and a device of it.
trait Contender {
    /// Pulls everything to a device that holds nothing.
    async fn pull(&mut self) -> anyhow::Result<Pulled>;
    /// Writes these notes as fast as the protocol can.
    async fn push(&mut self, notes: &[Note]) -> anyhow::Result<()>;
    /// Writes a note and reads what changed since the last time.
    async fn sync(&mut self, note: &Note) -> anyhow::Result<()>;
    /// Takes in many customers, and says how much memory, in kilobytes, that took at most.
    async fn import(&mut self, cards: &[Card]) -> anyhow::Result<u64>;
    /// How many customers and notes the server holds.
    async fn count(&mut self) -> anyhow::Result<usize>;
}

/// Measures and prints, the last line as JSON. Whether everything that was begun succeeded.
///
/// # Errors
/// What kept the run from being carried out.
pub async fn run(options: &Options) -> anyhow::Result<bool> {
    let folder = tempfile::tempdir_in(&options.folder)?;
    let mut figures = Figures::default();
    let mut names = vec!["rapport-sqlite", "rapport-postgres"];
    if options.peers.is_some() {
        names.extend(["kinto", "express-pouchdb"]);
    }
    for run in 1..=options.runs {
        eprintln!("run {run}/{} …", options.runs);
        figures.begin_run(run);
        for name in &names {
            let place = tempfile::tempdir_in(folder.path())?;
            if let Err(error) = contend(options, name, place.path(), &mut figures).await {
                figures.fail(name, &error);
            }
        }
        // Who comes first takes turns, so that a machine that slows down harms nobody more.
        names.reverse();
    }
    for name in ["rapport-sqlite", "rapport-postgres"] {
        if let Err(error) = grow(options, name, folder.path(), &mut figures).await {
            figures.fail(name, &error);
        }
    }
    figures.print(&options.folder.join("server.json"))?;
    Ok(figures.are_complete())
}

async fn contend(options: &Options, name: &str, folder: &Path, figures: &mut Figures) -> anyhow::Result<()> {
    let run = figures.run();
    let few = options.customers.min(options.peer_customers);
    match (name, &options.peers) {
        ("kinto", Some(harness)) => {
            let mut kinto = kinto::Kinto::start(harness, folder).await?;
            measure(&mut kinto, name, run, few, figures).await
        }
        ("express-pouchdb", Some(harness)) => {
            let mut pouch = pouch::Pouch::start(harness, folder).await?;
            measure(&mut pouch, name, run, few, figures).await
        }
        _ => {
            let Some(database) = database(name, &folder.join("bank.db"))? else {
                return Ok(());
            };
            let mut ours = Rapport::with_sample(&options.server, database, folder).await?;
            measure(&mut ours, name, run, options.customers, figures).await
        }
    }
}

/// A new database; `None`, and a line that says so, where there is no PostgreSQL.
fn database(name: &str, path: &Path) -> anyhow::Result<Option<Database>> {
    if name == "rapport-sqlite" {
        return Ok(Some(Database::File { path: path.to_owned() }));
    }
    let Some(cluster) = Cluster::start_durable()? else {
        eprintln!("SKIPPED: rapport-postgres (PostgreSQL is not installed)");
        return Ok(None);
    };
    Database::postgres(cluster).map(Some)
}

async fn measure(
    server: &mut impl Contender,
    name: &str,
    run: u32,
    customers: usize,
    figures: &mut Figures,
) -> anyhow::Result<()> {
    let begun = Instant::now();
    let Pulled { mut documents, wire } = server.pull().await?;
    let time = begun.elapsed();
    let (expected, bytes) = sample()?;
    documents.sort();
    ensure!(
        documents == expected,
        "other documents came, {} of them",
        documents.len()
    );
    let megabytes = bytes as f64 / time.as_secs_f64() / 1e6;
    let traffic = json!({ "wire_bytes": wire, "mb_per_s": (megabytes * 10.0).round() / 10.0 });
    figures.add(name, "pull", rate(time, documents.len(), "records", traffic));

    let pushed = notes(PUSHED, CARDS, 100 + run);
    let begun = Instant::now();
    server.push(&pushed).await?;
    let time = begun.elapsed();
    expect(server, CARDS + NOTES + PUSHED).await?;
    figures.add(name, "push", rate(time, PUSHED, "notes", json!({})));

    let sample = small(server, 200 + run).await?;
    expect(server, CARDS + NOTES + PUSHED + SMALL + WARM_UP).await?;
    figures.add(name, "small sync", sample);

    let cards = cards(CARDS + customers).split_off(CARDS);
    let begun = Instant::now();
    let memory = server.import(&cards).await?;
    let time = begun.elapsed();
    expect(server, CARDS + NOTES + PUSHED + SMALL + WARM_UP + customers).await?;
    let memory = json!({ "peak_mb": memory / 1024 });
    figures.add(name, "import", rate(time, customers, "rows", memory));

    let sample = small(server, 300 + run).await?;
    figures.add(name, "small sync after the import", sample);
    Ok(())
}

/// The documents that every server holds in the beginning, in order, and how long their JSON is.
fn sample() -> anyhow::Result<(Vec<Document>, usize)> {
    let cards = cards(CARDS).into_iter().map(serde_json::to_value);
    let notes = notes(NOTES, CARDS, 0).into_iter().map(serde_json::to_value);
    let (mut documents, mut bytes) = (Vec::new(), 0);
    for document in cards.chain(notes) {
        let mut document = document?;
        bytes += document.to_string().len();
        let id = document["id"].as_str().context("no id")?.to_owned();
        documents.push(Document::take(&id, &mut document)?);
    }
    documents.sort();
    Ok((documents, bytes))
}

async fn expect(server: &mut impl Contender, expected: usize) -> anyhow::Result<()> {
    let count = server.count().await?;
    if count != expected {
        bail!("the server holds {count} customers and notes instead of {expected}");
    }
    Ok(())
}

fn rate(time: Duration, number: usize, what: &str, further: Value) -> Value {
    let mut sample = json!({ "ms": milliseconds(time), what: number });
    sample["per_s"] = json!((number as f64 / time.as_secs_f64()).round());
    if let (Some(sample), Value::Object(further)) = (sample.as_object_mut(), further) {
        sample.extend(further);
    }
    sample
}

fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 100_000.0).round() / 100.0
}

async fn small(server: &mut impl Contender, salt: u32) -> anyhow::Result<Value> {
    let mut times = Vec::new();
    for note in notes(WARM_UP + SMALL, CARDS, salt) {
        let begun = Instant::now();
        server.sync(&note).await?;
        times.push(begun.elapsed());
    }
    let mut times = times.split_off(WARM_UP);
    times.sort();
    let [median, tail] = [0.5, 0.99].map(|share| milliseconds(percentile(&times, share)));
    Ok(json!({ "ms": median, "p99_ms": tail, "n": times.len() }))
}

/// Small syncs in banks of different sizes, by somebody whose own book is about as large in each.
async fn grow(options: &Options, name: &str, folder: &Path, figures: &mut Figures) -> anyhow::Result<()> {
    for records in &options.records {
        let Some(database) = database(name, &folder.join(format!("{records}.db")))? else {
            return Ok(());
        };
        let size = bank::Size {
            managers: MANAGERS,
            customers: records.saturating_sub(MANAGERS) / RECORDS_A_CUSTOMER,
            visits: None,
        };
        let mut ours = Rapport::with_bank(&options.server, database, folder, size).await?;
        for run in 1..=options.runs {
            figures.begin_run(run);
            let mut sample = small(&mut ours, 400 + run).await?;
            sample["bank_records"] = json!(records);
            figures.add(name, &format!("small sync in {records}"), sample);
        }
    }
    Ok(())
}
