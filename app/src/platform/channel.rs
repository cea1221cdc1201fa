//! Short words between the tabs of this browser. Nothing of a book travels here, only that something happened.

use gloo::events::EventListener;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{BroadcastChannel, MessageEvent};

/// The line between the tabs. A tab does not hear itself.
#[derive(Debug)]
pub(crate) struct Channel {
    channel: Option<BroadcastChannel>,
}

impl Channel {
    /// Joins the line `name`; `heard` is called with every word of another tab, as long as the page lives.
    pub(crate) fn join(name: &str, heard: impl Fn(String) + 'static) -> Self {
        let channel = BroadcastChannel::new(name).ok();
        if let Some(channel) = &channel {
            EventListener::new(channel, "message", move |event| {
                let word = event
                    .dyn_ref::<MessageEvent>()
                    .and_then(|event| event.data().as_string());
                if let Some(word) = word {
                    heard(word);
                }
            })
            .forget();
        }
        Self { channel }
    }

    /// Says a word to all other tabs. Where the browser has no such line, each tab is on its own.
    pub(crate) fn say(&self, word: &str) {
        if let Some(channel) = &self.channel {
            // It fails only for what cannot be copied, which a text always can.
            let _ = channel.post_message(&JsValue::from_str(word));
        }
    }
}
