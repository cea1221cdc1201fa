//! Which fields the form of a key person has, in which groups, and how each is entered.

use leptos::prelude::*;
use rapport_shared::contacts::{DecisionRole, field};
use rapport_shared::record::{FieldPath, Kind};

use super::super::input::{Input, input};
use super::state::ContactState;
use crate::i18n::texts::{card, contact as words};

type Entry = (&'static str, Input);
type Group = (fn() -> &'static str, &'static [Entry]);

const POWERS: &[&str] = &["1", "2", "3", "4", "5"];
const ATTITUDES: &[&str] = &["2", "1", "0", "-1", "-2"];

const GROUPS: &[Group] = &[
    (
        card::identity,
        &[
            (field::NAME, Input::Line),
            (field::ROLE, Input::Line),
            (field::BIRTHDAY, Input::Day),
        ],
    ),
    (
        card::reach,
        &[
            ("phone.mobile", Input::Telephone),
            ("phone.office", Input::Telephone),
            (field::EMAIL, Input::Email),
            (field::WECHAT, Input::Line),
            (field::PREFERRED_CHANNEL, Input::Line),
        ],
    ),
    (
        words::decision,
        &[
            (
                field::DECISION_ROLE,
                Input::Choice("decision_role", DecisionRole::NAMES),
            ),
            (field::POWER, Input::Choice("power", POWERS)),
            (field::ATTITUDE, Input::Choice("attitude", ATTITUDES)),
            (field::REMARK, Input::Text),
        ],
    ),
];

/// Names of all fields of the form.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    GROUPS
        .iter()
        .flat_map(|(_, entries)| entries.iter().map(|(name, _)| *name))
}

/// Whether the form has an input for the field.
pub(super) fn has(path: &FieldPath) -> bool {
    names().any(|name| name == path.as_str())
}

/// One sheet for each group. `errors`: the refused field and the reason.
#[component]
pub(super) fn Groups(state: ContactState, errors: Signal<Option<(FieldPath, String)>>) -> impl IntoView {
    let field_input = move |(name, how): &Entry| {
        let name = *name;
        let error = Signal::derive(move || {
            let found = errors.get().filter(|(at, _)| at.as_str() == name);
            found.map(|(_, reason)| reason)
        });
        input(&Kind::Contact, name, *how, state.signal(name), error)
    };
    GROUPS
        .iter()
        .map(|(title, entries)| {
            view! {
                <fieldset class="sheet">
                    <legend class="visually-hidden">{*title}</legend>
                    <div class="sheet-head" aria-hidden="true"><h2>{*title}</h2></div>
                    <div class="form-grid">{entries.iter().map(field_input).collect_view()}</div>
                </fieldset>
            }
        })
        .collect_view()
}
