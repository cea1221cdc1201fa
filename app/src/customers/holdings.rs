//! What the customer holds: product with its rate, amount, maturity; amounts in one column and one unit.

use leptos::prelude::*;
use rapport_shared::holdings::{HoldingView, SOON_DAYS, field};
use rapport_shared::record::{Kind, Record};
use rust_decimal::Decimal;

use crate::book::Book;
use crate::i18n::texts::card as words;
use crate::i18n::{amount, choice, due, in_unit, percent, short_date, texts};
use crate::sections::{Frame, Section, entries};

/// The sheet of holdings: those held now, the first to mature first.
pub static SECTION: Section = Section {
    name: "holdings",
    title: words::holdings,
    none: words::no_holdings,
    adds: None,
    frame: Frame::Table(&[
        (|| words::product().to_owned(), false),
        (|| words::amount_unit(texts::money::unit()), true),
        (|| words::maturity().to_owned(), true),
    ]),
    first: usize::MAX,
    of: |records| {
        let matures = |record: &Record| (HoldingView(record).maturity().is_none(), HoldingView(record).maturity());
        let mut held = entries(records, &Kind::Holding, |a, b| matures(a).cmp(&matures(b)));
        held.retain(|entry| HoldingView(&entry.record).is_active());
        held
    },
    row: |card, entry| holding(card.book, &entry.record).into_any(),
};

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
            <td>
                <p>{product}</p>
                <p class="small quiet">{detail.join(" · ")}</p>
            </td>
            <td class="number">{value}</td>
            <td class="number nowrap">{maturity.unwrap_or_else(|| "–".into_any())}</td>
    }
}
