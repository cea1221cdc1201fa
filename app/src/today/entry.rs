//! One thing that is due: what, why, when; a task is ticked off with one tap and brought back with another.

use leptos::prelude::*;
use leptos::task::spawn_local;
use rapport_shared::contacts::ContactView;
use rapport_shared::customers::CustomerView;
use rapport_shared::filing::can_be_filed;
use rapport_shared::handover::take_back;
use rapport_shared::holdings::HoldingView;
use rapport_shared::ids::RecordId;
use rapport_shared::notes::NoteView;
use rapport_shared::opportunities::OpportunityView;
use rapport_shared::record::mutation::Edit;
use rapport_shared::record::{Kind, Record};
use rapport_shared::tasks::{self, Acceptance, TaskView, field};
use rapport_shared::today::{Due, Reason, Urgency};
use rapport_shared::visits;

use super::reason_words;
use crate::book::{Book, use_book};
use crate::filing::{FileButton, file_record};
use crate::i18n::{amount, due as due_words, save_error, texts};
use crate::routes;
use crate::ui::{Button, Glyph, Icon, Look, Toasts, use_toasts};

/// The row.
#[component]
pub fn Entry(
    /// What is due.
    due: Due,
) -> impl IntoView {
    let book = use_book();
    let toasts = use_toasts();
    move || {
        let record = book.read(|replica| replica.get(due.record).cloned());
        record.map(|record| row(book, toasts, due, &record))
    }
}

fn row(book: Book, toasts: Toasts, due: Due, record: &Record) -> impl IntoView + use<> {
    let (title, why) = title_and_reason(record, due.reason);
    let when = due_words(due.day, book.today());
    let urgency = match due.urgency() {
        Urgency::Overdue => "overdue",
        Urgency::Today => "today",
        Urgency::Upcoming => "upcoming",
    };
    let lead = lead(book, toasts, due, &title);
    let text = view! {
        <p class="row-title">{title}</p>
        <p class="row-detail clip">{why}</p>
    };
    let address = address(record, due);
    let main = view! { <a href=address class="row-main">{text}</a> };
    let asked = (due.reason == Reason::TaskAsked).then(|| view! { <Asked id=due.record/> });
    let own = can_be_filed(record).then(|| record.clone());
    let file = own.map(|own| {
        let pick = move |customer: RecordId| file_record(book, toasts, own.clone(), customer);
        view! { <span class="due-answer"><FileButton on_pick=pick/></span> }
    });
    view! {
        <li class="due" data-when=urgency data-test="due">
            {lead}
            {main}
            {asked}
            {file}
            <span class="due-when">{when}</span>
        </li>
    }
}

/// Where what is due is dealt with: a task or an opportunity in its form, all else on the customer's card.
fn address(record: &Record, due: Due) -> String {
    let is_worked_on = matches!(record.kind, Kind::Task | Kind::Opportunity);
    match due.customer {
        Some(root) if is_worked_on => routes::edit_record(root, &record.kind, record.id),
        Some(customer) => routes::customer(customer),
        None => routes::own(&record.kind, record.id),
    }
}

/// What stands before the words: of a task what ticks it off, of anything else its icon.
pub(super) fn lead(book: Book, toasts: Toasts, due: Due, title: &str) -> AnyView {
    if due.reason != Reason::Task {
        return view! { <span class="due-kind"><Icon glyph=glyph(due.reason)/></span> }.into_any();
    }
    let (label, id) = (texts::today::tick(title), due.record);
    view! {
        <button type="button" class="due-tick" aria-label=label data-test="tick" on:click=move |_| tick(book, toasts, id)>
            <span><Icon glyph=Glyph::Check size=16/></span>
        </button>
    }
    .into_any()
}

const fn glyph(reason: Reason) -> Glyph {
    match reason {
        Reason::Visit => Glyph::Place,
        Reason::Task | Reason::TaskAsked | Reason::TaskDeclined => Glyph::Check,
        Reason::NextStep | Reason::NoNextStep => Glyph::Fork,
        Reason::ContactClock { .. } => Glyph::Talk,
        Reason::NextContact => Glyph::Talk,
        Reason::Maturity { .. } => Glyph::Money,
        Reason::Birthday { .. } => Glyph::Birthday,
    }
}

/// What is to be done, and why.
pub(super) fn title_and_reason(record: &Record, reason: Reason) -> (String, String) {
    use texts::reason as words;
    match reason {
        Reason::Task => {
            let task = TaskView(record);
            let why = record.text(field::REASON).map(str::to_owned);
            let promise = task.promise();
            (
                task.title().to_owned(),
                why.unwrap_or_else(|| reason_words(promise).to_owned()),
            )
        }
        Reason::TaskAsked => (TaskView(record).title().to_owned(), words::task_asked().to_owned()),
        Reason::TaskDeclined => {
            let why = record.text(field::DECLINED_REASON);
            let why = why.map_or_else(|| words::task_declined().to_owned(), words::task_declined_because);
            (TaskView(record).title().to_owned(), why)
        }
        Reason::NextStep => {
            let opportunity = OpportunityView(record);
            let step = opportunity.next_step().unwrap_or_default();
            (step.to_owned(), words::opportunity(opportunity.product()))
        }
        Reason::NoNextStep => {
            let product = OpportunityView(record).product();
            (words::opportunity(product), words::no_next_step().to_owned())
        }
        Reason::ContactClock { interval } => {
            let product = OpportunityView(record).product();
            (words::reach_out().to_owned(), words::contact_clock(interval, product))
        }
        Reason::Visit => {
            let text = |field: &str| record.text(field).map(str::to_owned);
            match text(visits::field::PURPOSE) {
                Some(purpose) => (purpose, words::visit().to_owned()),
                None => (
                    words::visit().to_owned(),
                    text(visits::field::PLACE).unwrap_or_default(),
                ),
            }
        }
        Reason::NextContact => {
            let text = NoteView(record).text();
            let first_line = text.lines().next().unwrap_or_default().to_owned();
            (words::next_contact().to_owned(), first_line)
        }
        Reason::Maturity { .. } => {
            let holding = HoldingView(record);
            let value = holding.amount().map(|value| amount(value, holding.currency()));
            (words::maturity(holding.product()), value.unwrap_or_default())
        }
        Reason::Birthday { turns } => {
            let contact = ContactView::of(record);
            let name = contact.map_or_else(|| CustomerView(record).name(), ContactView::name);
            let role = contact.and_then(ContactView::role).unwrap_or_default();
            let age = words::turns(turns);
            let why = if role.is_empty() {
                age
            } else {
                format!("{role} · {age}")
            };
            (words::birthday(name), why)
        }
    }
}

/// Whether one takes a task that a colleague gave away.
#[component]
fn Asked(id: RecordId) -> impl IntoView {
    let (book, toasts) = (use_book(), use_toasts());
    view! {
        <span class="due-answer">
            <Button
                label=texts::task::accept
                test="task-accept"
                on_press=move |()| reply(book, toasts, id, Acceptance::Accepted)
            />
            <Button
                label=texts::task::decline
                look=Look::Plain
                test="task-decline"
                on_press=move |()| reply(book, toasts, id, Acceptance::Declined)
            />
        </span>
    }
}

/// Marks the task as done, with the way back.
fn tick(book: Book, toasts: Toasts, id: RecordId) {
    let Some(task) = book.read_untracked(|replica| replica.get(id).cloned()) else {
        return;
    };
    let edits =
        book.read_untracked(|replica| tasks::complete(&task, book.now(), book.today(), |id| replica.get(id).is_some()));
    write(book, toasts, edits, texts::today::done(TaskView(&task).title()));
}

/// Says whether one takes a task that a colleague gave away, with the way back.
fn reply(book: Book, toasts: Toasts, id: RecordId, acceptance: Acceptance) {
    let Some(task) = book.read_untracked(|replica| replica.get(id).cloned()) else {
        return;
    };
    let title = TaskView(&task).title();
    let said = match acceptance {
        Acceptance::Declined => texts::task::declined(title),
        Acceptance::Accepted | Acceptance::Asked => texts::task::accepted(title),
    };
    write(book, toasts, vec![tasks::answer(&task, acceptance, "")], said);
}

/// Writes the edits and says so, with the way back as long as nobody has written over them.
fn write(book: Book, toasts: Toasts, edits: Vec<Edit>, said: String) {
    spawn_local(async move {
        match book.write(edits.clone()).await {
            Ok(()) => toasts.say_with_undo(said, move || {
                let back = book.read_untracked(|replica| take_back(&edits, |id| replica.get(id)));
                spawn_local(async move {
                    if let Err(error) = book.write(back).await {
                        toasts.warn(save_error(&Kind::Task, &error));
                    }
                });
            }),
            Err(error) => toasts.warn(save_error(&Kind::Task, &error)),
        }
    });
}
