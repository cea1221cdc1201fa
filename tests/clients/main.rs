//! What another program does with Rapport: a client in Python, generated from the document that the real server serves,
//! goes through a journey against it. Nothing of the client is written by hand, and nothing of it is kept.

use anyhow::{Context, Result, ensure};
use rapport_tests::environment;
use rapport_tests::server::Server;
use std::path::Path;
use std::process::Command;

/// Runs a program to its end; what it said is told when it fails.
fn run(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("cannot start {command:?}"))?;
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    ensure!(output.status.success(), "{command:?} failed:\n{said}");
    Ok(said)
}

/// Generates the client into `folder`. Whatever of the document the generator cannot make something of is a failure: it
/// would be missing from the client.
fn generate(programs: &Path, document: &str, folder: &Path) -> Result<()> {
    let here = environment::workspace().join("tests/clients");
    let mut generator = Command::new(programs.join("openapi-python-client"));
    generator.args(["generate", "--url", document, "--meta", "none", "--fail-on-warning"]);
    generator.arg("--config").arg(here.join("generator.yml"));
    let said = run(generator.arg("--output-path").arg(folder.join("rapport_client")))?;
    ensure!(!said.to_lowercase().contains("warning"), "the generator warns:\n{said}");
    Ok(())
}

#[tokio::test]
async fn a_generated_client_signs_in_pulls_pushes_and_meets_a_conflict() -> Result<()> {
    let Some(programs) = environment::python() else {
        ensure!(
            std::env::var_os("RAPPORT_TEST_PYTHON").is_none(),
            "RAPPORT_TEST_PYTHON names no Python"
        );
        eprintln!("SKIPPED: this journey needs the server and packages of PyPI: `cargo xtask test client` brings them");
        return Ok(());
    };
    let folder = tempfile::tempdir()?;
    let server = Server::start_with_demo_bank(folder.path()).await?;
    let url = format!("http://{}", server.address());
    generate(&programs, &format!("{url}/api/openapi.json"), folder.path())?;
    let journey = environment::workspace().join("tests/clients/journey.py");
    let mut python = Command::new(programs.join("python"));
    python.env("PYTHONPATH", folder.path()).env("PYTHONUTF8", "1");
    println!("{}", run(python.arg(journey).arg(&url))?);
    Ok(())
}
