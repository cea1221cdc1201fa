//! The board of opportunities (R6): a lane for each stage with what stands in it and what that comes to, and what it
//! means to move one to another stage. Never draws a lane, and never makes up why a deal was lost: that is asked for.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::{OpportunityView, Stage, field};
use crate::ids::RecordId;
use crate::record::mutation::Edit;
use crate::record::{FieldPath, Record};

/// The opportunities of one stage.
#[derive(Clone, Debug, PartialEq)]
pub struct Lane {
    /// The stage.
    pub stage: Stage,
    /// Those in it, in the order in which they were given.
    pub cards: Vec<RecordId>,
    /// What they come to, by currency. What has no amount adds nothing.
    pub sums: BTreeMap<String, Decimal>,
}

/// A lane for each stage, in the order of stages, empty ones as well.
pub fn lanes<'a>(opportunities: impl IntoIterator<Item = &'a Record>) -> Vec<Lane> {
    let empty = |stage| Lane {
        stage,
        cards: Vec::new(),
        sums: BTreeMap::new(),
    };
    let mut lanes: Vec<Lane> = Stage::ALL.iter().copied().map(empty).collect();
    for view in opportunities.into_iter().filter_map(OpportunityView::of) {
        let Some(lane) = lanes.iter_mut().find(|lane| lane.stage == view.stage()) else {
            continue;
        };
        lane.cards.push(view.0.id);
        if let Some(amount) = view.amount() {
            let sum = lane.sums.entry(view.currency().to_owned()).or_default();
            *sum = sum.saturating_add(amount);
        }
    }
    lanes
}

/// What moving an opportunity to another stage takes.
#[derive(Clone, Debug, PartialEq)]
pub enum Move {
    /// It is there already.
    Nowhere,
    /// This edit.
    Write(Edit),
    /// Its form has to be filled in, with the stage chosen: when it was decided, and why.
    Ask,
}

/// Moves an opportunity to a stage. One that was decided and is open again was neither won nor lost.
pub fn move_to(opportunity: &Record, stage: Stage) -> Move {
    if opportunity.text(field::STAGE) == Some(stage.as_str()) {
        return Move::Nowhere;
    }
    if !stage.is_open() {
        return Move::Ask;
    }
    let nothing = serde_json::Value::Null;
    let edit = Edit::of(opportunity)
        .change(opportunity, FieldPath::known(field::STAGE), stage.as_str())
        .change(opportunity, FieldPath::known(field::CLOSED_ON), nothing.clone())
        .change(opportunity, FieldPath::known(field::LOST_REASON), nothing);
    Move::Write(edit)
}

/// What is wrong with the next step of an open opportunity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alarm {
    /// There is none, or none with a day.
    Missing,
    /// Its day has passed.
    Past,
}

/// Whether an opportunity raises an alarm, and which (R6).
pub fn alarm(opportunity: OpportunityView<'_>, today: Date) -> Option<Alarm> {
    if opportunity.is_stepless() {
        return Some(Alarm::Missing);
    }
    let day = opportunity.next_step_on().filter(|_| opportunity.is_open())?;
    (day < today).then_some(Alarm::Past)
}

/// Where an arrow key leads on the board.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// To the one above.
    Up,
    /// To the one below.
    Down,
    /// To the nearest lane before that holds any, at the same height.
    Before,
    /// To the nearest lane behind that holds any, at the same height.
    Behind,
}

/// The card to which an arrow leads from another one; `None` at an end.
pub fn neighbour(lanes: &[Lane], from: RecordId, way: Way) -> Option<RecordId> {
    let place = |lane: &Lane| lane.cards.iter().position(|card| *card == from);
    let (lane, row) = lanes
        .iter()
        .enumerate()
        .find_map(|(at, lane)| Some((at, place(lane)?)))?;
    let holds_any = |lane: &&Lane| !lane.cards.is_empty();
    let beside = |lane: &Lane| lane.cards.get(row.min(lane.cards.len().checked_sub(1)?)).copied();
    match way {
        Way::Up => lanes.get(lane)?.cards.get(row.checked_sub(1)?).copied(),
        Way::Down => lanes.get(lane)?.cards.get(row + 1).copied(),
        Way::Before => lanes.get(..lane)?.iter().rev().find(holds_any).and_then(beside),
        Way::Behind => lanes.get(lane + 1..)?.iter().find(holds_any).and_then(beside),
    }
}
