//! The work with a demo customer: what it holds, visits with their notes, touches, tasks. Dates lie around the demo's
//! day, so that every list has something overdue, something today and something ahead.

use rapport_shared::record::Kind;
use rapport_shared::{holdings, notes, tasks, touches, visits};
use serde_json::{Value, json};

use super::book::{Book, Customer};

/// Writes all of it for one customer.
pub(super) fn write(book: &mut Book<'_>, customer: &Customer) {
    let times = book.random.between(1, 3);
    for _ in 0..times {
        holding(book, customer);
    }
    let times = book.random.between(0, 4);
    for time in 0..book.visits.unwrap_or(times) {
        held_visit(book, customer, time);
    }
    if book.random.chance(12) {
        planned_visit(book, customer);
    }
    let times = book.random.between(0, 3);
    for _ in 0..times {
        touch(book, customer);
    }
    if book.random.chance(30) {
        task(book, customer);
    }
}

pub(super) fn named(fields: Vec<(&str, Value)>) -> Vec<(String, Value)> {
    fields
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

fn holding(book: &mut Book<'_>, customer: &Customer) {
    use holdings::field;
    let products = if customer.is_person {
        &book.words.personal_products
    } else {
        &book.words.products
    };
    let (family, product, code, rate) = book.random.pick(products).clone();
    let opened = -book.random.between(30, 720);
    let ends = matches!(family.as_str(), "deposit" | "wealth" | "loan" | "insurance");
    // One in six matures within the month: reminders at 30, 7 and 1 days need something to say.
    let matures = if book.random.chance(16) {
        book.random.between(-2, 31)
    } else {
        book.random.between(32, 720)
    };
    let unit = if customer.is_person { 10_000 } else { 100_000 };
    let amount = book.random.between(1, 120) * unit;
    let carries_amount = !matches!(family.as_str(), "settlement" | "card");
    let fields = named(vec![
        (field::CODE, json!(format!("H{}", book.random.digits(10)))),
        (field::PRODUCT, json!(product)),
        (field::PRODUCT_CODE, json!(code)),
        (field::FAMILY, json!(family)),
        (field::ACCOUNT, json!(format!("6230{}", book.random.digits(12)))),
        (
            field::AMOUNT,
            if carries_amount {
                json!(format!("{amount}.00"))
            } else {
                Value::Null
            },
        ),
        (field::CURRENCY, if carries_amount { json!("CNY") } else { Value::Null }),
        (field::OPENED, json!(book.day_after(opened).to_string())),
        (
            field::MATURITY,
            if ends {
                json!(book.day_after(matures).to_string())
            } else {
                Value::Null
            },
        ),
        (field::RATE, if rate == "0" { Value::Null } else { json!(rate) }),
        (field::STATUS, json!("active")),
    ]);
    let at = book.hour_after(opened.max(-35));
    book.add(Kind::Holding, Some(customer.id), customer.owner, at, fields);
}

fn held_visit(book: &mut Book<'_>, customer: &Customer, time: i64) {
    use notes::field as note_field;
    use visits::field;
    let days = -(time * 30 + book.random.between(1, 29));
    let at = book.hour_after(days);
    let outcome = *book
        .random
        .pick(&["goal_met", "goal_met", "partly", "not_met", "cut_short"]);
    let purpose = book.random.pick(&book.words.purposes).clone();
    let kind = book.random.pick(&book.words.visit_types).clone();
    let visit = book.add(
        Kind::Visit,
        Some(customer.id),
        customer.owner,
        at,
        named(vec![
            (field::PURPOSE, json!(purpose)),
            (field::PLACE, json!(customer.address)),
            (field::PLANNED_AT, json!(at.milliseconds())),
            (field::HELD_AT, json!(at.milliseconds())),
            (field::STATUS, json!("held")),
            (field::TYPE, json!(kind)),
            (field::OUTCOME, json!(outcome)),
        ]),
    );
    let next = book.random.between(-3, 28);
    let fields = named(vec![
        (note_field::VISIT, json!(visit.to_string())),
        (note_field::TEXT, json!(note_text(book, customer))),
        (note_field::VISITED_AT, json!(at.milliseconds())),
        (
            note_field::NEXT_CONTACT,
            if time == 0 {
                json!(book.day_after(next).to_string())
            } else {
                Value::Null
            },
        ),
    ]);
    book.add(
        Kind::Note,
        Some(customer.id),
        customer.owner,
        at.plus(45 * 60_000),
        fields,
    );
}

fn note_text(book: &mut Book<'_>, customer: &Customer) -> String {
    let words = book.words;
    let (openings, middles, closings) = if customer.is_person {
        (
            &words.personal_openings,
            &words.personal_middles,
            &words.personal_closings,
        )
    } else {
        (&words.openings, &words.middles, &words.closings)
    };
    let mut text: String = book.random.pick::<String>(openings).clone();
    text.push_str(book.random.pick::<String>(middles));
    if book.random.chance(50) {
        text.push('\n');
        text.push_str(book.random.pick::<String>(middles));
    }
    text.push('\n');
    text.push_str(book.random.pick::<String>(closings));
    text.replace("{who}", &customer.who).replace("{what}", &customer.what)
}

fn planned_visit(book: &mut Book<'_>, customer: &Customer) {
    use visits::field;
    let days = book.random.between(0, 14);
    let at = book.hour_after(days);
    let purpose = book.random.pick(&book.words.purposes).clone();
    let fields = named(vec![
        (field::PURPOSE, json!(purpose)),
        (field::PLACE, json!(customer.address)),
        (field::PLANNED_AT, json!(at.milliseconds())),
        (field::STATUS, json!("planned")),
    ]);
    let written = book.hour_after(-1);
    book.add(Kind::Visit, Some(customer.id), customer.owner, written, fields);
}

fn touch(book: &mut Book<'_>, customer: &Customer) {
    use touches::field;
    let days = -book.random.between(1, 120);
    let at = book.hour_after(days);
    let channel = *book
        .random
        .pick(&["call", "call", "message", "message", "letter", "branch_meeting"]);
    let text = book.random.pick(&book.words.touch_texts).clone();
    let answered = book.random.chance(80);
    let fields = named(vec![
        (field::CHANNEL, json!(channel)),
        (field::TEXT, json!(text)),
        (field::AT, json!(at.milliseconds())),
        (field::ANSWERED, json!(answered)),
    ]);
    book.add(Kind::Touch, Some(customer.id), customer.owner, at, fields);
}

fn task(book: &mut Book<'_>, customer: &Customer) {
    use tasks::field;
    let due = book.random.between(-6, 20);
    let title = book.random.pick(&book.words.task_titles).clone();
    let promise = if book.random.chance(50) {
        json!("ours")
    } else {
        Value::Null
    };
    let fields = named(vec![
        (field::TITLE, json!(title)),
        (field::DUE, json!(book.day_after(due).to_string())),
        (field::ASSIGNEE, json!(book.staff[customer.owner].user.to_string())),
        (field::PROMISE, promise),
    ]);
    let written = book.hour_after(due.min(0) - 7);
    book.add(Kind::Task, Some(customer.id), customer.owner, written, fields);
}
