//! Half-written forms of customers who have left this device: their forms cannot be opened any more, so what was
//! typed can be read, copied and given up here.

use leptos::prelude::*;
use rapport_shared::drafts::{Draft, Here, of_former_form};
use rapport_shared::ids::RecordId;
use rapport_shared::record::Kind;

use super::changes::{APART, CopyButton, TEXT};
use crate::book::{Book, Replica, use_book};
use crate::forms::here;
use crate::i18n::texts::{form, status as words};
use crate::i18n::{choice, field_name, value_text};
use crate::ui::{Button, Look, use_toasts};

/// A draft without a form.
#[derive(Clone, PartialEq)]
struct Stranded {
    key: String,
    kind: Kind,
    draft: Draft,
}

fn stranded(replica: &Replica, here: Here) -> Vec<Stranded> {
    let drafts = replica.drafts().filter(|key| {
        let customer = key.split('/').nth(1).and_then(|id| id.parse::<RecordId>().ok());
        customer.is_some_and(|customer| replica.get(customer).is_none())
    });
    let drafts = drafts.filter_map(|key| {
        let kind = Kind::from(key.split('/').next()?);
        let kept = replica.draft(key)?;
        Some(Stranded {
            draft: Draft::parse(kept).or_else(|| of_former_form(&kind, kept, None, here))?,
            key: key.to_owned(),
            kind,
        })
    });
    drafts.collect()
}

/// Name of the customer, if known, and kind of the form.
fn subject(stranded: &Stranded) -> String {
    let kind = choice("kind", stranded.kind.name());
    match &stranded.draft.customer_name {
        Some(name) => format!("{name} · {kind}"),
        None => kind,
    }
}

/// What was typed, a line for each field.
fn typed(book: Book, Stranded { kind, draft, .. }: &Stranded) -> String {
    let told = draft.changes.iter().filter(|(path, change)| {
        let is_told = !APART.contains(&path.as_str()) || path.as_str() == TEXT;
        is_told && !change.to.is_null()
    });
    let lines = told.map(|(path, change)| match change.to.as_str() {
        Some(text) if path.as_str() == TEXT => text.to_owned(),
        _ => format!(
            "{}: {}",
            field_name(kind, path),
            value_text(book, kind, path, &change.to)
        ),
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The sheet of such drafts; nothing when there is none.
#[component]
pub fn StrandedDrafts() -> impl IntoView {
    let book = use_book();
    let drafts = Memo::new(move |_| book.read(|replica| stranded(replica, here(book))));
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
    let key = draft.key.clone();
    let copied = format!("{subject}\n{text}");
    let discard = move |()| {
        book.remove_draft(&key);
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

#[cfg(test)]
mod tests {
    use rapport_shared::drafts::{Here, draft_key};
    use rapport_shared::ids::RecordId;
    use rapport_shared::kinds;
    use rapport_shared::record::Kind;
    use rapport_shared::sync::replica::{LogEntry, Op};
    use rapport_shared::time::Timestamp;
    use serde_json::json;

    use super::stranded;
    use crate::book::Replica;

    /// Whatever was typed about a root that has left the device is found here, whichever form it was typed in.
    #[test]
    fn a_draft_of_any_kind_whose_root_is_gone_is_told() {
        let here = Here {
            now: Timestamp::default(),
            utc_offset_minutes: 480,
        };
        let (root, record) = (RecordId::from_u128(7), RecordId::from_u128(9));
        for kind in Kind::KNOWN {
            let described = kinds::of(kind);
            let keys = [
                described.readers().map(|_| draft_key(kind, Some(root), None)),
                described
                    .lies_under(&Kind::Customer)
                    .then(|| draft_key(kind, Some(root), None)),
                described
                    .lies_under(&Kind::Customer)
                    .then(|| draft_key(kind, Some(root), Some(record))),
            ];
            for key in keys.into_iter().flatten() {
                let kept =
                    json!({ "base": 0, "changes": { "name": { "from": null, "to": "x" } }, "customer_name": "y" });
                let mut replica = Replica::default();
                replica.apply(LogEntry(vec![Op::PutDraft {
                    key: key.clone(),
                    value: kept,
                }]));
                let found = stranded(&replica, here);
                assert_eq!(found.len(), 1, "{key}");
                assert!(
                    found.iter().all(|found| found.kind == *kind && found.key == key),
                    "{key}"
                );
                assert!(
                    found
                        .iter()
                        .all(|found| found.draft.customer_name.as_deref() == Some("y")),
                    "{key}"
                );
            }
        }
    }
}
