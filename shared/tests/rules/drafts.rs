//! A draft is an edit that nobody has made yet: over every kind, what is typed is restored, saved and reopened whole.

use std::collections::BTreeMap;

use proptest::prelude::*;
use rapport_shared::drafts::{
    Draft, Here, Opened, Typed, can_be_undone, draft_key, of_former_form, refusals, reopened, typed, undone,
};
use rapport_shared::record::mutation::{Change, Edit, Mutation, Operation};
use rapport_shared::record::profile::Role;
use rapport_shared::record::refusal::RefusalCode;
use rapport_shared::record::{Fields, Kind, Record, Scope, Version};
use rapport_shared::schema::{self, Shape};
use rapport_shared::sync::merge::merge;
use serde_json::{Value, json};

use crate::make;

fn here() -> Here {
    Here {
        now: make::noon("2026-11-21"),
        utc_offset_minutes: 480,
    }
}

/// Texts as people type them, and as nobody should.
fn naughty() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "",
        " ",
        "王芳",
        "１３８００１３８０００",
        "5000万",
        "1,200",
        "2026-12-05",
        "12月5日",
        "2026-13-",
        "2026-12-05 09:30",
        "-2",
        "true",
        "a, b、1.5亿授信",
        "一\u{b}二\r\n三",
        "\u{202d}0592-1234567\u{202c}",
        "\u{200b}",
        "ＡＢ\u{feff}１",
        "👨\u{200d}👩\u{200d}👧",
        "\u{202e}gnp.exe",
        "ａ＠ｂ．ｃｏｍ",
        "91350211m000100y43",
        "__proto__",
        "' OR 1=1 --",
    ]);
    let long = (0..3_usize).prop_map(|size| "名".repeat(size * 250));
    prop_oneof![8 => known.prop_map(str::to_owned), 1 => long, 2 => "\\PC{0,20}".prop_map(|text| text)]
}

/// The paths at which something can be entered in a form of the kind.
fn paths(kind: &Kind) -> Vec<String> {
    let fields = schema::fields_of(kind).iter();
    let paths = fields.flat_map(|field| match field.shape {
        Shape::Each(choices, _) => choices
            .names
            .iter()
            .map(|name| format!("{}.{name}", field.name))
            .collect(),
        _ => vec![field.name.to_owned()],
    });
    paths.collect()
}

/// What somebody entered at each of some paths.
fn entered(kind: &'static Kind) -> impl Strategy<Value = BTreeMap<String, Typed>> {
    let one = move |path: String| {
        let pressed: Option<Vec<String>> = match schema::of_field(kind, &path) {
            Some(Shape::Set(choices)) => Some(choices.names.iter().map(|name| (*name).to_owned()).collect()),
            Some(Shape::People) => Some((1..5).map(|user| make::user(user).to_string()).collect()),
            _ => None,
        };
        let input = match pressed {
            Some(names) => {
                let most = names.len();
                let some = prop::sample::subsequence(names, 0..=most);
                some.prop_map(|names| Typed::Pressed(names.into_iter().collect()))
                    .boxed()
            }
            None => naughty().prop_map(Typed::Text).boxed(),
        };
        prop::option::of(input).prop_map(move |input| input.map(|input| (path.clone(), input)))
    };
    let all: Vec<_> = paths(kind).into_iter().map(one).collect();
    all.prop_map(|entered| entered.into_iter().flatten().collect())
}

type Entered = BTreeMap<String, Typed>;

fn values(opened: &Opened, entered: &Entered) -> Fields {
    opened.values(entered.iter().map(|(path, typed)| (path.as_str(), typed)), here())
}

/// A record of the kind as somebody entered it; what the rules refuse is left out.
fn record(kind: &Kind, entered: &Entered) -> Record {
    let mut fields = values(&Opened::new(kind.clone(), None, Fields::new()), entered);
    fields.retain(|path, value| schema::check_value(kind, path, value).is_ok());
    Record {
        fields,
        ..make::record(5, kind.clone(), 1, &[])
    }
}

fn kinds() -> impl Strategy<Value = (&'static Kind, Entered, Entered, bool)> {
    (0..Kind::KNOWN.len())
        .prop_map(|at| &Kind::KNOWN[at])
        .prop_flat_map(|kind| (Just(kind), entered(kind), entered(kind), any::<bool>()))
}

/// The same form, opened again with the draft that was kept.
fn opened_again(kind: &Kind, record: Option<Record>, start: Fields, draft: &Draft) -> Opened {
    let kept = serde_json::to_string(&draft.to_value()).unwrap();
    let kept = Draft::parse(&serde_json::from_str(&kept).unwrap()).unwrap();
    let mut opened = Opened::new(kind.clone(), record, start);
    opened.restore(&kept);
    opened
}

fn mutation(edit: Edit) -> Mutation {
    Mutation {
        record: edit.record,
        kind: edit.kind,
        scope: edit.scope,
        base: edit.base,
        operation: edit.operation,
        ..make::write(1, Kind::Note, Scope::Organisation, &[])
    }
}

proptest! {
    #[test]
    fn a_draft_of_any_edit_restores_to_that_edit((kind, before, typed_now, is_new) in kinds()) {
        let record = (!is_new).then(|| record(kind, &before));
        let start = if is_new { values(&Opened::new(kind.clone(), None, Fields::new()), &before) } else { Fields::new() };
        let opened = Opened::new(kind.clone(), record.clone(), start.clone());
        let wanted = values(&opened, &typed_now);
        let edit = opened.edit(&wanted, make::id(9), Scope::Under(make::id(1)));
        let Some(draft) = opened.draft(&wanted) else {
            prop_assert!(is_new || edit.is_empty());
            return Ok(());
        };
        let again = opened_again(kind, record, start, &draft);
        // Nobody types anything more: every input means what it shows.
        let shown: Entered = paths(kind).into_iter().map(|path| { let typed = again.typed(&path, here()); (path, typed) }).collect();
        let restored = values(&again, &shown);
        prop_assert_eq!(&restored, &wanted);
        prop_assert_eq!(again.edit(&restored, make::id(9), Scope::Under(make::id(1))), edit);
        prop_assert_eq!(again.draft(&restored), Some(draft));
    }

    #[test]
    fn a_draft_that_is_given_up_is_gone_and_comes_back_whole((kind, before, typed_now, is_new) in kinds()) {
        let record = (!is_new).then(|| record(kind, &before));
        let opened = Opened::new(kind.clone(), record.clone(), Fields::new());
        let wanted = values(&opened, &typed_now);
        let draft = opened.draft(&wanted);
        prop_assume!(draft.is_some());
        let draft = draft.unwrap_or_default();
        let mut again = opened_again(kind, record, Fields::new(), &draft);
        again.discard();
        let shown = |opened: &Opened| -> Entered {
            paths(kind).into_iter().map(|path| { let typed = opened.typed(&path, here()); (path, typed) }).collect()
        };
        // As if nothing had been typed.
        prop_assert_eq!(shown(&again), shown(&opened));
        prop_assert!(again.draft(&values(&again, &Entered::new())).is_none());
        again.restore(&draft);
        prop_assert_eq!(values(&again, &Entered::new()), wanted);
    }

    #[test]
    fn a_refused_change_reopens_whole((kind, before, typed_now, is_new) in kinds()) {
        let record = (!is_new).then(|| record(kind, &before));
        let opened = Opened::new(kind.clone(), record.clone(), Fields::new());
        let wanted = values(&opened, &typed_now);
        let edit = opened.edit(&wanted, make::id(9), Scope::Under(make::id(1)));
        prop_assume!(!edit.is_empty());
        let refused = mutation(edit.clone());
        let found = reopened(&refused, |_| true).unwrap();
        prop_assert_eq!(found.record, (!is_new).then(|| make::id(5)));
        let again = opened_again(kind, record, Fields::new(), &found.draft);
        let restored = values(&again, &BTreeMap::new());
        prop_assert_eq!(again.edit(&restored, make::id(9), Scope::Under(make::id(1))), edit);
    }

    #[test]
    fn what_is_typed_is_never_lost((kind, _, typed_now, _) in kinds()) {
        let opened = Opened::new(kind.clone(), None, Fields::new());
        let wanted = values(&opened, &typed_now);
        let edit = opened.edit(&wanted, make::id(9), Scope::Under(make::id(1)));
        let found = refusals(&edit, &wanted);
        for (path, input) in &typed_now {
            let is_there = wanted.keys().any(|at| at.as_str() == path || at.field() == path);
            // A box is ticked or not; nothing else is entered in it.
            let is_box = schema::of_field(kind, path) == Some(Shape::Flag);
            let said_something = match input {
                Typed::Text(text) if is_box => text == "true",
                Typed::Text(text) => text.chars().any(char::is_alphanumeric),
                Typed::Pressed(names) => !names.is_empty(),
            };
            prop_assert!(is_there || !said_something, "{} {:?}", path, input);
        }
        // What the rules of the server refuse is told beforehand, each at its field.
        let refused = schema::check(&mutation(edit), None).err();
        let refused = refused.filter(|refusal| refusal.code != RefusalCode::Contradiction);
        prop_assert!(refused.is_none_or(|refusal| found.contains(&refusal)));
    }

    #[test]
    fn what_was_saved_is_taken_back((kind, before, typed_now, _) in kinds()) {
        let record = record(kind, &before);
        let opened = Opened::new(kind.clone(), Some(record.clone()), Fields::new());
        let edit = opened.edit(&values(&opened, &typed_now), make::id(9), Scope::Under(make::id(1)));
        prop_assume!(!edit.is_empty());
        let saved = merge(Some(&record), &mutation(edit.clone()), Version(2)).record;
        let back = merge(Some(&saved), &mutation(undone(&edit, &saved)), Version(3)).record;
        prop_assert_eq!(back.fields, record.fields);
    }
}

#[test]
fn untouched_values_stay_as_they_are() {
    let odd = [
        ("phone", json!(" 1 ")),
        ("headcount", json!("many")),
        ("name", json!("甲")),
    ];
    let opened = Opened::new(Kind::Customer, Some(make::customer(1, &odd)), Fields::new());
    let shown: Entered = paths(&Kind::Customer)
        .into_iter()
        .map(|path| (path.clone(), opened.typed(&path, here())))
        .collect();
    assert!(opened.draft(&values(&opened, &shown)).is_none());
}

#[test]
fn consents_alone_are_a_draft_and_a_withdrawn_one_is_a_no() {
    let record = make::customer(1, &[("consent.call", json!(true)), ("consent.visit", json!(false))]);
    let opened = Opened::new(Kind::Customer, Some(record), Fields::new());
    let press = |names: &[&str]| {
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        values(&opened, &Entered::from([("consent".to_owned(), Typed::Pressed(names))]))
    };
    assert!(opened.draft(&press(&["call"])).is_none());
    let draft = opened.draft(&press(&["letter"])).unwrap();
    let to = |path: &str| draft.changes.get(path).map(|change| change.to.clone());
    assert_eq!(to("consent.call"), Some(json!(false)));
    assert_eq!(to("consent.letter"), Some(json!(true)));
    assert_eq!(to("consent.visit"), None);
}

#[test]
fn what_is_ticked_and_unticked_was_never_asked() {
    let at = |record: Option<Record>, start: Fields, text: &str| {
        let opened = Opened::new(Kind::Touch, record, start);
        let typed = Entered::from([("answered".to_owned(), Typed::Text(text.to_owned()))]);
        values(&opened, &typed).get("answered").cloned()
    };
    let ticked = Fields::from([(make::path("answered"), json!(true))]);
    let record = make::record(5, Kind::Touch, 1, &[("answered", json!(true))]);
    assert_eq!(at(None, Fields::new(), "true"), Some(json!(true)));
    assert_eq!(at(None, Fields::new(), ""), None);
    // What began ticked, or was, is a no.
    assert_eq!(at(None, ticked, ""), Some(json!(false)));
    assert_eq!(at(Some(record), Fields::new(), ""), Some(json!(false)));
}

#[test]
fn a_draft_keeps_what_its_author_saw() {
    let before = make::customer(1, &[("phone", json!("1"))]);
    let opened = Opened::new(Kind::Customer, Some(before), Fields::new());
    let typed = Entered::from([("phone".to_owned(), Typed::Text("13800138000".to_owned()))]);
    let draft = opened.draft(&values(&opened, &typed)).unwrap();
    // Somebody else writes meanwhile.
    let mut now = make::customer(1, &[("phone", json!("2")), ("email", json!("a@b.cn"))]);
    now.version = Version(7);
    let again = opened_again(&Kind::Customer, Some(now), Fields::new(), &draft);
    let edit = again.edit(&values(&again, &Entered::new()), make::id(9), Scope::Organisation);
    assert_eq!(edit.base, Version(1));
    let wanted = Change {
        from: json!("1"),
        to: json!("13800138000"),
    };
    assert_eq!(
        edit.operation,
        Operation::Write(BTreeMap::from([(make::path("phone"), wanted)]))
    );
}

#[test]
fn emptied_fields_come_back_empty() {
    let start = Fields::from([
        (make::path("text"), json!("甲")),
        (make::path("next_contact"), json!("2026-12-01")),
    ]);
    let opened = Opened::new(Kind::Note, None, start.clone());
    let typed = Entered::from([("next_contact".to_owned(), Typed::Text(String::new()))]);
    let draft = opened.draft(&values(&opened, &typed)).unwrap();
    let again = opened_again(&Kind::Note, None, start, &draft);
    assert_eq!(again.typed("next_contact", here()), Typed::Text(String::new()));
    assert_eq!(again.typed("text", here()), Typed::Text("甲".to_owned()));
}

#[test]
fn what_a_form_begins_with_is_not_typed_even_when_it_begins_otherwise_the_next_time() {
    let start = |at: i64| Fields::from([(make::path("visited_at"), json!(at))]);
    let opened = Opened::new(Kind::Note, None, start(1_795_000_000_000));
    let typed = |text: &str| Entered::from([("text".to_owned(), Typed::Text(text.to_owned()))]);
    let draft = opened.draft(&values(&opened, &typed("甲"))).unwrap();
    let again = opened_again(&Kind::Note, None, start(1_795_100_000_000), &draft);
    assert!(again.draft(&values(&again, &Entered::new())).is_some());
    assert!(again.draft(&values(&again, &typed(""))).is_none());
}

#[test]
fn a_refused_correction_reopens_as_a_correction() {
    let fields = [("text", json!("甲")), ("revises", json!(make::id(4).to_string()))];
    let refused = make::write(9, Kind::Note, Scope::Under(make::id(1)), &fields);
    let found = reopened(&refused, |_| true).unwrap();
    assert_eq!(
        (found.root, found.record, found.revises),
        (Some(make::id(1)), None, Some(make::id(4)))
    );
}

#[test]
fn a_refused_new_customer_reopens_as_new() {
    let refused = make::write(3, Kind::Customer, Scope::Under(make::id(3)), &[("name", json!("甲"))]);
    let found = reopened(&refused, |_| false).unwrap();
    assert_eq!(
        (found.root, found.record, found.draft.base),
        (None, None, Version::NONE)
    );
}

#[test]
fn keys_are_those_of_earlier_versions() {
    let (customer, other) = (make::id(1), make::id(2));
    let check = |kind: &Kind, root, record, expected: String| assert_eq!(draft_key(kind, root, record), expected);
    check(&Kind::Customer, None, None, "customer/new".to_owned());
    check(&Kind::Customer, Some(customer), None, format!("customer/{customer}"));
    check(&Kind::Note, Some(customer), None, format!("note/{customer}"));
    check(
        &Kind::Note,
        Some(customer),
        Some(other),
        format!("note/{customer}/{other}"),
    );
    check(&Kind::Touch, Some(customer), None, format!("touch/{customer}"));
    check(
        &Kind::Contact,
        Some(customer),
        Some(other),
        format!("contact/{customer}/{other}"),
    );
    check(
        &Kind::Conflict,
        Some(customer),
        Some(other),
        format!("conflict/{customer}/{other}"),
    );
}

#[test]
fn moments_are_typed_as_day_and_time() {
    let opened = Opened::new(Kind::Visit, None, Fields::new());
    let check = |text: &str, expected: Value| {
        let typed = Entered::from([("planned_at".to_owned(), Typed::Text(text.to_owned()))]);
        let found = values(&opened, &typed)
            .get("planned_at")
            .cloned()
            .unwrap_or(Value::Null);
        assert_eq!(found, expected, "{text}");
    };
    let at = |day: &str, hours: i64| json!(make::noon(day).milliseconds() + hours * 3_600_000);
    check("2026-12-05 14:00", at("2026-12-05", 2));
    check("2026-12-05", at("2026-12-05", 0));
    check("2026-11-21", at("2026-11-21", 0));
    check("", Value::Null);
    check("2026-13-", json!("2026-13-"));
    let shown = typed(
        &Kind::Visit,
        "planned_at",
        &Fields::from([(make::path("planned_at"), at("2026-12-05", 2))]),
        here(),
    );
    assert_eq!(shown, Typed::Text("2026-12-05 14:00".to_owned()));
}

#[test]
fn only_what_may_be_taken_back_offers_it() {
    let create = |kind: Kind| Edit::create(make::id(9), kind, Scope::Under(make::id(1)));
    let manager = Role::RelationshipManager;
    assert!(!can_be_undone(&create(Kind::Note), manager));
    assert!(!can_be_undone(&create(Kind::Customer), manager));
    assert!(can_be_undone(&create(Kind::Customer), Role::TeamLead));
    assert!(can_be_undone(&create(Kind::Touch), manager));
    assert!(can_be_undone(&Edit::of(&make::customer(1, &[])), manager));
}

/// Drafts as the forms of earlier versions left them on devices. The file is only added to.
#[test]
fn drafts_of_earlier_versions_are_restored() {
    let golden: Vec<Value> = serde_json::from_str(include_str!("../golden/drafts.json")).unwrap();
    for case in &golden {
        let kind = Kind::from(case["kind"].as_str().unwrap());
        let record = case["record"].as_object().map(|fields| {
            let fields: Vec<(&str, Value)> = fields
                .iter()
                .map(|(name, value)| (name.as_str(), value.clone()))
                .collect();
            make::record(1, kind.clone(), 1, &fields)
        });
        assert_eq!(Draft::parse(&case["draft"]), None);
        let draft = of_former_form(&kind, &case["draft"], record.as_ref(), here()).unwrap();
        let changes = draft
            .changes
            .iter()
            .map(|(path, change)| (path.to_string(), change.to.clone()));
        assert_eq!(Value::Object(changes.collect()), case["changes"]);
        assert_eq!(draft.customer_name.as_deref(), case["customer_name"].as_str());
        assert_eq!(draft.base, record.map_or(Version::NONE, |record| record.version));
    }
}
