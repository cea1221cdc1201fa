//! `rapport user add`: adds somebody who can sign in. The password comes from the environment or from standard input,
//! so that it is in no list of processes.

use std::io::BufRead as _;
use std::process::ExitCode;

use anyhow::bail;
use clap::{Args, Subcommand, ValueEnum};
use rapport_server::auth::password;
use rapport_server::clock::Clock;
use rapport_server::people::{self, NewPerson};
use rapport_shared::sync::wire;

use super::Database;

const SHORTEST_PASSWORD: usize = 8;

/// Arguments of `rapport user`.
#[derive(Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Add somebody. The password is read from RAPPORT_PASSWORD, or as one line from standard input.
    Add(Add),
}

#[derive(Args)]
struct Add {
    #[command(flatten)]
    database: Database,
    /// The name to sign in with.
    #[arg(long)]
    login: String,
    /// The name to show.
    #[arg(long)]
    name: String,
    /// What the person does.
    #[arg(long, value_enum)]
    role: Role,
    /// The team, by name; for relationship managers and team leads.
    #[arg(long, required_if_eq_any([("role", "rm"), ("role", "lead")]))]
    team: Option<String>,
    /// The branch, by name; for everybody but administrators.
    #[arg(long, required_if_eq_any([("role", "rm"), ("role", "lead"), ("role", "office")]))]
    branch: Option<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Role {
    /// Relationship manager.
    Rm,
    /// Team lead.
    Lead,
    /// Back office.
    Office,
    /// Administrator.
    Admin,
}

impl From<Role> for wire::Role {
    fn from(role: Role) -> Self {
        match role {
            Role::Rm => Self::RelationshipManager,
            Role::Lead => Self::TeamLead,
            Role::Office => Self::BackOffice,
            Role::Admin => Self::Administrator,
        }
    }
}

/// Runs the command.
pub async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let Command::Add(add) = arguments.command;
    let login = add.login.trim();
    if login.is_empty() || login.chars().count() > 200 || login.chars().any(char::is_control) {
        bail!("the sign-in name must have 1 to 200 characters, and no control characters");
    }
    if add.name.trim().is_empty() {
        bail!("the name must not be empty");
    }
    let password = read_password()?;
    let person = NewPerson {
        login: login.to_owned(),
        name: add.name.trim().to_owned(),
        role: add.role.into(),
        team: add.team,
        branch: add.branch,
        password: password::hash(&password)?,
    };
    let store = add.database.open().await?;
    let profile = people::add(&*store, person, Clock::system().now()).await?;
    store.close().await;
    println!("{} can sign in as {}", profile.name, profile.login);
    Ok(ExitCode::SUCCESS)
}

fn read_password() -> anyhow::Result<String> {
    let password = match std::env::var("RAPPORT_PASSWORD") {
        Ok(password) => password,
        Err(_) => {
            eprintln!("Password (one line):");
            let mut line = String::new();
            std::io::stdin().lock().read_line(&mut line)?;
            line.trim_end_matches(['\r', '\n']).to_owned()
        }
    };
    if password.chars().count() < SHORTEST_PASSWORD {
        bail!("the password must have at least {SHORTEST_PASSWORD} characters");
    }
    Ok(password)
}
