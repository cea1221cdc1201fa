//! Which refusals a mutation of a kind can meet, and which of its fields they name: for those who write a client. It
//! refuses nothing; `access` and `schema` do, and a test holds them to what is told here.

use crate::descriptor::{Keeps, Writers};
use crate::record::Kind;
use crate::record::refusal::RefusalCode;
use crate::shape::{Field, Shape};
use crate::{access, customers, kinds};

/// Whether somebody writes this field at all: what the server makes has fields that nobody does.
pub fn is_written(kind: &Kind, field: &Field) -> bool {
    match kinds::of(kind).writers {
        Writers::Server(fields) => fields.contains(&field.name),
        Writers::Nobody => false,
        Writers::InSight | Writers::Managed | Writers::Lead | Writers::Administrators => true,
    }
}

/// The codes of refusals that name this field of `kind`, or an entry of it.
pub fn of_field(kind: &Kind, field: &Field) -> Vec<RefusalCode> {
    let is_written = is_written(kind, field);
    // What people set for themselves alone names nobody else.
    let names_people = matches!(field.shape, Shape::Person | Shape::People) && field.name != customers::field::PINNED;
    let told = [
        (is_written, RefusalCode::InvalidValue),
        (is_written && field.is_required, RefusalCode::MissingField),
        (is_written && names_people, RefusalCode::PersonOutOfReach),
        (access::may_refuse(kind, field), RefusalCode::NotPermitted),
    ];
    chosen(told)
}

/// The codes of refusals that concern a mutation of `kind` as a whole.
pub fn of_kind(kind: &Kind) -> Vec<RefusalCode> {
    let described = kinds::of(kind);
    let is_known = !matches!(kind, Kind::Other(_));
    let is_open = described.writers == Writers::InSight;
    let told = [
        (true, RefusalCode::InvalidValue),
        (true, RefusalCode::TooLarge),
        (true, RefusalCode::WrongAuthor),
        (!is_known, RefusalCode::UnknownKind),
        (is_known, RefusalCode::NotVisible),
        (is_known, RefusalCode::Contradiction),
        (is_known && !is_open, RefusalCode::NotPermitted),
        (is_known && described.keeps == Keeps::Revisions, RefusalCode::AppendOnly),
    ];
    chosen(told)
}

fn chosen<const N: usize>(told: [(bool, RefusalCode); N]) -> Vec<RefusalCode> {
    let chosen = told.into_iter().filter(|(may_be, _)| *may_be);
    chosen.map(|(_, code)| code).collect()
}
