//! The demo's records: how one is made, and in what order customers and the work with them come. The words and the
//! shapes of the parts are in the neighbouring files.

use jiff::ToSpan;
use jiff::civil::Date;
use rapport_shared::access;
use rapport_shared::customers::{CustomerView, Tier, field as customer_field};
use rapport_shared::ids::{MutationId, RecordId};
use rapport_shared::record::profile::{Profile, Role};
use rapport_shared::record::{FieldPath, Fields, Kind, Record, Scope, Stamp};
use rapport_shared::sync::wire::HistoryEntry;
use rapport_shared::time::Timestamp;
use serde_json::Value;

use super::random::Random;
use super::{Words, customers, deals, work};
use crate::sync::ledger::{Ledger, SERVER_DEVICE};

/// A day in milliseconds.
pub(super) const DAY: i64 = 86_400_000;
const CORPORATE: usize = 400;
const SOLE_PROPRIETORS: usize = 60;
const INDIVIDUALS: usize = 140;
/// Customers a team lead has pinned.
const LEADS_PINS: usize = 12;
/// Customers back office and administrators have pinned.
const OTHERS_PINS: usize = 4;

/// A customer's owner and what the work with it needs to know.
pub(super) struct Customer {
    pub(super) id: RecordId,
    pub(super) owner: usize,
    pub(super) is_person: bool,
    pub(super) who: String,
    pub(super) what: String,
    pub(super) address: String,
}

/// What the parts work on.
pub(super) struct Book<'a> {
    pub(super) ledger: &'a mut Ledger,
    pub(super) words: &'a Words,
    pub(super) staff: &'a [Profile],
    pub(super) random: Random,
    pub(super) day: Date,
    /// Visits held with each customer, each with its note; without a number, up to four.
    pub(super) visits: Option<i64>,
}

/// Midnight in China at the beginning of `day`.
pub(super) fn midnight(day: Date) -> Timestamp {
    let epoch = jiff::civil::date(1970, 1, 1);
    let days = day
        .since((jiff::Unit::Day, epoch))
        .map_or(0, |span| i64::from(span.get_days()));
    Timestamp::from_milliseconds(days * DAY - 8 * DAY / 24)
}

/// How many customers the demo has.
pub(super) const CUSTOMERS: usize = CORPORATE + SOLE_PROPRIETORS + INDIVIDUALS;

/// Writes these customers of the book. With the first ones come the pins of those who read wider than their own.
pub(super) fn write(
    ledger: &mut Ledger,
    words: &Words,
    staff: &[Profile],
    day: Date,
    seed: u64,
    numbers: std::ops::Range<usize>,
    visits: Option<i64>,
) {
    let mut book = Book {
        ledger,
        words,
        staff,
        random: Random::new(seed),
        day,
        visits,
    };
    let managers: Vec<usize> = (0..staff.len())
        .filter(|&index| staff[index].role == Role::RelationshipManager)
        .collect();
    let is_first = numbers.start == 0;
    let mut customers = Vec::new();
    for number in numbers {
        let owner = managers[number % managers.len().max(1)];
        // The kinds are spread over the owners and the alphabet alike.
        let place = number * 7 % 60;
        let customer = match place {
            0..40 => customers::corporate(&mut book, owner, number),
            40..46 => customers::sole_proprietor(&mut book, owner, number),
            _ => customers::individual(&mut book, owner, number),
        };
        work::write(&mut book, &customer);
        customers.push(customer);
    }
    let ids: Vec<RecordId> = customers.iter().map(|customer| customer.id).collect();
    for reader in (0..staff.len()).filter(|_| is_first) {
        pin_key_customers(&mut book, reader, &ids);
    }
    for customer in &customers {
        deals::write(&mut book, customer);
    }
}

/// Who reads wider than their own customers holds a handful of the most important ones offline.
fn pin_key_customers(book: &mut Book<'_>, reader: usize, customers: &[RecordId]) {
    let profile = book.staff[reader].clone();
    let count = match profile.role {
        Role::RelationshipManager => return,
        Role::TeamLead => LEADS_PINS,
        Role::BackOffice | Role::Administrator => OTHERS_PINS,
    };
    let is_key = |record: &&Record| {
        CustomerView::of(record).is_some_and(|customer| customer.tier() == Some(Tier::A))
            && access::may_see(&profile, record)
    };
    let keys = customers.iter().filter_map(|id| book.ledger.get(*id)).filter(is_key);
    let keys: Vec<RecordId> = keys.take(count).map(|record| record.id).collect();
    for id in keys {
        let at = book.hour_after(-20);
        let path = format!("{}.{}", customer_field::PINNED, profile.user);
        book.change(id, reader, at, &path, Value::Bool(true));
    }
}

impl Book<'_> {
    /// The day `days` after the demo's own.
    pub(super) fn day_after(&self, days: i64) -> Date {
        self.day.saturating_add(days.days())
    }

    /// A working hour `days` after the demo's day.
    pub(super) fn hour_after(&mut self, days: i64) -> Timestamp {
        let minutes = self.random.between(9 * 60, 17 * 60);
        midnight(self.day).plus(days * DAY + minutes * 60_000)
    }

    /// Adds a record written by the staff member `by`.
    pub(super) fn add(
        &mut self,
        kind: Kind,
        scope: Option<RecordId>,
        by: usize,
        at: Timestamp,
        fields: Vec<(String, Value)>,
    ) -> RecordId {
        let id = RecordId::new(at, self.random.entropy());
        let version = self.ledger.next();
        let filled = fields
            .into_iter()
            .filter(|(_, value)| !value.is_null() && value.as_str() != Some(""));
        let fields: Fields = filled
            .filter_map(|(path, value)| Some((FieldPath::parse(&path).ok()?, value)))
            .collect();
        self.ledger.advance(1);
        self.ledger.put(Record {
            id,
            kind,
            scope: Scope::Under(scope.unwrap_or(id)),
            version,
            fields,
            created: Stamp {
                version,
                at,
                by: self.staff[by].user,
                device: SERVER_DEVICE,
            },
            stamps: std::collections::BTreeMap::new(),
            deleted: None,
            unknown: std::collections::BTreeMap::new(),
        });
        id
    }

    /// Changes one field of a record later on, with its history.
    pub(super) fn change(&mut self, id: RecordId, by: usize, at: Timestamp, path: &str, to: Value) {
        let (Some(record), Ok(path)) = (self.ledger.get(id).cloned(), FieldPath::parse(path)) else {
            return;
        };
        let mut record = record;
        let stamp = Stamp {
            version: self.ledger.next(),
            at,
            by: self.staff[by].user,
            device: SERVER_DEVICE,
        };
        let from = record.fields.insert(path.clone(), to.clone()).unwrap_or(Value::Null);
        let mutation = MutationId::new(at, self.random.entropy());
        let entry = HistoryEntry {
            record: id,
            path: Some(path.clone()),
            from,
            to,
            stamp,
            mutation,
            stands: true,
            unknown: std::collections::BTreeMap::new(),
        };
        record.stamps.insert(path, stamp);
        record.version = stamp.version;
        self.ledger.advance(1);
        self.ledger.add_history(record.scope, vec![entry]);
        self.ledger.put(record);
    }
}
