//! What the customer holds: product with its rate, amount, maturity; amounts in one column and one unit.

use leptos::prelude::*;
use rapport_shared::holdings::{HoldingView, SOON_DAYS, field};
use rapport_shared::record::Record;
use rust_decimal::Decimal;

use super::card::CardState;
use crate::book::{Book, use_book};
use crate::i18n::texts::card as words;
use crate::i18n::{amount, choice, due, in_unit, percent, short_date, texts};

/// The sheet of holdings.
#[component]
pub fn Holdings(
    /// The card.
    state: CardState,
) -> impl IntoView {
    let book = use_book();
    let holdings = Memo::new(move |_| {
        let records = state.records.read();
        let held = |record: &&Record| HoldingView::of(record).is_some_and(HoldingView::is_active);
        let mut held: Vec<Record> = records.iter().filter(held).cloned().collect();
        held.sort_by_key(|record| (HoldingView(record).maturity().is_none(), HoldingView(record).maturity()));
        held
    });
    view! {
        <section class="sheet card-holdings" data-test="holdings">
            <div class="sheet-head">
                <h2>{words::holdings} <span class="figure">{move || holdings.read().len()}</span></h2>
            </div>
            <Show
                when=move || !holdings.read().is_empty()
                fallback=|| view! { <p class="quiet">{words::no_holdings}</p> }
            >
                <div class="table-scroll" tabindex="0" role="region" aria-label=words::holdings>
                    <table class="table">
                        <thead>
                            <tr>
                                <th scope="col">{words::product}</th>
                                <th scope="col" class="number">{move || words::amount_unit(texts::money::unit())}</th>
                                <th scope="col" class="number">{words::maturity}</th>
                            </tr>
                        </thead>
                        <tbody>
                            {move || holdings.read().iter().map(|record| holding(book, record)).collect_view()}
                        </tbody>
                    </table>
                </div>
            </Show>
        </section>
    }
}

fn holding(book: Book, record: &Record) -> impl IntoView + use<> {
    let view = HoldingView(record);
    let today = book.today();
    let product = view.product().to_owned();
    let family = view.family().map(|family| choice("family", family.as_str()));
    let in_column = |value: Decimal| match view.currency() {
        "CNY" => in_unit(value),
        other => amount(value, other),
    };
    let value = view.amount().map_or_else(|| "–".to_owned(), in_column);
    let rate = record.text(field::RATE).map(percent);
    let detail: Vec<String> = [family, rate].into_iter().flatten().collect();
    let soon = today.saturating_add(jiff::Span::new().days(book.settings().number(&SOON_DAYS)));
    let maturity = view.maturity().map(|day| {
        let tone = if day < today { "seal" } else { "amber" };
        if day <= soon {
            view! { <span class="badge" data-tone=tone title=short_date(day, today)>{due(day, today)}</span> }
                .into_any()
        } else {
            short_date(day, today).into_any()
        }
    });
    view! {
        <tr data-test="holding">
            <td>
                <p>{product}</p>
                <p class="small quiet">{detail.join(" · ")}</p>
            </td>
            <td class="number">{value}</td>
            <td class="number nowrap">{maturity.unwrap_or_else(|| "–".into_any())}</td>
        </tr>
    }
}
