//! Records packed tightly: a book holds a quarter of a million of them, and most are looked at once a year. The names of
//! kinds and fields, the people, the devices and the roots stand once a page; numbers take the bytes they need. Nothing is
//! lost: what is opened equals what was packed. It never decides where a record lies.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::ids::{DeviceId, RecordId, UserId};
use crate::record::{FieldPath, Fields, Kind, Record, Scope, Stamp, Version};
use crate::time::Timestamp;

/// Bits of the first byte of a record: where it lies, and what of the rest there is.
const SCOPE: u8 = 0b11;
const ORGANISATION: u8 = 0;
const ITS_OWN_ROOT: u8 = 1;
const UNDER: u8 = 2;
const OF_USER: u8 = 3;
const DELETED: u8 = 1 << 2;
const STAMPED: u8 = 1 << 3;
const WITH_UNKNOWN: u8 = 1 << 4;
const ALL: u8 = SCOPE | DELETED | STAMPED | WITH_UNKNOWN;

/// What a value is, in the lowest bits of its first number; above them the length of what follows.
const TAG_BITS: u32 = 3;
const TEXT: u64 = 0;
/// A text that is an id, as ids are written.
const ID: u64 = 1;
const WHOLE: u64 = 2;
const FALSE: u64 = 3;
const TRUE: u64 = 4;
/// Anything else, as JSON.
const JSON: u64 = 5;

/// What the records of a page have in common. It only grows: what was packed with it stays readable.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Names {
    kinds: Vec<Kind>,
    paths: Vec<FieldPath>,
    ids: Vec<u128>,
}

/// What is known of a packed record without opening it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outline<'a> {
    /// Its identity.
    pub id: RecordId,
    /// What it is.
    pub kind: &'a Kind,
    /// Who may see it.
    pub scope: Scope,
    /// When it was made.
    pub created_at: Timestamp,
    /// Whether it is a tombstone.
    pub is_deleted: bool,
}

impl<'a> Outline<'a> {
    /// Of a record that is open.
    pub(in super::super) const fn of(record: &'a Record) -> Self {
        Self {
            id: record.id,
            kind: &record.kind,
            scope: record.scope,
            created_at: record.created.at,
            is_deleted: record.deleted.is_some(),
        }
    }
}

/// Everything of a record but its values.
struct Head<'a> {
    outline: Outline<'a>,
    version: Version,
    created: Stamp,
    deleted: Option<Stamp>,
    flags: u8,
}

/// A value as it is packed.
enum Packed<'a> {
    Text(&'a str),
    Id(u128),
    Whole(i64),
    Flag(bool),
    Json(&'a [u8]),
}

impl Packed<'_> {
    fn value(&self) -> Option<Value> {
        Some(match self {
            Self::Text(text) => Value::from(*text),
            Self::Id(id) => Value::from(RecordId::from_u128(*id).to_string()),
            Self::Whole(number) => Value::from(*number),
            Self::Flag(flag) => Value::from(*flag),
            Self::Json(json) => serde_json::from_slice(json).ok()?,
        })
    }

    fn is_whole(&self) -> bool {
        match self {
            Self::Json(_) => self.value().is_some(),
            _ => true,
        }
    }
}

impl Names {
    /// The record, without its id.
    pub(super) fn pack(&mut self, record: &Record) -> Box<[u8]> {
        let mut out = Vec::with_capacity(256);
        let (place, root) = match record.scope {
            Scope::Organisation => (ORGANISATION, None),
            Scope::Under(root) if root == record.id => (ITS_OWN_ROOT, None),
            Scope::Under(root) => (UNDER, Some(bits(root.as_bytes()))),
            Scope::User(user) => (OF_USER, Some(bits(user.as_bytes()))),
        };
        let flag = |is_set: bool, flag: u8| if is_set { flag } else { 0 };
        out.push(
            place
                | flag(record.deleted.is_some(), DELETED)
                | flag(!record.stamps.is_empty(), STAMPED)
                | flag(!record.unknown.is_empty(), WITH_UNKNOWN),
        );
        put_place(&mut out, &mut self.kinds, &record.kind);
        root.into_iter()
            .for_each(|root| put_place(&mut out, &mut self.ids, &root));
        put(&mut out, record.version.0);
        self.put_stamp(&mut out, &record.created);
        record
            .deleted
            .iter()
            .for_each(|deleted| self.put_stamp(&mut out, deleted));
        put(&mut out, record.fields.len() as u64);
        for (path, value) in &record.fields {
            put_place(&mut out, &mut self.paths, path);
            put_value(&mut out, value);
        }
        if !record.stamps.is_empty() {
            put(&mut out, record.stamps.len() as u64);
            for (path, stamp) in &record.stamps {
                put_place(&mut out, &mut self.paths, path);
                self.put_stamp(&mut out, stamp);
            }
        }
        if !record.unknown.is_empty() {
            let members = record.unknown.iter();
            let unknown = Value::Object(members.map(|(name, value)| (name.clone(), value.clone())).collect());
            put_bytes(&mut out, unknown.to_string().as_bytes());
        }
        out.into()
    }

    fn put_stamp(&mut self, out: &mut Vec<u8>, stamp: &Stamp) {
        put(out, stamp.version.0);
        put_signed(out, stamp.at.milliseconds());
        put_place(out, &mut self.ids, &bits(stamp.by.as_bytes()));
        put_place(out, &mut self.ids, &bits(stamp.device.as_bytes()));
    }

    /// The record; `None` for what [`Names::is_sound`] does not call sound.
    pub(super) fn open(&self, id: RecordId, packed: &[u8]) -> Option<Record> {
        let mut reader = Reader(packed);
        let head = self.head(id, &mut reader)?;
        let count = reader.place()?;
        let mut values = Vec::with_capacity(count.min(packed.len()));
        for _ in 0..count {
            let path = self.path(&mut reader)?;
            values.push((path.clone(), reader.value()?.value()?));
        }
        let mut stamps = BTreeMap::new();
        if head.flags & STAMPED != 0 {
            for _ in 0..reader.number()? {
                let path = self.path(&mut reader)?;
                stamps.insert(path.clone(), self.stamp(&mut reader)?);
            }
        }
        let mut unknown = BTreeMap::new();
        if head.flags & WITH_UNKNOWN != 0 {
            unknown = serde_json::from_slice(reader.bytes()?).ok()?;
        }
        reader.0.is_empty().then(|| Record {
            id,
            kind: head.outline.kind.clone(),
            scope: head.outline.scope,
            version: head.version,
            fields: Fields::in_order(values),
            created: head.created,
            stamps,
            deleted: head.deleted,
            unknown,
        })
    }

    /// What is known of the record without opening it.
    pub(super) fn outline(&self, id: RecordId, packed: &[u8]) -> Option<Outline<'_>> {
        Some(self.head(id, &mut Reader(packed))?.outline)
    }

    /// Its kind.
    pub(super) fn kind(&self, packed: &[u8]) -> Option<&Kind> {
        let mut reader = Reader(packed);
        reader.byte()?;
        self.kinds.get(reader.place()?)
    }

    /// Whether all of it can be opened.
    pub(super) fn is_sound(&self, packed: &[u8]) -> bool {
        self.walk(packed).is_some()
    }

    fn walk(&self, packed: &[u8]) -> Option<()> {
        let mut reader = Reader(packed);
        let head = self.head(RecordId::from_u128(0), &mut reader)?;
        for _ in 0..reader.place()? {
            self.path(&mut reader)?;
            reader.value().filter(Packed::is_whole)?;
        }
        if head.flags & STAMPED != 0 {
            for _ in 0..reader.number()? {
                self.path(&mut reader)?;
                self.stamp(&mut reader)?;
            }
        }
        if head.flags & WITH_UNKNOWN != 0 {
            serde_json::from_slice::<BTreeMap<String, Value>>(reader.bytes()?).ok()?;
        }
        reader.0.is_empty().then_some(())
    }

    fn head(&self, id: RecordId, reader: &mut Reader<'_>) -> Option<Head<'_>> {
        let flags = reader.byte().filter(|flags| flags & !ALL == 0)?;
        let kind = self.kinds.get(reader.place()?)?;
        let scope = match flags & SCOPE {
            ORGANISATION => Scope::Organisation,
            ITS_OWN_ROOT => Scope::Under(id),
            UNDER => Scope::Under(RecordId::from_u128(self.id(reader)?)),
            _ => Scope::User(UserId::from_u128(self.id(reader)?)),
        };
        let version = Version(reader.number()?);
        let created = self.stamp(reader)?;
        let deleted = match flags & DELETED {
            0 => None,
            _ => Some(self.stamp(reader)?),
        };
        let outline = Outline {
            id,
            kind,
            scope,
            created_at: created.at,
            is_deleted: deleted.is_some(),
        };
        Some(Head {
            outline,
            version,
            created,
            deleted,
            flags,
        })
    }

    fn stamp(&self, reader: &mut Reader<'_>) -> Option<Stamp> {
        Some(Stamp {
            version: Version(reader.number()?),
            at: Timestamp::from_milliseconds(reader.signed()?),
            by: UserId::from_u128(self.id(reader)?),
            device: DeviceId::from_u128(self.id(reader)?),
        })
    }

    fn id(&self, reader: &mut Reader<'_>) -> Option<u128> {
        self.ids.get(reader.place()?).copied()
    }

    fn path(&self, reader: &mut Reader<'_>) -> Option<&FieldPath> {
        self.paths.get(reader.place()?)
    }

    /// Puts them at the end of `out`.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        put(out, self.kinds.len() as u64);
        self.kinds
            .iter()
            .for_each(|kind| put_bytes(out, kind.name().as_bytes()));
        put(out, self.paths.len() as u64);
        self.paths
            .iter()
            .for_each(|path| put_bytes(out, path.as_str().as_bytes()));
        put(out, self.ids.len() as u64);
        self.ids.iter().for_each(|id| out.extend(id.to_be_bytes()));
    }

    /// What [`Names::write`] wrote.
    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let mut names = Self::default();
        for _ in 0..reader.number()? {
            names.kinds.push(Kind::from(reader.text()?));
        }
        for _ in 0..reader.number()? {
            names.paths.push(FieldPath::parse(reader.text()?).ok()?);
        }
        for _ in 0..reader.number()? {
            names.ids.push(reader.id()?);
        }
        names.paths.shrink_to_fit();
        names.ids.shrink_to_fit();
        Some(names)
    }
}

fn bits(bytes: &[u8; 16]) -> u128 {
    u128::from_be_bytes(*bytes)
}

/// A number in as many bytes as it needs, seven bits each, the lowest first.
pub(super) fn put(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Small numbers below zero take few bytes as well.
fn put_signed(out: &mut Vec<u8>, number: i64) {
    put(out, ((number << 1) ^ (number >> 63)).cast_unsigned());
}

/// Bytes, and before them how many.
pub(super) fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// Where `name` stands among the names, at the end if it was not there. The last ones are the likeliest.
fn put_place<T: Clone + PartialEq>(out: &mut Vec<u8>, names: &mut Vec<T>, name: &T) {
    let place = names.iter().rposition(|known| known == name).unwrap_or_else(|| {
        names.push(name.clone());
        names.len() - 1
    });
    put(out, place as u64);
}

fn put_value(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Bool(flag) => put(out, if *flag { TRUE } else { FALSE }),
        Value::String(text) => match id_of(text) {
            Some(id) => {
                put(out, ID);
                out.extend(id.to_be_bytes());
            }
            None => put_long(out, TEXT, text.as_bytes()),
        },
        _ => match value.as_i64() {
            Some(number) => {
                put(out, WHOLE);
                put_signed(out, number);
            }
            None => put_long(out, JSON, value.to_string().as_bytes()),
        },
    }
}

fn put_long(out: &mut Vec<u8>, tag: u64, bytes: &[u8]) {
    put(out, (bytes.len() as u64) << TAG_BITS | tag);
    out.extend_from_slice(bytes);
}

/// The id that a text is, if it is written as ids are.
fn id_of(text: &str) -> Option<u128> {
    /// Characters of an id.
    const LENGTH: usize = 36;
    if text.len() != LENGTH {
        return None;
    }
    let id: RecordId = text.parse().ok()?;
    (id.to_string() == text).then(|| bits(id.as_bytes()))
}

/// Reads from the front. `None`: there is less than there should be, or something else.
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    fn byte(&mut self) -> Option<u8> {
        let (&first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(first)
    }

    pub(super) fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..u64::BITS).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f).checked_shl(shift)?;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    fn signed(&mut self) -> Option<i64> {
        let number = self.number()?;
        Some((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
    }

    fn place(&mut self) -> Option<usize> {
        usize::try_from(self.number()?).ok()
    }

    fn take(&mut self, length: u64) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(usize::try_from(length).ok()?)?;
        self.0 = rest;
        Some(taken)
    }

    pub(super) fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = self.number()?;
        self.take(length)
    }

    fn text(&mut self) -> Option<&'a str> {
        std::str::from_utf8(self.bytes()?).ok()
    }

    pub(super) fn id(&mut self) -> Option<u128> {
        let (id, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u128::from_be_bytes(*id))
    }

    fn value(&mut self) -> Option<Packed<'a>> {
        let head = self.number()?;
        let length = head >> TAG_BITS;
        Some(match head & ((1 << TAG_BITS) - 1) {
            TEXT => Packed::Text(std::str::from_utf8(self.take(length)?).ok()?),
            ID => Packed::Id(self.id()?),
            WHOLE => Packed::Whole(self.signed()?),
            FALSE => Packed::Flag(false),
            TRUE => Packed::Flag(true),
            JSON => Packed::Json(self.take(length)?),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests;
