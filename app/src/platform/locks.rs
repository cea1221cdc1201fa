//! Locks between the tabs of this browser (Web Locks). The browser frees a lock when its tab ends, however it ends.

use std::cell::RefCell;
use std::rc::Rc;

use futures::channel::oneshot;
use js_sys::{Function, Promise};
use wasm_bindgen::prelude::{Closure, wasm_bindgen};
use wasm_bindgen::{JsCast, JsValue};

#[wasm_bindgen]
extern "C" {
    type LockManager;

    #[wasm_bindgen(method, catch)]
    fn request(this: &LockManager, name: &str, held: &Function) -> Result<Promise, JsValue>;
}

/// A lock held by this tab; dropping it frees it.
#[derive(Debug)]
pub(crate) struct Lock {
    release: Option<Function>,
}

impl Drop for Lock {
    fn drop(&mut self) {
        if let Some(release) = &self.release {
            // Resolving a promise cannot fail.
            let _ = release.call0(&JsValue::UNDEFINED);
        }
    }
}

/// Waits until this tab holds the lock `name`. Where the browser has no locks, this tab is taken for the only one.
pub(crate) async fn acquire(name: &str) -> Lock {
    let alone = Lock { release: None };
    let Some(manager) = manager() else { return alone };
    let (sender, held) = oneshot::channel();
    let mut sender = Some(sender);
    let on_held = Closure::<dyn FnMut() -> Promise>::new(move || {
        let release: Rc<RefCell<Option<Function>>> = Rc::default();
        let promise = Promise::new(&mut |resolve, _| {
            release.replace(Some(resolve));
        });
        let lock = Lock {
            release: release.take(),
        };
        if let Some(sender) = sender.take() {
            // When nobody waits any more, the lock comes back and is dropped: freed.
            drop(sender.send(lock));
        }
        promise
    });
    let request = manager.request(name, on_held.as_ref().unchecked_ref());
    // The browser keeps the callback until the lock is granted, which may be after this future is dropped.
    on_held.forget();
    match request {
        Ok(_) => held.await.unwrap_or(alone),
        Err(_) => alone,
    }
}

fn manager() -> Option<LockManager> {
    let navigator = web_sys::window()?.navigator();
    let locks = js_sys::Reflect::get(&navigator, &"locks".into()).ok()?;
    locks.is_object().then(|| locks.unchecked_into())
}
