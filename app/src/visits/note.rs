//! The form of a visit note, also for the correction of one that was submitted.

mod state;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_query_map;
use rapport_shared::ids::RecordId;
use rapport_shared::record::Kind;
use rapport_shared::visits::{BuyingSignal, Need, NoteProblem};

use self::state::{NO_CONTACT, NextContact, NoteState};
use super::frame::{FormHead, Gone, customer_in_address};
use crate::book::use_book;
use crate::forms::DraftNote;
use crate::i18n::texts::note as words;
use crate::i18n::{choice, save_error, texts};
use crate::routes;
use crate::ui::{Banner, Button, ChoiceChips, DateField, Field, Look, TextArea, ToggleChips, page, use_toasts};

/// The form for the customer at the address.
#[component]
pub fn NotePage() -> impl IntoView {
    let id = customer_in_address();
    let query = use_query_map();
    let revises = Memo::new(move |_| query.read().get("revises").and_then(|id| id.parse::<RecordId>().ok()));
    move || match id.get() {
        Some(id) => view! { <NoteForm id revises=revises.get()/> }.into_any(),
        None => view! { <Gone/> }.into_any(),
    }
}

const fn explanation(problem: NoteProblem) -> fn() -> &'static str {
    match problem {
        NoteProblem::TextMissing => words::text_missing,
        NoteProblem::VisitInFuture => words::future,
        NoteProblem::NextContactMissing => words::next_missing,
        NoteProblem::NextContactInPast => words::past,
    }
}

#[component]
fn NoteForm(id: RecordId, revises: Option<RecordId>) -> impl IntoView {
    let book = use_book();
    let toasts = use_toasts();
    let state = NoteState::new(book, id, revises);
    let restored = RwSignal::new(state.restore_draft(book));
    state.keep_draft(book);
    let leave = routes::use_leave(routes::customer(id));
    leave.on_escape();
    let (tried, working) = (RwSignal::new(false), RwSignal::new(false));
    let failure = RwSignal::new(None);
    let problems = Memo::new(move |_| {
        if tried.get() {
            state.problems(book.today())
        } else {
            Vec::new()
        }
    });
    let error = move |which: &'static [NoteProblem]| {
        Signal::derive(move || {
            let found = problems.read().iter().copied().find(|problem| which.contains(problem));
            found.map(|problem| explanation(problem)().to_owned())
        })
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        if working.get_untracked() {
            return;
        }
        if !problems.get_untracked().is_empty() {
            request_animation_frame(|| {
                page::focus_first("[aria-invalid=true]");
            });
            return;
        }
        working.set(true);
        failure.set(None);
        spawn_local(async move {
            match book.write_form(vec![state.edit(book)], &state.draft_key()).await {
                Ok(()) => {
                    state.forget_draft(book);
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
    // Beside the button as well: the field may be out of sight.
    let summary = move || problems.read().first().map(|problem| explanation(*problem)());
    let title = if revises.is_some() {
        words::correct_title
    } else {
        words::title
    };
    let today = book.today().to_string();
    view! {
        <form class="form-page" on:submit=submit novalidate>
            <div class="page">
                <div class="page-inner page-narrow form">
                    <FormHead title id leave/>
                    {revises.map(|_| view! { <Banner text=words::correct_lead/> })}
                    {move || restored.get().then(|| view! {
                        <Banner text=texts::form::draft_restored>
                            <Button
                                label=texts::form::draft_discard
                                on_press=move |()| {
                                    state.reset(book);
                                    restored.set(false);
                                    toasts.say(texts::form::draft_discarded());
                                }
                            />
                        </Banner>
                    })}
                    {move || failure.get().map(|error| view! {
                        <Banner tone="seal" text=save_error(&Kind::Note, &error)/>
                    })}
                    <TextArea
                        name="note-text"
                        label=words::text
                        help=words::text_help
                        value=state.text
                        error=error(&[NoteProblem::TextMissing])
                        lines=9
                        class="note-text"
                        required=true
                        test="note-text"
                    />
                    <div class="stack stack-tight">
                        <p class="group-label" aria-hidden="true">{words::signals}</p>
                        <ToggleChips label=words::signals options=named("signal", BuyingSignal::NAMES) value=state.signals test="signal"/>
                    </div>
                    <div class="stack stack-tight">
                        <p class="group-label" aria-hidden="true">{words::needs}</p>
                        <ToggleChips label=words::needs options=named("need", Need::NAMES) value=state.needs test="need"/>
                    </div>
                    <NextContactFields state error=error(&[NoteProblem::NextContactMissing, NoteProblem::NextContactInPast])/>
                    <div class="form-grid">
                        <DateField
                            name="visited-on"
                            label=words::visited_on
                            value=state.visited_on
                            error=error(&[NoteProblem::VisitInFuture])
                            to=today
                            test="visited-on"
                        />
                    </div>
                </div>
            </div>
            <div class="form-actions">
                <Button
                    label=move || if working.get() { texts::common::saving() } else { words::save() }
                    look=Look::Primary
                    disabled=working
                    test="note-save"
                />
                {move || summary().map(|reason| view! {
                    <p class="form-summary" role="alert" data-test="note-problem">{reason}</p>
                })}
                <DraftNote/>
            </div>
        </form>
    }
}

fn named(group: &'static str, names: &'static [&'static str]) -> Signal<Vec<(String, String)>> {
    Signal::derive(move || {
        names
            .iter()
            .map(|name| ((*name).to_owned(), choice(group, name)))
            .collect()
    })
}

/// When to be in touch again, by a tap or a day; or why not.
#[component]
fn NextContactFields(state: NoteState, error: Signal<Option<String>>) -> impl IntoView {
    let options = Signal::derive(|| {
        let option = |next: &NextContact| (next.name.to_owned(), (next.words)().to_owned());
        NextContact::ALL.iter().map(option).collect::<Vec<_>>()
    });
    let book = use_book();
    // A chip fills in the day; another day typed releases the chip.
    Effect::new(move |_| {
        let chosen = state.next_choice.get();
        if let Some(day) = NextContact::day(&chosen, book.today()) {
            state.next_contact.set(day.to_string());
        }
    });
    Effect::new(move |_| {
        let typed = state.next_contact.get();
        let chosen = state.next_choice.get_untracked();
        let meant = NextContact::day(&chosen, book.today());
        if !typed.is_empty() && meant.is_none_or(|day| day.to_string() != typed) {
            state.next_choice.set(String::new());
        }
    });
    let none = Memo::new(move |_| *state.next_choice.read() == NO_CONTACT);
    let next = || format!("{} {}", words::next(), texts::common::required());
    view! {
        <div class="stack stack-tight">
            <p class="group-label" aria-hidden="true">
                {words::next}
                <span class="field-required">" *"</span>
            </p>
            <ChoiceChips name="next-contact" label=next options value=state.next_choice test="next"/>
            <div class="form-grid">
                {move || if none.get() {
                    view! {
                        <Field name="no-next-reason" label=words::reason value=state.reason error test="no-next-reason"/>
                    }.into_any()
                } else {
                    view! {
                        <DateField name="next-day" label=words::next_day value=state.next_contact error test="next-contact"/>
                    }.into_any()
                }}
            </div>
        </div>
    }
}
