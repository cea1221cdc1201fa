//! What is done with several customers at once: a task for each. Who is in charge is never changed for many in passing.

use leptos::prelude::*;
use rapport_shared::record::{FieldPath, Kind, Record};
use rapport_shared::schema::LINE;
use rapport_shared::tasks::{at_customer, field};

use crate::i18n::field_name;
use crate::i18n::texts::customers as words;
use crate::lists::{Action, Ask, Does, Selection};
use crate::ui::{Field, Glyph, Moment, MomentField};

/// Everything.
pub const ACTIONS: &[Action] = &[Action {
    name: "task",
    words: words::task_each,
    glyph: Glyph::Check,
    does: Does::Ask(|chosen| view! { <TaskForEach chosen/> }.into_any()),
}];

#[component]
fn TaskForEach(chosen: Selection) -> impl IntoView {
    let (title, due) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    // Half a day is not dropped: it has to be mended first.
    let day = Memo::new(move |_| {
        let due = due.read();
        if due.trim().is_empty() {
            return Some(None);
        }
        due.parse::<jiff::civil::Date>().ok().map(Some)
    });
    let is_ready = Signal::derive(move || {
        let length = title.read().trim().chars().count();
        (1..=LINE).contains(&length) && day.get().is_some()
    });
    let make = move |()| {
        let (title, day) = (title.get_untracked(), day.get_untracked().flatten());
        let book = chosen.book;
        let each = |customer: &Record| vec![at_customer(book.new_record_id(), customer.id, &title, day)];
        chosen.change(each, words::tasked);
    };
    let name = |field: &'static str| move || field_name(&Kind::Task, &FieldPath::known(field));
    view! {
        <Ask action=words::task_each is_ready on_submit=make>
            <Field name="task-title" label=name(field::TITLE) value=title required=true test="task-title"/>
            <MomentField of=Moment::Day name="task-due" label=name(field::DUE) value=due test="task-due"/>
        </Ask>
    }
}
