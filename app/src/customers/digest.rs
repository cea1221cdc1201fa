//! What the list shows of each customer, gathered in one pass over the book. The rules behind it are in `shared`.

use std::collections::HashMap;

use jiff::civil::Date;
use rapport_shared::conflicts::is_open;
use rapport_shared::contacts::ContactView;
use rapport_shared::customers::{CustomerType, CustomerView, Stage, Tier, field};
use rapport_shared::ids::{RecordId, UserId};
use rapport_shared::search::{Role, customer_texts};
use rapport_shared::sync::record::{Kind, Record};
use rapport_shared::time::Timestamp;
use rapport_shared::timeline::real_contact;
use rapport_shared::today::{TodayParameters, Viewpoint, due};

use crate::book::Replica;

/// How far the list looks ahead for what is due next.
const DAYS_AHEAD: i32 = 400;

/// One customer of the list.
#[derive(Clone, Debug, PartialEq)]
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

/// All customers of the book.
pub fn digests(replica: &Replica, today: Date, utc_offset_minutes: i32) -> HashMap<RecordId, Digest> {
    let mut digests: HashMap<RecordId, Digest> = replica
        .iter(&Kind::Customer)
        .filter_map(CustomerView::of)
        .map(|customer| (customer.id(), digest(replica, customer)))
        .collect();
    for record in events(replica) {
        if let Some(digest) = record.customer().and_then(|id| digests.get_mut(&id)) {
            digest.last_contact = digest.last_contact.max(real_contact(record));
        }
    }
    count_conflicts(replica, &mut digests);
    let viewpoint = Viewpoint {
        user: None,
        today,
        utc_offset_minutes,
    };
    let parameters = TodayParameters {
        upcoming_days: DAYS_AHEAD,
        maturity_days: vec![DAYS_AHEAD],
        ..TodayParameters::default()
    };
    // Sorted by day: the first of each customer counts.
    for entry in due(everything(replica), viewpoint, &parameters) {
        if let Some(digest) = entry.customer.and_then(|id| digests.get_mut(&id)) {
            digest.next_due.get_or_insert(entry.day);
        }
    }
    digests
}

fn count_conflicts(replica: &Replica, digests: &mut HashMap<RecordId, Digest>) {
    for record in replica.iter(&Kind::Conflict).filter(|record| is_open(record)) {
        if let Some(digest) = record.customer().and_then(|id| digests.get_mut(&id)) {
            digest.conflicts += 1;
        }
    }
}

fn events(replica: &Replica) -> impl Iterator<Item = &Record> {
    [Kind::Visit, Kind::Note, Kind::Touch]
        .into_iter()
        .flat_map(|kind| replica.iter(&kind))
}

fn everything(replica: &Replica) -> impl Iterator<Item = &Record> {
    let others = [Kind::Customer, Kind::Contact, Kind::Holding, Kind::Task];
    others
        .into_iter()
        .flat_map(|kind| replica.iter(&kind))
        .chain(events(replica))
}

fn digest(replica: &Replica, customer: CustomerView<'_>) -> Digest {
    let record = customer.0;
    let short_name = record.text(field::SHORT_NAME).filter(|short| *short != customer.name());
    Digest {
        name: customer.name().to_owned(),
        short_name: short_name.map(str::to_owned),
        kind: customer.customer_type(),
        industry: record.text(field::INDUSTRY).map(str::to_owned),
        tier: customer.tier(),
        stage: customer.stage(),
        owner: customer.owner(),
        owner_name: customer
            .owner()
            .and_then(|owner| replica.person_name(owner))
            .map(str::to_owned),
        tags: customer.tags().map(str::to_owned).collect(),
        last_contact: None,
        next_due: None,
        is_partial: false,
        conflicts: 0,
    }
}

/// All customers of a book of which only the cards are in memory.
pub fn partial_digests(replica: &Replica) -> HashMap<RecordId, Digest> {
    let customers = replica.iter(&Kind::Customer);
    let mut digests: HashMap<RecordId, Digest> = customers
        .filter_map(|record| Some((record.id, partial_digest(replica, record)?)))
        .collect();
    count_conflicts(replica, &mut digests);
    digests
}

/// What the list shows of a customer of whom only the own record is known.
pub fn partial_digest(replica: &Replica, record: &Record) -> Option<Digest> {
    let customer = CustomerView::of(record)?;
    Some(Digest {
        is_partial: true,
        ..digest(replica, customer)
    })
}

/// The texts by which each customer is found, as owned texts, so that the index is made anew only when one of them
/// changed.
pub fn search_texts(replica: &Replica) -> Vec<(RecordId, Vec<(Role, String)>)> {
    let mut contacts: HashMap<RecordId, Vec<ContactView<'_>>> = HashMap::new();
    for contact in replica.iter(&Kind::Contact).filter_map(ContactView::of) {
        if let Some(customer) = contact.0.customer() {
            contacts.entry(customer).or_default().push(contact);
        }
    }
    let texts = |customer: CustomerView<'_>| {
        let people = contacts.remove(&customer.id()).unwrap_or_default();
        let texts = customer_texts(customer, people)
            .into_iter()
            .map(|(role, text)| (role, text.to_owned()));
        (customer.id(), texts.collect())
    };
    replica
        .iter(&Kind::Customer)
        .filter_map(CustomerView::of)
        .map(texts)
        .collect()
}
