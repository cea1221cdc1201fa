//! Running other programs and saying what is being done and how long it took. It never hides a program's
//! output: whoever waits must see what for.

use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader, IsTerminal, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// The longest time without a word, a little less than what people wait for.
const SILENCE: Duration = Duration::from_secs(8);

/// When something was said last, as far as it is known here.
static LAST_WORD: Mutex<Option<Instant>> = Mutex::new(None);

/// Says what starts, does it, says how long it took.
///
/// # Errors
/// Whatever the work returns.
pub fn step<T>(what: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    println!("▸ {what} …");
    let started = Instant::now();
    // On a terminal cargo draws its bar.
    let result = if std::io::stderr().is_terminal() {
        work()
    } else {
        alive(what, work)
    };
    let verdict = if result.is_ok() { "done" } else { "FAILED" };
    println!("  {what}: {verdict} in {}", seconds(started.elapsed()));
    result
}

/// Does the work, and says that it goes on whenever nothing was said for a while: whoever waits must hear something.
pub fn alive<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let started = Instant::now();
    heard();
    thread::scope(|scope| {
        let (done, waits) = mpsc::channel::<()>();
        scope.spawn(move || {
            while waits.recv_timeout(Duration::from_secs(1)) == Err(RecvTimeoutError::Timeout) {
                let is_silent = LAST_WORD
                    .lock()
                    .is_ok_and(|last| last.is_some_and(|last| last.elapsed() > SILENCE));
                if is_silent {
                    say(&format!("  … {what}: {} s", started.elapsed().as_secs()));
                }
            }
        });
        let result = work();
        drop(done);
        result
    })
}

/// Something was said just now.
fn heard() {
    if let Ok(mut last) = LAST_WORD.lock() {
        *last = Some(Instant::now());
    }
}

fn say(line: &str) {
    heard();
    // A closed terminal must not end the tests.
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// A duration as a person reads it.
pub fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}

/// A command without the variables that the cargo which started us set for our own package: they would
/// send another toolchain to the wrong compiler or rebuild what needs no rebuilding.
pub fn command(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("CARGO_PKG_")
            || matches!(
                &*name,
                "CARGO" | "CARGO_MANIFEST_DIR" | "CARGO_MANIFEST_PATH" | "LD_LIBRARY_PATH"
            )
        {
            command.env_remove(&*name);
        }
    }
    command
}

/// The cargo of the toolchain this workspace uses, started in its root.
pub fn cargo() -> Command {
    let mut command = command("cargo");
    // Errors are returned all the time while waiting for something; a trace of each would only cost time.
    command
        .current_dir(crate::workspace::root())
        .env("RUST_LIB_BACKTRACE", "0");
    command
}

/// Runs a command to its end.
///
/// # Errors
/// It cannot be started, or ends with a failure.
pub fn run(command: &mut Command) -> Result<()> {
    let shown = show(command);
    let status = command.status().with_context(|| format!("cannot start `{shown}`"))?;
    if !status.success() {
        bail!("`{shown}` failed: {status}");
    }
    Ok(())
}

/// Runs a command quietly and returns what it printed.
///
/// # Errors
/// It cannot be started, or ends with a failure.
pub fn capture(command: &mut Command) -> Result<String> {
    let shown = show(command);
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot start `{shown}`"))?;
    if !output.status.success() {
        bail!("`{shown}` failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Whether the command ended well, and every line it printed; the lines are shown as they come.
pub struct Watched {
    pub success: bool,
    pub lines: Vec<String>,
}

/// Runs a command, showing and keeping its lines.
///
/// # Errors
/// It cannot be started.
pub fn watch(command: &mut Command) -> Result<Watched> {
    let shown = show(command);
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start `{shown}`"))?;
    let lines = Arc::new(Mutex::new(Vec::new()));
    let readers: Vec<_> = [
        child.stdout.take().map(|pipe| Box::new(pipe) as Box<dyn Read + Send>),
        child.stderr.take().map(|pipe| Box::new(pipe) as Box<dyn Read + Send>),
    ]
    .into_iter()
    .flatten()
    .map(|pipe| {
        let lines = Arc::clone(&lines);
        thread::spawn(move || keep_lines(pipe, &lines))
    })
    .collect();
    let status = child.wait().with_context(|| format!("lost `{shown}`"))?;
    for reader in readers {
        let _ = reader.join();
    }
    let lines = lines
        .lock()
        .map(|mut lines| std::mem::take(&mut *lines))
        .unwrap_or_default();
    Ok(Watched {
        success: status.success(),
        lines,
    })
}

fn keep_lines(pipe: Box<dyn Read + Send>, lines: &Mutex<Vec<String>>) {
    let mut reader = BufReader::new(pipe);
    let mut bytes = Vec::new();
    while reader.read_until(b'\n', &mut bytes).is_ok_and(|count| count > 0) {
        let line = String::from_utf8_lossy(&bytes).trim_end().to_owned();
        say(&line);
        if let Ok(mut lines) = lines.lock() {
            lines.push(line);
        }
        bytes.clear();
    }
}

/// Runs a command but gives up after a time.
///
/// # Errors
/// It cannot be started, fails, or is not done in time.
pub fn run_within(command: &mut Command, limit: Duration) -> Result<()> {
    let shown = show(command);
    let mut child = command
        .stdin(Stdio::null())
        .spawn()
        .with_context(|| format!("cannot start `{shown}`"))?;
    let started = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            if status.success() {
                return Ok(());
            }
            bail!("`{shown}` failed: {status}");
        }
        if started.elapsed() > limit {
            child.kill().with_context(|| format!("cannot stop `{shown}`"))?;
            child.wait()?;
            bail!("`{shown}` gave no answer within {} s", limit.as_secs());
        }
        thread::sleep(Duration::from_millis(100));
    }
}

/// Whether a program of that name can be found.
pub fn is_installed(program: &str) -> bool {
    find(program).is_some()
}

/// The full path of a program, from `PATH`.
pub fn find(program: &str) -> Option<std::path::PathBuf> {
    let name = format!("{program}{}", std::env::consts::EXE_SUFFIX);
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(&name))
        .find(|file| file.is_file())
}

fn show(command: &Command) -> String {
    let program = Path::new(command.get_program())
        .file_name()
        .unwrap_or(command.get_program());
    let mut shown = program.to_string_lossy().into_owned();
    for argument in command.get_args() {
        shown.push(' ');
        shown.push_str(&argument.to_string_lossy());
    }
    shown
}
