//! What the browser promises about the storage of this app: whether it may evict it, and how much is used.

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{StorageEstimate, StorageManager};

/// Space of this app on the device, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Space {
    /// In use.
    pub used: u64,
    /// The most the browser will give.
    pub quota: u64,
}

fn manager() -> Option<StorageManager> {
    let navigator = web_sys::window()?.navigator();
    // Absent on insecure pages and in old browsers, whatever the type says.
    let manager = js_sys::Reflect::get(&navigator, &JsValue::from_str("storage")).ok()?;
    manager.dyn_into().ok()
}

/// Asks the browser never to evict the storage by itself; whether it promises. `None`: the browser does not say.
pub(crate) async fn persist() -> Option<bool> {
    let answer = JsFuture::from(manager()?.persist().ok()?).await.ok()?;
    answer.as_bool()
}

/// What is used and what there is. `None`: the browser does not say.
pub(crate) async fn space() -> Option<Space> {
    let estimate = JsFuture::from(manager()?.estimate().ok()?).await.ok()?;
    let estimate: StorageEstimate = estimate.unchecked_into();
    Some(Space {
        used: estimate.get_usage()? as u64,
        quota: estimate.get_quota()? as u64,
    })
}
