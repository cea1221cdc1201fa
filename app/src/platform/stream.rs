//! Reading what comes in piece by piece.

use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{ReadableStream, ReadableStreamDefaultReader};

/// Reads a stream of bytes to its end. Nobody else reads it meanwhile.
#[derive(Debug)]
pub(crate) struct Pieces(ReadableStreamDefaultReader);

/// The stream broke off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BrokenOff;

impl From<JsValue> for BrokenOff {
    fn from(_: JsValue) -> Self {
        Self
    }
}

impl Pieces {
    /// The pieces of a stream that nobody reads yet.
    pub(crate) fn of(stream: &ReadableStream) -> Self {
        Self(stream.get_reader().unchecked_into())
    }

    /// The next piece; `None` at the end.
    ///
    /// # Errors
    /// [`BrokenOff`].
    pub(crate) async fn next(&self) -> Result<Option<Vec<u8>>, BrokenOff> {
        let read = JsFuture::from(self.0.read()).await?;
        if Reflect::get(&read, &"done".into())?.is_truthy() {
            return Ok(None);
        }
        let piece = Reflect::get(&read, &"value".into())?;
        let piece: Uint8Array = piece.dyn_into()?;
        Ok(Some(piece.to_vec()))
    }
}
