//! The customer card (R1): its fields and choices, a typed view, and what a new card of somebody starts with.
//! Never changes a record: changes are edits.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde_json::Value;

use crate::channel::{Channel, Wider};
use crate::descriptor::{Descriptor, Keeps, Place, Writers, never_happened};
use crate::due::{Due, Looking};
use crate::ids::{BranchId, RecordId, TeamId, UserId};
use crate::record::mutation::Edit;
use crate::record::profile::Profile;
use crate::record::{FieldPath, Kind, Record, Scope};
use crate::settings::{Area, Parameter, Source, Unit};
use crate::shape::{LINE, LONG_LINE, Shape, TextRole, choices, fields, view};

/// So many days ahead the list of customers looks for what is due next at each.
pub const DUE_WITHIN_DAYS: Parameter = Parameter {
    name: "due_within_days",
    area: Area::Customers,
    unit: Unit::Days,
    from: 1,
    to: 1000,
    most: 1,
    default: &[400],
    source: Source::Product,
};

fields! {
    /// Corporate, sole proprietor or individual.
    TYPE = "type": Shape::Choice(CustomerType::CHOICES) => required(),
    /// The customer's number in the core bank; the key of imports.
    CODE = "code": Shape::Code(LINE) => found_as(TextRole::Code),
    /// The legal name.
    NAME = "name": Shape::Name => required().found_as(TextRole::Name),
    /// The name people say.
    SHORT_NAME = "short_name": Shape::Name => found_as(TextRole::Name),
    /// The unified social credit code.
    CREDIT_CODE = "credit_code": Shape::CreditCode => found_as(TextRole::Code),
    /// The resident identity number.
    ID_NUMBER = "id_number": Shape::ResidentId => found_as(TextRole::Code),
    /// The industry (GB/T 4754 section) as text.
    INDUSTRY = "industry": Shape::Line(LINE) => found_as(TextRole::Other),
    /// The size of the enterprise.
    SIZE = "size": Shape::Choice(CompanySize::CHOICES),
    /// The administrative division, six digits.
    REGION = "region": Shape::Region,
    /// The registered address.
    REGISTERED_ADDRESS = "registered_address": Shape::Line(LONG_LINE) => found_as(TextRole::Other),
    /// The address visits go to.
    VISITING_ADDRESS = "visiting_address": Shape::Line(LONG_LINE) => found_as(TextRole::Other),
    /// The day of founding.
    FOUNDED = "founded": Shape::Date => past(),
    /// The name of the legal representative.
    LEGAL_REPRESENTATIVE = "legal_representative": Shape::Name => found_as(TextRole::Person),
    /// The main telephone number.
    PHONE = "phone": Shape::Phone => found_as(TextRole::Phone),
    /// The main e-mail address.
    EMAIL = "email": Shape::Email,
    /// The web site.
    WEBSITE = "website": Shape::Web,
    /// The WeChat name.
    WECHAT = "wechat": Shape::Line(LINE),
    /// The nature of the enterprise (state-owned, private …) as text.
    NATURE = "nature": Shape::Line(LINE),
    /// The registered capital.
    REGISTERED_CAPITAL = "registered_capital": Shape::Amount,
    /// How many people work there.
    HEADCOUNT = "headcount": Shape::Integer(0, 100_000_000),
    /// What they make or trade in.
    PRODUCTS = "products": Shape::Line(LONG_LINE),
    /// The sex as on the identity card.
    SEX = "sex": Shape::Choice(Sex::CHOICES),
    /// The date of birth.
    BIRTHDAY = "birthday": Shape::Date => past(),
    /// The occupation.
    OCCUPATION = "occupation": Shape::Line(LINE),
    /// The user id of the relationship manager in charge.
    OWNER = "owner": Shape::Person => managed(),
    /// Map by user id: `true` for each co-manager.
    CO_MANAGERS = "co_managers": Shape::People => managed(),
    /// Map by user id: `true` for each user, of those who read wider than their own customers, who wants it held on
    /// their devices.
    PINNED = "pinned": Shape::People,
    /// The team id.
    TEAM = "team": Shape::Team => managed(),
    /// The branch id.
    BRANCH = "branch": Shape::Branch => managed(),
    /// Where the relation came from (R5).
    SOURCE = "source": Shape::Line(LINE),
    /// The day the relation began.
    SINCE = "since": Shape::Date,
    /// The tier by contribution.
    TIER = "tier": Shape::Choice(Tier::CHOICES) => managed(),
    /// The stage of the relation's life.
    STAGE = "stage": Shape::Choice(Stage::CHOICES),
    /// Map by tag: `true` for each one set.
    TAGS = "tags": Shape::Tags => found_as(TextRole::Other),
    /// Free text.
    REMARK = "remark": Shape::Text,
    /// On the list of restricted customers 限制类客户.
    RESTRICTED = "restricted": Shape::Flag => managed(),
    /// Map by way of greeting: whether we may greet by it. Absent: never asked, so no.
    CONSENT = "consent": Shape::Set(ConsentChannel::CHOICES),
    /// The risk a person accepts, 1 (lowest) to 5.
    RISK_RATING = "risk_rating": Shape::Integer(1, 5),
}

choices!(
    /// What kind of customer it is.
    CustomerType in "type" {
        /// 企业/法人.
        Corporate = "corporate",
        /// 个体工商户.
        SoleProprietor = "sole_proprietor",
        /// 个人.
        Individual = "individual",
    }
);
choices!(
    /// Size of an enterprise by the national statistics' classes.
    CompanySize in "size" {
        /// 大型.
        Large = "large",
        /// 中型.
        Medium = "medium",
        /// 小型.
        Small = "small",
        /// 微型.
        Micro = "micro",
    }
);
choices!(
    /// Sex as on the identity card.
    Sex in "sex" {
        /// 男.
        Male = "male",
        /// 女.
        Female = "female",
    }
);
choices!(
    /// Tier by contribution (R3).
    Tier in "tier" {
        /// The smallest set that brings 80 % of the profit.
        A = "A",
        /// To 95 %.
        B = "B",
        /// The rest.
        C = "C",
        /// Loss makers.
        D = "D",
    }
);
choices!(
    /// Stage of the relation's life (R4).
    Stage in "stage" {
        /// 潜在期.
        Potential = "potential",
        /// 开发期.
        Development = "development",
        /// 成长期.
        Growth = "growth",
        /// 成熟期.
        Mature = "mature",
        /// 衰退期.
        Decline = "decline",
        /// 终止期.
        Ended = "ended",
    }
);
choices!(
    /// A way of greeting that needs the customer's consent (R1).
    ConsentChannel in "consent" {
        /// Telephone.
        Call = "call",
        /// Text message or WeChat.
        Message = "message",
        /// Post.
        Letter = "letter",
        /// Visit.
        Visit = "visit",
    }
);

/// What the house must know of customers.
pub static KIND: Descriptor = Descriptor {
    fields: FIELDS,
    places: &[Place::Root { readers: channels }],
    writers: Writers::Managed,
    keeps: Keeps::Changes,
    named_by: &[field::NAME],
    in_hand: None,
    problems: &[],
    due,
    happened: never_happened,
};

fn due(record: &Record, looking: &Looking<'_>) -> Option<Due> {
    looking.birthday(record, CustomerView(record).birthday())
}

view!(
    /// A customer record, read by its fields' meaning.
    CustomerView of Customer
);

impl<'a> CustomerView<'a> {
    /// The customer's id.
    pub fn id(self) -> RecordId {
        self.0.id
    }

    /// The legal name; empty when a damaged record has none.
    pub fn name(self) -> &'a str {
        self.0.text(field::NAME).unwrap_or_default()
    }

    /// The short name, or else the legal name.
    pub fn calling_name(self) -> &'a str {
        self.0.text(field::SHORT_NAME).unwrap_or_else(|| self.name())
    }

    /// The type.
    pub fn customer_type(self) -> Option<CustomerType> {
        self.0.text(field::TYPE).and_then(CustomerType::parse)
    }

    /// The core bank's number.
    pub fn code(self) -> Option<&'a str> {
        self.0.text(field::CODE)
    }

    /// The relationship manager in charge.
    pub fn owner(self) -> Option<UserId> {
        self.0.id_at(field::OWNER)
    }

    /// The co-managers.
    pub fn co_managers(self) -> impl Iterator<Item = UserId> + 'a {
        set_entries(self.0, field::CO_MANAGERS).filter_map(|key| key.parse().ok())
    }

    /// Whether this user wants the customer held on their devices, beside those held anyway.
    pub fn is_pinned_by(self, user: UserId) -> bool {
        let user = user.to_string();
        set_entries(self.0, field::PINNED).any(|key| key == user)
    }

    /// The team.
    pub fn team(self) -> Option<TeamId> {
        self.0.id_at(field::TEAM)
    }

    /// The branch.
    pub fn branch(self) -> Option<BranchId> {
        self.0.id_at(field::BRANCH)
    }

    /// The tier.
    pub fn tier(self) -> Option<Tier> {
        self.0.text(field::TIER).and_then(Tier::parse)
    }

    /// The stage of the relation.
    pub fn stage(self) -> Option<Stage> {
        self.0.text(field::STAGE).and_then(Stage::parse)
    }

    /// The tags that are set, in the order of their text.
    pub fn tags(self) -> impl Iterator<Item = &'a str> {
        set_entries(self.0, field::TAGS)
    }

    /// Whether the customer agreed to be greeted by this channel.
    pub fn consents_to(self, channel: ConsentChannel) -> bool {
        set_entries(self.0, field::CONSENT).any(|key| key == channel.as_str())
    }

    /// The date of birth of a person.
    pub fn birthday(self) -> Option<Date> {
        self.0.date(field::BIRTHDAY)
    }
}

/// Keys of the map `field` whose entry is `true`.
fn set_entries<'a>(record: &'a Record, field: &'static str) -> impl Iterator<Item = &'a str> + use<'a> {
    record
        .entries(field)
        .filter(|(_, value)| value.as_bool() == Some(true))
        .map(|(key, _)| key)
}

/// Pins the customer, as `seen`, to the devices of the signed-in person, or unpins it: see [`crate::access`] for who
/// may.
pub fn pin(seen: &Record, profile: &Profile, is_pinned: bool) -> Edit {
    let edit = Edit::of(seen);
    // Every user id makes a path; were there one that does not, nothing would change.
    match FieldPath::of_entry(field::PINNED, &profile.user.to_string()) {
        Ok(path) => edit.change(seen, path, is_pinned.then_some(true)),
        Err(_) => edit,
    }
}

/// The start of a new customer of the signed-in person: owner, team and branch are theirs, as the rules of
/// [`crate::access`] want it. Add the card's fields with [`Edit::set`].
pub fn new_customer(id: RecordId, profile: &Profile) -> Edit {
    let mut edit = Edit::create(id, Kind::Customer, Scope::Under(id))
        .set(FieldPath::known(field::OWNER), profile.user.to_string());
    if let Some(team) = profile.team {
        edit = edit.set(FieldPath::known(field::TEAM), team.to_string());
    }
    if let Some(branch) = profile.branch {
        edit = edit.set(FieldPath::known(field::BRANCH), branch.to_string());
    }
    edit
}

/// A customer is seen by who looks after it, and by whoever reads that far.
fn channels(customer: &Record) -> BTreeSet<Channel> {
    let (mut channels, mut pinned) = (BTreeSet::from([Channel::Organisation]), Vec::new());
    for (path, value) in &customer.fields {
        channels.extend(channel_of(path.as_str(), value));
        pinned.extend(pinned_by(path.as_str(), value));
    }
    let widths: Vec<Wider> = channels.iter().filter_map(|channel| channel.width()).collect();
    for width in widths {
        channels.extend(pinned.iter().map(|user| Channel::Pin(*user, width)));
    }
    channels
}

/// The channel that one field of a customer puts it on, besides the organisation's.
pub fn channel_of(path: &str, value: &Value) -> Option<Channel> {
    match path {
        field::OWNER => value.as_str()?.parse().ok().map(Channel::User),
        field::TEAM => value.as_str()?.parse().ok().map(Channel::Team),
        field::BRANCH => value.as_str()?.parse().ok().map(Channel::Branch),
        _ => member_of(field::CO_MANAGERS, path, value).map(Channel::User),
    }
}

fn pinned_by(path: &str, value: &Value) -> Option<UserId> {
    member_of(field::PINNED, path, value)
}

/// The user whom an entry of the set `map` names.
fn member_of(map: &str, path: &str, value: &Value) -> Option<UserId> {
    let user = path.strip_prefix(map)?.strip_prefix('.')?;
    value.as_bool().filter(|is_set| *is_set)?;
    user.parse().ok()
}
