//! The Rapport app: wires the book, the shell and the exported entry points together. `start` mounts the app in a
//! page; a worker instantiates the same module and calls only the key derivation. Nothing runs by itself.

#[cfg(feature = "bench")]
pub mod bench;
pub mod book;
mod circles;
mod conflicts;
mod customers;
mod db;
mod features;
mod filing;
mod finding;
mod forms;
mod i18n;
mod lists;
mod lock;
mod opportunities;
mod parameters;
mod parts;
mod platform;
mod quick;
mod routes;
mod sections;
mod settings;
mod shell;
mod sign_in;
mod status;
mod sync;
mod tasks;
mod today;
mod ui;
mod vault;
mod visits;
mod wipe;

use leptos::prelude::*;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// Mounts the app into the page. Called once by `boot.js`; never called in a worker. `key_worker`: the address of
/// `key-worker.js`, which only the build knows.
#[wasm_bindgen]
pub fn start(key_worker: String) {
    ui::trouble::watch();
    leptos::mount::mount_to_body(move || {
        book::Book::provide(key_worker);
        view! { <shell::App/> }
    });
}

/// Derives the key that a passphrase stands for. Called by `key-worker.js`; takes about a second.
///
/// # Errors
/// A word for why there is none.
#[wasm_bindgen]
pub fn derive_wrapping_key(passphrase: String, parameters: &str) -> Result<js_sys::Uint8Array, JsValue> {
    vault::derive_in_worker(passphrase, parameters)
}
