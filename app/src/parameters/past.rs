//! The past of a parameter: who set it, when, from what to what, from which day on; and what was taken back since.

use leptos::prelude::*;
use rapport_shared::access::may_write;
use rapport_shared::record::{Kind, Record};
use rapport_shared::settings::{Dated, Parameter, Standing, dated, field};
use rapport_shared::sync::wire::HistoryEntry;

use super::set::withdraw;
use super::shown::value;
use crate::book::{Book, use_book};
use crate::i18n::texts::parameters as words;
use crate::i18n::{field_name, person, short_date, texts, time, value_text};
use crate::ui::{Button, Look, use_toasts};

/// The sheet.
#[component]
pub fn Past(
    /// Of which parameter.
    parameter: &'static Parameter,
    /// All that was set.
    records: Memo<Vec<Record>>,
) -> impl IntoView {
    let book = use_book();
    let entries = move || {
        let records = records.read();
        let dated = dated(parameter, &*records, book.today());
        dated.iter().map(|dated| entry(book, parameter, dated)).collect_view()
    };
    let is_empty = move || dated(parameter, &*records.read(), book.today()).is_empty();
    view! {
        <section class="sheet" data-test="parameter-past">
            <div class="sheet-head"><h2>{words::past}</h2></div>
            <Show when=move || !is_empty() fallback=|| view! { <p class="quiet">{words::no_past}</p> }>
                <ol class="stack">{entries}</ol>
            </Show>
        </section>
    }
}

/// How a value stands, and the tone of that.
fn standing(standing: Standing) -> (&'static str, &'static str) {
    match standing {
        Standing::InForce => ("jade", words::in_force()),
        Standing::Coming => ("accent", words::waits()),
        Standing::Past => ("quiet", words::is_past()),
        Standing::Withdrawn => ("quiet", words::withdrawn()),
        Standing::Ignored(_) => ("amber", words::ignored()),
    }
}

fn entry(book: Book, parameter: &'static Parameter, dated: &Dated<'_>) -> impl IntoView + use<> {
    let (view, today) = (dated.view, book.today());
    let (tone, stands) = standing(dated.standing);
    let from = value(parameter, &dated.before);
    let to = match &dated.numbers {
        Ok(numbers) => value(parameter, numbers),
        Err(_) => view.value().to_owned(),
    };
    let created = &view.0.created;
    let who = texts::common::by_at(
        person(book, created.by),
        time(created.at, today, book.utc_offset_minutes()),
    );
    let day = match view.valid_from() {
        Some(day) => words::since(short_date(day, today)),
        None => words::always().to_owned(),
    };
    let source = view.source().map(str::to_owned);
    let later = book.read(|replica| replica.history(view.0.id));
    let later: Vec<String> = later.iter().filter_map(|change| told(book, view.0, change)).collect();
    view! {
        <li data-test="parameter-entry">
            <p class="cluster spread">
                <span class="change">
                    <del>{from}</del>
                    <span aria-hidden="true">"→"</span>
                    <ins>{to}</ins>
                </span>
                <span class="badge" data-tone=tone>{stands}</span>
            </p>
            <p class="small">{day}{source.map(|source| format!(" · {source}"))}</p>
            <p class="small quiet">{who}</p>
            {later.into_iter().map(|line| view! { <p class="small quiet">{line}</p> }).collect_view()}
            <Way record=view.0.clone() is_withdrawn=view.is_withdrawn()/>
        </li>
    }
}

/// What was changed of a value after it was set.
fn told(book: Book, record: &Record, change: &HistoryEntry) -> Option<String> {
    let path = change.path.as_ref()?;
    let by = texts::common::by_at(
        person(book, change.stamp.by),
        time(change.stamp.at, book.today(), book.utc_offset_minutes()),
    );
    if path.as_str() == field::WITHDRAWN {
        let was = if change.to.as_bool() == Some(true) {
            words::withdrawn_said()
        } else {
            words::restored_said()
        };
        return Some(format!("{was} · {by}"));
    }
    let from = value_text(book, &record.kind, path, &change.from);
    let to = value_text(book, &record.kind, path, &change.to);
    Some(format!("{}: {from} → {to} · {by}", field_name(&record.kind, path)))
}

/// Taking a value back, for those who may.
#[component]
fn Way(record: Record, is_withdrawn: bool) -> impl IntoView {
    let (book, toasts) = (use_book(), use_toasts());
    let may = move || {
        book.profile()
            .read()
            .as_ref()
            .is_some_and(|profile| may_write(profile, &Kind::Setting))
    };
    let label = if is_withdrawn { words::restore } else { words::withdraw };
    let record = StoredValue::new(record);
    view! {
        <Show when=may>
            <Button
                label
                look=Look::Plain
                test="parameter-withdraw"
                on_press=move |()| record.with_value(|record| withdraw(book, toasts, record, !is_withdrawn))
            />
        </Show>
    }
}
