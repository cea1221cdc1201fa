//! The values of one record by path. A list in order, since a record has few of them and a book has a hundred thousand
//! records: a map of nodes takes three times the memory. It never judges a value.

use std::borrow::Borrow;
use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::FieldPath;

/// Room made at once when values are read: most records have fewer.
const ROOM: usize = 24;

/// Values of a record by path, in the order of paths. An absent path means "no value"; `null` is never stored.
#[derive(Clone, Default, PartialEq)]
pub struct Fields(Vec<(FieldPath, Value)>);

impl Fields {
    /// No values.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Of values that are in the order of their paths already; if they are not, they are put in order.
    pub(crate) fn in_order(values: Vec<(FieldPath, Value)>) -> Self {
        match values.is_sorted_by(|(one, _), (next, _)| one < next) {
            true => Self(values),
            false => values.into_iter().collect(),
        }
    }

    /// The value at `path`.
    pub fn get<P: Borrow<str> + ?Sized>(&self, path: &P) -> Option<&Value> {
        let place = self.place(path.borrow()).ok()?;
        self.0.get(place).map(|(_, value)| value)
    }

    /// Whether there is a value at `path`.
    pub fn contains_key<P: Borrow<str> + ?Sized>(&self, path: &P) -> bool {
        self.place(path.borrow()).is_ok()
    }

    /// Puts a value at `path`; gives the one before.
    pub fn insert(&mut self, path: FieldPath, value: Value) -> Option<Value> {
        match self.place(path.as_str()) {
            Ok(place) => self.0.get_mut(place).map(|(_, held)| std::mem::replace(held, value)),
            Err(place) => {
                self.0.insert(place, (path, value));
                None
            }
        }
    }

    /// Takes the value at `path` away.
    pub fn remove<P: Borrow<str> + ?Sized>(&mut self, path: &P) -> Option<Value> {
        let place = self.place(path.borrow()).ok()?;
        Some(self.0.remove(place).1)
    }

    /// Keeps what passes.
    pub fn retain(&mut self, mut passes: impl FnMut(&FieldPath, &Value) -> bool) {
        self.0.retain(|(path, value)| passes(path, value));
    }

    /// Paths and values, in the order of paths.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&FieldPath, &Value)> + Clone {
        self.0.iter().map(|(path, value)| (path, value))
    }

    /// The paths, in order.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &FieldPath> + Clone {
        self.0.iter().map(|(path, _)| path)
    }

    /// The values, in the order of their paths.
    pub fn values(&self) -> impl ExactSizeIterator<Item = &Value> + Clone {
        self.0.iter().map(|(_, value)| value)
    }

    /// Those of one field: the value at the field itself, or the entries of a map, in order.
    pub fn of_field<'a>(&'a self, field: &'a str) -> impl Iterator<Item = (&'a FieldPath, &'a Value)> {
        let from = self.0.partition_point(|(path, _)| path.as_str() < field);
        let rest = self.0.get(from..).unwrap_or_default().iter();
        // What only begins like it may stand in between: a dash comes before the dot of an entry.
        let alike = rest.take_while(move |(path, _)| path.as_str().starts_with(field));
        alike
            .filter(move |(path, _)| path.field() == field)
            .map(|(path, value)| (path, value))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn place(&self, path: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(held, _)| held.as_str().cmp(path))
    }
}

impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl FromIterator<(FieldPath, Value)> for Fields {
    fn from_iter<I: IntoIterator<Item = (FieldPath, Value)>>(values: I) -> Self {
        let mut fields = Self::new();
        fields.extend(values);
        fields
    }
}

impl Extend<(FieldPath, Value)> for Fields {
    fn extend<I: IntoIterator<Item = (FieldPath, Value)>>(&mut self, values: I) {
        for (path, value) in values {
            // What was written in order is read in order.
            match self.0.last() {
                Some((last, _)) if *last >= path => drop(self.insert(path, value)),
                _ => self.0.push((path, value)),
            }
        }
        self.0.shrink_to_fit();
    }
}

impl<const N: usize> From<[(FieldPath, Value); N]> for Fields {
    fn from(values: [(FieldPath, Value); N]) -> Self {
        values.into_iter().collect()
    }
}

impl IntoIterator for Fields {
    type Item = (FieldPath, Value);
    type IntoIter = std::vec::IntoIter<(FieldPath, Value)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Fields {
    type Item = (&'a FieldPath, &'a Value);
    type IntoIter = std::iter::Map<
        std::slice::Iter<'a, (FieldPath, Value)>,
        fn(&'a (FieldPath, Value)) -> (&'a FieldPath, &'a Value),
    >;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter().map(|(path, value)| (path, value))
    }
}

impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;

        impl<'de> Visitor<'de> for Read {
            type Value = Fields;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map of values by path")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
                let mut fields = Fields(Vec::with_capacity(ROOM));
                while let Some(value) = map.next_entry()? {
                    match fields.0.last() {
                        Some((last, _)) if *last >= value.0 => drop(fields.insert(value.0, value.1)),
                        _ => fields.0.push(value),
                    }
                }
                fields.0.shrink_to_fit();
                Ok(fields)
            }
        }

        deserializer.deserialize_map(Read)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn paths() -> impl Strategy<Value = FieldPath> {
        const NAMES: &[&str] = &["a", "a-b", "a.b", "a.c", "ab", "b", "b.a"];
        prop::sample::select(NAMES).prop_map(|name| FieldPath::parse(name).unwrap())
    }

    proptest! {
        #[test]
        fn is_a_map_in_every_way(steps in prop::collection::vec((paths(), prop::option::of(0..5_i32)), 0..40)) {
            let (mut fields, mut map) = (Fields::new(), BTreeMap::new());
            for (path, value) in steps {
                match value {
                    Some(value) => {
                        prop_assert_eq!(fields.insert(path.clone(), json!(value)), map.insert(path.clone(), json!(value)));
                    }
                    None => prop_assert_eq!(fields.remove(&path), map.remove(&path)),
                }
                prop_assert_eq!(fields.get(path.as_str()), map.get(path.as_str()));
                prop_assert_eq!(fields.contains_key(&path), map.contains_key(&path));
            }
            prop_assert!(fields.iter().eq(map.iter()));
            for field in ["a", "b", "ab", "c"] {
                let of_map = map.iter().filter(|(path, _)| path.field() == field);
                prop_assert!(fields.of_field(field).eq(of_map));
            }
            let written = serde_json::to_string(&fields).unwrap();
            prop_assert_eq!(&written, &serde_json::to_string(&map).unwrap());
            prop_assert_eq!(serde_json::from_str::<Fields>(&written).unwrap(), fields.clone());
            let reversed: Fields = map.into_iter().rev().collect();
            prop_assert_eq!(reversed, fields);
        }
    }
}
