//! Changes that are not with the server: those waiting, and those it refused, each with its reason and what can be
//! done about it.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::components::A;
use leptos_router::hooks::use_navigate;
use rapport_shared::customers::CustomerView;
use rapport_shared::sync::mutation::{Mutation, Operation};
use rapport_shared::sync::record::{Kind, Scope, Version};
use serde_json::Value;

use crate::book::{Book, use_book};
use crate::i18n::texts::status as words;
use crate::i18n::{choice, field_name, refusal, time};
use crate::routes;
use crate::ui::{Button, Look, use_toasts};

/// What a change is about, in words.
struct Described {
    subject: String,
    what: String,
    when: String,
    address: Option<String>,
    /// What was written, where it is a text.
    text: Option<String>,
}

fn describe(book: Book, mutation: &Mutation) -> Described {
    let kind = match &mutation.kind {
        Kind::Other(_) => choice("kind", "other"),
        known => choice("kind", known.name()),
    };
    let customer = match mutation.scope {
        Scope::Customer(id) => Some(id),
        Scope::Organisation | Scope::User(_) => None,
    };
    let name = customer.and_then(|id| {
        book.read(|replica| {
            replica
                .get(id)
                .and_then(CustomerView::of)
                .map(|customer| customer.name().to_owned())
        })
    });
    let what = match &mutation.operation {
        Operation::Delete => words::change_delete().to_owned(),
        Operation::Write(_) if mutation.base == Version::NONE => words::change_new().to_owned(),
        Operation::Write(changes) => {
            let fields: Vec<String> = changes.keys().map(|path| field_name(&mutation.kind, path)).collect();
            words::change_edit(fields.join(" "))
        }
    };
    Described {
        subject: name.map_or_else(|| kind.clone(), |name| format!("{name} · {kind}")),
        what,
        text: written(mutation, "text").and_then(Value::as_str).map(str::to_owned),
        when: time(mutation.at, book.today(), book.utc_offset_minutes()),
        address: customer.map(|id| match mutation.kind {
            Kind::Customer => routes::edit_customer(id),
            _ => routes::customer(id),
        }),
    }
}

/// What the change wants a field to be.
fn written<'a>(mutation: &'a Mutation, path: &str) -> Option<&'a Value> {
    match &mutation.operation {
        Operation::Write(changes) => changes.get(path).map(|change| &change.to),
        Operation::Delete => None,
    }
}

/// Lays what was refused into the form it came from, as a draft; the address of that form. The refused change stays
/// until the user gives it up or sends it again.
fn reopen(book: Book, mutation: &Mutation) -> Option<String> {
    let Scope::Customer(customer) = mutation.scope else {
        return None;
    };
    let Operation::Write(changes) = &mutation.operation else {
        return None;
    };
    let mut draft = serde_json::Map::new();
    for (path, change) in changes {
        let text = match &change.to {
            Value::Number(number) => Value::String(number.to_string()),
            other => other.clone(),
        };
        draft.insert(path.as_str().to_owned(), text);
    }
    let (key, address) = match mutation.kind {
        Kind::Customer if mutation.base == Version::NONE => {
            (routes::customer_draft(None), routes::NEW_CUSTOMER.to_owned())
        }
        Kind::Customer => (routes::customer_draft(Some(customer)), routes::edit_customer(customer)),
        Kind::Note => (routes::note_draft(customer, None), routes::note(customer)),
        Kind::Touch => (routes::touch_draft(customer), routes::touch(customer)),
        _ => return None,
    };
    book.put_draft(key, Value::Object(draft));
    Some(address)
}

fn words_of(described: &Described) -> impl IntoView + use<> {
    view! {
        <p class="row-title">{described.subject.clone()}</p>
        <p class="row-detail">{described.what.clone()} " · " <time>{described.when.clone()}</time></p>
        {described.text.clone().map(|text| view! { <p class="timeline-text">{text}</p> })}
    }
}

/// What waits to be sent.
#[component]
pub fn Unsent() -> impl IntoView {
    let book = use_book();
    let waiting = Memo::new(move |_| book.read(|replica| replica.outbox().to_vec()));
    view! {
        <section class="sheet">
            <div class="sheet-head">
                <h2>{words::unsent} <span class="figure">{move || waiting.read().len()}</span></h2>
            </div>
            <Show
                when=move || !waiting.read().is_empty()
                fallback=|| view! { <p class="quiet">{words::unsent_none}</p> }
            >
                <ul>
                    {move || waiting.read().iter().rev().map(|mutation| {
                        let described = describe(book, mutation);
                        view! {
                            <li class="row" data-test="unsent-row">
                                <div class="row-main">{words_of(&described)}</div>
                                <Open address=described.address/>
                            </li>
                        }
                    }).collect_view()}
                </ul>
            </Show>
        </section>
    }
}

#[component]
fn Open(address: Option<String>) -> impl IntoView {
    address.map(|address| view! { <A href=address attr:class="button" attr:data-look="plain">{words::open}</A> })
}

/// What the server did not take.
#[component]
pub fn Refused() -> impl IntoView {
    let book = use_book();
    let toasts = use_toasts();
    let navigate = use_navigate();
    let open = Callback::new(move |address: String| navigate(&address, NavigateOptions::default()));
    let refused = Memo::new(move |_| {
        book.read(|replica| {
            let pairs = replica
                .refused()
                .iter()
                .map(|refused| (refused.mutation.clone(), refused.refusal.clone()));
            pairs.collect::<Vec<_>>()
        })
    });
    let row = move |mutation: &Mutation, reason: &rapport_shared::sync::wire::Refusal| {
        let described = describe(book, mutation);
        let id = mutation.id;
        let again = mutation.clone();
        let why = refusal(&mutation.kind, reason);
        let field = reason.field.as_ref().map(|path| field_name(&mutation.kind, path));
        view! {
            <li class="row" data-test="refused-row">
                <div class="row-main">
                    {words_of(&described)}
                    <p class="field-error">{field.map(|field| format!("{field}: "))} {why}</p>
                    <div class="cluster">
                        <Button
                            label=words::edit
                            test="edit-refused"
                            on_press=move |()| {
                                if let Some(address) = reopen(book, &again).or(described.address.clone()) {
                                    open.run(address);
                                }
                            }
                        />
                        <Button
                            label=words::resend
                            test="resend"
                            on_press=move |()| book.resend_refused(id)
                        />
                        <Button
                            label=words::discard
                            look=Look::Danger
                            test="discard"
                            on_press=move |()| {
                                book.discard_refused(id);
                                toasts.say(words::discarded());
                            }
                        />
                    </div>
                </div>
            </li>
        }
    };
    view! {
        <Show when=move || !refused.read().is_empty()>
            <section class="sheet">
                <div class="sheet-head">
                    <h2>{words::refused} <span class="figure">{move || refused.read().len()}</span></h2>
                </div>
                <p class="quiet">{words::refused_help}</p>
                <ul>{move || refused.read().iter().map(|(mutation, reason)| row(mutation, reason)).collect_view()}</ul>
            </section>
        </Show>
    }
}
