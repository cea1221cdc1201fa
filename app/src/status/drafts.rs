//! Half-written forms of customers who have left this device: their forms cannot be opened any more, so what was
//! typed can be read, copied and given up here.

use leptos::prelude::*;
use rapport_shared::ids::RecordId;
use rapport_shared::record::{FieldPath, Kind};
use serde_json::Value;

use super::changes::CopyButton;
use crate::book::{Book, Replica, use_book};
use crate::forms::DRAFT_CUSTOMER_NAME;
use crate::i18n::texts::{form, note, status as words};
use crate::i18n::{choice, field_name, value_text};
use crate::ui::{Button, Look, use_toasts};

/// A draft without a form.
#[derive(Clone, PartialEq)]
struct Stranded {
    key: String,
    value: Value,
}

fn stranded(replica: &Replica) -> Vec<Stranded> {
    let drafts = replica.drafts().filter(|key| {
        let customer = key.split('/').nth(1).and_then(|id| id.parse::<RecordId>().ok());
        customer.is_some_and(|customer| replica.get(customer).is_none())
    });
    let drafts = drafts.filter_map(|key| {
        Some(Stranded {
            key: key.to_owned(),
            value: replica.draft(key)?.clone(),
        })
    });
    drafts.collect()
}

/// Name of the customer, if known, and kind of the form.
fn subject(draft: &Stranded) -> String {
    let kind = draft.key.split('/').next().unwrap_or_default();
    let kind = choice("kind", kind);
    match draft.value.get(DRAFT_CUSTOMER_NAME).and_then(Value::as_str) {
        Some(name) => format!("{name} · {kind}"),
        None => kind,
    }
}

/// What was typed, a line for each field.
fn typed(book: Book, draft: &Stranded) -> String {
    let kind = Kind::from(draft.key.split('/').next().unwrap_or_default());
    let fields = draft.value.as_object().into_iter().flatten();
    let texts = fields.filter_map(|(name, value)| {
        let text = value.as_str().filter(|text| !text.is_empty())?;
        match name.as_str() {
            DRAFT_CUSTOMER_NAME | "next_choice" => None,
            "text" => Some(text.to_owned()),
            // Not named as in the record.
            "visited_on" => Some(format!("{}: {text}", note::visited_on())),
            "reason" => Some(format!("{}: {text}", note::reason())),
            _ => {
                let path = FieldPath::parse(name).ok()?;
                Some(format!(
                    "{}: {}",
                    field_name(&kind, &path),
                    value_text(book, &kind, &path, value)
                ))
            }
        }
    });
    texts.collect::<Vec<_>>().join("\n")
}

/// The sheet of such drafts; nothing when there is none.
#[component]
pub fn StrandedDrafts() -> impl IntoView {
    let book = use_book();
    let drafts = Memo::new(move |_| book.read(stranded));
    view! {
        <Show when=move || !drafts.read().is_empty()>
            <section class="sheet">
                <div class="sheet-head">
                    <h2>{words::drafts} <span class="figure">{move || drafts.read().len()}</span></h2>
                </div>
                <p class="quiet">{words::drafts_help}</p>
                <ul>{move || drafts.get().into_iter().map(|draft| view! { <Row draft/> }).collect_view()}</ul>
            </section>
        </Show>
    }
}

#[component]
fn Row(draft: Stranded) -> impl IntoView {
    let (book, toasts) = (use_book(), use_toasts());
    let (subject, text) = (subject(&draft), typed(book, &draft));
    let copied = format!("{subject}\n{text}");
    let discard = move |()| {
        book.remove_draft(&draft.key);
        toasts.say(form::draft_discarded());
    };
    view! {
        <li class="row" data-test="stranded-draft">
            <div class="row-main stack stack-tight">
                <p class="row-title">{subject}</p>
                <p class="timeline-text">{text}</p>
                <div class="cluster">
                    <CopyButton text=copied/>
                    <Button label=form::draft_discard look=Look::Danger test="discard-draft" on_press=discard/>
                </div>
            </div>
        </li>
    }
}
