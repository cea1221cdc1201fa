//! Records, profiles and mutations for tests, in few words. Ids are small numbers.

use jiff::civil::Date;
use rapport_shared::ids::{BranchId, DeviceId, MutationId, OrgId, RecordId, TeamId, UserId};
use rapport_shared::record::mutation::{Change, Mutation, Operation};
use rapport_shared::record::profile::{Profile, Role};
use rapport_shared::record::{FieldPath, Kind, Record, Scope, Stamp, Version};
use rapport_shared::time::Timestamp;
use serde_json::Value;

pub fn id(number: u128) -> RecordId {
    RecordId::from_u128(number)
}

pub fn user(number: u128) -> UserId {
    UserId::from_u128(number)
}

/// Noon in China on a day.
pub fn noon(day: &str) -> Timestamp {
    let day: Date = day.parse().unwrap();
    let days = Date::constant(1970, 1, 1).duration_until(day).as_hours() / 24;
    Timestamp::from_milliseconds(days * 86_400_000 + 4 * 3_600_000)
}

pub fn path(text: &str) -> FieldPath {
    FieldPath::parse(text).unwrap()
}

/// A record created by user 1 at noon on 2026-01-01, of customer `scope`.
pub fn record(number: u128, kind: Kind, scope: u128, fields: &[(&str, Value)]) -> Record {
    Record {
        id: id(number),
        kind,
        scope: Scope::Under(id(scope)),
        version: Version(1),
        fields: fields.iter().map(|(name, value)| (path(name), value.clone())).collect(),
        created: Stamp {
            version: Version(1),
            at: noon("2026-01-01"),
            by: user(1),
            device: DeviceId::from_u128(1),
        },
        stamps: Default::default(),
        deleted: None,
        unknown: Default::default(),
    }
}

pub fn customer(number: u128, fields: &[(&str, Value)]) -> Record {
    record(number, Kind::Customer, number, fields)
}

/// A write by user 1 to a new record.
pub fn write(number: u128, kind: Kind, scope: Scope, fields: &[(&str, Value)]) -> Mutation {
    let change = |to: &Value| Change {
        from: Value::Null,
        to: to.clone(),
    };
    Mutation {
        id: MutationId::from_u128(1),
        device: DeviceId::from_u128(1),
        device_seq: 1,
        author: user(1),
        at: noon("2026-01-01"),
        record: id(number),
        kind,
        scope,
        base: Version::NONE,
        operation: Operation::Write(fields.iter().map(|(name, to)| (path(name), change(to))).collect()),
        unknown: Default::default(),
    }
}

/// User 1 of team 10 in branch 100.
pub fn profile(role: Role) -> Profile {
    Profile {
        org: OrgId::from_u128(1),
        user: user(1),
        login: "rm1".to_owned(),
        name: "王芳".to_owned(),
        role,
        team: Some(TeamId::from_u128(10)),
        branch: Some(BranchId::from_u128(100)),
    }
}

/// An id as text, as fields hold it.
pub fn text(number: u128) -> Value {
    Value::from(id(number).to_string())
}
