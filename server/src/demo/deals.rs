//! The demo's opportunities: deals of a bank in every stage, with amounts, days and next steps around the demo's day, a
//! few of them without a next step or with one that was let slip. They come after all else, so that nothing else moves.

use rapport_shared::opportunities::{Stage, field};
use rapport_shared::record::Kind;
use serde_json::{Value, json};

use super::Deal;
use super::book::{Book, Customer};
use super::work::named;

/// Of a hundred customers so many have an opportunity; one in five of those has two.
const WITH_ONE: i64 = 20;

/// Writes those of one customer.
pub(super) fn write(book: &mut Book<'_>, customer: &Customer) {
    if !book.random.chance(WITH_ONE) {
        return;
    }
    let several = if book.random.chance(20) { 2 } else { 1 };
    for _ in 0..several {
        opportunity(book, customer);
    }
}

fn opportunity(book: &mut Book<'_>, customer: &Customer) {
    let words = book.words;
    let deals = if customer.is_person {
        &words.personal_deals
    } else {
        &words.deals
    };
    let Deal {
        family,
        product,
        least,
        most,
    } = book.random.pick(deals).clone();
    // More begin than are won.
    let stage = *book.random.pick(&[
        Stage::Identified,
        Stage::Identified,
        Stage::Identified,
        Stage::Contacted,
        Stage::Contacted,
        Stage::Contacted,
        Stage::Proposed,
        Stage::Proposed,
        Stage::Negotiating,
        Stage::Negotiating,
        Stage::Agreed,
        Stage::Won,
        Stage::Lost,
    ]);
    let written = book.random.between(5, 90);
    let amount = book.random.between(least, most) * 10_000;
    let mut fields = vec![
        (field::PRODUCT, json!(product)),
        (field::FAMILY, json!(family)),
        (field::AMOUNT, json!(format!("{amount}.00"))),
        (field::CURRENCY, json!("CNY")),
        (field::STAGE, json!(stage.as_str())),
        (field::PROBABILITY, json!(probability(stage))),
        (field::MANAGER, json!(book.staff[customer.owner].user.to_string())),
    ];
    fields.extend(if stage.is_open() {
        open(book)
    } else {
        decided(book, stage, written)
    });
    if book.random.chance(25) {
        fields.push((field::COMPETITORS, json!(book.random.pick(&words.rivals))));
    }
    let at = book.hour_after(-written);
    book.add(Kind::Opportunity, Some(customer.id), customer.owner, at, named(fields));
}

const fn probability(stage: Stage) -> i64 {
    match stage {
        Stage::Identified => 10,
        Stage::Contacted => 25,
        Stage::Proposed => 45,
        Stage::Negotiating => 65,
        Stage::Agreed => 90,
        Stage::Won => 100,
        Stage::Lost => 0,
    }
}

/// When it may close and what comes next: of one in six nobody said, and of as many it is late.
fn open(book: &mut Book<'_>) -> Vec<(&'static str, Value)> {
    let close = book.random.between(3, 150);
    let step = book.random.pick(&book.words.steps).clone();
    let days = match book.random.between(1, 6) {
        1 => return vec![(field::EXPECTED_CLOSE, json!(book.day_after(close).to_string()))],
        2 => book.random.between(-9, -1),
        _ => book.random.between(0, 21),
    };
    vec![
        (field::EXPECTED_CLOSE, json!(book.day_after(close).to_string())),
        (field::NEXT_STEP, json!(step)),
        (field::NEXT_STEP_ON, json!(book.day_after(days).to_string())),
    ]
}

fn decided(book: &mut Book<'_>, stage: Stage, written: i64) -> Vec<(&'static str, Value)> {
    let days = -book.random.between(0, written - 1);
    let closed = (field::CLOSED_ON, json!(book.day_after(days).to_string()));
    let reason = book.random.pick(&book.words.lost_reasons).clone();
    let reason = if stage == Stage::Lost {
        json!(reason)
    } else {
        Value::Null
    };
    vec![closed, (field::LOST_REASON, reason)]
}
