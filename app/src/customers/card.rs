//! The card of one customer: who they are, what was said, what they hold, and what contradicts itself.

use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::use_params_map;
use rapport_shared::access;
use rapport_shared::customers::{CustomerView, field};
use rapport_shared::ids::RecordId;
use rapport_shared::record::{Kind, Record};
use rapport_shared::schema::tag_text;

use super::conflicts::Conflicts;
use super::pins::Unpin;
use super::wider::WIDER;
use crate::book::{Book, use_book};
use crate::forms::Gone;
use crate::i18n::texts::card as words;
use crate::i18n::texts::in_charge;
use crate::i18n::{choice, date, person, texts};
use crate::parts::screen;
use crate::routes;
use crate::sections::{Card, FactSheets, Group, HistoryDialog, Sections};
use crate::ui::{Button, Dialog, Glyph, Icon};

/// The facts of a customer.
const GROUPS: &[Group] = &[
    (
        words::reach,
        &[
            field::PHONE,
            field::EMAIL,
            field::WECHAT,
            field::WEBSITE,
            field::VISITING_ADDRESS,
        ],
    ),
    (
        words::identity,
        &[
            field::CODE,
            field::CREDIT_CODE,
            field::ID_NUMBER,
            field::LEGAL_REPRESENTATIVE,
            field::FOUNDED,
            field::REGION,
            field::REGISTERED_ADDRESS,
            field::SEX,
            field::BIRTHDAY,
            field::OCCUPATION,
        ],
    ),
    (
        words::business,
        &[
            field::INDUSTRY,
            field::SIZE,
            field::NATURE,
            field::REGISTERED_CAPITAL,
            field::HEADCOUNT,
            field::PRODUCTS,
        ],
    ),
    (
        words::relation,
        &[
            field::SOURCE,
            field::SINCE,
            field::STAGE,
            field::TIER,
            field::RISK_RATING,
            "consent.call",
            "consent.message",
            "consent.letter",
            "consent.visit",
            field::REMARK,
        ],
    ),
];

/// The id in the address, when it is one.
pub(super) fn customer_in_address() -> Memo<Option<RecordId>> {
    let parameters = use_params_map();
    Memo::new(move |_| parameters.read().get("id").and_then(|id| id.parse().ok()))
}

/// Where the customer of the address is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Here(RecordId),
    /// Not on this device, and the user reads wider than what is.
    Elsewhere(RecordId),
    Nowhere,
}

/// The card at the address.
#[component]
pub fn CardPage() -> impl IntoView {
    let book = use_book();
    let id = customer_in_address();
    let place = Memo::new(move |_| {
        let reads_wider = book.profile().read().as_ref().and_then(access::wider).is_some();
        match id.get() {
            Some(id) if book.read(|replica| replica.get(id).is_some()) => Place::Here(id),
            Some(id) if reads_wider => Place::Elsewhere(id),
            _ => Place::Nowhere,
        }
    });
    move || match place.get() {
        Place::Here(id) => view! { <Held id/> }.into_any(),
        Place::Elsewhere(id) => screen(&WIDER, move |wider| (wider.card)(id)),
        Place::Nowhere => view! { <Gone/> }.into_any(),
    }
}

#[component]
fn Held(id: RecordId) -> impl IntoView {
    let book = use_book();
    let state = Card::new(book, id, None);
    provide_context(state);
    view! {
        <article class="page" data-test="customer-card">
            <div class="page-inner">
                <Head state/>
                <Conflicts state/>
                <Sheets state/>
            </div>
            <HistoryDialog state/>
        </article>
    }
}

/// What is known of the customer, whether it is held or read online.
#[component]
pub(super) fn Sheets(state: Card) -> impl IntoView {
    view! {
        <Sections card=state>
            <div class="card-facts"><FactSheets card=state groups=GROUPS/></div>
        </Sections>
    }
}

#[component]
fn Head(state: Card) -> impl IntoView {
    let id = state.id;
    view! {
        <header class="card-head">
            <A href=routes::CUSTOMERS attr:class="button card-back" attr:data-look="plain" attr:data-test="back">
                <Icon glyph=Glyph::Back/>
                <span>{texts::nav::customers}</span>
            </A>
            {move || state.own.get().map(|record| names(&record))}
            <div class="card-actions">
                <A
                    href=routes::new_record(id, &Kind::Note)
                    attr:class="button"
                    attr:data-look="primary"
                    attr:data-test="add-note"
                >
                    <Icon glyph=Glyph::Note/>
                    <span>{words::add_note}</span>
                </A>
                <A href=routes::new_record(id, &Kind::Touch) attr:class="button" attr:data-test="add-touch">
                    <Icon glyph=Glyph::Phone/>
                    <span>{words::add_touch}</span>
                </A>
                <A href=routes::edit_customer(id) attr:class="button" attr:data-quiet="true" attr:data-test="edit-customer">
                    <Icon glyph=Glyph::Edit/>
                    <span>{words::edit}</span>
                </A>
                <InCharge state/>
                <Unpin state/>
            </div>
        </header>
    }
}

/// The way to the dialog in which it is said who is in charge; nothing for those who may not.
#[component]
pub(super) fn InCharge(state: Card) -> impl IntoView {
    let book = use_book();
    let open = RwSignal::new(false);
    let may = Memo::new(move |_| book.profile().read().as_ref().and_then(access::wider).is_some());
    view! {
        <Show when=move || may.get()>
            <Button label=in_charge::open test="in-charge" on_press=move |()| open.set(true)/>
            <Dialog open title=in_charge::title>
                {screen(&WIDER, move |wider| (wider.in_charge)(state, open))}
            </Dialog>
        </Show>
    }
}

/// The names of those who help with the customer.
fn helpers(book: Book, customer: CustomerView<'_>) -> Option<String> {
    let names: Vec<String> = customer.co_managers().map(|user| person(book, user)).collect();
    (!names.is_empty()).then(|| in_charge::helpers(names.join(texts::common::list_separator())))
}

pub(super) fn names(record: &Record) -> impl IntoView + use<> {
    let book = use_book();
    let customer = CustomerView(record);
    let name = customer.name().to_owned();
    let short = record
        .text(field::SHORT_NAME)
        .filter(|short| *short != name)
        .map(str::to_owned);
    let grade = customer.tier().map(|tier| tier.as_str());
    let kind = customer.customer_type().map(|kind| choice("type", kind.as_str()));
    let stage = customer.stage().map(|stage| choice("stage", stage.as_str()));
    let owner = customer.owner();
    let owner = owner.and_then(|owner| book.read(|replica| replica.person_name(owner).map(str::to_owned)));
    let since = record.date(field::SINCE).map(|day| words::since(date(day)));
    let tags: Vec<String> = customer.tags().map(|tag| tag_text(tag).into_owned()).collect();
    let line: Vec<String> = [short, owner.map(words::owner), helpers(book, customer), since]
        .into_iter()
        .flatten()
        .collect();
    view! {
        <div class="card-name">
            {grade.map(|grade| view! {
                <span class="grade" role="img" data-grade=grade aria-label=texts::customers::tier_label(grade)>{grade}</span>
            })}
            <h1 data-test="customer-name">{name}</h1>
        </div>
        <p class="card-line" data-test="customer-line">
            {kind.map(|kind| view! { <span class="badge" data-tone="accent">{kind}</span> })}
            {stage.map(|stage| view! { <span class="badge">{stage}</span> })}
            {record.flag(field::RESTRICTED).then(|| view! {
                <span class="badge" data-tone="seal">{words::restricted}</span>
            })}
            {tags.into_iter().map(|tag| view! { <span class="badge">{tag}</span> }).collect_view()}
            <span>{line.join(" · ")}</span>
        </p>
    }
}
