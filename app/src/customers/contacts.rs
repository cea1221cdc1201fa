//! Key people of the customer, to be called with one tap.

use leptos::prelude::*;
use rapport_shared::contacts::{ContactView, field};
use rapport_shared::sync::record::{Kind, Record};

use super::card::CardState;
use crate::i18n::texts::card as words;
use crate::i18n::{choice, texts};
use crate::ui::{Glyph, Icon, IconButton, page, use_toasts};

/// The sheet of key people.
#[component]
pub fn Contacts(
    /// The card.
    state: CardState,
) -> impl IntoView {
    let contacts = Memo::new(move |_| {
        let records = state.records.read();
        records
            .iter()
            .filter(|record| record.kind == Kind::Contact)
            .cloned()
            .collect::<Vec<_>>()
    });
    view! {
        <section class="sheet card-contacts">
            <div class="sheet-head"><h2>{words::contacts}</h2></div>
            {move || contacts.read().is_empty().then(|| view! { <p class="quiet">{words::no_contacts}</p> })}
            <ul>{move || contacts.get().iter().map(contact).collect_view()}</ul>
        </section>
    }
}

fn contact(record: &Record) -> impl IntoView + use<> {
    let view = ContactView(record);
    let role = view.role().map(str::to_owned);
    let part = view.decision_role().map(|role| choice("decision_role", role.as_str()));
    let phones: Vec<(String, String)> = view
        .phones()
        .map(|(kind, number)| (choice("phone", kind), number.to_owned()))
        .collect();
    let email = record.text(field::EMAIL).map(str::to_owned);
    let remark = record.text(field::REMARK).map(str::to_owned);
    view! {
        <li class="row" data-test="contact">
            <div class="row-main">
                <p class="cluster">
                    <span class="row-title">{view.name().to_owned()}</span>
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
        </li>
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
                <span class="small quiet">{kind}</span>
            </a>
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
