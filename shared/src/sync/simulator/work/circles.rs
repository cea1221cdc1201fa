//! What people do in circles: make one, let others in and out of it, give it to another lead, open it to a team, write
//! and leave tasks in it. Those without the right try it as well.

use super::{Entropy as _, pick, unique};
use crate::circles::{CircleView, field};
use crate::ids::{RecordId, UserId};
use crate::record::mutation::Edit;
use crate::record::{FieldPath, Kind, Record, Scope};
use crate::sync::replica::Replica;
use crate::sync::simulator::device::Device;
use crate::sync::simulator::host::{LEFT, NOBODY, people};
use crate::sync::simulator::random::Random;
use crate::time::Timestamp;
use crate::{notes, tasks};

/// One thing done in a circle that is held, or a new one.
pub(super) fn act(device: &Device, now: Timestamp, random: &mut Random) -> Option<Edit> {
    let replica = device.engine()?.replica();
    if random.chance(10) {
        return Some(make(device.profile.user, now, random));
    }
    let circle = chosen(replica, device.profile.user, random)?;
    Some(match random.below(10) {
        0..=2 => let_in_or_out(circle, random),
        3 => {
            let lead = somebody(random).to_string();
            Edit::of(circle).change(circle, FieldPath::known(field::LEAD), lead)
        }
        4 => {
            let team = device
                .profile
                .team
                .filter(|_| random.chance(50))
                .map(|team| team.to_string());
            Edit::of(circle).change(circle, FieldPath::known(field::TEAM), team)
        }
        5 => Edit::of(circle).change(circle, FieldPath::known(field::PURPOSE), unique("目的", random)),
        6 | 7 => {
            let id = RecordId::new(now, random.draw());
            Edit::create(id, Kind::Note, Scope::Under(circle.id))
                .set(FieldPath::known(notes::field::TEXT), unique("记录", random))
        }
        _ => {
            let id = RecordId::new(now, random.draw());
            Edit::create(id, Kind::Task, Scope::Under(circle.id))
                .set(FieldPath::known(tasks::field::TITLE), unique("待办", random))
                .set(FieldPath::known(tasks::field::ASSIGNEE), somebody(random).to_string())
        }
    })
}

/// Mostly one of those that the user leads, for they move the most.
fn chosen<'a>(replica: &'a Replica, user: UserId, random: &mut Random) -> Option<&'a Record> {
    let is_own = |circle: &&Record| CircleView::of(circle).and_then(CircleView::lead) == Some(user);
    let own = pick(replica.iter(&Kind::Circle).filter(is_own), random);
    own.filter(|_| random.chance(80))
        .or(pick(replica.iter(&Kind::Circle), random))
}

fn make(lead: UserId, now: Timestamp, random: &mut Random) -> Edit {
    let id = RecordId::new(now, random.draw());
    let circle = Edit::create(id, Kind::Circle, Scope::Under(id))
        .set(FieldPath::known(field::NAME), unique("小组", random))
        .set(FieldPath::known(field::LEAD), lead.to_string());
    match FieldPath::of_entry(field::MEMBERS, &somebody(random).to_string()) {
        Ok(member) => circle.set(member, true),
        Err(_) => circle,
    }
}

fn let_in_or_out(circle: &Record, random: &mut Random) -> Edit {
    let edit = Edit::of(circle);
    match FieldPath::of_entry(field::MEMBERS, &somebody(random).to_string()) {
        Ok(member) => edit.change(circle, member, random.chance(50).then_some(true)),
        Err(_) => edit,
    }
}

/// A colleague; now and then one who has left, or nobody.
fn somebody(random: &mut Random) -> UserId {
    let colleagues = people();
    match random.below(24) {
        0 => LEFT,
        1 => NOBODY,
        other => colleagues[other % colleagues.len()].user,
    }
}
