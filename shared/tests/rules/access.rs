//! Who may write what.

use rapport_shared::access::{check_write, held_channels, holds, may_see, root_channels, visible_channels};
use rapport_shared::channel::{Channel, Wider};
use rapport_shared::customers::new_customer;
use rapport_shared::ids::{BranchId, TeamId};
use rapport_shared::record::mutation::Operation;
use rapport_shared::record::profile::Profile;
use rapport_shared::record::profile::Role::{self, Administrator, BackOffice, RelationshipManager, TeamLead};
use rapport_shared::record::refusal::RefusalCode::{AppendOnly, Contradiction, NotPermitted, NotVisible, WrongAuthor};
use rapport_shared::record::refusal::{Refusal, RefusalCode};
use rapport_shared::record::{Kind, Record, Scope};
use serde_json::{Value, json};

use crate::make;

const ROLES: [Role; 4] = [RelationshipManager, TeamLead, BackOffice, Administrator];

/// Customer 7 of `owner`, `team` and `branch`; the profile of the tests is user 1, team 10, branch 100.
fn customer(owner: u128, team: u128, branch: u128) -> Record {
    make::customer(
        7,
        &[
            ("name", json!("平安")),
            ("owner", make::text(owner)),
            ("team", make::text(team)),
            ("branch", make::text(branch)),
        ],
    )
}

/// What the four roles are answered.
type Answers = [Option<RefusalCode>; 4];

#[track_caller]
fn check_roles(
    current: Option<&Record>,
    customer: Option<&Record>,
    kind: Kind,
    fields: &[(&str, Value)],
    expected: Answers,
) {
    let scope = Scope::Under(make::id(7));
    let record = current.map_or(make::id(7), |record| record.id);
    let mut mutation = make::write(0, kind, scope, fields);
    mutation.record = record;
    let answers = ROLES.map(|role| {
        let result = check_write(&make::profile(role), &mutation, current, customer);
        result.err().map(|refusal| refusal.code)
    });
    assert_eq!(answers, expected, "{fields:?}");
}

#[test]
fn who_sees_which_customer() {
    #[track_caller]
    fn check(customer: &Record, expected: [bool; 4]) {
        assert_eq!(ROLES.map(|role| may_see(&make::profile(role), customer)), expected);
    }
    check(&customer(1, 10, 100), [true, true, true, true]);
    check(&customer(2, 10, 100), [false, true, true, true]);
    check(&customer(2, 11, 100), [false, false, true, true]);
    check(&customer(2, 11, 101), [false, false, false, true]);
    check(&customer(1, 11, 101), [true, true, true, true]);
    check(&make::customer(7, &[]), [false, false, false, true]);
    let mut shared = customer(2, 11, 101);
    let entry = make::path(&format!("co_managers.{}", make::user(1)));
    shared.fields.insert(entry.clone(), json!(true));
    check(&shared, [true, true, true, true]);
    shared.fields.insert(entry, json!(false));
    check(&shared, [false, false, false, true]);
}

#[test]
fn who_changes_which_field_of_a_visible_customer() {
    let own = customer(1, 10, 100);
    #[track_caller]
    fn check(current: &Record, path: &str, to: Value, expected: Answers) {
        check_roles(Some(current), None, Kind::Customer, &[(path, to)], expected);
    }
    let rm_not = [Some(NotPermitted), None, None, None];
    check(&own, "phone", json!("1"), [None; 4]);
    check(&own, "tomorrow", json!("1"), [None; 4]);
    check(&own, "tier", json!("A"), rm_not);
    check(&own, "restricted", json!(false), rm_not);
    check(&own, "owner", make::text(2), rm_not);
    check(&own, "owner", Value::Null, rm_not);
    check(&own, &format!("co_managers.{}", make::user(2)), json!(true), rm_not);
    // The lead owns it himself here, so he goes on seeing it in another team.
    check(&own, "team", make::text(11), rm_not);
    check(&own, "branch", make::text(101), rm_not);
    let others = customer(2, 10, 100);
    check(&others, "phone", json!("1"), [Some(NotVisible), None, None, None]);
    check(&others, "owner", make::text(3), [Some(NotVisible), None, None, None]);
    check(
        &others,
        "team",
        make::text(11),
        [Some(NotVisible), Some(NotPermitted), None, None],
    );
    let not_twice = [Some(NotVisible), None, Some(NotPermitted), None];
    check(&others, "branch", make::text(101), not_twice);
    let elsewhere = customer(2, 11, 101);
    let invisible = [Some(NotVisible), Some(NotVisible), Some(NotVisible), None];
    check(&elsewhere, "phone", json!("1"), invisible);
    // Nobody takes a customer he does not see.
    check(&elsewhere, "owner", make::text(1), invisible);
    check(&elsewhere, "team", make::text(10), invisible);
}

#[test]
fn who_creates_which_customer() {
    #[track_caller]
    fn check(owner: u128, team: u128, branch: u128, more: Option<(&str, Value)>, expected: Answers) {
        let mut fields = vec![
            ("name", json!("平安")),
            ("owner", make::text(owner)),
            ("team", make::text(team)),
            ("branch", make::text(branch)),
        ];
        fields.extend(more);
        check_roles(None, None, Kind::Customer, &fields, expected);
    }
    check(1, 10, 100, None, [None; 4]);
    check(2, 10, 100, None, [Some(NotPermitted), None, None, None]);
    check(1, 11, 100, None, [Some(NotPermitted), None, None, None]);
    check(2, 11, 100, None, [Some(NotPermitted), Some(NotPermitted), None, None]);
    check(
        2,
        11,
        101,
        None,
        [Some(NotPermitted), Some(NotPermitted), Some(NotPermitted), None],
    );
    check(
        1,
        10,
        100,
        Some(("tier", json!("A"))),
        [Some(NotPermitted), None, None, None],
    );
    check_roles(
        None,
        None,
        Kind::Customer,
        &[("owner", make::text(1))],
        [Some(NotPermitted), None, None, None],
    );
}

#[test]
fn a_new_customer_of_ones_own_is_permitted() {
    for role in ROLES {
        let profile = make::profile(role);
        let edit = new_customer(make::id(7), &profile);
        let mut mutation = make::write(7, Kind::Customer, edit.scope, &[]);
        mutation.operation = edit.operation;
        assert_eq!(check_write(&profile, &mutation, None, None), Ok(()), "{role:?}");
    }
}

#[test]
fn records_of_a_customer_follow_its_visibility() {
    let (own, others) = (customer(1, 10, 100), customer(2, 11, 101));
    let not_seen = [Some(NotVisible), Some(NotVisible), Some(NotVisible), None];
    for kind in [
        Kind::Contact,
        Kind::Holding,
        Kind::Visit,
        Kind::Note,
        Kind::Touch,
        Kind::Task,
    ] {
        check_roles(None, Some(&own), kind.clone(), &[("name", json!("x"))], [None; 4]);
        check_roles(None, Some(&others), kind.clone(), &[("name", json!("x"))], not_seen);
        check_roles(None, None, kind, &[("name", json!("x"))], [Some(NotVisible); 4]);
    }
}

#[test]
fn a_submitted_note_stays() {
    let own = customer(1, 10, 100);
    let note = make::record(9, Kind::Note, 7, &[("text", json!("x"))]);
    check_roles(
        Some(&note),
        Some(&own),
        Kind::Note,
        &[("text", json!("y"))],
        [Some(AppendOnly); 4],
    );
    let mut delete = make::write(9, Kind::Note, note.scope, &[]);
    delete.operation = Operation::Delete;
    let result = check_write(&make::profile(Administrator), &delete, Some(&note), Some(&own));
    assert_eq!(result, Err(Refusal::whole(AppendOnly)));
}

#[test]
fn conflicts_are_only_resolved() {
    let own = customer(1, 10, 100);
    let conflict = make::record(9, Kind::Conflict, 7, &[("path", json!("phone"))]);
    let not = [Some(NotPermitted); 4];
    check_roles(
        Some(&conflict),
        Some(&own),
        Kind::Conflict,
        &[("resolved", json!(true))],
        [None; 4],
    );
    check_roles(
        Some(&conflict),
        Some(&own),
        Kind::Conflict,
        &[("aside", json!("x"))],
        not,
    );
    check_roles(None, Some(&own), Kind::Conflict, &[("resolved", json!(true))], not);
}

#[test]
fn the_organisation_is_for_administrators_and_a_user_for_himself() {
    #[track_caller]
    fn check(kind: Kind, scope: Scope, expected: Answers) {
        let mutation = make::write(9, kind, scope, &[]);
        let answers = ROLES.map(|role| {
            check_write(&make::profile(role), &mutation, None, None)
                .err()
                .map(|r| r.code)
        });
        assert_eq!(answers, expected, "{:?} {scope:?}", mutation.kind);
    }
    let administrator = [Some(NotPermitted), Some(NotPermitted), Some(NotPermitted), None];
    for kind in [Kind::Person, Kind::Setting] {
        check(kind, Scope::Organisation, administrator);
    }
    check(Kind::Task, Scope::User(make::user(1)), [None; 4]);
    check(Kind::Task, Scope::User(make::user(2)), [Some(NotVisible); 4]);
}

#[test]
fn nobody_writes_for_another_or_moves_a_record() {
    let (own, profile) = (customer(1, 10, 100), make::profile(Administrator));
    let mut forged = make::write(7, Kind::Customer, own.scope, &[]);
    forged.author = make::user(2);
    assert_eq!(
        check_write(&profile, &forged, Some(&own), None),
        Err(Refusal::whole(WrongAuthor))
    );
    let contact = make::record(9, Kind::Contact, 8, &[]);
    let moved = make::write(9, Kind::Contact, own.scope, &[]);
    assert_eq!(
        check_write(&profile, &moved, Some(&contact), Some(&own)),
        Err(Refusal::whole(NotVisible)),
        "as if there were no such record for this author"
    );
    let other_scope = make::write(8, Kind::Customer, own.scope, &[]);
    assert_eq!(
        check_write(&profile, &other_scope, None, Some(&own)),
        Err(Refusal::whole(Contradiction))
    );
    let theirs = make::customer(8, &[("owner", make::text(2))]);
    let disguised = make::write(9, Kind::Touch, contact.scope, &[]);
    for (role, answer) in [(Administrator, Contradiction), (RelationshipManager, NotVisible)] {
        assert_eq!(
            check_write(&make::profile(role), &disguised, Some(&contact), Some(&theirs)),
            Err(Refusal::whole(answer))
        );
    }
}

#[test]
fn deletion_of_a_customer_is_not_the_managers() {
    let own = customer(1, 10, 100);
    let mut delete = make::write(7, Kind::Customer, own.scope, &[]);
    delete.operation = Operation::Delete;
    let answers = ROLES.map(|role| check_write(&make::profile(role), &delete, Some(&own), None).is_ok());
    assert_eq!(answers, [false, true, true, true]);
}

#[test]
fn who_pins_which_customer() {
    #[track_caller]
    fn check(current: &Record, path: &str, to: Value, expected: Answers) {
        check_roles(Some(current), None, Kind::Customer, &[(path, to)], expected);
    }
    let own_pin = format!("pinned.{}", make::user(1));
    let rm_not = [Some(NotPermitted), None, None, None];
    let nobody = [Some(NotPermitted); 4];
    check(&customer(1, 10, 100), &own_pin, json!(true), rm_not);
    check(&customer(1, 10, 100), &own_pin, Value::Null, rm_not);
    check(
        &customer(1, 10, 100),
        &format!("pinned.{}", make::user(2)),
        json!(true),
        nobody,
    );
    check(
        &customer(1, 10, 100),
        &format!("pinned.{}", make::user(2)),
        Value::Null,
        nobody,
    );
    check(&customer(1, 10, 100), "pinned", json!(true), nobody);
    let not_seen = |role_sees: [bool; 4]| role_sees.map(|sees| (!sees).then_some(NotVisible));
    check(
        &customer(2, 10, 100),
        &own_pin,
        json!(true),
        not_seen([false, true, true, true]),
    );
    check(
        &customer(2, 11, 100),
        &own_pin,
        json!(true),
        not_seen([false, false, true, true]),
    );
    check(
        &customer(2, 11, 101),
        &own_pin,
        json!(true),
        not_seen([false, false, false, true]),
    );
    // A lead without a team reads no wider than a relationship manager.
    let lead = Profile {
        team: None,
        ..make::profile(TeamLead)
    };
    let mutation = make::write(7, Kind::Customer, Scope::Under(make::id(7)), &[(&own_pin, json!(true))]);
    let refused = check_write(&lead, &mutation, Some(&customer(1, 10, 100)), None);
    assert_eq!(refused, Err(Refusal::field(NotPermitted, make::path(&own_pin))));
}

/// A customer of somebody else, pinned by user 1.
fn pinned(team: u128, branch: u128, pin: Value) -> Record {
    let mut record = customer(2, team, branch);
    record
        .fields
        .insert(make::path(&format!("pinned.{}", make::user(1))), pin);
    record
}

#[test]
fn what_lies_on_whose_devices() {
    #[track_caller]
    fn check(customer: &Record, expected: [bool; 4]) {
        assert_eq!(ROLES.map(|role| holds(&make::profile(role), customer)), expected);
    }
    check(&customer(1, 11, 101), [true; 4]);
    check(&customer(2, 10, 100), [false; 4]);
    check(&pinned(10, 100, json!(true)), [false, true, true, true]);
    check(&pinned(11, 100, json!(true)), [false, false, true, true]);
    check(&pinned(11, 101, json!(true)), [false, false, false, true]);
    check(&pinned(10, 100, json!(false)), [false; 4]);
    let mut others = customer(2, 10, 100);
    others
        .fields
        .insert(make::path(&format!("pinned.{}", make::user(3))), json!(true));
    check(&others, [false; 4]);
}

#[test]
fn a_pin_gives_no_right_and_nothing_is_held_that_is_not_seen() {
    let elsewhere = pinned(11, 101, json!(true));
    assert!(!may_see(&make::profile(TeamLead), &elsewhere));
    let write = [("phone", json!("1"))];
    let refused = [Some(NotVisible), Some(NotVisible), Some(NotVisible), None];
    check_roles(Some(&elsewhere), None, Kind::Customer, &write, refused);
    for (owner, team, branch, pin) in [1, 2]
        .into_iter()
        .flat_map(|owner| [10, 11].map(|team| (owner, team)))
        .flat_map(|(owner, team)| [100, 101].map(|branch| (owner, team, branch)))
        .flat_map(|(owner, team, branch)| [true, false].map(|pin| (owner, team, branch, pin)))
    {
        let mut record = pinned(team, branch, json!(pin));
        record.fields.insert(make::path("owner"), make::text(owner));
        for role in ROLES {
            let profile = make::profile(role);
            assert!(
                !holds(&profile, &record) || may_see(&profile, &record),
                "{role:?} {record:?}"
            );
        }
    }
}

#[test]
fn channels_are_written_and_read() {
    for channel in [
        Channel::User(make::user(1)),
        Channel::Team(TeamId::from_u128(2)),
        Channel::Branch(BranchId::from_u128(3)),
        Channel::Organisation,
        Channel::Pin(make::user(1), Wider::Team(TeamId::from_u128(2))),
        Channel::Pin(make::user(1), Wider::Branch(BranchId::from_u128(3))),
        Channel::Pin(make::user(1), Wider::Organisation),
        Channel::Staff(Wider::Team(TeamId::from_u128(2))),
        Channel::Staff(Wider::Branch(BranchId::from_u128(3))),
        Channel::Staff(Wider::Organisation),
    ] {
        assert_eq!(channel.to_string().parse(), Ok(channel));
    }
    let pin = format!("pin:{}", make::user(1));
    let to_user = format!("{pin}:user:{}", make::user(1));
    let wrong = [
        "",
        "user",
        "user:",
        "user:x",
        "king:1",
        "Organisation",
        "pin:x:organisation",
        "staff",
        "staff:",
        "staff:king:1",
        "staff:staff:organisation",
    ];
    for wrong in wrong.into_iter().chain([&*pin, &*to_user]) {
        assert!(wrong.parse::<Channel>().is_err(), "{wrong}");
    }
    let profile = make::profile(TeamLead);
    assert_eq!(
        (visible_channels(&profile).len(), held_channels(&profile).len()),
        (5, 5)
    );
    assert_eq!(root_channels(&customer(1, 10, 100)).len(), 4);
    assert_eq!(root_channels(&pinned(10, 100, json!(true))).len(), 7);
}
