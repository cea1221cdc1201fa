//! `fleet load`: a bank's day against the release build of the server. In the morning every device pulls everything;
//! then each does something now and then. People do not wait for the server before they do the next thing, so every
//! time is counted from the moment it was meant to begin. Photos are left out.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use rapport_server::clock::Clock;
use rapport_server::demo::bank;
use rapport_server::store::{SessionRow, Store};
use rapport_server::testing::postgres::Cluster;
use rapport_shared::record::profile::{Profile, Role};
use sha2::{Digest as _, Sha256};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::chance::Chance;
use crate::database::Database;
use crate::device::{Device, Storage, now};
use crate::line::{Line, Ticket};
use crate::server::Server;
use crate::usage::{self, Usage};

mod person;
mod report;

use person::{Person, Samples};
use report::{Phase, Report};

/// People in charge of customers, whatever the number of records: the directory every device holds is a part of them.
const MANAGERS: usize = 400;
/// Records that come with a customer, about.
const RECORDS_A_CUSTOMER: usize = 10;
/// Of so many devices one is a team lead's, who sees eight books.
const A_LEAD_AMONG: usize = 50;
/// What is left out of the small syncs at their beginning.
const WARM_UP: Duration = Duration::from_secs(2);
/// A session of a working day, in milliseconds.
const SESSION: i64 = 12 * 3_600_000;

/// Which databases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Which {
    /// One file.
    Sqlite,
    /// A throw-away cluster that keeps every promise about durability.
    Postgres,
    /// One after the other.
    Both,
}

/// Arguments of `fleet load`.
#[derive(clap::Args)]
pub struct Options {
    /// Devices, two for each person.
    #[arg(long, default_value_t = 500)]
    devices: usize,
    /// Which database.
    #[arg(long, value_enum, default_value = "sqlite")]
    database: Which,
    /// How long the small syncs are measured, in seconds.
    #[arg(long, default_value_t = 20)]
    seconds: u64,
    /// Within how many seconds all devices begin their first pull.
    #[arg(long, default_value_t = 30)]
    rush: u64,
    /// Seconds between two things a person does on a device, on average: half of them write, half look.
    #[arg(long, default_value_t = 10.0)]
    pace: f64,
    /// How many records the bank has; small syncs are compared between the first and the last.
    #[arg(long, value_delimiter = ',', default_value = "10000,1000000")]
    records: Vec<usize>,
    /// Devices only ask now and then, instead of keeping a line open on which the server tells them to.
    #[arg(long)]
    without_lines: bool,
    /// The server's binary.
    #[arg(long)]
    server: PathBuf,
    /// Where databases are made.
    #[arg(long)]
    folder: Option<PathBuf>,
}

/// Measures and prints; always true, for figures are not judged here.
///
/// # Errors
/// What kept the run from being carried out.
pub async fn run(options: &Options) -> anyhow::Result<bool> {
    let folder = match &options.folder {
        Some(folder) => tempfile::tempdir_in(folder)?,
        None => tempfile::tempdir()?,
    };
    if options.database != Which::Postgres {
        let mut reports = Vec::new();
        for records in &options.records {
            let path = folder.path().join(format!("bank-{records}.db"));
            reports.push(day(options, Database::File { path }, None, *records, folder.path()).await?);
        }
        report::growth(&reports);
    }
    if options.database != Which::Sqlite {
        let mut reports = Vec::new();
        for records in &options.records {
            let Some(cluster) = Cluster::start_durable()? else {
                eprintln!("SKIPPED: PostgreSQL is not installed");
                break;
            };
            let process = cluster.process()?;
            let database = Database::postgres(cluster)?;
            reports.push(day(options, database, Some(process), *records, folder.path()).await?);
        }
        report::growth(&reports);
    }
    Ok(true)
}

/// One bank's day.
async fn day(
    options: &Options,
    database: Database,
    cluster: Option<u32>,
    records: usize,
    folder: &Path,
) -> anyhow::Result<Report> {
    let begun = Instant::now();
    let store = database.open().await?;
    let size = bank::Size {
        managers: MANAGERS,
        customers: records.saturating_sub(MANAGERS) / RECORDS_A_CUSTOMER,
        visits: None,
    };
    let (org, staff) = bank::fill(&*store, Clock::system().now().civil_date(480), size).await?;
    let records = store.read(org).await?.head().await?.sequence.0;
    println!(
        "\n{} with {records} records, made in {:.0} s; load average {}",
        database.name(),
        begun.elapsed().as_secs_f64(),
        usage::load_average()?
    );
    let people = crew(&staff, options.devices);
    let tickets = sessions(&*store, &people).await?;
    store.close().await;
    let server = Server::start(&options.server, &database.url(), folder.join("server.log")).await?;
    let process = server.process().context("no server")?;
    let origin = format!("http://{}", server.address());
    let mut devices = Vec::new();
    for (number, (profile, ticket)) in (0..).zip(people.into_iter().zip(tickets)) {
        let line = Line::to(&origin, std::net::Ipv4Addr::LOCALHOST)?;
        let mut device = Device::new(sign_in(&profile), line, Storage::None, Chance::new(records, number));
        device.open()?;
        devices.push(Person::new(device, ticket, profile));
    }
    let at_start = Usage::of(process, cluster)?;
    let (devices, rush) = rush(devices, options).await?;
    let after_rush = Usage::of(process, cluster)?;
    let (devices, _) = small(devices, WARM_UP, options.pace).await?;
    let before_small = Usage::of(process, cluster)?;
    let (devices, day) = small(devices, Duration::from_secs(options.seconds), options.pace).await?;
    let at_end = Usage::of(process, cluster)?;
    let report = Report {
        database: database.name(),
        records,
        devices: devices.len(),
        rush: Phase::new("first pull", rush, &at_start, &after_rush),
        small: Phase::new("small sync", day, &before_small, &at_end),
        memory: [at_start.memory, after_rush.memory, at_end.memory],
    };
    println!("{report}");
    Ok(report)
}

/// Whose devices they are: relationship managers, two devices each, and a lead now and then.
fn crew(staff: &[Profile], devices: usize) -> Vec<Profile> {
    let of = |role| staff.iter().filter(move |profile| profile.role == role);
    let leads = devices / A_LEAD_AMONG;
    let managers = of(Role::RelationshipManager).flat_map(|profile| [profile, profile]);
    let managers = managers.cycle().take(devices - leads);
    of(Role::TeamLead)
        .cycle()
        .take(leads)
        .chain(managers)
        .cloned()
        .collect()
}

/// Opens a session for each past the server: signing in is meant to be slow and is not what is measured.
pub async fn sessions(store: &dyn Store, people: &[Profile]) -> anyhow::Result<Vec<Ticket>> {
    let mut tickets = Vec::new();
    for (number, profile) in people.iter().enumerate() {
        let token = format!("load-{number}-{:016x}", rand::random::<u64>());
        let csrf = "load".to_owned();
        store
            .open_session(&SessionRow {
                token: Sha256::digest(token.as_bytes()).into(),
                org: profile.org,
                user: profile.user,
                csrf: csrf.clone(),
                created: now(),
                expires: now().plus(SESSION),
            })
            .await?;
        let cookie = format!("__Host-rapport={token}");
        tickets.push(Ticket { cookie, csrf });
    }
    Ok(tickets)
}

fn sign_in(profile: &Profile) -> rapport_shared::sync::wire::SignIn {
    rapport_shared::sync::wire::SignIn {
        login: profile.login.clone(),
        password: rapport_server::demo::PASSWORD.to_owned(),
    }
}

/// Half past eight: each device begins at some moment of the rush.
async fn rush(devices: Vec<Person>, options: &Options) -> anyhow::Result<(Vec<Person>, Samples)> {
    let (begin, listens) = (Instant::now(), !options.without_lines);
    let mut tasks = JoinSet::new();
    for mut person in devices {
        let delay = person.moment_within(Duration::from_secs(options.rush));
        tasks.spawn(async move {
            person.first_pull(begin + delay).await?;
            if listens {
                person.listen();
            }
            anyhow::Ok(person)
        });
    }
    gather(tasks).await
}

/// The day: each device does something every `pace` seconds on average.
async fn small(devices: Vec<Person>, length: Duration, pace: f64) -> anyhow::Result<(Vec<Person>, Samples)> {
    let end = Instant::now() + length;
    let mut tasks = JoinSet::new();
    for mut person in devices {
        tasks.spawn(async move {
            person.work(end, pace).await?;
            anyhow::Ok(person)
        });
    }
    gather(tasks).await
}

async fn gather(mut tasks: JoinSet<anyhow::Result<Person>>) -> anyhow::Result<(Vec<Person>, Samples)> {
    let (mut devices, mut samples) = (Vec::new(), Samples::default());
    while let Some(done) = tasks.join_next().await {
        let mut person = done??;
        samples.add(person.take_samples());
        devices.push(person);
    }
    Ok((devices, samples))
}
