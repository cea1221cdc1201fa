//! Newer versions of the app: the service worker fetches one in the background and lets it wait; this file notices
//! it and, when told to, lets it take over. It never changes versions by itself.

use gloo::events::EventListener;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{ServiceWorkerContainer, ServiceWorkerRegistration, ServiceWorkerState};

/// The word by which a waiting service worker is told to take over; `service-worker.js` knows it too.
const TAKE_OVER: &str = "take-over";

fn container() -> Option<ServiceWorkerContainer> {
    let navigator = web_sys::window()?.navigator();
    let container = js_sys::Reflect::get(&navigator, &"serviceWorker".into()).ok()?;
    // Absent on insecure pages and in some private windows.
    container.dyn_into().ok()
}

async fn registration() -> Option<ServiceWorkerRegistration> {
    let ready = container()?.ready().ok()?;
    JsFuture::from(ready).await.ok()?.dyn_into().ok()
}

/// Calls `ready` when a newer version waits, and `taken_over` when another version has taken over this page's
/// requests: its files are new ones then, and the page should load again as soon as nothing is open in it.
pub(crate) fn watch(ready: impl Fn() + Clone + 'static, taken_over: impl Fn() + 'static) {
    let Some(container) = container() else { return };
    // The very first service worker takes over a page that needs no reload: same version.
    let mut had_one = container.controller().is_some();
    EventListener::new(&container, "controllerchange", move |_| {
        if std::mem::replace(&mut had_one, true) {
            taken_over();
        }
    })
    .forget();
    spawn_local(async move {
        let Some(registration) = registration().await else {
            return;
        };
        if registration.waiting().is_some() {
            ready();
        }
        watch_installs(registration, ready);
    });
}

fn watch_installs(registration: ServiceWorkerRegistration, ready: impl Fn() + Clone + 'static) {
    let target = registration.clone();
    EventListener::new(&target, "updatefound", move |_| {
        let Some(installing) = registration.installing() else {
            return;
        };
        let ready = ready.clone();
        let worker = installing.clone();
        EventListener::new(&installing, "statechange", move |_| {
            let replaces = container().is_some_and(|container| container.controller().is_some());
            if worker.state() == ServiceWorkerState::Installed && replaces {
                ready();
            }
        })
        .forget();
    })
    .forget();
}

/// Asks the server whether there is a newer version; it is fetched in the background.
pub(crate) fn look() {
    spawn_local(async {
        if let Some(update) = registration().await.and_then(|registration| registration.update().ok()) {
            // Offline it fails, and the next look may succeed.
            let _ = JsFuture::from(update).await;
        }
    });
}

/// Lets the waiting version take over; the page is told by `taken_over` of [`watch`].
pub(crate) fn apply() {
    spawn_local(async {
        let waiting = registration().await.and_then(|registration| registration.waiting());
        match waiting {
            // A text can always be posted.
            Some(waiting) => drop(waiting.post_message(&JsValue::from_str(TAKE_OVER))),
            None => reload(),
        }
    });
}

/// Loads the page again.
pub(crate) fn reload() {
    if let Some(window) = web_sys::window() {
        // Where the page is not allowed to, the user does it.
        let _ = window.location().reload();
    }
}
