//! Products a customer holds (R12): fields, choices, a typed view, totals. Never changes a record.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::descriptor::{Descriptor, Keeps, Place, Writers, never_happened};
use crate::due::{Due, Looking, Reason};
use crate::record::{Kind, Record};
use crate::settings::{Area, Parameter, Source, Unit};
use crate::shape::{LINE, Shape, choices, fields, view};

/// So many days before its maturity a holding is set off on the card.
pub const SOON_DAYS: Parameter = Parameter {
    name: "maturity_soon_days",
    area: Area::Customers,
    unit: Unit::Days,
    from: 0,
    to: 365,
    most: 1,
    default: &[30],
    source: Source::Practice,
};

fields! {
    /// The key of imports.
    CODE = "code": Shape::Code(LINE),
    /// The product's name.
    PRODUCT = "product": Shape::Line(LINE) => required(),
    /// The product's code.
    PRODUCT_CODE = "product_code": Shape::Code(LINE),
    /// The family of products.
    FAMILY = "family": Shape::Choice(Family::CHOICES),
    /// The account it is on.
    ACCOUNT = "account": Shape::Code(LINE),
    /// The amount, in `currency`.
    AMOUNT = "amount": Shape::Amount,
    /// Three capitals (ISO 4217).
    CURRENCY = "currency": Shape::Code(3),
    /// The day it began.
    OPENED = "opened": Shape::Date,
    /// The day it ends.
    MATURITY = "maturity": Shape::Date,
    /// Interest or expected return, percent a year.
    RATE = "rate": Shape::Rate,
    /// Product risk, 1 (lowest) to 5.
    RISK_LEVEL = "risk_level": Shape::Integer(1, 5),
    /// Whether it is still held.
    STATUS = "status": Shape::Choice(HoldingStatus::CHOICES),
}

choices!(
    /// Family of products.
    Family in "family" {
        /// 存款.
        Deposit = "deposit",
        /// 理财.
        Wealth = "wealth",
        /// 基金.
        Fund = "fund",
        /// 贷款.
        Loan = "loan",
        /// 保险.
        Insurance = "insurance",
        /// 债券.
        Bond = "bond",
        /// 银行卡.
        Card = "card",
        /// 结算.
        Settlement = "settlement",
    }
);
choices!(
    /// Whether it is still held.
    HoldingStatus in "holding_status" {
        /// Held.
        Active = "active",
        /// Ended.
        Closed = "closed",
    }
);

/// What the house must know of holdings.
pub static KIND: Descriptor = Descriptor {
    fields: FIELDS,
    places: &[Place::Under(Kind::Customer)],
    writers: Writers::InSight,
    keeps: Keeps::Changes,
    named_by: &[field::PRODUCT],
    in_hand: None,
    problems: &[],
    due,
    happened: never_happened,
};

/// It matures: the reminder is stronger with each of the days passed that the bank has set (R10: 30/7/1).
fn due(record: &Record, looking: &Looking<'_>) -> Option<Due> {
    let holding = HoldingView(record);
    let day = holding.maturity().filter(|_| holding.is_active())?;
    let due = |notice| looking.entry(record, day, Reason::Maturity { notice });
    let days = due(0).days;
    if days < -looking.parameters.matured_days {
        return None;
    }
    if days < 0 {
        return Some(due(0));
    }
    let notices = looking.parameters.maturity_days.iter();
    notices.filter(|notice| **notice >= days).min().copied().map(due)
}

view!(
    /// A holding record, read by its fields' meaning.
    HoldingView of Holding
);

impl<'a> HoldingView<'a> {
    /// The product's name; empty when a damaged record has none.
    pub fn product(self) -> &'a str {
        self.0.text(field::PRODUCT).unwrap_or_default()
    }

    /// The product family.
    pub fn family(self) -> Option<Family> {
        self.0.text(field::FAMILY).and_then(Family::parse)
    }

    /// The amount; `None` when unknown.
    pub fn amount(self) -> Option<Decimal> {
        self.0
            .text(field::AMOUNT)
            .and_then(|text| Decimal::from_str_exact(text).ok())
    }

    /// The currency; Chinese yuan unless it says otherwise.
    pub fn currency(self) -> &'a str {
        self.0.text(field::CURRENCY).unwrap_or("CNY")
    }

    /// The day it ends.
    pub fn maturity(self) -> Option<Date> {
        self.0.date(field::MATURITY)
    }

    /// Whether it is held now: everything that is not marked closed.
    pub fn is_active(self) -> bool {
        self.0.text(field::STATUS) != Some(HoldingStatus::Closed.as_str())
    }
}

/// What a customer has with us in one currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Deposits, wealth, funds, insurance, bonds and whatever else is not a loan.
    pub assets: Decimal,
    /// Loans.
    pub loans: Decimal,
}

/// Totals of the active holdings by currency; those without an amount are left out, and so is a sum beyond what a
/// decimal can hold.
pub fn totals<'a>(holdings: impl IntoIterator<Item = HoldingView<'a>>) -> BTreeMap<&'a str, Totals> {
    let mut totals: BTreeMap<&str, Totals> = BTreeMap::new();
    for holding in holdings.into_iter().filter(|holding| holding.is_active()) {
        let Some(amount) = holding.amount() else {
            continue;
        };
        let entry = totals.entry(holding.currency()).or_default();
        let sum = match holding.family() {
            Some(Family::Loan) => &mut entry.loans,
            _ => &mut entry.assets,
        };
        *sum = sum.checked_add(amount).unwrap_or(*sum);
    }
    totals
}
