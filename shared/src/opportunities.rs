//! Opportunities (R6): a deal that may come, how likely and when, and the next step towards it. Never moves a stage by
//! itself, and never says how often to be in touch: that is [`contact_clock`]. Its board is [`board`].

pub mod board;
pub mod contact_clock;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::Value;

use crate::descriptor::{Descriptor, InHand, Keeps, Place, Problem, Writers, never_happened};
use crate::due::{Due, Looking, Reason};
use crate::ids::UserId;
use crate::record::{Fields, Kind, Record};
use crate::shape::{LINE, LONG_LINE, Shape, choices, fields, view};
use crate::text;
use crate::time::Here;

fields! {
    /// What it is about.
    PRODUCT = "product": Shape::Line(LINE) => required(),
    /// The family of products.
    FAMILY = "family": Shape::Choice(crate::holdings::Family::CHOICES),
    /// How much it would bring or move, in `currency`.
    AMOUNT = "amount": Shape::Amount,
    /// Three capitals (ISO 4217); yuan unless it says otherwise.
    CURRENCY = "currency": Shape::Code(3),
    /// How far it has come.
    STAGE = "stage": Shape::Choice(Stage::CHOICES) => required(),
    /// How likely it is, in percent.
    PROBABILITY = "probability": Shape::Integer(0, 100),
    /// By which day it is expected to close.
    EXPECTED_CLOSE = "expected_close": Shape::Date,
    /// What is to be done next.
    NEXT_STEP = "next_step": Shape::Line(LONG_LINE),
    /// By which day.
    NEXT_STEP_ON = "next_step_on": Shape::Date,
    /// Who else wants it.
    COMPETITORS = "competitors": Shape::Line(LONG_LINE),
    /// The user id of who works on it; whoever created it unless it says otherwise.
    MANAGER = "manager": Shape::Person,
    /// The user id of the product manager.
    PRODUCT_MANAGER = "product_manager": Shape::Person,
    /// The day it was won or lost.
    CLOSED_ON = "closed_on": Shape::Date,
    /// Why it was lost.
    LOST_REASON = "lost_reason": Shape::Line(LONG_LINE),
    /// Free text.
    REMARK = "remark": Shape::Text,
}

choices!(
    /// How far it has come.
    Stage in "opportunity_stage" {
        /// 发现需求: a need was seen.
        Identified = "identified",
        /// 接触洽谈: it is talked about.
        Contacted = "contacted",
        /// 提出方案: there is a proposal.
        Proposed = "proposed",
        /// 商务谈判: terms are bargained over.
        Negotiating = "negotiating",
        /// 达成意向: agreed and not yet settled; for the contact clock what a deposit placed is in the source.
        Agreed = "agreed",
        /// 成交.
        Won = "won",
        /// 丢单.
        Lost = "lost",
    }
);

impl Stage {
    /// Whether it is still to be decided.
    pub const fn is_open(self) -> bool {
        !matches!(self, Self::Won | Self::Lost)
    }
}

/// What the house must know of opportunities.
pub static KIND: Descriptor = Descriptor {
    fields: FIELDS,
    places: &[Place::Under(Kind::Customer)],
    writers: Writers::InSight,
    keeps: Keeps::Changes,
    named_by: &[field::PRODUCT],
    in_hand: Some(InHand {
        field: field::MANAGER,
        holder,
    }),
    problems: &[Problem {
        name: "reason_missing",
        field: field::LOST_REASON,
        is_there: is_lost_without_reason,
    }],
    due,
    happened: never_happened,
};

/// Nobody learns from a deal that was lost for no reason.
fn is_lost_without_reason(values: &Fields, _: Here) -> bool {
    let text = |field| values.get(field).and_then(Value::as_str).unwrap_or_default();
    text(field::STAGE) == Stage::Lost.as_str() && text::is_blank(text(field::LOST_REASON))
}

fn holder(record: &Record) -> Option<UserId> {
    let opportunity = OpportunityView(record);
    opportunity.is_open().then(|| opportunity.manager())
}

/// With a dated next step it is due on that day; without one an open opportunity raises an alarm until it has one (R6).
fn due(record: &Record, looking: &Looking<'_>) -> Option<Due> {
    if !looking.is_theirs(holder(record)?) {
        return None;
    }
    let opportunity = OpportunityView(record);
    if opportunity.is_stepless() {
        return Some(looking.entry(record, looking.viewpoint.today, Reason::NoNextStep));
    }
    let day = opportunity.next_step_on()?;
    looking.ahead(record, day, Reason::NextStep, looking.parameters.upcoming_days)
}

view!(
    /// An opportunity record, read by its fields' meaning.
    OpportunityView of Opportunity
);

impl<'a> OpportunityView<'a> {
    /// What it is about.
    pub fn product(self) -> &'a str {
        self.0.text(field::PRODUCT).unwrap_or_default()
    }

    /// How far it has come; a stage of a newer version counts as just seen, so that it stays open.
    pub fn stage(self) -> Stage {
        let stage = self.0.text(field::STAGE).and_then(Stage::parse);
        stage.unwrap_or(Stage::Identified)
    }

    /// Whether it is still to be decided.
    pub fn is_open(self) -> bool {
        self.stage().is_open()
    }

    /// How much; `None` when unknown.
    pub fn amount(self) -> Option<Decimal> {
        let text = self.0.text(field::AMOUNT)?;
        Decimal::from_str_exact(text).ok()
    }

    /// The currency; Chinese yuan unless it says otherwise.
    pub fn currency(self) -> &'a str {
        self.0.text(field::CURRENCY).unwrap_or("CNY")
    }

    /// By which day it is expected to close.
    pub fn expected_close(self) -> Option<Date> {
        self.0.date(field::EXPECTED_CLOSE)
    }

    /// What is to be done next, when something is.
    pub fn next_step(self) -> Option<&'a str> {
        self.0.text(field::NEXT_STEP).filter(|step| !step.trim().is_empty())
    }

    /// By which day the next step is.
    pub fn next_step_on(self) -> Option<Date> {
        self.0.date(field::NEXT_STEP_ON)
    }

    /// Who works on it.
    pub fn manager(self) -> UserId {
        self.0.id_at(field::MANAGER).unwrap_or(self.0.created.by)
    }

    /// Whether it is open and nobody said what comes next, and when: it raises an alarm (R6).
    pub fn is_stepless(self) -> bool {
        self.is_open() && (self.next_step().is_none() || self.next_step_on().is_none())
    }
}
