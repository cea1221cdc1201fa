//! Who sees a circle, who changes it and lets others in, and what may lie in it; and whom anybody may name anywhere.

use rapport_shared::access::{check_people, check_write, holds, may_see};
use rapport_shared::handover::next_lead;
use rapport_shared::ids::UserId;
use rapport_shared::record::mutation::{Edit, Mutation, Operation};
use rapport_shared::record::profile::Profile;
use rapport_shared::record::profile::Role::{self, Administrator, BackOffice, RelationshipManager, TeamLead};
use rapport_shared::record::refusal::RefusalCode::{
    self, Contradiction, NotPermitted, NotVisible, PersonOutOfReach, UnknownKind,
};
use rapport_shared::record::{Kind, Record, Scope, Stamp, Version};
use rapport_shared::schema::{self, Shape};
use rapport_shared::sync::merge::merge;
use serde_json::{Value, json};

use crate::make;

const ROLES: [Role; 4] = [RelationshipManager, TeamLead, BackOffice, Administrator];

/// Circle 5; the profile of the tests is user 1, team 10, branch 100.
fn circle(fields: &[(&str, Value)]) -> Record {
    make::record(5, Kind::Circle, 5, fields)
}

fn led_by(user: u128) -> Record {
    circle(&[("name", json!("退出计划")), ("lead", make::text(user))])
}

fn entry(map: &str, user: u128) -> String {
    format!("{map}.{}", make::user(user))
}

#[test]
fn a_circle_is_seen_by_those_in_it_and_by_nobody_because_of_a_role() {
    #[track_caller]
    fn check(fields: &[(&str, Value)], expected: bool) {
        let circle = circle(fields);
        for role in ROLES {
            let profile = make::profile(role);
            let answers = (may_see(&profile, &circle), holds(&profile, &circle));
            assert_eq!(answers, (expected, expected), "{role:?} {fields:?}");
        }
    }
    check(&[("lead", make::text(1))], true);
    check(&[("lead", make::text(2))], false);
    check(&[("lead", make::text(2)), (&entry("members", 1), json!(true))], true);
    check(&[("lead", make::text(2)), (&entry("members", 1), json!(false))], false);
    check(&[("lead", make::text(2)), (&entry("members", 3), json!(true))], false);
    check(&[("lead", make::text(2)), ("team", make::text(10))], true);
    check(&[("lead", make::text(2)), ("team", make::text(11))], false);
    check(&[("lead", make::text(2)), ("branch", make::text(100))], true);
    check(&[("lead", make::text(2)), ("branch", make::text(101))], false);
    check(&[("lead", make::text(2)), ("everybody", json!(true))], true);
    check(&[("lead", make::text(2)), ("everybody", json!(false))], false);
    check(&[], false);
    // What means something on a customer means nothing here.
    check(
        &[("owner", make::text(1)), (&entry("co_managers", 1), json!(true))],
        false,
    );
}

fn answers(mutation: &Mutation, current: Option<&Record>, root: Option<&Record>) -> [Option<RefusalCode>; 4] {
    let judge = |role| check_write(&make::profile(role), mutation, current, root);
    ROLES.map(|role| judge(role).err().map(|refusal| refusal.code))
}

#[test]
fn a_circle_is_its_leads_to_change() {
    #[track_caller]
    fn check(current: Option<&Record>, fields: &[(&str, Value)], expected: [Option<RefusalCode>; 4]) {
        let mutation = make::write(5, Kind::Circle, Scope::Under(make::id(5)), fields);
        assert_eq!(answers(&mutation, current, current), expected, "{fields:?}");
    }
    let (own, others) = (led_by(1), led_by(2));
    check(None, &[("lead", make::text(1))], [None; 4]);
    check(None, &[("lead", make::text(2))], [Some(NotPermitted); 4]);
    check(None, &[("name", json!("x"))], [Some(NotPermitted); 4]);
    check(Some(&own), &[("name", json!("x"))], [None; 4]);
    check(Some(&own), &[("lead", make::text(2))], [None; 4]);
    check(Some(&own), &[(&entry("members", 2), json!(true))], [None; 4]);
    check(
        Some(&others),
        &[(&entry("members", 1), json!(true))],
        [Some(NotVisible); 4],
    );
    let mut joined = others.clone();
    joined.fields.insert(make::path(&entry("members", 1)), json!(true));
    check(Some(&joined), &[("purpose", json!("x"))], [Some(NotPermitted); 4]);
    check(Some(&joined), &[("lead", make::text(1))], [Some(NotPermitted); 4]);
    // Who makes all of a place belong to it reads that far.
    let not = Some(NotPermitted);
    check(Some(&own), &[("team", make::text(10))], [not, None, not, None]);
    check(Some(&own), &[("team", make::text(11))], [not, not, not, None]);
    check(Some(&own), &[("branch", make::text(100))], [not, not, None, None]);
    check(Some(&own), &[("branch", make::text(101))], [not, not, not, None]);
    check(Some(&own), &[("everybody", json!(true))], [not, not, None, None]);
    check(
        Some(&own),
        &[("team", Value::Null), ("everybody", json!(false))],
        [None; 4],
    );
    for (current, expected) in [(Some(&own), None), (Some(&joined), not), (None, not)] {
        let mut delete = make::write(5, Kind::Circle, Scope::Under(make::id(5)), &[]);
        delete.operation = Operation::Delete;
        assert_eq!(answers(&delete, current, current), [expected; 4]);
    }
}

#[test]
fn a_root_is_a_root_and_bears_what_belongs_under_it() {
    #[track_caller]
    fn check(kind: Kind, root: Option<&Record>, expected: Option<RefusalCode>) {
        let mutation = make::write(9, kind, Scope::Under(make::id(5)), &[]);
        assert_eq!(answers(&mutation, None, root), [expected; 4], "{:?}", mutation.kind);
    }
    let (own, others) = (led_by(1), led_by(2));
    for kind in [Kind::Note, Kind::Task] {
        check(kind.clone(), Some(&own), None);
        // What is hidden is answered as what is not there.
        check(kind.clone(), Some(&others), Some(NotVisible));
        check(kind, None, Some(NotVisible));
    }
    for kind in [
        Kind::Contact,
        Kind::Holding,
        Kind::Visit,
        Kind::Touch,
        Kind::Person,
        Kind::Setting,
    ] {
        check(kind, Some(&own), Some(Contradiction));
    }
    // Neither a note nor a kind nobody knows becomes a root by bearing the fields of one.
    for kind in [Kind::Note, Kind::Person, Kind::from("plan")] {
        let fake = make::record(5, kind, 5, &[("owner", make::text(1)), ("lead", make::text(1))]);
        check(Kind::Note, Some(&fake), Some(NotVisible));
    }
    check(Kind::from("plan"), Some(&own), Some(UnknownKind));
    // Nor does it lie under itself.
    for kind in [Kind::Contact, Kind::Note, Kind::Task] {
        let mutation = make::write(5, kind, Scope::Under(make::id(5)), &[]);
        let judge = |role| {
            check_write(&make::profile(role), &mutation, None, None).and_then(|()| schema::check(&mutation, None))
        };
        assert!(ROLES.iter().all(|role| judge(*role).is_err()), "{:?}", mutation.kind);
    }
}

/// Colleague `number`, who works in this team and branch.
fn colleague(number: u128, team: u128, branch: u128, is_active: bool) -> Record {
    let fields = [
        ("name", json!("李娜")),
        ("team", make::text(team)),
        ("branch", make::text(branch)),
        ("active", json!(is_active)),
    ];
    Record {
        scope: Scope::Organisation,
        ..make::record(number, Kind::Person, number, &fields)
    }
}

#[test]
fn whoever_is_named_is_here_and_within_reach() {
    let directory = [
        colleague(2, 10, 100, true),
        colleague(3, 11, 100, true),
        colleague(4, 11, 101, true),
        colleague(5, 10, 100, false),
        make::record(6, Kind::Contact, 6, &[("active", json!(true))]),
    ];
    let find = |user: UserId| directory.iter().find(|person| person.id == user.into());
    let check = |kind: Kind, field: &str, to: Value, expected: [bool; 4]| {
        let mutation = make::write(7, kind, Scope::Under(make::id(7)), &[(field, to)]);
        let answers = ROLES.map(|role| check_people(&make::profile(role), &mutation, None, find));
        let refused = answers.iter().filter_map(|answer| answer.as_ref().err());
        assert!(refused.clone().all(|refusal| refusal.code == PersonOutOfReach
            && refusal.field.as_ref().is_some_and(|path| path.as_str() == field)));
        assert_eq!(answers.each_ref().map(Result::is_ok), expected, "{field}");
    };
    // Oneself; a colleague of the team, of the branch, of elsewhere; who has left, who is no person, nobody.
    let entrusted = [
        (1, [true; 4]),
        (2, [false, true, true, true]),
        (3, [false, false, true, true]),
        (4, [false, false, false, true]),
        (5, [false; 4]),
        (6, [false; 4]),
        (99, [false; 4]),
    ];
    for (user, expected) in entrusted {
        check(Kind::Customer, "owner", make::text(user), expected);
        check(Kind::Customer, &entry("co_managers", user), json!(true), expected);
    }
    let together = [
        (1, [true; 4]),
        (2, [true; 4]),
        (3, [true; 4]),
        (4, [false, false, false, true]),
        (5, [false; 4]),
        (99, [false; 4]),
    ];
    for (user, expected) in together {
        check(Kind::Task, "assignee", make::text(user), expected);
        check(Kind::Circle, "lead", make::text(user), expected);
        check(Kind::Circle, &entry("members", user), json!(true), expected);
    }
    // Nobody is named by being taken out, by a text elsewhere, or by an id that is no person's.
    check(Kind::Customer, "owner", Value::Null, [true; 4]);
    check(Kind::Customer, &entry("co_managers", 99), json!(false), [true; 4]);
    check(Kind::Customer, "phone", make::text(99), [true; 4]);
    check(Kind::Customer, "team", make::text(99), [true; 4]);
}

#[test]
fn who_is_there_already_may_stay() {
    let left = [colleague(5, 10, 100, false)];
    let find = |user: UserId| left.iter().find(|person| person.id == user.into());
    let present = make::customer(7, &[("owner", make::text(5)), (&entry("co_managers", 5), json!(true))]);
    let again = [("owner", make::text(5)), (&*entry("co_managers", 5), json!(true))];
    let mutation = make::write(7, Kind::Customer, Scope::Under(make::id(7)), &again);
    let profile: Profile = make::profile(TeamLead);
    assert!(check_people(&profile, &mutation, Some(&present), find).is_ok());
    assert!(check_people(&profile, &mutation, None, find).is_err());
    assert!(check_people(&profile, &mutation, Some(&make::customer(7, &[])), find).is_err());
}

/// Colleague `number` with a role, here or gone; team 10 and branch 100.
fn somebody(number: u128, role: &str, is_active: bool) -> Record {
    let mut person = colleague(number, 10, 100, is_active);
    person.fields.insert(make::path("role"), json!(role));
    person
}

#[test]
fn a_circle_whose_lead_has_left_has_another() {
    let people = [
        somebody(2, "relationship_manager", false),
        somebody(3, "relationship_manager", true),
        somebody(4, "relationship_manager", true),
        somebody(5, "team_lead", true),
        somebody(6, "back_office", true),
        somebody(7, "administrator", true),
    ];
    let check = |circle: &Record, expected: Option<u128>| {
        let edit = next_lead(circle, &people);
        let next = edit.as_ref().and_then(|edit| edit.operation.wanted("lead").cloned());
        assert_eq!(next, expected.map(make::text), "{:?}", circle.fields);
    };
    let led = |lead: u128, fields: &[(&str, Value)]| {
        let mut circle = led_by(lead);
        circle
            .fields
            .extend(fields.iter().map(|(path, value)| (make::path(path), value.clone())));
        circle
    };
    let member = |user: u128| (entry("members", user), json!(true));
    let in_it = |users: &[u128]| -> Vec<(String, Value)> { users.iter().map(|user| member(*user)).collect() };
    let with = |lead: u128, users: &[u128], fields: &[(&str, Value)]| {
        let members = in_it(users);
        let members = members.iter().map(|(path, value)| (path.as_str(), value.clone()));
        led(lead, &members.chain(fields.iter().cloned()).collect::<Vec<_>>())
    };
    // As long as the lead is here, nothing.
    check(&with(3, &[4], &[]), None);
    // Of the members it is the one who has been in it longest, who works here.
    check(&with(2, &[3, 4], &[]), Some(3));
    let mut joined_later = with(2, &[3, 4], &[]);
    let later = Stamp {
        at: joined_later.created.at.plus(1),
        ..joined_later.created
    };
    joined_later.stamps.insert(make::path(&entry("members", 3)), later);
    check(&joined_later, Some(4));
    check(&with(2, &[2, 99], &[("team", make::text(10))]), Some(5));
    check(&with(2, &[], &[("branch", make::text(100))]), Some(6));
    check(&with(2, &[], &[("everybody", json!(true))]), Some(7));
    // Without anybody in it, and for a lead nobody ever was.
    check(&led(2, &[]), Some(7));
    check(&led(2, &[("team", make::text(11))]), Some(7));
    check(&led(99, &[(&entry("members", 4), json!(true))]), Some(4));
    // What was given up stays so, and other kinds are led by nobody.
    let mut given_up = led(2, &[]);
    given_up.deleted = Some(given_up.created);
    check(&given_up, None);
    check(&make::customer(5, &[("lead", make::text(2))]), None);
    // Whoever comes next may write it, and nobody else may.
    let circle = with(2, &[3, 4], &[]);
    let passed = merge(
        Some(&circle),
        &mutation_of(next_lead(&circle, &people).unwrap()),
        Version(2),
    )
    .record;
    let write = |user: u128| {
        let profile = Profile {
            user: make::user(user),
            ..make::profile(RelationshipManager)
        };
        let write = Mutation {
            author: profile.user,
            ..make::write(5, Kind::Circle, passed.scope, &[("purpose", json!("x"))])
        };
        check_write(&profile, &write, Some(&passed), Some(&passed)).is_ok()
    };
    assert_eq!([2, 3, 4].map(write), [false, true, false]);
}

fn mutation_of(edit: Edit) -> Mutation {
    Mutation {
        record: edit.record,
        kind: edit.kind,
        scope: edit.scope,
        base: edit.base,
        operation: edit.operation,
        ..make::write(1, Kind::Note, Scope::Organisation, &[])
    }
}

/// Every field of every kind in which people are named, by every operation that can name somebody.
#[test]
fn nobody_is_named_anywhere_who_is_not_here_and_in_reach() {
    let directory = [
        colleague(2, 10, 100, true),
        colleague(4, 11, 101, true),
        colleague(5, 10, 100, false),
        Record {
            deleted: Some(make::customer(1, &[]).created),
            ..colleague(6, 10, 100, true)
        },
    ];
    let find = |user: UserId| directory.iter().find(|person| person.id == user.into());
    let lead = make::profile(TeamLead);
    let mut fields = 0;
    for kind in Kind::KNOWN {
        for field in schema::fields_of(kind) {
            let named = |user: u128| match field.shape {
                Shape::Person => Some((field.name.to_owned(), make::text(user))),
                Shape::People => Some((entry(field.name, user), json!(true))),
                _ => None,
            };
            if named(2).is_none() {
                continue;
            }
            fields += 1;
            let told = |user: u128, current: Option<&Record>| {
                let (path, to) = named(user).unwrap();
                let mutation = make::write(7, kind.clone(), Scope::Under(make::id(7)), &[(&path, to)]);
                check_people(&lead, &mutation, current, find).map_err(|refusal| refusal.code)
            };
            let of_another = make::record(7, kind.clone(), 7, &[]);
            let mut gone = of_another.clone();
            gone.deleted = Some(gone.created);
            // Creating, changing, and bringing back what was deleted.
            for current in [None, Some(&of_another), Some(&gone)] {
                assert_eq!(told(2, current), Ok(()), "{kind} {}", field.name);
                for (user, who) in [(4, "elsewhere"), (5, "has left"), (6, "was taken out"), (99, "nobody")] {
                    let refused = Err(PersonOutOfReach);
                    assert_eq!(told(user, current), refused, "{kind} {}: {who}", field.name);
                }
            }
        }
    }
    assert!(fields >= 9, "{fields}");
}
