//! What people type, paste and send, however odd, through the whole way, for every field of every kind: typed in a form,
//! kept as a draft, made an edit, sent, judged by the server, taken over by a replica, shown, and read again. Nothing
//! breaks, nothing that is typed is lost, and what is not taken is told at its field.

use std::collections::BTreeMap;

use rapport_shared::descriptor::{Place, Writers};
use rapport_shared::drafts::{Draft, Here, Opened, Typed, of_former_form, refusals};
use rapport_shared::ids::RecordId;
use rapport_shared::kinds;
use rapport_shared::lists::{Column, Columns, Row};
use rapport_shared::plausible::doubt;
use rapport_shared::record::mutation::{Edit, Mutation, Operation};
use rapport_shared::record::profile::{Profile, Role};
use rapport_shared::record::refusal::RefusalCode;
use rapport_shared::record::{FieldPath, Fields, Kind, Record, Scope, Version};
use rapport_shared::schema::{self, Shape};
use rapport_shared::settings::Settings;
use rapport_shared::sync::authority::{Petition, Present, decide};
use rapport_shared::sync::replica::{LogEntry, Op, Replica};
use rapport_shared::sync::wire::Outcome;
use serde_json::{Value, json};

use crate::{data, make};

fn here() -> Here {
    Here {
        now: make::noon("2026-11-21"),
        utc_offset_minutes: 480,
    }
}

/// One of each sort of what goes wrong, and the lists of others.
fn texts() -> Vec<String> {
    let own = [
        "１３８００１３８０００",
        "０５９２—５５５１２３４ 转 ８０１",
        "1,200",
        "１，２００人",
        "5000万",
        "1.5亿",
        "１．５ 億",
        "负三",
        "-0",
        "1e9",
        "0x10",
        "2026-02-30",
        "2026-13-01",
        "0000-00-00",
        "9999-12-31",
        "2026年2月30日",
        "明天",
        "25:61",
        "2026-12-05 24:00",
        "\u{200b}\u{200d}\u{feff}",
        "\u{3164}",
        "\u{202e}gnp.exe",
        "\u{202d}13800138000\u{202c}",
        "\u{2068}+86 13800138000\u{2069}",
        "שלום עולם",
        "مرحبا بالعالم",
        "👨\u{200d}👩\u{200d}👧\u{200d}👦",
        "🏳\u{fe0f}\u{200d}🌈",
        "Z\u{351}\u{36b}\u{343}\u{36a}\u{302}algo",
        "甲\u{b}乙\u{0}丙\u{85}丁",
        "mailto:ａ＠ｂ．ｃｏｍ",
        "王芳 <wang@example.com>",
        "javascript:alert(1)",
        "=cmd|' /C calc'!A0",
        "tags.a.b",
        "..",
        "，,、；",
        "91350211M000100Y43",
        "11010519491231002X",
        "true",
        "null",
        "[]",
        "{\"a\":{\"b\":1}}",
    ];
    let long = [
        "名".repeat(500),
        "👩‍👩‍👧".repeat(100),
        "x".repeat(100_001),
        "词，".repeat(300),
    ];
    own.map(str::to_owned)
        .into_iter()
        .chain(long)
        .chain(data::naughty_strings())
        .collect()
}

/// The paths at which something is typed in a form of the kind.
fn paths(kind: &Kind) -> Vec<String> {
    let fields = schema::fields_of(kind).iter();
    let paths = fields.flat_map(|field| match field.shape {
        Shape::Each(choices, _) => choices
            .names
            .iter()
            .map(|name| format!("{}.{name}", field.name))
            .collect(),
        Shape::Set(_) | Shape::People => Vec::new(),
        _ => vec![field.name.to_owned()],
    });
    paths.collect()
}

/// Somebody who may write what only some may.
fn author() -> Profile {
    make::profile(Role::Administrator)
}

/// Where a record of the kind lies.
fn scope(kind: &Kind, id: RecordId) -> Scope {
    let described = kinds::of(kind);
    if described.readers().is_some() {
        Scope::Under(id)
    } else if described.lies_under(&Kind::Customer) {
        Scope::Under(make::id(1))
    } else if described
        .places
        .iter()
        .any(|place| matches!(place, Place::Organisation))
    {
        Scope::Organisation
    } else {
        Scope::User(author().user)
    }
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

/// A value that the rules take where one is required.
fn good(kind: &Kind, field: &str) -> Value {
    match schema::of_field(kind, field) {
        Some(Shape::Choice(choices)) => json!(choices.names[0]),
        Some(Shape::Person) => make::text(1),
        _ => json!("甲"),
    }
}

/// The text through the form of a new record: the values it means, after the draft was kept and came back.
fn through_the_form(kind: &Kind, text: &str) -> (Opened, Fields) {
    let inputs: BTreeMap<String, Typed> = paths(kind)
        .into_iter()
        .map(|path| (path, Typed::Text(text.to_owned())))
        .collect();
    let opened = Opened::new(kind.clone(), None, Fields::new());
    let values = opened.values(inputs.iter().map(|(path, typed)| (path.as_str(), typed)), here());
    let Some(draft) = opened.draft(&values) else {
        return (opened, values);
    };
    let kept = serde_json::to_string(&draft.to_value()).unwrap();
    let kept = Draft::parse(&serde_json::from_str(&kept).unwrap()).unwrap();
    assert_eq!(kept, draft, "{kind} {text:?}");
    let mut again = Opened::new(kind.clone(), None, Fields::new());
    again.restore(&kept);
    let shown: BTreeMap<String, Typed> = paths(kind)
        .into_iter()
        .map(|path| (path.clone(), again.typed(&path, here())))
        .collect();
    let restored = again.values(shown.iter().map(|(path, typed)| (path.as_str(), typed)), here());
    assert_eq!(restored, values, "{kind} {text:?}");
    (again, values)
}

/// What the server makes of the edit.
fn judged(edit: Edit) -> Result<Record, (RefusalCode, Option<FieldPath>)> {
    let sent = serde_json::to_string(&mutation(edit)).unwrap();
    let sent: Mutation = serde_json::from_str(&sent).unwrap();
    let root = make::customer(1, &[("owner", make::text(1))]);
    let people = [Record {
        scope: Scope::Organisation,
        ..make::record(1, Kind::Person, 1, &[("name", json!("王芳")), ("active", json!(true))])
    }];
    let people: Vec<&Record> = people.iter().collect();
    let petition = Petition {
        profile: &author(),
        device: sent.device,
        now: here().now,
        forked: false,
    };
    let present = Present {
        record: None,
        root: Some(&root).filter(|root| sent.scope == root.scope),
        people: &people,
        known_to_device: true,
    };
    let decision = decide(petition, &sent, present, Version(2), || make::id(99));
    match decision.outcome {
        Outcome::Refused(refusal) => Err((refusal.code, refusal.field)),
        _ => Ok(decision.record.unwrap()),
    }
}

fn is_blank(value: &Value) -> bool {
    value.is_null() || value.as_str().is_some_and(rapport_shared::text::is_blank)
}

fn is_written_by_people(kind: &Kind) -> bool {
    !matches!(kinds::of(kind).writers, Writers::Server(_) | Writers::Nobody)
}

#[test]
fn whatever_is_typed_anywhere_goes_the_whole_way_or_is_told_at_its_field() {
    let (today, settings) = (here().today(), Settings::default());
    for kind in Kind::KNOWN.iter().filter(|kind| is_written_by_people(kind)) {
        let columns: Vec<Column> = schema::fields_of(kind)
            .iter()
            .map(|field| Column::Field(field.name))
            .collect();
        let columns = Columns::of(kind, &columns);
        for text in texts() {
            let (opened, values) = through_the_form(kind, &text);
            let edit = opened.edit(&values, make::id(9), scope(kind, make::id(9)));
            let told = refusals(&edit, &values);
            let Operation::Write(mut changes) = edit.operation.clone() else {
                unreachable!("a form writes")
            };
            // Doubts and what several fields have wrong together are asked of anything.
            for (path, change) in &changes {
                let _ = doubt(kind, path, change.to.as_str().unwrap_or_default(), today, &settings);
            }
            let _ = kinds::problems(kind, &values, here()).count();
            // What the server would refuse is told, each at its field; the rest goes the whole way.
            for (path, change) in &edit_changes(&edit) {
                let is_refused = schema::check_value(kind, path, &change.clone()).is_err();
                let is_told = told.iter().any(|refusal| refusal.field.as_ref() == Some(path));
                assert_eq!(is_refused, is_told, "{kind} {path} {text:?}");
                // Whom the text names, and what is not the author's to give, is asked of rights elsewhere.
                let is_managed = schema::is_managed(kind, path.field()) || path.field() == "pinned";
                if is_refused || is_managed || schema::person_named(kind, path, change).is_some() {
                    changes.remove(path);
                }
            }
            for name in schema::required(kind) {
                if changes.get(name).is_none_or(|change| is_blank(&change.to)) {
                    changes.remove(name);
                }
            }
            let mut sent = Edit {
                operation: Operation::Write(changes),
                ..edit
            };
            for name in schema::required(kind) {
                if sent.operation.wanted(name).is_none() {
                    sent = sent.set(FieldPath::known(name), good(kind, name));
                }
            }
            let record = match judged(sent.clone()) {
                Ok(record) => record,
                Err((RefusalCode::TooLarge, None)) => continue,
                Err(refused) => unreachable!("{kind} {text:?}: {refused:?} of {sent:?}"),
            };
            let travelled: Record = serde_json::from_str(&serde_json::to_string(&record).unwrap()).unwrap();
            assert_eq!(travelled, record, "{kind} {text:?}");
            let mut replica = Replica::default();
            replica.apply(LogEntry(vec![Op::Put(travelled)]));
            let held = replica.get(record.id).unwrap();
            assert_eq!(held, &record);
            // It is shown, in a list and in words, and what is shown is read as the same again.
            let _ = format!("{:?}", Row::of(held, &columns, &|_| None));
            let _ = kinds::name_of(held);
            for (path, value) in held.fields.iter() {
                let Some(shape) = schema::shape(kind, path) else {
                    continue;
                };
                let shown = schema::show(shape, value).written();
                assert_eq!(&schema::read(shape, &shown, today), value, "{kind} {path} {text:?}");
            }
            // Opened in its form, nothing is changed by that.
            let form = Opened::new(kind.clone(), Some(held.clone()), Fields::new());
            let inputs: BTreeMap<String, Typed> = paths(kind)
                .into_iter()
                .map(|path| (path.clone(), form.typed(&path, here())))
                .collect();
            let values = form.values(inputs.iter().map(|(path, typed)| (path.as_str(), typed)), here());
            assert_eq!(form.draft(&values), None, "{kind} {text:?}");
        }
    }
}

fn edit_changes(edit: &Edit) -> BTreeMap<FieldPath, Value> {
    match &edit.operation {
        Operation::Write(changes) => changes
            .iter()
            .map(|(path, change)| (path.clone(), change.to.clone()))
            .collect(),
        Operation::Delete => BTreeMap::new(),
    }
}

#[test]
fn a_name_of_nothing_to_be_seen_is_no_name() {
    for kind in Kind::KNOWN.iter().filter(|kind| is_written_by_people(kind)) {
        for blank in [
            "\u{200b}",
            "\u{feff}\u{2060}",
            "\u{3164}",
            " \u{a0}\u{3000} ",
            "\u{202e}\u{202c}",
        ] {
            let (opened, values) = through_the_form(kind, blank);
            let edit = opened.edit(&values, make::id(9), scope(kind, make::id(9)));
            let told = refusals(&edit, &values);
            for name in schema::required(kind) {
                let is_told = told
                    .iter()
                    .any(|refusal| refusal.field.as_ref().is_some_and(|path| path.as_str() == name));
                assert!(is_told, "{kind} {name} {blank:?}");
            }
        }
    }
}

#[test]
fn a_map_of_ten_thousand_entries_is_taken_or_told() {
    for kind in Kind::KNOWN.iter().filter(|kind| is_written_by_people(kind)) {
        for field in schema::fields_of(kind)
            .iter()
            .filter(|field| field.shape == Shape::Tags)
        {
            let typed = (0..10_000)
                .map(|number| format!("标签{number}"))
                .collect::<Vec<_>>()
                .join("、");
            let opened = Opened::new(kind.clone(), None, Fields::new());
            let typed = Typed::Text(typed);
            let values = opened.values(std::iter::once((field.name, &typed)), here());
            assert_eq!(values.len(), 10_000);
            let mut edit = opened.edit(&values, make::id(9), scope(kind, make::id(9)));
            for name in schema::required(kind) {
                edit = edit.set(FieldPath::known(name), good(kind, name));
            }
            match judged(edit) {
                Ok(record) => {
                    let mut replica = Replica::default();
                    replica.apply(LogEntry(vec![Op::Put(record.clone())]));
                    let form = Opened::new(kind.clone(), replica.get(record.id).cloned(), Fields::new());
                    let again = form.typed(field.name, here());
                    assert_eq!(again.text().split(", ").count(), 10_000, "{kind}");
                }
                Err(refused) => assert_eq!(refused.0, RefusalCode::TooLarge, "{kind}"),
            }
        }
    }
}

#[test]
fn what_a_newer_version_wrote_travels_on_untouched() {
    let newer = json!({
        "id": make::id(9),
        "kind": "",
        "scope": { "customer": make::id(1) },
        "version": 7,
        "fields": { "name": "甲", "mood": { "by_day": [1, "二", null] }, "mood.of_tomorrow": 3, "title": "x" },
        "created": { "version": 7, "at": 1_795_000_000_000_i64, "by": make::user(1), "device": make::id(1) },
        "projector": { "lumen": 9000 },
    });
    for kind in Kind::KNOWN.iter().cloned().chain([Kind::from("hologram")]) {
        let mut told = newer.clone();
        told["kind"] = json!(kind.name());
        let record: Record = serde_json::from_value(told.clone()).unwrap();
        assert_eq!(serde_json::to_value(&record).unwrap(), told, "{kind}");
        let mut replica = Replica::default();
        replica.apply(LogEntry(vec![Op::Put(record.clone())]));
        assert_eq!(replica.get(record.id), Some(&record), "{kind}");
        let step = serde_json::to_string(&Op::Put(record.clone())).unwrap();
        assert_eq!(serde_json::from_str::<Op>(&step).unwrap(), Op::Put(record.clone()));
        // A form of today touches nothing of it.
        let form = Opened::new(kind.clone(), Some(record.clone()), Fields::new());
        let untouched = form.values(std::iter::empty(), here());
        assert_eq!(untouched, record.fields, "{kind}");
        assert_eq!(form.draft(&untouched), None);
        for field in schema::fields_of(&kind) {
            let _ = form.typed(field.name, here());
        }
        // A change of one field leaves all others, and the members that nobody here knows.
        let mut change = Edit::of(&record).change(&record, FieldPath::known("name"), "乙");
        change.base = record.version;
        let merged = rapport_shared::sync::merge::merge(Some(&record), &mutation(change), Version(8)).record;
        assert_eq!(merged.unknown, record.unknown, "{kind}");
        assert_eq!(merged.get("mood"), record.get("mood"));
        assert_eq!(merged.get("mood.of_tomorrow"), record.get("mood.of_tomorrow"));
    }
    // What nobody here knows is written by nobody here, and said so.
    let unknown = mutation(Edit::create(
        make::id(9),
        Kind::from("hologram"),
        Scope::Under(make::id(1)),
    ));
    let refused = judged(Edit::create(unknown.record, unknown.kind, unknown.scope)).err();
    assert_eq!(refused.map(|(code, _)| code), Some(RefusalCode::UnknownKind));
}

/// Drafts of the forms of before, whatever they hold, in the store of today: they come back, and make an edit.
#[test]
fn drafts_of_former_forms_hold_anything() {
    for kind in Kind::KNOWN.iter().filter(|kind| is_written_by_people(kind)) {
        for text in texts().into_iter().step_by(7) {
            let names = schema::fields_of(kind).iter().map(|field| field.name.to_owned());
            let also = ["visited_on", "next_choice", "reason", "of_before", "customer_name"];
            let names = names.chain(also.map(str::to_owned));
            for value in [json!(text), json!([text]), json!(true), json!({ "a": text })] {
                let former: serde_json::Map<String, Value> = names.clone().map(|name| (name, value.clone())).collect();
                let Some(draft) = of_former_form(kind, &Value::Object(former), None, here()) else {
                    continue;
                };
                let mut opened = Opened::new(kind.clone(), None, Fields::new());
                opened.restore(&draft);
                let values = opened.values(std::iter::empty(), here());
                let edit = opened.edit(&values, make::id(9), scope(kind, make::id(9)));
                let _ = refusals(&edit, &values);
            }
        }
    }
}
