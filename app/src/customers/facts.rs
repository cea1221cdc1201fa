//! The facts of the card in groups. Each opens its history: who changed it, when, from what to what.

use leptos::prelude::*;
use rapport_shared::customers::field;
use rapport_shared::record::{FieldPath, Kind, Record};

use super::card::CardState;
use crate::book::{Book, use_book};
use crate::i18n::texts::card as words;
use crate::i18n::{field_name, field_text};
use crate::ui::{Glyph, IconButton};

type Group = (fn() -> &'static str, &'static [&'static str]);

const GROUPS: &[Group] = &[
    (
        words::reach,
        &[
            field::PHONE,
            field::EMAIL,
            field::WECHAT,
            field::WEBSITE,
            field::VISITING_ADDRESS,
        ],
    ),
    (
        words::identity,
        &[
            field::CODE,
            field::CREDIT_CODE,
            field::ID_NUMBER,
            field::LEGAL_REPRESENTATIVE,
            field::FOUNDED,
            field::REGION,
            field::REGISTERED_ADDRESS,
            field::SEX,
            field::BIRTHDAY,
            field::OCCUPATION,
        ],
    ),
    (
        words::business,
        &[
            field::INDUSTRY,
            field::SIZE,
            field::NATURE,
            field::REGISTERED_CAPITAL,
            field::HEADCOUNT,
            field::PRODUCTS,
        ],
    ),
    (
        words::relation,
        &[
            field::SOURCE,
            field::SINCE,
            field::STAGE,
            field::TIER,
            field::RISK_RATING,
            "consent.call",
            "consent.message",
            "consent.letter",
            "consent.visit",
            field::REMARK,
        ],
    ),
];

/// One sheet for each group that has a value or a past.
#[component]
pub fn FactSheets(
    /// The card.
    state: CardState,
) -> impl IntoView {
    let book = use_book();
    move || {
        let record = state.customer.get()?;
        let sheet = |(title, names): &Group| {
            let title = *title;
            facts(book, state, &record, names).map(|facts| {
                view! {
                    <section class="sheet">
                        <div class="sheet-head"><h2>{title}</h2></div>
                        {facts}
                    </section>
                }
            })
        };
        Some(GROUPS.iter().map(sheet).collect_view())
    }
}

/// Those of the fields that have a value or a past, each with the way to its history; `None` when none has.
pub(super) fn facts(
    book: Book,
    state: CardState,
    record: &Record,
    names: &[&'static str],
) -> Option<impl IntoView + use<>> {
    let history = state.source.read(book, |replica| replica.history(record.id));
    let changed = |path: &FieldPath| history.iter().any(|entry| entry.path.as_ref() == Some(path));
    let paths = names.iter().map(|name| FieldPath::known(name));
    let shown: Vec<FieldPath> = paths
        .filter(|path| record.fields.contains_key(path) || changed(path))
        .collect();
    (!shown.is_empty()).then(|| {
        view! {
            <dl class="facts">
                {shown.into_iter().map(|path| fact(book, state, record, path)).collect_view()}
            </dl>
        }
    })
}

fn fact(book: Book, state: CardState, record: &Record, path: FieldPath) -> impl IntoView + use<> {
    let label = field_name(&record.kind, &path);
    let value = field_text(book, record, &path).unwrap_or_else(|| "–".to_owned());
    let value = match path.as_str() {
        field::PHONE => {
            let address = format!("tel:{value}");
            view! { <a class="link" href=address>{value}</a> }.into_any()
        }
        field::EMAIL => {
            let address = format!("mailto:{value}");
            view! { <a class="link" href=address>{value}</a> }.into_any()
        }
        _ => value.into_any(),
    };
    // The card shows several records that have fields of one name.
    let of = match record.kind {
        Kind::Customer => String::new(),
        _ => format!("{}-", record.kind),
    };
    let test = format!("{of}field-history-{path}");
    let value_test = format!("{of}value-{path}");
    let (id, name) = (record.id, label.clone());
    let conflicting = {
        let path = path.clone();
        move || {
            state
                .records
                .read()
                .iter()
                .any(|other| super::conflicts::concerns(other, id, &path))
        }
    };
    view! {
        <div class="fact" class=("fact-conflict", conflicting)>
            <dt>{label}</dt>
            <dd>
                <span class="fact-value" data-test=value_test>{value}</span>
                <IconButton
                    label=move || words::history_open(&name)
                    glyph=Glyph::History
                    test=test
                    on_press=move |()| state.history.set(Some((id, path.clone())))
                />
            </dd>
        </div>
    }
}
