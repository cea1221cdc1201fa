//! Circles of people: the page that lists those one is in, and their form. Who sees a circle, who writes it and who leads
//! it next is decided in `shared`.

use leptos::prelude::*;
use leptos_router::components::A;
use rapport_shared::circles::{CircleView, field};
use rapport_shared::order;
use rapport_shared::record::{FieldPath, Fields, Kind, Record};
use rapport_shared::tasks::TaskView;

use crate::book::{Book, use_book};
use crate::forms::{FormOf, FormWords, Removal, Sheet, Subject, Wrong, as_typed, entry};
use crate::i18n::person;
use crate::i18n::texts::circle as words;
use crate::i18n::texts::common;
use crate::routes;
use crate::ui::{Empty, Glyph, Icon};

/// The form.
pub static FORM: FormOf = FormOf {
    kind: Kind::Circle,
    words: FormWords {
        new: words::new_title,
        change: words::edit_title,
        lead: || "",
        save: common::save,
        created: |name| words::created(name),
        removal: Some(Removal {
            remove: words::remove,
            removed: |name| words::removed(name),
            restored: |name| words::restored(name),
        }),
    },
    sheets: &[
        Sheet(words::what, &[entry(field::NAME), entry(field::PURPOSE).wide()]),
        Sheet(
            words::who,
            &[
                entry(field::LEAD),
                entry(field::MEMBERS).wide(),
                entry(field::TEAM),
                entry(field::BRANCH),
                entry(field::EVERYBODY),
            ],
        ),
    ],
    body: None,
    start,
    complete: as_typed,
    judge,
};

/// Whoever makes a circle leads it.
fn start(_: &Subject, book: Book) -> Fields {
    let lead = book.profile().get_untracked().map(|profile| profile.user.to_string());
    lead.map(|lead| (FieldPath::known(field::LEAD), lead.into()))
        .into_iter()
        .collect()
}

/// The others in it read the form, and are told why they can not save it.
fn judge(subject: &Subject, book: Book, _: &Fields) -> Option<Wrong> {
    let lead = subject.record.as_ref().and_then(CircleView::of)?.lead();
    let is_own = book.profile().read().as_ref().map(|profile| profile.user) == lead;
    (!is_own).then(|| (field::LEAD, words::only_lead().to_owned()))
}

/// The page.
#[component]
pub fn CirclesPage() -> impl IntoView {
    let book = use_book();
    let circles = Memo::new(move |_| {
        let mut circles: Vec<Record> = book.read(|replica| replica.iter(&Kind::Circle).cloned().collect());
        order::sort_by(&mut circles, |one, two| {
            (CircleView(one).name(), one.id).cmp(&(CircleView(two).name(), two.id))
        });
        circles
    });
    view! {
        <div class="page">
            <div class="page-inner page-narrow">
                <header class="page-head">
                    <div>
                        <h1>{words::title}</h1>
                        <p>{words::about}</p>
                    </div>
                    <A href=routes::new_own(&Kind::Circle) attr:class="button" attr:data-look="primary" attr:data-test="new-circle">
                        <Icon glyph=Glyph::Plus/>
                        <span>{words::new_title}</span>
                    </A>
                </header>
                <Show
                    when=move || !circles.read().is_empty()
                    fallback=|| view! { <Empty title=words::none help=words::none_help/> }
                >
                    <ul class="sheet">{move || circles.get().iter().map(|circle| row(book, circle)).collect_view()}</ul>
                </Show>
            </div>
        </div>
    }
}

/// What it is called, who leads it, and what is to be done in it.
fn row(book: Book, circle: &Record) -> impl IntoView + use<> {
    let view = CircleView(circle);
    let lead = view.lead().map(|lead| words::led_by(person(book, lead)));
    let members = view.members().count();
    let members = (members > 0).then(|| words::members(members));
    let tasks = book.read(|replica| {
        let tasks = replica.of_customer(circle.id).filter_map(TaskView::of);
        tasks.filter(|task| !task.is_done()).count()
    });
    let tasks = (tasks > 0).then(|| words::open_tasks(tasks));
    let detail: Vec<String> = [lead, members, tasks].into_iter().flatten().collect();
    let adds = words::add_task_in(view.name());
    let (id, name) = (circle.id, view.name().to_owned());
    view! {
        <li class="row" data-test="circle-row">
            <A href=routes::own(&Kind::Circle, id) attr:class="row-main">
                <p class="row-title">{name}</p>
                <p class="row-detail">{detail.join(" · ")}</p>
            </A>
            <A
                href=routes::new_record(id, &Kind::Task)
                attr:class="button"
                attr:aria-label=adds
                attr:data-test="circle-task"
            >
                <Icon glyph=Glyph::Plus/>
                <span>{words::add_task}</span>
            </A>
        </li>
    }
}
