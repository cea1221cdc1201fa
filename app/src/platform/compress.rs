//! Gzip by the browser's own compressor, where it has one.

use js_sys::{ArrayBuffer, Uint8Array};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, Response};

#[wasm_bindgen]
extern "C" {
    type CompressionStream;

    #[wasm_bindgen(constructor, catch)]
    fn new(format: &str) -> Result<CompressionStream, JsValue>;

    type Stream;

    #[wasm_bindgen(method, catch, js_name = pipeThrough)]
    fn pipe_through(this: &Stream, through: &CompressionStream) -> Result<web_sys::ReadableStream, JsValue>;
}

/// `bytes` compressed by gzip; `None` where the browser cannot.
pub(crate) async fn gzip(bytes: &[u8]) -> Option<Uint8Array> {
    js_sys::Reflect::has(&js_sys::global(), &"CompressionStream".into())
        .ok()
        .filter(|has| *has)?;
    let parts = js_sys::Array::of1(&Uint8Array::from(bytes));
    let blob = Blob::new_with_u8_array_sequence(&parts).ok()?;
    let stream: Stream = blob.stream().unchecked_into();
    let packed = stream.pipe_through(&CompressionStream::new("gzip").ok()?).ok()?;
    let response = Response::new_with_opt_readable_stream(Some(&packed)).ok()?;
    let buffer = JsFuture::from(response.array_buffer().ok()?).await.ok()?;
    let buffer: ArrayBuffer = buffer.dyn_into().ok()?;
    Some(Uint8Array::new(&buffer))
}
