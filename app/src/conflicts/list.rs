//! The open conflicts by customer, newest first, and beside them (tablet) the one to decide about.

use leptos::prelude::*;
use leptos_router::components::{A, Outlet};
use leptos_router::hooks::use_location;
use rapport_shared::conflicts::{ConflictView, groups, sides};
use rapport_shared::ids::{RecordId, UserId};
use rapport_shared::record::{Kind, Record};

use super::described;
use crate::book::{Book, use_book};
use crate::i18n::texts::conflict as words;
use crate::routes;
use crate::ui::{Empty, Glyph, Icon};

/// The list, and the conflict of the address beneath or beside it.
#[component]
pub fn ConflictsPage() -> impl IntoView {
    let path = use_location().pathname;
    let detail = Memo::new(move |_| path.read().trim_end_matches('/') != routes::CONFLICTS);
    view! {
        <div class="panes" data-detail=move || detail.get().to_string()>
            <section class="pane pane-list" aria-label=words::title>
                <List/>
            </section>
            <section class="pane pane-detail">
                <Outlet/>
            </section>
        </div>
    }
}

/// The open conflicts of this device: of each customer, newest first.
pub fn open(book: Book) -> Vec<(Option<RecordId>, Vec<Record>)> {
    book.read(|replica| {
        let groups = groups(replica.iter(&Kind::Conflict)).into_iter();
        groups
            .map(|group| (group.customer, group.conflicts.into_iter().cloned().collect()))
            .collect()
    })
}

#[component]
fn List() -> impl IntoView {
    let book = use_book();
    let open = Memo::new(move |_| open(book));
    let count = move || open.read().iter().map(|(_, conflicts)| conflicts.len()).sum::<usize>();
    view! {
        <div class="page">
            <div class="page-inner page-narrow">
                <header class="page-head">
                    <div>
                        <h1>{words::title}</h1>
                        <p role="status" data-test="conflict-count">
                            {move || if count() == 0 { words::none_open().to_owned() } else { words::open(count()) }}
                        </p>
                    </div>
                </header>
                <Show
                    when=move || !open.read().is_empty()
                    fallback=|| view! {
                        <Empty glyph=Glyph::Synced title=words::empty help=words::empty_help>
                            <A href=routes::TODAY attr:class="button">{crate::i18n::texts::app::to_today}</A>
                        </Empty>
                    }
                >
                    {move || {
                        let reader = book.profile().get().map(|profile| profile.user);
                        let groups = open.get().into_iter();
                        groups.map(|(customer, conflicts)| group(book, reader, customer, &conflicts)).collect_view()
                    }}
                </Show>
            </div>
        </div>
    }
}

fn group(
    book: Book,
    reader: Option<UserId>,
    customer: Option<RecordId>,
    conflicts: &[Record],
) -> impl IntoView + use<> {
    let name = described::customer_name(book, customer).unwrap_or_else(|| words::no_customer().to_owned());
    view! {
        <section class="sheet">
            <div class="sheet-head"><h2 class="clip">{name}</h2></div>
            <ul>{conflicts.iter().map(|record| row(book, reader, record)).collect_view()}</ul>
        </section>
    }
}

fn row(book: Book, reader: Option<UserId>, record: &Record) -> impl IntoView + use<> {
    let conflict = ConflictView(record);
    let subject = described::subject(book, conflict);
    let title = described::title(conflict, subject.as_ref());
    let sides = sides(conflict, reader).map(|side| {
        (
            described::writer(book, conflict, side),
            described::value(book, conflict, side.value),
        )
    });
    let when = described::when(book, record.created.at);
    view! {
        <li>
            <A href=routes::conflict(record.id) attr:class="row conflict-row" attr:data-test="conflict-row">
                <span class="row-main">
                    <span class="cluster spread">
                        <span class="row-title">{title}</span>
                        <time class="small quiet">{when}</time>
                    </span>
                    {sides.into_iter().map(|(writer, value)| view! {
                        <span class="row-detail clip">
                            {writer} " · " <span class="conflict-glimpse">{value}</span>
                        </span>
                    }).collect_view()}
                </span>
                <Icon glyph=Glyph::Forward size=18/>
            </A>
        </li>
    }
}
