//! Products a customer holds (R12): fields, choices, a typed view, totals. Never changes a record.

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::schema::shape::{LINE, Shape, choices, fields, view};

fields! {
    /// The key of imports.
    CODE = "code": Shape::Line(LINE),
    /// The product's name.
    PRODUCT = "product": Shape::Line(LINE),
    /// The product's code.
    PRODUCT_CODE = "product_code": Shape::Line(LINE),
    /// A [`super::Family`].
    FAMILY = "family": Shape::Choice(Family::NAMES),
    /// The account it is on.
    ACCOUNT = "account": Shape::Line(LINE),
    /// The amount, in [`CURRENCY`].
    AMOUNT = "amount": Shape::Decimal,
    /// Three capitals (ISO 4217).
    CURRENCY = "currency": Shape::Line(3),
    /// The day it began.
    OPENED = "opened": Shape::Date,
    /// The day it ends.
    MATURITY = "maturity": Shape::Date,
    /// Interest or expected return, percent a year.
    RATE = "rate": Shape::Decimal,
    /// Product risk, 1 (lowest) to 5.
    RISK_LEVEL = "risk_level": Shape::Integer(1, 5),
    /// A [`super::HoldingStatus`].
    STATUS = "status": Shape::Choice(HoldingStatus::NAMES),
}

choices!(
    /// Family of products.
    Family {
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
    HoldingStatus {
        /// Held.
        Active = "active",
        /// Ended.
        Closed = "closed",
    }
);

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
