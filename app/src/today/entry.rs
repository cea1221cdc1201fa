//! One thing that is due: what, why, when; a task is ticked off with one tap and brought back with another.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::A;
use rapport_shared::contacts::ContactView;
use rapport_shared::customers::CustomerView;
use rapport_shared::holdings::HoldingView;
use rapport_shared::ids::RecordId;
use rapport_shared::notes::NoteView;
use rapport_shared::record::mutation::Edit;
use rapport_shared::record::{FieldPath, Kind, Record};
use rapport_shared::tasks::{TaskView, field};
use rapport_shared::today::{Due, Reason, Urgency};
use serde_json::Value;

use super::reason_words;
use crate::book::{Book, use_book};
use crate::i18n::{amount, due as due_words, save_error, texts};
use crate::routes;
use crate::ui::{Glyph, Icon, Toasts, use_toasts};

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
    let main = match due.customer {
        Some(customer) => view! { <A href=routes::customer(customer) attr:class="row-main">{text}</A> }.into_any(),
        None => view! { <div class="row-main">{text}</div> }.into_any(),
    };
    view! {
        <li class="due" data-when=urgency data-test="due">
            {lead}
            {main}
            <span class="due-when">{when}</span>
        </li>
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
        Reason::Task => Glyph::Check,
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
        Reason::Visit => {
            let purpose = record.text(rapport_shared::visits::field::PURPOSE).map(str::to_owned);
            (
                purpose.unwrap_or_else(|| words::visit().to_owned()),
                words::visit().to_owned(),
            )
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

/// Marks the task as done, with the way back.
fn tick(book: Book, toasts: Toasts, id: RecordId) {
    let Some(task) = book.read_untracked(|replica| replica.get(id).cloned()) else {
        return;
    };
    let title = TaskView(&task).title().to_owned();
    let edit = Edit::of(&task)
        .change(&task, FieldPath::known(field::DONE), true)
        .change(&task, FieldPath::known(field::DONE_AT), book.now().milliseconds());
    spawn_local(async move {
        match book.write(vec![edit]).await {
            Ok(()) => toasts.say_with_undo(texts::today::done(title), move || untick(book, toasts, id)),
            Err(error) => toasts.warn(save_error(&Kind::Task, &error)),
        }
    });
}

fn untick(book: Book, toasts: Toasts, id: RecordId) {
    let Some(task) = book.read_untracked(|replica| replica.get(id).cloned()) else {
        return;
    };
    let edit = Edit::of(&task)
        .change(&task, FieldPath::known(field::DONE), false)
        .change(&task, FieldPath::known(field::DONE_AT), Value::Null);
    spawn_local(async move {
        if let Err(error) = book.write(vec![edit]).await {
            toasts.warn(save_error(&Kind::Task, &error));
        }
    });
}
