//! Cookies that the server lets the app read.

use wasm_bindgen::JsValue;

/// The value of the cookie `name`.
pub(crate) fn read(name: &str) -> Option<String> {
    let document = js_sys::Reflect::get(&js_sys::global(), &JsValue::from_str("document")).ok()?;
    let cookies = js_sys::Reflect::get(&document, &JsValue::from_str("cookie")).ok()?;
    let cookies = cookies.as_string()?;
    let mut pairs = cookies.split(';').filter_map(|pair| pair.trim().split_once('='));
    pairs.find_map(|(found, value)| (found == name).then(|| value.to_owned()))
}
