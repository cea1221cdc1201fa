//! What was packed is opened again as it was, whatever it is; what was cut or changed is never called sound and then not
//! opened.

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn value() -> impl Strategy<Value = Value> {
    let id = any::<u128>().prop_map(|id| json!(RecordId::from_u128(id).to_string()));
    prop_oneof![
        "\\PC{0,40}".prop_map(Value::from),
        id.clone(),
        id.prop_map(|id| json!(id.as_str().map(str::to_uppercase))),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        Just(json!(1.0)),
        Just(json!(-0.25e-7)),
        Just(json!(null)),
        Just(json!([1, "二", { "三": null }])),
        Just(json!({ "newer": [true] })),
    ]
}

fn stamp() -> impl Strategy<Value = Stamp> {
    (any::<u64>(), any::<i64>(), 0..4_u128, 0..4_u128).prop_map(|(version, at, by, device)| Stamp {
        version: Version(version),
        at: Timestamp::from_milliseconds(at),
        by: UserId::from_u128(by),
        device: DeviceId::from_u128(device),
    })
}

fn path() -> impl Strategy<Value = FieldPath> {
    const NAMES: &[&str] = &["name", "phone", "tags.vip", "tags.出口", "newer-field", "owner"];
    prop::sample::select(NAMES).prop_map(FieldPath::known)
}

pub(in super::super) fn record() -> impl Strategy<Value = Record> {
    let kind = prop_oneof![
        prop::sample::select(Kind::KNOWN),
        Just(Kind::Other("newer".to_owned())),
        Just(Kind::Other("a.b\u{1}".to_owned())),
    ];
    let scope = (0..4_u8, 0..4_u128);
    let fields = prop::collection::vec((path(), value()), 0..6);
    let stamps = prop::collection::btree_map(path(), stamp(), 0..3);
    let unknown = prop::collection::btree_map("[a-z]{1,3}", value(), 0..2);
    let parts = (
        0..6_u128,
        kind,
        scope,
        any::<u64>(),
        fields,
        stamp(),
        stamps,
        prop::option::of(stamp()),
        unknown,
    );
    parts.prop_map(
        |(id, kind, (place, root), version, fields, created, stamps, deleted, unknown)| {
            let id = RecordId::from_u128(id);
            Record {
                id,
                kind,
                scope: match place {
                    0 => Scope::Organisation,
                    1 => Scope::Under(id),
                    2 => Scope::Under(RecordId::from_u128(root)),
                    _ => Scope::User(UserId::from_u128(root)),
                },
                version: Version(version),
                fields: fields.into_iter().collect(),
                created,
                stamps,
                deleted,
                unknown,
            }
        },
    )
}

proptest! {
    #[test]
    fn what_was_packed_is_opened_as_it_was(records in prop::collection::vec(record(), 1..8)) {
        let mut names = Names::default();
        let packed: Vec<Box<[u8]>> = records.iter().map(|record| names.pack(record)).collect();
        let mut written = Vec::new();
        names.write(&mut written);
        let mut reader = Reader(&written);
        let again = Names::read(&mut reader);
        prop_assert!(reader.0.is_empty());
        prop_assert_eq!(again.as_ref(), Some(&names));
        for (record, packed) in records.iter().zip(&packed) {
            prop_assert!(names.is_sound(packed));
            prop_assert_eq!(names.outline(record.id, packed), Some(Outline::of(record)));
            prop_assert_eq!(names.open(record.id, packed), Some(record.clone()));
        }
    }

    #[test]
    fn what_is_called_sound_can_be_opened(record in record(), at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<bool>()) {
        let mut names = Names::default();
        let mut packed = names.pack(&record).into_vec();
        let at = at.index(packed.len());
        if cut {
            packed.truncate(at);
            prop_assert!(!names.is_sound(&packed));
        } else {
            packed[at] = byte;
        }
        prop_assert_eq!(names.is_sound(&packed), names.open(record.id, &packed).is_some());
    }
}
