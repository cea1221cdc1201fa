//! Changes that are not with the server: those waiting, and those it refused, each with its reason and what can be
//! done about it.

use leptos::prelude::*;
use leptos_router::components::A;
use rapport_shared::customers::CustomerView;
use rapport_shared::sync::mutation::{Mutation, Operation};
use rapport_shared::sync::record::{Kind, Scope, Version};

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
        when: time(mutation.at, book.today(), book.utc_offset_minutes()),
        address: customer.map(|id| match mutation.kind {
            Kind::Customer => routes::edit_customer(id),
            _ => routes::customer(id),
        }),
    }
}

fn words_of(described: &Described) -> impl IntoView + use<> {
    view! {
        <p class="row-title">{described.subject.clone()}</p>
        <p class="row-detail">{described.what.clone()} " · " <time>{described.when.clone()}</time></p>
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
        let why = refusal(&mutation.kind, reason);
        let field = reason.field.as_ref().map(|path| field_name(&mutation.kind, path));
        view! {
            <li class="row" data-test="refused-row">
                <div class="row-main">
                    {words_of(&described)}
                    <p class="field-error">{field.map(|field| format!("{field}: "))} {why}</p>
                    <div class="cluster">
                        <Open address=described.address/>
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
