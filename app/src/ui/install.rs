//! Whether the app is installed on the home screen, whether the browser offers to install it, and which way of doing it
//! by hand this platform has. It installs nothing by itself.

use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};

/// Where the app runs, as far as the way to install it depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Platform {
    /// iPhone or iPad.
    Ios,
    /// An Android device.
    Android,
    /// Anything else.
    Desktop,
}

/// How the app stands on this device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InstallState {
    /// It runs as an app of its own.
    Installed,
    /// The browser will install it at a press.
    Offered,
    /// It can be installed by hand.
    ByHand(Platform),
}

/// Handle on the browser's offer to install the app.
#[derive(Clone, Copy)]
pub struct Install {
    offer: RwSignal<Option<JsValue>, LocalStorage>,
}

/// The handle of this app.
pub fn use_install() -> Install {
    use_context().unwrap_or_else(Install::provide)
}

impl Install {
    /// Listens for the offer, which comes once and early, and puts the handle into the reactive context of the caller.
    pub fn provide() -> Self {
        let install = Self {
            offer: RwSignal::new_local(None),
        };
        let offered = window_event_listener_untyped("beforeinstallprompt", move |event| {
            // Or the browser would ask by itself, in the middle of something else.
            event.prevent_default();
            install.offer.try_set(Some(event.into()));
        });
        let installed = window_event_listener_untyped("appinstalled", move |_| {
            install.offer.try_set(None);
        });
        on_cleanup(move || {
            offered.remove();
            installed.remove();
        });
        provide_context(install);
        install
    }

    /// How the app stands on this device. Tracked.
    pub fn state(self) -> InstallState {
        if runs_by_itself() {
            InstallState::Installed
        } else if self.offer.read().is_some() {
            InstallState::Offered
        } else {
            InstallState::ByHand(platform())
        }
    }

    /// Lets the browser ask whether to install the app. An offer can be taken up once.
    pub fn ask(self) {
        let Some(offer) = self.offer.try_update(Option::take).flatten() else {
            return;
        };
        let prompt = js_sys::Reflect::get(&offer, &"prompt".into()).ok();
        if let Some(prompt) = prompt.and_then(|prompt| prompt.dyn_into::<js_sys::Function>().ok()) {
            // What the person answers is the browser's matter.
            let _ = prompt.call0(&offer);
        }
    }
}

fn runs_by_itself() -> bool {
    let query = window().match_media("(display-mode: standalone)").ok().flatten();
    let by_query = query.is_some_and(|query| query.matches());
    // Older iOS says it in its own way.
    let by_itself = js_sys::Reflect::get(&window().navigator(), &"standalone".into());
    by_query || by_itself.is_ok_and(|answer| answer.is_truthy())
}

fn platform() -> Platform {
    let navigator = window().navigator();
    let agent = navigator.user_agent().unwrap_or_default();
    of_agent(&agent, navigator.max_touch_points())
}

fn of_agent(agent: &str, fingers: i32) -> Platform {
    let says = |name: &str| agent.contains(name);
    if says("iPhone") || says("iPad") || (says("Macintosh") && fingers > 1) {
        // An iPad calls itself a Macintosh, which has no touch screen.
        Platform::Ios
    } else if says("Android") {
        Platform::Android
    } else {
        Platform::Desktop
    }
}

#[cfg(test)]
mod tests {
    use super::{Platform, of_agent};

    #[test]
    fn tells_platforms_apart() {
        let check = |agent: &str, fingers: i32, expected: Platform| assert_eq!(of_agent(agent, fingers), expected);
        check(
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)",
            5,
            Platform::Ios,
        );
        check("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)", 5, Platform::Ios);
        check("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)", 0, Platform::Desktop);
        check("Mozilla/5.0 (Linux; Android 15; SM-X210)", 5, Platform::Android);
        check("Mozilla/5.0 (X11; Linux x86_64)", 0, Platform::Desktop);
        check("Mozilla/5.0 (Windows NT 10.0; Win64; x64)", 10, Platform::Desktop);
    }
}
