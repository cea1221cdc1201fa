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

#[test]
fn one_form_a_kind() {
    for kind in Kind::KNOWN {
        let forms = FORMS.iter().filter(|form| form.kind == *kind).count();
        assert!(forms <= 1, "{kind}");
        assert_eq!(super::form(kind).is_some(), forms == 1);
    }
}
