//! The open tasks at a customer, the first due first. What is done is in the list of tasks.

use leptos::prelude::*;
use leptos_router::components::A;
use rapport_shared::record::{Kind, Record};
use rapport_shared::tasks::TaskView;

use crate::i18n::texts::task as words;
use crate::i18n::{choice, due, person};
use crate::routes;
use crate::sections::{Adds, Card, Frame, Section, entries};

/// The section of a card.
pub static SECTION: Section = Section {
    name: "tasks",
    title: words::title,
    none: words::none_here,
    adds: Some(Adds {
        kind: Kind::Task,
        words: words::new_title,
    }),
    frame: Frame::Rows,
    first: 6,
    of: |records| {
        let day = |record: &Record| (TaskView(record).due().is_none(), TaskView(record).due(), record.id);
        let mut open = entries(records, &Kind::Task, |a, b| day(a).cmp(&day(b)));
        open.retain(|entry| !TaskView(&entry.record).is_done());
        open
    },
    row: |card, entry| row(card, &entry.record).into_any(),
};

fn row(card: Card, record: &Record) -> impl IntoView + use<> {
    let task = TaskView(record);
    let day = task.due().map(|day| due(day, card.book.today()));
    let answer = task.acceptance().map(|answer| choice("acceptance", answer.as_str()));
    let again = task.repeat().map(|repeat| choice("repeat", repeat.as_str()));
    let title = task.title().to_owned();
    let who = person(card.book, task.holder());
    let detail: Vec<String> = [Some(who), answer, again].into_iter().flatten().collect();
    let address = routes::edit_record(card.id, &Kind::Task, record.id);
    view! {
        <A href=address attr:class="row-main">
            <p class="row-title">{title}</p>
            <p class="row-detail">{detail.join(" · ")}</p>
        </A>
        <span class="push small">{day}</span>
    }
}
