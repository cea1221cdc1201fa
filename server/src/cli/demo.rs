//! `rapport demo`: fills an empty database and prints who can sign in.

use std::process::ExitCode;

use clap::Args;
use jiff::civil::Date;
use rapport_server::demo::{self, PASSWORD, bank};
use rapport_server::store::Store;
use rapport_shared::record::profile::Role;

use super::Database;

/// Arguments of `rapport demo`.
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    database: Database,
    /// The day the data is made for: maturities and birthdays lie around it.
    #[arg(long, value_name = "YYYY-MM-DD", default_value_t = super::today())]
    day: Date,
    /// Instead of the small bank, one relationship manager (rm1) with so many customers, for measurements.
    #[arg(long, value_name = "NUMBER")]
    customers: Option<usize>,
    /// Visits held with each of those customers, with a note each.
    #[arg(long, value_name = "NUMBER", requires = "customers")]
    visits: Option<u32>,
}

/// Runs the command.
pub async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let store = arguments.database.open().await?;
    match arguments.customers {
        None => fill(&*store, arguments.day).await?,
        Some(customers) => {
            let size = bank::Size {
                managers: 1,
                customers,
                visits: arguments.visits,
            };
            bank::fill(&*store, arguments.day, size).await?;
            println!("The bank is in place. Everybody's password is {PASSWORD}");
        }
    }
    store.close().await;
    Ok(ExitCode::SUCCESS)
}

/// Fills the store and prints the sign-ins.
pub async fn fill(store: &dyn Store, day: Date) -> anyhow::Result<()> {
    let (_, people) = demo::fill(store, day).await?;
    println!("Demo data is in place. Everybody's password is {PASSWORD}");
    for person in people {
        let role = match person.role {
            Role::RelationshipManager => "relationship manager",
            Role::TeamLead => "team lead",
            Role::BackOffice => "back office",
            Role::Administrator => "administrator",
        };
        println!("  {:<8}{role:<24}{}", person.login, person.name);
    }
    Ok(())
}
