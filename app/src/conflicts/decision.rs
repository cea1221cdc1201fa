//! One conflict: mine, theirs, before, who and when, how it stands by now, and what can be done about it.

use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::{use_navigate, use_params_map};
use rapport_shared::conflicts::{Choice, ConflictView, Side, Standing, before_by, combine, is_open, sides, standing};
use rapport_shared::ids::{RecordId, UserId};
use rapport_shared::record::Record;
use rapport_shared::time::Timestamp;
use serde_json::Value;

use super::editor::{Editor, has_draft};
use super::settling::Settling;
use super::{described, values};
use crate::book::{Book, use_book};
use crate::i18n::texts::conflict as words;
use crate::i18n::{language, person, texts};
use crate::routes;
use crate::ui::{Banner, Button, Empty, Glyph, Icon, Look, use_toasts};

/// The conflict at the address.
#[component]
pub fn DecisionPage() -> impl IntoView {
    let book = use_book();
    let parameters = use_params_map();
    let id = Memo::new(move |_| parameters.read().get("id").and_then(|id| id.parse::<RecordId>().ok()));
    move || {
        let found = id
            .get()
            .and_then(|id| book.read_untracked(|replica| replica.get(id).cloned()));
        match found.filter(|record| ConflictView::of(record).is_some()) {
            Some(record) => view! { <Decision record/> }.into_any(),
            None => view! { <Settled customer=None/> }.into_any(),
        }
    }
}

/// What stands where nothing is to be decided any more.
#[component]
fn Settled(customer: Option<RecordId>) -> impl IntoView {
    view! {
        <div class="page">
            <Back/>
            <h1 class="visually-hidden">{words::settled}</h1>
            <Empty glyph=Glyph::Synced title=words::settled help=words::settled_help>
                {customer.map(|id| view! {
                    <A href=routes::customer(id) attr:class="button" attr:data-test="settled-card">{words::to_card}</A>
                })}
            </Empty>
        </div>
    }
}

/// The way back to the list, where the list is not beside.
#[component]
fn Back() -> impl IntoView {
    view! {
        <A href=routes::CONFLICTS attr:class="button card-back" attr:data-look="plain" attr:data-test="back">
            <Icon glyph=Glyph::Back/>
            <span>{words::title}</span>
        </A>
    }
}

#[component]
fn Decision(record: Record) -> impl IntoView {
    let (book, toasts) = (use_book(), use_toasts());
    let navigate = use_navigate();
    let (id, customer) = (record.id, record.root());
    let settling = Settling {
        book,
        toasts,
        conflict: StoredValue::new(record),
        working: RwSignal::new(false),
        go: Callback::new(move |address: String| {
            navigate(&address, routes::in_its_place());
        }),
    };
    let conflict = Memo::new(move |_| book.read(|replica| replica.get(id).filter(|record| is_open(record)).cloned()));
    let decided = Memo::new(move |_| conflict.read().is_none() && !settling.working.get());
    let combining = RwSignal::new(has_draft(settling));
    routes::use_leave(routes::CONFLICTS.to_owned()).on_escape();
    // What the page is made of. It is made anew when one of these changes, and not at every word from the server: a
    // button that goes while it is pressed is not pressed.
    let made_of = Memo::new(move |_| {
        let subject = settling
            .conflict
            .with_value(|record| described::subject(book, ConflictView(record)));
        (subject, described::customer_name(book, customer), language())
    });
    // While a decision is on its way the page stands still; the next one is about to come.
    move || {
        if decided.get() {
            return view! { <Settled customer/> }.into_any();
        }
        made_of.track();
        untrack(|| {
            settling
                .conflict
                .with_value(|record| content(settling, record, combining))
        })
        .into_any()
    }
}

fn content(settling: Settling, record: &Record, combining: RwSignal<bool>) -> impl IntoView + use<> {
    let Settling { book, .. } = settling;
    let conflict = ConflictView(record);
    let subject = described::subject(book, conflict);
    let standing = standing(conflict, subject.as_ref());
    let start = both(conflict, subject.as_ref());
    view! {
        <article class="page conflict-page" data-test="conflict">
            <div class="page-inner">
                <Back/>
                {head(book, record, subject.as_ref())}
                {notice(standing)}
                {present(settling, record, subject.as_ref(), standing, combining)}
                <div class="conflict-values">{value_cards(settling, record, subject.as_ref(), standing, combining)}</div>
                {values::has_marks(conflict).then(|| view! { <p class="small quiet">{words::marks}</p> })}
                {start.map(|start| view! { <Combine settling start combining/> })}
            </div>
        </article>
    }
}

/// What the value in force and the other give together.
fn both(conflict: ConflictView<'_>, subject: Option<&Record>) -> Option<Value> {
    let (kind, path) = conflict.record_kind().zip(conflict.path())?;
    let current = subject?.fields.get(&path).unwrap_or(&Value::Null);
    let other = if current == conflict.aside() {
        conflict.stands()
    } else {
        conflict.aside()
    };
    combine(&kind, &path, conflict.before(), current, other)
}

fn head(book: Book, record: &Record, subject: Option<&Record>) -> impl IntoView + use<> {
    let conflict = ConflictView(record);
    let customer = record.root();
    let name = described::customer_name(book, customer);
    let name_of = |author: Option<(UserId, Timestamp)>| match author {
        Some((user, _)) => person(book, user),
        None => texts::common::unknown_person().to_owned(),
    };
    let reader = book.profile().read_untracked().as_ref().map(|profile| profile.user);
    let [one, two] = sides(conflict, reader).map(|side| name_of(side.author));
    let lead = match (conflict.is_removal(), one == two) {
        (true, _) => words::lead_removal(name_of(conflict.aside_by()), name_of(conflict.stands_by())),
        (false, true) => words::lead_devices(&one),
        (false, false) => words::lead(&one, &two),
    };
    view! {
        <header class="stack stack-tight">
            <div>
                {customer.zip(name).map(|(id, name)| view! {
                    <A href=routes::customer(id) attr:class="link conflict-customer" attr:data-test="conflict-customer">{name}</A>
                })}
                <h1 data-test="conflict-title">{described::title(conflict, subject)}</h1>
            </div>
            <p class="quiet">{lead}</p>
        </header>
    }
}

/// What has happened since the two versions met.
fn notice(standing: Standing) -> Option<impl IntoView> {
    let text = match standing {
        Standing::Undecided => return None,
        Standing::Swapped => words::swapped,
        Standing::Overtaken => words::overtaken,
        Standing::Gone => words::subject_gone,
    };
    Some(view! { <div data-test="conflict-notice"><Banner tone="amber" text=text/></div> })
}

/// The value in force where it is neither of the two, or the way to close what has become void.
fn present(
    settling: Settling,
    record: &Record,
    subject: Option<&Record>,
    standing: Standing,
    combining: RwSignal<bool>,
) -> Option<impl IntoView + use<>> {
    let Settling { book, .. } = settling;
    let conflict = ConflictView(record);
    let path = conflict.path();
    let now = path
        .as_ref()
        .zip(subject)
        .filter(|_| standing == Standing::Overtaken)
        .map(|(path, subject)| {
            let stamp = subject.stamp(path.as_str());
            let value = subject.fields.get(path).unwrap_or(&Value::Null);
            (
                described::value(book, conflict, value),
                described::by_at(book, Some((stamp.by, stamp.at))),
            )
        });
    let void = standing == Standing::Gone;
    if now.is_none() && !void {
        return None;
    }
    let label = if void { words::close } else { words::keep_now };
    Some(view! {
        <section class="conflict-value" data-stands="true">
            {now.map(|(value, who)| view! {
                <h2>{words::now} " " <span class="badge" data-tone="accent">{words::in_force}</span></h2>
                <p class="small quiet">{who}</p>
                <p class="conflict-text" data-test="conflict-now">{value}</p>
            })}
            <div><Keep settling label combining/></div>
        </section>
    })
}

/// The one primary button, unless a text is being put together.
#[component]
fn Keep(settling: Settling, label: fn() -> &'static str, combining: RwSignal<bool>) -> impl IntoView {
    move || {
        let look = if combining.get() { Look::Quiet } else { Look::Primary };
        view! {
            <Button
                label=label
                look=look
                disabled=settling.working
                test="conflict-keep"
                on_press=move |()| settling.settle(Choice::Keep)
            />
        }
    }
}

/// Mine, theirs, and what both had seen.
fn value_cards(
    settling: Settling,
    record: &Record,
    subject: Option<&Record>,
    standing: Standing,
    combining: RwSignal<bool>,
) -> impl IntoView + use<> {
    let Settling { book, .. } = settling;
    let conflict = ConflictView(record);
    let reader = book.profile().read_untracked().as_ref().map(|profile| profile.user);
    let cards = sides(conflict, reader).map(|side| {
        let in_force = match standing {
            Standing::Undecided => side.stands,
            Standing::Swapped => !side.stands,
            Standing::Overtaken | Standing::Gone => false,
        };
        let is_edit = conflict.is_removal() && side.value.is_null();
        let shown = if is_edit {
            values::edits(book, conflict, subject)
        } else {
            view! { <p class="conflict-text">{values::value(book, conflict, side)}</p> }.into_any()
        };
        let test = if side.stands {
            "conflict-stands"
        } else {
            "conflict-aside"
        };
        let when = side.author.map(|(_, at)| described::when(book, at));
        view! {
            <section class="conflict-value" data-stands=in_force.to_string() data-test=test>
                <h2>
                    {described::writer(book, conflict, side)}
                    {in_force.then(|| view! { " " <span class="badge" data-tone="accent">{words::in_force}</span> })}
                </h2>
                <p class="small quiet"><time>{when}</time></p>
                {shown}
                {(standing != Standing::Gone).then(|| action(settling, conflict, side, in_force, combining))}
            </section>
        }
    });
    let before = (!conflict.is_removal()).then(|| {
        let history = subject.map(|subject| (subject, book.read(|replica| replica.history(subject.id))));
        let who = history.and_then(|(subject, history)| before_by(conflict, subject, &history));
        let value = described::value(book, conflict, conflict.before());
        view! {
            <section class="conflict-value conflict-before" data-test="conflict-before">
                <h2>{words::before}</h2>
                <p class="small quiet">{described::by_at(book, who)}</p>
                <p class="conflict-text">{value}</p>
            </section>
        }
    });
    view! { {cards.collect_view()} {before} }
}

/// The button below a value.
fn action(
    settling: Settling,
    conflict: ConflictView<'_>,
    side: Side<'_>,
    in_force: bool,
    combining: RwSignal<bool>,
) -> AnyView {
    if in_force {
        let label = if conflict.is_removal() {
            words::keep_record
        } else {
            words::keep
        };
        return view! { <div><Keep settling label combining/></div> }.into_any();
    }
    let (label, look, choice) = if conflict.is_removal() {
        (words::remove as fn() -> &'static str, Look::Danger, Choice::Remove)
    } else {
        (
            words::restore as fn() -> &'static str,
            Look::Quiet,
            Choice::Write(side.value.clone()),
        )
    };
    view! {
        <div>
            <Button
                label=label
                look=look
                disabled=settling.working
                test="conflict-restore"
                on_press=move |()| settling.settle(choice.clone())
            />
        </div>
    }
    .into_any()
}

/// The way to one value that says what both say; words are put in order by hand.
#[component]
fn Combine(settling: Settling, start: Value, combining: RwSignal<bool>) -> impl IntoView {
    let text = start.as_str().map(str::to_owned);
    move || match &text {
        Some(text) if combining.get() => view! { <Editor settling start=text.clone() open=combining/> }.into_any(),
        words_to_order => {
            let is_text = words_to_order.is_some();
            let start = start.clone();
            let press = move |()| {
                if is_text {
                    combining.set(true);
                } else {
                    settling.settle(Choice::Write(start.clone()));
                }
            };
            view! {
                <div class="conflict-combine">
                    <Button
                        label=words::combine
                        disabled=settling.working
                        test="conflict-combine"
                        on_press=press
                    />
                    <p class="small quiet">{words::combine_lead}</p>
                </div>
            }
            .into_any()
        }
    }
}
