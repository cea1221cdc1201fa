//! Work the server has not acknowledged, oldest first, with what finds the work on one record or one customer, so that
//! no step costs more the more is waiting. It decides nothing and shows nothing.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::customer_of;
use crate::ids::{MutationId, RecordId};
use crate::record::mutation::Mutation;

/// A queue of mutations. Stored as a list of them.
#[derive(Clone, Debug, Default)]
pub struct Outbox {
    /// By place: later ones have higher places.
    waiting: BTreeMap<u64, Mutation>,
    places: HashMap<MutationId, u64>,
    of_records: BTreeSet<(RecordId, u64)>,
    of_customers: BTreeSet<(RecordId, u64)>,
}

impl Outbox {
    /// How many wait.
    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// The oldest.
    pub fn first(&self) -> Option<&Mutation> {
        self.waiting.first_key_value().map(|(_, mutation)| mutation)
    }

    /// All, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Mutation> {
        self.waiting.values()
    }

    /// The one with this identity.
    pub fn get(&self, id: MutationId) -> Option<&Mutation> {
        self.waiting.get(self.places.get(&id)?)
    }

    /// Those on a record, oldest first.
    pub fn of_record(&self, record: RecordId) -> impl DoubleEndedIterator<Item = &Mutation> {
        self.found(&self.of_records, record)
    }

    /// Those in the scope of a customer, oldest first.
    pub fn of_customer(&self, customer: RecordId) -> impl DoubleEndedIterator<Item = &Mutation> {
        self.found(&self.of_customers, customer)
    }

    fn found(&self, index: &BTreeSet<(RecordId, u64)>, id: RecordId) -> impl DoubleEndedIterator<Item = &Mutation> {
        let places = index.range((id, 0)..=(id, u64::MAX));
        places.filter_map(|(_, place)| self.waiting.get(place))
    }

    /// Adds one at the end, unless it waits already: an identity is settled once.
    pub(super) fn push(&mut self, mutation: Mutation) {
        if self.places.contains_key(&mutation.id) {
            return;
        }
        let place = self.waiting.last_key_value().map_or(0, |(last, _)| last + 1);
        self.places.insert(mutation.id, place);
        self.of_records.insert((mutation.record, place));
        if let Some(customer) = customer_of(&mutation) {
            self.of_customers.insert((customer, place));
        }
        self.waiting.insert(place, mutation);
    }

    pub(super) fn take(&mut self, id: MutationId) -> Option<Mutation> {
        let place = self.places.remove(&id)?;
        let mutation = self.waiting.remove(&place)?;
        self.of_records.remove(&(mutation.record, place));
        if let Some(customer) = customer_of(&mutation) {
            self.of_customers.remove(&(customer, place));
        }
        Some(mutation)
    }
}

impl IntoIterator for Outbox {
    type Item = Mutation;
    type IntoIter = std::collections::btree_map::IntoValues<u64, Mutation>;

    fn into_iter(self) -> Self::IntoIter {
        self.waiting.into_values()
    }
}

impl FromIterator<Mutation> for Outbox {
    fn from_iter<I: IntoIterator<Item = Mutation>>(mutations: I) -> Self {
        let mut outbox = Self::default();
        mutations.into_iter().for_each(|mutation| outbox.push(mutation));
        outbox
    }
}

impl PartialEq for Outbox {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Serialize for Outbox {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for Outbox {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::<Mutation>::deserialize(deserializer).map(Self::from_iter)
    }
}
