//! One row of the list of customers.

use leptos::prelude::*;
use leptos_router::hooks::use_location;
use rapport_shared::ids::RecordId;
use rapport_shared::search::Query;
use rapport_shared::today::TodayParameters;

use super::digest::{Digest, Standing, open_conflicts, standing};
use super::state::ListState;
use crate::book::{Book, use_book};
use crate::i18n::texts::customers as words;
use crate::i18n::{choice, due, relative_day, texts};
use crate::routes;
use crate::ui::{Glyph, Icon, marked};

/// Name, short facts, last contact and next due; the whole row leads to the card.
#[component]
pub fn Row(
    /// The customer.
    id: RecordId,
    /// Whether Tab leads here.
    #[prop(default = Signal::stored(0))]
    tab: Signal<i32>,
) -> impl IntoView {
    let Some(state) = use_context::<ListState>() else {
        return ().into_any();
    };
    let book = use_book();
    let path = use_location().pathname;
    let address = routes::customer(id);
    let this = address.clone();
    let current = move || path.read().starts_with(&this).then_some("true");
    let digest = Memo::new(move |_| state.digest(id));
    // Of a customer read online, and while the book is being read, nothing is said about contacts.
    let whole = book.is_whole();
    let stands = Memo::new(move |_| {
        let is_held = || book.read(|replica| replica.kind(id).is_some());
        let now = (book.today(), book.utc_offset_minutes());
        let parameters = TodayParameters::next_at_customer(&book.settings());
        (whole.get() && is_held()).then(|| book.read(|replica| standing(replica, id, now, &parameters)))
    });
    let conflicts = Memo::new(move |_| match stands.get() {
        Some(stands) => stands.conflicts,
        None => book.read(|replica| open_conflicts(replica, id)),
    });
    view! {
        <a
            class="customer-row"
            href=address
            tabindex=move || tab.get().to_string()
            aria-current=current
            data-partial=move || stands.read().is_none().to_string()
            data-test="customer-row"
            data-id=id.to_string()
        >
            {move || digest.get().map(|digest| content(book, state, &digest, stands.get(), conflicts.get()))}
        </a>
    }
    .into_any()
}

fn content(
    book: Book,
    state: ListState,
    digest: &Digest,
    stands: Option<Standing>,
    conflicts: usize,
) -> impl IntoView + use<> {
    let today = book.today();
    let grade = digest.tier.map_or("–", |tier| tier.as_str());
    let name = digest.name.clone();
    let last = stands
        .and_then(|stands| stands.last_contact)
        .map(|at| relative_day(at.civil_date(book.utc_offset_minutes()), today));
    let has_last = last.is_some();
    let never = if stands.is_some() { words::never() } else { "" };
    let last = last.unwrap_or_else(|| never.to_owned());
    let next_due = stands.and_then(|stands| stands.next_due);
    let next = next_due.map(|day| due(day, today));
    let late = next_due.is_some_and(|day| day < today);
    let facts = facts(digest);
    let owner = digest.owner_name.clone();
    let mark = move || texts::conflict::open(conflicts);
    view! {
        <span class="grade" role="img" data-grade=grade aria-label=words::tier_label(grade)>{grade}</span>
        <span class="customer-row-name">
            <span class="clip">{move || highlighted(&name, &state.query.read())}</span>
            {(conflicts > 0).then(|| view! {
                <span class="customer-row-mark" role="img" data-test="row-conflicts" aria-label=mark title=mark>
                    <Icon glyph=Glyph::Fork size=16/>
                </span>
            })}
        </span>
        <span class="customer-row-facts clip">{facts}</span>
        <span class="customer-row-owner clip">{owner}</span>
        <span class="customer-row-last">
            {has_last.then(|| view! { <span class="customer-row-prefix">{words::last} " "</span> })}
            {last}
        </span>
        <span class="customer-row-due" data-late=late.to_string()>
            {next}
        </span>
    }
}

/// Type, industry and short name, as far as known.
fn facts(digest: &Digest) -> String {
    let kind = digest.kind.map(|kind| choice("type", kind.as_str()));
    let stage = digest.stage.map(|stage| choice("stage", stage.as_str()));
    let parts = [kind, digest.industry.clone(), stage, digest.short_name.clone()];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// The name with what meets the typed text marked.
fn highlighted(name: &str, query: &str) -> AnyView {
    marked(name, &Query::new(query).highlight(name))
}
