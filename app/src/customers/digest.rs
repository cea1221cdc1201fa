//! What the list shows of each customer, gathered from the customer's records. The rules behind it are in `shared`.

use jiff::civil::Date;
use rapport_shared::conflicts::is_open;
use rapport_shared::customers::{CustomerType, CustomerView, Stage, Tier, field};
use rapport_shared::ids::UserId;
use rapport_shared::record::{Kind, Record};
use rapport_shared::schema::tag_text;
use rapport_shared::time::Timestamp;
use rapport_shared::timeline::last_real_contact;
use rapport_shared::today::{TodayParameters, Viewpoint, due};

use crate::book::Replica;

/// One customer of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digest {
    pub name: String,
    pub short_name: Option<String>,
    pub kind: Option<CustomerType>,
    pub industry: Option<String>,
    pub tier: Option<Tier>,
    pub stage: Option<Stage>,
    pub owner: Option<UserId>,
    pub owner_name: Option<String>,
    pub tags: Vec<String>,
    pub last_contact: Option<Timestamp>,
    pub next_due: Option<Date>,
    /// Whether only the customer's own record is known, as read online or while the book is being read: nothing is
    /// said about contacts then.
    pub is_partial: bool,
    /// How many conflicts wait for a decision.
    pub conflicts: usize,
}

/// What the list shows of a customer whose records are all here. `parameters`: how far it looks ahead for what is due.
pub fn digest(
    replica: &Replica,
    record: &Record,
    (today, utc_offset_minutes): (Date, i32),
    parameters: &TodayParameters,
) -> Option<Digest> {
    let viewpoint = Viewpoint {
        user: None,
        today,
        utc_offset_minutes,
    };
    // Sorted by day: the first counts.
    let next = due(replica.of_customer(record.id), viewpoint, parameters)
        .into_iter()
        .next();
    Some(Digest {
        is_partial: false,
        last_contact: last_real_contact(replica.of_customer(record.id)),
        next_due: next.map(|due| due.day),
        ..partial_digest(replica, record)?
    })
}

/// What the list shows of a customer of whom only the own record is known.
pub fn partial_digest(replica: &Replica, record: &Record) -> Option<Digest> {
    let customer = CustomerView::of(record)?;
    let short_name = record.text(field::SHORT_NAME).filter(|short| *short != customer.name());
    let owner = customer.owner();
    let owner_name = owner.and_then(|owner| replica.person_name(owner));
    let own = replica.of_customer(record.id);
    Some(Digest {
        name: customer.name().to_owned(),
        short_name: short_name.map(str::to_owned),
        kind: customer.customer_type(),
        industry: record.text(field::INDUSTRY).map(str::to_owned),
        tier: customer.tier(),
        stage: customer.stage(),
        owner,
        owner_name: owner_name.map(str::to_owned),
        tags: customer.tags().map(|tag| tag_text(tag).into_owned()).collect(),
        last_contact: None,
        next_due: None,
        is_partial: true,
        conflicts: own
            .filter(|record| record.kind == Kind::Conflict && is_open(record))
            .count(),
    })
}
