//! What holds of the descriptor of every kind, and who may write which by it.

use rapport_shared::access::check_write;
use rapport_shared::descriptor::{Keeps, Place, Writers};
use rapport_shared::due::{Looking, TodayParameters, Viewpoint};
use rapport_shared::kinds;
use rapport_shared::record::profile::Role;
use rapport_shared::record::refusal::RefusalCode;
use rapport_shared::record::{Kind, Scope};
use rapport_shared::schema::{Shape, is_required, required};
use rapport_shared::settings::Settings;
use rapport_shared::time::{Here, Timestamp};
use serde_json::{Value, json};

use crate::make;

#[test]
fn descriptors_name_fields_that_are_there() {
    for kind in Kind::KNOWN {
        let described = kinds::of(kind);
        let shape = |name: &str| kinds::field(kind, name).map(|field| field.shape);
        for name in described.named_by {
            let is_text = shape(name).is_some_and(|shape| shape == Shape::Text || shape.is_line());
            assert!(is_text, "{kind} is named by {name}");
        }
        if let Some(in_hand) = described.in_hand {
            assert_eq!(shape(in_hand.field), Some(Shape::Person), "{kind}");
        }
        if let Writers::Server(fields) = described.writers {
            assert!(fields.iter().all(|name| shape(name).is_some()), "{kind}");
        }
        assert!(required(kind).all(|name| is_required(kind, name)), "{kind}");
        assert!(!described.places.is_empty(), "{kind} lies nowhere");
        for place in described.places {
            if let Place::Under(root) = place {
                assert!(kinds::of(root).readers().is_some(), "{kind} under {root}");
            }
        }
        for problem in described.problems {
            assert!(shape(problem.field).is_some(), "{kind} {}", problem.name);
        }
        for field in described.fields.iter().filter(|field| field.is_past) {
            assert_eq!(field.shape, Shape::Date, "{kind} {}", field.name);
        }
    }
}

#[test]
fn what_stands_stays_where_a_kind_keeps_revisions() {
    let own = make::customer(7, &[("owner", make::text(1))]);
    for kind in Kind::KNOWN {
        let under_customers = kinds::of(kind).lies_under(&Kind::Customer);
        if kinds::of(kind).keeps == Keeps::Revisions && under_customers {
            let record = make::record(9, kind.clone(), 7, &[]);
            let write = make::write(9, kind.clone(), record.scope, &[]);
            let refused = check_write(&make::profile(Role::Administrator), &write, Some(&record), Some(&own));
            let code = refused.err().map(|refusal| refusal.code);
            assert_eq!(code, Some(RefusalCode::AppendOnly), "{kind}");
        }
    }
}

#[test]
fn nobody_writes_a_kind_this_version_does_not_know() {
    let unknown = Kind::from("of_tomorrow");
    let own = make::customer(7, &[("owner", make::text(1))]);
    for role in [
        Role::RelationshipManager,
        Role::TeamLead,
        Role::BackOffice,
        Role::Administrator,
    ] {
        for scope in [own.scope, Scope::User(make::user(1)), Scope::Organisation] {
            let write = make::write(9, unknown.clone(), scope, &[("name", json!("x"))]);
            let refused = check_write(&make::profile(role), &write, None, Some(&own));
            let code = refused.err().map(|refusal| refusal.code);
            assert_eq!(code, Some(RefusalCode::UnknownKind), "{role:?} {scope:?}");
        }
    }
}

#[test]
fn a_record_of_nonsense_breaks_nothing() {
    let parameters = TodayParameters::of(&Settings::default());
    let viewpoint = Viewpoint {
        user: None,
        today: jiff::civil::date(2026, 11, 30),
        utc_offset_minutes: 480,
    };
    let looking = Looking {
        viewpoint,
        parameters: &parameters,
    };
    for kind in Kind::KNOWN {
        let described = kinds::of(kind);
        for nonsense in [
            json!("\u{200b}"),
            json!(i64::MAX),
            json!(false),
            json!(["x"]),
            json!({}),
        ] {
            let fields: Vec<_> = described
                .fields
                .iter()
                .map(|field| (field.name, nonsense.clone()))
                .collect();
            let record = make::record(9, kind.clone(), 7, &fields);
            let _ = (described.due)(&record, &looking);
            let _ = (described.happened)(&record);
            let _ = kinds::name_of(&record);
        }
    }
}

#[test]
fn what_several_fields_have_wrong_together() {
    // 21 November 2026, in the afternoon in China.
    let here = Here {
        now: Timestamp::from_milliseconds(1_795_219_200_000),
        utc_offset_minutes: 480,
    };
    let day = 86_400_000;
    #[track_caller]
    fn check(here: Here, kind: Kind, fields: &[(&str, Value)], expected: &[(&str, &str)]) {
        let values = fields
            .iter()
            .map(|(path, value)| (make::path(path), value.clone()))
            .collect();
        let found: Vec<_> = kinds::problems(&kind, &values, here)
            .map(|problem| (problem.field, problem.name))
            .collect();
        assert_eq!(found, expected, "{kind} {fields:?}");
    }
    let at = |days: i64| ("visited_at", json!(here.now.milliseconds() + days * day));
    let next = |text: &str| ("next_contact", json!(text));
    check(here, Kind::Note, &[at(0), next("2026-12-01")], &[]);
    check(here, Kind::Note, &[at(-1), next("2026-11-21")], &[]);
    check(here, Kind::Note, &[("no_next_contact_reason", json!("客户出国"))], &[]);
    let missing = [("next_contact", "next_missing")];
    check(here, Kind::Note, &[at(0)], &missing);
    check(
        here,
        Kind::Note,
        &[("no_next_contact_reason", json!("\u{200b} "))],
        &missing,
    );
    check(
        here,
        Kind::Note,
        &[at(1), next("2026-11-20")],
        &[("visited_at", "future"), ("next_contact", "past")],
    );
    check(here, Kind::Visit, &[("planned_at", json!(5))], &[]);
    check(here, Kind::Visit, &[], &[("planned_at", "time_missing")]);
    check(here, Kind::Task, &[("title", json!("x"))], &[]);
    let (due, until) = (("due", json!("2026-12-01")), ("repeat_until", json!("2026-11-30")));
    check(
        here,
        Kind::Task,
        &[("repeat", json!("week"))],
        &[("due", "day_missing")],
    );
    check(here, Kind::Task, &[due, until], &[("repeat_until", "ends_early")]);
    let lost = ("stage", json!("lost"));
    let missing = [("lost_reason", "reason_missing")];
    check(here, Kind::Opportunity, &[("stage", json!("won"))], &[]);
    check(here, Kind::Opportunity, std::slice::from_ref(&lost), &missing);
    check(
        here,
        Kind::Opportunity,
        &[lost.clone(), ("lost_reason", json!(" \u{200b}"))],
        &missing,
    );
    check(here, Kind::Opportunity, &[lost, ("lost_reason", json!("利率"))], &[]);
}
