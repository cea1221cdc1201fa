//! Filing to a customer afterwards what somebody wrote for themselves. A record never changes whose it is: that would
//! show its past to people who could not see it, or take it from those who could. So a new record lies at the customer,
//! and the one that was one's own is removed; both, or neither. Never asks which customer.

use crate::descriptor::{Descriptor, Place, Writers};
use crate::ids::RecordId;
use crate::kinds;
use crate::record::mutation::Edit;
use crate::record::{Kind, Record, Scope};

/// Whether people write records of `kind` for themselves or for a customer.
pub fn is_for_either(kind: &Kind) -> bool {
    let Descriptor { places, writers, .. } = kinds::of(kind);
    let is_own = places.iter().any(|place| matches!(place, Place::Own));
    let is_customers = places.iter().any(|place| matches!(place, Place::Under(Kind::Customer)));
    *writers == Writers::InSight && is_own && is_customers
}

/// Whether the record is one's own and could be a customer's.
pub fn can_be_filed(record: &Record) -> bool {
    matches!(record.scope, Scope::User(_)) && is_for_either(&record.kind)
}

/// Files `record` to `customer`, where it becomes the record `id`: first the new one, then the end of the old.
pub fn file(record: &Record, id: RecordId, customer: RecordId) -> [Edit; 2] {
    let start = Edit::create(id, record.kind.clone(), Scope::Under(customer));
    let filed = record
        .fields
        .iter()
        .fold(start, |edit, (path, value)| edit.set(path.clone(), value.clone()));
    [filed, Edit::delete(record)]
}

/// Takes that back: `record` is there again as it was, and the one at the customer goes. `filed`: as it is now.
pub fn take_back(record: &Record, filed: Option<&Record>) -> Vec<Edit> {
    let again = record.fields.keys().next().cloned();
    let again = again.map(|path| Edit::revive(record, path));
    again.into_iter().chain(filed.map(Edit::delete)).collect()
}
