//! What is told of refusals against the refusals there are: of every field of every kind.

use std::collections::BTreeSet;

use rapport_shared::descriptor::Place;
use rapport_shared::ids::DeviceId;
use rapport_shared::record::mutation::{Mutation, Operation};
use rapport_shared::record::profile::Role::{self, Administrator, BackOffice, RelationshipManager, TeamLead};
use rapport_shared::record::refusal::{FieldAtFault, Refusal};
use rapport_shared::record::{Kind, Record, Scope, Version};
use rapport_shared::schema::{Field, Shape, fields_of};
use rapport_shared::sync::authority::{Petition, Present, decide};
use rapport_shared::sync::wire::Outcome;
use rapport_shared::time::Timestamp;
use rapport_shared::{kinds, refusals};
use serde_json::{Value, json};

use crate::make;

const ROLES: [Role; 4] = [RelationshipManager, TeamLead, BackOffice, Administrator];

/// Where somebody might write into the field.
fn paths(field: &Field) -> Vec<String> {
    let entries = match field.shape {
        Shape::Set(choices) | Shape::Each(choices, _) => vec![choices.names[0].to_owned()],
        Shape::People => vec![make::user(1).to_string(), make::user(2).to_string()],
        Shape::Tags => vec!["vip".to_owned()],
        _ => return vec![field.name.to_owned()],
    };
    entries.iter().map(|entry| format!("{}.{entry}", field.name)).collect()
}

/// A value that is right, for what a record cannot be without.
fn right(shape: Shape) -> Value {
    match shape {
        Shape::Choice(choices) => choices.names[0].into(),
        Shape::Person => make::text(1),
        _ => "x".into(),
    }
}

/// Records of `kind` that user 1 may write or begin, each with the root they lie under.
fn places(kind: &Kind) -> Vec<(Scope, Option<Record>)> {
    let customer = make::customer(7, &[("owner", make::text(1)), ("type", json!("corporate"))]);
    let circle = make::record(7, Kind::Circle, 7, &[("lead", make::text(1))]);
    let places = kinds::of(kind).places.iter();
    let places = places.map(|place| match place {
        Place::Under(Kind::Circle) => (circle.scope, Some(circle.clone())),
        Place::Under(_) => (customer.scope, Some(customer.clone())),
        Place::Root { .. } => (customer.scope, None),
        Place::Own => (Scope::User(make::user(1)), None),
        Place::Organisation => (Scope::Organisation, None),
    });
    places.collect()
}

fn refusal(role: Role, mutation: &Mutation, current: Option<&Record>, root: Option<&Record>) -> Option<Refusal> {
    let profile = make::profile(role);
    let petition = Petition {
        profile: &profile,
        device: DeviceId::from_u128(1),
        now: Timestamp::from_milliseconds(i64::MAX),
        forked: false,
    };
    let present = Present {
        record: current,
        root,
        people: &[],
        known_to_device: true,
    };
    match decide(petition, mutation, present, Version(9), || make::id(99)).outcome {
        Outcome::Refused(refusal) => Some(refusal),
        _ => None,
    }
}

/// All refusals that writing a value into a field of `kind` meets, and deleting.
fn met(kind: &Kind) -> Vec<Refusal> {
    let required = fields_of(kind).iter().filter(|field| field.is_required);
    let required: Vec<_> = required.map(|field| (field.name, right(field.shape))).collect();
    let values = [json!(null), json!(["x"]), make::text(2), json!(true)];
    let mut met = Vec::new();
    for (scope, root) in places(kind) {
        let number = if kinds::of(kind)
            .places
            .iter()
            .any(|place| matches!(place, Place::Root { .. }))
        {
            7
        } else {
            9
        };
        let mut record = make::record(number, kind.clone(), 7, &required);
        record.scope = scope;
        record.fields.insert(make::path("owner"), make::text(1));
        for role in ROLES {
            for current in [None, Some(&record)] {
                for path in fields_of(kind).iter().flat_map(paths) {
                    for value in &values {
                        let mut fields = required.clone();
                        fields.retain(|(name, _)| *name != path);
                        let written = fields.into_iter().chain([(&*path, value.clone())]);
                        let mutation = make::write(number, kind.clone(), scope, &written.collect::<Vec<_>>());
                        met.extend(refusal(role, &mutation, current, root.as_ref()));
                    }
                }
                let mut deletion = make::write(number, kind.clone(), scope, &[]);
                deletion.operation = Operation::Delete;
                met.extend(refusal(role, &deletion, current, root.as_ref()));
            }
        }
    }
    met
}

#[test]
fn what_is_told_of_a_field_is_what_happens() {
    for kind in Kind::KNOWN {
        let (mut of_fields, mut of_the_whole) = (BTreeSet::new(), BTreeSet::new());
        for refusal in met(kind) {
            let told = refusal.code.field_at_fault();
            let is_said = refusal.field.is_some();
            let expected = if is_said {
                FieldAtFault::Never
            } else {
                FieldAtFault::Always
            };
            assert_ne!(told, expected, "{kind} {refusal}");
            match refusal.field {
                Some(path) => of_fields.insert(format!("{} {:?}", path.field(), refusal.code)),
                None => of_the_whole.insert(format!("{:?}", refusal.code)),
            };
        }
        let told = fields_of(kind).iter().flat_map(|field| {
            let codes = refusals::of_field(kind, field).into_iter();
            codes.map(move |code| format!("{} {code:?}", field.name))
        });
        assert_eq!(of_fields, told.collect(), "{kind}");
        let told: BTreeSet<_> = refusals::of_kind(kind).iter().map(|code| format!("{code:?}")).collect();
        assert!(of_the_whole.is_subset(&told), "{kind}: {of_the_whole:?} {told:?}");
    }
}
