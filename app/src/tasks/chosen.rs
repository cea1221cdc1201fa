//! What is done with several tasks at once: ticked off, put on another day, given to a colleague, filed to a customer.
//! What each means for one task is decided in `shared`.

use leptos::prelude::*;
use rapport_shared::access::may_name;
use rapport_shared::filing::{can_be_filed, file, take_back};
use rapport_shared::ids::RecordId;
use rapport_shared::order;
use rapport_shared::people::PersonView;
use rapport_shared::record::mutation::Edit;
use rapport_shared::record::{FieldPath, Kind, Record};
use rapport_shared::tasks::{TaskView, can_be_given, complete, delegate, field, put_on};

use crate::finding::CustomerFinder;
use crate::i18n::texts::{filing, task as words};
use crate::i18n::{count, field_name};
use crate::lists::{Action, Ask, AskDay, Does, Selection};
use crate::ui::{Glyph, Select};

/// Everything.
pub const ACTIONS: &[Action] = &[
    Action {
        name: "done",
        words: words::mark_done,
        glyph: Glyph::Check,
        does: Does::Now(mark_done),
    },
    Action {
        name: "day",
        words: words::move_day,
        glyph: Glyph::Calendar,
        does: Does::Ask(|chosen| view! { <Day chosen/> }.into_any()),
    },
    Action {
        name: "give",
        words: words::give,
        glyph: Glyph::Customers,
        does: Does::Ask(|chosen| view! { <Give chosen/> }.into_any()),
    },
    Action {
        name: "file",
        words: filing::file,
        glyph: Glyph::Copy,
        does: Does::Ask(|chosen| view! { <File chosen/> }.into_any()),
    },
];

fn mark_done(chosen: Selection) {
    let book = chosen.book;
    let (now, today) = (book.now(), book.today());
    let done = |task: &Record| {
        if TaskView(task).is_done() {
            return Vec::new();
        }
        book.read_untracked(|replica| complete(task, now, today, |id| replica.get(id).is_some()))
    };
    chosen.change(done, words::marked_done);
}

#[component]
fn Day(chosen: Selection) -> impl IntoView {
    let take = move |day| {
        let moved = |task: &Record| {
            let is_open = !TaskView(task).is_done();
            is_open.then(|| put_on(task, day)).into_iter().collect()
        };
        chosen.change(moved, words::moved_day);
    };
    view! {
        <AskDay label=|| field_name(&Kind::Task, &FieldPath::known(field::DUE)) action=words::move_day on_day=take/>
    }
}

/// Only those at customers: what is one's own is seen by nobody else.
#[component]
fn Give(chosen: Selection) -> impl IntoView {
    let book = chosen.book;
    let profile = book.profile().get_untracked();
    let to = RwSignal::new(String::new());
    let mine = profile.clone();
    let people = Signal::derive(move || {
        let Some(profile) = &mine else { return Vec::new() };
        let mut people: Vec<(String, String)> = book.read(|replica| {
            let people = replica.iter(&Kind::Person).filter_map(PersonView::of);
            let may_be_given = |person: &PersonView<'_>| may_name(profile, &Kind::Task, field::ASSIGNEE, *person);
            let others = people.filter(|person| person.user() != profile.user && may_be_given(person));
            others
                .map(|person| (person.user().to_string(), person.name().to_owned()))
                .collect()
        });
        order::sort_by(&mut people, |one, two| one.1.cmp(&two.1));
        people
    });
    let give = move |()| {
        let user = to.read_untracked().parse().ok();
        if let Some((to, by)) = user.zip(profile.as_ref().map(|profile| profile.user)) {
            let given = |task: &Record| {
                let edit = can_be_given(task).then(|| delegate(Edit::of(task), Some(task), to, by));
                edit.into_iter().collect()
            };
            chosen.change(given, words::given);
        }
    };
    view! {
        <Ask action=words::give is_ready=Signal::derive(move || !to.read().is_empty()) on_submit=give>
            <p class="quiet">{words::give_help}</p>
            <Select
                name="give-to"
                label=|| field_name(&Kind::Task, &FieldPath::known(field::ASSIGNEE))
                value=to
                options=people
                test="give-to"
            />
        </Ask>
    }
}

/// Only those that are one's own.
#[component]
fn File(chosen: Selection) -> impl IntoView {
    let pick = move |customer: RecordId| {
        let book = chosen.book;
        let own = chosen.records().into_iter().filter(can_be_filed);
        let own: Vec<(Record, RecordId)> = own.map(|record| (record, book.new_record_id())).collect();
        let edits = own.iter().flat_map(|(record, id)| file(record, *id, customer));
        let edits: Vec<Edit> = edits.collect();
        let said = filing::filed(count(own.len()));
        chosen.write(edits, said, move |replica| {
            let back = own.iter().flat_map(|(record, id)| take_back(record, replica.get(*id)));
            back.collect()
        });
    };
    view! { <CustomerFinder on_pick=pick/> }
}
