//! What is due, by customer: overdue first, then today's, then what is coming; and the same as an agenda, day by day.
//! What is due and why is decided in `shared::today`; here it is shown, opened and ticked off.

mod agenda;
mod entry;

use std::borrow::Cow;

use leptos::prelude::*;
use leptos_router::components::A;
use rapport_shared::customers::CustomerView;
use rapport_shared::record::profile::Role;
use rapport_shared::record::{Kind, Record};
use rapport_shared::settings::Settings;
use rapport_shared::today::{Due, Stop, TodayParameters, Urgency, Viewpoint, by_stop, due, in_order};

pub use self::agenda::CalendarPage;
use self::entry::Entry;
use crate::book::{Book, Replica, is_another, use_book};
use crate::filing::UnfiledSheet;
use crate::i18n::texts::today as words;
use crate::i18n::{date_with_weekday, texts};
use crate::routes;
use crate::ui::{Empty, Glyph, page};

/// Stops of a part of the list that are shown at first, and as many more each time more are asked for: a page of
/// hundreds takes long to draw, and nobody drives to a hundred customers in a day.
const STOPS: usize = 30;
/// So many of a column are drawn before anything is shown, the others right after: more than most screens have room for.
const FIRST: usize = 8;

/// Who looks; leads and back office see everybody's.
fn viewpoint(book: Book) -> Viewpoint {
    let profile = book.profile().get();
    let user = profile
        .filter(|profile| profile.role == Role::RelationshipManager)
        .map(|profile| profile.user);
    Viewpoint {
        user,
        today: book.today(),
        utc_offset_minutes: book.utc_offset_minutes(),
    }
}

/// Tasks at no customer that is here.
fn other_tasks(replica: &Replica) -> Vec<Cow<'_, Record>> {
    let is_customer = |id| replica.kind(id) == Some(&Kind::Customer);
    let tasks = replica.outlines(&Kind::Task);
    let elsewhere = tasks.filter(|task| !task.scope.root().is_some_and(is_customer));
    elsewhere.filter_map(|task| replica.peek(task.id)).collect()
}

/// Everything due for the person signed in, as far ahead as `parameters` says. After a change only the customers it concerned are looked through again.
fn everything_due(book: Book, parameters: fn(&Settings) -> TodayParameters) -> Memo<Vec<Due>> {
    let parameters = Memo::new(move |_| parameters(&book.settings()));
    let at_customers = Memo::new_with_compare(
        move |_| {
            let (viewpoint, parameters) = (viewpoint(book), parameters.get());
            // What is due by other parameters is another thing.
            let name = format!("due/{parameters:?}");
            book.by_customer(&name, viewpoint, |replica, customer| {
                let theirs: Vec<_> = replica.peek_customer(customer.id, |_| true).collect();
                let due = due(theirs.iter().map(|record| &**record), viewpoint, &parameters);
                (!due.is_empty()).then_some(due)
            })
        },
        is_another,
    );
    Memo::new(move |_| {
        let elsewhere = book.read(|replica| {
            let tasks = other_tasks(replica);
            due(tasks.iter().map(|task| &**task), viewpoint(book), &parameters.read())
        });
        let at_customers = at_customers.read();
        in_order(
            at_customers
                .values()
                .flat_map(|due| due.iter().copied())
                .chain(elsewhere),
        )
    })
}

/// The page.
#[component]
pub fn TodayPage() -> impl IntoView {
    let book = use_book();
    let all = everything_due(book, TodayParameters::of);
    let part = move |urgency: Urgency| {
        Memo::new(move |_| {
            let some: Vec<Due> = all
                .read()
                .iter()
                .filter(|due| due.urgency() == urgency)
                .copied()
                .collect();
            some
        })
    };
    let (overdue, now, soon) = (part(Urgency::Overdue), part(Urgency::Today), part(Urgency::Upcoming));
    let summary = move || words::summary(overdue.read().len(), now.read().len());
    // What stands below a long list is not seen at first.
    let room = FIRST.saturating_sub(overdue.with_untracked(|overdue| by_stop(overdue).len()));
    view! {
        <div class="page">
            <div class="page-inner">
                <header class="page-head">
                    <div>
                        <h1>{move || date_with_weekday(book.today())}</h1>
                        <p data-test="today-summary">{summary}</p>
                    </div>
                </header>
                <UnfiledSheet/>
                <Show
                    when=move || !all.read().is_empty()
                    fallback=|| view! {
                        <Empty glyph=Glyph::Today title=words::nothing help=words::nothing_help>
                            <A href=routes::CUSTOMERS attr:class="button">{words::find}</A>
                        </Empty>
                    }
                >
                    <div class="columns">
                        <div class="stack">
                            <Section name="overdue" title=words::overdue part=overdue first=FIRST/>
                            <Section name="today" title=words::due part=now first=room/>
                            <Show when=move || overdue.read().is_empty() && now.read().is_empty()>
                                <Empty glyph=Glyph::Synced title=words::nothing/>
                            </Show>
                        </div>
                        <Section name="upcoming" title=words::soon part=soon first=FIRST/>
                    </div>
                </Show>
            </div>
        </div>
    }
}

/// One part of the list, by stop.
#[component]
fn Section(
    name: &'static str,
    title: fn() -> &'static str,
    part: Memo<Vec<Due>>,
    /// So many stops are drawn at once.
    first: usize,
) -> impl IntoView {
    let most = RwSignal::new(first);
    page::once_painted(move || {
        most.try_update(|most| *most = STOPS.max(*most));
    });
    let stops = Memo::new(move |_| by_stop(&part.read()));
    let shown = move || stops.read().iter().take(most.get()).cloned().collect::<Vec<_>>();
    let hidden = move || stops.read().len().saturating_sub(most.get());
    view! {
        <Show when=move || !part.read().is_empty()>
            <section class="today-section stack stack-tight" data-when=name data-test=format!("today-{name}")>
                <h2>{title} <span class="figure small">{move || part.read().len()}</span></h2>
                <For each=shown key=Stop::clone children=stop/>
                <Show when=move || hidden() != 0>
                    <button
                        type="button"
                        class="button"
                        data-test=format!("today-{name}-more")
                        on:click=move |_| *most.write() += STOPS
                    >
                        {move || words::more(hidden())}
                    </button>
                </Show>
            </section>
        </Show>
    }
}

/// One customer and what is due there.
fn stop(stop: Stop) -> impl IntoView {
    let book = use_book();
    let head = stop.customer.map(|id| {
        let name = Memo::new(move |_| {
            book.read(|replica| {
                let customer = replica.get(id).and_then(CustomerView::of);
                customer.map_or_else(String::new, |customer| customer.calling_name().to_owned())
            })
        });
        view! { <a href=routes::customer(id) data-test="stop-customer">{name}</a> }
    });
    let own = head.is_none();
    let several = (stop.due.len() > 1).then(|| words::stop_count(stop.due.len()));
    view! {
        <article class="sheet stop" data-test="stop">
            <h3 class="stop-head">
                {head}
                {own.then(|| view! { <span>{words::own}</span> })}
                <span class="small quiet">{several}</span>
            </h3>
            <ul>
                {stop.due.into_iter().map(|due| view! { <Entry due/> }).collect_view()}
            </ul>
        </article>
    }
}

/// Why it is due, in the reader's language, for the entry.
fn reason_words(promise: Option<rapport_shared::tasks::Promise>) -> &'static str {
    match promise {
        Some(rapport_shared::tasks::Promise::Ours) => texts::reason::promise_ours(),
        Some(rapport_shared::tasks::Promise::Theirs) => texts::reason::promise_theirs(),
        None => texts::reason::task(),
    }
}
