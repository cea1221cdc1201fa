//! A store of the browser as JSON, whatever it holds, for golden files: taken out and put back value by value, without
//! any of the code that is tested by them. Never part of the program.
#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::collections::BTreeMap;

use js_sys::Uint8Array;
use rexie::{ObjectStore, Rexie, TransactionMode};
use serde::{Deserialize, Serialize};
use wasm_bindgen::{JsCast, JsValue};

use super::super::{STORES, VERSION, declared};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum Key {
    Number(u64),
    Name(String),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Content {
    Text(String),
    Hexadecimal(String),
}

/// One of its stores.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct RawStore {
    /// Whether it numbers what is added to it.
    numbers: bool,
    entries: Vec<(Key, Content)>,
}

/// Everything in one database of the browser.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Raw {
    version: u32,
    /// By name.
    pub(crate) stores: BTreeMap<String, RawStore>,
}

impl Raw {
    /// What the database `name` of today's layout holds; `version` is what it is open as.
    pub(crate) async fn read(name: &str, version: u32) -> Self {
        let database = Rexie::builder(name).version(version).build().await.unwrap();
        let mut raw = Self {
            version,
            stores: BTreeMap::new(),
        };
        for (store, numbers) in STORES {
            let transaction = database.transaction(&[store], TransactionMode::ReadOnly).unwrap();
            let content = transaction.store(store).unwrap();
            let keys = content.get_all_keys(None, None).await.unwrap();
            let values = content.get_all(None, None).await.unwrap();
            let entries = keys
                .into_iter()
                .zip(values)
                .map(|(key, value)| (from_key(&key), from_value(value)));
            let entries = entries.collect();
            raw.stores.insert(store.to_owned(), RawStore { numbers, entries });
        }
        database.close();
        raw
    }

    /// Makes the database `name` hold this and nothing else.
    pub(crate) async fn write(&self, name: &str) {
        Rexie::delete(name).await.unwrap();
        let builder = Rexie::builder(name).version(self.version);
        let builder = self.stores.iter().fold(builder, |builder, (store, content)| {
            builder.add_object_store(ObjectStore::new(store).auto_increment(content.numbers))
        });
        let database = builder.build().await.unwrap();
        for (store, content) in &self.stores {
            let transaction = database
                .transaction(&[store.as_str()], TransactionMode::ReadWrite)
                .unwrap();
            for (key, value) in &content.entries {
                let (key, value) = (to_key(key), to_value(value));
                transaction.store(store).unwrap().put(&value, Some(&key)).await.unwrap();
            }
            transaction.done().await.unwrap();
        }
        database.close();
    }
}

/// Opens the database `name` as the next version of the layout will: with all that is declared today, and one store
/// more.
pub(crate) async fn open_as_next_version(name: &str) {
    let builder = declared(name, VERSION + 1).add_object_store(ObjectStore::new("next"));
    builder.build().await.unwrap().close();
}

fn from_key(key: &JsValue) -> Key {
    match key.as_f64() {
        Some(number) => Key::Number(number as u64),
        None => Key::Name(key.as_string().unwrap()),
    }
}

fn to_key(key: &Key) -> JsValue {
    match key {
        Key::Number(number) => JsValue::from_f64(*number as f64),
        Key::Name(name) => name.into(),
    }
}

fn from_value(value: JsValue) -> Content {
    if let Some(text) = value.as_string() {
        return Content::Text(text);
    }
    let bytes = value.dyn_into::<Uint8Array>().unwrap().to_vec();
    Content::Hexadecimal(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn to_value(value: &Content) -> JsValue {
    let digits = match value {
        Content::Text(text) => return text.into(),
        Content::Hexadecimal(digits) => digits.as_bytes(),
    };
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    let bytes: Vec<u8> = digits.chunks(2).map(byte).collect();
    Uint8Array::from(bytes.as_slice()).into()
}
