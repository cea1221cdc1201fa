//! The opportunities at a customer: open ones first, the first to close first.

use leptos::prelude::*;
use leptos_router::components::A;
use rapport_shared::opportunities::OpportunityView;
use rapport_shared::record::{Kind, Record};

use crate::i18n::texts::opportunity as words;
use crate::i18n::{amount, choice, due};
use crate::routes;
use crate::sections::{Adds, Card, Frame, Section, entries};

/// The section of a card.
pub static SECTION: Section = Section {
    name: "opportunities",
    title: words::title,
    none: words::none_here,
    adds: Some(Adds {
        kind: Kind::Opportunity,
        words: words::new_title,
    }),
    frame: Frame::Rows,
    first: 6,
    of: |records| {
        let place = |record: &Record| {
            let view = OpportunityView(record);
            (
                !view.is_open(),
                view.expected_close().is_none(),
                view.expected_close(),
                record.id,
            )
        };
        entries(records, &Kind::Opportunity, |a, b| place(a).cmp(&place(b)))
    },
    row: |card, entry| row(card, &entry.record).into_any(),
};

fn row(card: Card, record: &Record) -> impl IntoView + use<> {
    let view = OpportunityView(record);
    let stage = choice("opportunity_stage", view.stage().as_str());
    let value = view.amount().map(|value| amount(value, view.currency()));
    let step = view.next_step().map(str::to_owned);
    let day = view
        .next_step_on()
        .filter(|_| view.is_open())
        .map(|day| due(day, card.book.today()));
    let alarm = view
        .is_stepless()
        .then(|| view! { <span class="badge" data-tone="seal">{words::stepless}</span> });
    let product = view.product().to_owned();
    let detail: Vec<String> = [Some(stage), value, step].into_iter().flatten().collect();
    let address = routes::edit_record(card.id, &Kind::Opportunity, record.id);
    view! {
        <A href=address attr:class="row-main">
            <p class="row-title">{product}</p>
            <p class="row-detail">{detail.join(" · ")}</p>
        </A>
        <span class="push small">{alarm}{day}</span>
    }
}
