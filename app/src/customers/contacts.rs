//! Key people of the customer, to be called with one tap. They are written in their own form.

use leptos::prelude::*;
use leptos_router::components::A;
use rapport_shared::contacts::{ContactView, field};
use rapport_shared::record::{Kind, Record};

use crate::i18n::texts::card as words;
use crate::i18n::{choice, texts};
use crate::routes;
use crate::sections::{Adds, Card, Frame, Section, entries, facts};
use crate::ui::{Glyph, Icon, IconButton, page, use_toasts};

/// Everything that is known of a key person, in the order of the form.
const DETAILS: &[&str] = &[
    field::NAME,
    field::ROLE,
    field::BIRTHDAY,
    "phone.mobile",
    "phone.office",
    "phone.home",
    "phone.other",
    field::EMAIL,
    field::WECHAT,
    field::PREFERRED_CHANNEL,
    field::DECISION_ROLE,
    field::POWER,
    field::ATTITUDE,
    field::REMARK,
];

/// The sheet of key people.
pub static SECTION: Section = Section {
    name: "contacts",
    title: words::contacts,
    none: words::no_contacts,
    adds: Some(Adds {
        kind: Kind::Contact,
        words: texts::contact::add,
    }),
    frame: Frame::Rows,
    first: usize::MAX,
    of: |records| entries(records, &Kind::Contact, |a, b| a.id.cmp(&b.id)),
    row: |card, entry| contact(card, &entry.record).into_any(),
};

fn contact(state: Card, record: &Record) -> impl IntoView + use<> {
    let view = ContactView(record);
    let role = view.role().map(str::to_owned);
    let part = view.decision_role().map(|role| choice("decision_role", role.as_str()));
    let phones: Vec<(String, String)> = view
        .phones()
        .map(|(kind, number)| (choice("phone", kind), number.to_owned()))
        .collect();
    let email = record.text(field::EMAIL).map(str::to_owned);
    let remark = record.text(field::REMARK).map(str::to_owned);
    let (id, person, named) = (record.id, record.clone(), view.name().to_owned());
    let edit = move || texts::contact::edit(&named);
    view! {
            <div class="row-main">
                <p class="cluster">
                    <span class="row-title" data-test="contact-name">{view.name().to_owned()}</span>
                    <span class="row-detail">{role}</span>
                    {part.map(|part| view! { <span class="badge">{part}</span> })}
                </p>
                <div class="contact-lines">
                    {phones.into_iter().map(|(kind, number)| view! { <Phone kind number/> }).collect_view()}
                </div>
                {email.map(|email| {
                    let address = format!("mailto:{email}");
                    view! { <p class="small"><a class="link" href=address>{email}</a></p> }
                })}
                {remark.map(|remark| view! { <p class="row-detail">{remark}</p> })}
            </div>
            {(!state.source.is_online()).then(|| view! {
                <A
                    href=routes::edit_record(state.id, &Kind::Contact, id)
                    attr:class="icon-button"
                    attr:aria-label=edit.clone()
                    attr:title=edit
                    attr:data-test="edit-contact"
                >
                    <Icon glyph=Glyph::Edit/>
                </A>
            })}
            <details class="contact-details">
                <summary class="quiet small" data-test="contact-details">
                    <span>{texts::contact::details}</span>
                    <Icon glyph=Glyph::Down size=16/>
                </summary>
                {move || facts(state, &person, DETAILS)}
            </details>
    }
}

/// A number to call or copy.
#[component]
fn Phone(kind: String, number: String) -> impl IntoView {
    let toasts = use_toasts();
    let (call, copy, copied) = (number.clone(), number.clone(), number.clone());
    let address = format!("tel:{number}");
    view! {
        <span class="phone">
            <a href=address aria-label=move || words::call(&call)>
                <Icon glyph=Glyph::Phone size=18/>
                <span>{number}</span>
            </a>
            <span class="small quiet">{kind}</span>
            <IconButton
                label=move || words::copy_number(&copy)
                glyph=Glyph::Copy
                on_press=move |()| {
                    page::copy_text(&copied);
                    toasts.say(texts::common::copied());
                }
            />
        </span>
    }
}
