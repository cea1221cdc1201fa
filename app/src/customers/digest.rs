//! What the list shows of each customer. What the customer's own record says is gathered of all, since all are put in
//! order and chosen by it; what follows from the other records only of those in sight. The rules behind it are in `shared`.

use std::sync::Arc;

use jiff::civil::Date;
use rapport_shared::conflicts::is_open;
use rapport_shared::customers::{CustomerType, CustomerView, Stage, Tier, field};
use rapport_shared::ids::{RecordId, UserId};
use rapport_shared::lists::{Cell, Row};
use rapport_shared::record::{Kind, Record};
use rapport_shared::schema::tag_text;
use rapport_shared::time::Timestamp;
use rapport_shared::timeline::last_real_contact;
use rapport_shared::today::{TodayParameters, Viewpoint, due};

use crate::book::Replica;

/// The columns of the list: what it can be chosen and ordered by.
pub const COLUMNS: [&str; 7] = ["name", "type", "tier", "owner", "tag", LAST, DUE];
/// The last contact.
pub const LAST: &str = "last";
/// What is due next.
pub const DUE: &str = "due";

/// One customer of the list, as the own record says.
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
}

/// What follows from all that is held of a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    pub last_contact: Option<Timestamp>,
    pub next_due: Option<Date>,
    /// How many conflicts wait for a decision.
    pub conflicts: usize,
}

/// A customer with its row.
#[derive(Debug)]
pub struct Listed {
    pub digest: Arc<Digest>,
    pub row: Arc<Row>,
}

impl PartialEq for Listed {
    /// The row is made of the digest.
    fn eq(&self, other: &Self) -> bool {
        self.digest == other.digest
    }
}

impl Listed {
    /// Of a customer's own record.
    pub fn of(replica: &Replica, record: &Record) -> Option<Self> {
        let digest = digest(replica, record)?;
        let row = Arc::new(Row::new(record.id, digest.cells(None)));
        Some(Self {
            digest: Arc::new(digest),
            row,
        })
    }
}

impl Digest {
    /// What the columns hold; the last two only where the standing is known.
    pub fn cells(&self, standing: Option<&Standing>) -> [Cell; COLUMNS.len()] {
        let text = |text: &str| Cell::Text(text.into());
        let owner = |owner: UserId| Cell::Named(owner.into(), self.owner_name.clone().unwrap_or_default().into());
        let tags: Box<[Box<str>]> = self.tags.iter().map(|tag| tag.as_str().into()).collect();
        // Never is longer ago than anything.
        let never = Timestamp::from_milliseconds(i64::MIN);
        let last = standing.map(|standing| Cell::Moment(standing.last_contact.unwrap_or(never)));
        let due = standing.and_then(|standing| standing.next_due);
        [
            text(&self.name),
            self.kind
                .map_or(Cell::None, |kind| Cell::Choice(kind.as_str(), kind as usize)),
            self.tier
                .map_or(Cell::None, |tier| Cell::Choice(tier.as_str(), tier as usize)),
            self.owner.map_or(Cell::None, owner),
            if tags.is_empty() {
                Cell::None
            } else {
                Cell::Several(tags)
            },
            last.unwrap_or(Cell::None),
            due.map_or(Cell::None, Cell::Day),
        ]
    }
}

/// What the customer's own record says; the name of the manager comes from the directory.
pub fn digest(replica: &Replica, record: &Record) -> Option<Digest> {
    let customer = CustomerView::of(record)?;
    let short_name = record.text(field::SHORT_NAME).filter(|short| *short != customer.name());
    let owner = customer.owner();
    let owner_name = owner.and_then(|owner| replica.person_name(owner));
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
    })
}

/// Where things stand with a customer of whom everything is held. `parameters`: how far it looks ahead for what is due.
pub fn standing(
    replica: &Replica,
    id: RecordId,
    (today, utc_offset_minutes): (Date, i32),
    parameters: &TodayParameters,
) -> Standing {
    let viewpoint = Viewpoint {
        user: None,
        today,
        utc_offset_minutes,
    };
    let theirs: Vec<_> = replica.peek_customer(id, |_| true).collect();
    let theirs = || theirs.iter().map(|record| &**record);
    // Sorted by day: the first counts.
    let next = due(theirs(), viewpoint, parameters).into_iter().next();
    Standing {
        last_contact: last_real_contact(theirs()),
        next_due: next.map(|due| due.day),
        conflicts: open_conflicts(replica, id),
    }
}

/// How many conflicts about the customer wait for a decision; known as soon as the cards are.
pub fn open_conflicts(replica: &Replica, id: RecordId) -> usize {
    let conflicts = replica.peek_customer(id, |kind| *kind == Kind::Conflict);
    conflicts.filter(|conflict| is_open(conflict)).count()
}
