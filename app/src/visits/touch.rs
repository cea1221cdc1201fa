//! A call, message, letter or branch meeting, written down in ten seconds.

use leptos::prelude::*;
use leptos::task::spawn_local;
use rapport_shared::ids::RecordId;
use rapport_shared::record::mutation::Edit;
use rapport_shared::record::{FieldPath, Kind, Scope};
use rapport_shared::visits::{TouchChannel, touch_field};
use serde_json::{Value, json};

use super::frame::{FormHead, Gone, customer_in_address};
use crate::book::{Book, use_book};
use crate::forms::{DraftNote, put_named_draft};
use crate::i18n::texts::touch as words;
use crate::i18n::{choice, save_error, texts};
use crate::routes;
use crate::ui::{Banner, Button, ChoiceChips, Look, TextArea, use_toasts};

/// The form for the customer at the address.
#[component]
pub fn TouchPage() -> impl IntoView {
    let id = customer_in_address();
    move || match id.get() {
        Some(id) => view! { <TouchForm id/> }.into_any(),
        None => view! { <Gone/> }.into_any(),
    }
}

/// State of one form.
#[derive(Clone, Copy)]
struct TouchState {
    customer: RecordId,
    channel: RwSignal<String>,
    answered: RwSignal<bool>,
    text: RwSignal<String>,
    finished: StoredValue<bool>,
}

impl TouchState {
    fn new(book: Book, customer: RecordId) -> Self {
        let draft = book.draft(&routes::touch_draft(customer)).unwrap_or_default();
        let text = |name: &str| draft.get(name).and_then(Value::as_str).map(str::to_owned);
        let state = Self {
            customer,
            channel: RwSignal::new(text("channel").unwrap_or_else(|| TouchChannel::Call.as_str().to_owned())),
            answered: RwSignal::new(draft.get("answered").and_then(Value::as_bool).unwrap_or(true)),
            text: RwSignal::new(text("text").unwrap_or_default()),
            finished: StoredValue::new(false),
        };
        Effect::new(move |last: Option<Value>| {
            let now = json!({
                "channel": state.channel.get(), "answered": state.answered.get(), "text": state.text.get(),
            });
            if last.is_some_and(|last| last != now) && !state.finished.get_value() {
                put_named_draft(book, customer, routes::touch_draft(customer), now.clone());
            }
            now
        });
        state
    }

    fn edit(self, book: Book) -> Edit {
        Edit::create(book.new_record_id(), Kind::Touch, Scope::Customer(self.customer))
            .set(FieldPath::known(touch_field::CHANNEL), self.channel.get_untracked())
            .set(
                FieldPath::known(touch_field::TEXT),
                self.text.get_untracked().trim_end(),
            )
            .set(FieldPath::known(touch_field::AT), book.now().milliseconds())
            .set(FieldPath::known(touch_field::ANSWERED), self.answered.get_untracked())
    }
}

#[component]
fn TouchForm(id: RecordId) -> impl IntoView {
    let book = use_book();
    let toasts = use_toasts();
    let state = TouchState::new(book, id);
    let leave = routes::use_leave(routes::customer(id));
    leave.on_escape();
    let working = RwSignal::new(false);
    let failure = RwSignal::new(None);
    let channels = Signal::derive(|| {
        TouchChannel::NAMES
            .iter()
            .map(|name| ((*name).to_owned(), choice("channel", name)))
            .collect::<Vec<_>>()
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if working.get_untracked() {
            return;
        }
        working.set(true);
        failure.set(None);
        spawn_local(async move {
            match book.write_form(vec![state.edit(book)], &routes::touch_draft(id)).await {
                Ok(()) => {
                    state.finished.set_value(true);
                    book.remove_draft(&routes::touch_draft(id));
                    toasts.say(words::saved());
                    leave.go();
                }
                Err(error) => {
                    working.try_set(false);
                    failure.try_set(Some(error));
                }
            }
        });
    };
    view! {
        <form class="form-page" on:submit=submit novalidate>
            <div class="page">
                <div class="page-inner page-narrow form">
                    <FormHead title=words::title id leave/>
                    {move || failure.get().map(|error| view! {
                        <Banner tone="seal" text=save_error(&Kind::Touch, &error)/>
                    })}
                    <div class="stack stack-tight">
                        <p class="group-label" aria-hidden="true">{words::channel}</p>
                        <ChoiceChips name="channel" label=words::channel options=channels value=state.channel test="channel"/>
                    </div>
                    <label class="check">
                        <input
                            type="checkbox"
                            data-test="touch-answered"
                            prop:checked=state.answered
                            on:change=move |event| state.answered.set(event_target_checked(&event))
                        />
                        <span>{words::answered}</span>
                    </label>
                    <TextArea name="touch-text" label=words::text value=state.text lines=2 test="touch-text"/>
                </div>
            </div>
            <div class="form-actions">
                <Button
                    label=move || if working.get() { texts::common::saving() } else { words::save() }
                    look=Look::Primary
                    disabled=working
                    test="touch-save"
                />
                <DraftNote/>
            </div>
        </form>
    }
}
