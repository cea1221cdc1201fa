//! A throw-away PostgreSQL for tests: in a temporary folder, on a socket of its own, with nothing to sync to the disk.
//! A shell watches over it and stops it when this process ends, however it ends. Where PostgreSQL is not installed the
//! tests that need it say so and are left out.

use std::fs;
use std::io::{BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context as _, bail};

/// Makes the cluster, starts it, says so, restarts it for every line of its input, and waits for the input's end. `$1`
/// the programs, `$2` the folder. Whoever is gone before it has started must not take the shell along by not listening.
const WATCH: &str = r#"
trap '' PIPE
cd "$2" || exit 1
"$1/initdb" -D data -U postgres -A trust -E UTF8 --locale=C --no-sync >initdb.log 2>&1 </dev/null || exit 1
"$1/pg_ctl" -D data -l server.log -w -o "$3" start >start.log 2>&1 </dev/null || exit 1
echo ready
while read -r line; do
  "$1/pg_ctl" -D data -l server.log -m immediate -w restart >restart.log 2>&1 </dev/null || break
  echo ready
done
kill -QUIT "$(head -n 1 data/postmaster.pid)"
"$1/pg_ctl" -D data -w stop >/dev/null 2>&1
cd / && rm -rf "$2"
"#;

/// Settings of a database nobody will miss: it survives the death of its processes, not that of the machine.
const FORGETFUL: &str = "-c fsync=off -c full_page_writes=off -c shared_buffers=32MB";
/// Settings of a database that is measured: every promise is kept.
const DURABLE: &str = "-c shared_buffers=256MB -c max_wal_size=4GB";

static NEXT: AtomicU32 = AtomicU32::new(1);

/// A running PostgreSQL. It stops when this is dropped.
pub struct Cluster {
    programs: PathBuf,
    folder: PathBuf,
    watcher: Child,
    /// Its end is the sign to stop.
    life_line: Option<ChildStdin>,
    said: BufReader<ChildStdout>,
}

/// The cluster all tests of this process share, each with a database of its own; `None`, and a line that says so,
/// where PostgreSQL is not installed.
///
/// # Errors
/// When PostgreSQL is there and does not start.
pub fn shared() -> anyhow::Result<Option<&'static Cluster>> {
    static SHARED: OnceLock<Result<Option<Cluster>, String>> = OnceLock::new();
    let cluster = SHARED.get_or_init(|| Cluster::start().map_err(|error| format!("{error:#}")));
    match cluster {
        Ok(Some(cluster)) => Ok(Some(cluster)),
        Ok(None) => {
            // Past the test harness, which keeps back what a passing test prints.
            writeln!(
                std::io::stderr(),
                "SKIPPED: a test of PostgreSQL (initdb is neither under /usr/lib/postgresql nor in the PATH)"
            )?;
            Ok(None)
        }
        Err(error) => bail!("{error}"),
    }
}

impl Cluster {
    /// Starts one, or returns `None` where PostgreSQL is not installed.
    ///
    /// # Errors
    /// When PostgreSQL is there and does not start.
    pub fn start() -> anyhow::Result<Option<Self>> {
        Self::start_with(FORGETFUL)
    }

    /// Starts one that syncs to the disk what it commits, or returns `None` where PostgreSQL is not installed.
    ///
    /// # Errors
    /// When PostgreSQL is there and does not start.
    pub fn start_durable() -> anyhow::Result<Option<Self>> {
        Self::start_with(DURABLE)
    }

    fn start_with(promises: &str) -> anyhow::Result<Option<Self>> {
        let Some(programs) = find_programs() else {
            return Ok(None);
        };
        let name = format!("rapport-postgres-{}", uuid::Uuid::new_v4().simple());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir(&folder)?;
        let settings = format!(
            "-c listen_addresses= -c unix_socket_directories={} -c max_connections=200 {promises}",
            folder.display()
        );
        let mut command = Command::new("sh");
        command
            .args(["-c", WATCH, "watch"])
            .arg(&programs)
            .arg(&folder)
            .arg(settings);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let_it_run_unprivileged(&mut command, &folder)?;
        let mut watcher = command.spawn()?;
        let life_line = watcher.stdin.take();
        let mut said = BufReader::new(watcher.stdout.take().context("no output")?);
        if !is_ready(&mut said)? {
            let logs = ["initdb.log", "start.log", "server.log"].map(|log| fs::read_to_string(folder.join(log)));
            let logs: String = logs.into_iter().flatten().collect();
            bail!(
                "PostgreSQL of {} does not start in {}: {logs}",
                programs.display(),
                folder.display()
            );
        }
        Ok(Some(Self {
            programs,
            folder,
            watcher,
            life_line,
            said,
        }))
    }

    /// Lets it crash, all its connections with it, and starts it again; returns when it has recovered.
    ///
    /// # Errors
    /// When it does not come back.
    pub fn crash(&mut self) -> anyhow::Result<()> {
        writeln!(self.life_line.as_mut().context("it has ended")?)?;
        if !is_ready(&mut self.said)? {
            let log = fs::read_to_string(self.folder.join("server.log"))?;
            bail!("PostgreSQL in {} does not come back: {log}", self.folder.display());
        }
        Ok(())
    }

    /// The process all others of it come from.
    ///
    /// # Errors
    /// When it is not running.
    pub fn process(&self) -> anyhow::Result<u32> {
        let file = fs::read_to_string(self.folder.join("data/postmaster.pid"))?;
        Ok(file.lines().next().context("no process")?.trim().parse()?)
    }

    /// The URL of a new, empty database.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn database(&self) -> anyhow::Result<String> {
        let name = format!("test{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let made = Command::new(self.programs.join("createdb"))
            .args(["-U", "postgres", "-h"])
            .arg(&self.folder)
            .arg(&name)
            .output()?;
        if !made.status.success() {
            bail!("createdb: {}", String::from_utf8_lossy(&made.stderr));
        }
        Ok(format!(
            "postgres://postgres@localhost/{name}?host={}",
            self.folder.display()
        ))
    }

    /// The URL of a new database that holds what the one at `url` holds.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn copy(&self, url: &str) -> anyhow::Result<String> {
        let (dump, copy) = (self.dump(url)?, self.database()?);
        let mut psql = Command::new(self.programs.join("psql"));
        psql.args(["--quiet", "--set", "ON_ERROR_STOP=1", "--dbname", &copy]);
        psql.stdin(Stdio::piped()).stdout(Stdio::null());
        let mut psql = psql.spawn()?;
        psql.stdin.take().context("no input")?.write_all(dump.as_bytes())?;
        if !psql.wait()?.success() {
            bail!("psql does not take the dump of {url}");
        }
        Ok(copy)
    }

    /// The database at `url` as SQL that any client can carry out, once it is no longer written to.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn dump(&self, url: &str) -> anyhow::Result<String> {
        let dump = Command::new(self.programs.join("pg_dump"))
            .args([
                "--inserts",
                "--no-owner",
                "--no-privileges",
                "--no-comments",
                "--dbname",
                url,
            ])
            .output()?;
        if !dump.status.success() {
            bail!("pg_dump: {}", String::from_utf8_lossy(&dump.stderr));
        }
        // Lines that begin like this are for one client alone.
        let text = String::from_utf8(dump.stdout)?;
        let lines = text.lines().filter(|line| !line.starts_with('\\'));
        Ok(lines.fold(String::new(), |sql, line| sql + line + "\n"))
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.life_line.take());
        // It removes the folder too; what it could not do, nobody else can.
        let _ = self.watcher.wait();
    }
}

fn is_ready(said: &mut impl std::io::BufRead) -> anyhow::Result<bool> {
    let mut line = String::new();
    said.read_line(&mut line)?;
    Ok(line.trim() == "ready")
}

/// Where the programs are: the newest version a Linux distribution keeps aside, or else the PATH.
fn find_programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut versions: Vec<(u32, PathBuf)> = versions
        .filter_map(|version| Some((version.file_name().to_str()?.parse().ok()?, version.path().join("bin"))))
        .collect();
    versions.sort();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let aside = versions.into_iter().rev().map(|(_, folder)| folder);
    aside.chain(std::env::split_paths(&path)).find(|folder| {
        ["initdb", "pg_ctl", "createdb"]
            .iter()
            .all(|program| folder.join(program).is_file())
    })
}

/// PostgreSQL refuses to run as root: there it runs as the user its package made. It is out of reach of the signals
/// sent to this process's group, for it has to clean up after itself.
#[cfg(unix)]
fn let_it_run_unprivileged(command: &mut Command, folder: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::{MetadataExt as _, chown};
    use std::os::unix::process::CommandExt as _;

    command.process_group(0);
    if fs::metadata(folder)?.uid() != 0 {
        return Ok(());
    }
    let users = fs::read_to_string("/etc/passwd")?;
    let user = users.lines().find_map(|line| line.strip_prefix("postgres:"));
    let mut ids = user.context("there is no user postgres")?.split(':').skip(1);
    let mut next = || {
        ids.next()
            .context("half a line in /etc/passwd")?
            .parse::<u32>()
            .context("no number")
    };
    let (uid, gid) = (next()?, next()?);
    chown(folder, Some(uid), Some(gid))?;
    command.uid(uid).gid(gid);
    Ok(())
}

#[cfg(not(unix))]
fn let_it_run_unprivileged(_: &mut Command, _: &Path) -> anyhow::Result<()> {
    Ok(())
}
