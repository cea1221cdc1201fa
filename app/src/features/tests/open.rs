//! Every form there is, open in a real browser on a book: whatever is entered is kept at once, whoever leaves in the
//! middle is not lost and not called back, and what is wrong is told where it can be mended.

use std::collections::BTreeSet;

use gloo::timers::future::TimeoutFuture;
use leptos::prelude::*;
use rapport_shared::access::may_write;
use rapport_shared::kinds;
use rapport_shared::record::{FieldPath, Kind};
use rapport_shared::schema::{self, Shape};
use serde_json::json;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

use super::super::FORMS;
use crate::book::tests::preview::evict_elsewhere;
use crate::book::tests::{CUSTOMER, Tab, begin};
use crate::book::{Book, DraftState};
use crate::forms::{Entry, Form, FormOf, Forms, Subject};
use crate::routes::Leave;
use crate::ui::Toasts;

wasm_bindgen_test_configure!(run_in_browser);

/// One form somebody has opened.
struct Opened {
    owner: Owner,
    form: Form,
    key: String,
    left: RwSignal<Vec<String>>,
    book: Book,
}

/// Waits until it is so, for as long as anybody would.
async fn until(what: impl Fn() -> bool, wanted: &str) {
    for _ in 0..2_000 {
        if what() {
            return;
        }
        TimeoutFuture::new(1).await;
    }
    unreachable!("{wanted}");
}

/// A tab with the customer in it.
async fn tab(name: &str) -> Tab {
    // What is mounted has somebody to run its effects.
    leptos::mount::mount_to_body(|| ());
    begin(name).await;
    Tab::open(name).await
}

/// The form for a new record, about the customer where it is not a customer.
fn open(tab: &Tab, of: &'static FormOf) -> Opened {
    let root = kinds::of(&of.kind).lies_under(&Kind::Customer).then_some(CUSTOMER);
    tab.with(|| {
        let book = tab.book();
        provide_context(book);
        provide_context(Forms(crate::features::form));
        Toasts::provide();
        let left = RwSignal::new(Vec::new());
        let owner = Owner::current().expect("a tab has one").child();
        let subject = Subject::find(book, &of.kind, root, None, None).expect("the customer is here");
        let key = subject.draft_key.clone();
        let form = owner.with(|| Form::open(of, subject, Leave::to(left)));
        Opened {
            owner,
            form,
            key,
            left,
            book,
        }
    })
}

/// Enters something at one field.
fn enter(of: &FormOf, form: Form, entry: &Entry) {
    let path = FieldPath::known(entry.path());
    let shape = schema::shape(&of.kind, &path);
    match (schema::of_field(&of.kind, entry.path()), shape) {
        (Some(Shape::Set(choices)), _) => {
            let pressed = choices.names.iter().take(2).map(|name| (*name).to_owned());
            form.pressed(entry.path()).set(pressed.collect());
        }
        (Some(Shape::People), _) => {
            let somebody = "0198c6f0-0000-7000-8000-000000000099".to_owned();
            form.pressed(entry.path()).set(BTreeSet::from([somebody]));
        }
        (_, Some(Shape::Choice(choices))) => {
            let last = choices.names.last().expect("there are some");
            form.text(entry.path()).set((*last).to_owned());
        }
        (_, Some(Shape::Flag)) => form.text(entry.path()).update(|text| {
            *text = if text.is_empty() {
                "true".to_owned()
            } else {
                String::new()
            };
        }),
        (_, Some(Shape::Date)) => form.text(entry.path()).set("2099-01-01".to_owned()),
        (_, Some(Shape::Time)) => form.text(entry.path()).set("2026-01-02 10:00".to_owned()),
        _ => form.text(entry.path()).set("4".to_owned()),
    }
}

/// The forms of what the owner of the book may write.
fn written(tab: &Tab) -> Vec<&'static FormOf> {
    let profile = tab.with(|| tab.book().profile().get_untracked());
    let profile = profile.expect("somebody is signed in");
    FORMS.into_iter().filter(|of| may_write(&profile, &of.kind)).collect()
}

/// Fills in what is required, so that it may be saved.
fn fill_in(of: &'static FormOf, form: Form) {
    // A note also needs the next contact, an appointment its time, a deal that is lost a reason.
    let also = ["next_contact", "planned_at", "lost_reason"];
    let asked = |entry: &&Entry| schema::is_required(&of.kind, entry.path()) || also.contains(&entry.path());
    for entry in of.entries().filter(asked) {
        // Whoever is named from the beginning stays: no other is in this book.
        if schema::of_field(&of.kind, entry.path()) != Some(Shape::Person) {
            enter(of, form, entry);
        }
    }
}

#[wasm_bindgen_test]
async fn whatever_is_entered_is_a_draft_and_comes_back() {
    let tab = tab("forms-drafts").await;
    for of in FORMS {
        for entry in of.entries() {
            let what = format!("{} {}", of.kind, entry.path());
            let opened = open(&tab, of);
            let shown = || {
                (
                    opened.form.text(entry.path()).get_untracked(),
                    opened.form.pressed(entry.path()).get_untracked(),
                )
            };
            let before = shown();
            leptos::task::tick().await;
            enter(of, opened.form, entry);
            let entered = shown();
            assert_ne!(entered, before, "{what}");
            until(|| opened.book.draft(&opened.key).is_some(), &what).await;
            opened.owner.cleanup();
            // Opened once more, it is there; typed back, there is no draft any more.
            let again = open(&tab, of);
            let text = again.form.text(entry.path());
            let pressed = again.form.pressed(entry.path());
            assert_eq!((text.get_untracked(), pressed.get_untracked()), entered, "{what}");
            leptos::task::tick().await;
            text.set(before.0);
            pressed.set(before.1);
            if schema::shape(&of.kind, &FieldPath::known(entry.path())) != Some(Shape::Time) {
                until(|| again.book.draft(&again.key).is_none(), &what).await;
            }
            again.book.remove_draft(&again.key);
        }
    }
}

#[wasm_bindgen_test]
async fn leaving_in_the_middle_of_a_save_saves_and_calls_nobody_back() {
    let tab = tab("forms-leaving").await;
    for of in written(&tab) {
        let opened = open(&tab, of);
        fill_in(of, opened.form);
        let count = || opened.book.read_untracked(|replica| replica.outbox().len());
        let before = count();
        opened.form.save();
        assert_eq!(opened.form.lines(), [], "{}", of.kind);
        // Left before it is on the disk.
        opened.owner.cleanup();
        until(|| count() > before, of.kind.name()).await;
        leptos::task::tick().await;
        assert!(opened.left.get_untracked().is_empty(), "{}", of.kind);
        assert_eq!(opened.book.draft(&opened.key), None, "{}", of.kind);
        // What is left behind can be asked and told anything.
        opened.form.save();
        assert_eq!(opened.form.text("name").get_untracked(), "");
    }
}

#[wasm_bindgen_test]
async fn saving_ends_the_form_once() {
    let tab = tab("forms-saving").await;
    for of in written(&tab) {
        let opened = open(&tab, of);
        fill_in(of, opened.form);
        opened.form.save();
        opened.form.save();
        until(|| !opened.left.get_untracked().is_empty(), of.kind.name()).await;
        assert_eq!(opened.left.get_untracked().len(), 1, "{}", of.kind);
    }
}

#[wasm_bindgen_test]
async fn nothing_entered_tells_every_required_field() {
    let tab = tab("forms-required").await;
    for of in FORMS {
        let opened = open(&tab, of);
        for name in schema::required(&of.kind) {
            opened.form.text(name).set(String::new());
        }
        opened.form.save();
        let told: BTreeSet<_> = opened.form.lines().into_iter().filter_map(|(path, _)| path).collect();
        for name in schema::required(&of.kind) {
            assert!(told.contains(name), "{} {name}: {told:?}", of.kind);
            assert!(opened.form.error(name).get_untracked().is_some(), "{} {name}", of.kind);
        }
        assert!(opened.left.get_untracked().is_empty());
    }
}

#[wasm_bindgen_test]
async fn what_a_form_does_not_show_is_told_by_its_name() {
    let tab = tab("forms-unseen").await;
    for of in FORMS {
        let opened = open(&tab, of);
        fill_in(of, opened.form);
        for field in schema::fields_of(&of.kind) {
            let is_shown = of
                .entries()
                .any(|entry| FieldPath::known(entry.path()).field() == field.name);
            opened.form.refuse(field.name);
            let lines = opened.form.lines();
            let (path, text) = lines.last().expect("it is told");
            assert_eq!(path.is_some(), is_shown, "{} {}: {text}", of.kind, field.name);
            assert!(
                text.contains(crate::i18n::field_name(&of.kind, &FieldPath::known(field.name)).as_str()) || is_shown,
                "{text}"
            );
        }
    }
}

#[wasm_bindgen_test]
async fn two_tabs_with_one_form_keep_both_drafts() {
    for of in FORMS {
        let name = format!("forms-two-{}", of.kind);
        let one = tab(&name).await;
        let two = Tab::open(&name).await;
        let (first, second) = (open(&one, of), open(&two, of));
        leptos::task::tick().await;
        fill_in(of, first.form);
        until(|| first.book.draft(&first.key).is_some(), &first.key).await;
        // On the disk, and with the other tab.
        while second.book.draft(&second.key).is_none() {
            TimeoutFuture::new(1).await;
            two.settle().await;
        }
        fill_in(of, second.form);
        enter(of, second.form, of.entries().last().expect("a field"));
        let beside = format!("{}/+2", second.key);
        until(|| second.book.draft(&beside).is_some(), &beside).await;
        assert!(second.book.draft(&second.key).is_some(), "{}", of.kind);
    }
}

#[wasm_bindgen_test]
async fn a_customer_handed_over_takes_nothing_that_is_typed_along() {
    for of in FORMS
        .into_iter()
        .filter(|of| kinds::of(&of.kind).lies_under(&Kind::Customer))
    {
        let name = format!("forms-gone-{}", of.kind);
        let tab = tab(&name).await;
        let opened = open(&tab, of);
        leptos::task::tick().await;
        fill_in(of, opened.form);
        until(|| opened.book.draft(&opened.key).is_some(), opened.key.as_str()).await;
        // On the disk, so that nothing of this tab is under way.
        until(
            || opened.book.draft_state().get_untracked() == DraftState::Saved,
            "saved",
        )
        .await;
        evict_elsewhere(&tab, &name, CUSTOMER).await;
        assert!(opened.book.read_untracked(|replica| replica.get(CUSTOMER).is_none()));
        opened.form.save();
        until(|| !opened.form.lines().is_empty(), of.kind.name()).await;
        assert!(opened.left.get_untracked().is_empty(), "{}", of.kind);
        let draft = opened.book.draft(&opened.key).expect("it is kept");
        assert_eq!(
            draft.get("customer_name"),
            Some(&json!("万科企业股份有限公司")),
            "{}",
            of.kind
        );
    }
}

#[wasm_bindgen_test]
async fn a_draft_of_an_earlier_version_opens_in_the_form_of_today() {
    let tab = tab("forms-former").await;
    let golden: Vec<serde_json::Value> =
        serde_json::from_str(include_str!("../../../../shared/tests/golden/drafts.json")).expect("the golden file");
    for case in golden.iter().filter(|case| case.get("record").is_none()) {
        let kind = Kind::from(case["kind"].as_str().expect("a kind"));
        let of = crate::features::form(&kind).expect("a form");
        let first = open(&tab, of);
        first.book.put_draft(first.key.clone(), case["draft"].clone());
        first.owner.cleanup();
        let opened = open(&tab, of);
        for (path, value) in case["changes"].as_object().expect("changes") {
            let path = FieldPath::parse(path).expect("a path");
            let shown = match (value.as_bool(), path.entry()) {
                (Some(true), Some(entry)) if path.field() != "tags" => {
                    // An id names no field of the form.
                    let pressed = opened.form.pressed(path.field()).get_untracked();
                    pressed.contains(entry)
                }
                (Some(true), Some(entry)) => opened.form.text("tags").get_untracked().contains(entry),
                (Some(flag), None) => opened.form.text(path.as_str()).get_untracked().is_empty() != flag,
                _ if path.as_str() == "revises" => true,
                _ => !opened.form.text(path.as_str()).get_untracked().is_empty(),
            };
            assert!(shown, "{kind} {path}");
        }
        opened.book.remove_draft(&opened.key);
    }
}

#[wasm_bindgen_test]
async fn a_doubt_is_told_once_and_stands_in_nobodys_way() {
    let tab = tab("forms-doubts").await;
    for of in written(&tab) {
        // An e-mail or a telephone number that is none, or a founding day to come: what forms doubt.
        let doubted = of.entries().find_map(|entry| {
            let path = FieldPath::known(entry.path());
            let odd = match schema::shape(&of.kind, &path)? {
                Shape::Email | Shape::Phone => "nonsense",
                Shape::Date if kinds::field(&of.kind, path.field())?.is_past => "2099-01-01",
                _ => return None,
            };
            Some((entry, odd))
        });
        let Some((entry, odd)) = doubted else { continue };
        let opened = open(&tab, of);
        fill_in(of, opened.form);
        opened.form.text(entry.path()).set(odd.to_owned());
        opened.form.save();
        assert!(
            opened.form.error(entry.path()).get_untracked().is_some(),
            "{} {}",
            of.kind,
            entry.path()
        );
        assert!(opened.left.get_untracked().is_empty(), "{} is saved unseen", of.kind);
        // Another slip is another doubt.
        opened
            .form
            .text(entry.path())
            .set(format!("{odd} 1").replace("2099-01-01 1", "2098-01-01"));
        opened.form.save();
        leptos::task::tick().await;
        assert!(opened.left.get_untracked().is_empty(), "{} is saved unseen", of.kind);
        opened.form.save();
        until(|| !opened.left.get_untracked().is_empty(), of.kind.name()).await;
    }
}
