//! `rapport user`: adds, changes and signs out people who can sign in. A password comes from the environment or from
//! standard input, so that it is in no list of processes.

use std::io::BufRead as _;
use std::process::ExitCode;

use anyhow::bail;
use clap::{ArgGroup, Args, Subcommand, ValueEnum};
use rapport_server::auth::password;
use rapport_server::clock::Clock;
use rapport_server::people::change::{self, Change, Changed};
use rapport_server::people::{self, NewPerson};
use rapport_shared::record::profile;

use super::{Database, shown};

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
    /// Change name, role, team or branch. Customers follow their owner to another team or branch.
    Change(Edit),
    /// Somebody leaves: signed out everywhere, and no longer able to sign in. See `rapport handover` for the customers.
    Leave(Who),
    /// Somebody who left comes back.
    Return(Who),
    /// Set a new password, read like that of `add`, and sign the person out everywhere.
    Password(Who),
}

#[derive(Args)]
struct Who {
    #[command(flatten)]
    database: Database,
    /// The name they sign in with.
    login: String,
}

#[derive(Args)]
#[command(group = ArgGroup::new("changes").args(["name", "role", "team", "branch"]).required(true).multiple(true))]
struct Edit {
    #[command(flatten)]
    who: Who,
    /// The name to show.
    #[arg(long)]
    name: Option<String>,
    /// What the person does.
    #[arg(long, value_enum)]
    role: Option<Role>,
    /// The team, by name.
    #[arg(long)]
    team: Option<String>,
    /// The branch, by name.
    #[arg(long)]
    branch: Option<String>,
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

impl From<Role> for profile::Role {
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
    match arguments.command {
        Command::Add(arguments) => add(arguments).await,
        Command::Change(edit) => {
            let to = Change {
                name: edit.name.as_deref().map(shown).transpose()?,
                role: edit.role.map(profile::Role::from),
                team: edit.team.as_deref().map(shown).transpose()?,
                branch: edit.branch.as_deref().map(shown).transpose()?,
                ..Change::default()
            };
            let changed = change(&edit.who, to).await?;
            println!("{} is changed", changed.profile.login);
            if changed.followed > 0 {
                println!("{} customers followed", changed.followed);
            }
            Ok(ExitCode::SUCCESS)
        }
        Command::Leave(who) => {
            let to = Change {
                active: Some(false),
                ..Change::default()
            };
            let changed = change(&who, to).await?;
            println!("{} can no longer sign in", changed.profile.login);
            if changed.customers > 0 {
                println!("{} customers wait for `rapport handover`", changed.customers);
            }
            if changed.circles > 0 {
                println!("{} circles have another lead now", changed.circles);
            }
            Ok(ExitCode::SUCCESS)
        }
        Command::Return(who) => {
            let to = Change {
                active: Some(true),
                ..Change::default()
            };
            println!("{} can sign in again", change(&who, to).await?.profile.login);
            Ok(ExitCode::SUCCESS)
        }
        Command::Password(who) => {
            let to = Change {
                password: Some(password::hash(&read_password()?)?),
                ..Change::default()
            };
            println!("{} has a new password", change(&who, to).await?.profile.login);
            Ok(ExitCode::SUCCESS)
        }
    }
}

async fn change(who: &Who, to: Change) -> anyhow::Result<Changed> {
    let store = who.database.open_existing().await?;
    let changed = change::change(&*store, &who.login, to, Clock::system().now()).await?;
    store.close().await;
    Ok(changed)
}

async fn add(add: Add) -> anyhow::Result<ExitCode> {
    let login = shown(&add.login)?;
    let name = shown(&add.name)?;
    let password = read_password()?;
    let person = NewPerson {
        login,
        name,
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
