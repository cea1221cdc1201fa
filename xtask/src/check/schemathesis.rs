//! schemathesis, which makes requests from the description of the interface, some as described and some not, and holds
//! every answer against it. It gets one session of the made-up bank, and real ids to name.

use super::http::{Client, Session};
use crate::{process, tools};
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The releases of the tools.
const PACKAGES: &str = "schemathesis==4.32.5\nopenapi-spec-validator==0.9.0\n";
/// What is asked of every answer. That everything malformed is refused is not: one malformed mutation is refused
/// alone, and members that are not known are ignored.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
    response_headers_conformance,response_schema_conformance,unsupported_method,allow_header_conformance";
/// The pace one session may keep up.
const PACE: &str = "1200/m";
/// What is tried, in runs of their own: with so many kinds, what is tried in order would leave no time for chance.
const PHASES: [&str; 2] = ["examples,coverage", "fuzzing"];
/// Ending the session would end the run.
const SIGN_OUT: &str = "/api/sign-out";

/// The folder of the programs, with the packages of PyPI in it.
///
/// # Errors
/// There is no Python, or no package index.
pub fn installed() -> Result<PathBuf> {
    tools::python_packages("schemathesis", PACKAGES)
}

/// Fuzzes for about that long.
///
/// # Errors
/// Something is found.
pub fn run(programs: &Path, client: &Client, folder: &Path, time: Duration) -> Result<()> {
    let mut document = client.send("GET", "/api/openapi.json", &[], b"")?.body;
    let file = folder.join("openapi.json");
    fs::write(&file, document.to_string())?;
    process::run(process::command(programs.join("openapi-spec-validator")).arg(&file))?;
    let session = client.sign_in("rm1")?;
    name_real_ids(&mut document, client, &session)?;
    fs::write(&file, document.to_string())?;
    let left_out: Vec<String> = streams(&document).into_iter().chain([SIGN_OUT.to_owned()]).collect();
    let leaving = Duration::from_secs(5);
    for phases in PHASES {
        let half = time.saturating_sub(leaving) / 2;
        let mut signed_in = fuzzer(programs, client, &file, &session, half);
        signed_in.args(["--phases", phases]);
        for path in &left_out {
            signed_in.args(["--exclude-path", path]);
        }
        process::run(&mut signed_in)?;
    }
    let mut signing_out = fuzzer(programs, client, &file, &session, leaving);
    signing_out.args(["--phases", &PHASES.join(","), "--include-path", SIGN_OUT]);
    process::run(&mut signing_out)
}

fn fuzzer(programs: &Path, client: &Client, file: &Path, session: &Session, time: Duration) -> std::process::Command {
    let mut fuzzer = process::command(programs.join("st"));
    fuzzer.current_dir(file.parent().unwrap_or(file)).arg("run").arg(file);
    fuzzer.args(["--url", &client.url(), "--no-color", "--warnings", "off"]);
    fuzzer.args(["--checks", CHECKS]);
    fuzzer.args(["--rate-limit", PACE, "--request-timeout", "70"]);
    fuzzer.args(["--max-time", &time.as_secs().max(1).to_string()]);
    fuzzer.args(["-H", &format!("Cookie: {}", session.cookie)]);
    fuzzer.args(["-H", &format!("x-rapport-csrf: {}", session.csrf)]);
    fuzzer
}

/// Addresses whose answer never ends.
fn streams(document: &Value) -> Vec<String> {
    let paths = document["paths"].as_object().into_iter().flatten();
    let endless = paths.filter(|(_, item)| item.to_string().contains("text/event-stream"));
    endless.map(|(path, _)| path.clone()).collect()
}

/// Lets mutations be the user's own and name records that exist, most of the time: others are refused at the door.
fn name_real_ids(document: &mut Value, client: &Client, session: &Session) -> Result<()> {
    let device = "0d15ea5e-0000-7000-8000-000000000001";
    let request = json!({ "protocol": 1, "device": device, "limit": 200 }).to_string();
    let headers = [
        ("cookie", session.cookie.as_str()),
        ("x-rapport-csrf", session.csrf.as_str()),
    ];
    let answer = client.send("POST", "/api/sync", &headers, request.as_bytes())?.body;
    let records = answer
        .pointer("/page/records")
        .and_then(Value::as_array)
        .context("nothing to pull")?;
    let ids: Vec<&Value> = records.iter().map(|record| &record["id"]).collect();
    let scopes: Vec<&Value> = records.iter().map(|record| &record["scope"]).collect();
    let any = |reference: &str| json!({ "$ref": format!("#/components/schemas/{reference}") });
    let of_request = [
        ("protocol", json!({ "const": 1 })),
        ("device", json!({ "const": device })),
    ];
    let of_mutations = [
        ("device", json!({ "const": device })),
        ("author", json!({ "const": session.user })),
        ("record", json!({ "anyOf": [{ "enum": ids }, any("RecordId")] })),
        ("scope", json!({ "anyOf": [{ "enum": scopes }, any("Scope")] })),
    ];
    let schemas = document["components"]["schemas"].as_object_mut();
    for (name, schema) in schemas.context("no schemas")? {
        let narrowed = match name.as_str() {
            "SyncRequest" => &of_request[..],
            name if name.ends_with("Mutation") && schema.get("properties").is_some() => &of_mutations[..],
            _ => continue,
        };
        for (property, narrower) in narrowed {
            let known = schema["properties"].get_mut(property);
            *known.with_context(|| format!("{name} has no {property}"))? = narrower.clone();
        }
    }
    Ok(())
}
