//! What people do on the devices of a run: edit cards, from fresh and from stale forms, write notes, tag, delete, move
//! customers, keep drafts, work in circles, send refused work again. Every value written is unique, so that the ledger
//! can look for it.

mod circles;

use serde_json::Value;

use super::device::Device;
use super::host::{LEFT, people};
use super::random::Random;
use crate::customers::field as customer;
use crate::ids::RecordId;
use crate::record::mutation::{Edit, Operation};
use crate::record::{FieldPath, Kind, Record, Scope};
use crate::sync::engine::{Entropy, Event};
use crate::sync::replica::Op;
use crate::time::Timestamp;
use crate::{access, contacts, customers, notes};

/// Lets the device's user do one thing, if there is something to do it to: with what is held, or with a customer that
/// is just being read online.
pub(super) fn act(device: &mut Device, online: Option<&Record>, now: Timestamp, random: &mut Random) {
    let Some(event) = choose(device, online, now, random) else {
        return;
    };
    device.handle(event, now, random);
}

fn choose(device: &mut Device, online: Option<&Record>, now: Timestamp, random: &mut Random) -> Option<Event> {
    if random.chance(15) {
        return circles::act(device, now, random).map(|edit| Event::Write(vec![edit]));
    }
    let replica = device.engine()?.replica();
    let subject = online.or(pick(replica.iter(&Kind::Customer), random)).cloned();
    let reads_wider = access::wider(&device.profile).is_some();
    match random.below(if reads_wider { 28 } else { 20 }) {
        0..=7 => {
            let subject = device.form.take().or(subject)?;
            Some(Event::Write(vec![edit_card(&subject, random)]))
        }
        8..=10 => {
            device.form = subject;
            None
        }
        11..=13 => Some(Event::Write(write_up(&subject?, now, random))),
        14 => {
            let id = RecordId::new(now, random.draw());
            let name = unique("客户", random);
            let edit = customers::new_customer(id, &device.profile)
                .set(FieldPath::known(customer::NAME), name)
                .set(
                    FieldPath::known(customer::TYPE),
                    customers::CustomerType::Individual.as_str(),
                );
            Some(Event::Write(vec![edit]))
        }
        15 => Some(Event::Write(vec![add_contact(&subject?, now, random)])),
        16 => pick(replica.iter(&Kind::Contact), random).map(|contact| Event::Write(vec![Edit::delete(contact)])),
        17 => {
            let contact = pick(replica.iter(&Kind::Contact), random)?;
            let path = FieldPath::known(contacts::field::NAME);
            Some(Event::Write(vec![Edit::of(contact).change(
                contact,
                path,
                unique("联系人", random),
            )]))
        }
        18 if reads_wider => Some(Event::Write(vec![hand_over(&subject?, random)])),
        20..=27 => {
            let subject = subject?;
            let is_pinned = random.chance(65);
            Some(Event::Write(vec![customers::pin(&subject, &device.profile, is_pinned)]))
        }
        _ => Some(tidy_up(device, random)),
    }
}

fn edit_card(subject: &Record, random: &mut Random) -> Edit {
    let edit = Edit::of(subject);
    match random.below(6) {
        0 | 1 => edit.change(subject, FieldPath::known(customer::PHONE), unique("1", random)),
        2 => edit.change(subject, FieldPath::known(customer::WECHAT), unique("wx", random)),
        3 => match FieldPath::of_entry(customer::TAGS, ["老客户", "出口", "医疗"][random.below(3)]) {
            Ok(path) => edit.change(subject, path, random.chance(60).then_some(true)),
            Err(_) => edit,
        },
        4 => edit
            .change(subject, FieldPath::known(customer::PHONE), unique("1", random))
            .change(subject, FieldPath::known(customer::WECHAT), unique("wx", random)),
        _ => edit.change(subject, FieldPath::known(customer::REMARK), longer(subject, random)),
    }
}

/// The remark with one more paragraph somewhere, or with one rewritten.
fn longer(subject: &Record, random: &mut Random) -> String {
    let remark = subject.text(customer::REMARK).unwrap_or_default();
    let mut paragraphs: Vec<String> = remark.split("\n\n").map(str::to_owned).collect();
    let at = random.below(paragraphs.len());
    let paragraph = unique("段落", random);
    if random.chance(70) {
        paragraphs.insert(at, paragraph);
    } else {
        paragraphs[at] = paragraph;
    }
    paragraphs.join("\n\n")
}

/// A note; perhaps, in one go with it, what was learned for the card and whom one met.
fn write_up(subject: &Record, now: Timestamp, random: &mut Random) -> Vec<Edit> {
    let note = write_note(subject, now, random);
    if random.chance(60) {
        return vec![note];
    }
    vec![note, edit_card(subject, random), add_contact(subject, now, random)]
}

fn write_note(subject: &Record, now: Timestamp, random: &mut Random) -> Edit {
    let id = RecordId::new(now, random.draw());
    Edit::create(id, Kind::Note, Scope::Under(subject.id))
        .set(FieldPath::known(notes::field::TEXT), unique("记录", random))
}

fn add_contact(subject: &Record, now: Timestamp, random: &mut Random) -> Edit {
    let id = RecordId::new(now, random.draw());
    Edit::create(id, Kind::Contact, Scope::Under(subject.id))
        .set(FieldPath::known(contacts::field::NAME), unique("联系人", random))
}

/// To a colleague; perhaps to one of another team, which is not a lead's to do, or to one who has left.
fn hand_over(subject: &Record, random: &mut Random) -> Edit {
    let people = people();
    let owner = &people[[0, 1, 4][random.below(3)]];
    let team = owner.team.map(|team| team.to_string());
    let user = if random.chance(5) { LEFT } else { owner.user };
    Edit::of(subject)
        .change(subject, FieldPath::known(customer::OWNER), user.to_string())
        .change(subject, FieldPath::known(customer::TEAM), team)
}

/// Drafts come and go; refused work is sent again or given up.
fn tidy_up(device: &Device, random: &mut Random) -> Event {
    let refused = device
        .engine()
        .and_then(|engine| engine.replica().refused().first().cloned());
    match refused {
        Some(refused) if random.chance(30) => Event::Steps(vec![Op::Discard(refused.mutation.id)]),
        Some(refused) if random.chance(50) => {
            let mutation = refused.mutation;
            let edit = Edit {
                record: mutation.record,
                kind: mutation.kind,
                scope: mutation.scope,
                base: mutation.base,
                operation: mutation.operation,
            };
            Event::Resend { id: mutation.id, edit }
        }
        _ => {
            let value = Value::String(unique("草稿", random));
            Event::Steps(vec![Op::PutDraft {
                key: "note".to_owned(),
                value,
            }])
        }
    }
}

fn unique(prefix: &str, random: &mut Random) -> String {
    format!("{prefix}{:016x}", random.next())
}

fn pick<'a>(records: impl Iterator<Item = &'a Record>, random: &mut Random) -> Option<&'a Record> {
    let records: Vec<&Record> = records.collect();
    records.get(random.below(records.len())).copied()
}

/// The unique texts a mutation adds: what no merge may lose.
pub(super) fn unique_texts(operation: &Operation) -> Vec<(FieldPath, String)> {
    let Operation::Write(changes) = operation else {
        return Vec::new();
    };
    let mut texts = Vec::new();
    for (path, change) in changes {
        let before = change.from.as_str().unwrap_or_default();
        let paragraphs = change.to.as_str().unwrap_or_default().split("\n\n");
        let new = paragraphs.filter(|paragraph| !paragraph.is_empty() && !before.contains(paragraph));
        texts.extend(new.map(|paragraph| (path.clone(), paragraph.to_owned())));
    }
    texts
}
