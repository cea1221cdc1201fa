//! `rapport handover`: gives customers of one person to another, as when somebody leaves, and says which.

use std::process::ExitCode;

use anyhow::bail;
use clap::Args;
use rapport_server::clock::Clock;
use rapport_server::handover::{self, Order};

use super::Database;

/// Arguments of `rapport handover`.
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    database: Database,
    /// Whose customers, by sign-in name.
    #[arg(long, value_name = "LOGIN")]
    from: String,
    /// Who gets them, by sign-in name.
    #[arg(long, value_name = "LOGIN")]
    to: String,
    /// Only the customer of this number; may be given several times. All of them without it.
    #[arg(long = "customer", value_name = "CODE")]
    customers: Vec<String>,
    /// Within so many days the new relationship manager should introduce themself; as set for the bank when not given.
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(i32).range(0..=365))]
    days: Option<i32>,
    /// What the task to do so is called.
    #[arg(long, value_name = "TEXT", default_value = "客户交接：致电自我介绍")]
    title: String,
    /// Say what would be handed over, and hand nothing over.
    #[arg(long)]
    dry_run: bool,
}

/// Runs the command.
pub async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let title = super::shown(&arguments.title)?;
    let store = arguments.database.open_existing().await?;
    let Some(org) = store.organisation().await? else {
        bail!("the database is empty: there is nobody to hand anything over")
    };
    let order = Order {
        from: arguments.from,
        to: arguments.to,
        codes: arguments.customers,
        today: super::today(),
        days: arguments.days,
        title,
        dry_run: arguments.dry_run,
    };
    let handed = handover::carry_out(&*store, org, &order, Clock::system().now()).await?;
    store.close().await;
    for customer in &handed {
        let name = customer.code.clone().unwrap_or_else(|| customer.customer.to_string());
        println!("{name}: {} tasks", customer.tasks);
    }
    let done = if order.dry_run { "would go" } else { "went" };
    println!("{} customers {done} from {} to {}", handed.len(), order.from, order.to);
    Ok(ExitCode::SUCCESS)
}
