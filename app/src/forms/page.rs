//! The page of a form: what it is about, its face, and what it does. It knows no field.

use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::{use_params_map, use_query_map};
use rapport_shared::filing::is_for_either;
use rapport_shared::ids::RecordId;
use rapport_shared::kinds;
use rapport_shared::record::Kind;

use super::summary::Summary;
use super::{DraftNote, Form, FormOf, Sheets, Subject, form_of};
use crate::book::use_book;
use crate::filing::FileButton;
use crate::i18n::texts;
use crate::i18n::texts::form as words;
use crate::routes;
use crate::ui::{Banner, Button, Empty, Look};

/// The form at the address: of the kind in it, or else of the customer itself.
#[component]
pub fn FormPage() -> impl IntoView {
    let book = use_book();
    let (parameters, query) = (use_params_map(), use_query_map());
    let address = Memo::new(move |_| {
        let parameters = parameters.read();
        let id = |name: &str| parameters.get(name).and_then(|id| id.parse::<RecordId>().ok());
        let record = parameters.get("record").filter(|record| record != routes::NEW);
        // What is no id names nothing, rather than something new.
        let is_wrong =
            parameters.get("id").is_some() && id("id").is_none() || record.is_some() && id("record").is_none();
        let kind = parameters
            .get("kind")
            .map_or(Kind::Customer, |kind| Kind::from(kind.as_str()));
        let revises = query.read().get("revises").and_then(|id| id.parse::<RecordId>().ok());
        // A root that has no card is at the address of its form, and lies under nothing.
        let is_own_root = id("id").is_none() && kinds::of(&kind).readers().is_some();
        let (root, record) = if is_own_root {
            (id("record"), None)
        } else {
            (id("id"), id("record"))
        };
        (!is_wrong).then_some((kind, root, record, revises))
    });
    move || {
        let found = address.get().and_then(|(kind, root, record, revises)| {
            let of = form_of(&kind)?;
            Some((of, Subject::find(book, &kind, root, record, revises)?))
        });
        match found {
            Some((of, subject)) => view! { <Page of subject/> }.into_any(),
            None => view! { <Gone/> }.into_any(),
        }
    }
}

#[component]
fn Page(of: &'static FormOf, subject: Subject) -> impl IntoView {
    let back = subject.root.map_or_else(
        || routes::CUSTOMERS.to_owned(),
        |root| {
            let root = use_book().read_untracked(|replica| replica.get(root).cloned());
            root.map_or_else(
                || routes::CUSTOMERS.to_owned(),
                |root| routes::root(&root.kind, root.id),
            )
        },
    );
    let leave = routes::use_leave(back);
    leave.on_escape();
    let changes = subject.record.is_some() || subject.revises.is_some();
    let corrects = subject.revises.is_some();
    let title = if changes { of.words.change } else { of.words.new };
    let name = subject
        .record
        .as_ref()
        .and_then(|record| record.text("name"))
        .map(str::to_owned);
    let about = subject.root_name.clone();
    let form = Form::open(of, subject, leave);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        form.save();
    };
    let removal = of.words.removal.as_ref().filter(|_| changes);
    let is_own = form.subject_root().is_none() && is_for_either(&of.kind);
    view! {
        <form class="form-page" on:submit=submit novalidate>
            <div class="page">
                <div class="page-inner page-narrow form">
                    <div class="page-head">
                        <div>
                            <h1>{title}</h1>
                            <p data-test="form-subject">
                                {move || name.clone().or_else(|| about.clone().map(words::about))}
                            </p>
                        </div>
                    </div>
                    {corrects.then(|| view! { <Banner text=of.words.lead/> })}
                    <Face form/>
                    {is_own.then(|| view! {
                        <div class="cluster"><FileButton on_pick=move |customer| form.file(customer)/></div>
                    })}
                    {removal.map(|removal| view! {
                        <div class="cluster">
                            <Button
                                label=removal.remove
                                look=Look::Danger
                                disabled=form.working
                                test="form-remove"
                                on_press=move |()| form.remove(removal)
                            />
                        </div>
                    })}
                </div>
            </div>
            <Actions form/>
        </form>
    }
}

/// A form within another page.
#[component]
pub fn FormInPlace(
    /// The form.
    form: Form,
) -> impl IntoView {
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        form.save();
    };
    view! {
        <form class="form" on:submit=submit novalidate>
            <Face form/>
            <Summary form/>
            <div class="cluster">
                <Save form/>
                <DraftNote/>
            </div>
        </form>
    }
}

/// The form's own face, or its sheets; and whether that was typed earlier.
#[component]
fn Face(form: Form) -> impl IntoView {
    view! {
        <Restored form/>
        {move || {
            form.drawn_anew.track();
            let body = form.typing.of.body;
            body.map_or_else(|| view! { <Sheets form/> }.into_any(), |body| body(form))
        }}
    }
}

/// That what is shown was typed earlier, and the way to be rid of it.
#[component]
fn Restored(form: Form) -> impl IntoView {
    move || {
        form.restored.get().then(|| {
            view! {
                <Banner text=words::draft_restored>
                    <Button label=words::draft_discard test="draft-discard" on_press=move |()| form.discard()/>
                </Banner>
            }
        })
    }
}

#[component]
fn Actions(form: Form) -> impl IntoView {
    view! {
        <div class="form-actions">
            <Save form/>
            <Button label=texts::common::cancel test="form-close" on_press=move |()| form.leave.go()/>
            <Summary form/>
            <DraftNote/>
        </div>
    }
}

#[component]
fn Save(form: Form) -> impl IntoView {
    let working = form.working;
    let save = form.typing.of.words.save;
    let label = move || {
        if working.get() {
            texts::common::saving()
        } else if form.is_only_doubted() {
            words::save_all_the_same()
        } else {
            save()
        }
    };
    view! { <Button label look=Look::Primary disabled=working test="form-save"/> }
}

/// What stands where the customer of the address, or what is about them, is not on this device.
#[component]
pub fn Gone() -> impl IntoView {
    let book = use_book();
    let id = use_params_map().read_untracked().get("id");
    let has_draft = Memo::new(move |_| {
        let id = id.as_deref();
        book.read(|replica| replica.drafts().any(|key| id.is_some() && key.split('/').nth(1) == id))
    });
    view! {
        <div class="page">
            <h1 class="visually-hidden">{texts::customers::gone}</h1>
            {move || has_draft.get().then(|| view! {
                <Banner tone="amber" text=texts::customers::gone_draft>
                    <A href=routes::STATUS attr:class="button" attr:data-test="to-draft">{texts::status::open}</A>
                </Banner>
            })}
            <Empty title=texts::customers::gone help=texts::customers::gone_help>
                <A href=routes::CUSTOMERS attr:class="button">{texts::nav::customers}</A>
            </Empty>
        </div>
    }
}
