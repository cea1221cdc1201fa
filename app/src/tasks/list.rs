//! The list of tasks at hand. What is shown first is what is to be done.

use leptos::prelude::*;
use rapport_shared::lists::{ListQuery, NO};
use rapport_shared::record::{Kind, Record};
use rapport_shared::tasks::field;

use super::chosen;
use crate::book::use_book;
use crate::i18n::texts::task as words;
use crate::lists::{CUSTOMER, ListOf, ListState, RecordList, shown};
use crate::routes;

static LIST: ListOf = ListOf {
    kind: Kind::Task,
    title: words::title,
    none: (words::none, words::none_help),
    columns: &[
        shown(field::TITLE),
        CUSTOMER,
        shown(field::DUE).due(),
        shown(field::ASSIGNEE),
        shown(field::ACCEPTANCE),
        shown(field::DONE),
    ],
    filters: &[field::DONE, field::DUE, "customer", field::ASSIGNEE, field::ACCEPTANCE],
    sorts: &[field::DUE, field::TITLE, "customer"],
    begins: || ListQuery::by(field::DUE).only(field::DONE, NO),
    address,
    actions: chosen::ACTIONS,
};

fn address(task: &Record) -> String {
    match task.root() {
        Some(root) => routes::edit_record(root, &task.kind, task.id),
        None => routes::own(&task.kind, task.id),
    }
}

/// The page.
#[component]
pub fn TasksPage() -> impl IntoView {
    view! { <RecordList state=ListState::new(use_book(), &LIST)/> }
}
