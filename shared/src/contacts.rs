//! Key people at a customer (R1, R9): fields, choices and a typed view. Never changes a record.

use jiff::civil::Date;

use crate::descriptor::{Descriptor, Keeps, Place, Writers, never_happened};
use crate::due::{Due, Looking};
use crate::record::{Kind, Record};
use crate::shape::{Grades, LINE, Shape, TextRole, choices, fields, view};

/// Power over the decision.
pub const POWERS: Grades = Grades {
    group: "power",
    from: 1,
    to: 5,
};
/// Attitude to us.
pub const ATTITUDES: Grades = Grades {
    group: "attitude",
    from: -2,
    to: 2,
};

fields! {
    /// The person's name.
    NAME = "name": Shape::Name => required().found_as(TextRole::Person),
    /// The position.
    ROLE = "role": Shape::Line(LINE),
    /// Map by type of telephone: a number.
    PHONE = "phone": Shape::Each(PhoneType::CHOICES, &Shape::Phone) => found_as(TextRole::Phone),
    /// The e-mail address.
    EMAIL = "email": Shape::Email,
    /// The WeChat name.
    WECHAT = "wechat": Shape::Line(LINE) => found_as(TextRole::Other),
    /// The date of birth.
    BIRTHDAY = "birthday": Shape::Date => past(),
    /// How the person likes to be reached, as text.
    PREFERRED_CHANNEL = "preferred_channel": Shape::Line(LINE),
    /// The part in the decision.
    DECISION_ROLE = "decision_role": Shape::Choice(DecisionRole::CHOICES),
    /// Power over the decision, 1 to 5.
    POWER = "power": Shape::Grade(&POWERS),
    /// Attitude to us, −2 to +2.
    ATTITUDE = "attitude": Shape::Grade(&ATTITUDES),
    /// Free text.
    REMARK = "remark": Shape::Text,
}

choices!(
    /// Which telephone.
    PhoneType in "phone" {
        /// Mobile.
        Mobile = "mobile",
        /// At work.
        Office = "office",
        /// At home.
        Home = "home",
        /// Any other.
        Other = "other",
    }
);
choices!(
    /// Part in the decision (R9).
    DecisionRole in "decision_role" {
        /// Decides.
        Decider = "decider",
        /// Approves.
        Approver = "approver",
        /// Uses the product.
        User = "user",
        /// Controls who gets through.
        Gatekeeper = "gatekeeper",
        /// Is listened to.
        Influencer = "influencer",
    }
);

/// What the house must know of contacts.
pub static KIND: Descriptor = Descriptor {
    fields: FIELDS,
    places: &[Place::Under(Kind::Customer)],
    writers: Writers::InSight,
    keeps: Keeps::Changes,
    named_by: &[field::NAME],
    in_hand: None,
    problems: &[],
    due,
    happened: never_happened,
};

fn due(record: &Record, looking: &Looking<'_>) -> Option<Due> {
    looking.birthday(record, ContactView(record).birthday())
}

view!(
    /// A contact record, read by its fields' meaning.
    ContactView of Contact
);

impl<'a> ContactView<'a> {
    /// The name; empty when a damaged record has none.
    pub fn name(self) -> &'a str {
        self.0.text(field::NAME).unwrap_or_default()
    }

    /// The position.
    pub fn role(self) -> Option<&'a str> {
        self.0.text(field::ROLE)
    }

    /// Telephone numbers with what they are.
    pub fn phones(self) -> impl Iterator<Item = (&'a str, &'a str)> {
        let entries = self.0.entries(field::PHONE);
        entries.filter_map(|(key, value)| value.as_str().map(|number| (key, number)))
    }

    /// The part in decisions.
    pub fn decision_role(self) -> Option<DecisionRole> {
        self.0.text(field::DECISION_ROLE).and_then(DecisionRole::parse)
    }

    /// The date of birth.
    pub fn birthday(self) -> Option<Date> {
        self.0.date(field::BIRTHDAY)
    }
}
