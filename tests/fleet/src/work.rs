//! What people do on the devices of a run: edit cards from fresh and from stale forms, write notes, add, change and
//! delete contacts, open customers, hand them over, let each other in and out of circles, send refused work again. Every text written is unique, so that it
//! can be looked for afterwards.

use std::collections::BTreeSet;

use rapport_shared::circles::{self, CircleView};
use rapport_shared::customers::{self, field as customer};
use rapport_shared::ids::{RecordId, UserId};
use rapport_shared::record::mutation::{Edit, Operation};
use rapport_shared::record::profile::{Profile, Role};
use rapport_shared::record::{FieldPath, Kind, Record, Scope};
use rapport_shared::sync::engine::{Entropy as _, Event};
use rapport_shared::sync::replica::{Op, Refused};
use rapport_shared::time::Timestamp;
use rapport_shared::{contacts, notes, people};

use crate::chance::Chance;
use crate::device::Device;

/// Customers most of the work is about, so that people get in each other's way.
const BUSY: usize = 6;

/// One user at one device.
#[derive(Default)]
pub struct User {
    /// A form opened a while ago: the record as it was shown then.
    form: Option<Record>,
}

impl User {
    /// Chooses what to do next, if there is something to do it to. Gives also the refused mutation it puts an end to.
    pub fn choose(&mut self, device: &mut Device) -> Option<Event> {
        let now = device.clock();
        let replica = device.engine()?.replica();
        let profile = replica.profile()?.clone();
        let all: Vec<Record> = replica.iter(&Kind::Customer).cloned().collect();
        let contacts: Vec<Record> = replica.iter(&Kind::Contact).cloned().collect();
        let managers = managers(replica.iter(&Kind::Person));
        let circles: Vec<Record> = replica.iter(&Kind::Circle).cloned().collect();
        let refused = replica.refused().first().cloned();
        let chance = &mut device.chance;
        let busy = &all[..all.len().min(BUSY)];
        let subject = if chance.percent(70) {
            chance.pick(busy)
        } else {
            chance.pick(&all)
        }
        .cloned();
        if chance.percent(12) {
            let edit = in_circle(&circles, &profile, &managers, now, chance)?;
            return Some(Event::Write(vec![edit]));
        }
        match chance.between(0, 24) {
            0..=7 => {
                let subject = self.form.take().or(subject)?;
                Some(Event::Write(vec![edit_card(&subject, chance)]))
            }
            8..=9 => {
                self.form = subject;
                None
            }
            10..=14 => Some(Event::Write(write_up(&subject?, now, chance))),
            15 => Some(Event::Write(vec![open_customer(&profile, now, chance)])),
            16 | 17 => Some(Event::Write(vec![add_contact(&subject?, now, chance)])),
            18 => chance
                .pick(&contacts)
                .map(|contact| Event::Write(vec![Edit::delete(contact)])),
            19 | 20 => {
                let contact = chance.pick(&contacts)?.clone();
                let path = FieldPath::known(contacts::field::NAME);
                let edit = Edit::of(&contact).change(&contact, path, chance.unique("联系人"));
                Some(Event::Write(vec![edit]))
            }
            21 => hand_over(&subject?, &profile, &managers, chance),
            _ => refused.map(|refused| settle(refused, chance)),
        }
    }

    /// Forgets the open form, as when the app was closed.
    pub fn leave(&mut self) {
        self.form = None;
    }
}

fn managers<'a>(people: impl Iterator<Item = &'a Record>) -> Vec<UserId> {
    let manager = serde_json::json!("relationship_manager");
    let managers = people.filter(|person| person.get(people::field::ROLE) == Some(&manager));
    managers
        .map(|person| UserId::from_u128(u128::from_be_bytes(*person.id.as_bytes())))
        .collect()
}

fn edit_card(subject: &Record, chance: &mut Chance) -> Edit {
    let edit = Edit::of(subject);
    match chance.between(0, 6) {
        0 | 1 => edit.change(subject, FieldPath::known(customer::PHONE), chance.unique("1")),
        2 => edit.change(subject, FieldPath::known(customer::WECHAT), chance.unique("wx")),
        3 => {
            let tag = *chance.pick(&["老客户", "出口", "医疗"]).unwrap_or(&"老客户");
            match FieldPath::of_entry(customer::TAGS, tag) {
                Ok(path) => edit.change(subject, path, chance.percent(60).then_some(true)),
                Err(_) => edit,
            }
        }
        4 => edit
            .change(subject, FieldPath::known(customer::PHONE), chance.unique("1"))
            .change(subject, FieldPath::known(customer::WECHAT), chance.unique("wx")),
        _ => edit.change(subject, FieldPath::known(customer::REMARK), longer(subject, chance)),
    }
}

/// The remark with one more paragraph somewhere; one that has become long begins anew.
fn longer(subject: &Record, chance: &mut Chance) -> String {
    const MOST: usize = 12;
    let remark = subject.text(customer::REMARK).unwrap_or_default();
    let mut paragraphs: Vec<String> = remark.split("\n\n").map(str::to_owned).collect();
    if paragraphs.len() >= MOST {
        paragraphs.clear();
    }
    let at = usize::try_from(chance.between(0, paragraphs.len() as u64 + 1)).unwrap_or(0);
    paragraphs.insert(at.min(paragraphs.len()), chance.unique("段落"));
    paragraphs.join("\n\n")
}

/// A note; perhaps, in one go with it, what was learned for the card and whom one met.
fn write_up(subject: &Record, now: Timestamp, chance: &mut Chance) -> Vec<Edit> {
    let note = note(subject, now, chance);
    if chance.percent(60) {
        return vec![note];
    }
    vec![note, edit_card(subject, chance), add_contact(subject, now, chance)]
}

/// A note about a customer.
pub fn note(subject: &Record, now: Timestamp, chance: &mut Chance) -> Edit {
    let id = RecordId::new(now, chance.draw());
    Edit::create(id, Kind::Note, Scope::Under(subject.id))
        .set(FieldPath::known(notes::field::TEXT), chance.unique("记录"))
}

fn open_customer(profile: &Profile, now: Timestamp, chance: &mut Chance) -> Edit {
    let id = RecordId::new(now, chance.draw());
    let kind = customers::CustomerType::Individual.as_str();
    customers::new_customer(id, profile)
        .set(FieldPath::known(customer::NAME), chance.unique("客户"))
        .set(FieldPath::known(customer::TYPE), kind)
}

fn add_contact(subject: &Record, now: Timestamp, chance: &mut Chance) -> Edit {
    let id = RecordId::new(now, chance.draw());
    Edit::create(id, Kind::Contact, Scope::Under(subject.id))
        .set(FieldPath::known(contacts::field::NAME), chance.unique("联系人"))
}

/// Another owner, or one more who looks after the customer. Somebody without the right tries it now and then.
fn hand_over(subject: &Record, profile: &Profile, managers: &[UserId], chance: &mut Chance) -> Option<Event> {
    if profile.role == Role::RelationshipManager && chance.percent(50) {
        return None;
    }
    let to = chance.pick(managers)?.to_string();
    let edit = Edit::of(subject);
    let edit = if chance.percent(60) {
        edit.change(subject, FieldPath::known(customer::OWNER), to)
    } else {
        let path = FieldPath::of_entry(customer::CO_MANAGERS, &to).ok()?;
        edit.change(subject, path, chance.percent(60).then_some(true))
    };
    Some(Event::Write(vec![edit]))
}

/// Makes a circle, lets somebody into one or out of it, gives it to another lead, or writes a note in it. Who does not
/// lead it tries it now and then.
fn in_circle(
    circles: &[Record],
    profile: &Profile,
    managers: &[UserId],
    now: Timestamp,
    chance: &mut Chance,
) -> Option<Edit> {
    let somebody = chance.pick(managers)?.to_string();
    let own = |circle: &&Record| CircleView::of(circle).and_then(CircleView::lead) == Some(profile.user);
    let led: Vec<Record> = circles.iter().filter(own).cloned().collect();
    let circle = if chance.percent(80) {
        chance.pick(&led)
    } else {
        chance.pick(circles)
    }
    .cloned();
    let member = FieldPath::of_entry(circles::field::MEMBERS, &somebody).ok()?;
    let Some(circle) = circle.filter(|_| chance.percent(85)) else {
        let id = RecordId::new(now, chance.draw());
        let edit = Edit::create(id, Kind::Circle, Scope::Under(id))
            .set(FieldPath::known(circles::field::NAME), chance.unique("小组"))
            .set(FieldPath::known(circles::field::LEAD), profile.user.to_string());
        return Some(edit.set(member, true));
    };
    let edit = Edit::of(&circle);
    Some(match chance.between(0, 6) {
        0..=2 => edit.change(&circle, member, chance.percent(50).then_some(true)),
        3 => edit.change(&circle, FieldPath::known(circles::field::LEAD), somebody),
        _ => note(&circle, now, chance),
    })
}

/// Refused work is given up, or sent again.
fn settle(refused: Refused, chance: &mut Chance) -> Event {
    let mutation = refused.mutation;
    if chance.percent(60) {
        return Event::Steps(vec![Op::Discard(mutation.id)]);
    }
    let edit = Edit {
        record: mutation.record,
        kind: mutation.kind,
        scope: mutation.scope,
        base: mutation.base,
        operation: mutation.operation,
    };
    Event::Resend { id: mutation.id, edit }
}

/// The unique texts an operation adds: what no merge may lose.
pub fn unique_texts(operation: &Operation) -> BTreeSet<(FieldPath, String)> {
    let Operation::Write(changes) = operation else {
        return BTreeSet::new();
    };
    let mut texts = BTreeSet::new();
    for (path, change) in changes {
        let before = change.from.as_str().unwrap_or_default();
        let paragraphs = change.to.as_str().unwrap_or_default().split("\n\n");
        let new = paragraphs.filter(|paragraph| !paragraph.is_empty() && !before.contains(paragraph));
        texts.extend(new.map(|paragraph| (path.clone(), paragraph.to_owned())));
    }
    texts
}
