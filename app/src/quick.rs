//! Quick entry: a note or touch is written first and filed to a customer afterwards. Until then it is a sealed draft of
//! nobody's; then it is the draft of that customer's form, where the rest is filled in. It submits nothing itself.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use rapport_shared::ids::RecordId;
use rapport_shared::record::Kind;
use serde_json::json;

use crate::book::{Book, use_book};
use crate::filing::{TEXT, WRITTEN, unfiled_key};
use crate::finding::CustomerPicker;
use crate::forms::{self, DraftNote, FormOf, Subject};
use crate::i18n::texts;
use crate::i18n::texts::quick as words;
use crate::routes::{self, Leave};
use crate::ui::{Button, Glyph, Look, TextArea, Toasts, use_toasts};

/// The page for what is written at the address.
#[component]
pub fn WritePage() -> impl IntoView {
    let parameters = use_params_map();
    let at = Memo::new(move |_| {
        let parameters = parameters.read();
        let kind = parameters.get("kind").map(|kind| Kind::from(kind.as_str()))?;
        let id: RecordId = parameters.get("draft")?.parse().ok()?;
        WRITTEN.contains(&kind).then_some((kind, id))
    });
    move || at.get().map(|(kind, id)| view! { <Write kind id/> })
}

/// What is written, and what becomes of it.
#[derive(Clone, Copy)]
struct Written {
    book: Book,
    toasts: Toasts,
    kind: StoredValue<Kind>,
    key: StoredValue<String>,
    /// The form in which it goes on.
    form: Option<&'static FormOf>,
    text: RwSignal<String>,
    leave: Leave,
}

impl Written {
    /// Goes on with what was written before under this address, and keeps what is typed from now on.
    fn open(book: Book, kind: Kind, id: RecordId) -> Self {
        let key = unfiled_key(&kind, id);
        let kept = book
            .draft(&key)
            .and_then(|draft| draft.get(TEXT)?.as_str().map(str::to_owned));
        let written = Self {
            book,
            toasts: use_toasts(),
            form: forms::form_of(&kind),
            kind: StoredValue::new(kind),
            key: StoredValue::new(key),
            text: RwSignal::new(kept.unwrap_or_default()),
            leave: routes::use_leave(routes::TODAY.to_owned()),
        };
        written.leave.on_escape();
        Effect::new(move |last: Option<String>| {
            let text = written.text.get();
            if last.is_some_and(|last| last != text) {
                keep(book, written.key.get_value(), &text);
            }
            text
        });
        written
    }

    /// Hands what was written to the form of that customer; what lies there already stays before it.
    fn file(self, customer: RecordId) {
        let (book, kind) = (self.book, self.kind.get_value());
        let subject = Subject::find(book, &kind, Some(customer), None, None);
        if let (Some(form), Some(subject)) = (self.form, subject) {
            forms::add_text(book, form, subject, TEXT, &self.text.read_untracked());
            book.remove_draft(&self.key.get_value());
            self.leave.on_to(routes::new_record(customer, &kind));
        }
    }

    /// Gives it up, with the way back.
    fn discard(self) {
        let (book, key, text) = (self.book, self.key.get_value(), self.text.get_untracked());
        book.remove_draft(&key);
        self.toasts
            .say_with_undo(texts::form::draft_discarded(), move || keep(book, key.clone(), &text));
        self.leave.go();
    }
}

fn keep(book: Book, key: String, text: &str) {
    if text.trim().is_empty() {
        book.remove_draft(&key);
    } else {
        book.put_draft(key, json!({ TEXT: text }));
    }
}

#[component]
fn Write(kind: Kind, id: RecordId) -> impl IntoView {
    let title = if kind == Kind::Touch { words::touch } else { words::note };
    let written = Written::open(use_book(), kind, id);
    let picking = RwSignal::new(false);
    let is_empty = Memo::new(move |_| written.text.read().trim().is_empty());
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        picking.set(true);
    };
    view! {
        <form class="form-page" on:submit=submit novalidate>
            <div class="page">
                <div class="page-inner page-narrow form">
                    <div class="page-head">
                        <div>
                            <h1>{title}</h1>
                            <p>{words::file_later}</p>
                        </div>
                        <Button
                            label=texts::common::close
                            look=Look::Plain
                            glyph=Glyph::Close
                            test="form-close"
                            on_press=move |()| written.leave.go()
                        />
                    </div>
                    <div data-cursor>
                        <TextArea
                            name="written"
                            label=words::text
                            value=written.text
                            lines=9
                            class="note-text"
                            test="written-text"
                        />
                    </div>
                </div>
            </div>
            <div class="form-actions">
                <Button label=words::file look=Look::Primary glyph=Glyph::Customers test="file"/>
                <Show when=move || !is_empty.get()>
                    <Button label=words::discard test="discard-written" on_press=move |()| written.discard()/>
                </Show>
                <DraftNote/>
            </div>
        </form>
        <CustomerPicker open=picking title=words::whose on_pick=move |customer| written.file(customer)/>
    }
}
