//! The Rapport app: wires the book, the shell and the exported entry points together. `start` mounts the app in a
//! page; a worker instantiates the same module and calls only the key derivation. Nothing runs by itself.

pub mod book;
mod shell;

use leptos::prelude::*;
use wasm_bindgen::prelude::wasm_bindgen;

/// Mounts the app into the page. Called once by `boot.js`; never called in a worker.
#[wasm_bindgen]
pub fn start() {
    leptos::mount::mount_to_body(|| {
        book::Book::provide();
        view! { <shell::App/> }
    });
}
