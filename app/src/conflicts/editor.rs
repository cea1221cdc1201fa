//! Putting both versions into one text. What is typed is kept as a draft until it is saved or given up.

use leptos::prelude::*;
use rapport_shared::conflicts::{Choice, ConflictView};
use rapport_shared::record::Record;
use rapport_shared::schema::{self, Shape};
use serde_json::json;

use super::settling::Settling;
use crate::forms::{DraftNote, put_named_draft};
use crate::i18n::texts::conflict as words;
use crate::i18n::{field_name, texts};
use crate::ui::{Button, Field, Look, TextArea, page};

/// Under which name the draft holds the text.
const TEXT: &str = "text";

/// Where the text of the open conflict is kept.
fn draft_key(settling: Settling) -> String {
    settling.conflict.with_value(super::settling::draft_key)
}

/// Whether a text was begun and neither saved nor given up.
pub fn has_draft(settling: Settling) -> bool {
    settling.book.draft(&draft_key(settling)).is_some()
}

/// The editor, which starts with what both versions give together, or with the draft.
#[component]
pub fn Editor(
    settling: Settling,
    /// What both versions give together.
    start: String,
    /// Set to false when it is given up.
    open: RwSignal<bool>,
) -> impl IntoView {
    let Settling { book, .. } = settling;
    let key = draft_key(settling);
    let draft = book.draft(&key);
    let draft = draft.as_ref().and_then(|draft| draft.get(TEXT)?.as_str());
    let text = RwSignal::new(draft.map_or(start, str::to_owned));
    let (kind, path) = settling.conflict.with_value(|record| {
        let conflict = ConflictView(record);
        (conflict.record_kind(), conflict.path())
    });
    let known = kind.as_ref().zip(path.as_ref());
    let shape = known.and_then(|(kind, path)| schema::shape(kind, path));
    let shape = shape.unwrap_or(Shape::Line(schema::LONG_LINE));
    let is_long = shape == Shape::Text;
    let label = kind
        .zip(path)
        .map_or_else(String::new, |(kind, path)| field_name(&kind, &path));
    Effect::new(move |typed_before: Option<()>| {
        let typed = text.get();
        let customer = settling.conflict.with_value(Record::root);
        if let (Some(()), Some(customer), false) = (typed_before, customer, settling.working.get_untracked()) {
            put_named_draft(book, customer, draft_key(settling), json!({ TEXT: typed }));
        }
    });
    request_animation_frame(|| {
        page::focus_first("#input-combined");
    });
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let typed = text.get_untracked();
        settling.settle(Choice::Write(schema::read(shape, &typed, book.today())));
    };
    let give_up = move |()| {
        open.set(false);
        book.remove_draft(&draft_key(settling));
        request_animation_frame(|| {
            page::focus_first("[data-test=conflict-combine]");
        });
    };
    let input = if is_long {
        let help = words::combine_help;
        view! { <TextArea name="combined" label=label value=text help=help lines=8 test="combined"/> }.into_any()
    } else {
        view! { <Field name="combined" label=label value=text help=words::combine_help test="combined"/> }.into_any()
    };
    view! {
        <form class="sheet form" on:submit=save novalidate>
            <h2>{words::combine_title}</h2>
            {input}
            <div class="cluster">
                <Button
                    label=words::combine_save
                    look=Look::Primary
                    disabled=settling.working
                    test="combine-save"
                />
                <Button label=texts::common::cancel test="combine-cancel" on_press=give_up/>
                <DraftNote/>
            </div>
        </form>
    }
}
