//! Which conflicts wait for a person's decision and in which order, whose values they hold, and how each stands by
//! now. It changes nothing.

use std::cmp::Reverse;
use std::collections::HashMap;

use serde_json::Value;

use super::{ConflictView, is_open};
use crate::ids::{DeviceId, RecordId, UserId};
use crate::order;
use crate::record::{Record, Stamp};
use crate::sync::wire::HistoryEntry;
use crate::time::Timestamp;

/// The open conflicts of one customer, newest first.
#[derive(Clone, Debug, PartialEq)]
pub struct Group<'a> {
    /// The customer; `None` for what belongs to no customer, such as a personal task.
    pub customer: Option<RecordId>,
    /// Its open conflicts.
    pub conflicts: Vec<&'a Record>,
}

/// The open ones among `records` by customer: the newest conflict first, and with it all others of its customer.
pub fn groups<'a>(records: impl IntoIterator<Item = &'a Record>) -> Vec<Group<'a>> {
    let mut open: Vec<&Record> = records.into_iter().filter(|record| is_open(record)).collect();
    order::sort_by_key(&mut open, |record| {
        Reverse((record.created.at, record.created.version, record.id))
    });
    let mut groups: Vec<Group<'a>> = Vec::new();
    let mut places = HashMap::new();
    for record in open {
        let customer = record.root();
        let place = *places.entry(customer).or_insert_with(|| {
            groups.push(Group {
                customer,
                conflicts: Vec::new(),
            });
            groups.len() - 1
        });
        groups[place].conflicts.push(record);
    }
    groups
}

/// One of the two values of a conflict.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Side<'a> {
    /// The value; `null` for none. In a removal `true` is the removal, `null` the edit.
    pub value: &'a Value,
    /// Who wrote it, and when.
    pub author: Option<(UserId, Timestamp)>,
    /// Whether the reader wrote it.
    pub mine: bool,
    /// Whether it was the one put in force.
    pub stands: bool,
}

/// Both values as the person `reader` reads them: the own one first; when both are or neither is, the one in force.
pub fn sides(conflict: ConflictView<'_>, reader: Option<UserId>) -> [Side<'_>; 2] {
    let side = |value, author: Option<(UserId, Timestamp)>, stands| Side {
        value,
        author,
        mine: author.is_some_and(|(user, _)| Some(user) == reader),
        stands,
    };
    let stands = side(conflict.stands(), conflict.stands_by(), true);
    let aside = side(conflict.aside(), conflict.aside_by(), false);
    if aside.mine && !stands.mine {
        [aside, stands]
    } else {
        [stands, aside]
    }
}

/// Who wrote the value both authors saw, and when, as far as the device holds the past of the record the conflict is
/// about. `history`: the record's, in any order.
pub fn before_by(
    conflict: ConflictView<'_>,
    subject: &Record,
    history: &[HistoryEntry],
) -> Option<(UserId, Timestamp)> {
    let path = conflict.path()?;
    let limit = [conflict.stands_by(), conflict.aside_by()];
    let limit = limit.into_iter().flatten().map(|(_, at)| at).min()?;
    let of_field = || history.iter().filter(|entry| entry.path.as_ref() == Some(&path));
    let wrote = of_field().filter(|entry| entry.stands && entry.stamp.at < limit && entry.to == *conflict.before());
    if let Some(entry) = wrote.max_by_key(|entry| (entry.stamp.version, entry.stamp.at)) {
        return Some((entry.stamp.by, entry.stamp.at));
    }
    // It is as old as the record, when the first change that is known was made to this very value.
    let first = of_field().min_by_key(|entry| (entry.stamp.version, entry.stamp.at))?;
    let as_created = first.from == *conflict.before() && !conflict.before().is_null();
    as_created.then_some((subject.created.by, subject.created.at))
}

/// The device on which a side was written, as far as the past of the record that the reader holds tells it. `history`:
/// the record's, in any order.
pub fn written_on(conflict: ConflictView<'_>, side: Side<'_>, history: &[HistoryEntry]) -> Option<DeviceId> {
    let author = side.author?;
    let path = conflict.path();
    let is_it =
        |entry: &&HistoryEntry| (entry.stamp.by, entry.stamp.at) == author && (path.is_none() || entry.path == path);
    history.iter().find(is_it).map(|entry| entry.stamp.device)
}

/// What the edit wrote that met a removal: its entries in the history of the record, in their order there.
pub fn met_edits<'a>(conflict: ConflictView<'_>, history: &'a [HistoryEntry]) -> Vec<&'a HistoryEntry> {
    let author = conflict.stands_by();
    let is_it = |stamp: &Stamp| author == Some((stamp.by, stamp.at));
    let edits = history
        .iter()
        .filter(|entry| entry.path.is_some() && is_it(&entry.stamp));
    edits.collect()
}

/// How an open conflict stands by now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// As the merge left it: one value in force, the other aside.
    Undecided,
    /// The value kept aside is in force: somebody wrote it again.
    Swapped,
    /// The field holds a third value, written since.
    Overtaken,
    /// The record is gone.
    Gone,
}

/// How the conflict stands. `subject`: the record it is about as the reader sees it; `None` when it is removed.
pub fn standing(conflict: ConflictView<'_>, subject: Option<&Record>) -> Standing {
    let Some(subject) = subject else {
        return Standing::Gone;
    };
    let Some(path) = conflict.path() else {
        return Standing::Undecided;
    };
    match subject.fields.get(&path).unwrap_or(&Value::Null) {
        current if current == conflict.stands() => Standing::Undecided,
        current if current == conflict.aside() => Standing::Swapped,
        _ => Standing::Overtaken,
    }
}
