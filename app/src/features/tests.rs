//! Laws over all forms there are.
#![expect(clippy::expect_used, reason = "a test may fail loudly")]

#[cfg(target_arch = "wasm32")]
mod open;

use std::collections::BTreeSet;

use rapport_shared::record::{FieldPath, Kind};
use rapport_shared::schema;

use super::FORMS;
use crate::i18n::field_name;

#[test]
fn forms_name_only_fields_of_their_kind_each_once() {
    for form in FORMS {
        let mut named = BTreeSet::new();
        for entry in form.entries() {
            let path = FieldPath::parse(entry.path()).expect("a path");
            let is_known =
                schema::of_field(&form.kind, entry.path()).is_some() || schema::shape(&form.kind, &path).is_some();
            assert!(is_known, "{} {path}", form.kind);
            assert!(named.insert(entry.path()), "{} {path} twice", form.kind);
            assert_ne!(
                field_name(&form.kind, &path),
                path.as_str(),
                "{} {path} has no words",
                form.kind
            );
        }
    }
}

#[test]
fn every_required_field_is_in_its_form() {
    for form in FORMS {
        for name in schema::required(&form.kind) {
            let is_there = form.entries().any(|entry| entry.path() == name);
            assert!(is_there, "{} {name}", form.kind);
        }
    }
}

/// What is set elsewhere than in the form of its kind, and where.
const ELSEWHERE: &[(Kind, &[&str])] = &[
    // The core bank's number comes with imports; who is in charge, with the dialogs of the card's head; pins, there too.
    (
        Kind::Customer,
        &["code", "owner", "co_managers", "team", "branch", "pinned"],
    ),
    // A visit is planned in its form, and held by the note about it; these no screen asks for.
    (Kind::Visit, &["held_at", "type", "outcome"]),
    // What a note is about, or corrects, is where its form was opened.
    (Kind::Note, &["visit", "revises"]),
    // Now.
    (Kind::Touch, &["at"]),
    // By ticking off, giving away and answering, wherever a task is shown.
    (
        Kind::Task,
        &[
            "done",
            "done_at",
            "note",
            "repeat_from",
            "delegated_by",
            "acceptance",
            "declined_reason",
        ],
    ),
    // The page it stands on names the number; taking back is beside each value.
    (Kind::Setting, &["name", "withdrawn"]),
];

/// Whatever people may set can be set by people.
#[test]
fn every_field_somebody_may_set_is_in_its_form_or_elsewhere() {
    let mut nowhere = Vec::new();
    for form in FORMS {
        for field in schema::fields_of(&form.kind) {
            let is_in_form = form
                .entries()
                .any(|entry| FieldPath::known(entry.path()).field() == field.name);
            let is_elsewhere = ELSEWHERE
                .iter()
                .any(|(kind, fields)| *kind == form.kind && fields.contains(&field.name));
            if is_in_form == is_elsewhere {
                nowhere.push(format!("{}.{}", form.kind, field.name));
            }
        }
    }
    assert!(
        nowhere.is_empty(),
        "neither in a form nor set elsewhere, or both: {nowhere:?}"
    );
}

#[test]
fn one_form_a_kind() {
    for kind in Kind::KNOWN {
        let forms = FORMS.iter().filter(|form| form.kind == *kind).count();
        assert!(forms <= 1, "{kind}");
        assert_eq!(super::form(kind).is_some(), forms == 1);
    }
}
