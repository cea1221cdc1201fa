//! The form of a key person of a customer, for a known one and for a new one. Only what was changed is written; what
//! is typed is kept as a draft until it is saved or given up. A person who is removed comes back with one tap.

mod fields;
mod state;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_params_map;
use rapport_shared::contacts::{ContactView, field};
use rapport_shared::ids::RecordId;
use rapport_shared::plausible::Doubt;
use rapport_shared::record::mutation::Edit;
use rapport_shared::record::refusal::{Refusal, RefusalCode};
use rapport_shared::record::{FieldPath, Kind, Record};

use self::fields::{Groups, has};
use self::state::ContactState;
use super::card::{Gone, customer_in_address};
use super::doubts::{doubt_text, doubts};
use crate::book::{Book, SaveError, use_book};
use crate::forms::DraftNote;
use crate::i18n::texts::contact as words;
use crate::i18n::{refusal, save_error, texts};
use crate::routes::{self, Leave};
use crate::ui::{Banner, Button, Look, Toasts, page, use_toasts};

/// The form for the key person at the address.
#[component]
pub fn EditContactPage() -> impl IntoView {
    let book = use_book();
    let customer = customer_in_address();
    let parameters = use_params_map();
    let contact = Memo::new(move |_| parameters.read().get("contact").and_then(|id| id.parse().ok()));
    // Read once: what arrives while somebody types must not change what the form compares with.
    move || {
        let found = customer.get().zip(contact.get());
        let found = found.and_then(|(customer, contact)| Some((customer, contact_of(book, customer, contact)?)));
        match found {
            Some((customer, record)) => view! { <Form customer original=Some(record)/> }.into_any(),
            None => view! { <Gone/> }.into_any(),
        }
    }
}

fn contact_of(book: Book, customer: RecordId, contact: RecordId) -> Option<Record> {
    book.read_untracked(|replica| {
        let record = replica.get(contact)?;
        let fits = record.kind == Kind::Contact && record.customer() == Some(customer);
        fits.then(|| record.clone())
    })
}

/// The form for a new key person of the customer at the address.
#[component]
pub fn NewContactPage() -> impl IntoView {
    let book = use_book();
    let customer = customer_in_address();
    move || {
        let known = |id: &RecordId| book.read_untracked(|replica| replica.get(*id).is_some());
        match customer.get().filter(known) {
            Some(customer) => view! { <Form customer original=None/> }.into_any(),
            None => view! { <Gone/> }.into_any(),
        }
    }
}

/// What the buttons of the form do.
#[derive(Clone, Copy)]
struct Saving {
    book: Book,
    toasts: Toasts,
    state: ContactState,
    doubted: RwSignal<Option<(FieldPath, Doubt)>>,
    failure: RwSignal<Option<SaveError>>,
    working: RwSignal<bool>,
    leave: Leave,
}

impl Saving {
    /// Writes what was changed.
    fn save(self) {
        let edit = self.state.edit(self.book);
        let is_known = self.state.original().is_some();
        self.doubted.set(doubts(&edit, self.book.today()));
        if self.doubted.read_untracked().is_some() {
            focus_on_error();
            return;
        }
        if edit.is_empty() && !is_known {
            // The book makes nothing of an edit of nothing, so it would not say what is missing.
            let missing = Refusal::field(RefusalCode::MissingField, FieldPath::known(field::NAME));
            self.fail(SaveError::Refused(missing));
            return;
        }
        if edit.is_empty() {
            self.state.finish();
            self.book.remove_draft(&self.state.draft_key());
            self.toasts.say(texts::form::nothing_changed());
            self.leave.go();
            return;
        }
        let name = self.state.signal(field::NAME).get_untracked();
        let said = if is_known {
            texts::common::saved().to_owned()
        } else {
            words::created(name.trim())
        };
        self.write(edit, move || self.toasts.say(said));
    }

    /// Takes the person off the card, with the way back.
    fn remove(self) {
        let Some(record) = self.state.original() else { return };
        let Self { book, toasts, .. } = self;
        self.write(Edit::delete(&record), move || {
            let said = words::removed(ContactView(&record).name());
            toasts.say_with_undo(said, move || restore(book, toasts, &record));
        });
    }

    /// Commits the edit together with the end of the draft, then goes back to the card.
    fn write(self, edit: Edit, say: impl FnOnce() + 'static) {
        if self.working.get_untracked() {
            return;
        }
        self.working.set(true);
        self.failure.set(None);
        let draft = self.state.draft_key();
        spawn_local(async move {
            match self.book.write_form(vec![edit], &draft).await {
                Ok(()) => {
                    self.state.finish();
                    say();
                    self.leave.go();
                }
                Err(error) => self.fail(error),
            }
        });
    }

    /// Says why nothing was saved, and goes to the field that is to be mended. The form may have been left by then.
    fn fail(self, error: SaveError) {
        self.working.try_set(false);
        self.failure.try_set(Some(error));
        focus_on_error();
    }

    /// The refused field of the form, and why.
    fn error_at_field(self) -> Option<(FieldPath, String)> {
        if let Some((path, doubt)) = self.doubted.get() {
            return Some((path, doubt_text(doubt)));
        }
        match self.failure.get() {
            Some(SaveError::Refused(reason)) => {
                let path = reason.field.clone().filter(has)?;
                Some((path, refusal(&Kind::Contact, &reason)))
            }
            _ => None,
        }
    }

    /// Why nothing was saved, in general.
    fn error(self) -> Option<String> {
        if self.error_at_field().is_some() {
            return Some(texts::form::fix_errors(1));
        }
        let error = self.failure.get()?;
        Some(save_error(&Kind::Contact, &error))
    }
}

fn focus_on_error() {
    request_animation_frame(|| {
        page::focus_first("[aria-invalid=true]");
    });
}

/// Brings back a person who was removed.
fn restore(book: Book, toasts: Toasts, record: &Record) {
    let edit = Edit::revive(record, FieldPath::known(field::NAME));
    let said = words::restored(ContactView(record).name());
    spawn_local(async move {
        match book.write(vec![edit]).await {
            Ok(()) => toasts.say(said),
            Err(error) => toasts.warn(save_error(&Kind::Contact, &error)),
        }
    });
}

#[component]
fn Form(customer: RecordId, original: Option<Record>) -> impl IntoView {
    let (book, toasts) = (use_book(), use_toasts());
    let name = original.as_ref().map(|record| ContactView(record).name().to_owned());
    let state = ContactState::new(customer, original);
    let restored = RwSignal::new(state.restore_draft(book));
    state.keep_draft(book);
    let leave = routes::use_leave(routes::customer(customer));
    leave.on_escape();
    let saving = Saving {
        book,
        toasts,
        state,
        doubted: RwSignal::new(None),
        failure: RwSignal::new(None),
        working: RwSignal::new(false),
        leave,
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        saving.save();
    };
    let is_known = name.is_some();
    let title = if is_known { words::edit_title } else { words::new_title };
    view! {
        <form class="form-page" on:submit=submit novalidate>
            <div class="page">
                <div class="page-inner page-narrow form">
                    <div class="page-head">
                        <div>
                            <h1>{title}</h1>
                            <p>{name}</p>
                        </div>
                    </div>
                    {move || restored.get().then(|| view! {
                        <Banner text=texts::form::draft_restored>
                            <Button
                                label=texts::form::draft_discard
                                on_press=move |()| {
                                    state.reset();
                                    restored.set(false);
                                    toasts.say(texts::form::draft_discarded());
                                }
                            />
                        </Banner>
                    })}
                    {move || saving.error().map(|text| view! { <Banner tone="seal" text=text/> })}
                    <Groups state errors=Signal::derive(move || saving.error_at_field())/>
                    {is_known.then(|| view! {
                        <div class="cluster">
                            <Button
                                label=words::remove
                                look=Look::Danger
                                disabled=saving.working
                                test="remove-contact"
                                on_press=move |()| saving.remove()
                            />
                        </div>
                    })}
                </div>
            </div>
            <Actions saving/>
        </form>
    }
}

#[component]
fn Actions(saving: Saving) -> impl IntoView {
    let working = saving.working;
    view! {
        <div class="form-actions">
            <Button
                label=move || if working.get() { texts::common::saving() } else { texts::common::save() }
                look=Look::Primary
                disabled=working
                test="form-save"
            />
            <Button label=texts::common::cancel test="form-close" on_press=move |()| saving.leave.go()/>
            <DraftNote/>
        </div>
    }
}
