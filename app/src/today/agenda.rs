//! The calendar: what is due and planned, day by day. Today comes first, what was missed in the last days lies above it
//! folded up, and each line opens what it is about. It plans nothing itself.

use jiff::civil::Date;
use leptos::prelude::*;
use leptos_router::components::A;
use rapport_shared::agenda::{self, Agenda, Day, Reach, agenda};
use rapport_shared::customers::CustomerView;
use rapport_shared::record::{Kind, Record};
use rapport_shared::today::{Due, Reason, Urgency};
use rapport_shared::visits::{self, VisitView};

use super::entry::{lead, title_and_reason};
use super::everything_due;
use crate::book::{Book, use_book};
use crate::i18n::texts::calendar as words;
use crate::i18n::{clock, date_with_weekday, relative_day};
use crate::routes;
use crate::ui::{Glyph, Icon, use_toasts};

/// The page.
#[component]
pub fn CalendarPage() -> impl IntoView {
    let book = use_book();
    let all = everything_due(book, agenda::parameters);
    let reach = Memo::new(move |_| Reach::of(&book.settings()));
    let agenda = Memo::new(move |_| {
        book.read(|replica| {
            let planned = |due: &Due| VisitView::of(replica.get(due.record)?)?.at();
            agenda(&all.read(), book.today(), reach.get(), planned)
        })
    });
    let past = Memo::new(move |_| agenda.read().past.clone());
    let ahead = move || agenda.read().ahead.clone();
    let missed = move || past.read().iter().map(|day| day.due.len()).sum::<usize>();
    view! {
        <div class="page">
            <div class="page-inner page-narrow">
                <header class="page-head">
                    <div>
                        <h1>{words::title}</h1>
                        <p>{move || words::reach(reach.get().ahead)}</p>
                    </div>
                </header>
                <Earlier agenda/>
                <Show when=move || !past.read().is_empty()>
                    <details class="sheet agenda-past" data-test="agenda-past">
                        <summary>
                            <Icon glyph=Glyph::Down size=16/>
                            <span>{move || words::missed(missed())}</span>
                        </summary>
                        <For each=move || past.get() key=|day| day.date children=move |day| view! { <DayLines day=day.date agenda/> }/>
                    </details>
                </Show>
                <For each=ahead key=|day| day.date children=move |day| view! { <DayLines day=day.date agenda/> }/>
            </div>
        </div>
    }
}

/// What is older than the agenda, which Today lists.
#[component]
fn Earlier(agenda: Memo<Agenda>) -> impl IntoView {
    let earlier = Memo::new(move |_| agenda.read().earlier);
    view! {
        <Show when=move || { earlier.get() > 0 }>
            <A href=routes::TODAY attr:class="agenda-earlier" attr:data-test="agenda-earlier">
                <span>{move || words::earlier(earlier.get())}</span>
                <Icon glyph=Glyph::Forward size=16/>
            </A>
        </Show>
    }
}

/// One day with its lines.
#[component]
fn DayLines(day: Date, agenda: Memo<Agenda>) -> impl IntoView {
    let book = use_book();
    let of_day = |days: &[Day], day: Date| days.iter().find(|other| other.date == day).map(|day| day.due.clone());
    let due = Memo::new(move |_| {
        let agenda = agenda.read();
        let found = of_day(&agenda.ahead, day).or_else(|| of_day(&agenda.past, day));
        found.unwrap_or_default()
    });
    let today = book.today();
    let near = relative_day(day, today);
    view! {
        <section class="agenda-day" data-today=(day == today).to_string() data-test="agenda-day">
            <h2>
                <span>{date_with_weekday(day)}</span>
                <span class="quiet small">{near}</span>
            </h2>
            <ul class="sheet">
                <For each=move || due.get() key=|due| *due children=move |due| view! { <Line due/> }/>
                <Show when=move || due.read().is_empty()>
                    <li class="agenda-none quiet">{words::free}</li>
                </Show>
            </ul>
        </section>
    }
}

/// One line: when, what, at whom, why.
#[component]
fn Line(due: Due) -> impl IntoView {
    let (book, toasts) = (use_book(), use_toasts());
    move || {
        let record = book.read(|replica| replica.get(due.record).cloned())?;
        let (title, detail) = title_and_detail(book, &record, due);
        let lead = lead(book, toasts, due, &title);
        let hour = VisitView::of(&record).and_then(VisitView::at);
        let hour = hour.map(|at| clock(at, book.utc_offset_minutes()));
        let late = (due.urgency() == Urgency::Overdue).to_string();
        let text = view! {
            <p class="row-title">{title}</p>
            <p class="row-detail clip">{detail}</p>
        };
        let main = match address(&record, due) {
            Some(address) => view! { <A href=address attr:class="row-main">{text}</A> }.into_any(),
            None => view! { <div class="row-main">{text}</div> }.into_any(),
        };
        Some(view! {
            <li class="due" data-late=late data-test="agenda-line">
                {lead}
                {main}
                <span class="due-when">{hour}</span>
            </li>
        })
    }
}

/// What it is, and with whom: a day has many customers, and what is nothing but a call or a visit is named by whose it is.
fn title_and_detail(book: Book, record: &Record, due: Due) -> (String, String) {
    let (title, why) = title_and_reason(record, due.reason);
    let (title, parts) = match (due.reason, customer_name(book, due)) {
        (Reason::NextContact, Some(name)) => (words::contact(name), [Some(title), Some(why)]),
        (Reason::ContactClock { .. }, Some(name)) => (words::contact(name), [Some(why), None]),
        (Reason::Visit, Some(name)) if record.text(visits::field::PURPOSE).is_none() => {
            (words::visit(name), [Some(title), Some(why)])
        }
        (_, name) => (title, [name, Some(why)]),
    };
    let parts: Vec<String> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
    (title, parts.join(" · "))
}

/// The customer it is about, unless the record is the customer's own and says so.
fn customer_name(book: Book, due: Due) -> Option<String> {
    let customer = due.customer.filter(|customer| *customer != due.record)?;
    book.read(|replica| {
        let customer = replica.get(customer).and_then(CustomerView::of)?;
        Some(customer.calling_name().to_owned())
    })
}

/// Where the record is shown.
fn address(record: &Record, due: Due) -> Option<String> {
    let customer = due.customer?;
    Some(match record.kind {
        Kind::Note => routes::customer_at(customer, record.id),
        Kind::Visit => routes::edit_record(customer, &record.kind, record.id),
        _ => routes::customer(customer),
    })
}
