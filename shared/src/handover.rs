//! Handing a customer over to a new manager (R26): who may take it, what moves with it, and what takes it back; and who
//! leads a circle whose lead has left. What was done stays the work of whoever did it. Who may hand over is judged by `access`; words come from the caller.

use jiff::civil::Date;
use serde_json::Value;

use crate::access;
use crate::channel::Wider;
use crate::circles::CircleView;
use crate::customers::{CustomerView, field};
use crate::ids::{RecordId, UserId};
use crate::people::PersonView;
use crate::record::mutation::{Edit, Operation};
use crate::record::profile::{Profile, Role};
use crate::record::{FieldPath, Kind, Record};
use crate::settings::{Area, Parameter, Source, Unit};
use crate::{circles, kinds, tasks};

/// Within how many days the new manager introduces themselves.
pub const INTRODUCTION_DAYS: Parameter = Parameter {
    name: "introduction_days",
    area: Area::Handover,
    unit: Unit::Days,
    from: 0,
    to: 365,
    most: 1,
    default: &[3],
    source: Source::Product,
};

/// The task of calling the customer as the new manager.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Introduction {
    /// The id of the task about to be made.
    pub task: RecordId,
    /// What is to be done, in words.
    pub title: String,
    /// From whom the customer comes, in words.
    pub reason: String,
    /// By which day.
    pub due: Date,
}

/// Whether people of this role look after customers themselves, so that some may be entrusted to them.
pub const fn looks_after_customers(role: Role) -> bool {
    matches!(role, Role::RelationshipManager | Role::TeamLead)
}

/// Those of `people` to whom the signed-in person may entrust a customer: who works here now and looks after customers,
/// of the own team for a lead, of the own branch for back office. Nobody for those who may not.
pub fn candidates<'a>(profile: &Profile, people: impl IntoIterator<Item = &'a Record>) -> Vec<PersonView<'a>> {
    let Some(wider) = access::wider(profile) else {
        return Vec::new();
    };
    let reaches = |person: &PersonView<'_>| access::is_within(*person, wider);
    let looks_after = |person: &PersonView<'_>| person.is_active() && person.role().is_some_and(looks_after_customers);
    let people = people.into_iter().filter_map(PersonView::of);
    people.filter(looks_after).filter(reaches).collect()
}

/// The open work that moves with the customer: what the present owner has in hand, and the field that says so.
/// `records`: all in the customer's scope.
pub fn moving_work<'a>(
    customer: CustomerView<'_>,
    records: impl IntoIterator<Item = &'a Record>,
) -> Vec<(&'a Record, &'static str)> {
    let owner = customer.owner();
    let moving = records.into_iter().filter_map(|record| {
        let in_hand = kinds::of(&record.kind).in_hand?;
        let holder = (in_hand.holder)(record)?;
        (Some(holder) == owner).then_some((record, in_hand.field))
    });
    moving.collect()
}

/// The edits that hand the customer over to `to`: open tasks, the introduction, and the customer last, so that nothing
/// is written to what is out of sight by then.
pub fn hand_over<'a>(
    customer: &Record,
    records: impl IntoIterator<Item = &'a Record>,
    to: PersonView<'_>,
    introduction: Introduction,
) -> Vec<Edit> {
    let user = to.user().to_string();
    let moving = moving_work(CustomerView(customer), records).into_iter();
    let moving = moving.map(|(work, field)| Edit::of(work).change(work, FieldPath::known(field), user.clone()));
    let call = Edit::create(introduction.task, Kind::Task, customer.scope)
        .set(FieldPath::known(tasks::field::TITLE), introduction.title)
        .set(FieldPath::known(tasks::field::REASON), introduction.reason)
        .set(FieldPath::known(tasks::field::DUE), introduction.due.to_string())
        .set(FieldPath::known(tasks::field::ASSIGNEE), user.clone());
    let id = |id: Option<String>| id.map_or(Value::Null, Value::from);
    let mut owner = Edit::of(customer)
        .change(customer, FieldPath::known(field::OWNER), user.clone())
        .change(
            customer,
            FieldPath::known(field::TEAM),
            id(to.team().map(|id| id.to_string())),
        )
        .change(
            customer,
            FieldPath::known(field::BRANCH),
            id(to.branch().map(|id| id.to_string())),
        );
    // Who is in charge does not help out as well.
    if let Ok(path) = FieldPath::of_entry(field::CO_MANAGERS, &to.user().to_string()) {
        owner = owner.change(customer, path, Value::Null);
    }
    moving.chain([call, owner]).collect()
}

/// The edit by which a customer follows its owner to another team or branch; `None` when nothing changes or it is
/// somebody else's.
pub fn follow_owner(customer: &Record, owner: PersonView<'_>) -> Option<Edit> {
    if CustomerView::of(customer)?.owner() != Some(owner.user()) {
        return None;
    }
    let id = |id: Option<String>| id.map_or(Value::Null, Value::from);
    let edit = Edit::of(customer)
        .change(
            customer,
            FieldPath::known(field::TEAM),
            id(owner.team().map(|id| id.to_string())),
        )
        .change(
            customer,
            FieldPath::known(field::BRANCH),
            id(owner.branch().map(|id| id.to_string())),
        );
    (!edit.is_empty()).then_some(edit)
}

/// The edit by which a circle goes on under another lead once the present one works here no longer; `None` as long as
/// its lead is here, and for a circle that was given up. Of those who work here it is the member who has been in it
/// longest; without any, whoever reads as far as a place that belongs to it; without any, an administrator. So a circle
/// is never without somebody who may write it. `people`: the directory.
pub fn next_lead<'a>(circle: &Record, people: impl IntoIterator<Item = &'a Record>) -> Option<Edit> {
    let view = CircleView::of(circle).filter(|_| !circle.is_deleted())?;
    let people = people.into_iter().filter_map(PersonView::of);
    let here: Vec<PersonView<'_>> = people.filter(|person| person.is_active()).collect();
    let is_here = |user: &UserId| here.iter().any(|person| person.user() == *user);
    if view.lead().is_some_and(|lead| is_here(&lead)) {
        return None;
    }
    let joined = |user: &UserId| {
        let path = FieldPath::of_entry(circles::field::MEMBERS, &user.to_string());
        (path.ok().map(|path| circle.stamp(path.as_str()).at), *user)
    };
    let first = view.members().filter(is_here).min_by_key(joined);
    let reading = |is_far_enough: &dyn Fn(Wider) -> bool| {
        let reading = here
            .iter()
            .filter(|person| access::wider_of(**person).is_some_and(is_far_enough));
        reading.map(|person| person.user()).min()
    };
    let next = first
        .or_else(|| reading(&|wider| view.audience().any(|place| place == wider)))
        .or_else(|| reading(&|wider| wider == Wider::Organisation))?;
    Some(Edit::of(circle).change(circle, FieldPath::known(circles::field::LEAD), next.to_string()))
}

/// Lets `user` help with the customer, or no longer.
pub fn co_manage(customer: &Record, user: UserId, helps: bool) -> Edit {
    let edit = Edit::of(customer);
    match FieldPath::of_entry(field::CO_MANAGERS, &user.to_string()) {
        Ok(path) => edit.change(customer, path, helps.then_some(true)),
        Err(_) => edit,
    }
}

/// The edits that take `edits` back, where nobody has written over them since. `now`: a record as it is.
pub fn take_back<'a>(edits: &[Edit], now: impl Fn(RecordId) -> Option<&'a Record>) -> Vec<Edit> {
    let back = edits.iter().rev().filter_map(|edit| {
        let record = now(edit.record)?;
        let Operation::Write(changes) = &edit.operation else {
            return None;
        };
        let is_new = changes.values().all(|change| change.from.is_null()) && edit.base == Default::default();
        if is_new {
            return Some(Edit::delete(record));
        }
        let stands = |path: &FieldPath| record.fields.get(path).unwrap_or(&Value::Null);
        let ours = changes.iter().filter(|(path, change)| *stands(path) == change.to);
        let start = Edit::of(record);
        Some(ours.fold(start, |back, (path, change)| {
            back.change(record, path.clone(), change.from.clone())
        }))
    });
    back.filter(|edit| !edit.is_empty()).collect()
}
