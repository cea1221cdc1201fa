//! The form of the card, for a known customer and for a new one. Only what was changed is written; what is typed is
//! kept as a draft until it is saved or given up.

mod fields;
mod state;

use leptos::prelude::*;
use leptos::task::spawn_local;
use rapport_shared::customers::field;
use rapport_shared::plausible::Doubt;
use rapport_shared::record::{FieldPath, Kind, Record};

use self::fields::{Groups, ToggleGroups};
use self::state::FormState;
use super::card::{Gone, customer_in_address};
use super::doubts::{doubt_text, doubts};
use crate::book::{SaveError, use_book};
use crate::forms::DraftNote;
use crate::i18n::texts::form as words;
use crate::i18n::{refusal, save_error, texts};
use crate::routes;
use crate::ui::{Banner, Button, Look, page, use_toasts};

/// The form for the customer at the address.
#[component]
pub fn EditPage() -> impl IntoView {
    let book = use_book();
    let id = customer_in_address();
    // Read once: what arrives while somebody types must not change what the form compares with.
    move || {
        let record = id
            .get()
            .and_then(|id| book.read_untracked(|replica| replica.get(id).cloned()));
        match record {
            Some(record) => view! { <Form original=Some(record)/> }.into_any(),
            None => view! { <Gone/> }.into_any(),
        }
    }
}

/// The form for a new customer.
#[component]
pub fn NewPage() -> impl IntoView {
    view! { <Form original=None/> }
}

#[component]
fn Form(original: Option<Record>) -> impl IntoView {
    let book = use_book();
    let toasts = use_toasts();
    let is_new = original.is_none();
    let state = FormState::new(book, original);
    let restored = RwSignal::new(state.restore_draft(book));
    state.keep_draft(book);
    let failure = RwSignal::new(None::<SaveError>);
    let doubted = RwSignal::new(None::<(FieldPath, Doubt)>);
    let working = RwSignal::new(false);
    let leave = routes::use_leave(state.back());
    leave.on_escape();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if working.get_untracked() {
            return;
        }
        let (id, edit) = state.edit(book);
        doubted.set(doubts(&edit, book.today()));
        if edit.is_empty() {
            state.forget_draft(book);
            toasts.say(words::nothing_changed());
            leave.go();
            return;
        }
        failure.set(None);
        if doubted.read_untracked().is_some() {
            request_animation_frame(|| {
                page::focus_first("[aria-invalid=true]");
            });
            return;
        }
        working.set(true);
        let name = state.text(field::NAME);
        spawn_local(async move {
            match book.write_form(vec![edit], &state.draft_key()).await {
                Ok(()) => {
                    state.forget_draft(book);
                    toasts.say(if is_new {
                        words::created(name)
                    } else {
                        texts::common::saved().to_owned()
                    });
                    if is_new {
                        leave.on_to(routes::customer(id));
                    } else {
                        leave.go();
                    }
                }
                Err(error) => {
                    working.try_set(false);
                    failure.try_set(Some(error));
                    request_animation_frame(|| {
                        page::focus_first("[aria-invalid=true]");
                    });
                }
            }
        });
    };
    let errors = Signal::derive(move || match failure.get() {
        None => doubted.get().map(|(path, doubt)| (path, doubt_text(doubt))),
        Some(SaveError::Refused(reason)) => reason
            .field
            .clone()
            .map(|path| (path, refusal(&Kind::Customer, &reason))),
        _ => None,
    });
    let general = move || {
        if doubted.read().is_some() {
            return Some(words::fix_errors(1));
        }
        let error = failure.get()?;
        let at_field = matches!(&error, SaveError::Refused(reason) if reason.field.is_some());
        Some(if at_field {
            words::fix_errors(1)
        } else {
            save_error(&Kind::Customer, &error)
        })
    };
    let title = if is_new { words::new_title } else { words::edit_title };
    view! {
        <form class="form-page" on:submit=submit novalidate>
            <div class="page">
                <div class="page-inner page-narrow form">
                    <div class="page-head">
                        <div>
                            <h1>{title}</h1>
                            {(!is_new).then(|| view! { <p>{state.text(field::NAME)}</p> })}
                        </div>
                    </div>
                    {move || restored.get().then(|| view! {
                        <Banner text=words::draft_restored>
                            <Button
                                label=words::draft_discard
                                on_press=move |()| {
                                    state.reset();
                                    restored.set(false);
                                    toasts.say(words::draft_discarded());
                                }
                            />
                        </Banner>
                    })}
                    {move || general().map(|text| view! { <Banner tone="seal" text=text/> })}
                    <Groups state errors/>
                    <ToggleGroups state/>
                </div>
            </div>
            <div class="form-actions">
                <Button
                    label=move || if working.get() { texts::common::saving() } else { texts::common::save() }
                    look=Look::Primary
                    disabled=working
                    test="form-save"
                />
                <Button label=texts::common::cancel test="form-close" on_press=move |()| leave.go()/>
                <DraftNote/>
            </div>
        </form>
    }
}
