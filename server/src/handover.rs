//! Handing many customers of one person over to another at once, as when somebody leaves (R26): piece by piece, each
//! piece in one transaction, so that devices go on syncing meanwhile. What is changed is decided in the shared crate.
//! It judges no rights: only the operator's tool calls it.

use std::collections::{BTreeSet, HashMap};

use jiff::ToSpan as _;
use jiff::civil::Date;
use rapport_shared::channel::Channel;
use rapport_shared::customers::CustomerView;
use rapport_shared::handover::{self as rule, Introduction};
use rapport_shared::ids::{OrgId, RecordId};
use rapport_shared::people::PersonView;
use rapport_shared::record::profile::{Profile, Role};
use rapport_shared::record::{Kind, Record};
use rapport_shared::settings;
use rapport_shared::time::Timestamp;

use crate::clock;
use crate::people::fold_login;
use crate::store::{AuditEntry, Reader, Store, StoreError, View, Writer};
use crate::sync::ledger::Ledger;

/// Customers in one transaction.
const PIECE: usize = 50;

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Order {
    /// Whose customers; a sign-in name.
    pub from: String,
    /// Who gets them; a sign-in name.
    pub to: String,
    /// Only these, by customer number; all of them when empty.
    pub codes: Vec<String>,
    /// The day it happens.
    pub today: Date,
    /// So many days later the new owner should have introduced themself; `None`: as the bank has set it.
    pub days: Option<i32>,
    /// What the task to do so is called.
    pub title: String,
    /// Whether only to say what would be done.
    pub dry_run: bool,
}

/// Why nothing, or nothing more, was handed over.
#[derive(Debug, thiserror::Error)]
pub enum HandoverError {
    /// The directory lacks the person.
    #[error("{0:?} is not in the directory")]
    NotInDirectory(String),
    /// Nobody has this sign-in name.
    #[error("there is no account {0:?}")]
    UnknownLogin(String),
    /// They work here no longer.
    #[error("{0:?} has left: customers go to somebody who works here")]
    Left(String),
    /// Their role looks after no customers.
    #[error("{0:?} looks after no customers: they go to a relationship manager or a team lead")]
    LooksAfterNone(String),
    /// From somebody to the same.
    #[error("both are the same person")]
    Same,
    /// No administrator can be named as who did it.
    #[error("there is no administrator to do it in the name of")]
    NoAdministrator,
    /// These are no customers of theirs.
    #[error("no customers of theirs: {0}")]
    NotTheirs(String),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// One customer handed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handed {
    /// The customer.
    pub customer: RecordId,
    /// Its number, when it has one.
    pub code: Option<String>,
    /// How many other records, tasks, were changed or made.
    pub tasks: usize,
}

struct Parties {
    from: Profile,
    to: Profile,
    by: Profile,
}

/// Carries the order out, or says what it would do. Carried out again after a failure it goes on with what is left.
///
/// # Errors
/// See [`HandoverError`]; what was handed over before the failure stays so.
pub async fn carry_out(
    store: &dyn Store,
    org: OrgId,
    order: &Order,
    now: Timestamp,
) -> Result<Vec<Handed>, HandoverError> {
    let parties = parties(store, org, order).await?;
    let successor = successor(&mut *store.read(org).await?, &parties.to).await?;
    let due = order
        .today
        .saturating_add(days(&mut *store.read(org).await?, order).await?.days());
    let customers = chosen(&mut *store.read(org).await?, &parties.from, &order.codes).await?;
    let mut handed = Vec::new();
    for piece in customers.chunks(PIECE) {
        let mut writer = store.write(org).await?;
        let mut ledger = Ledger::new(&writer.head().await?, records(&mut *writer, piece).await?);
        let done = hand_over(&mut ledger, piece, &parties, &successor, (&order.title, due), now);
        if !order.dry_run {
            ledger.audit(audit(&parties, org, &done, now));
            writer.put(&ledger.finish()).await?;
            writer.commit().await?;
        }
        handed.extend(done);
    }
    Ok(handed)
}

/// Within how many days the new owner introduces themself.
async fn days(reader: &mut dyn Reader, order: &Order) -> Result<i32, HandoverError> {
    let Some(days) = order.days else {
        let records = reader.of_kind(&Kind::Setting).await?;
        return Ok(settings::of(&records, order.today).number(&rule::INTRODUCTION_DAYS));
    };
    Ok(days)
}

/// The directory's record of who gets the customers.
async fn successor(reader: &mut dyn Reader, to: &Profile) -> Result<Record, HandoverError> {
    let found = reader.records(&[to.user.into()]).await?.remove(&to.user.into());
    found.ok_or_else(|| HandoverError::NotInDirectory(to.login.clone()))
}

async fn parties(store: &dyn Store, org: OrgId, order: &Order) -> Result<Parties, HandoverError> {
    let accounts = store.accounts(org).await?;
    let find = |login: &str| {
        let found = accounts
            .iter()
            .find(|account| fold_login(&account.profile.login) == fold_login(login));
        found.ok_or_else(|| HandoverError::UnknownLogin(login.to_owned()))
    };
    let (from, to) = (find(&order.from)?, find(&order.to)?);
    if !to.active {
        return Err(HandoverError::Left(order.to.clone()));
    }
    if from.profile.user == to.profile.user {
        return Err(HandoverError::Same);
    }
    if !rule::looks_after_customers(to.profile.role) {
        return Err(HandoverError::LooksAfterNone(order.to.clone()));
    }
    let is_administrator = |profile: &&Profile| profile.role == Role::Administrator;
    let active = accounts.iter().filter(|account| account.active);
    let by = active.map(|account| &account.profile).find(is_administrator);
    Ok(Parties {
        from: from.profile.clone(),
        to: to.profile.clone(),
        by: by.ok_or(HandoverError::NoAdministrator)?.clone(),
    })
}

/// The customers the order is about, in order of their ids.
async fn chosen(reader: &mut dyn Reader, from: &Profile, codes: &[String]) -> Result<Vec<RecordId>, HandoverError> {
    let view = View {
        user: from.user,
        channels: BTreeSet::from([Channel::User(from.user)]),
    };
    let rows = reader.roots(&view).await?;
    let records = rows
        .iter()
        .filter_map(|row| serde_json::from_str::<Record>(row.body.get()).ok());
    // What they are co-managers of stays with its owner.
    let own = records.filter(|record| {
        let owner = CustomerView::of(record).and_then(CustomerView::owner);
        owner == Some(from.user) && !record.is_deleted()
    });
    let own: Vec<Record> = own.collect();
    let code = |record: &Record| CustomerView(record).code().map(str::to_owned);
    let theirs: BTreeSet<String> = own.iter().filter_map(code).collect();
    let strange: Vec<&str> = codes
        .iter()
        .filter(|code| !theirs.contains(*code))
        .map(String::as_str)
        .collect();
    if !strange.is_empty() {
        return Err(HandoverError::NotTheirs(strange.join(", ")));
    }
    let wanted = own
        .iter()
        .filter(|record| codes.is_empty() || code(record).is_some_and(|code| codes.contains(&code)));
    let mut ids: Vec<RecordId> = wanted.map(|record| record.id).collect();
    ids.sort_unstable();
    Ok(ids)
}

/// All records in the scope of these customers.
async fn records(writer: &mut dyn Writer, customers: &[RecordId]) -> Result<HashMap<RecordId, Record>, StoreError> {
    let rows = writer.whole(customers).await?;
    let ids: Vec<RecordId> = rows.iter().map(|row| row.record).collect();
    writer.records(&ids).await
}

fn hand_over(
    ledger: &mut Ledger,
    piece: &[RecordId],
    parties: &Parties,
    successor: &Record,
    (title, due): (&str, Date),
    now: Timestamp,
) -> Vec<Handed> {
    let Some(successor) = PersonView::of(successor) else {
        return Vec::new();
    };
    let mut handed = Vec::new();
    for id in piece {
        // Somebody may have been quicker since the list was made.
        let Some(customer) = ledger.get(*id).filter(|record| {
            let owner = CustomerView::of(record).and_then(CustomerView::owner);
            owner == Some(parties.from.user)
        }) else {
            continue;
        };
        let introduction = Introduction {
            task: RecordId::new(now, clock::entropy()),
            title: title.to_owned(),
            reason: parties.from.name.clone(),
            due,
        };
        let inside = ledger.records().filter(|record| record.root() == Some(*id));
        let inside = inside.filter(|record| !record.is_deleted());
        let edits = rule::hand_over(customer, inside, successor, introduction);
        handed.push(Handed {
            customer: *id,
            code: CustomerView(customer).code().map(str::to_owned),
            tasks: edits.iter().filter(|edit| edit.record != *id).count(),
        });
        for edit in edits {
            ledger.carry_out(edit, parties.by.user, now);
        }
    }
    handed
}

fn audit(parties: &Parties, org: OrgId, done: &[Handed], now: Timestamp) -> AuditEntry {
    let ids: Vec<String> = done.iter().map(|handed| handed.customer.to_string()).collect();
    AuditEntry {
        org: Some(org),
        at: now,
        user: Some(parties.by.user),
        device: None,
        action: "handover".to_owned(),
        subject: format!("{} to {}: {}", parties.from.user, parties.to.user, ids.join(" ")),
    }
}
