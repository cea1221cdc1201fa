//! Facts in groups: the fields of a record that have a value or a past. Each opens its history: who changed it, when, from what to what.

use leptos::prelude::*;
use rapport_shared::conflicts::concerns;
use rapport_shared::customers::field;
use rapport_shared::record::{FieldPath, Kind, Record};

use super::Card;
use crate::i18n::texts::card as words;
use crate::i18n::{field_name, field_text};
use crate::ui::{Glyph, IconButton};

/// A sheet of facts: its heading and the paths of its fields.
pub type Group = (fn() -> &'static str, &'static [&'static str]);

/// One sheet for each group that has a value or a past.
#[component]
pub fn FactSheets(
    /// The card.
    card: Card,
    /// The groups, in order.
    groups: &'static [Group],
) -> impl IntoView {
    move || {
        let record = card.own.get()?;
        let sheet = |(title, names): &Group| {
            let title = *title;
            facts(card, &record, names).map(|facts| {
                view! {
                    <section class="sheet">
                        <div class="sheet-head"><h2>{title}</h2></div>
                        {facts}
                    </section>
                }
            })
        };
        Some(groups.iter().map(sheet).collect_view())
    }
}

/// Those of the fields that have a value or a past, each with the way to its history; `None` when none has.
pub fn facts(card: Card, record: &Record, names: &[&'static str]) -> Option<impl IntoView + use<>> {
    let history = card.source.read(card.book, |replica| replica.history(record.id));
    let changed = |path: &FieldPath| history.iter().any(|entry| entry.path.as_ref() == Some(path));
    let paths = names.iter().map(|name| FieldPath::known(name));
    let shown: Vec<FieldPath> = paths
        .filter(|path| record.fields.contains_key(path) || changed(path))
        .collect();
    (!shown.is_empty()).then(|| {
        view! {
            <dl class="facts">
                {shown.into_iter().map(|path| fact(card, record, path)).collect_view()}
            </dl>
        }
    })
}

fn fact(card: Card, record: &Record, path: FieldPath) -> impl IntoView + use<> {
    let label = field_name(&record.kind, &path);
    let value = field_text(card.book, record, &path).unwrap_or_else(|| "–".to_owned());
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
            let records = card.records.read();
            records.iter().any(|other| concerns(other, id, &path))
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
                    on_press=move |()| card.history.set(Some((id, path.clone())))
                />
            </dd>
        </div>
    }
}
