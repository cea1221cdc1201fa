//! Which fields the form has, in which groups, for which types of customer, and how each is entered.

use leptos::prelude::*;
use rapport_shared::customers::{CompanySize, ConsentChannel, CustomerType, Sex, Stage, Tier, field};
use rapport_shared::record::profile::Role;
use rapport_shared::record::{FieldPath, Kind};

use super::super::input::{Input, input};
use super::state::FormState;
use crate::book::use_book;
use crate::i18n::texts::card;
use crate::i18n::{choice, look_up};
use crate::ui::ToggleChips;

/// For whom a field is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum For {
    Everybody,
    Businesses,
    People,
    /// Anybody's card, but only for those who may set it.
    Leads,
}

type Entry = (&'static str, Input, For);
type Group = (fn() -> &'static str, &'static [Entry]);

const RATINGS: &[&str] = &["1", "2", "3", "4", "5"];

const GROUPS: &[Group] = &[
    (
        card::identity,
        &[
            (field::TYPE, Input::Choice("type", CustomerType::NAMES), For::Everybody),
            (field::NAME, Input::Wide, For::Everybody),
            (field::SHORT_NAME, Input::Line, For::Everybody),
            (field::CREDIT_CODE, Input::Line, For::Businesses),
            (field::LEGAL_REPRESENTATIVE, Input::Line, For::Businesses),
            (field::FOUNDED, Input::Day, For::Businesses),
            (field::ID_NUMBER, Input::Line, For::People),
            (field::SEX, Input::Choice("sex", Sex::NAMES), For::People),
            (field::BIRTHDAY, Input::Day, For::People),
            (field::OCCUPATION, Input::Line, For::People),
        ],
    ),
    (
        card::reach,
        &[
            (field::PHONE, Input::Telephone, For::Everybody),
            (field::EMAIL, Input::Email, For::Everybody),
            (field::WECHAT, Input::Line, For::Everybody),
            (field::WEBSITE, Input::Web, For::Businesses),
            (field::VISITING_ADDRESS, Input::Wide, For::Everybody),
            (field::REGISTERED_ADDRESS, Input::Wide, For::Businesses),
            (field::REGION, Input::Number, For::Everybody),
        ],
    ),
    (
        card::business,
        &[
            (field::INDUSTRY, Input::Line, For::Businesses),
            (field::SIZE, Input::Choice("size", CompanySize::NAMES), For::Businesses),
            (field::NATURE, Input::Line, For::Businesses),
            (field::REGISTERED_CAPITAL, Input::Number, For::Businesses),
            (field::HEADCOUNT, Input::Number, For::Businesses),
            (field::PRODUCTS, Input::Wide, For::Businesses),
        ],
    ),
    (
        card::relation,
        &[
            (field::TIER, Input::Choice("tier", Tier::NAMES), For::Leads),
            (field::STAGE, Input::Choice("stage", Stage::NAMES), For::Everybody),
            (field::SOURCE, Input::Line, For::Everybody),
            (field::SINCE, Input::Day, For::Everybody),
            (field::RISK_RATING, Input::Choice("risk_rating", RATINGS), For::People),
            (field::TAGS, Input::Line, For::Everybody),
            (field::REMARK, Input::Text, For::Everybody),
        ],
    ),
];

/// Names of all fields that are entered as text.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    GROUPS
        .iter()
        .flat_map(|(_, entries)| entries.iter().map(|(name, ..)| *name))
}

/// The refused field and the reason, when the last attempt to save failed on one.
type Errors = Signal<Option<(FieldPath, String)>>;

/// One sheet for each group.
#[component]
pub(super) fn Groups(state: FormState, errors: Errors) -> impl IntoView {
    let is_person = Memo::new(move |_| state.signal(field::TYPE).get() == CustomerType::Individual.as_str());
    let profile = use_book().profile();
    let leads = Memo::new(move |_| {
        profile
            .read()
            .as_ref()
            .is_some_and(|p| p.role != Role::RelationshipManager)
    });
    let fits = move |whom: For| match whom {
        For::Everybody => true,
        For::Businesses => !is_person.get(),
        For::People => is_person.get(),
        For::Leads => leads.get(),
    };
    GROUPS
        .iter()
        .map(|(title, entries)| {
            let any = move || entries.iter().any(|(_, _, whom)| fits(*whom));
            view! {
                <fieldset class="sheet" hidden=move || !any()>
                    <legend class="visually-hidden">{*title}</legend>
                    <div class="sheet-head" aria-hidden="true"><h2>{*title}</h2></div>
                    <div class="form-grid">
                        {entries.iter().map(|entry| {
                            let whom = entry.2;
                            view! { <Show when=move || fits(whom)>{field_input(state, *entry, errors)}</Show> }
                        }).collect_view()}
                    </div>
                </fieldset>
            }
        })
        .collect_view()
}

fn field_input(state: FormState, (name, how, _): Entry, errors: Errors) -> AnyView {
    // An entry of a map is entered in the field of the map.
    let error = Signal::derive(move || {
        let found = errors.get().filter(|(at, _)| at.field() == name);
        found.map(|(_, reason)| reason)
    });
    input(&Kind::Customer, name, how, state.signal(name), error)
}

/// What is pressed rather than typed: the channels the customer agreed to.
#[component]
pub(super) fn ToggleGroups(state: FormState) -> impl IntoView {
    let label = || look_up("field.customer.consent").unwrap_or_default();
    let words = |name: &&str| ((*name).to_owned(), choice("consent", name));
    let options = Signal::derive(move || ConsentChannel::NAMES.iter().map(words).collect());
    view! {
        <fieldset class="sheet">
            <legend class="visually-hidden">{label}</legend>
            <div class="sheet-head" aria-hidden="true"><h2>{label}</h2></div>
            <ToggleChips label options value=state.consent test="field-consent"/>
        </fieldset>
    }
}
