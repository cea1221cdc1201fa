//! Changes that are not with the server: those waiting, and those it refused, each with its reason and what can be
//! done about it.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::components::A;
use leptos_router::hooks::use_navigate;
use rapport_shared::drafts::{self, Draft, Reopened};
use rapport_shared::ids::RecordId;
use rapport_shared::kinds;
use rapport_shared::record::mutation::{Mutation, Operation};
use rapport_shared::record::{Kind, Scope, Version};
use rapport_shared::settings;
use rapport_shared::sync::replica;
use serde_json::Value;

use crate::book::{Book, use_book};
use crate::forms;
use crate::i18n::texts::status as words;
use crate::i18n::{choice, field_name, refusal, texts, time, value_text};
use crate::routes;
use crate::ui::{Button, Look, page, use_toasts};

/// What a change is about, in words.
#[derive(Clone)]
struct Described {
    subject: String,
    what: String,
    when: String,
    address: Option<String>,
    /// What was written, where it is a text.
    text: Option<String>,
    /// The other fields: label, value before (where there was one) and value wanted.
    values: Vec<(String, Option<String>, String)>,
}

/// The name of a customer, or another root, on this device.
fn held_name(book: Book, id: RecordId) -> Option<String> {
    book.read(|replica| {
        let root = replica.get(id)?;
        Some(kinds::name_of(root).unwrap_or_default().to_owned())
    })
}

/// `remembered`: the name of the customer where the customer itself may be gone.
fn describe(book: Book, mutation: &Mutation, remembered: Option<&str>) -> Described {
    let kind = match &mutation.kind {
        Kind::Other(_) => choice("kind", "other"),
        known => choice("kind", known.name()),
    };
    let customer = match mutation.scope {
        Scope::Under(id) => Some(id),
        Scope::Organisation | Scope::User(_) => None,
    };
    let known = customer.and_then(|id| held_name(book, id));
    let name = known.or_else(|| remembered.map(str::to_owned));
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
        text: mutation
            .operation
            .wanted(TEXT)
            .and_then(Value::as_str)
            .map(str::to_owned),
        values: values(book, mutation),
        when: time(mutation.at, book.today(), book.utc_offset_minutes()),
        address: customer.map(|id| match mutation.kind {
            Kind::Customer => routes::edit_customer(id),
            _ => book.read(|replica| {
                let kind = replica.get(id).map_or(&Kind::Customer, |root| &root.kind);
                routes::root(kind, id)
            }),
        }),
    }
}

/// Fields not listed: the text stands by itself, and the ids of other records say nothing to a reader.
pub(super) const APART: [&str; 4] = ["note", "revises", TEXT, "visit"];
/// The field whose text says by itself what it is.
pub(super) const TEXT: &str = "text";

fn values(book: Book, mutation: &Mutation) -> Vec<(String, Option<String>, String)> {
    let Operation::Write(changes) = &mutation.operation else {
        return Vec::new();
    };
    let kind = &mutation.kind;
    let changes = changes.iter().filter(|(path, _)| !APART.contains(&path.as_str()));
    let changes = changes.map(|(path, change)| {
        let text = |value: &Value| value_text(book, kind, path, value);
        let from = (!change.from.is_null()).then(|| text(&change.from));
        (field_name(kind, path), from, text(&change.to))
    });
    changes.collect()
}

/// All of a change as one text to copy.
fn as_text(described: &Described) -> String {
    let head = format!("{} · {}", described.subject, described.when);
    let values = described.values.iter().map(|(label, from, to)| match from {
        Some(from) => format!("{label}: {from} → {to}"),
        None => format!("{label}: {to}"),
    });
    let lines = std::iter::once(head).chain(values).chain(described.text.clone());
    lines.collect::<Vec<_>>().join("\n")
}

/// Lays what was refused into the form it came from, as a draft; the address of that form. The refused change stays
/// until the user gives it up or sends it again.
fn reopen(book: Book, mutation: &Mutation, customer_name: Option<String>) -> Option<String> {
    let is_here = |id| book.read_untracked(|replica| replica.get(id).is_some());
    let reopened = drafts::reopened(mutation, is_here)?;
    let (key, address) = form_of(mutation, &reopened);
    let draft = Draft {
        customer_name,
        // It is told as what was typed before, and can be given up.
        writer: Some(book.new_record_id()),
        ..reopened.draft
    };
    forms::put_before(book, &key, &draft);
    Some(address)
}

/// Where the form that a change came from keeps its draft, and where it stands.
fn form_of(mutation: &Mutation, reopened: &Reopened) -> (String, String) {
    let kind = &mutation.kind;
    let wanted = |field: &str| mutation.operation.wanted(field).and_then(Value::as_str);
    if let Some(name) = wanted(settings::field::NAME).filter(|_| *kind == Kind::Setting) {
        return (routes::parameter_draft(name), routes::parameter(name));
    }
    let key = drafts::draft_key(kind, reopened.root, reopened.record.or(reopened.revises));
    let address = match (reopened.root, reopened.record, reopened.revises) {
        (None, ..) if *kind == Kind::Customer => routes::NEW_CUSTOMER.to_owned(),
        (None, Some(record), _) => routes::own(kind, record),
        (None, None, _) => routes::new_own(kind),
        (Some(root), None, None) if *kind == Kind::Customer => routes::edit_customer(root),
        (Some(root), None, None) if kinds::of(kind).readers().is_some() => routes::own(kind, root),
        (Some(root), Some(record), _) => routes::edit_record(root, kind, record),
        (Some(root), None, Some(revised)) => routes::correction(root, kind, revised),
        (Some(root), None, None) => routes::new_record(root, kind),
    };
    (key, address)
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
    let waiting = Memo::new(move |_| book.read(|replica| replica.outbox().iter().cloned().collect::<Vec<_>>()));
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
                        let described = describe(book, mutation, None);
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
    let refused = Memo::new(move |_| book.read(|replica| replica.refused().to_vec()));
    view! {
        <Show when=move || !refused.read().is_empty()>
            <section class="sheet">
                <div class="sheet-head">
                    <h2>{words::refused} <span class="figure">{move || refused.read().len()}</span></h2>
                </div>
                <p class="quiet">{words::refused_help}</p>
                <ul>
                    {move || refused.get().into_iter().map(|refused| view! { <RefusedRow refused/> }).collect_view()}
                </ul>
            </section>
        </Show>
    }
}

#[component]
fn RefusedRow(refused: replica::Refused) -> impl IntoView {
    let (book, toasts) = (use_book(), use_toasts());
    let navigate = use_navigate();
    let mutation = refused.mutation;
    let id = mutation.id;
    let described = describe(book, &mutation, refused.customer_name.as_deref());
    let why = refusal(&mutation.kind, &refused.refusal);
    let field = refused.refusal.field.as_ref();
    let field = field.map(|path| format!("{}: ", field_name(&mutation.kind, path)));
    // Without its customer a change has no form to be mended in.
    let gone = match mutation.scope {
        Scope::Under(customer) => !is_new_customer(&mutation) && held_name(book, customer).is_none(),
        Scope::Organisation | Scope::User(_) => false,
    };
    let copied = as_text(&described);
    let address = described.address.clone();
    let has_form = forms::form_of(&mutation.kind).is_some();
    let name = refused.customer_name.clone();
    let edit = move |()| {
        let form = if has_form {
            reopen(book, &mutation, name.clone())
        } else {
            None
        };
        if let Some(address) = form.or(address.clone()) {
            navigate(&address, NavigateOptions::default());
        }
    };
    view! {
        <li class="row" data-test="refused-row">
            <div class="row-main stack stack-tight">
                <div>{words_of(&described)}</div>
                {values_of(&described)}
                <p class="field-error">{field} {why}</p>
                {gone.then(|| view! { <p class="small quiet" data-test="refused-gone">{words::refused_gone}</p> })}
                <div class="cluster">
                    {(!gone).then(|| view! { <Button label=words::edit test="edit-refused" on_press=edit/> })}
                    <CopyButton text=copied/>
                    <Button label=words::resend test="resend" on_press=move |()| book.resend_refused(id)/>
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
}

fn is_new_customer(mutation: &Mutation) -> bool {
    mutation.kind == Kind::Customer && mutation.base == Version::NONE
}

fn values_of(described: &Described) -> impl IntoView + use<> {
    let values = described.values.clone().into_iter().map(|(label, from, to)| {
        view! {
            <div class="change">
                <dt class="small quiet">{label}</dt>
                <dd class="change">
                    {from.map(|from| view! { <del>{from}</del> <span aria-hidden="true">"→"</span> })}
                    <ins>{to}</ins>
                </dd>
            </div>
        }
    });
    view! { <dl data-test="refused-values">{values.collect_view()}</dl> }
}

/// Puts `text` on the clipboard, for what has to go on elsewhere.
#[component]
pub(super) fn CopyButton(text: String) -> impl IntoView {
    let toasts = use_toasts();
    let copy = move |()| {
        page::copy_text(&text);
        toasts.say(texts::common::copied());
    };
    view! { <Button label=words::copy test="copy" on_press=copy/> }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use rapport_shared::drafts::reopened;
    use rapport_shared::ids::{DeviceId, MutationId, RecordId, UserId};
    use rapport_shared::kinds;
    use rapport_shared::record::mutation::{Edit, Mutation};
    use rapport_shared::record::{FieldPath, Kind, Scope, Version};
    use rapport_shared::time::Timestamp;

    use super::form_of;

    #[expect(clippy::unwrap_used, reason = "a test may fail loudly")]
    fn told(kind: &Kind, scope: Scope, base: Version) -> (String, String) {
        let edit =
            Edit::create(RecordId::from_u128(9), kind.clone(), scope).set(FieldPath::known("name"), "upcoming_days");
        let mutation = Mutation {
            id: MutationId::from_u128(1),
            device: DeviceId::from_u128(1),
            device_seq: 1,
            author: UserId::from_u128(1),
            at: Timestamp::default(),
            record: edit.record,
            kind: edit.kind,
            scope: edit.scope,
            base,
            operation: edit.operation,
            unknown: Default::default(),
        };
        form_of(&mutation, &reopened(&mutation, |_| true).unwrap())
    }

    #[test]
    fn a_refused_change_of_any_kind_reopens_in_a_form_of_that_kind() {
        let [own, user] = [RecordId::from_u128(9), RecordId::from_u128(1)];
        let mut keys = BTreeSet::new();
        for kind in Kind::KNOWN {
            let described = kinds::of(kind);
            let scopes = [
                described.readers().map(|_| Scope::Under(own)),
                described
                    .lies_under(&Kind::Customer)
                    .then_some(Scope::Under(RecordId::from_u128(7))),
                (*kind == Kind::Task).then(|| Scope::User(UserId::from_u128(u128::from_be_bytes(*user.as_bytes())))),
                (*kind == Kind::Setting).then_some(Scope::Organisation),
            ];
            for scope in scopes.into_iter().flatten() {
                for base in [Version::NONE, Version(3)] {
                    let (key, address) = told(kind, scope, base);
                    assert!(key.starts_with(kind.name()), "{kind} {scope:?}: {key}");
                    let named = match kind {
                        Kind::Customer => "/customers/".to_owned(),
                        Kind::Setting => "/settings/parameters/upcoming_days".to_owned(),
                        _ => format!("/{kind}/"),
                    };
                    assert!(address.contains(&named), "{kind} {scope:?}: {address}");
                    assert!(
                        keys.insert((key, address.clone())) || *kind == Kind::Setting,
                        "{kind}: {address}"
                    );
                }
            }
        }
    }
}
